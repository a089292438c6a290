//! Parquet files as one table of the catalog.
//!
//! ```text
//! files ──footers──▶ columns of the first, types widened over all
//!                    + rows and bounds of all row groups, distinct values from some dictionaries = statistics
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, ScanSource, Source, Split, Table, TableColumn, TableStatistics};
use firesteel_common::names::same_name;
use firesteel_common::{Result, SqlType, error};

use super::READER;
use super::distinct::{self, Ranges};
use super::footer_cache::{Footer, footers};
use super::schema::FileColumn;
use crate::conform::{Conform, common_type};
use crate::files::FileSource;
use crate::registry::FileRequest;
use crate::{listing, partitions, remote};

/// Files with the same columns, found by name.
#[derive(Debug)]
pub struct ParquetTable {
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
    splits: Arc<[Split]>,
    options: Arc<[(String, String)]>,
}

impl ParquetTable {
    /// The table in a file, a folder, or all that a pattern matches. Reads footers.
    pub fn open(path: &str) -> Result<Arc<dyn Table>> {
        FileSource::of_format(READER, path).open()
    }
}

/// Files that are one table by name. Of a partitioned table, whose files queries mostly pass over, only the first footer is
/// read now, unless `mergeSchema` asks for all.
pub(crate) fn open(request: FileRequest) -> Result<Arc<dyn Table>> {
    let FileRequest { splits, partitions, options, schema, access, .. } = request;
    let merge = options.flag("mergeSchema", false)?;
    let read = match partitions.is_empty() || merge {
        true => splits.as_slice(),
        false => splits.get(..1).unwrap_or(&splits),
    };
    let footers = footers(read, &access)?;
    let in_files = match schema {
        Some(given) => given,
        None => {
            listing::require_files(&splits, "Parquet")?;
            table_columns(&footers, merge)?
        }
    };
    let columns = partitions::add_columns(in_files, &partitions);
    let statistics = match footers.len() == splits.len() {
        true => statistics(&splits, &footers, &columns),
        false => estimated_statistics(&splits, &footers, columns.len()),
    };
    let splits_are_remote = splits.iter().any(|split| remote::is_remote(&split.location));
    let rows = footers.iter().map(|footer| Some(footer.rows())).chain(std::iter::repeat(None));
    let splits = splits.iter().cloned().zip(rows).map(|(file, rows)| Split { rows, ..file }).collect();
    let mut options = if partitions.is_empty() { Vec::new() } else { vec![partitions::option(&partitions)?] };
    if splits_are_remote {
        options.push(access.option());
    }
    Ok(Arc::new(ParquetTable { columns, statistics, splits, options: options.into() }))
}

/// Rows of all files as their size and the first of them tell.
fn estimated_statistics(files: &[Split], footers: &[Arc<Footer>], columns: usize) -> TableStatistics {
    let bytes = |files: &[Split]| files.iter().map(|file| file.length).sum::<u64>() as f64;
    let rows: u64 = footers.iter().map(|footer| footer.rows()).sum();
    let read = bytes(&files[..footers.len()]).max(1.0);
    let rows = Estimate { value: (rows as f64 * bytes(files) / read).ceil(), source: Source::Measured };
    TableStatistics { rows, bytes: Estimate::exact(bytes(files)), ..TableStatistics::unknown(columns) }
}

impl Table for ParquetTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        ScanSource { reader: Arc::from(READER), splits: Arc::clone(&self.splits), options: Arc::clone(&self.options) }
    }

    fn provider(&self) -> &str {
        READER
    }
}

/// The first file's columns, behind them with `merge` what only others have, each of a type that holds what all files have.
fn table_columns(footers: &[Arc<Footer>], merge: bool) -> Result<Vec<TableColumn>> {
    let mut columns: Vec<(TableColumn, &Arc<Footer>)> = Vec::new();
    for (number, footer) in footers.iter().enumerate() {
        for theirs in &footer.columns {
            let known = columns.iter_mut().find(|(known, _)| same_name(&known.name, &theirs.name));
            match known {
                // Of two columns of one name in a file the first is the one that plans see.
                Some((_, first)) if Arc::ptr_eq(first, footer) => {}
                Some((known, first)) => {
                    known.data_type = common_type(&known.data_type, &theirs.data_type).ok_or_else(|| {
                        let in_first = listing::display(&first.path);
                        let expected = format!("{} (as in {in_first})", known.data_type.quoted_sql());
                        mismatch(footer, &theirs.name, expected, &theirs.data_type)
                    })?;
                }
                None if number == 0 || merge => columns.push((file_column(theirs), footer)),
                None => {}
            }
        }
    }
    Ok(columns.into_iter().map(|(column, _)| column).collect())
}

fn file_column(column: &FileColumn) -> TableColumn {
    let (name, data_type) = (Arc::clone(&column.name), column.data_type.clone());
    TableColumn { name, data_type, nullable: true, comment: None }
}

pub(super) fn mismatch(file: &Footer, column: &str, expected: String, actual: &SqlType) -> firesteel_common::Error {
    error!(
        PARQUET_COLUMN_DATA_TYPE_MISMATCH,
        path = listing::display(&file.path),
        column = format!("[{column}]"),
        expectedType = expected,
        actualType = actual.quoted_sql()
    )
}

fn statistics(files: &[Split], footers: &[Arc<Footer>], columns: &[TableColumn]) -> TableStatistics {
    let rows: u64 = footers.iter().map(|footer| footer.rows()).sum();
    let bytes: u64 = files.iter().map(|file| file.length).sum();
    TableStatistics {
        rows: Estimate::exact(rows as f64),
        bytes: Estimate::exact(bytes as f64),
        columns: columns.iter().map(|column| column_statistics(column, footers)).collect(),
    }
}

/// What is known of a column in all row groups of all files.
fn column_statistics(column: &TableColumn, footers: &[Arc<Footer>]) -> ColumnStatistics {
    let mut all = Summary::default();
    for footer in footers {
        match footer.column(&column.name) {
            Some(at) => all.add(footer, at, &column.data_type),
            None => {
                all.nulls += footer.rows();
                all.values += footer.rows();
            }
        }
    }
    let distinct = distinct_values(column, footers, all.values.saturating_sub(all.nulls), &ranges(all.groups));
    // The largest number says nothing when there may be NaN, which writers leave out.
    let may_hold_nan = column.data_type.is_fractional();
    ColumnStatistics {
        min: all.min.filter(|_| !all.bounds_unknown),
        max: all.max.filter(|_| !all.bounds_unknown && !may_hold_nan),
        nulls: (!all.nulls_unknown).then(|| Estimate::exact(all.nulls as f64)),
        distinct,
        ..ColumnStatistics::default()
    }
}

/// From dictionaries of some files, for `values` values that are not NULL.
fn distinct_values(column: &TableColumn, footers: &[Arc<Footer>], values: u64, ranges: &Ranges) -> Option<Estimate> {
    let mut samples = Vec::new();
    for file in distinct::files(footers.len()) {
        let footer = &footers[file];
        samples.extend(footer.column(&column.name).map(|at| footer.samples(at)).into_iter().flatten().copied());
    }
    distinct::estimate(&samples, values as f64, ranges)
}

/// How row groups lie to each other.
fn ranges(mut groups: Vec<(ScalarValue, ScalarValue)>) -> Ranges {
    groups.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
    let mut ranges = Ranges::default();
    for pair in groups.windows(2) {
        ranges.add(pair[1].0 < pair[0].1);
    }
    ranges
}

#[derive(Default)]
struct Summary {
    min: Option<ScalarValue>,
    max: Option<ScalarValue>,
    bounds_unknown: bool,
    nulls: u64,
    nulls_unknown: bool,
    /// NULLs and others.
    values: u64,
    /// Smallest and largest value of each row group.
    groups: Vec<(ScalarValue, ScalarValue)>,
}

impl Summary {
    fn add(&mut self, footer: &Footer, column: usize, data_type: &SqlType) {
        self.values += footer.rows();
        let Some(bounds) = footer.bounds(column) else {
            (self.bounds_unknown, self.nulls_unknown) = (true, true);
            return;
        };
        let conform = Conform::new(data_type);
        let (Ok(min), Ok(max)) = (conform.apply(&bounds.min), conform.apply(&bounds.max)) else {
            self.bounds_unknown = true;
            return;
        };
        for (group, metadata) in footer.metadata().row_groups().iter().enumerate() {
            let rows = metadata.num_rows().max(0) as u64;
            let nulls = bounds.nulls.is_valid(group).then(|| bounds.nulls.value(group));
            self.nulls += nulls.unwrap_or(0);
            self.nulls_unknown |= nulls.is_none();
            if nulls == Some(rows) {
                continue;
            }
            let bound = |bounds: &ArrayRef| ScalarValue::try_from_array(bounds, group).ok();
            let (least, most) = (bound(&min), bound(&max));
            self.groups.extend(least.clone().zip(most.clone()));
            merge(&mut self.min, least, &mut self.bounds_unknown, |a, b| a < b);
            merge(&mut self.max, most, &mut self.bounds_unknown, |a, b| a > b);
        }
    }
}

fn merge(
    best: &mut Option<ScalarValue>,
    next: Option<ScalarValue>,
    unknown: &mut bool,
    better: fn(&ScalarValue, &ScalarValue) -> bool,
) {
    match next {
        Some(next) if !next.is_null() => {
            if best.as_ref().is_none_or(|best| better(&next, best)) {
                *best = Some(next);
            }
        }
        _ => *unknown = true,
    }
}
