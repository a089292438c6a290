//! A text cut into what an editor tells apart: words, quotes, comments, marks. Never fails, whatever the text.
//!
//! ```text
//! select 'a' -- b   ⇒   Word(select) Blank Text('a') Blank Comment(-- b)
//! ```
//! It sees a text as [`split_statements`](crate::split_statements) and the parser do: quotes end where they end for those.

use firesteel_common::Span;

use crate::lex::scan::{Piece, Scanner, Unclosed};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PieceKind {
    Blank,
    Comment,
    /// A keyword or a name.
    Word,
    Number,
    /// A string literal.
    Text,
    /// A name in back-ticks.
    Quoted,
    Mark(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextPiece {
    pub kind: PieceKind,
    pub span: Span,
    /// False for a quote or comment that goes on to the end of the text for want of its own.
    pub closed: bool,
}

/// The pieces of a text, without gaps.
pub fn pieces(text: &str) -> Vec<TextPiece> {
    let mut pieces: Vec<TextPiece> = Vec::new();
    let mut scanner = Scanner::new(text);
    loop {
        match scanner.next() {
            Ok(Some((piece, from, to))) => push(&mut pieces, kind(piece, &text[from..to]), from, to),
            Ok(None) => return pieces,
            Err(unclosed) => {
                let (kind, from) = match unclosed {
                    Unclosed::Comment(at) => (PieceKind::Comment, at),
                    Unclosed::Quote(at) if text[at..].starts_with('`') => (PieceKind::Quoted, at),
                    Unclosed::Quote(at) => (PieceKind::Text, at),
                };
                pieces.push(TextPiece { kind, span: Span::new(from, text.len()), closed: false });
                return pieces;
            }
        }
    }
}

fn kind(piece: Piece, written: &str) -> PieceKind {
    match piece {
        Piece::Blank if written.starts_with(['-', '/']) => PieceKind::Comment,
        Piece::Blank => PieceKind::Blank,
        Piece::Word if written.starts_with(|c: char| c.is_ascii_digit()) => PieceKind::Number,
        Piece::Word => PieceKind::Word,
        Piece::Quoted if written.starts_with('`') => PieceKind::Quoted,
        Piece::Quoted => PieceKind::Text,
        Piece::Mark(mark) => PieceKind::Mark(mark),
    }
}

/// Blanks become one piece, and so do `1`, `.` and `5`.
fn push(pieces: &mut Vec<TextPiece>, kind: PieceKind, from: usize, to: usize) {
    if kind == PieceKind::Number
        && let [.., number, point] = pieces.as_slice()
        && (number.kind, point.kind) == (PieceKind::Number, PieceKind::Mark('.'))
    {
        pieces.pop();
    }
    match pieces.last_mut() {
        Some(last) if last.kind == kind && matches!(kind, PieceKind::Blank | PieceKind::Number) => {
            last.span = Span::new(last.span.start as usize, to);
        }
        _ => pieces.push(TextPiece { kind, span: Span::new(from, to), closed: true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(PieceKind, &str)> {
        pieces(text).into_iter().map(|piece| (piece.kind, piece.span.slice(text))).collect()
    }

    #[test]
    fn words_quotes_numbers_and_comments() {
        use PieceKind::*;
        let expected = [
            (Word, "select"),
            (Blank, " "),
            (Number, "1.5"),
            (Mark(','), ","),
            (Text, "'a''b'"),
            (Blank, " \n"),
            (Quoted, "`t``x`"),
            (Mark('.'), "."),
            (Word, "c"),
            (Comment, "-- end"),
        ];
        assert_eq!(shown("select 1.5,'a''b' \n`t``x`.c-- end"), expected);
    }

    #[test]
    fn what_never_ends_is_one_open_piece() {
        for (text, kind) in [("a 'b", PieceKind::Text), ("a `b", PieceKind::Quoted), ("a /* b", PieceKind::Comment)] {
            let last = pieces(text).pop().expect("a piece");
            assert_eq!((last.kind, last.span.slice(text), last.closed), (kind, &text[2..], false));
        }
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn pieces_cover_the_text() {
        let text = "select * from é.`b`/*c*/ where x=-1e3 and y>.5 -- d\n; \u{1F600} r'\\' \"";
        let mut end = 0;
        for piece in pieces(text) {
            assert_eq!(piece.span.start as usize, end);
            end = piece.span.end as usize;
        }
        assert_eq!(end, text.len());
    }
}
