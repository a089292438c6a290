//! Identifiers, names of several parts, aliases: which words may be one, and where.

use firesteel_common::Result;
use firesteel_plan::parsed::{Ident, Name, TableAlias};

use super::Parser;
use crate::error::syntax_error;
use crate::lex::Token;
use crate::lex::pass::tokenize;

/// Join words, which even Spark's permissive mode keeps from being table aliases.
const JOIN_WORDS: &[&str] = &[
    "ANTI",
    "CROSS",
    "EXCEPT",
    "FULL",
    "INNER",
    "INTERSECT",
    "JOIN",
    "LATERAL",
    "LEFT",
    "MINUS",
    "NATURAL",
    "ON",
    "RIGHT",
    "SEMI",
    "UNION",
    "USING",
];

/// Words that begin the next clause and are thus no alias unless AS says so.
const CLAUSE_WORDS: &[&str] = &[
    "FROM",
    "WHERE",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "QUALIFY",
    "WINDOW",
    "PIVOT",
    "UNPIVOT",
    "TABLESAMPLE",
    "SELECT",
    "INTO",
    "SET",
    "WHEN",
];

/// Words that begin the next clause when BY follows.
const BY_WORDS: &[&str] = &["GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"];

impl Parser<'_> {
    /// Takes an identifier; any word is one where nothing else can stand.
    pub(super) fn ident(&mut self) -> Result<Ident> {
        let span = self.span();
        let (value, quoted) = match self.peek() {
            Token::Word(value) => (value.clone(), false),
            Token::Quoted(value) => (value.clone(), true),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        Ok(Ident { value, quoted, span })
    }

    /// `a.b.c`
    pub(super) fn name(&mut self) -> Result<Name> {
        let start = self.at;
        let mut parts = vec![self.ident()?];
        while self.symbol(".") {
            parts.push(self.ident()?);
        }
        Ok(Name { span: self.since(start), parts })
    }

    /// The name of a table, view or function: a name, or `IDENTIFIER('a.b')`, which is the name its string spells.
    pub(super) fn object_name(&mut self) -> Result<Name> {
        match self.spelled_name()? {
            Some(name) => Ok(name),
            None => self.name(),
        }
    }

    /// `IDENTIFIER('a.b')`; with anything but a string inside it would have to be computed.
    pub(super) fn spelled_name(&mut self) -> Result<Option<Name>> {
        let start = self.at;
        if !(self.is_word("IDENTIFIER") && self.is_symbol_at(1, "(")) {
            return Ok(None);
        }
        let Token::String(text) = self.peek_at(2) else { return Ok(None) };
        if !self.is_symbol_at(3, ")") {
            return Err(self.unsupported("IDENTIFIER(…) of a computed name", start));
        }
        let tokens = tokenize(text)?;
        let mut inner = Parser::new(text, &tokens);
        let name = inner.name().and_then(|name| inner.expect_end().map(|()| name));
        self.at += 4;
        let span = self.since(start);
        // Places inside of the string are of no use: all point to the whole.
        let name = name.map_err(|_| syntax_error(Some(self.slice(span)), ": the string must spell a name", span))?;
        let parts = name.parts.into_iter().map(|part| Ident { span, ..part }).collect();
        Ok(Some(Name { span, parts }))
    }

    /// `(a, b)`
    pub(super) fn ident_list(&mut self) -> Result<Vec<Ident>> {
        self.expect_symbol("(")?;
        let idents = self.comma_list(Self::ident)?;
        self.expect_symbol(")")?;
        Ok(idents)
    }

    /// An alias without AS: a word that begins nothing else.
    pub(super) fn is_implicit_alias(&self) -> bool {
        match self.peek() {
            Token::Quoted(_) => true,
            Token::Word(_) => {
                let starts_clause = self.is_any_word(JOIN_WORDS)
                    || self.is_any_word(CLAUSE_WORDS)
                    || (self.is_any_word(BY_WORDS) && self.is_word_at(1, "BY"));
                !starts_clause
            }
            _ => false,
        }
    }

    /// `[AS] name`
    pub(super) fn optional_alias(&mut self) -> Result<Option<Ident>> {
        if self.word("AS") || self.is_implicit_alias() { self.ident().map(Some) } else { Ok(None) }
    }

    /// `[AS] name [(columns)]`
    pub(super) fn table_alias(&mut self) -> Result<Option<TableAlias>> {
        let Some(name) = self.optional_alias()? else { return Ok(None) };
        let columns = if self.is_symbol("(") { self.ident_list()? } else { Vec::new() };
        Ok(Some(TableAlias { name, columns }))
    }
}
