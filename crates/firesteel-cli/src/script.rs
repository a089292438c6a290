//! A text of statements and commands → steps.
//!
//! ```text
//! .mode csv            Command   a line that begins with '.' or '\', between statements
//! select 1;            Statement up to its ';'
//! select 2 \gx         Command   with the statement before it, which has no ';'
//! ```
//! What stands in quotes or comments is neither.

use firesteel::sql::{End, PieceKind, pieces, split_statements};
use firesteel::{Error, Span};

use crate::commands::{self, Call, Group};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Statement(Span),
    /// The command's line, and the statement that it ends.
    Command {
        line: Span,
        statement: Option<Span>,
    },
}

#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
    /// A quote or comment without end; nothing is to be run then.
    pub(crate) unclosed: Option<Error>,
}

impl Script {
    pub(crate) fn of(text: &str) -> Self {
        let mut steps = Vec::new();
        let mut at = 0;
        loop {
            let command = if may_hold_commands(&text[at..]) { next_command(text, at) } else { None };
            let segment_end = command.map_or(text.len(), |line| line.start as usize);
            let split = split_statements(&text[at..segment_end]);
            let mut statements: Vec<Span> = split.statements.iter().map(|span| moved(*span, at)).collect();
            let Some(line) = command else {
                steps.extend(statements.into_iter().map(Step::Statement));
                let unclosed = split.unclosed().map(|error| match error.span() {
                    Some(span) => error.moved_to(moved(span, at)),
                    None => error,
                });
                return Self { steps, end: split.end, unclosed };
            };
            let statement = if split.end == End::Complete { None } else { statements.pop() };
            steps.extend(statements.into_iter().map(Step::Statement));
            steps.push(Step::Command { line, statement });
            at = line.end as usize;
        }
    }
}

fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start as usize + by, span.end as usize + by)
}

/// Almost no script has any: then the text need not be looked at piece by piece.
fn may_hold_commands(text: &str) -> bool {
    text.contains('\\') || text.lines().any(|line| line.trim_start().starts_with('.'))
}

/// The line of the first command behind a place where a statement may begin.
fn next_command(text: &str, from: usize) -> Option<Span> {
    let rest = &text[from..];
    let (mut pending, mut line_start) = (false, true);
    for piece in pieces(rest) {
        let written = piece.span.slice(rest);
        let start = piece.span.start as usize;
        match piece.kind {
            PieceKind::Mark('\\') if is_command(&rest[start..]) && (!pending || ends_statement(&rest[start..])) => {
                return Some(line_at(text, from + start));
            }
            PieceKind::Mark('.') if line_start && !pending && is_command(&rest[start..]) => {
                return Some(line_at(text, from + start));
            }
            PieceKind::Mark(';') => pending = false,
            PieceKind::Blank | PieceKind::Comment => {}
            _ => pending = true,
        }
        line_start = match piece.kind {
            PieceKind::Blank => line_start || written.contains('\n'),
            PieceKind::Comment => written.contains('\n'),
            _ => false,
        };
    }
    None
}

/// Behind its first character a command goes on with a letter: `.5` is a number.
pub(crate) fn is_command(text: &str) -> bool {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some('.'), Some(second)) => second.is_ascii_alphabetic(),
        (Some('\\'), Some(second)) => second.is_ascii_alphabetic() || matches!(second, '?' | '!'),
        _ => false,
    }
}

/// In the midst of a statement only a command that runs it is one: anything else is a slip in the statement.
fn ends_statement(text: &str) -> bool {
    let line = text.lines().next().unwrap_or("");
    commands::find(Call::new(line, None).name).is_some_and(|command| command.group == Group::Statements)
}

fn line_at(text: &str, start: usize) -> Span {
    let length = text[start..].find('\n').unwrap_or(text.len() - start);
    Span::new(start, start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(text: &str) -> Vec<String> {
        let shown = |step: &Step| match step {
            Step::Statement(span) => span.slice(text).to_owned(),
            Step::Command { line, statement: None } => format!("<{}>", line.slice(text)),
            Step::Command { line, statement: Some(span) } => {
                format!("{} <{}>", span.slice(text), line.slice(text))
            }
        };
        Script::of(text).steps.iter().map(shown).collect()
    }

    #[test]
    fn commands_stand_between_statements() {
        assert_eq!(steps(".mode csv\nselect 1; select 2\n"), ["<.mode csv>", "select 1", "select 2"]);
        assert_eq!(
            steps("select 1;\n  .help don't\n\\d t\nselect 'x'"),
            ["select 1", "<.help don't>", "<\\d t>", "select 'x'"]
        );
        assert_eq!(steps("-- a comment\n.tables"), ["<.tables>"]);
    }

    #[test]
    fn a_command_may_end_a_statement() {
        assert_eq!(steps("select 1 \\gx\nselect 2;"), ["select 1 <\\gx>", "select 2"]);
        assert_eq!(steps("select 1;\n\\g"), ["select 1", "<\\g>"]);
    }

    #[test]
    fn what_is_quoted_or_in_the_midst_of_a_statement_is_no_command() {
        assert_eq!(steps("select '\\d', `\\d`, \"\\d\" -- \\d\n;"), ["select '\\d', `\\d`, \"\\d\""]);
        assert_eq!(steps("select t\n.a, 1\n.5 from t;"), ["select t\n.a, 1\n.5 from t"]);
        assert_eq!(steps("select '\n.tables\n'"), ["select '\n.tables\n'"]);
        assert_eq!(steps("select 1 \\nonsense;"), ["select 1 \\nonsense"]);
        assert_eq!(steps("select 1 \\timing\n;"), ["select 1 \\timing"]);
    }

    #[test]
    fn how_a_text_ends() {
        assert_eq!(Script::of("select 1").end, End::Open);
        assert_eq!(Script::of(".tables").end, End::Complete);
        assert_eq!(Script::of(".mode csv\nselect 1").end, End::Open);
        let script = Script::of("\\timing\nselect 'abc");
        assert!(matches!(script.end, End::InQuote(_)));
        assert_eq!(script.unclosed.and_then(|error| error.span()), Some(Span::new(15, 16)));
    }
}
