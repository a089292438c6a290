//! DESCRIBE: of tables, queries and functions.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use firesteel_catalog::catalog::Entry;
use firesteel_common::names::{quote, same_name, suggestions};
use firesteel_common::{Result, SqlType, error};
use firesteel_expr::function::Doc;
use firesteel_expr::{registry, window};
use firesteel_plan::parsed::{Name, Query};

use super::show::lookup;
use crate::result::{Column, QueryResult};
use crate::session::Session;

/// The columns of a table or view.
pub(crate) fn columns_of(session: &Session, name: &Name) -> Result<Vec<Column>> {
    match lookup(session, name)? {
        Entry::Table(table) => Ok(table
            .columns()
            .iter()
            .map(|column| Column {
                name: column.name.to_string(),
                data_type: column.data_type.clone(),
                nullable: column.nullable,
            })
            .collect()),
        Entry::View(view) => {
            let mut columns = match firesteel_sql::parse_statement(&view.text)?.kind {
                firesteel_plan::parsed::StatementKind::Query(query) => query_columns(session, &query)?,
                _ => Vec::new(),
            };
            for (column, name) in columns.iter_mut().zip(&view.columns) {
                column.name.clone_from(name);
            }
            Ok(columns)
        }
    }
}

fn query_columns(session: &Session, query: &Query) -> Result<Vec<Column>> {
    let planned = session.plan(query)?;
    let columns = planned.analyzed.columns.into_iter();
    Ok(columns
        .map(|column| Column { name: column.name, data_type: column.data_type, nullable: column.nullable })
        .collect())
}

pub(crate) fn table(session: &Session, name: &Name, extended: bool, column: Option<&Name>) -> Result<QueryResult> {
    let columns = columns_of(session, name)?;
    if let Some(wanted) = column {
        return one_column(&columns, wanted);
    }
    let mut rows: Vec<[String; 3]> = columns.iter().map(row).collect();
    if extended && let Entry::Table(table) = lookup(session, name)? {
        let statistics = table.statistics();
        let source = table.source();
        rows.push([String::new(), String::new(), String::new()]);
        rows.push(["# Detailed Table Information".to_owned(), String::new(), String::new()]);
        rows.push(["Name".to_owned(), name.last().to_owned(), String::new()]);
        rows.push(["Provider".to_owned(), table.provider().to_owned(), String::new()]);
        rows.push(["Files".to_owned(), source.splits.len().to_string(), String::new()]);
        let size = format!("{:.0} bytes, {:.0} rows", statistics.bytes.value, statistics.rows.value);
        rows.push(["Statistics".to_owned(), size, String::new()]);
    }
    Ok(three_columns(&rows))
}

fn one_column(columns: &[Column], wanted: &Name) -> Result<QueryResult> {
    let Some(column) = columns.iter().find(|column| same_name(&column.name, wanted.last())) else {
        let near = suggestions(wanted.last(), columns.iter().map(|column| column.name.as_str()));
        let proposal: Vec<_> = near.into_iter().map(quote).collect();
        return Err(error!(
            UNRESOLVED_COLUMN_WITH_SUGGESTION,
            objectName = quote(wanted.last()),
            proposal = proposal.join(", ")
        )
        .at(wanted.span));
    };
    let rows = [
        ("col_name", column.name.clone()),
        ("data_type", column.data_type.to_string()),
        ("comment", "NULL".to_owned()),
    ];
    let text = |texts: Vec<&str>| Arc::new(StringViewArray::from_iter_values(texts)) as ArrayRef;
    Ok(QueryResult::known(vec![
        ("info_name", SqlType::STRING, text(rows.iter().map(|(name, _)| *name).collect())),
        ("info_value", SqlType::STRING, text(rows.iter().map(|(_, value)| value.as_str()).collect())),
    ]))
}

fn row(column: &Column) -> [String; 3] {
    [column.name.clone(), column.data_type.to_string(), "NULL".to_owned()]
}

fn three_columns(rows: &[[String; 3]]) -> QueryResult {
    // Column comments are not kept yet: NULL, as Spark has it for columns without.
    let text = |at: usize| -> ArrayRef {
        let cells = rows.iter().map(|row| Some(row[at].as_str()).filter(|cell| *cell != "NULL"));
        Arc::new(StringViewArray::from_iter(cells))
    };
    QueryResult::known(vec![
        ("col_name", SqlType::STRING, text(0)),
        ("data_type", SqlType::STRING, text(1)),
        ("comment", SqlType::STRING, text(2)),
    ])
}

pub(crate) fn query(session: &Session, query: &Query) -> Result<QueryResult> {
    Ok(three_columns(&query_columns(session, query)?.iter().map(row).collect::<Vec<_>>()))
}

pub(crate) fn function(session: &Session, name: &Name, extended: bool) -> Result<QueryResult> {
    let wanted = name.last();
    let own = &session.extensions().functions;
    if own.scalar(wanted).is_some() || own.aggregate(wanted).is_some() {
        // A program says nothing of its functions.
        let lines = ["Function: ".to_owned() + &wanted.to_lowercase(), "Usage: N/A.".to_owned()];
        return Ok(QueryResult::text("function_desc", lines));
    }
    let found = registry::scalar(wanted).map(|function| (function.name, function.doc));
    let found = found.or_else(|| registry::aggregate(wanted).map(|function| (function.name, function.doc)));
    let found = found.or_else(|| window::function(wanted).map(|function| (function.name, function.doc)));
    let Some((name, doc)) = found else { return Err(registry::not_found(wanted).at(name.span)) };
    Ok(QueryResult::text("function_desc", function_lines(name, doc, extended)))
}

fn function_lines(name: &str, doc: Doc, extended: bool) -> Vec<String> {
    let mut lines = vec![format!("Function: {name}"), format!("Usage: {}", doc.usage)];
    if extended {
        lines.extend(doc.examples.iter().map(|(sql, result)| format!("Example: {sql} -> {result}")));
        lines.push(format!("Since: {}", doc.since));
    }
    lines
}
