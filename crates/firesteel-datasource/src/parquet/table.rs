//! Parquet files as one table of the catalog.
//!
//! ```text
//! files ──footers──▶ columns of the first, types widened over all
//!                    + rows and bounds of all row groups, distinct values from some dictionaries = statistics
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, ScanSource, Split, Table, TableColumn, TableStatistics};
use firesteel_common::{Result, SqlType, error};

use super::READER;
use super::distinct::{self, Ranges};
use super::footer_cache::{Footer, footer};
use crate::conform::{Conform, common_type};
use crate::listing;

/// Files with the same columns, found by name.
#[derive(Debug)]
pub struct ParquetTable {
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
    splits: Arc<[Split]>,
}

impl ParquetTable {
    /// The table in a file, a folder, or all that a pattern matches. Reads the footers.
    pub fn open(path: &str) -> Result<Arc<dyn Table>> {
        Self::of_files(listing::list(path)?)
    }

    /// The table in these files.
    pub fn of_files(files: Vec<Split>) -> Result<Arc<dyn Table>> {
        listing::require_files(&files, "Parquet")?;
        let footers = files.iter().map(footer).collect::<Result<Vec<_>>>()?;
        let columns = table_columns(&footers)?;
        let statistics = statistics(&files, &footers, &columns);
        let splits = files.into_iter().zip(&footers).map(|(file, footer)| Split { rows: Some(footer.rows()), ..file });
        Ok(Arc::new(Self { columns, statistics, splits: splits.collect() }))
    }
}

impl Table for ParquetTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        ScanSource { reader: Arc::from(READER), splits: Arc::clone(&self.splits), options: Arc::from([]) }
    }

    fn provider(&self) -> &str {
        READER
    }
}

/// The first file's columns, each of a type that holds what all files have.
fn table_columns(footers: &[Arc<Footer>]) -> Result<Vec<TableColumn>> {
    let Some((first, others)) = footers.split_first() else { return Ok(Vec::new()) };
    let mut columns = Vec::with_capacity(first.columns.len());
    for column in &first.columns {
        let mut data_type = column.data_type.clone();
        for other in others {
            let Some(at) = other.column(&column.name) else { continue };
            let theirs = &other.columns[at].data_type;
            data_type = common_type(&data_type, theirs).ok_or_else(|| {
                let expected = format!("{} (as in {})", data_type.quoted_sql(), listing::display(&first.path));
                mismatch(other, &column.name, expected, theirs)
            })?;
        }
        columns.push(TableColumn { name: Arc::clone(&column.name), data_type, nullable: true, comment: None });
    }
    Ok(columns)
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
