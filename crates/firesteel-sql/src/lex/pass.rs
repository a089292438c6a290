//! sqlparser's raw tokens → Spark's tokens. Every raw token is read back from the text by its place, so that nothing the
//! tokenizer has already interpreted needs undoing.

use firesteel_common::{Error, Result, Span, bail, error};
use sqlparser::tokenizer::{Token as Raw, TokenWithSpan, Tokenizer, Whitespace};

use super::dialect::SparkDialect;
use super::escape::{quoted_name, string_value};
use super::scan::{Piece, Scanner};
use super::{Token, Tokens};

/// Operators and punctuation, longer ones first. `>` stays single: it also closes `ARRAY<ARRAY<INT>>`.
pub(crate) const SYMBOLS: &[&str] = &[
    "<=>", "?::", "<=", ">=", "<>", "!=", "==", "||", "|>", "->", "=>", "::", "<<", ":=", "<", ">", "=", "!", "+", "-",
    "*", "/", "%", "&", "|", "^", "~", "(", ")", "[", "]", ",", ".", ":", ";", "?", "{", "}",
];

/// A statement of more tokens than this is refused: its tree would fill the memory.
const TOKENS_MAX: usize = 5_000_000;
/// The tokenizer works through the text in portions of at least this many bytes, since its tokens are large and blanks count.
const PORTION: usize = 64 << 10;
/// A portion that nothing allows to cut may have this many pieces: a text of `1+1+1+…` without a blank.
const PIECES_MAX: usize = 2_000_000;

/// The tokens of a text.
pub(crate) fn tokenize(text: &str) -> Result<Tokens> {
    if text.len() >= u32::MAX as usize {
        bail!(STATEMENT_TOO_COMPLEX, reason = "its text is larger than 4 GiB");
    }
    let mut pass = Pass { text, tokens: Vec::new(), spans: Vec::new() };
    let mut scanner = Scanner::new(text);
    let (mut start, mut pieces) = (0, 0);
    while let Some((piece, from, _)) = scanner.next().map_err(|unclosed| unclosed.to_error(text))? {
        pieces += 1;
        // Before these no token can go on.
        if matches!(piece, Piece::Blank | Piece::Mark(',' | '(' | ')' | ';')) && from - start >= PORTION {
            pass.portion(start, from)?;
            (start, pieces) = (from, 0);
        }
        if pieces > PIECES_MAX {
            return Err(too_many(PIECES_MAX).at(Span::new(start, start)));
        }
    }
    pass.portion(start, text.len())?;
    pass.finish()
}

fn too_many(tokens: usize) -> Error {
    error!(STATEMENT_TOO_COMPLEX, reason = format!("it has more than {tokens} tokens"))
}

struct Pass<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    spans: Vec<Span>,
}

impl Pass<'_> {
    /// Takes the tokens of `text[start..end]`, which begins and ends between tokens.
    fn portion(&mut self, start: usize, end: usize) -> Result<()> {
        let text = &self.text[start..end];
        let mut raw = Vec::new();
        let outcome =
            Tokenizer::new(&SparkDialect, text).with_unescape(false).tokenize_with_location_into_buf(&mut raw);
        let mut places = Places::new(text);
        // Raw tokens cover the text without gaps: each begins where the last one ended.
        let mut from = start;
        for TokenWithSpan { token, span } in raw {
            let to = start + places.offset(span.end.line, span.end.column);
            self.take(&token, from, to)?;
            from = to;
        }
        match outcome {
            Ok(()) => Ok(()),
            // The tokenizer wants a plain name before `._`; after `f(x)` or `a[0]` the dot is as good.
            Err(_) if self.text[from..end].starts_with("._") => {
                self.push(Token::Symbol("."), from, from + 1);
                self.portion(from + 1, end)
            }
            Err(_) => Err(self.unreadable(from)),
        }
    }

    fn unreadable(&self, at: usize) -> Error {
        let near: String = self.text[at..].chars().take(20).collect();
        error!(PARSE_SYNTAX_ERROR, error = format!("'{near}'"), hint = "").at(Span::new(at, at + 1))
    }

    fn take(&mut self, raw: &Raw, from: usize, to: usize) -> Result<()> {
        if self.tokens.len() > TOKENS_MAX {
            return Err(too_many(TOKENS_MAX).at(Span::new(from, to)));
        }
        let written = &self.text[from..to];
        match raw {
            Raw::Whitespace(Whitespace::MultiLineComment(comment)) => self.comment(comment, from, to),
            Raw::Whitespace(_) => {}
            Raw::Word(word) if word.quote_style.is_some() => self.push(Token::Quoted(quoted_name(written)), from, to),
            Raw::Word(_) => self.word(written, from, to),
            Raw::Number(..) => self.number(written, from, to),
            // `0x1F` is no number in Spark but a name that begins with a digit.
            Raw::HexStringLiteral(digits) if written.ends_with(['\'', '"']) => {
                self.push(Token::Hex(digits.clone()), from, to);
            }
            Raw::HexStringLiteral(_) => self.word(written, from, to),
            _ if written.ends_with(['\'', '"']) => self.string(written, from, to),
            _ => self.symbols(written, from),
        }
        Ok(())
    }

    fn push(&mut self, token: Token, from: usize, to: usize) {
        self.tokens.push(token);
        self.spans.push(Span::new(from, to));
    }

    /// The last token, if it ends where the next one begins.
    fn touching(&mut self, from: usize) -> Option<&mut Token> {
        let span = self.spans.last()?;
        if span.end as usize == from { self.tokens.last_mut() } else { None }
    }

    fn extend_last(&mut self, to: usize) {
        if let Some(span) = self.spans.last_mut() {
            *span = Span::new(span.start as usize, to);
        }
    }

    /// Comments go, but for the hints of a SELECT.
    fn comment(&mut self, comment: &str, from: usize, to: usize) {
        let after_select = matches!(self.tokens.last(), Some(Token::Word(word)) if word.eq_ignore_ascii_case("select"))
            || matches!(self.tokens.last(), Some(Token::Hint));
        if comment.starts_with('+') && after_select {
            self.push(Token::Hint, from, to);
        }
    }

    /// A word that touches digits is their suffix, or makes a name of them: `1L`, `2.5BD`, `1a`.
    fn word(&mut self, written: &str, from: usize, to: usize) {
        match self.touching(from) {
            Some(Token::Number(digits)) => {
                digits.push_str(written);
                let whole = digits.clone();
                if !is_number(&whole) {
                    self.name_from_digits(whole);
                }
                self.extend_last(to);
            }
            // The rest of a name that begins with digits after a dot.
            Some(Token::Word(word)) => {
                word.push_str(written);
                self.extend_last(to);
            }
            _ => self.push(Token::Word(written.to_owned()), from, to),
        }
    }

    /// The last token's digits are a name: `1a`, or, after a dot, the `.1a` of `t.1a`.
    fn name_from_digits(&mut self, whole: String) {
        let Some(start) = self.spans.last().map(|span| span.start as usize) else { return };
        self.tokens.pop();
        self.spans.pop();
        match whole.strip_prefix('.') {
            Some(name) => {
                self.push(Token::Symbol("."), start, start + 1);
                self.push(Token::Word(name.to_owned()), start + 1, start + whole.len());
            }
            None => self.push(Token::Word(whole), start, start),
        }
    }

    fn number(&mut self, written: &str, from: usize, to: usize) {
        let after_name = matches!(self.touching(from), Some(Token::Word(_) | Token::Quoted(_)));
        match written.strip_prefix('.') {
            // `t.1` is the column `1` of `t`.
            Some(name) if after_name => {
                self.push(Token::Symbol("."), from, from + 1);
                self.push(Token::Word(name.to_owned()), from + 1, to);
            }
            _ => {
                // The tokenizer takes an `L` along, which the text still has.
                let token = if is_number(written) {
                    Token::Number(written.to_owned())
                } else {
                    Token::Word(written.to_owned())
                };
                self.push(token, from, to);
            }
        }
    }

    /// Neighbouring strings are one.
    fn string(&mut self, written: &str, from: usize, to: usize) {
        let Some(quote) = written.find(['\'', '"']) else { return };
        let raw = matches!(&written[..quote], "r" | "R");
        if quote > 0 && !raw {
            // `N'…'` and `b'…'` are no literals of Spark: a name, then a string.
            self.word(&written[..quote], from, from + quote);
            self.push(Token::String(string_value(&written[quote..])), from + quote, to);
            return;
        }
        let value = string_value(written);
        if let Some(Token::String(before)) = self.tokens.last_mut() {
            before.push_str(&value);
            self.extend_last(to);
        } else {
            self.push(Token::String(value), from, to);
        }
    }

    /// Cuts a run of marks by Spark's rules, whatever the tokenizer made of them.
    fn symbols(&mut self, written: &str, from: usize) {
        let mut at = 0;
        while at < written.len() {
            let rest = &written[at..];
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let length = symbol.map_or_else(|| rest.chars().next().map_or(1, char::len_utf8), |symbol| symbol.len());
            let token = symbol.map_or(Token::Unknown, |symbol| Token::Symbol(symbol));
            self.push(token, from + at, from + at + length);
            at += length;
        }
    }

    fn finish(mut self) -> Result<Tokens> {
        let end = self.text.trim_end().len();
        self.push(Token::End, end, end);
        let mut partners: Vec<u32> = (0..self.tokens.len() as u32).collect();
        let mut open = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            match token {
                Token::Symbol("(" | "[") => open.push(at),
                Token::Symbol(")" | "]") => {
                    if let Some(start) = open.pop() {
                        partners[start] = at as u32;
                    }
                }
                _ => {}
            }
        }
        Ok(Tokens { tokens: self.tokens, spans: self.spans, partners })
    }
}

/// Digits, an optional fraction and exponent, an optional suffix. `1e3`, `.5D`, `1.`, `2BD`, `1L`; L, S and Y only after whole
/// numbers.
pub(crate) fn is_number(text: &str) -> bool {
    let (digits, suffix) = split_suffix(text);
    let digits_end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let (whole, rest) = digits.split_at(digits_end);
    if rest.is_empty() {
        return !whole.is_empty();
    }
    if matches!(suffix, "L" | "S" | "Y") {
        return false;
    }
    let (fraction, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], rest[at + 1..].strip_prefix(['+', '-']).unwrap_or(&rest[at + 1..])),
        None => (rest, "0"),
    };
    let all_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let fraction_digits = fraction.strip_prefix('.').unwrap_or("");
    let fraction_fits = fraction.is_empty() || (fraction.starts_with('.') && all_digits(fraction_digits));
    let has_digits = !whole.is_empty() || !fraction_digits.is_empty();
    has_digits && fraction_fits && !exponent.is_empty() && all_digits(exponent)
}

/// The digits and the suffix of a number, the suffix in upper case.
pub(crate) fn split_suffix(text: &str) -> (&str, &'static str) {
    for suffix in ["BD", "L", "S", "Y", "F", "D"] {
        let Some(cut) = text.len().checked_sub(suffix.len()) else { continue };
        if text.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case(suffix)) {
            return (&text[..cut], suffix);
        }
    }
    (text, "")
}

/// Turns the tokenizer's lines and columns, which count characters from 1, into byte offsets, walking the text once.
struct Places<'a> {
    text: &'a str,
    line: u64,
    column: u64,
    at: usize,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, line: 1, column: 1, at: 0 }
    }

    /// The offset of a place that is not before the last one asked for.
    fn offset(&mut self, line: u64, column: u64) -> usize {
        while (self.line, self.column) < (line, column) {
            let Some(c) = self.text[self.at..].chars().next() else { break };
            self.at += c.len_utf8();
            (self.line, self.column) = if c == '\n' { (self.line + 1, 1) } else { (self.line, self.column + 1) };
        }
        self.at
    }
}
