//! [`Tokens`] → the parsed tree: recursive descent by Spark's grammar, without backtracking. Where Spark's grammar needs to
//! look far ahead (is this `(` a query or an expression?) the partner of each bracket, known beforehand, answers.
//!
//! This file is the cursor that all parts share; [`expr`], [`query`] and [`statement`] are the grammar.

pub(crate) mod data_type;
mod expr;
mod function;
mod hint;
mod literal;
mod names;
mod parameter;
mod predicate;
mod query;
mod relation;
mod select;
mod slip;
mod special;
mod statement;

use firesteel_common::names::did_you_mean;
use firesteel_common::{Error, Result, Span, bail};

use crate::bindings::{Bindings, Markers};
use crate::error::syntax_error;
use crate::lex::{Token, Tokens};

/// How deep queries, expressions and types may nest.
const DEPTH_MAX: usize = 1000;

pub(crate) struct Parser<'a> {
    text: &'a str,
    tokens: &'a Tokens,
    at: usize,
    depth: usize,
    bindings: Option<&'a dyn Bindings>,
    /// What came before.
    markers: Markers,
    /// Where markers stood, and the text of what stands there now.
    values: Vec<(Span, String)>,
}

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a Tokens) -> Self {
        Self { text, tokens, at: 0, depth: 0, bindings: None, markers: Markers::default(), values: Vec::new() }
    }

    pub(crate) fn with_bindings(self, bindings: &'a dyn Bindings) -> Self {
        Self { bindings: Some(bindings), ..self }
    }

    pub(crate) fn markers(&self) -> Markers {
        self.markers
    }

    fn peek(&self) -> &'a Token {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> &'a Token {
        self.tokens.tokens.get(self.at + ahead).unwrap_or(&Token::End)
    }

    fn span(&self) -> Span {
        self.span_of(self.at)
    }

    fn span_of(&self, index: usize) -> Span {
        self.tokens.spans[index.min(self.tokens.spans.len() - 1)]
    }

    /// The span from a token to the last one taken.
    fn since(&self, start: usize) -> Span {
        self.span_of(start).to(self.span_of(self.at.saturating_sub(1).max(start)))
    }

    fn slice(&self, span: Span) -> &'a str {
        span.slice(self.text)
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.tokens.len() {
            self.at += 1;
        }
    }

    pub(crate) fn is_end(&self) -> bool {
        matches!(self.peek(), Token::End)
    }

    /// Whether the token some places ahead is this symbol.
    fn is_symbol_at(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.peek_at(ahead), Token::Symbol(found) if *found == symbol)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        self.is_symbol_at(0, symbol)
    }

    fn is_word_at(&self, ahead: usize, word: &str) -> bool {
        matches!(self.peek_at(ahead), Token::Word(found) if found.eq_ignore_ascii_case(word))
    }

    fn is_word(&self, word: &str) -> bool {
        self.is_word_at(0, word)
    }

    fn is_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.is_word_at(ahead, word))
    }

    fn is_any_word(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(word))
    }

    /// Takes the symbol if it stands here.
    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    /// Takes the keyword if it stands here.
    fn word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        if found {
            self.advance();
        }
        found
    }

    /// Takes all of the keywords or none.
    fn words(&mut self, words: &[&str]) -> bool {
        let found = self.is_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<()> {
        if self.symbol(symbol) { Ok(()) } else { Err(self.missing(symbol)) }
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.word(word) { Ok(()) } else { Err(self.missing(word)) }
    }

    fn string(&mut self) -> Option<String> {
        let Token::String(value) = self.peek() else { return self.bound_string() };
        self.advance();
        Some(value.clone())
    }

    fn expect_string(&mut self) -> Result<String> {
        self.string().ok_or_else(|| self.unexpected())
    }

    fn expect_u64(&mut self) -> Result<u64> {
        let Token::Number(digits) = self.peek() else { return Err(self.unexpected()) };
        let value = digits.parse().map_err(|_| self.unexpected())?;
        self.advance();
        Ok(value)
    }

    /// `item, item, …`
    fn comma_list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.symbol(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `(item, item, …)`, possibly empty.
    fn parenthesized<T>(&mut self, item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.expect_symbol("(")?;
        if self.symbol(")") {
            return Ok(Vec::new());
        }
        let items = self.comma_list(item)?;
        self.expect_symbol(")")?;
        Ok(items)
    }

    /// The error that the token here does not belong here.
    fn unexpected(&self) -> Error {
        self.unexpected_with("")
    }

    fn unexpected_with(&self, hint: &str) -> Error {
        let near = if self.is_end() { None } else { Some(self.slice(self.span())) };
        let error = syntax_error(near, hint, self.span());
        match self.misspelt().or_else(|| self.slip()) {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }

    /// The word here, or the one before it that was taken for a name, may be a keyword with a slip in it.
    fn misspelt(&self) -> Option<String> {
        const KEYWORDS: [&str; 14] = [
            "CREATE", "DESCRIBE", "DISTINCT", "EXPLAIN", "FROM", "GROUP", "HAVING", "INSERT", "JOIN", "LIMIT", "ORDER",
            "SELECT", "UNION", "WHERE",
        ];
        let words = [self.at.checked_sub(1), Some(self.at)].into_iter().flatten();
        words.filter_map(|at| self.tokens.tokens.get(at)).find_map(|token| match token {
            Token::Word(word) if !KEYWORDS.iter().any(|known| known.eq_ignore_ascii_case(word)) => {
                did_you_mean(word, KEYWORDS)
            }
            _ => None,
        })
    }

    fn missing(&self, what: &str) -> Error {
        self.unexpected_with(&format!(": missing '{what}'"))
    }

    /// Goes one level deeper with a stack that grows, unless it is too deep.
    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.check_depth(self.depth)?;
        self.depth += 1;
        let outcome = grown(|| parse(self));
        self.depth -= 1;
        outcome
    }

    /// Loops that nest their result at every turn count as depth, too.
    fn check_depth(&self, depth: usize) -> Result<()> {
        if depth >= DEPTH_MAX {
            let error = firesteel_common::error!(
                STATEMENT_TOO_COMPLEX,
                reason = format!("it nests deeper than {DEPTH_MAX} levels")
            );
            return Err(error.at(self.span()));
        }
        Ok(())
    }

    /// Whether there were any.
    pub(crate) fn skip_semicolons(&mut self) -> bool {
        let start = self.at;
        while self.symbol(";") {}
        self.at > start
    }

    /// Everything must have been read.
    pub(crate) fn expect_end(&self) -> Result<()> {
        if self.is_end() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The index of the bracket that closes the one at `index`; None when nothing does.
    fn partner(&self, index: usize) -> Option<usize> {
        let partner = *self.tokens.partners.get(index)? as usize;
        (partner != index).then_some(partner)
    }

    fn unsupported(&self, feature: impl Into<String>, start: usize) -> Error {
        firesteel_common::error!(UNSUPPORTED_FEATURE, feature = feature).at(self.since(start))
    }
}

/// Runs with more stack when little is left.
#[recursive::recursive]
fn grown<T>(run: impl FnOnce() -> T) -> T {
    run()
}

/// An empty text is no statement.
pub(crate) fn expect_something(tokens: &Tokens) -> Result<()> {
    if tokens.tokens.iter().all(|token| matches!(token, Token::End | Token::Symbol(";"))) {
        bail!(PARSE_EMPTY_STATEMENT);
    }
    Ok(())
}
