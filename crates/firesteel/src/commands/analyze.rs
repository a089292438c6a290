//! ANALYZE TABLE: counts what footers cannot tell, for the rest of the session.
//!
//! ```text
//! ANALYZE TABLE t COMPUTE STATISTICS FOR COLUMNS a  ⇒  count(a), approx_count_distinct(a), min(a), max(a) kept with t
//! ```
//! Rows are counted by readers and footers already; so without columns there is nothing to do but to see that the table is
//! there.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use firesteel_catalog::analyzed::AnalyzedTable;
use firesteel_catalog::catalog::Entry;
use firesteel_catalog::{Catalog, ColumnStatistics, Estimate, Source, Table, TableColumn};
use firesteel_common::names::{quote, quote_parts, same_name};
use firesteel_common::{Result, error, internal};
use firesteel_expr::Literal;
use firesteel_plan::parsed::{AnalyzeScope, Ident, Name};

use super::show::lookup;
use crate::result::QueryResult;
use crate::session::Session;

pub(crate) fn table(session: &Session, name: &Name, scope: &AnalyzeScope) -> Result<QueryResult> {
    let Entry::Table(table) = lookup(session, name)? else {
        return Err(error!(UNSUPPORTED_FEATURE_ANALYZE_VIEW).at(name.span));
    };
    let wanted = match scope {
        AnalyzeScope::Rows | AnalyzeScope::NoScan => return Ok(QueryResult::nothing()),
        AnalyzeScope::AllColumns => {
            (0..table.columns().len()).filter(|at| can_be_analyzed(&table.columns()[*at])).collect()
        }
        AnalyzeScope::Columns(idents) => columns(&table, idents, name)?,
    };
    let found = wanted.into_iter().map(|at: usize| Ok((at, analyze(session, name, &table.columns()[at])?)));
    let found = found.collect::<Result<Vec<_>>>()?;
    session.register_table(name.last(), AnalyzedTable::over(table, found));
    Ok(QueryResult::nothing())
}

/// Rows of every table are known; what is left to say is that a namespace is there.
pub(crate) fn tables(session: &Session) -> Result<QueryResult> {
    session.names().list()?;
    Ok(QueryResult::nothing())
}

fn columns(table: &Arc<dyn Table>, idents: &[Ident], name: &Name) -> Result<Vec<usize>> {
    let position = |ident: &Ident| {
        let known = table.columns();
        let Some(at) = known.iter().position(|column| same_name(&column.name, &ident.value)) else {
            return Err(error!(
                COLUMN_NOT_FOUND,
                colName = quote(&ident.value),
                caseSensitiveConfig = "\"spark.sql.caseSensitive\""
            )
            .at(ident.span));
        };
        if !can_be_analyzed(&known[at]) {
            return Err(error!(
                UNSUPPORTED_FEATURE_ANALYZE_UNSUPPORTED_COLUMN_TYPE,
                columnType = known[at].data_type.quoted_sql(),
                columnName = quote(&known[at].name),
                tableName = quote_parts(&[&["spark_catalog", "default"], &[name.last()][..]].concat())
            )
            .at(ident.span));
        }
        Ok(at)
    };
    idents.iter().map(position).collect()
}

fn can_be_analyzed(column: &TableColumn) -> bool {
    column.data_type.is_orderable() && !column.data_type.is_nested()
}

fn analyze(session: &Session, table: &Name, column: &TableColumn) -> Result<ColumnStatistics> {
    let data_type = &column.data_type;
    let (table, column) = (quote_parts(&table.values()), quote(&column.name));
    // A sketch: to hold all values of a long column would be too much to ask.
    let query = format!(
        "SELECT count(*), count({column}), approx_count_distinct({column}), min({column}), max({column}) FROM {table}"
    );
    let batches = session.sql(&query)?.collect()?;
    let row = batches.iter().find(|batch| batch.num_rows() == 1).ok_or_else(|| internal!("no row of {query}"))?;
    let count = |at: usize| row.column(at).as_primitive::<Int64Type>().value(0) as f64;
    let bound = |at: usize| -> Result<_> {
        // Results have the types that clients like.
        let canonical = arrow::compute::cast(row.column(at), &data_type.to_arrow())?;
        let literal = Literal::from_array(&canonical, data_type.clone())?;
        Ok(Some(literal.value().clone()).filter(|value| !value.is_null()))
    };
    let measured = |value: f64| Some(Estimate { value, source: Source::Measured });
    Ok(ColumnStatistics {
        min: bound(3)?,
        max: bound(4)?,
        nulls: measured(count(0) - count(1)),
        distinct: measured(count(2)),
        ..ColumnStatistics::default()
    })
}
