//! Where quotes and comments begin and end: the little that one must know of a text to cut it anywhere else.

use firesteel_common::{Error, Result, Span, error};

/// A piece of text between two places where it may be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Blanks and comments.
    Blank,
    /// A letter, digits and what goes on with them.
    Word,
    /// A string literal or a name in back-ticks.
    Quoted,
    /// Any other character.
    Mark(char),
}

/// Walks a text piece by piece.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// What never ends, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unclosed {
    Quote(usize),
    Comment(usize),
}

impl Unclosed {
    pub(crate) fn to_error(self, text: &str) -> Error {
        match self {
            Unclosed::Comment(at) => error!(UNCLOSED_BRACKETED_COMMENT).at(Span::new(at, at + 2)),
            Unclosed::Quote(at) => {
                let what = if text[at..].starts_with('`') { "name" } else { "string" };
                let hint = format!(": the {what} that begins here has no closing quote");
                let near: String = text[at..].chars().take(20).collect();
                error!(PARSE_SYNTAX_ERROR, error = format!("'{near}'"), hint = hint).at(Span::new(at, at + 1))
            }
        }
    }
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next piece with its range.
    pub(crate) fn next(&mut self) -> Result<Option<(Piece, usize, usize)>, Unclosed> {
        let start = self.at;
        let rest = &self.text[start..];
        let Some(first) = rest.chars().next() else { return Ok(None) };
        let (piece, length) = match first {
            c if c.is_whitespace() => (Piece::Blank, c.len_utf8()),
            '-' if rest.starts_with("--") => (Piece::Blank, rest.find('\n').map_or(rest.len(), |at| at + 1)),
            '/' if rest.starts_with("/*") => (Piece::Blank, comment(rest).ok_or(Unclosed::Comment(start))?),
            '`' => (Piece::Quoted, quoted(rest, '`', false).ok_or(Unclosed::Quote(start))?),
            '\'' | '"' => (Piece::Quoted, quoted(rest, first, true).ok_or(Unclosed::Quote(start))?),
            'r' | 'R' if rest[1..].starts_with(['\'', '"']) => {
                let quote = if rest[1..].starts_with('"') { '"' } else { '\'' };
                (Piece::Quoted, 1 + quoted(&rest[1..], quote, false).ok_or(Unclosed::Quote(start))?)
            }
            c if is_word(c) => (Piece::Word, rest.find(|c: char| !is_word(c)).unwrap_or(rest.len())),
            c => (Piece::Mark(c), c.len_utf8()),
        };
        self.at += length;
        Ok(Some((piece, start, self.at)))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment at the start of `text`; comments nest.
fn comment(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"/*" => (depth, at) = (depth + 1, at + 2),
            b"*/" => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The length of the quoted text at the start of `text`. A doubled quote goes on; a backslash takes the next character along.
fn quoted(text: &str, quote: char, backslash: bool) -> Option<usize> {
    let (bytes, quote) = (text.as_bytes(), quote as u8);
    let mut at = 1;
    loop {
        match *bytes.get(at)? {
            b'\\' if backslash => at += 2,
            b if b == quote && bytes.get(at + 1) == Some(&quote) => at += 2,
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}
