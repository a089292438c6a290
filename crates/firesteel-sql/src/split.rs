//! A text of several statements, cut at the `;` between them: those outside of quotes, comments and BEGIN … END.

use firesteel_common::{Error, Span};

use crate::lex::scan::{Piece, Scanner, Unclosed};

/// The statements of a text, and whether the last one is ended.
#[derive(Debug)]
pub struct Split<'a> {
    text: &'a str,
    /// Each statement without the `;` and the blanks and comments around it; empty ones are left out.
    pub statements: Vec<Span>,
    pub end: End,
}

/// How a text of statements ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// After a `;`, or there is nothing at all.
    Complete,
    /// Inside of a statement: its `;` is missing.
    Open,
    /// Inside of a string or a name in back-ticks, which begins at this offset.
    InQuote(usize),
    /// Inside of a comment, which begins at this offset.
    InComment(usize),
    /// Inside of BEGIN … END.
    InBlock,
}

impl Split<'_> {
    /// The error that tells of a quote or comment without end.
    pub fn unclosed(&self) -> Option<Error> {
        match self.end {
            End::InQuote(at) => Some(Unclosed::Quote(at).to_error(self.text)),
            End::InComment(at) => Some(Unclosed::Comment(at).to_error(self.text)),
            End::Complete | End::Open | End::InBlock => None,
        }
    }
}

/// Cuts a text into its statements. Never fails: how the text ends is told by [`Split::end`].
pub fn split_statements(text: &str) -> Split<'_> {
    let mut cutter = Cutter { statements: Vec::new(), from: None, to: 0, block: Block::default() };
    let mut scanner = Scanner::new(text);
    let end = loop {
        match scanner.next() {
            Ok(Some((piece, from, to))) => cutter.take(piece, &text[from..to], from, to),
            Ok(None) if cutter.block.depth > 0 => break End::InBlock,
            Ok(None) if cutter.from.is_some() => break End::Open,
            Ok(None) => break End::Complete,
            Err(Unclosed::Quote(at)) => {
                cutter.extend(at, text.len());
                break End::InQuote(at);
            }
            Err(Unclosed::Comment(at)) => break End::InComment(at),
        }
    };
    cutter.cut();
    Split { text, statements: cutter.statements, end }
}

struct Cutter {
    statements: Vec<Span>,
    /// Where the current statement begins, once it has.
    from: Option<usize>,
    to: usize,
    block: Block,
}

/// BEGIN, CASE, IF, LOOP, … each wait for an END, but only inside of a statement that is itself a block.
#[derive(Default)]
struct Block {
    depth: usize,
    after_end: bool,
    /// At the beginning of an inner statement, where IF is no function.
    at_start: bool,
}

impl Cutter {
    fn take(&mut self, piece: Piece, written: &str, from: usize, to: usize) {
        match piece {
            Piece::Blank => return,
            Piece::Mark(';') if self.block.depth == 0 => {
                self.cut();
                return;
            }
            Piece::Word => self.word(&written.to_ascii_uppercase()),
            Piece::Quoted | Piece::Mark(_) => {
                self.block.after_end = false;
                self.block.at_start = piece == Piece::Mark(';');
            }
        }
        self.extend(from, to);
    }

    fn extend(&mut self, from: usize, to: usize) {
        self.from.get_or_insert(from);
        self.to = to;
    }

    fn cut(&mut self) {
        if let Some(from) = self.from.take() {
            self.statements.push(Span::new(from, self.to));
        }
        self.block = Block::default();
    }

    fn word(&mut self, word: &str) {
        let after_end = std::mem::take(&mut self.block.after_end);
        let at_start =
            std::mem::replace(&mut self.block.at_start, matches!(word, "BEGIN" | "THEN" | "ELSE" | "DO" | "LOOP"));
        if self.block.depth == 0 {
            // Only a statement that begins with BEGIN is a block: `begin` may be a column elsewhere.
            if self.from.is_none() && word == "BEGIN" {
                self.block.depth = 1;
            }
            return;
        }
        match word {
            "END" => {
                self.block.depth -= 1;
                self.block.after_end = true;
            }
            // `END IF`, `END CASE`, … close; the words alone open.
            "BEGIN" | "CASE" | "LOOP" | "REPEAT" | "WHILE" | "FOR" if !after_end => self.block.depth += 1,
            "IF" if !after_end && at_start => self.block.depth += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split_statements(text).statements.iter().map(|span| span.slice(text)).collect()
    }

    #[test]
    fn cuts_outside_of_quotes_and_comments() {
        assert_eq!(parts("select 1; select ';' ;-- a;b\n select 2 /* ; */;"), ["select 1", "select ';'", "select 2"]);
        assert_eq!(parts("select `a;b`, \"x;\\\";\"; ; "), ["select `a;b`, \"x;\\\";\""]);
        assert_eq!(parts("select r'\\'; select 2"), ["select r'\\'", "select 2"]);
        assert_eq!(
            parts("begin select 1; select case when a then b end; end; select begin"),
            ["begin select 1; select case when a then b end; end", "select begin"]
        );
    }

    #[test]
    fn tells_how_the_text_ends() {
        let end = |text| split_statements(text).end;
        assert_eq!(end(""), End::Complete);
        assert_eq!(end("select 1; -- done"), End::Complete);
        assert_eq!(end("select 1"), End::Open);
        assert_eq!(end("select 'a"), End::InQuote(7));
        assert_eq!(end("select 'a\\'"), End::InQuote(7));
        assert_eq!(end("select 1 /* a"), End::InComment(9));
        assert_eq!(end("begin select 1;"), End::InBlock);
    }
}
