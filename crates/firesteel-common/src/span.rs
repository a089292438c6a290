//! A place in the text of a statement.

use serde::{Deserialize, Serialize};

/// A half-open range of byte offsets into the statement's text. `start == end` marks a point (an unexpected end).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The smallest span that covers both.
    pub fn to(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The text it covers; empty when the span lies outside of `text` or cuts a character.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or("")
    }

    /// Line and column of the start, both counted from 1, the column in characters.
    pub fn line_and_column(self, text: &str) -> (usize, usize) {
        let mut end = (self.start as usize).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_and_column_count_characters_from_one() {
        let text = "select é,\n  x";
        let at = text.find('x').unwrap_or_default();
        assert_eq!(Span::new(at, at + 1).line_and_column(text), (2, 3));
        assert_eq!(Span::new(9, 10).line_and_column(text), (1, 9));
        assert_eq!(Span::new(500, 501).line_and_column(text), (2, 4));
    }
}
