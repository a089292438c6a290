//! Expressions that begin with a keyword. What has a syntax of its own and means a function becomes a call of it:
//! `EXTRACT(f FROM x)` → `extract('f', x)`, `TRIM(BOTH c FROM x)` → `trim(c, x)`, and so on.

use firesteel_common::Result;
use firesteel_plan::parsed::{Expr, ExprKind, Ident, Literal};

use super::Parser;
use crate::lex::Token;

/// Functions whose first argument is a unit, a bare word: `timestampadd(DAY, 1, t)`.
const UNIT_FUNCTIONS: &[&str] =
    &["TIMESTAMPADD", "TIMESTAMPDIFF", "DATEADD", "DATE_ADD", "DATEDIFF", "DATE_DIFF", "TIMEDIFF"];
const UNITS: &[&str] =
    &["YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR", "HOUR", "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"];

impl Parser<'_> {
    /// None when the word here is but a name.
    pub(super) fn keyword_atom(&mut self) -> Result<Option<Expr>> {
        let start = self.at;
        let Token::Word(word) = self.peek() else { return Ok(None) };
        let word = word.to_ascii_uppercase();
        if self.is_symbol_at(1, "(") {
            return self.keyword_call(start, &word);
        }
        if matches!(self.peek_at(1), Token::Symbol("." | "->")) {
            return Ok(None);
        }
        let literal = match word.as_str() {
            "NULL" => Literal::Null,
            "TRUE" => Literal::Boolean(true),
            "FALSE" => Literal::Boolean(false),
            "CASE" if !self.is_operand_end(1) => {
                self.advance();
                return self.case(start).map(Some);
            }
            "INTERVAL" if self.is_interval_literal() => return self.interval().map(Some),
            "NOT" => return Err(self.unexpected()),
            // `LIKE 'x'`, `FROM 'x'`: a clause's own word before a string is a slip, no type.
            "SELECT" | "FROM" | "WHERE" | "AND" | "OR" | "LIKE" | "IN" | "IS" | "BETWEEN" | "THEN" | "ELSE"
            | "WHEN" | "END" | "GROUP" | "HAVING" | "ON" | "UNION" | "EXCEPT" | "INTERSECT"
                if !self.is_operand_end(1) || self.is_clause_here(&word) =>
            {
                return Err(self.unexpected());
            }
            _ if matches!(self.peek_at(1), Token::String(_)) => return self.typed_literal().map(Some),
            _ => return Ok(None),
        };
        self.advance();
        Ok(Some(Expr::new(self.since(start), ExprKind::Literal(literal))))
    }

    /// `SELECT a, FROM t`: the word is a clause, not a column of that name.
    fn is_clause_here(&self, word: &str) -> bool {
        word == "FROM" && self.at > 0 && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_))
    }

    fn keyword_call(&mut self, start: usize, word: &str) -> Result<Option<Expr>> {
        let open = self.at + 1;
        match word {
            "CASE" => {
                self.advance();
                self.case(start).map(Some)
            }
            "CAST" | "TRY_CAST" => self.cast(start, word == "TRY_CAST").map(Some),
            "EXISTS" if self.is_query_in_parentheses(open) => {
                self.at += 2;
                let query = Box::new(self.query()?);
                self.expect_symbol(")")?;
                Ok(Some(Expr::new(self.since(start), ExprKind::Exists(query))))
            }
            "EXTRACT" if self.has_inner_word(open, "FROM") => self.extract(start).map(Some),
            "POSITION" if self.has_inner_word(open, "IN") => self.position(start).map(Some),
            "SUBSTR" | "SUBSTRING" if self.has_inner_word(open, "FROM") => {
                self.keyworded(start, &["FROM", "FOR"]).map(Some)
            }
            "OVERLAY" if self.has_inner_word(open, "PLACING") => {
                self.keyworded(start, &["PLACING", "FROM", "FOR"]).map(Some)
            }
            "TRIM" if self.has_inner_word(open, "FROM") => self.trim(start).map(Some),
            _ if UNIT_FUNCTIONS.contains(&word) && self.is_unit_argument() => self.unit_call(start).map(Some),
            // `NOT (…)` and the like were taken before; what is left are words that only a clause has.
            "SELECT" | "FROM" | "WHERE" | "THEN" | "ELSE" | "WHEN" | "IN" | "AND" | "OR" => Err(self.unexpected()),
            _ => Ok(None),
        }
    }

    /// Whether the word stands directly inside of the parentheses that open at `open`.
    fn has_inner_word(&self, open: usize, word: &str) -> bool {
        let Some(close) = self.partner(open) else { return false };
        let mut at = open + 1;
        while at < close {
            match &self.tokens.tokens[at] {
                Token::Word(found) if found.eq_ignore_ascii_case(word) => return true,
                Token::Symbol("(" | "[") => at = self.partner(at).unwrap_or(close) + 1,
                Token::Symbol(",") => return false,
                _ => at += 1,
            }
        }
        false
    }

    fn cast(&mut self, start: usize, is_try: bool) -> Result<Expr> {
        self.at += 2;
        let operand = self.boxed_expr()?;
        self.expect_word("AS")?;
        let data_type = self.data_type()?;
        self.expect_symbol(")")?;
        Ok(Expr::new(self.since(start), ExprKind::Cast { operand, data_type, is_try }))
    }

    /// The function's name, a place in the text and all.
    fn call_as(&mut self, start: usize, name: &str, arguments: Vec<Expr>) -> Expr {
        let name = Ident::new(name, self.span_of(start));
        Expr::call(self.since(start), name, arguments)
    }

    fn word_as_string(&mut self) -> Result<Expr> {
        let start = self.at;
        let text = match self.string() {
            Some(text) => text,
            None => self.ident()?.value,
        };
        Ok(Expr::new(self.since(start), ExprKind::Literal(Literal::String(text))))
    }

    fn extract(&mut self, start: usize) -> Result<Expr> {
        self.at += 2;
        let field = self.word_as_string()?;
        self.expect_word("FROM")?;
        let source = self.expr()?;
        self.expect_symbol(")")?;
        Ok(self.call_as(start, "extract", vec![field, source]))
    }

    /// `POSITION(part IN whole)`; the part is no predicate, or its IN would be taken for one.
    fn position(&mut self, start: usize) -> Result<Expr> {
        self.at += 2;
        let part = self.value()?;
        self.expect_word("IN")?;
        let whole = self.value()?;
        self.expect_symbol(")")?;
        Ok(self.call_as(start, "position", vec![part, whole]))
    }

    /// `f(a WORD b WORD c)` → `f(a, b, c)`; the last word may be missing.
    fn keyworded(&mut self, start: usize, words: &[&str]) -> Result<Expr> {
        let name = self.ident()?.value;
        self.expect_symbol("(")?;
        let mut arguments = vec![self.value()?];
        for word in words {
            if self.word(word) {
                arguments.push(self.value()?);
            }
        }
        self.expect_symbol(")")?;
        Ok(self.call_as(start, &name, arguments))
    }

    /// `TRIM([BOTH | LEADING | TRAILING] [characters] FROM text)`
    fn trim(&mut self, start: usize) -> Result<Expr> {
        self.at += 2;
        let name = if self.word("LEADING") {
            "ltrim"
        } else if self.word("TRAILING") {
            "rtrim"
        } else {
            self.word("BOTH");
            "trim"
        };
        let mut arguments = Vec::new();
        if !self.is_word("FROM") {
            arguments.push(self.value()?);
        }
        self.expect_word("FROM")?;
        arguments.push(self.value()?);
        self.expect_symbol(")")?;
        Ok(self.call_as(start, name, arguments))
    }

    fn is_unit_argument(&self) -> bool {
        self.is_symbol_at(3, ",") && UNITS.iter().any(|unit| self.is_word_at(2, unit))
    }

    fn unit_call(&mut self, start: usize) -> Result<Expr> {
        let written = self.ident()?.value.to_ascii_uppercase();
        let name = if written.ends_with("ADD") { "timestampadd" } else { "timestampdiff" };
        self.expect_symbol("(")?;
        let mut arguments = vec![self.word_as_string()?];
        while self.symbol(",") {
            arguments.push(self.expr()?);
        }
        self.expect_symbol(")")?;
        Ok(self.call_as(start, name, arguments))
    }
}
