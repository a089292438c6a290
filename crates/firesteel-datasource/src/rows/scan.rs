//! A scan of rows: ranges of files handed out to workers.
//!
//! ```text
//! splits ──pruned by partition──▶ files ──cut into ranges──▶ units ──shared cursor──▶ workers: blocks ▶ columns ▶ filters
//! ```
//! A unit's number is the morsel number of its batches. Compressed files, and those whose records can span lines, are one
//! unit each. Of remote files the next unit's bytes come while the current one is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, new_null_array};
use firesteel_catalog::{Split, TableColumn};
use firesteel_common::names::same_name;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_exec::contract::{Source, SourceFactory, WorkerId};
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Batch, Column};
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use super::input::{self, Compression};
use super::lines::{Lines, Next, RecordEnd};
use super::mode::{self, Mode, Settled};
use super::{RowParser, table};
use crate::filter::{BoundFilters, ScanFilters};
use crate::options::FileOptions;
use crate::partitions::ScanPartitions;
use crate::remote::{self, Access, Counters};

/// The size of the ranges into which files are cut.
const RANGE_BYTES: u64 = 8 << 20;

/// A format of rows, as far as its scan goes.
pub(crate) struct RowFormat {
    pub(crate) record_end: fn(&FileOptions) -> Result<RecordEnd>,
    /// A parser that gives the columns of a record at `wanted`.
    pub(crate) parser: fn(&ParserRequest<'_>) -> Result<Box<dyn RowParser>>,
    /// Whether a record may be malformed, and a column then take it.
    pub(crate) has_corrupt_column: bool,
}

pub(crate) struct ParserRequest<'a> {
    /// All that a record holds.
    pub(crate) record: &'a [TableColumn],
    /// Positions therein.
    pub(crate) wanted: &'a [usize],
    /// The position of the column that takes malformed records, if the record is said to have one.
    pub(crate) corrupt: Option<usize>,
    pub(crate) options: &'a FileOptions,
    pub(crate) query: &'a Arc<QueryContext>,
}

/// Where a column of the scan comes from.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// The parser's column of this number.
    Parsed(usize),
    Corrupt,
    Partition,
}

struct RowScan {
    format: &'static RowFormat,
    table: Arc<str>,
    ids: Vec<ColumnId>,
    places: Vec<Place>,
    record: Vec<TableColumn>,
    /// What the parser gives, as positions in the record.
    wanted: Vec<usize>,
    corrupt: Option<usize>,
    /// The first so many columns come out.
    outputs: usize,
    options: FileOptions,
    record_end: RecordEnd,
    mode: Mode,
    files: Vec<ScanFile>,
    units: Vec<Unit>,
    cursor: AtomicUsize,
    filters: Arc<ScanFilters>,
    query: Arc<QueryContext>,
    metrics: Arc<OperatorMetrics>,
    /// How remote files are reached.
    access: Arc<Access>,
}

struct ScanFile {
    split: Split,
    /// Partition columns: place among the scan's columns, one row.
    values: Vec<(usize, ArrayRef)>,
}

#[derive(Clone, Copy)]
struct Unit {
    file: usize,
    start: u64,
    /// `None`: to the end of the file.
    end: Option<u64>,
}

pub(crate) fn open(
    format: &'static RowFormat,
    scan: &Scan,
    schema: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<Arc<dyn SourceFactory>> {
    let options: FileOptions = scan.source.options.iter().cloned().collect();
    let record = table::record_columns(&scan.source)?;
    let partitions = ScanPartitions::of(scan)?;
    let corrupt_name = mode::corrupt_column(&options);
    let corrupt = record.iter().position(|column| same_name(&column.name, &corrupt_name));
    let corrupt = corrupt.filter(|at| format.has_corrupt_column && record[*at].data_type == SqlType::STRING);
    let (mut wanted, mut places) = (Vec::new(), Vec::new());
    for (at, (name, _)) in scan.columns.iter().enumerate() {
        places.push(match record.iter().position(|column| column.name == *name) {
            _ if partitions.contains(at) => Place::Partition,
            Some(found) if Some(found) == corrupt => Place::Corrupt,
            Some(found) => {
                wanted.push(found);
                Place::Parsed(wanted.len() - 1)
            }
            None => return Err(internal!("no record has a column {name}")),
        });
    }
    let kept = partitions.prune(scan, query)?;
    metrics.add_files_pruned(scan.source.splits.len() - kept.len());
    let files = kept.into_iter().map(|split| Ok(ScanFile { values: partitions.values(&split, &query.eval)?, split }));
    let mut opened = RowScan {
        format,
        table: Arc::clone(&scan.table),
        ids: scan.columns.iter().map(|(_, id)| *id).collect(),
        places,
        record,
        wanted,
        corrupt,
        outputs: schema.len(),
        record_end: (format.record_end)(&options)?,
        mode: Mode::of(&options)?,
        options,
        files: files.collect::<Result<_>>()?,
        units: Vec::new(),
        cursor: AtomicUsize::new(0),
        filters: Arc::new(ScanFilters::new(scan, query)?),
        query: Arc::clone(query),
        metrics: Arc::clone(metrics),
        access: Access::of_scan(&scan.source),
    };
    opened.units = opened.cut();
    query.progress.bytes.expect(opened.units.iter().map(|unit| opened.bytes(unit)).sum());
    Ok(Arc::new(SharedScan(Arc::new(opened))))
}

impl RowScan {
    fn cut(&self) -> Vec<Unit> {
        let mut units = Vec::new();
        for (file, ScanFile { split, .. }) in self.files.iter().enumerate() {
            let lines = matches!(self.record_end, RecordEnd::Line | RecordEnd::Byte(_));
            if !lines || Compression::of(&split.location) != Compression::None {
                units.push(Unit { file, start: 0, end: None });
                continue;
            }
            let starts = (0..split.length).step_by(RANGE_BYTES as usize);
            units.extend(starts.map(|start| Unit { file, start, end: Some((start + RANGE_BYTES).min(split.length)) }));
        }
        units
    }

    /// Of the file, compressed as it is.
    fn bytes(&self, unit: &Unit) -> u64 {
        unit.end.unwrap_or(self.files[unit.file].split.length) - unit.start
    }

    fn lines(&self, unit: &Unit) -> Result<Lines> {
        let split = &self.files[unit.file].split;
        // The byte before tells whether a record begins at the range's start.
        let start = unit.start.saturating_sub(1);
        let reservation = || self.query.memory.reserve(format!("Scan of {}", self.table));
        let range = start..unit.end.unwrap_or(split.length);
        let input = input::open(split, range, &self.access, Counters::of(&self.metrics), reservation())?;
        let lines = Lines::new(&split.location, input, self.record_end, reservation());
        let lines = match unit.end {
            Some(end) => lines.with_limit(end - start),
            None => lines,
        };
        Ok(if unit.start > 0 { lines.skipping() } else { lines })
    }

    /// The next unit that is worth reading, begun.
    fn claim(&self) -> Result<Option<Reading>> {
        loop {
            let number = self.cursor.fetch_add(1, Relaxed);
            let Some(unit) = self.units.get(number) else { return Ok(None) };
            let progress = UnitProgress { query: Arc::clone(&self.query), bytes: self.bytes(unit), done: 0 };
            if self.filters.file_may_match(&self.files[unit.file].values)? {
                return Ok(Some(Reading {
                    number: number as u64,
                    file: unit.file,
                    lines: self.lines(unit)?,
                    starts_file: unit.start == 0,
                    parsed: None,
                    consumed: 0,
                    progress,
                }));
            }
            self.metrics.add_groups_pruned(1);
        }
    }

    fn is_remote(&self, reading: &Reading) -> bool {
        remote::is_remote(&self.files[reading.file].split.location)
    }

    /// Whether every worker finds another unit.
    fn has_plenty(&self) -> bool {
        self.units.len().saturating_sub(self.cursor.load(Relaxed)) >= self.query.workers
    }
}

struct SharedScan(Arc<RowScan>);

impl SourceFactory for SharedScan {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        let scan = &self.0;
        let parser = (scan.format.parser)(&ParserRequest {
            record: &scan.record,
            wanted: &scan.wanted,
            corrupt: scan.corrupt,
            options: &scan.options,
            query: &scan.query,
        })?;
        let filters = BoundFilters::new(&scan.filters, &scan.ids)?;
        Ok(Box::new(RowSource { scan: Arc::clone(scan), parser, filters, reading: None, ahead: None }))
    }

    fn workers_max(&self) -> usize {
        self.0.units.len().max(1)
    }
}

struct RowSource {
    scan: Arc<RowScan>,
    parser: Box<dyn RowParser>,
    filters: BoundFilters,
    reading: Option<Reading>,
    /// The unit after that one, of which bytes are on their way.
    ahead: Option<Reading>,
}

/// The unit that is being read.
struct Reading {
    number: u64,
    file: usize,
    lines: Lines,
    /// Whether the next block begins the file.
    starts_file: bool,
    /// Rows parsed and not given yet: one record may hold many.
    parsed: Option<(Batch, usize)>,
    /// Bytes that were told to whoever counts.
    consumed: u64,
    progress: UnitProgress,
}

/// How far a unit is. What is left of it when it is dropped, nobody needs.
struct UnitProgress {
    query: Arc<QueryContext>,
    bytes: u64,
    done: u64,
}

impl UnitProgress {
    fn advance(&mut self, bytes: u64) {
        let bytes = bytes.min(self.bytes - self.done);
        self.done += bytes;
        self.query.progress.bytes.advance(bytes);
    }
}

impl Drop for UnitProgress {
    fn drop(&mut self) {
        self.advance(u64::MAX);
    }
}

impl RowSource {
    /// The next batch, maybe an empty one.
    fn next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let Some(reading) = &mut self.reading else {
            return Poll::Ready(self.begin());
        };
        if let Some((batch, at)) = reading.parsed.take() {
            let rows = self.scan.query.batch_rows.min(batch.physical_rows() - at);
            let part = batch.clone().slice(at, rows);
            if at + rows < batch.physical_rows() {
                reading.parsed = Some((batch, at + rows));
            }
            return Poll::Ready(self.filtered(part).map(Some));
        }
        let next = reading.lines.next_block(self.scan.query.batch_rows)?;
        let bytes = reading.lines.consumed() - reading.consumed;
        reading.consumed += bytes;
        reading.progress.advance(bytes);
        if !self.scan.is_remote(reading) {
            // Of remote files what was fetched is counted, by whoever fetches.
            self.scan.metrics.add_bytes(bytes as usize);
        }
        match next {
            Next::Block(block) => {
                let starts_file = std::mem::take(&mut reading.starts_file);
                let parsed = self.parser.parse(&block, starts_file)?;
                let file = &self.scan.files[reading.file];
                let wants_corrupt = self.scan.places.contains(&Place::Corrupt);
                let path = &file.split.location;
                let settled = mode::settle(parsed, &block, self.scan.mode, wants_corrupt, path, &self.scan.options)?;
                let batch = self.scan.assemble(settled, file).with_morsel(reading.number);
                reading.parsed = (!batch.is_empty()).then_some((batch, 0));
            }
            Next::Blocked => {
                let ready = reading.lines.poll_ready(cx);
                return ready.map(|ready| ready.map(|()| Some(Batch::new(Vec::new(), 0))));
            }
            Next::End => self.reading = None,
        }
        Poll::Ready(Ok(Some(Batch::new(Vec::new(), 0))))
    }

    /// Begins a unit; `None` when there is no more.
    fn begin(&mut self) -> Result<Option<Batch>> {
        let next = match self.ahead.take() {
            Some(reading) => Some(reading),
            None => self.scan.claim()?,
        };
        let Some(reading) = next else { return Ok(None) };
        if self.scan.is_remote(&reading) && self.scan.has_plenty() {
            self.ahead = self.scan.claim()?;
        }
        self.reading = Some(reading);
        Ok(Some(Batch::new(Vec::new(), 0)))
    }

    fn filtered(&mut self, mut batch: Batch) -> Result<Batch> {
        let unit = batch.morsel;
        if self.scan.filters.any_active(unit) {
            let active = self.scan.filters.columns_used(&self.scan.ids, unit);
            batch = self.filters.apply(batch, &active, unit)?;
        }
        batch.columns.truncate(self.scan.outputs);
        Ok(batch)
    }
}

impl RowScan {
    fn assemble(&self, settled: Settled, file: &ScanFile) -> Batch {
        let rows = settled.rows;
        let column = |(at, place): (usize, &Place)| match place {
            Place::Parsed(number) => Column::Array(Arc::clone(&settled.columns[*number])),
            Place::Corrupt => match &settled.corrupt {
                Some(records) => Column::Array(Arc::clone(records)),
                None => Column::nulls(&SqlType::STRING, rows),
            },
            Place::Partition => {
                let value = file.values.iter().find(|(known, _)| *known == at).map(|(_, value)| Arc::clone(value));
                Column::constant(value.unwrap_or_else(|| new_null_array(&SqlType::Void.to_arrow(), 1)), rows)
            }
        };
        Batch::new(self.places.iter().enumerate().map(column).collect(), rows)
    }
}

impl Source for RowSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        match self.next(cx) {
            Poll::Ready(Ok(Some(batch))) if batch.is_empty() => {
                // Nothing to wait for: others may have their turn.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            polled => polled,
        }
    }
}
