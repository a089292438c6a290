//! Hive's partitions: folders called `column=value` are columns of all files below them.
//!
//! ```text
//! base/year=2024/city=A%20B/part-0.parquet ──▶ year = 2024 (INT), city = 'A B' (STRING)
//! ```
//! Values are never stored: whoever scans a file reads them from its path again. A filter over partition columns alone decides
//! about a file before it is opened.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray, new_null_array};
use firesteel_catalog::{ScanSource, Split, TableColumn};
use firesteel_common::names::same_name;
use firesteel_common::{ColumnId, Result, SqlType, error, internal};
use firesteel_exec::query::QueryContext;
use firesteel_expr::cast::from_string::parse_double;
use firesteel_expr::expr::CastMode;
use firesteel_expr::function::Volatility;
use firesteel_expr::{Batch, Column, EvalContext, Expr, ExprRef, Predicate, cast};
use firesteel_plan::physical::Scan;

use crate::listing;

/// The name of the folder that holds NULL.
pub(crate) const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The option of a scan that lists its table's partition columns.
const OPTION: &str = "partitionColumns";

/// The partition columns of files below `base`, with types that hold all values.
pub(crate) fn discover(base: &str, files: &[Split], infer_types: bool) -> Result<Vec<TableColumn>> {
    let Some(first) = files.first() else { return Ok(Vec::new()) };
    let names: Vec<String> = segments(base, &first.location).map(|(name, _)| name).collect();
    let mut values: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for file in files {
        let found: Vec<_> = segments(base, &file.location).collect();
        let same = found.len() == names.len() && found.iter().zip(&names).all(|((name, _), known)| name == known);
        if !same {
            let list = |path: &Split| listing::display(&path.location);
            return Err(error!(
                CONFLICTING_PARTITION_COLUMN_NAMES,
                distinctPartColLists = format!("{} and {}", list(first), list(file))
            ));
        }
        for ((_, value), values) in found.into_iter().zip(&mut values) {
            values.push(value);
        }
    }
    let column = |(name, values): (String, Vec<String>)| TableColumn {
        name: Arc::from(name),
        data_type: if infer_types { common_type(&values) } else { SqlType::STRING },
        nullable: true,
        comment: None,
    };
    Ok(names.into_iter().zip(values).map(column).collect())
}

/// Names and values of the folders between `base` and the file.
fn segments<'a>(base: &str, location: &'a str) -> impl Iterator<Item = (String, String)> + use<'a> {
    let below = location.strip_prefix(base).unwrap_or(location);
    let folders = below.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders
        .split('/')
        .filter_map(|folder| folder.split_once('='))
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| (unescape(name), unescape(value)))
}

/// `%XX` as Hive writes characters that a path cannot hold.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).filter(|_| *byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match code.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(code) => {
                bytes.push(code);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The folder's name for a column's value.
pub(crate) fn folder(name: &str, value: Option<&str>) -> String {
    format!("{}={}", escape(name), value.filter(|value| !value.is_empty()).map_or_else(|| NULL.to_owned(), escape))
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"'
            | '#'
            | '%'
            | '\''
            | '*'
            | '/'
            | ':'
            | '='
            | '?'
            | '\\'
            | '{'
            | '['
            | ']'
            | '^'
            | '\x00'..='\x1f'
            | '\x7f' => {
                out.push_str(&format!("%{:02X}", c as u32));
            }
            c => out.push(c),
        }
    }
    out
}

fn common_type(values: &[String]) -> SqlType {
    let types = values.iter().filter(|value| *value != NULL).map(|value| type_of(value));
    types.reduce(wider).unwrap_or(SqlType::STRING)
}

fn type_of(value: &str) -> SqlType {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match () {
        () if value.parse::<i32>().is_ok() => SqlType::Int,
        () if value.parse::<i64>().is_ok() => SqlType::BigInt,
        () if whole && digits.len() <= 38 => SqlType::decimal(digits.len() as u8, 0),
        () if value.bytes().any(|byte| byte.is_ascii_digit()) && parse_double(value).is_some() => SqlType::Double,
        () if is_date(value) => SqlType::Date,
        () if value.len() > 10
            && is_date(value.get(..10).unwrap_or(""))
            && cast::datetime::parse_timestamp(value, &cast::datetime::Zone::parse_or_utc("UTC")).is_some() =>
        {
            SqlType::Timestamp
        }
        () => SqlType::STRING,
    }
}

fn is_date(value: &str) -> bool {
    value.len() == 10 && value.as_bytes()[4] == b'-' && cast::datetime::parse_date(value).is_some()
}

fn wider(a: SqlType, b: SqlType) -> SqlType {
    let rank = |data_type: &SqlType| match data_type {
        SqlType::Int => 1,
        SqlType::BigInt => 2,
        SqlType::Decimal { .. } => 3,
        SqlType::Double => 4,
        _ => 0,
    };
    match (&a, &b) {
        _ if a == b => a,
        (SqlType::Decimal { precision: p, .. }, SqlType::Decimal { precision: q, .. }) => {
            SqlType::decimal(*p.max(q), 0)
        }
        (SqlType::Decimal { precision, .. }, _) | (_, SqlType::Decimal { precision, .. })
            if rank(&a).min(rank(&b)) > 0 && rank(&a).max(rank(&b)) < 4 =>
        {
            SqlType::decimal((*precision).max(20), 0)
        }
        _ if rank(&a) > 0 && rank(&b) > 0 => {
            if rank(&a) > rank(&b) {
                a
            } else {
                b
            }
        }
        (SqlType::Date, SqlType::Timestamp) | (SqlType::Timestamp, SqlType::Date) => SqlType::Timestamp,
        _ => SqlType::STRING,
    }
}

/// The columns of a table: what its files hold, partition columns behind. A partition column takes the place of one in the
/// files that has its name.
pub(crate) fn add_columns(files: Vec<TableColumn>, partitions: &[TableColumn]) -> Vec<TableColumn> {
    let is_partition = |column: &TableColumn| partitions.iter().any(|other| same_name(&other.name, &column.name));
    files.into_iter().filter(|column| !is_partition(column)).chain(partitions.iter().cloned()).collect()
}

/// The scan's option that names the partition columns.
pub(crate) fn option(partitions: &[TableColumn]) -> Result<(String, String)> {
    let text = serde_json::to_string(partitions).map_err(|reason| internal!("partition columns: {reason}"))?;
    Ok((OPTION.to_owned(), text))
}

fn columns_of(source: &ScanSource) -> Result<Vec<TableColumn>> {
    match source.options.iter().find(|(key, _)| key == OPTION) {
        Some((_, text)) => serde_json::from_str(text).map_err(|reason| internal!("partition columns: {reason}")),
        None => Ok(Vec::new()),
    }
}

/// What a scan knows of its files from their paths.
pub(crate) struct ScanPartitions {
    /// Of the scan's columns, those that are partition columns.
    columns: Vec<(usize, ColumnId, TableColumn)>,
}

impl ScanPartitions {
    pub(crate) fn of(scan: &Scan) -> Result<Self> {
        let known = columns_of(&scan.source)?;
        let find = |(at, (name, id)): (usize, &(Arc<str>, ColumnId))| {
            let column = known.iter().find(|column| same_name(&column.name, name))?;
            Some((at, *id, column.clone()))
        };
        Ok(Self { columns: scan.columns.iter().enumerate().filter_map(find).collect() })
    }

    pub(crate) fn contains(&self, at: usize) -> bool {
        self.columns.iter().any(|(known, ..)| *known == at)
    }

    /// One row per partition column, with its place among the scan's columns.
    pub(crate) fn values(&self, split: &Split, context: &EvalContext) -> Result<Vec<(usize, ArrayRef)>> {
        self.columns.iter().map(|(at, _, column)| Ok((*at, value(&split.location, column, context)?))).collect()
    }

    /// The files that conjuncts over partition columns alone let pass. Conjuncts behind one that can fail are left out:
    /// a file that they rule out might hold a row that fails.
    pub(crate) fn prune(&self, scan: &Scan, query: &QueryContext) -> Result<Vec<Split>> {
        let ids: Vec<ColumnId> = self.columns.iter().map(|(_, id, _)| *id).collect();
        let conjuncts = scan.filters.iter().flat_map(Expr::conjuncts).take_while(|conjunct| !conjunct.can_fail());
        let known = |conjunct: &ExprRef| {
            let columns = conjunct.columns();
            let repeatable = conjunct.volatility() != Volatility::Volatile;
            repeatable && !columns.is_empty() && columns.iter().all(|id| ids.contains(id))
        };
        let conjuncts: Vec<ExprRef> = conjuncts.filter(known).collect();
        if conjuncts.is_empty() {
            return Ok(scan.source.splits.to_vec());
        }
        let mut predicate = Predicate::new(&Expr::and(conjuncts)?, &ids, &query.eval)?;
        let mut kept = Vec::new();
        for split in scan.source.splits.iter() {
            let values = self.values(split, &query.eval)?;
            let row = values.into_iter().map(|(_, value)| Column::constant(value, 1)).collect();
            if !predicate.filter(Batch::new(row, 1))?.is_empty() {
                kept.push(split.clone());
            }
        }
        Ok(kept)
    }
}

fn value(location: &str, column: &TableColumn, context: &EvalContext) -> Result<ArrayRef> {
    // Of two folders of one name the inner one counts.
    let found = segments("", location).filter(|(name, _)| same_name(name, &column.name)).last();
    let Some((_, text)) = found.filter(|(_, text)| text != NULL) else {
        return Ok(new_null_array(&column.data_type.to_arrow(), 1));
    };
    let text = Column::Array(Arc::new(StringViewArray::from_iter_values([text])));
    cast::cast(&text, &SqlType::STRING, &column.data_type, CastMode::Ansi, context)?.flat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(location: &str) -> Split {
        Split { location: Arc::from(location), length: 0, modified: 0, etag: None, rows: None }
    }

    #[test]
    fn folders_are_columns_of_the_narrowest_type() {
        let types = |folders: &[&str]| -> Vec<String> {
            let files: Vec<_> = folders.iter().map(|folder| split(&format!("/d=9/base/{folder}/f"))).collect();
            let columns = discover("/d=9/base", &files, true).expect("columns");
            columns.iter().map(|column| format!("{} {}", column.name, column.data_type)).collect()
        };
        assert_eq!(types(&["a=1/b=x%2Fy", "a=02/b=z"]), ["a int", "b string"]);
        assert_eq!(types(&["a=1", "a=3000000000", "a=__HIVE_DEFAULT_PARTITION__"]), ["a bigint"]);
        assert_eq!(types(&["a=1", "a=1.5"]), ["a double"]);
        assert_eq!(types(&["a=2024-01-31", "a=2024-02-01"]), ["a date"]);
        assert_eq!(types(&["a=2024-01-31", "a=12"]), ["a string"]);
        assert_eq!(types(&["a=123456789012345678901"]), ["a decimal(21,0)"]);
        assert_eq!(types(&["plain"]), Vec::<String>::new());
        let mixed = [split("/base/a=1/f"), split("/base/b=1/f")];
        assert!(discover("/base", &mixed, true).is_err());
    }

    #[test]
    fn values_come_from_paths_and_go_into_them() {
        let column = TableColumn { name: Arc::from("k"), data_type: SqlType::STRING, nullable: true, comment: None };
        for value in ["a/b", "50%", "x=y", "ü", "a:b"] {
            let location = format!("/base/{}/f", folder("k", Some(value)));
            let array = super::value(&location, &column, &EvalContext::default()).expect("a value");
            let array = arrow::array::AsArray::as_string_view(&array).clone();
            assert_eq!(array.value(0), value, "{location}");
        }
        assert_eq!(folder("k", None), "k=__HIVE_DEFAULT_PARTITION__");
    }
}
