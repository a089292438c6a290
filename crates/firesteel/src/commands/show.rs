//! SHOW TABLES and its kin.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringViewArray};
use firesteel_catalog::Catalog;
use firesteel_catalog::catalog::{Entry, Listing};
use firesteel_common::names::quote_parts;
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_plan::parsed::{FunctionScope, Name, Show};

use crate::result::QueryResult;
use crate::session::Session;

pub(crate) fn execute(session: &Session, show: &Show) -> Result<QueryResult> {
    match show {
        Show::Tables { like, .. } => Ok(tables(&listing(session, like.as_deref(), |_| true)?)),
        Show::Views { like, .. } => Ok(views(&listing(session, like.as_deref(), |entry| entry.temporary)?)),
        Show::Namespaces { like, .. } => Ok(names("namespace", &["default"], like.as_deref())),
        Show::Catalogs { like } => Ok(names("catalog", &["spark_catalog"], like.as_deref())),
        Show::Columns { table } => columns(session, table),
        Show::Functions { scope, like, .. } => {
            let mut functions = match scope {
                FunctionScope::User => Vec::new(),
                FunctionScope::All | FunctionScope::System => firesteel_expr::registry::function_names(),
            };
            if *scope != FunctionScope::System {
                functions.extend(session.extensions().functions.names());
                functions.sort_unstable();
            }
            let functions: Vec<_> = functions.iter().map(String::as_str).collect();
            Ok(names("function", &functions, like.as_deref()))
        }
        Show::CreateTable { name } | Show::TableProperties { name, .. } => {
            Err(error!(UNSUPPORTED_FEATURE, feature = "SHOW CREATE TABLE and SHOW TBLPROPERTIES").at(name.span))
        }
    }
}

fn listing(session: &Session, like: Option<&str>, keep: impl Fn(&Listing) -> bool) -> Result<Vec<Listing>> {
    let mut entries = session.names().list()?;
    entries.retain(|entry| keep(entry) && like.is_none_or(|pattern| matches(pattern, &entry.name)));
    Ok(entries)
}

/// Spark's patterns: `*` for any characters, `|` between alternatives, case ignored.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    pattern.to_lowercase().split('|').any(|pattern| matches_one(pattern.trim(), &name))
}

fn matches_one(pattern: &str, name: &str) -> bool {
    let Some((prefix, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut left) = name.strip_prefix(prefix) else { return false };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or("");
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

fn text<'a>(texts: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(texts))
}

fn tables(entries: &[Listing]) -> QueryResult {
    let temporary = BooleanArray::from(entries.iter().map(|entry| entry.temporary).collect::<Vec<_>>());
    QueryResult::known(vec![
        ("namespace", SqlType::STRING, text(entries.iter().map(|entry| entry.namespace.as_str()))),
        ("tableName", SqlType::STRING, text(entries.iter().map(|entry| entry.name.as_str()))),
        ("isTemporary", SqlType::Boolean, Arc::new(temporary)),
    ])
}

fn views(entries: &[Listing]) -> QueryResult {
    let temporary = BooleanArray::from(entries.iter().map(|entry| entry.temporary).collect::<Vec<_>>());
    QueryResult::known(vec![
        ("namespace", SqlType::STRING, text(entries.iter().map(|entry| entry.namespace.as_str()))),
        ("viewName", SqlType::STRING, text(entries.iter().map(|entry| entry.name.as_str()))),
        ("isTemporary", SqlType::Boolean, Arc::new(temporary)),
    ])
}

fn names(header: &str, all: &[&str], like: Option<&str>) -> QueryResult {
    let kept = all.iter().filter(|name| like.is_none_or(|pattern| matches(pattern, name))).copied();
    QueryResult::known(vec![(header, SqlType::STRING, text(kept))])
}

fn columns(session: &Session, name: &Name) -> Result<QueryResult> {
    let found = super::describe::columns_of(session, name)?;
    Ok(QueryResult::known(vec![("col_name", SqlType::STRING, text(found.iter().map(|column| column.name.as_str())))]))
}

/// What a name stands for, or the error that it stands for nothing.
pub(crate) fn lookup(session: &Session, name: &Name) -> Result<Entry> {
    let parts: Vec<String> = name.values().into_iter().map(str::to_owned).collect();
    match session.names().lookup(&parts).map_err(|error| error.at(name.span))? {
        Some(entry) => Ok(entry),
        None => {
            let missing = || -> Result<Entry> { bail!(TABLE_OR_VIEW_NOT_FOUND, relationName = quote_parts(&parts)) };
            missing().map_err(|error| error.at(name.span))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_have_stars_and_bars() {
        assert!(matches("sales*", "SALES_2024") && matches("a|b*", "bcd") && matches("*x*z", "axyz"));
        assert!(!matches("sales", "sales_2024") && !matches("*x*z", "axzy"));
    }
}
