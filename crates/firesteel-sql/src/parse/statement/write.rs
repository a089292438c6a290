//! INSERT and CACHE TABLE: statements that keep what a query gives.

use firesteel_common::Result;
use firesteel_plan::parsed::{CacheTable, Expr, Ident, Insert, InsertDirectory, Query, StatementKind, With};

use super::Parser;

impl Parser<'_> {
    /// `with` stood before INSERT.
    pub(super) fn insert(&mut self, with: Option<With>) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        let overwrite = self.word("OVERWRITE");
        if !overwrite {
            self.expect_word("INTO")?;
        }
        if overwrite && (self.words(&["LOCAL", "DIRECTORY"]) || self.word("DIRECTORY")) {
            return self.insert_directory(start, with);
        }
        self.word("TABLE");
        let table = self.object_name()?;
        if self.is_word("REPLACE") {
            return Err(self.unsupported("INSERT … REPLACE", start));
        }
        let has_partition = self.word("PARTITION");
        let partition = if has_partition { self.parenthesized(Self::partition_value)? } else { Vec::new() };
        let if_not_exists = has_partition && self.words(&["IF", "NOT", "EXISTS"]);
        let by_name = self.words(&["BY", "NAME"]);
        let has_columns = !by_name && self.is_symbol("(") && !self.is_query_in_parentheses(self.at);
        let columns = if has_columns { self.ident_list()? } else { Vec::new() };
        let query = self.query_after_insert(start, with)?;
        let insert = Insert { table, overwrite, partition, if_not_exists, columns, by_name, query };
        Ok(StatementKind::Insert(Box::new(insert)))
    }

    /// After DIRECTORY: `['path'] USING format [OPTIONS (…)] query`.
    fn insert_directory(&mut self, start: usize, with: Option<With>) -> Result<StatementKind> {
        let path = self.string();
        if self.is_any_word(&["ROW", "STORED"]) {
            return Err(self.unsupported("INSERT OVERWRITE DIRECTORY in Hive's formats", self.at));
        }
        self.expect_word("USING")?;
        let format = self.name()?;
        let options = if self.word("OPTIONS") { self.properties()? } else { Vec::new() };
        self.word("AS");
        let query = self.query_after_insert(start, with)?;
        Ok(StatementKind::InsertDirectory(Box::new(InsertDirectory { path, format, options, query })))
    }

    fn query_after_insert(&mut self, start: usize, with: Option<With>) -> Result<Box<Query>> {
        let mut query = self.boxed_query()?;
        if with.is_some() {
            if query.with.is_some() {
                return Err(self.unsupported("WITH before and after INSERT", start));
            }
            query.with = with;
        }
        Ok(query)
    }

    /// `a = 1` or `a`
    fn partition_value(&mut self) -> Result<(Ident, Option<Expr>)> {
        let name = self.ident()?;
        let value = if self.symbol("=") { Some(self.value()?) } else { None };
        Ok((name, value))
    }

    pub(super) fn cache(&mut self) -> Result<StatementKind> {
        self.advance();
        let lazy = self.word("LAZY");
        self.expect_word("TABLE")?;
        let name = self.object_name()?;
        let options = if self.word("OPTIONS") { self.properties()? } else { Vec::new() };
        let has_query = self.word("AS") || self.is_query_start() || self.is_query_in_parentheses(self.at);
        let query = if has_query { Some(self.boxed_query()?) } else { None };
        Ok(StatementKind::CacheTable(Box::new(CacheTable { name, lazy, options, query })))
    }
}
