//! Text → [`Tokens`], in three steps:
//!
//! 1. [`scan`]: finds where quotes and comments begin and end, and refuses what never ends.
//! 2. [`dialect`]: sqlparser's tokenizer, with Spark's dialect, cuts the text into raw tokens.
//! 3. [`pass`]: makes Spark's tokens of them: numeric suffixes joined to their digits, escapes resolved, adjacent strings
//!    joined, operators cut by Spark's rules, blanks and comments dropped, every token with its byte span.

pub(crate) mod dialect;
mod escape;
pub(crate) mod pass;
pub(crate) mod scan;

use firesteel_common::Span;

/// A token as the parser sees it. Keywords are words: nearly all of Spark's are usable as names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A bare word: a keyword or a name.
    Word(String),
    /// A name in back-ticks, doubled ones resolved.
    Quoted(String),
    /// Digits with suffix, as written: `1`, `1L`, `2.5BD`, `1e3`.
    Number(String),
    /// A string literal's value.
    String(String),
    /// The digits of `X'…'`.
    Hex(String),
    /// An operator or a punctuation mark, one of [`pass::SYMBOLS`].
    Symbol(&'static str),
    /// The inside of `/*+ … */` directly after SELECT.
    Hint,
    /// A character that has no place in SQL.
    Unknown,
    /// After the last token.
    End,
}

/// The tokens of a text, each with its place, ended by [`Token::End`].
#[derive(Debug)]
pub(crate) struct Tokens {
    pub(crate) tokens: Vec<Token>,
    pub(crate) spans: Vec<Span>,
    /// For each `(` or `[` its partner's index; for other tokens and unclosed ones its own.
    pub(crate) partners: Vec<u32>,
}
