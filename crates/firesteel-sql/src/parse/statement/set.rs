//! SET and RESET. A setting's value is the rest of the statement as written, whatever its tokens are.

use firesteel_common::Result;
use firesteel_plan::parsed::{StatementKind, TimeZone};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    pub(super) fn set(&mut self) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        if self.is_words(&["TIME", "ZONE"]) && !self.is_symbol_at(2, "=") {
            self.at += 2;
            return self.time_zone().map(StatementKind::SetTimeZone);
        }
        let is_variable = self.is_word("VAR") || self.is_word("VARIABLE");
        if is_variable && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_) | Token::Symbol("(")) {
            return self.set_variables(start);
        }
        if self.is_word("CATALOG") && matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_) | Token::String(_)) {
            return Err(self.unsupported("SET CATALOG", start));
        }
        if self.is_symbol("-") && self.is_word_at(1, "v") {
            self.at += 2;
            return Ok(StatementKind::SetShow { key: None, verbose: true });
        }
        self.setting()
    }

    /// `key = value`, `key`, or nothing.
    fn setting(&mut self) -> Result<StatementKind> {
        let text = self.rest_of_statement();
        if text.is_empty() {
            return Ok(StatementKind::SetShow { key: None, verbose: false });
        }
        match text.split_once('=') {
            None => Ok(StatementKind::SetShow { key: Some(unquoted(text)), verbose: false }),
            Some((key, value)) => Ok(StatementKind::Set { key: unquoted(key), value: unquoted(value) }),
        }
    }

    /// Takes what is left up to the `;` that ends the statement.
    fn rest_of_statement(&mut self) -> &str {
        let start = self.at;
        while !self.is_end() && !self.is_symbol(";") {
            self.advance();
        }
        if self.at == start { "" } else { self.slice(self.since(start)) }
    }

    fn time_zone(&mut self) -> Result<TimeZone> {
        if self.word("LOCAL") {
            return Ok(TimeZone::Local);
        }
        if let Some(name) = self.string() {
            return Ok(TimeZone::Name(name));
        }
        if self.is_word("INTERVAL") {
            return self.interval().map(TimeZone::Interval);
        }
        Err(self.unexpected())
    }

    pub(super) fn reset(&mut self) -> StatementKind {
        self.advance();
        let key = self.rest_of_statement();
        StatementKind::Reset { key: if key.is_empty() { None } else { Some(unquoted(key)) } }
    }
}

/// Without blanks around it and without the back-ticks that an odd key or value needs.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')) {
        Some(inside) => inside.replace("``", "`"),
        None => text.to_owned(),
    }
}
