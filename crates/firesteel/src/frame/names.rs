//! Names that no user writes: DataFrames inside of parsed trees.
//!
//! ```text
//! ␁12        the DataFrame number 12 as a relation (a CTE of the finished query), or as a qualifier: ␁12.a
//! ␁table 12  the table that the leaf number 12 reads
//! ␁cached 12 the rows of the DataFrame number 12, kept
//! ␁view v    the text of a view that is a DataFrame
//! ```
//! ␁ is the control character U+0001. What users see is cleaned of them.

use firesteel_common::{Error, Span};
use firesteel_plan::parsed::{Ident, Name};

pub(crate) const MARK: char = '\u{1}';

/// The relation of a DataFrame, and the qualifier of its columns.
pub(crate) fn frame(id: u64) -> String {
    format!("{MARK}{id}")
}

/// The number in a qualifier made by [`frame`].
pub(crate) fn frame_id(qualifier: &Ident) -> Option<u64> {
    qualifier.value.strip_prefix(MARK)?.parse().ok()
}

pub(crate) fn table(id: u64) -> String {
    format!("{MARK}table {id}")
}

/// The rows of a DataFrame that is cached.
pub(crate) fn cached(id: u64) -> String {
    format!("{MARK}cached {id}")
}

/// The handle of a view that is a DataFrame.
pub(crate) fn view(name: &str) -> String {
    format!("{MARK}view {}", name.to_lowercase())
}

/// An identifier as if written bare: `all` and functions without parentheses keep their meaning.
pub(crate) fn plain(value: impl Into<String>) -> Ident {
    Ident::new(value, Span::default())
}

/// An identifier as if written in back-ticks.
pub(crate) fn quoted(value: impl Into<String>) -> Ident {
    Ident { value: value.into(), quoted: true, span: Span::default() }
}

pub(crate) fn relation(value: String) -> Name {
    Name::from(quoted(value))
}

/// The text without qualifiers made by [`frame`]: `` `␁12`.`a` `` → `` `a` ``.
pub(crate) fn without_frames(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let (before, after) = rest.split_at(at);
        let digits = after[1..].bytes().take_while(u8::is_ascii_digit).count();
        let after = &after[1 + digits..];
        match (before.strip_suffix('`'), after.strip_prefix("`.")) {
            (Some(before), Some(after)) => {
                out.push_str(before);
                rest = after;
            }
            _ => {
                out.push_str(before);
                rest = after.strip_prefix('.').unwrap_or(after);
            }
        }
    }
    out + rest
}

/// An error as a user of DataFrames may see it: without our names, and without a place, since there is no text.
pub(crate) fn without_places(error: Error) -> Error {
    error.map_parameters(|value| without_frames(&value)).without_place()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_see_no_frames() {
        assert_eq!(without_frames("[`\u{1}12`.`a`, `\u{1}3`.`b`]"), "[`a`, `b`]");
        assert_eq!(without_frames("sum(\u{1}12.a)"), "sum(a)");
        assert_eq!(frame_id(&quoted(frame(7))), Some(7));
    }
}
