//! What stands in FROM: tables, subqueries, table functions, inline tables; joins, PIVOT, UNPIVOT, samples.

use firesteel_common::Result;
use firesteel_plan::parsed::{
    AliasedExpr, AsOf, Ident, Join, JoinCondition, JoinKind, Name, Pivot, Sample, SampleSize, TableFactor,
    TableFactorKind, TableRef, Unpivot, UnpivotColumns,
};

use super::Parser;
use crate::lex::Token;

impl Parser<'_> {
    /// A relation and all that is joined to it.
    pub(super) fn table_ref(&mut self) -> Result<TableRef> {
        self.deeper(Self::table_ref_inner)
    }

    fn table_ref_inner(&mut self) -> Result<TableRef> {
        let start = self.at;
        let relation = self.table_factor()?;
        let mut joins = Vec::new();
        while let Some(join) = self.join()? {
            joins.push(join);
        }
        Ok(TableRef { span: self.since(start), relation, joins })
    }

    fn join(&mut self) -> Result<Option<Join>> {
        let start = self.at;
        let natural = self.is_word("NATURAL");
        if natural {
            self.advance();
        }
        let Some(kind) = self.join_kind()? else {
            return if natural { Err(self.missing("JOIN")) } else { Ok(None) };
        };
        let relation = self.table_factor()?;
        let condition = if natural {
            JoinCondition::Natural
        } else if self.word("ON") {
            JoinCondition::On(self.expr()?)
        } else if self.word("USING") {
            JoinCondition::Using(self.ident_list()?)
        } else {
            JoinCondition::None
        };
        Ok(Some(Join { span: self.since(start), kind, relation, condition }))
    }

    /// Takes the words up to and with JOIN, if they stand here.
    fn join_kind(&mut self) -> Result<Option<JoinKind>> {
        let kinds: [(&[&str], JoinKind); 13] = [
            (&["JOIN"], JoinKind::Inner),
            (&["INNER", "JOIN"], JoinKind::Inner),
            (&["CROSS", "JOIN"], JoinKind::Cross),
            (&["LEFT", "OUTER", "JOIN"], JoinKind::LeftOuter),
            (&["LEFT", "SEMI", "JOIN"], JoinKind::LeftSemi),
            (&["LEFT", "ANTI", "JOIN"], JoinKind::LeftAnti),
            (&["LEFT", "JOIN"], JoinKind::LeftOuter),
            (&["SEMI", "JOIN"], JoinKind::LeftSemi),
            (&["ANTI", "JOIN"], JoinKind::LeftAnti),
            (&["RIGHT", "OUTER", "JOIN"], JoinKind::RightOuter),
            (&["RIGHT", "JOIN"], JoinKind::RightOuter),
            (&["FULL", "OUTER", "JOIN"], JoinKind::FullOuter),
            (&["FULL", "JOIN"], JoinKind::FullOuter),
        ];
        if let Some((_, kind)) = kinds.into_iter().find(|(words, _)| self.words(words)) {
            return Ok(Some(kind));
        }
        if self.is_any_word(&["INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI"]) {
            // No alias may be called so: only a JOIN can follow.
            self.advance();
            self.word("OUTER");
            return Err(self.missing("JOIN"));
        }
        Ok(None)
    }

    /// A relation with its alias, and PIVOT or UNPIVOT applied.
    fn table_factor(&mut self) -> Result<TableFactor> {
        let start = self.at;
        let kind = self.table_factor_kind()?;
        let sample = if self.is_word("TABLESAMPLE") { Some(self.sample()?) } else { None };
        let alias = self.table_alias()?;
        let mut factor = TableFactor { span: self.since(start), kind, alias, sample };
        let mut depth = self.depth;
        loop {
            let kind = if self.is_word("PIVOT") && self.is_symbol_at(1, "(") {
                TableFactorKind::Pivot(Box::new(self.pivot(factor)?))
            } else if self.is_word("UNPIVOT") && matches!(self.peek_at(1), Token::Symbol("(") | Token::Word(_)) {
                TableFactorKind::Unpivot(Box::new(self.unpivot(factor)?))
            } else {
                return Ok(factor);
            };
            depth += 1;
            self.check_depth(depth)?;
            let alias = self.table_alias()?;
            factor = TableFactor { span: self.since(start), kind, alias, sample: None };
        }
    }

    fn table_factor_kind(&mut self) -> Result<TableFactorKind> {
        let lateral = !self.is_words(&["LATERAL", "VIEW"]) && self.word("LATERAL");
        if self.is_symbol("(") {
            return self.parenthesized_relation(lateral);
        }
        if self.is_word("VALUES") && self.is_query_start() {
            return Ok(TableFactorKind::Values(self.values()?));
        }
        let start = self.at;
        // A path may stand in quotes as well as in back-ticks.
        if let Token::String(path) = self.peek() {
            let part = Ident { value: path.clone(), quoted: true, span: self.span() };
            self.advance();
            let name = Name { span: self.since(start), parts: vec![part] };
            return Ok(TableFactorKind::Table { name, as_of: None });
        }
        if !matches!(self.peek(), Token::Word(_) | Token::Quoted(_)) {
            return Err(self.unexpected());
        }
        let name = self.object_name()?;
        if self.is_symbol("(") {
            let call = Box::new(self.function_call(start, name.parts)?);
            return Ok(TableFactorKind::Function { call, lateral });
        }
        let as_of = self.time_travel()?;
        if self.is_word("WITH") && self.is_symbol_at(1, "(") {
            return Err(self.unsupported("options of a table", self.at));
        }
        Ok(TableFactorKind::Table { name, as_of })
    }

    /// `(query)` or `(a JOIN b …)`
    fn parenthesized_relation(&mut self, lateral: bool) -> Result<TableFactorKind> {
        let is_query = self.is_query_in_parentheses(self.at);
        self.advance();
        let kind = if is_query {
            TableFactorKind::Subquery { query: self.boxed_query()?, lateral }
        } else {
            TableFactorKind::Nested(Box::new(self.table_ref()?))
        };
        self.expect_symbol(")")?;
        Ok(kind)
    }

    /// `[FOR] VERSION AS OF v`, `[FOR] TIMESTAMP AS OF t`
    fn time_travel(&mut self) -> Result<Option<AsOf>> {
        let ahead = usize::from(self.is_word("FOR"));
        if !(self.is_word_at(ahead + 1, "AS") && self.is_word_at(ahead + 2, "OF")) {
            return Ok(None);
        }
        let is_version = self.is_word_at(ahead, "VERSION") || self.is_word_at(ahead, "SYSTEM_VERSION");
        self.at += ahead + 3;
        let value = self.value()?;
        Ok(Some(if is_version { AsOf::Version(value) } else { AsOf::Timestamp(value) }))
    }

    /// `TABLESAMPLE (10 PERCENT) REPEATABLE (1)`
    fn sample(&mut self) -> Result<Sample> {
        let start = self.at;
        self.advance();
        for method in ["SYSTEM", "BERNOULLI"] {
            self.word(method);
        }
        self.expect_symbol("(")?;
        let size = if self.word("BUCKET") {
            let bucket = self.expect_u64()?;
            self.expect_word("OUT")?;
            self.expect_word("OF")?;
            SampleSize::Bucket { bucket, of: self.expect_u64()? }
        } else {
            let amount = self.expr()?;
            if self.word("PERCENT") {
                SampleSize::Percent(amount)
            } else {
                self.expect_word("ROWS")?;
                SampleSize::Rows(amount)
            }
        };
        self.expect_symbol(")")?;
        let seed = if self.word("REPEATABLE") {
            self.expect_symbol("(")?;
            let seed = self.expr()?;
            self.expect_symbol(")")?;
            Some(seed)
        } else {
            None
        };
        Ok(Sample { span: self.since(start), size, seed })
    }

    /// `PIVOT (sum(x) AS s FOR (a, b) IN ((1, 2) AS p, …))`
    fn pivot(&mut self, source: TableFactor) -> Result<Pivot> {
        self.advance();
        self.expect_symbol("(")?;
        let aggregates = self.comma_list(Self::aliased_expr)?;
        self.expect_word("FOR")?;
        let columns = self.one_or_more(Self::name)?;
        self.expect_word("IN")?;
        let values = self.parenthesized(Self::aliased_expr)?;
        self.expect_symbol(")")?;
        Ok(Pivot { source, aggregates, columns, values })
    }

    /// `UNPIVOT [INCLUDE NULLS] ((v, w) FOR name IN ((a, b) AS x, …))`
    fn unpivot(&mut self, source: TableFactor) -> Result<Unpivot> {
        self.advance();
        let include_nulls = self.words(&["INCLUDE", "NULLS"]);
        if !include_nulls {
            self.words(&["EXCLUDE", "NULLS"]);
        }
        self.expect_symbol("(")?;
        let values = self.one_or_more(Self::ident)?;
        self.expect_word("FOR")?;
        let name = self.ident()?;
        self.expect_word("IN")?;
        let columns = self.parenthesized(|parser| {
            let columns: Vec<Name> = parser.one_or_more(Self::name)?;
            Ok(UnpivotColumns { columns, alias: parser.pivot_alias()? })
        })?;
        self.expect_symbol(")")?;
        Ok(Unpivot { source, include_nulls, values, name, columns })
    }

    fn one_or_more<T>(&mut self, item: fn(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        if self.is_symbol("(") { self.parenthesized(item) } else { Ok(vec![item(self)?]) }
    }

    fn aliased_expr(&mut self) -> Result<AliasedExpr> {
        let expr = self.expr()?;
        Ok(AliasedExpr { expr, alias: self.pivot_alias()? })
    }

    /// `[AS] name`, where FOR ends the list.
    fn pivot_alias(&mut self) -> Result<Option<Ident>> {
        if self.word("AS") || (self.is_implicit_alias() && !self.is_word("FOR")) {
            self.ident().map(Some)
        } else {
            Ok(None)
        }
    }
}
