//! A scan of Parquet files: which row groups are read, and who reads them.
//!
//! ```text
//! splits ──footers──▶ row groups ──pruned by bounds and static filters──▶ units ──shared cursor──▶ workers
//! ```
//! A unit's number is the morsel number of its batches: files in the plan's order, row groups in the file's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arrow::array::{Array, ArrayRef, new_null_array};
use firesteel_catalog::Split;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_exec::contract::{Source, SourceFactory, WorkerId};
use firesteel_exec::memory::Reservation;
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Expr, ExprRef};
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use super::chunks::Fetcher;
use super::footer_cache::{Footer, footer_at_hand};
use super::opening::OpeningScan;
use super::table::mismatch;
use super::worker::ParquetSource;
use crate::conform::{Conform, common_type};
use crate::filter::{BoundFilters, ScanFilters};
use crate::listing;
use crate::partitions::ScanPartitions;
use crate::prune::{GroupBounds, Test};

/// What all workers of a scan share.
pub(crate) struct ParquetScan {
    pub(super) table: Arc<str>,
    pub(super) columns: Vec<ScanColumn>,
    /// The first so many columns come out; the others only filters need.
    pub(super) outputs: usize,
    pub(super) files: Vec<ScanFile>,
    pub(super) filters: Arc<ScanFilters>,
    pub(super) query: Arc<QueryContext>,
    pub(super) metrics: Arc<OperatorMetrics>,
    units: Vec<Unit>,
    cursor: AtomicUsize,
}

/// A column of the plan node, in its order.
pub(super) struct ScanColumn {
    pub(super) id: ColumnId,
    pub(super) conform: Conform,
    /// One NULL: what stands in the place of columns that a file has not, or that were not read.
    pub(super) null: ArrayRef,
    may_hold_nan: bool,
}

pub(super) struct ScanFile {
    pub(super) footer: Arc<Footer>,
    pub(super) length: u64,
    /// Where each of the scan's columns is in this file; `None` where it is missing.
    pub(super) columns: Vec<Option<usize>>,
    /// Partition columns: place among the scan's columns, one row.
    pub(super) values: Vec<(usize, ArrayRef)>,
}

/// The unit of work: a row group.
#[derive(Clone, Copy)]
pub(super) struct Unit {
    pub(super) number: u64,
    pub(super) file: usize,
    pub(super) group: usize,
    pub(super) rows: usize,
}

/// Opens the files of a scan.
pub(crate) fn open(
    scan: &Scan,
    schema: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<Arc<dyn SourceFactory>> {
    let partitions = ScanPartitions::of(scan)?;
    let splits = partitions.prune(scan, query)?;
    metrics.add_files_pruned(scan.source.splits.len() - splits.len());
    let request = ScanRequest {
        scan: scan.clone(),
        schema: schema.clone(),
        query: Arc::clone(query),
        metrics: Arc::clone(metrics),
        partitions,
        splits,
    };
    let footers = request.splits.iter().map(footer_at_hand).collect::<Result<Option<Vec<_>>>>()?;
    match footers {
        Some(footers) => Ok(Arc::new(SharedScan(request.open(footers)?))),
        // Their files are remote and were not looked at while planning.
        None => Ok(Arc::new(OpeningScan::start(request)?)),
    }
}

/// What a scan is opened from, as soon as footers are there.
pub(super) struct ScanRequest {
    pub(super) scan: Scan,
    schema: Schema,
    query: Arc<QueryContext>,
    pub(super) metrics: Arc<OperatorMetrics>,
    partitions: ScanPartitions,
    pub(super) splits: Vec<Split>,
}

impl ScanRequest {
    pub(super) fn open(&self, footers: Vec<Arc<Footer>>) -> Result<Arc<ParquetScan>> {
        let Self { scan, schema, query, metrics, partitions, splits } = self;
        let types = column_types(scan, schema, &footers)?;
        let columns = scan.columns.iter().zip(&types).map(|((_, id), data_type)| ScanColumn {
            id: *id,
            conform: Conform::new(data_type),
            null: new_null_array(&data_type.to_arrow(), 1),
            may_hold_nan: data_type.is_fractional(),
        });
        let files = footers.into_iter().zip(splits).map(|(footer, split)| {
            let values = partitions.values(split, &query.eval)?;
            scan_file(scan, &types, partitions, ScanFile { footer, length: split.length, columns: Vec::new(), values })
        });
        let files = files.collect::<Result<_>>()?;
        let mut opened = ParquetScan {
            table: Arc::clone(&scan.table),
            columns: columns.collect(),
            outputs: schema.len(),
            files,
            filters: Arc::new(ScanFilters::new(scan, query)?),
            query: Arc::clone(query),
            metrics: Arc::clone(metrics),
            units: Vec::new(),
            cursor: AtomicUsize::new(0),
        };
        opened.units = opened.units_to_read();
        query.progress.rows.expect(opened.units.iter().map(|unit| unit.rows as u64).sum());
        Ok(Arc::new(opened))
    }
}

/// The type of each of the scan's columns: the plan's.
fn column_types(scan: &Scan, schema: &Schema, footers: &[Arc<Footer>]) -> Result<Vec<SqlType>> {
    if schema.len() > scan.columns.len() {
        return Err(internal!("a scan of {} columns that gives {}", scan.columns.len(), schema.len()));
    }
    let type_of = |(name, id): &(Arc<str>, ColumnId)| {
        let planned = schema.get(*id).map(|column| column.data_type.clone());
        let filtered = || scan.filters.iter().find_map(|filter| type_in(filter, *id));
        // Only a runtime filter looks at it: the first file tells.
        let filed = || footers.iter().find_map(|f| f.column(name).map(|at| f.columns[at].data_type.clone()));
        planned.or_else(filtered).or_else(filed).unwrap_or(SqlType::Void)
    };
    Ok(scan.columns.iter().map(type_of).collect())
}

fn type_in(expr: &ExprRef, id: ColumnId) -> Option<SqlType> {
    let mut found = None;
    expr.any(&mut |node: &Expr| {
        if node.as_column() == Some(id) {
            found = Some(node.data_type().clone());
        }
        found.is_some()
    });
    found
}

/// Fills in where the scan's columns are in the file.
fn scan_file(scan: &Scan, types: &[SqlType], partitions: &ScanPartitions, mut file: ScanFile) -> Result<ScanFile> {
    for (position, ((name, _), data_type)) in scan.columns.iter().zip(types).enumerate() {
        // The path says the value, whatever the file holds under that name.
        let found = if partitions.contains(position) { None } else { file.footer.column(name) };
        if let Some(at) = found {
            let theirs = &file.footer.columns[at].data_type;
            if common_type(theirs, data_type).as_ref() != Some(data_type) {
                let expected = match scan.source.splits.first() {
                    Some(first) => format!("{} (as in {})", data_type.quoted_sql(), listing::display(&first.location)),
                    None => data_type.quoted_sql(),
                };
                return Err(mismatch(&file.footer, name, expected, theirs).hint(
                    "If the types have a common one, the option mergeSchema => true reads all files' schemas beforehand.",
                ));
            }
        }
        file.columns.push(found);
    }
    Ok(file)
}

impl ParquetScan {
    /// The row groups that the static filters cannot rule out.
    fn units_to_read(&self) -> Vec<Unit> {
        let tests = self.filters.prune_tests();
        let mut units: Vec<Unit> = Vec::new();
        for (file, scan_file) in self.files.iter().enumerate() {
            for (group, metadata) in scan_file.footer.metadata().row_groups().iter().enumerate() {
                let rows = usize::try_from(metadata.num_rows()).unwrap_or(0);
                let unit = Unit { number: units.len() as u64, file, group, rows };
                if rows > 0 && self.may_match(&unit, &tests) {
                    units.push(unit);
                } else if rows > 0 {
                    self.metrics.add_groups_pruned(1);
                }
            }
        }
        units
    }

    fn may_match(&self, unit: &Unit, tests: &[Test]) -> bool {
        let bounds = |id: ColumnId| {
            let position = self.columns.iter().position(|column| column.id == id)?;
            self.bounds(unit, position)
        };
        tests.iter().all(|test| test.may_match(&bounds))
    }

    /// What is known of a column in a row group, in the plan's type.
    fn bounds(&self, unit: &Unit, position: usize) -> Option<GroupBounds<'_>> {
        let file = &self.files[unit.file];
        let column = file.columns[position]?;
        let bounds = file.footer.bounds(column)?;
        // Bounds of a narrower type compare with nothing: then nothing is known.
        (bounds.min.data_type() == self.columns[position].null.data_type()).then_some(GroupBounds {
            bounds,
            group: unit.group,
            rows: unit.rows as u64,
        })
    }

    /// The next row group that is worth reading.
    pub(super) fn claim(&self) -> Result<Option<Unit>> {
        loop {
            let Some(unit) = self.units.get(self.cursor.fetch_add(1, Relaxed)) else { return Ok(None) };
            if self.is_worth_reading(unit)? {
                return Ok(Some(*unit));
            }
        }
    }

    /// Whether what joins have learned by now lets a claimed row group pass; counted if not.
    pub(super) fn is_worth_reading(&self, unit: &Unit) -> Result<bool> {
        let matches = self.runtime_filters_may_match(unit)?;
        if !matches {
            self.filters.report(unit.rows as u64, 0);
            self.query.progress.rows.advance(unit.rows as u64);
            self.metrics.add_groups_pruned(1);
        }
        Ok(matches)
    }

    /// How many row groups nobody has claimed.
    pub(super) fn unclaimed(&self) -> usize {
        self.units.len().saturating_sub(self.cursor.load(Relaxed))
    }

    fn runtime_filters_may_match(&self, unit: &Unit) -> Result<bool> {
        if !self.filters.file_may_match(&self.files[unit.file].values)? {
            return Ok(false);
        }
        for (position, filter) in self.filters.pruning_runtime_filters() {
            // NaN may lie beyond the bounds.
            if self.columns[position].may_hold_nan {
                continue;
            }
            let Some(GroupBounds { bounds, group, .. }) = self.bounds(unit, position) else { continue };
            let known = bounds.min.is_valid(group) && bounds.max.is_valid(group);
            if known && !filter.may_match(&bounds.min.slice(group, 1), &bounds.max.slice(group, 1))? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The factory: workers hold on to the scan itself.
struct SharedScan(Arc<ParquetScan>);

impl ParquetScan {
    /// One worker's part.
    pub(super) fn source(self: &Arc<Self>) -> Result<ParquetSource> {
        let ids: Vec<_> = self.columns.iter().map(|column| column.id).collect();
        let filters = BoundFilters::new(&self.filters, &ids)?;
        Ok(ParquetSource::new(Arc::clone(self), ids, filters, Fetcher::new(self.reservation())))
    }

    /// An account for bytes that are held.
    pub(super) fn reservation(&self) -> Reservation {
        self.query.memory.reserve(format!("Scan of {}", self.table))
    }
}

impl SourceFactory for SharedScan {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(self.0.source()?))
    }

    fn workers_max(&self) -> usize {
        self.0.units.len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.0.units.iter().map(|unit| unit.rows as u64).sum())
    }
}
