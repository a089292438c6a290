//! What a line looks like while it is edited: a class for each piece of its text.
//!
//! ```text
//! select count(*) from nobody -- x   ⇒   Keyword Function … Keyword Unknown Comment
//! ```
//! A table that does not exist stands out, unless it is still being typed; so do brackets without a partner.

use firesteel::Span;
use firesteel::sql::{PieceKind, TextPiece, pieces};

use super::dictionary::Dictionary;
use super::keywords::is_keyword;
use super::scope::Statement;
use crate::commands;
use crate::script::is_command;

/// How a piece of text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Plain,
    Keyword,
    Function,
    Text,
    Number,
    Comment,
    /// A name in back-ticks.
    Name,
    Command,
    /// A table, a command that does not exist; a bracket or quote without its end.
    Wrong,
    /// The brackets around which the cursor stands.
    Partner,
}

/// Longer texts are shown as they are: a script that was pasted need not wait for its colours.
const TEXT_MAX: usize = 100_000;

/// The classes of a text's pieces, in their order; what lies between them is plain.
pub(super) fn highlight(text: &str, cursor: usize, words: &mut dyn Dictionary) -> Vec<(Span, Class)> {
    if text.len() > TEXT_MAX {
        return Vec::new();
    }
    if is_command(text.trim_start()) {
        return command(text);
    }
    let pieces = pieces(text);
    let unknown = unknown_tables(text, cursor, words);
    let brackets = brackets(&pieces, cursor);
    let mut classes = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let class = match brackets.iter().find(|(bracket, _)| *bracket == at) {
            Some((_, class)) => *class,
            None if unknown.iter().any(|span| span.start <= piece.span.start && piece.span.end <= span.end) => {
                Class::Wrong
            }
            None => class(text, &pieces, at, words),
        };
        if class != Class::Plain {
            classes.push((piece.span, class));
        }
    }
    classes
}

/// The command's name; its arguments are nobody's business.
fn command(text: &str) -> Vec<(Span, Class)> {
    let start = text.len() - text.trim_start().len();
    let length = text[start..].find(|c: char| c.is_whitespace() || c == ';').unwrap_or(text.len() - start);
    let name = &text[start..start + length];
    let begun = || commands::ALL.iter().flat_map(|command| command.names).any(|known| known.starts_with(name));
    let class = if commands::find(name).is_some() || begun() { Class::Command } else { Class::Wrong };
    vec![(Span::new(start, start + length), class)]
}

fn class(text: &str, pieces: &[TextPiece], at: usize, words: &mut dyn Dictionary) -> Class {
    let piece = &pieces[at];
    let mark =
        |at: Option<usize>, mark| at.and_then(|at| pieces.get(at)).is_some_and(|p| p.kind == PieceKind::Mark(mark));
    match piece.kind {
        PieceKind::Comment => Class::Comment,
        PieceKind::Number => Class::Number,
        PieceKind::Text => Class::Text,
        PieceKind::Quoted => Class::Name,
        PieceKind::Word => {
            let word = piece.span.slice(text);
            let called = mark(Some(at + 1), '(');
            let is_function = called && words.functions().iter().any(|name| name.eq_ignore_ascii_case(word));
            match () {
                // `t.date` is a column.
                () if mark(at.checked_sub(1), '.') => Class::Plain,
                () if is_function && !matches!(word.to_ascii_lowercase().as_str(), "in" | "and" | "or" | "not") => {
                    Class::Function
                }
                () if is_keyword(word) => Class::Keyword,
                () => Class::Plain,
            }
        }
        PieceKind::Blank | PieceKind::Mark(_) => Class::Plain,
    }
}

/// Where tables are named that do not exist.
fn unknown_tables(text: &str, cursor: usize, words: &mut dyn Dictionary) -> Vec<Span> {
    let mut unknown = Vec::new();
    let statement = Statement::around(text, cursor);
    for relation in statement.relations() {
        let Some(span) = relation.span else { continue };
        let name = relation.table.rsplit('.').next().unwrap_or("").trim_matches('`').replace("``", "`");
        // Files, and tables of other schemas, are looked for when the statement runs.
        if relation.table.contains('.') || name.contains(['/', '.']) || statement.is_named_query(&name) {
            continue;
        }
        let being_typed = span.end as usize == cursor;
        let matches = |known: &String| match being_typed {
            true => known.to_lowercase().starts_with(&name.to_lowercase()),
            false => known.eq_ignore_ascii_case(&name),
        };
        if !words.tables().iter().any(matches) {
            unknown.push(span);
        }
    }
    unknown
}

/// Brackets that have no partner, and the two that the cursor is at.
fn brackets(pieces: &[TextPiece], cursor: usize) -> Vec<(usize, Class)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut found = Vec::new();
    let at_cursor = |at: usize| {
        let span = pieces[at].span;
        span.start as usize == cursor || span.end as usize == cursor
    };
    for (at, piece) in pieces.iter().enumerate() {
        match piece.kind {
            PieceKind::Mark('(') => open.push((at, ')')),
            PieceKind::Mark('[') => open.push((at, ']')),
            PieceKind::Mark(closing @ (')' | ']')) => match open.pop() {
                Some((partner, wanted)) if wanted == closing => {
                    if at_cursor(partner) || at_cursor(at) {
                        found.extend([(partner, Class::Partner), (at, Class::Partner)]);
                    }
                }
                Some(other) => {
                    open.push(other);
                    found.push((at, Class::Wrong));
                }
                None => found.push((at, Class::Wrong)),
            },
            // What is open at a statement's end stays so; what is open at the text's end may still be closed.
            PieceKind::Mark(';') => found.extend(open.drain(..).map(|(at, _)| (at, Class::Wrong))),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::dictionary::Fixed;
    use super::*;

    /// What is not plain in a text whose cursor is at `|`, or behind it.
    fn shown(text: &str) -> Vec<(String, Class)> {
        let cursor = text.find('|').unwrap_or(text.len() + 1);
        let text = text.replace('|', "");
        let classes = highlight(&text, cursor, &mut Fixed::new());
        classes.into_iter().map(|(span, class)| (span.slice(&text).to_owned(), class)).collect()
    }

    fn of(text: &str, wanted: Class) -> Vec<String> {
        shown(text).into_iter().filter(|(_, class)| *class == wanted).map(|(text, _)| text).collect()
    }

    #[test]
    fn each_piece_has_its_class() {
        let text = "select count(*), 1.5, 'a', t.date, `b` from nation -- end";
        let expected = [
            ("select", Class::Keyword),
            ("count", Class::Function),
            ("1.5", Class::Number),
            ("'a'", Class::Text),
            ("`b`", Class::Name),
            ("from", Class::Keyword),
            ("-- end", Class::Comment),
        ];
        assert_eq!(shown(text), expected.map(|(text, class)| (text.to_owned(), class)));
    }

    #[test]
    fn tables_that_do_not_exist_are_wrong() {
        assert_eq!(of("select * from nobody n join region", Class::Wrong), ["nobody"]);
        assert_eq!(of("with w as (select 1) select * from w, NATION", Class::Wrong), [] as [&str; 0]);
        assert_eq!(of("select * from parquet.`/x`, 'y.parquet', range(3)", Class::Wrong), [] as [&str; 0]);
        // Still being typed.
        assert_eq!(of("select * from nat|", Class::Wrong), [] as [&str; 0]);
        assert_eq!(of("select * from nax|", Class::Wrong), ["nax"]);
    }

    #[test]
    fn brackets_show_their_partners() {
        assert_eq!(of("select |(1 + (2))", Class::Partner), ["(", ")"]);
        assert_eq!(of("select (1 + |(2))", Class::Partner), ["(", ")"]);
        assert_eq!(of("select (1]", Class::Wrong), ["]"]);
        assert_eq!(of("select 1)", Class::Wrong), [")"]);
        assert_eq!(of("select (1;", Class::Wrong), ["("]);
        assert_eq!(of("select (1", Class::Wrong), [] as [&str; 0]);
    }

    #[test]
    fn commands_and_those_that_are_none() {
        assert_eq!(shown(".tables x"), [(".tables".to_owned(), Class::Command)]);
        assert_eq!(shown("\\d nation"), [("\\d".to_owned(), Class::Command)]);
        assert_eq!(shown(".tabels"), [(".tabels".to_owned(), Class::Wrong)]);
    }

    #[test]
    fn endless_texts_are_left_alone() {
        assert!(highlight(&"select ".repeat(20_000), 0, &mut Fixed::new()).is_empty());
    }
}
