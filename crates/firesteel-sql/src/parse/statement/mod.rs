//! Statements: which one it is, and those that take a line. `set`, `show`, `create`, `variables`, `write` and
//! `analyze` hold the longer ones.

mod analyze;
mod create;
mod set;
mod show;
mod variables;
mod write;

use firesteel_common::Result;
use firesteel_plan::parsed::{ExplainMode, Name, Statement, StatementKind};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    pub(crate) fn statement(&mut self) -> Result<Statement> {
        self.deeper(|parser| {
            let start = parser.at;
            let kind = parser.statement_kind()?;
            Ok(Statement { span: parser.since(start), kind })
        })
    }

    fn statement_kind(&mut self) -> Result<StatementKind> {
        let Token::Word(word) = self.peek() else {
            return self.boxed_query().map(StatementKind::Query);
        };
        match word.to_ascii_uppercase().as_str() {
            "EXPLAIN" => self.explain(),
            "CREATE" | "REPLACE" => self.create(),
            "DECLARE" => self.declare(),
            "EXECUTE" if self.is_word_at(1, "IMMEDIATE") => self.execute_immediate(),
            "DROP" => self.drop_object(),
            "INSERT" => self.insert(None),
            "WITH" => self.with_statement(),
            "SHOW" => self.show().map(StatementKind::Show),
            "DESCRIBE" | "DESC" => self.describe(),
            "SET" => self.set(),
            "RESET" => Ok(self.reset()),
            "USE" => self.use_namespace(),
            "CACHE" => self.cache(),
            "UNCACHE" => self.uncache(),
            "CLEAR" => self.clear_cache(),
            "REFRESH" => self.refresh(),
            "ANALYZE" => self.analyze(),
            "SELECT" | "VALUES" | "TABLE" => self.boxed_query().map(StatementKind::Query),
            "FROM" => self.query_beginning_with_from(),
            _ => Err(self.not_a_statement()),
        }
    }

    /// A statement that Spark has and this engine has not, or no statement at all.
    fn not_a_statement(&self) -> firesteel_common::Error {
        const KNOWN: &[&str] = &[
            "ADD",
            "ALTER",
            "BEGIN",
            "CALL",
            "CLOSE",
            "COMMENT",
            "DELETE",
            "EXECUTE",
            "EXPORT",
            "FETCH",
            "GRANT",
            "IMPORT",
            "LIST",
            "LOAD",
            "LOCK",
            "MAP",
            "MERGE",
            "MSCK",
            "OPEN",
            "OPTIMIZE",
            "REDUCE",
            "REPAIR",
            "REVOKE",
            "SYNC",
            "TRUNCATE",
            "UNLOCK",
            "UPDATE",
            "WATERMARK",
        ];
        let known = KNOWN.iter().find(|word| self.is_word(word) && !matches!(self.peek_at(1), Token::End));
        match known {
            Some(word) => self.unsupported(*word, self.at),
            None => self.unexpected(),
        }
    }

    fn explain(&mut self) -> Result<StatementKind> {
        self.advance();
        let modes = [
            ("EXTENDED", ExplainMode::Extended),
            ("FORMATTED", ExplainMode::Formatted),
            ("COST", ExplainMode::Cost),
            ("CODEGEN", ExplainMode::Codegen),
            ("ANALYZE", ExplainMode::Analyze),
            ("RULES", ExplainMode::Rules),
        ];
        let found = modes.into_iter().find(|(word, _)| self.word(word));
        let mode = found.map_or(ExplainMode::Simple, |(_, mode)| mode);
        Ok(StatementKind::Explain { mode, statement: Box::new(self.statement()?) })
    }

    /// `WITH … INSERT …`: the common tables belong to the query that is inserted.
    fn with_statement(&mut self) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        let with = self.with()?;
        if self.is_word("INSERT") {
            return self.insert(Some(with));
        }
        let query = self.query_after_with(start, Some(with))?;
        Ok(StatementKind::Query(Box::new(query)))
    }

    fn query_beginning_with_from(&mut self) -> Result<StatementKind> {
        let query = self.boxed_query()?;
        if self.is_word("INSERT") {
            return Err(self.unsupported("FROM … INSERT", self.at));
        }
        Ok(StatementKind::Query(query))
    }

    fn drop_object(&mut self) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        let temporary = self.is_word("TEMPORARY") || self.is_word("TEMP");
        if temporary && (self.is_word_at(1, "VARIABLE") || self.is_word_at(1, "VAR")) {
            self.advance();
            return self.drop_variable();
        }
        let is_view = self.word("VIEW");
        if !is_view && !self.word("TABLE") {
            return Err(self.other_object("DROP", start));
        }
        let if_exists = self.words(&["IF", "EXISTS"]);
        let name = self.object_name()?;
        if is_view {
            return Ok(StatementKind::DropView { name, if_exists });
        }
        Ok(StatementKind::DropTable { name, if_exists, purge: self.word("PURGE") })
    }

    /// `CREATE FUNCTION` and the like: known to Spark, not to this engine.
    fn other_object(&self, verb: &str, start: usize) -> firesteel_common::Error {
        const OBJECTS: &[&str] = &[
            "CATALOG",
            "DATABASE",
            "FUNCTION",
            "INDEX",
            "MATERIALIZED",
            "NAMESPACE",
            "SCHEMA",
            "TEMP",
            "TEMPORARY",
            "STREAMING",
            "FLOW",
            "ROLE",
            "MACRO",
        ];
        match OBJECTS.iter().find(|object| self.is_word(object)) {
            Some(object) => self.unsupported(format!("{verb} {object}"), start),
            None => self.unexpected(),
        }
    }

    fn describe(&mut self) -> Result<StatementKind> {
        self.advance();
        let is_name_only = matches!(self.peek_at(1), Token::End | Token::Symbol(_));
        if !is_name_only && self.word("FUNCTION") {
            let extended = self.word("EXTENDED");
            let name = self.described_function()?;
            return Ok(StatementKind::DescribeFunction { name, extended });
        }
        if !is_name_only && (self.word("DATABASE") || self.word("SCHEMA") || self.word("NAMESPACE")) {
            let extended = self.word("EXTENDED");
            return Ok(StatementKind::DescribeNamespace { name: self.object_name()?, extended });
        }
        if (!is_name_only && self.word("QUERY"))
            || self.is_any_word(&["SELECT", "WITH", "VALUES", "FROM"])
            || self.is_symbol("(")
        {
            return self.boxed_query().map(StatementKind::DescribeQuery);
        }
        self.describe_table()
    }

    /// `[TABLE] [EXTENDED | FORMATTED] name [PARTITION …] [column] [AS JSON]`; `DESCRIBE TABLE t` is one of a table as well.
    fn describe_table(&mut self) -> Result<StatementKind> {
        let has_more = |parser: &Self| matches!(parser.peek_at(1), Token::Word(_) | Token::Quoted(_));
        if has_more(self) {
            self.word("TABLE");
        }
        let extended = has_more(self) && (self.word("EXTENDED") || self.word("FORMATTED"));
        let name = self.object_name()?;
        if self.is_word("PARTITION") && self.is_symbol_at(1, "(") {
            return Err(self.unsupported("DESCRIBE of a partition", self.at));
        }
        let is_column = matches!(self.peek(), Token::Word(_) | Token::Quoted(_)) && !self.is_words(&["AS", "JSON"]);
        let column = if is_column { Some(self.name()?) } else { None };
        if self.is_words(&["AS", "JSON"]) {
            return Err(self.unsupported("DESCRIBE … AS JSON", self.at));
        }
        Ok(StatementKind::DescribeTable { name, extended, column })
    }

    /// A name, a string, or an operator such as `+`.
    fn described_function(&mut self) -> Result<Name> {
        let span = self.span();
        let value = match self.peek() {
            Token::Word(_) | Token::Quoted(_) => return self.name(),
            Token::String(text) => text.clone(),
            Token::Symbol(symbol) => (*symbol).to_owned(),
            _ => return Err(self.unexpected()),
        };
        self.advance();
        Ok(firesteel_plan::parsed::Ident::new(value, span).into())
    }

    fn use_namespace(&mut self) -> Result<StatementKind> {
        self.advance();
        if matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_)) {
            let _ = self.word("NAMESPACE") || self.word("DATABASE") || self.word("SCHEMA");
        }
        self.object_name().map(StatementKind::Use)
    }

    fn clear_cache(&mut self) -> Result<StatementKind> {
        self.advance();
        self.expect_word("CACHE")?;
        Ok(StatementKind::ClearCache)
    }

    fn uncache(&mut self) -> Result<StatementKind> {
        self.advance();
        self.expect_word("TABLE")?;
        let if_exists = self.words(&["IF", "EXISTS"]);
        Ok(StatementKind::UncacheTable { name: self.object_name()?, if_exists })
    }

    fn refresh(&mut self) -> Result<StatementKind> {
        let start = self.at;
        self.advance();
        if self.word("FUNCTION") {
            return Err(self.unsupported("REFRESH FUNCTION", start));
        }
        self.word("TABLE");
        match self.string() {
            Some(_) => Err(self.unsupported("REFRESH of a path", start)),
            None => self.object_name().map(StatementKind::RefreshTable),
        }
    }
}
