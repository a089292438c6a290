//! SHOW in its forms.

use firesteel_common::Result;
use firesteel_plan::parsed::{FunctionScope, Name, Show};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    pub(super) fn show(&mut self) -> Result<Show> {
        let start = self.at;
        self.advance();
        if self.word("TABLES") {
            let (namespace, like) = (self.in_namespace()?, self.like_pattern()?);
            return Ok(Show::Tables { namespace, like });
        }
        if self.word("VIEWS") {
            let (namespace, like) = (self.in_namespace()?, self.like_pattern()?);
            return Ok(Show::Views { namespace, like });
        }
        if self.word("DATABASES") || self.word("SCHEMAS") || self.word("NAMESPACES") {
            let (parent, like) = (self.in_namespace()?, self.like_pattern()?);
            return Ok(Show::Namespaces { parent, like });
        }
        if self.word("CATALOGS") {
            return Ok(Show::Catalogs { like: self.like_pattern()? });
        }
        if self.word("COLUMNS") {
            return self.show_columns();
        }
        if self.is_any_word(&["FUNCTIONS", "ALL", "SYSTEM", "USER"]) {
            return self.show_functions();
        }
        if self.words(&["CREATE", "TABLE"]) {
            let name = self.object_name()?;
            return if self.words(&["AS", "SERDE"]) {
                Err(self.unsupported("SHOW CREATE TABLE … AS SERDE", start))
            } else {
                Ok(Show::CreateTable { name })
            };
        }
        if self.word("TBLPROPERTIES") {
            return self.show_properties();
        }
        let known = [
            "TABLE",
            "PARTITIONS",
            "CURRENT",
            "PROCEDURES",
            "COLLATIONS",
            "CONF",
            "GRANT",
            "ROLES",
            "INDEXES",
            "LOCKS",
        ];
        match known.into_iter().find(|word| self.is_word(word)) {
            Some(word) => Err(self.unsupported(format!("SHOW {word}"), start)),
            None => Err(self.unexpected()),
        }
    }

    fn in_namespace(&mut self) -> Result<Option<Name>> {
        if self.word("FROM") || self.word("IN") { self.object_name().map(Some) } else { Ok(None) }
    }

    /// `[LIKE] 'pattern'`
    fn like_pattern(&mut self) -> Result<Option<String>> {
        if self.word("LIKE") {
            return self.expect_string().map(Some);
        }
        Ok(self.string())
    }

    /// `COLUMNS IN table [IN namespace]`
    fn show_columns(&mut self) -> Result<Show> {
        if !self.word("FROM") && !self.word("IN") {
            return Err(self.unexpected());
        }
        let mut table = self.object_name()?;
        if let Some(namespace) = self.in_namespace()? {
            if table.parts.len() > 1 {
                return Err(self.unsupported("SHOW COLUMNS with two namespaces", self.at));
            }
            let parts = namespace.parts.into_iter().chain(table.parts).collect();
            table = Name { span: table.span.to(namespace.span), parts };
        }
        Ok(Show::Columns { table })
    }

    /// `[ALL | SYSTEM | USER] FUNCTIONS [IN namespace] [[LIKE] pattern]`
    fn show_functions(&mut self) -> Result<Show> {
        let scope = if self.word("SYSTEM") {
            FunctionScope::System
        } else if self.word("USER") {
            FunctionScope::User
        } else {
            self.word("ALL");
            FunctionScope::All
        };
        self.expect_word("FUNCTIONS")?;
        let namespace = self.in_namespace()?;
        let mut like = self.like_pattern()?;
        if like.is_none() && matches!(self.peek(), Token::Word(_) | Token::Quoted(_)) {
            // Hive's form: the pattern is a bare name.
            like = Some(self.name()?.values().join("."));
        }
        Ok(Show::Functions { scope, namespace, like })
    }

    fn show_properties(&mut self) -> Result<Show> {
        let name = self.object_name()?;
        let key = if self.symbol("(") {
            let key = self.property_key()?;
            self.expect_symbol(")")?;
            Some(key)
        } else {
            None
        };
        Ok(Show::TableProperties { name, key })
    }
}
