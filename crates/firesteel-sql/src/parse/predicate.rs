//! What may follow a value once: IS, BETWEEN, IN, LIKE and its kin, each with its negation.

use firesteel_common::{Result, error};
use firesteel_plan::parsed::{Expr, ExprKind, IsTest, Like, LikeKind, LikeQuantifier};

use super::Parser;
use crate::lex::Token;

const PREDICATE_WORDS: &[&str] = &["BETWEEN", "IN", "LIKE", "ILIKE", "RLIKE", "REGEXP"];

impl Parser<'_> {
    pub(super) fn predicate(&mut self) -> Result<Expr> {
        let start = self.at;
        let operand = self.comparison()?;
        if self.word("IS") {
            return self.is_test(start, operand);
        }
        let has_not = self.is_word("NOT") || self.is_symbol("!");
        let keyword_at = usize::from(has_not);
        if !PREDICATE_WORDS.iter().any(|word| self.is_word_at(keyword_at, word)) {
            return Ok(operand);
        }
        self.at += keyword_at;
        let kind = if self.word("BETWEEN") {
            self.between(operand, has_not)?
        } else if self.word("IN") {
            self.in_predicate(operand, has_not)?
        } else {
            self.like(operand, has_not)?
        };
        Ok(Expr::new(self.since(start), kind))
    }

    /// After IS.
    fn is_test(&mut self, start: usize, operand: Expr) -> Result<Expr> {
        let negated = self.word("NOT") || self.symbol("!");
        let operand = Box::new(operand);
        let kind = if self.words(&["DISTINCT", "FROM"]) {
            ExprKind::IsDistinctFrom { left: operand, right: self.boxed_value()?, negated }
        } else {
            let tests = [
                ("NULL", IsTest::Null),
                ("TRUE", IsTest::True),
                ("FALSE", IsTest::False),
                ("UNKNOWN", IsTest::Unknown),
            ];
            let found = tests.into_iter().find(|(word, _)| self.word(word));
            let (_, test) = found.ok_or_else(|| self.unexpected())?;
            ExprKind::Is { operand, negated, test }
        };
        Ok(Expr::new(self.since(start), kind))
    }

    fn between(&mut self, operand: Expr, negated: bool) -> Result<ExprKind> {
        let low = self.boxed_value()?;
        self.expect_word("AND")?;
        Ok(ExprKind::Between { operand: Box::new(operand), negated, low, high: self.boxed_value()? })
    }

    fn in_predicate(&mut self, operand: Expr, negated: bool) -> Result<ExprKind> {
        let operand = Box::new(operand);
        if self.is_symbol("(") && self.is_symbol_at(1, ")") {
            let start = self.at.saturating_sub(1);
            self.at += 2;
            return Err(error!(EMPTY_IN_PREDICATE).at(self.since(start)));
        }
        if self.is_query_in_parentheses(self.at) {
            self.advance();
            let query = Box::new(self.query()?);
            self.expect_symbol(")")?;
            return Ok(ExprKind::InSubquery { operand, negated, query });
        }
        self.expect_symbol("(")?;
        let list = self.comma_list(Self::expr)?;
        self.expect_symbol(")")?;
        Ok(ExprKind::InList { operand, negated, list })
    }

    fn like(&mut self, operand: Expr, negated: bool) -> Result<ExprKind> {
        let kind = if self.word("LIKE") {
            LikeKind::Like
        } else if self.word("ILIKE") {
            LikeKind::Ilike
        } else {
            self.advance();
            LikeKind::Rlike
        };
        let quantifier = self.like_quantifier(kind);
        let patterns = match quantifier {
            LikeQuantifier::One => vec![self.value()?],
            LikeQuantifier::Any | LikeQuantifier::All => self.parenthesized(Self::expr)?,
        };
        let escape = if kind != LikeKind::Rlike && self.word("ESCAPE") { Some(self.escape_character()?) } else { None };
        Ok(ExprKind::Like(Box::new(Like { operand, negated, kind, quantifier, patterns, escape })))
    }

    fn like_quantifier(&mut self, kind: LikeKind) -> LikeQuantifier {
        if kind == LikeKind::Rlike || !self.is_symbol_at(1, "(") {
            LikeQuantifier::One
        } else if self.word("ANY") || self.word("SOME") {
            LikeQuantifier::Any
        } else if self.word("ALL") {
            LikeQuantifier::All
        } else {
            LikeQuantifier::One
        }
    }

    fn escape_character(&mut self) -> Result<char> {
        let Token::String(text) = self.peek() else { return Err(self.unexpected()) };
        let mut chars = text.chars();
        let (Some(escape), None) = (chars.next(), chars.next()) else {
            return Err(self.unexpected_with(": ESCAPE takes a string of one character"));
        };
        self.advance();
        Ok(escape)
    }
}
