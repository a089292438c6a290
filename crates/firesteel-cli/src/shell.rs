//! The interactive shell: a statement goes from its first line to the `;`, Ctrl-C stops what runs, Ctrl-D leaves.

use std::borrow::Cow;
use std::path::PathBuf;

use clap::ValueEnum;
use firesteel::{Error, Result};
use reedline::{
    FileBackedHistory, Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, Signal,
    ValidationResult, Validator,
};

use crate::output::Format;
use crate::run::{self, Runner, complain, say};

const HISTORY_ENTRIES_MAX: usize = 10_000;
/// As shells have it for a program that Ctrl-C ended.
const EXIT_INTERRUPTED: i32 = 130;

/// Whether the shell was left in good order.
pub(crate) fn run(mut runner: Runner) -> Result<bool> {
    let running = runner.running();
    // While a line is edited the editor sees Ctrl-C itself; this is for the time in between.
    ctrlc::set_handler(move || {
        if !running.cancel() {
            // Asked a second time, and still not stopped.
            std::process::exit(EXIT_INTERRUPTED);
        }
    })
    .map_err(|error| Error::internal(format!("Ctrl-C cannot be caught: {error}")))?;
    let mut editor = Reedline::create().with_validator(Box::new(UntilSemicolon)).with_ansi_colors(run::wants_color());
    if let Some(path) = history_file() {
        match FileBackedHistory::with_file(HISTORY_ENTRIES_MAX, path) {
            Ok(history) => editor = editor.with_history(Box::new(history)),
            Err(error) => complain(&format!("history is not kept: {error}")),
        }
    }
    say(&format!("Firesteel {} — statements end with ';', .help for more", env!("CARGO_PKG_VERSION")));
    loop {
        match editor.read_line(&FiresteelPrompt) {
            Ok(Signal::Success(line)) => {
                if !obey(&mut runner, line.trim()) {
                    return Ok(true);
                }
            }
            Ok(Signal::CtrlC) => {}
            Ok(_) => return Ok(true),
            Err(error) => {
                complain(&format!("the terminal cannot be read: {error}"));
                return Ok(false);
            }
        }
    }
}

/// A dot command, or statements. False: leave.
fn obey(runner: &mut Runner, line: &str) -> bool {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim().trim_end_matches(';').trim_end();
    match (word.trim_end_matches(';'), rest) {
        ("", "") => {}
        (".quit" | ".exit" | ".q" | "\\q" | "quit" | "exit", "") => return false,
        (".help" | "\\?", _) => say(&help()),
        (".tables" | "\\d" | "\\dt", "") => {
            runner.run_script("SHOW TABLES");
        }
        (".schema" | "\\d", table) => {
            runner.run_script(&format!("DESCRIBE {table}"));
        }
        (".read" | "\\i", path) => match std::fs::read_to_string(path) {
            Ok(text) => {
                runner.run_script(&text);
            }
            Err(error) => complain(&firesteel::file_error(path, &error.to_string()).render(None)),
        },
        (".timer" | "\\timing", setting) => time(runner, setting),
        (".mode", format) => mode(runner, format),
        (command, _) if command.starts_with(['.', '\\']) => complain(&unknown(command)),
        _ => {
            runner.run_script(line);
        }
    }
    true
}

fn time(runner: &mut Runner, setting: &str) {
    runner.timing = match setting {
        "" => !runner.timing,
        "on" => true,
        "off" => false,
        _ => return complain(".timer takes on or off"),
    };
    say(if runner.timing { "Times are told." } else { "Times are not told." });
}

fn mode(runner: &mut Runner, format: &str) {
    match Format::from_str(format, true) {
        Ok(format) => runner.format = format,
        Err(_) if format.is_empty() => {
            let name = runner.format.to_possible_value();
            say(name.as_ref().map_or("", |name| name.get_name()));
        }
        Err(_) => complain(".mode takes table, csv, tsv, json, jsonl or markdown"),
    }
}

fn unknown(command: &str) -> String {
    let known = COMMANDS.iter().map(|(usage, _)| usage.split(' ').next().unwrap_or(usage));
    let near = known.map(|known| (strsim::damerau_levenshtein(command, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 2 => format!("unknown command {command}: did you mean {known}?"),
        _ => format!("unknown command {command}: .help lists them"),
    }
}

const COMMANDS: &[(&str, &str)] = &[
    (".help", "this text"),
    (".tables", "tables and views; also \\d"),
    (".schema TABLE", "the columns of a table; also \\d TABLE"),
    (".mode FORMAT", "how rows are shown: table, csv, tsv, json, jsonl, markdown"),
    (".read FILE", "runs the statements of a file; also \\i FILE"),
    (".timer [on|off]", "tells each statement's time; also \\timing"),
    (".quit", "leaves; also \\q, Ctrl-D"),
];

fn help() -> String {
    let mut help = String::new();
    for (usage, meaning) in COMMANDS {
        help.push_str(&format!("{usage:<17}{meaning}\n"));
    }
    help.push_str(
        "\nA statement goes on until its ';'. Files are tables: SELECT * FROM 'data/*.parquet'.\n\
         Ctrl-C stops the running statement or drops the line, Ctrl-R finds an earlier one.",
    );
    help
}

/// `$XDG_STATE_HOME/firesteel/history`, or below `~/.local/state`.
fn history_file() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))?;
    Some(state.join("firesteel").join("history"))
}

struct UntilSemicolon;

impl Validator for UntilSemicolon {
    fn validate(&self, text: &str) -> ValidationResult {
        let trimmed = text.trim();
        let command = trimmed.starts_with(['.', '\\']) || matches!(trimmed, "" | "quit" | "exit");
        match command || firesteel::sql::split_statements(text).end == firesteel::sql::End::Complete {
            true => ValidationResult::Complete,
            false => ValidationResult::Incomplete,
        }
    }
}

struct FiresteelPrompt;

impl Prompt for FiresteelPrompt {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed("firesteel")
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("       -> ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        let failing = if matches!(search.status, PromptHistorySearchStatus::Failing) { "failing " } else { "" };
        Cow::Owned(format!("({failing}search: {}) ", search.term))
    }
}
