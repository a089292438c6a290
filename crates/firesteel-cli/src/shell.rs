//! The interactive shell: a statement goes from its first line to the `;`, Ctrl-C stops what runs, Ctrl-D leaves.

use std::borrow::Cow;
use std::path::PathBuf;

use firesteel::{Error, Result};
use reedline::{
    FileBackedHistory, Prompt, PromptEditMode, PromptHistorySearch, PromptHistorySearchStatus, Reedline, Signal,
    ValidationResult, Validator,
};

use crate::run::{Runner, complain};

const HISTORY_ENTRIES_MAX: usize = 10_000;

/// Whether the shell was left in good order.
pub(crate) fn run(mut runner: Runner) -> Result<bool> {
    let running = runner.running();
    // While a line is edited the editor sees Ctrl-C itself; this is for the time in between.
    ctrlc::set_handler(move || {
        running.cancel();
    })
    .map_err(|error| Error::internal(format!("Ctrl-C cannot be caught: {error}")))?;
    let mut editor = Reedline::create().with_validator(Box::new(UntilSemicolon));
    if let Some(path) = history_file() {
        match FileBackedHistory::with_file(HISTORY_ENTRIES_MAX, path) {
            Ok(history) => editor = editor.with_history(Box::new(history)),
            Err(error) => complain(&format!("history is not kept: {error}")),
        }
    }
    println!("Firesteel {} — statements end with ';', .help for more", env!("CARGO_PKG_VERSION"));
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
    match word.trim_end_matches(';') {
        "" => {}
        ".quit" | ".exit" | "\\q" | "quit" | "exit" if rest.is_empty() => return false,
        ".help" | "\\?" => println!("{HELP}"),
        ".tables" | "\\d" | "\\dt" => {
            runner.run_statement("SHOW TABLES");
        }
        ".timer" | "\\timing" => {
            runner.timing = if rest.is_empty() { !runner.timing } else { rest.trim() == "on" };
            println!("Timing is {}.", if runner.timing { "on" } else { "off" });
        }
        ".mode" => match clap::ValueEnum::from_str(rest.trim(), true) {
            Ok(format) => runner.format = format,
            Err(_) => complain(".mode takes table, csv, tsv, json, jsonl or markdown"),
        },
        command if command.starts_with('.') || command.starts_with('\\') => {
            complain(&format!("unknown command {command}: .help lists them"));
        }
        _ => {
            runner.run_script(line);
        }
    }
    true
}

const HELP: &str = "\
.help            this text
.tables          tables and views
.mode FORMAT     table, csv, tsv, json, jsonl, markdown
.timer [on|off]  tell each statement's time
.quit            leave (or Ctrl-D)
Ctrl-C stops the running statement; arrow keys and Ctrl-R find earlier ones.";

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
