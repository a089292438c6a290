//! Commands of the shell: one table with every spelling, from which dispatch, help, completion and suggestions come.
//!
//! ```text
//! \d lineitem      .schema lineitem      ⇒   Call { name, argument }   ⇒   catalog::schema
//! select 1 \gx                           ⇒   Call { …, statement }     ⇒   statement::expanded
//! ```
//! Where DuckDB's users say `.tables` and psql's `\dt` both are spellings of one command.

mod catalog;
mod files;
mod help;
mod look;
mod session;
mod statement;

use crate::complaint::complain;
use crate::run::{Flow, Runner};

pub(crate) use statement::{editor, temporary};

/// A command as it is written, and what it does.
pub(crate) struct Command {
    /// The usual spelling first.
    pub(crate) names: &'static [&'static str],
    /// How its arguments are described: `[on|off]`.
    pub(crate) arguments: &'static str,
    pub(crate) help: &'static str,
    pub(crate) group: Group,
    pub(crate) takes: Takes,
    run: fn(&mut Runner, &Call<'_>) -> Flow,
}

/// Under which title help lists a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Catalog,
    Look,
    Files,
    Statements,
    Session,
}

impl Group {
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Catalog, "Tables, views, functions"),
        (Self::Look, "How results look"),
        (Self::Files, "Files and programs"),
        (Self::Statements, "Running statements"),
        (Self::Session, "The session"),
    ];
}

/// What may be completed behind a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// Something that nobody can guess.
    Anything,
    Table,
    Function,
    File,
    Command,
    Format,
    Words(&'static [&'static str]),
}

const SWITCH: Takes = Takes::Words(&["on", "off"]);

/// A command with its arguments, as it was typed.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    /// Without blanks around it and the `;` that habit puts behind everything.
    pub(crate) argument: &'a str,
    /// The statement that the command ends.
    pub(crate) statement: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(line: &'a str, statement: Option<&'a str>) -> Self {
        let line = line.trim();
        // `\!ls` and `\?` need no blank.
        let end = match line.strip_prefix("\\!") {
            Some(_) => 2,
            None => line.find(|c: char| c.is_whitespace() || c == ';').unwrap_or(line.len()),
        };
        let (name, rest) = line.split_at(end);
        let argument = rest.trim();
        let argument = if name == "\\!" { argument } else { argument.trim_end_matches(';').trim_end() };
        Self { name, argument: argument.trim_start_matches(';').trim_start(), statement }
    }
}

macro_rules! command {
    ($group:ident, $names:expr, $arguments:expr, $takes:expr, $run:path, $help:expr) => {
        Command { names: &$names, arguments: $arguments, help: $help, group: Group::$group, takes: $takes, run: $run }
    };
}

/// All commands, in help's order.
pub(crate) const ALL: &[Command] = &[
    command!(Catalog, [".tables", "\\dt"], "[PATTERN]", Takes::Anything, catalog::tables, "tables and views"),
    command!(Catalog, [".views", "\\dv"], "[PATTERN]", Takes::Anything, catalog::views, "views"),
    command!(
        Catalog,
        [".schema", "\\d", "\\d+"],
        "[NAME]",
        Takes::Table,
        catalog::schema,
        "the columns of a table or view; without a name all of them are listed"
    ),
    command!(Catalog, [".databases", "\\l"], "", Takes::Nothing, catalog::catalogs, "catalogs"),
    command!(
        Catalog,
        [".schemas", "\\dn"],
        "[PATTERN]",
        Takes::Anything,
        catalog::schemas,
        "schemas of the current catalog"
    ),
    command!(Catalog, [".functions", "\\df"], "[PATTERN]", Takes::Function, catalog::functions, "functions"),
    command!(Catalog, [".manual", "\\h"], "FUNCTION", Takes::Function, catalog::manual, "what a function does"),
    command!(
        Look,
        [".mode"],
        "[FORMAT [TABLE]]",
        Takes::Format,
        look::mode,
        "the format of results; a table is for insert"
    ),
    command!(
        Look,
        [".expanded", "\\x"],
        "[on|off|auto]",
        Takes::Words(&["on", "off", "auto"]),
        look::expanded,
        "rows as lines of names and values; auto: when they are too wide"
    ),
    command!(Look, [".maxrows"], "[N]", Takes::Anything, look::maxrows, "how many rows tables show, 0 for all"),
    command!(
        Look,
        [".width"],
        "[N …]",
        Takes::Anything,
        look::width,
        "how wide each column is at most; nothing: as wide as its content"
    ),
    command!(
        Look,
        [".nullvalue"],
        "[TEXT]",
        Takes::Anything,
        look::nullvalue,
        "what stands for NULL; nothing: what the format has"
    ),
    command!(
        Look,
        [".headers"],
        "[on|off]",
        SWITCH,
        look::headers,
        "whether csv and tsv begin with the columns' names"
    ),
    command!(Look, [".footer"], "[on|off]", SWITCH, look::footer, "whether tables end with a count of rows"),
    command!(Look, [".timer", "\\timing"], "[on|off]", SWITCH, look::timer, "tells each statement's time and memory"),
    command!(Look, [".progress"], "[on|off]", SWITCH, look::progress, "a bar while a query takes long"),
    command!(
        Look,
        [".pager"],
        "[auto|on|off|COMMAND]",
        Takes::Words(&["auto", "on", "off"]),
        look::pager,
        "for results taller than the screen"
    ),
    command!(Look, [".highlight"], "[on|off]", SWITCH, look::highlight, "colours while a line is edited"),
    command!(
        Look,
        [".editmode"],
        "[emacs|vi]",
        Takes::Words(&["emacs", "vi"]),
        look::edit_mode,
        "what keys do while a line is edited"
    ),
    command!(Look, [".show"], "", Takes::Nothing, look::show, "all of these as they are now"),
    command!(
        Files,
        [".read", "\\i", "\\ir"],
        "FILE",
        Takes::File,
        files::read,
        "runs the statements and commands of a file"
    ),
    command!(
        Files,
        [".output", "\\o"],
        "[FILE | |COMMAND]",
        Takes::File,
        files::output,
        "results go to a file or program; without one to the screen again"
    ),
    command!(
        Files,
        [".once"],
        "FILE | |COMMAND",
        Takes::File,
        files::once,
        "the next result goes to a file or program"
    ),
    command!(
        Files,
        [".cd", "\\cd"],
        "[DIR]",
        Takes::File,
        files::cd,
        "changes the working folder; without one to the home folder"
    ),
    command!(Files, [".shell", "\\!"], "COMMAND", Takes::Anything, files::shell, "runs a command of the system"),
    command!(Files, [".print", "\\echo", "\\qecho"], "[TEXT]", Takes::Anything, files::print, "writes a text"),
    command!(
        Statements,
        [".go", "\\g"],
        "[FILE | |COMMAND]",
        Takes::File,
        statement::go,
        "runs the statement before it, or the last one again"
    ),
    command!(
        Statements,
        ["\\gx"],
        "[FILE | |COMMAND]",
        Takes::File,
        statement::expanded,
        "the same, with rows as lines of names and values"
    ),
    command!(
        Statements,
        [".last"],
        "",
        Takes::Nothing,
        statement::last,
        "shows the last result again, as .mode says now"
    ),
    command!(
        Statements,
        [".watch", "\\watch"],
        "[SECONDS]",
        Takes::Anything,
        statement::watch,
        "runs it again and again, until Ctrl-C"
    ),
    command!(
        Statements,
        [".edit", "\\e"],
        "[FILE]",
        Takes::File,
        statement::edit,
        "the last statement, or a file, in $VISUAL or $EDITOR; what ends with ; runs then"
    ),
    command!(
        Session,
        [".use", "\\c", "\\connect"],
        "[SCHEMA]",
        Takes::Anything,
        session::connect,
        "makes a schema the current one; without one tells which it is"
    ),
    command!(Session, [".conninfo", "\\conninfo"], "", Takes::Nothing, session::conninfo, "what this shell works on"),
    command!(Session, [".set", "\\set"], "[KEY [VALUE]]", Takes::Anything, session::set, "settings, as SET does"),
    command!(Session, [".bail"], "[on|off]", SWITCH, session::bail, "whether a script ends with its first failure"),
    command!(Session, [".version"], "", Takes::Nothing, session::version, "of this program"),
    command!(Session, [".help", "\\?"], "[COMMAND]", Takes::Command, help::help, "this text, or more on a command"),
    command!(Session, [".quit", "\\q", ".exit", ".q"], "", Takes::Nothing, session::quit, "leaves; also Ctrl-D"),
];

/// Carries out a command.
pub(crate) fn run(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let Some(command) = find(call.name) else {
        complain(&unknown(call.name));
        return Flow::Failed;
    };
    (command.run)(runner, call)
}

pub(crate) fn find(name: &str) -> Option<&'static Command> {
    ALL.iter().find(|command| command.names.contains(&name))
}

/// What to say of a command that does not exist, with the nearest one that does.
fn unknown(name: &str) -> String {
    let all = || ALL.iter().flat_map(|command| command.names).copied();
    let letters = |name: &str| name.trim_start_matches(['.', '\\']).to_lowercase();
    // The right letters behind the wrong mark, or in the wrong case.
    let same = all().find(|known| letters(known) == letters(name));
    let begun = || all().find(|known| name.len() > 3 && known.starts_with(name));
    let near = || {
        let distances = all().map(|known| (strsim::damerau_levenshtein(name, known), known));
        distances
            .min()
            .filter(|(distance, known)| *distance <= 2 && *distance + 1 < known.len())
            .map(|(_, known)| known)
    };
    match same.or_else(begun).or_else(near) {
        Some(known) => format!("unknown command {name}: did you mean {known}?"),
        None => format!("unknown command {name}: .help lists them"),
    }
}

/// What to say of an argument that a command cannot take.
fn refuse(call: &Call<'_>) -> Flow {
    let arguments = find(call.name).map_or("", |command| command.arguments);
    complain(&match arguments {
        "" => format!("{} takes nothing", call.name),
        arguments => format!("usage: {} {arguments}", call.name),
    });
    Flow::Failed
}

/// Turns something on, off, or when nothing is said to the other; `None`: that was neither.
fn switched(now: bool, argument: &str) -> Option<bool> {
    match argument.to_ascii_lowercase().as_str() {
        "" => Some(!now),
        "on" | "true" | "1" | "yes" => Some(true),
        "off" | "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

/// A text as a string literal.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_unique_and_marked() {
        let mut names: Vec<_> = ALL.iter().flat_map(|command| command.names).collect();
        assert!(names.iter().all(|name| crate::script::is_command(name)), "{names:?}");
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn calls_are_cut_into_name_and_argument() {
        let cut = |line| {
            let call = Call::new(line, None);
            (call.name, call.argument)
        };
        assert_eq!(cut(" .mode csv ; "), (".mode", "csv"));
        assert_eq!(cut("\\d  t"), ("\\d", "t"));
        assert_eq!(cut("\\q;"), ("\\q", ""));
        assert_eq!(cut("\\!ls -l; date"), ("\\!", "ls -l; date"));
        assert_eq!(cut("\\?"), ("\\?", ""));
    }

    #[test]
    fn the_nearest_command_is_suggested() {
        assert_eq!(unknown(".tabels"), "unknown command .tabels: did you mean .tables?");
        assert_eq!(unknown("\\tables"), "unknown command \\tables: did you mean .tables?");
        assert_eq!(unknown(".dt"), "unknown command .dt: did you mean \\dt?");
        assert_eq!(unknown(".func"), "unknown command .func: did you mean .functions?");
        assert_eq!(unknown(".frobnicate"), "unknown command .frobnicate: .help lists them");
    }
}
