//! CREATE VIEW and CREATE TABLE.

use firesteel_common::Result;
use firesteel_plan::parsed::{
    ColumnDefinition, CreateTable, CreateView, PartitionField, Property, StatementKind, ViewColumn, ViewSource,
};

use super::Parser;
use crate::lex::Token;

/// What may stand between CREATE and the object.
#[derive(Default)]
struct Modifiers {
    or_replace: bool,
    global: bool,
    temporary: bool,
    external: bool,
}

impl Parser<'_> {
    pub(super) fn create(&mut self) -> Result<StatementKind> {
        let start = self.at;
        let mut modifiers = Modifiers { or_replace: self.is_word("REPLACE"), ..Modifiers::default() };
        self.advance();
        modifiers.or_replace |= self.words(&["OR", "REPLACE"]);
        modifiers.global = self.word("GLOBAL");
        modifiers.temporary = self.word("TEMPORARY") || self.word("TEMP");
        modifiers.external = self.word("EXTERNAL");
        if self.word("VIEW") {
            self.create_view(&modifiers)
        } else if !modifiers.global && self.word("TABLE") {
            self.create_table(modifiers)
        } else {
            Err(self.other_object("CREATE", start))
        }
    }

    fn create_view(&mut self, modifiers: &Modifiers) -> Result<StatementKind> {
        let if_not_exists = self.words(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name()?;
        let (mut columns, mut file_columns) = (Vec::new(), Vec::new());
        if self.is_symbol("(") {
            if self.has_column_types() {
                file_columns = self.parenthesized(Self::column_definition)?;
            } else {
                columns = self.parenthesized(Self::view_column)?;
            }
        }
        let (comment, properties) = self.view_clauses()?;
        let source = if self.word("USING") {
            let format = self.name()?;
            let options = if self.word("OPTIONS") { self.properties()? } else { Vec::new() };
            ViewSource::Files { columns: file_columns, format, options }
        } else {
            self.expect_word("AS")?;
            let start = self.at;
            let query = self.boxed_query()?;
            ViewSource::Query { query, text: self.text_with_values(self.since(start)) }
        };
        let Modifiers { or_replace, global, temporary, .. } = *modifiers;
        let view =
            CreateView { name, or_replace, temporary, global, if_not_exists, columns, comment, properties, source };
        Ok(StatementKind::CreateView(Box::new(view)))
    }

    fn view_clauses(&mut self) -> Result<(Option<String>, Vec<Property>)> {
        let (mut comment, mut properties) = (None, Vec::new());
        loop {
            if self.word("COMMENT") {
                comment = Some(self.expect_string()?);
            } else if self.word("TBLPROPERTIES") {
                properties = self.properties()?;
            } else if self.words(&["WITH", "SCHEMA"]) {
                // How the view follows changes of its tables; a view is analyzed anew each time anyway.
                let evolves = self.words(&["TYPE", "EVOLUTION"]) || self.word("EVOLUTION");
                if !evolves && !self.word("BINDING") && !self.word("COMPENSATION") {
                    return Err(self.unexpected());
                }
            } else if self.is_words(&["DEFAULT", "COLLATION"]) {
                return Err(self.unsupported("DEFAULT COLLATION", self.at));
            } else {
                return Ok((comment, properties));
            }
        }
    }

    fn view_column(&mut self) -> Result<ViewColumn> {
        let name = self.ident()?;
        let comment = if self.word("COMMENT") { Some(self.expect_string()?) } else { None };
        Ok(ViewColumn { name, comment })
    }

    /// Whether the parenthesis here holds `name type` rather than bare names.
    fn has_column_types(&self) -> bool {
        matches!(self.peek_at(1), Token::Word(_) | Token::Quoted(_))
            && matches!(self.peek_at(2), Token::Word(_) | Token::Symbol(":"))
            && !self.is_word_at(2, "COMMENT")
    }

    pub(super) fn column_definition(&mut self) -> Result<ColumnDefinition> {
        let start = self.at;
        let name = self.ident()?;
        self.symbol(":");
        let mut column = ColumnDefinition {
            span: self.since(start),
            name,
            data_type: self.data_type()?,
            not_null: false,
            default: None,
            comment: None,
        };
        loop {
            if self.words(&["NOT", "NULL"]) {
                column.not_null = true;
            } else if self.word("DEFAULT") {
                column.default = Some(self.expr()?);
            } else if self.word("COMMENT") {
                column.comment = Some(self.expect_string()?);
            } else if self.is_word("GENERATED") {
                return Err(self.unsupported("generated columns", start));
            } else {
                break;
            }
        }
        column.span = self.since(start);
        Ok(column)
    }

    fn create_table(&mut self, modifiers: Modifiers) -> Result<StatementKind> {
        let if_not_exists = self.words(&["IF", "NOT", "EXISTS"]);
        let mut table = CreateTable {
            name: self.object_name()?,
            or_replace: modifiers.or_replace,
            external: modifiers.external,
            if_not_exists,
            columns: Vec::new(),
            using: None,
            options: Vec::new(),
            partitioned_by: Vec::new(),
            location: None,
            comment: None,
            properties: Vec::new(),
            query: None,
        };
        if self.is_word("LIKE") {
            return Err(self.unsupported("CREATE TABLE LIKE", self.at));
        }
        if self.is_symbol("(") && !self.is_query_in_parentheses(self.at) {
            table.columns = self.parenthesized(Self::column_definition)?;
        }
        self.table_clauses(&mut table)?;
        if self.word("AS") || self.is_query_start() || self.is_query_in_parentheses(self.at) {
            table.query = Some(self.boxed_query()?);
        }
        Ok(StatementKind::CreateTable(Box::new(table)))
    }

    fn table_clauses(&mut self, table: &mut CreateTable) -> Result<()> {
        loop {
            if self.word("USING") {
                table.using = Some(self.name()?);
            } else if self.word("OPTIONS") {
                table.options = self.properties()?;
            } else if self.words(&["PARTITIONED", "BY"]) {
                table.partitioned_by = self.parenthesized(Self::partition_field)?;
            } else if self.word("LOCATION") {
                table.location = Some(self.expect_string()?);
            } else if self.word("COMMENT") {
                table.comment = Some(self.expect_string()?);
            } else if self.word("TBLPROPERTIES") {
                table.properties = self.properties()?;
            } else if let Some(word) = self.foreign_clause() {
                return Err(self.unsupported(format!("CREATE TABLE … {word}"), self.at));
            } else {
                return Ok(());
            }
        }
    }

    fn foreign_clause(&self) -> Option<&'static str> {
        ["CLUSTERED", "CLUSTER", "SKEWED", "ROW", "STORED", "DEFAULT", "WITH"]
            .into_iter()
            .find(|word| self.is_word(word))
    }

    fn partition_field(&mut self) -> Result<PartitionField> {
        if matches!(self.peek_at(1), Token::Word(_)) {
            return self.column_definition().map(PartitionField::Column);
        }
        self.expr().map(PartitionField::Expr)
    }

    /// `('key' = 'value', a.b = 1, …)`
    pub(super) fn properties(&mut self) -> Result<Vec<Property>> {
        self.parenthesized(|parser| {
            let key = parser.property_key()?;
            parser.symbol("=");
            Ok(Property { key, value: parser.property_value()? })
        })
    }

    pub(super) fn property_key(&mut self) -> Result<String> {
        match self.string() {
            Some(key) => Ok(key),
            None => Ok(self.name()?.values().join(".")),
        }
    }

    fn property_value(&mut self) -> Result<String> {
        if let Some(value) = self.string() {
            return Ok(value);
        }
        let start = self.at;
        self.symbol("-");
        match self.peek() {
            Token::Number(_) | Token::Word(_) => self.advance(),
            _ => return Err(self.unexpected()),
        }
        Ok(self.slice(self.since(start)).to_owned())
    }
}
