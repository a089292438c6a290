//! Errors on their way to standard error, coloured on a terminal.
//!
//! ```text
//! [CONDITION] message SQLSTATE: 42703      the condition bold and red, SQLSTATE dim
//! == SQL (line 1, position 8) ==           dim
//! select nobody
//!        ^^^^^^                            red
//! Did you mean `somebody`?                 yellow
//! ```

use std::io::{self, IsTerminal, Write};

use firesteel::Error;

use crate::terminal::{Look, wants_color};

/// An error with the text that it points into.
pub(crate) fn complain_of(error: &Error, text: Option<&str>) {
    complain(&error.render(text));
}

/// A line to standard error.
pub(crate) fn complain(text: &str) {
    let text = match io::stderr().is_terminal() && wants_color() {
        true => painted(text),
        false => text.to_owned(),
    };
    // Who reads no errors wants none.
    let _ = writeln!(io::stderr(), "{text}");
}

/// The parts of a rendered error, each in its look.
fn painted(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut place = None;
    for (at, line) in text.lines().enumerate() {
        let line = match place {
            _ if at == 0 => headline(line),
            None if line.starts_with("== SQL (") => {
                place = Some(at);
                Look::Dim.paint(line, true)
            }
            Some(place) if at == place + 1 => line.to_owned(),
            Some(place) if at == place + 2 => Look::BoldRed.paint(line, true),
            _ if is_hint(line) => Look::Yellow.paint(line, true),
            _ => line.to_owned(),
        };
        lines.push(line);
    }
    lines.join("\n")
}

fn is_hint(line: &str) -> bool {
    line.starts_with("Did you mean") || line.starts_with("Hint:")
}

fn headline(line: &str) -> String {
    let (condition, rest) = match line.strip_prefix('[').and_then(|line| line.split_once(']')) {
        Some((condition, rest)) => (Look::BoldRed.paint(&format!("[{condition}]"), true), rest),
        None => return Look::Red.paint(line, true),
    };
    match rest.rsplit_once(" SQLSTATE: ") {
        Some((message, state)) => {
            format!("{condition}{message} {}", Look::Dim.paint(&format!("SQLSTATE: {state}"), true))
        }
        None => format!("{condition}{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::painted;

    #[test]
    fn each_part_has_its_look() {
        let error =
            "[A.B] no `x`. SQLSTATE: 42703\n== SQL (line 1, position 8) ==\nselect x\n       ^\nDid you mean `y`?";
        let expected = "\u{1b}[1;31m[A.B]\u{1b}[0m no `x`. \u{1b}[2mSQLSTATE: 42703\u{1b}[0m\n\
            \u{1b}[2m== SQL (line 1, position 8) ==\u{1b}[0m\nselect x\n\u{1b}[1;31m       ^\u{1b}[0m\n\
            \u{1b}[33mDid you mean `y`?\u{1b}[0m";
        assert_eq!(painted(error), expected);
    }

    #[test]
    fn what_is_no_condition_is_red() {
        assert_eq!(painted("unknown command .x"), "\u{1b}[31munknown command .x\u{1b}[0m");
    }
}
