//! Queries in, plans, names and types out. Names, types and conditions are Spark's, from its golden files.

mod errors;
mod names;
mod plans;

use std::sync::Arc;

use firesteel_catalog::catalog::View;
use firesteel_catalog::{MemoryCatalog, ScanSource, Table, TableColumn, TableStatistics};
use firesteel_common::settings::Settings;
use firesteel_common::{ColumnIds, Result, SqlType, internal};
use firesteel_expr::EvalContext;
use firesteel_expr::registry::SessionFunctions;
use firesteel_plan::{explain, parsed, validate};

use crate::{Analyzed, AnalyzerContext, analyze};

/// A table without rows.
#[derive(Debug)]
struct Empty {
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
}

impl Table for Empty {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }
    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }
    fn source(&self) -> ScanSource {
        ScanSource { reader: Arc::from("none"), splits: Arc::from([]), options: Arc::from([]) }
    }
    fn provider(&self) -> &str {
        "none"
    }
}

fn table(columns: &[(&str, SqlType)]) -> Arc<dyn Table> {
    let columns: Vec<_> = columns
        .iter()
        .map(|(name, data_type)| TableColumn {
            name: Arc::from(*name),
            data_type: data_type.clone(),
            nullable: true,
            comment: None,
        })
        .collect();
    let statistics = TableStatistics::unknown(columns.len());
    Arc::new(Empty { columns, statistics })
}

/// `t(a INT, b STRING, d DATE)`, `u(a BIGINT, c DECIMAL(10,2))` and a view `v` of `t`.
fn catalog() -> MemoryCatalog {
    let catalog = MemoryCatalog::default();
    catalog.register_table("t", table(&[("a", SqlType::Int), ("b", SqlType::STRING), ("d", SqlType::Date)]));
    catalog.register_table("u", table(&[("a", SqlType::BigInt), ("c", SqlType::decimal(10, 2))]));
    let view = View { text: "SELECT a FROM t".to_owned(), columns: vec!["x".to_owned()], temporary: true };
    catalog.create_view("v", view, true, false).unwrap();
    catalog
}

fn parse_query(text: &str) -> Result<parsed::Query> {
    match firesteel_sql::parse_statement(text)?.kind {
        parsed::StatementKind::Query(query) => Ok(*query),
        other => Err(internal!("not a query: {other:?}")),
    }
}

fn run(sql: &str) -> Result<(Analyzed, ColumnIds)> {
    let query = parse_query(sql)?;
    let catalog = catalog();
    let ids = ColumnIds::default();
    let context = AnalyzerContext {
        catalog: &catalog,
        functions: &SessionFunctions::default(),
        variables: &crate::Variables::default(),
        parse_query: &parse_query,
        ids: ids.clone(),
        settings: Settings::default(),
        eval: Arc::new(EvalContext::default()),
    };
    let analyzed = analyze(&query, &context)?;
    validate::check(&analyzed.plan).unwrap();
    let ids_of_columns: Vec<_> = analyzed.columns.iter().map(|column| column.id).collect();
    assert_eq!(analyzed.plan.schema().ids(), ids_of_columns);
    Ok((analyzed, ids))
}

/// `struct<a:int,count(1):bigint>`, as Spark's golden files write it.
fn schema(sql: &str) -> String {
    let (analyzed, _) = run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let columns: Vec<_> =
        analyzed.columns.iter().map(|column| format!("{}:{}", column.name, column.data_type)).collect();
    format!("struct<{}>", columns.join(","))
}

fn plan(sql: &str) -> String {
    let (analyzed, ids) = run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    explain::logical(&analyzed.plan, &ids)
}

/// Condition and parameters.
fn error(sql: &str) -> String {
    let error = run(sql).map(|(analyzed, _)| analyzed.plan).expect_err("should be refused");
    let mut parameters: Vec<_> = error.parameters().iter().map(|(name, value)| format!("{name}={value}")).collect();
    parameters.sort_unstable();
    format!("{} {}", error.condition().name, parameters.join(" "))
}
