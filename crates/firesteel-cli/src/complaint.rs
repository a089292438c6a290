//! Errors on their way to standard error, coloured on a terminal.
//!
//! ```text
//! [CONDITION] message SQLSTATE: 42703      the condition bold and red, SQLSTATE dim; wrapped between words
//! == SQL (line 1, position 8) ==           dim
//! select nobody
//!        ^^^^^^                            red
//! Did you mean `somebody`?                 yellow
//! ```

use std::io::{self, IsTerminal, Write};

use firesteel::Error;
use unicode_width::UnicodeWidthStr;

use crate::terminal::{self, Look, wants_color};

/// An error with the text that it points into.
pub(crate) fn complain_of(error: &Error, text: Option<&str>) {
    complain(&error.render(text));
}

/// A line to standard error.
pub(crate) fn complain(text: &str) {
    let text = match io::stderr().is_terminal() {
        true => painted(text, terminal::size().map_or(usize::MAX, |(columns, _)| columns), wants_color()),
        false => text.to_owned(),
    };
    // Who reads no errors wants none.
    let _ = writeln!(io::stderr(), "{text}");
}

/// The parts of a rendered error, each in its look.
fn painted(text: &str, width: usize, color: bool) -> String {
    let (head, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut lines = headline(head, width, color);
    let mut place = None;
    for (at, line) in rest.lines().enumerate() {
        let look = match place {
            None if line.starts_with("== SQL (") => {
                place = Some(at);
                Some(Look::Dim)
            }
            Some(place) if at == place + 2 => Some(Look::BoldRed),
            _ if is_hint(line) => Some(Look::Yellow),
            _ => None,
        };
        lines.push(look.map_or_else(|| line.to_owned(), |look| look.paint(line, color)));
    }
    lines.join("\n")
}

fn is_hint(line: &str) -> bool {
    line.starts_with("Did you mean") || line.starts_with("Hint:")
}

const SQL_STATE: &str = "SQLSTATE: ";

/// The condition and its message, in as many lines as it takes.
fn headline(text: &str, width: usize, color: bool) -> Vec<String> {
    // SQLSTATE and its code stay together.
    let whole = text.replace(SQL_STATE, "SQLSTATE:\u{a0}");
    let mut lines = wrapped(&whole, width);
    for line in &mut lines {
        let plain = line.replace("SQLSTATE:\u{a0}", SQL_STATE);
        *line = match plain.split_once(SQL_STATE) {
            Some((before, state)) => format!("{before}{}", Look::Dim.paint(&format!("{SQL_STATE}{state}"), color)),
            None => plain,
        };
    }
    let Some(first) = lines.first_mut() else { return lines };
    *first = match first.strip_prefix('[').and_then(|line| line.split_once(']')) {
        Some((condition, rest)) => format!("{}{rest}", Look::BoldRed.paint(&format!("[{condition}]"), color)),
        None => Look::Red.paint(first, color),
    };
    lines
}

/// Lines no wider than this, if their words allow it.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = |line: &String| line.is_empty() || line.width() + 1 + word.width() <= width;
        match lines.last_mut() {
            Some(line) if fits(line) => {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
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
        assert_eq!(painted(error, 80, true), expected);
        assert_eq!(painted(error, 80, false), error);
    }

    #[test]
    fn messages_are_wrapped_between_words() {
        let error = "[A.B] The table `t` cannot be found. SQLSTATE: 42P01\n== SQL (line 1, position 1) ==\nt\n^";
        let expected = "[A.B] The table `t`\ncannot be found.\nSQLSTATE: 42P01\n== SQL (line 1, position 1) ==\nt\n^";
        assert_eq!(painted(error, 20, false), expected);
        assert_eq!(painted("averyveryverylongword x", 5, false), "averyveryverylongword\nx");
    }

    #[test]
    fn what_is_no_condition_is_red() {
        assert_eq!(painted("unknown command .x", 80, true), "\u{1b}[31munknown command .x\u{1b}[0m");
    }
}
