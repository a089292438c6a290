//! Literals: numbers with their suffixes, strings, typed literals, intervals.

use firesteel_common::{Error, Result, error};
use firesteel_plan::parsed::{
    Expr, ExprKind, IntegerSuffix, IntervalField, IntervalLiteral, IntervalUnit, Literal, TypedLiteral, UnaryOp,
};

use super::Parser;
use crate::lex::Token;
use crate::lex::pass::split_suffix;

impl Parser<'_> {
    /// A number with its sign, a string, or `X'…'`.
    pub(super) fn literal(&mut self) -> Result<Expr> {
        let start = self.at;
        let sign = if self.symbol("-") { "-" } else { "" };
        let literal = match self.peek() {
            Token::Number(text) => number(sign, text),
            Token::String(text) if sign.is_empty() => Literal::String(text.clone()),
            Token::Hex(digits) if sign.is_empty() => {
                Literal::Binary(hex_bytes(digits).ok_or_else(|| invalid_typed("X", digits).at(self.span()))?)
            }
            _ => return Err(self.unexpected()),
        };
        self.advance();
        Ok(Expr::new(self.since(start), ExprKind::Literal(literal)))
    }

    /// `DATE '…'` and its kin: a word directly before a string.
    pub(super) fn typed_literal(&mut self) -> Result<Expr> {
        let start = self.at;
        let word = self.ident()?.value.to_ascii_uppercase();
        let kind = match word.as_str() {
            "DATE" => TypedLiteral::Date,
            "TIME" => TypedLiteral::Time,
            "TIMESTAMP" => TypedLiteral::Timestamp,
            "TIMESTAMP_LTZ" => TypedLiteral::TimestampLtz,
            "TIMESTAMP_NTZ" => TypedLiteral::TimestampNtz,
            _ => {
                return Err(error!(
                    UNSUPPORTED_TYPED_LITERAL,
                    unsupportedType = format!("\"{word}\""),
                    supportedTypes =
                        "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", \"TIME\""
                )
                .at(self.since(start)));
            }
        };
        let text = self.expect_string()?;
        Ok(Expr::new(self.since(start), ExprKind::Literal(Literal::Typed { kind, text })))
    }

    /// Whether what follows INTERVAL makes it a literal rather than a name.
    pub(super) fn is_interval_literal(&self) -> bool {
        let at = if self.is_symbol_at(1, "-") || self.is_symbol_at(1, "+") { 2 } else { 1 };
        match self.peek_at(at) {
            Token::String(_) => true,
            Token::Number(_) => at == 1 || self.unit_at(at + 1).is_some(),
            _ => false,
        }
    }

    /// `INTERVAL …`
    pub(super) fn interval(&mut self) -> Result<Expr> {
        let start = self.at;
        self.advance();
        let (text, is_string) = self.interval_value()?;
        if self.unit_at(0).is_none() {
            if !is_string {
                return Err(self.unexpected_with(": an interval's number needs a unit, such as DAY"));
            }
            return Ok(self.interval_text(start, text));
        }
        let unit = self.interval_unit()?;
        if self.word("TO") {
            let to = self.interval_unit()?;
            let literal = IntervalLiteral::Range { text, from: unit, to };
            return Ok(Expr::new(self.since(start), ExprKind::Literal(Literal::Interval(literal))));
        }
        let mut fields = vec![IntervalField { value: text, unit }];
        while self.is_next_interval_field() {
            let (value, _) = self.interval_value()?;
            fields.push(IntervalField { value, unit: self.interval_unit()? });
        }
        let literal = Literal::Interval(IntervalLiteral::Fields(fields));
        Ok(Expr::new(self.since(start), ExprKind::Literal(literal)))
    }

    /// A sign before a text of several fields negates the whole.
    fn interval_text(&mut self, start: usize, text: String) -> Expr {
        let signed = self.tokens.tokens.get(start + 1) == Some(&Token::Symbol("-"));
        let text = if signed { text.strip_prefix('-').unwrap_or(&text).to_owned() } else { text };
        let span = self.since(start);
        let literal = Expr::new(span, ExprKind::Literal(Literal::Interval(IntervalLiteral::Text(text))));
        if !signed {
            return literal;
        }
        Expr::new(span, ExprKind::Unary { op: UnaryOp::Minus, operand: Box::new(literal) })
    }

    /// `1`, `-1.5`, `'2'`, `-'-2'`: the number's text with the signs resolved, and whether it was a string.
    fn interval_value(&mut self) -> Result<(String, bool)> {
        let negative = self.symbol("-");
        if !negative {
            self.symbol("+");
        }
        let (text, is_string) = match self.peek() {
            Token::Number(text) => (text.clone(), false),
            Token::String(text) => (text.trim().to_owned(), true),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        let text = match text.strip_prefix('-') {
            Some(positive) if negative => positive.to_owned(),
            None if negative => format!("-{}", text.trim_start_matches('+')),
            _ => text,
        };
        Ok((text, is_string))
    }

    /// A further `value UNIT`: a sign here may as well be an operator, so the unit decides.
    fn is_next_interval_field(&self) -> bool {
        let signed = self.is_symbol("-") || self.is_symbol("+");
        let at = usize::from(signed);
        matches!(self.peek_at(at), Token::Number(_) | Token::String(_)) && self.unit_at(at + 1).is_some()
    }

    fn interval_unit(&mut self) -> Result<IntervalUnit> {
        let unit = self.unit_at(0).ok_or_else(|| self.unexpected())?;
        self.advance();
        Ok(unit)
    }

    fn unit_at(&self, ahead: usize) -> Option<IntervalUnit> {
        let Token::Word(word) = self.peek_at(ahead) else { return None };
        Some(match word.to_ascii_uppercase().as_str() {
            "YEAR" | "YEARS" => IntervalUnit::Year,
            "QUARTER" | "QUARTERS" => IntervalUnit::Quarter,
            "MONTH" | "MONTHS" => IntervalUnit::Month,
            "WEEK" | "WEEKS" => IntervalUnit::Week,
            "DAY" | "DAYS" => IntervalUnit::Day,
            "HOUR" | "HOURS" => IntervalUnit::Hour,
            "MINUTE" | "MINUTES" => IntervalUnit::Minute,
            "SECOND" | "SECONDS" => IntervalUnit::Second,
            "MILLISECOND" | "MILLISECONDS" => IntervalUnit::Millisecond,
            "MICROSECOND" | "MICROSECONDS" => IntervalUnit::Microsecond,
            "NANOSECOND" | "NANOSECONDS" => IntervalUnit::Nanosecond,
            _ => return None,
        })
    }
}

fn number(sign: &str, written: &str) -> Literal {
    let (digits, suffix) = split_suffix(written);
    let text = format!("{sign}{digits}");
    let integer = |suffix| Literal::Integer { text: text.clone(), suffix };
    match suffix {
        "L" => integer(Some(IntegerSuffix::BigInt)),
        "S" => integer(Some(IntegerSuffix::SmallInt)),
        "Y" => integer(Some(IntegerSuffix::TinyInt)),
        "BD" => Literal::Decimal(text),
        "F" => Literal::Float(text),
        "D" => Literal::Double(text),
        _ if text.contains(['e', 'E']) => Literal::Double(text),
        _ if text.contains('.') => Literal::Decimal(text),
        _ => integer(None),
    }
}

/// An odd number of digits gets a leading zero, as in Spark.
fn hex_bytes(digits: &str) -> Option<Vec<u8>> {
    let padded = if digits.len() % 2 == 1 { format!("0{digits}") } else { digits.to_owned() };
    let nibble = |b: u8| char::from(b).to_digit(16).map(|value| value as u8);
    padded.as_bytes().chunks(2).map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?)).collect()
}

fn invalid_typed(kind: &str, value: &str) -> Error {
    error!(INVALID_TYPED_LITERAL, valueType = format!("\"{kind}\""), value = format!("'{value}'"))
}
