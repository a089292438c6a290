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

    /// `IDENTIFIER('a.b')`, or of any constant text where somebody can compute it.
    pub(super) fn spelled_name(&mut self) -> Result<Option<Name>> {
        let start = self.at;
        if !(self.is_word("IDENTIFIER") && self.is_symbol_at(1, "(")) {
            return Ok(None);
        }
        let text = match (self.peek_at(2), self.bindings) {
            (Token::String(text), _) if self.is_symbol_at(3, ")") => {
                self.at += 4;
                text.clone()
            }
            (_, None) => return Ok(None),
            (_, Some(bindings)) => {
                self.at += 2;
                let expr = self.expr()?;
                self.expect_symbol(")")?;
                bindings.text(&expr).map_err(|error| error.at(expr.span))?
            }
        };
        let span = self.since(start);
        // Places inside of the string are of no use: all point to the whole.
        let parts = name_parts(&text).map_err(|error| error.moved_to(span))?;
        Ok(Some(Name { span, parts: parts.into_iter().map(|part| Ident { span, ..part }).collect() }))
    }

    /// An alias after AS: an identifier, which `IDENTIFIER('x')` may spell.
    pub(super) fn alias_ident(&mut self) -> Result<Ident> {
        let span = self.span();
        let spelled = matches!(self.peek_at(2), Token::String(_)) && self.is_symbol_at(3, ")");
        if !spelled {
            return self.ident();
        }
        match self.spelled_name()?.map(|name| name.parts) {
            Some(mut parts) if parts.len() == 1 => Ok(parts.remove(0)),
            Some(_) => Err(syntax_error(Some("."), "", span)),
            None => self.ident(),
        }
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
        if self.word("AS") {
            return self.alias_ident().map(Some);
        }
        if self.is_implicit_alias() { self.ident().map(Some) } else { Ok(None) }
    }

    /// `[AS] name [(columns)]`
    pub(super) fn table_alias(&mut self) -> Result<Option<TableAlias>> {
        let Some(name) = self.optional_alias()? else { return Ok(None) };
        let columns = if self.is_symbol("(") { self.ident_list()? } else { Vec::new() };
        Ok(Some(TableAlias { name, columns }))
    }
}

/// The parts of a name that a text spells.
fn name_parts(text: &str) -> Result<Vec<Ident>> {
    let tokens = tokenize(text)?;
    super::expect_something(&tokens)?;
    let mut parser = Parser::new(text, &tokens);
    let name = parser.name()?;
    if !parser.is_end() {
        let extra = parser.slice(parser.span());
        return Err(syntax_error(Some(extra), &format!(": extra input '{extra}'"), parser.span()));
    }
    Ok(name.parts)
}
