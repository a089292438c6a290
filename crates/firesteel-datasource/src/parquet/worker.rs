//! One worker decodes the row groups that it claims, in one of two ways:
//!
//! ```text
//! few rows pass:   filter columns ──filters──▶ selection ──▶ the other columns, selected rows only ──▶ batches
//! many rows pass:  all columns ──filters──▶ batches with a selection
//! ```
//! Which way is chosen anew for each row group from the share of rows that passed lately. Before each pass the bytes of its
//! columns must be here: those of local files are read at once, for those of remote ones the worker waits, and is woken.

use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, BooleanBufferBuilder};
use firesteel_common::{ColumnId, Result};
use firesteel_exec::contract::Source;
use firesteel_expr::{Batch, Column};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection};

use super::ahead::{Ahead, Held};
use super::chunks::Fetcher;
use super::plan::Plan;
use super::scan::{ParquetScan, ScanFile, Unit};
use super::{guarded, unreadable};
use crate::filter::BoundFilters;

/// A batch with fewer than one in so many rows selected is made dense.
const SPARSE: usize = 4;
/// Batches decoded without any row coming out, before other tasks get the thread.
const STEPS: usize = 16;

pub(super) struct ParquetSource {
    worker: Worker,
    state: State,
}

struct Worker {
    scan: Arc<ParquetScan>,
    ids: Vec<ColumnId>,
    filters: BoundFilters,
    fetcher: Fetcher,
    /// What is fetched from object stores for row groups to come, and for the one at hand.
    ahead: Ahead,
    held: Option<Held>,
}

enum State {
    Idle,
    /// Until the next pass has its bytes.
    Waiting(Pass),
    Filtering(Box<FilterPass>),
    Reading(Box<ReadPass>),
    Done,
}

/// What a row group's bytes are waited for.
enum Pass {
    First(Unit, Plan),
    /// Of two.
    Second(Box<FilterPass>),
}

impl ParquetSource {
    pub(super) fn new(scan: Arc<ParquetScan>, ids: Vec<ColumnId>, filters: BoundFilters, fetcher: Fetcher) -> Self {
        let ahead = Ahead::new(&scan);
        Self { worker: Worker { scan, ids, filters, fetcher, ahead, held: None }, state: State::Idle }
    }

    /// Decodes one batch, or goes on to the next pass or row group.
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let next = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => Ok((State::Done, None)),
            State::Idle => self.worker.begin().map(|state| (state, None)),
            State::Waiting(pass) => match self.worker.poll_here(cx) {
                Poll::Pending => {
                    self.state = State::Waiting(pass);
                    return Poll::Pending;
                }
                Poll::Ready(here) => here.and_then(|()| self.worker.begin_pass(pass)).map(|state| (state, None)),
            },
            State::Filtering(mut pass) => pass.step(&mut self.worker).and_then(|more| match more {
                true => Ok((State::Filtering(pass), None)),
                false => Ok((self.worker.after_filtering(pass)?, None)),
            }),
            State::Reading(mut pass) => pass.step(&mut self.worker).map(|batch| match batch {
                Some(batch) => (State::Reading(pass), Some(batch)),
                None => (self.worker.after_reading(*pass), None),
            }),
        };
        let (state, batch) = next?;
        self.state = state;
        Poll::Ready(Ok(batch))
    }
}

impl Source for ParquetSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        for _ in 0..STEPS {
            match self.step(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(Some(batch))) if !batch.is_empty() => return Poll::Ready(Ok(Some(batch))),
                Poll::Ready(Ok(_)) if matches!(self.state, State::Done) => return Poll::Ready(Ok(None)),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
        // Nothing to wait for: only to let others, and the check for cancellation, have their turn.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Worker {
    /// Claims a row group and decides how to read it.
    fn begin(&mut self) -> Result<State> {
        let Some(mut held) = self.ahead.next()? else { return Ok(State::Done) };
        let unit = held.unit;
        let plan = Plan::of(&self.scan, &self.ids, &unit);
        if held.is_remote(&self.scan) {
            self.ahead.want(&mut held, &plan.first())?;
            self.held = Some(held);
            let (scan, ids) = (&self.scan, &self.ids);
            self.ahead.fill(|unit| Plan::of(scan, ids, unit).first())?;
        }
        Ok(State::Waiting(Pass::First(unit, plan)))
    }

    /// Ready when the bytes of the next pass are here: those of local files are read when it begins.
    fn poll_here(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match &mut self.held {
            Some(held) => held.poll_here(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    fn begin_pass(&mut self, pass: Pass) -> Result<State> {
        let (unit, plan) = match pass {
            Pass::First(unit, plan) => (unit, plan),
            Pass::Second(pass) => return self.begin_second(*pass),
        };
        let decoder = self.decoder(&unit, &plan.first(), None, unit.rows)?;
        if plan.in_two {
            let Plan { active, others, .. } = plan;
            return Ok(State::Filtering(Box::new(FilterPass::new(unit, decoder, active, others, self.scan.outputs))));
        }
        let filter = plan.filtering.then_some(plan.active);
        Ok(State::Reading(Box::new(ReadPass { unit, decoder, kept: Vec::new(), at: 0, filter, passed: 0 })))
    }

    fn after_filtering(&mut self, mut pass: Box<FilterPass>) -> Result<State> {
        pass.decoder.reader = None;
        self.scan.filters.report(pass.unit.rows as u64, pass.passed as u64);
        if pass.passed == 0 {
            drop(pass);
            self.let_go();
            return Ok(State::Idle);
        }
        if let Some(held) = &mut self.held {
            self.ahead.want(held, &pass.others)?;
        }
        Ok(State::Waiting(Pass::Second(pass)))
    }

    fn begin_second(&mut self, pass: FilterPass) -> Result<State> {
        let FilterPass { unit, others, kept, mut mask, passed, .. } = pass;
        let selection = (passed < unit.rows).then(|| RowSelection::from_boolean_buffer(mask.finish()));
        let decoder = Decoder { counted: false, ..self.decoder(&unit, &others, selection, passed)? };
        let kept = kept.into_iter().map(Kept::joined).collect::<Result<_>>()?;
        Ok(State::Reading(Box::new(ReadPass { unit, decoder, kept, at: 0, filter: None, passed: 0 })))
    }

    fn after_reading(&mut self, pass: ReadPass) -> State {
        if pass.filter.is_some() {
            self.scan.filters.report(pass.unit.rows as u64, pass.passed as u64);
        }
        drop(pass);
        self.let_go();
        State::Idle
    }

    /// The row group's bytes are not needed any more.
    fn let_go(&mut self) {
        self.fetcher.recycle();
        self.held = None;
    }

    /// A decoder of the scan's columns at `wanted` for one row group, or for `rows` selected rows of it.
    fn decoder(
        &mut self,
        unit: &Unit,
        wanted: &[usize],
        selection: Option<RowSelection>,
        rows: usize,
    ) -> Result<Decoder> {
        let file = &self.scan.files[unit.file];
        let targets = Decoder::targets(file, wanted);
        let batch_rows = self.scan.query.batch_rows;
        if targets.is_empty() {
            return Ok(Decoder { reader: None, targets, rows_left: rows, batch_rows, counted: true });
        }
        let path = &file.footer.path;
        let roots = targets.iter().map(|(root, _)| *root);
        let chunks = match &self.held {
            Some(held) => held.chunks(&self.scan),
            None => {
                let ranges = || Ok::<_, firesteel_common::Error>(byte_ranges(file, unit.group, roots.clone()));
                let chunks = self.fetcher.fetch(unit.file, path, file.length, guarded(path, ranges)?)?;
                self.scan.metrics.add_bytes(chunks.bytes());
                chunks
            }
        };
        let reader = guarded(path, || {
            let mask = ProjectionMask::roots(file.footer.reader.parquet_schema(), roots);
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(chunks, file.footer.reader.clone())
                .with_row_groups(vec![unit.group])
                .with_projection(mask)
                .with_batch_size(batch_rows);
            match selection {
                Some(selection) => builder.with_row_selection(selection).build(),
                None => builder.build(),
            }
        })?;
        Ok(Decoder { reader: Some(reader), targets, rows_left: rows, batch_rows, counted: true })
    }
}

/// Where the chunks of some columns lie.
pub(super) fn byte_ranges(file: &ScanFile, group: usize, roots: impl Iterator<Item = usize>) -> Vec<Range<u64>> {
    let metadata = file.footer.metadata().row_group(group);
    let leaves = roots.flat_map(|root| file.footer.columns[root].leaves.clone());
    let range = |leaf| {
        let (start, length) = metadata.column(leaf).byte_range();
        start..start.saturating_add(length)
    };
    leaves.map(range).collect()
}

/// Decodes some of the scan's columns in one row group.
struct Decoder {
    /// `None` when the file has none of the columns: then only rows are counted.
    reader: Option<ParquetRecordBatchReader>,
    /// Root in the file, position among the scan's columns; in the file's order.
    targets: Vec<(usize, usize)>,
    rows_left: usize,
    batch_rows: usize,
    /// Whether these are the rows that progress counts: of two passes over a row group the first.
    counted: bool,
}

impl Decoder {
    fn targets(file: &ScanFile, wanted: &[usize]) -> Vec<(usize, usize)> {
        let found = wanted.iter().filter_map(|at| file.columns[*at].map(|root| (root, *at)));
        let mut targets: Vec<_> = found.collect();
        targets.sort_unstable();
        targets
    }

    /// The next rows in the layout of the scan's columns; those not decoded here are NULL.
    fn next(&mut self, scan: &ParquetScan, file: usize) -> Result<Option<(Vec<Column>, usize)>> {
        if self.rows_left == 0 {
            return Ok(None);
        }
        let path = &scan.files[file].footer.path;
        let decoded = match &mut self.reader {
            Some(reader) => guarded(path, || reader.next().transpose())?,
            None => None,
        };
        let rows = match (&decoded, &self.reader) {
            (Some(batch), _) => batch.num_rows(),
            (None, None) => self.rows_left.min(self.batch_rows),
            (None, Some(_)) => 0,
        };
        if rows == 0 || rows > self.rows_left {
            return Err(unreadable(path, "a column has not as many values as the footer says"));
        }
        self.rows_left -= rows;
        if self.counted {
            scan.query.progress.rows.advance(rows as u64);
        }
        let blank = |column: &super::scan::ScanColumn| Column::Constant(Arc::clone(&column.null), rows);
        let mut columns: Vec<Column> = scan.columns.iter().map(blank).collect();
        for (position, value) in &scan.files[file].values {
            columns[*position] = Column::constant(Arc::clone(value), rows);
        }
        for (array, (_, position)) in decoded.iter().flat_map(|batch| batch.columns()).zip(&self.targets) {
            let conformed = scan.columns[*position].conform.apply(array);
            columns[*position] = Column::Array(conformed.map_err(|reason| unreadable(path, reason.message()))?);
        }
        Ok(Some((columns, rows)))
    }
}

/// The first of two passes: which rows pass, and the values of the filter columns that come out.
struct FilterPass {
    unit: Unit,
    decoder: Decoder,
    /// Positions of the filter columns.
    active: Vec<usize>,
    /// Positions of the output columns that are read afterwards.
    others: Vec<usize>,
    kept: Vec<Kept>,
    mask: BooleanBufferBuilder,
    passed: usize,
}

/// The passed values of one column, batch by batch, until they are joined.
struct Kept {
    position: usize,
    parts: Vec<ArrayRef>,
}

impl Kept {
    fn joined(self) -> Result<(usize, ArrayRef)> {
        let parts: Vec<&dyn Array> = self.parts.iter().map(|part| part.as_ref()).collect();
        Ok((self.position, arrow::compute::concat(&parts)?))
    }
}

impl FilterPass {
    fn new(unit: Unit, decoder: Decoder, active: Vec<usize>, others: Vec<usize>, outputs: usize) -> Self {
        let decoded = decoder.targets.iter().map(|(_, position)| *position);
        let kept = decoded.filter(|position| *position < outputs);
        let kept = kept.map(|position| Kept { position, parts: Vec::new() }).collect();
        Self { unit, decoder, active, others, kept, mask: BooleanBufferBuilder::new(unit.rows), passed: 0 }
    }

    /// Whether there is more.
    fn step(&mut self, worker: &mut Worker) -> Result<bool> {
        let Some((columns, rows)) = self.decoder.next(&worker.scan, self.unit.file)? else { return Ok(false) };
        let batch = worker.filters.apply(Batch::new(columns, rows), &self.active, self.unit.number)?;
        match batch.selection() {
            None => self.mask.append_n(rows, true),
            Some(selection) => {
                let start = self.mask.len();
                self.mask.append_n(rows, false);
                for at in selection.indices().values() {
                    self.mask.set_bit(start + *at as usize, true);
                }
            }
        }
        self.passed += batch.rows();
        if !batch.is_empty() {
            for kept in &mut self.kept {
                kept.parts.push(Arc::clone(batch.compact_column(kept.position)?.values()));
            }
        }
        Ok(true)
    }
}

/// The second pass, or the only one.
struct ReadPass {
    unit: Unit,
    decoder: Decoder,
    /// Columns that the first pass has already, selected rows only.
    kept: Vec<(usize, ArrayRef)>,
    /// How many rows came out of the decoder.
    at: usize,
    /// The columns of the filters that are still to be applied.
    filter: Option<Vec<usize>>,
    passed: usize,
}

impl ReadPass {
    fn step(&mut self, worker: &mut Worker) -> Result<Option<Batch>> {
        let Some((mut columns, rows)) = self.decoder.next(&worker.scan, self.unit.file)? else { return Ok(None) };
        for (position, values) in &self.kept {
            columns[*position] = Column::Array(values.slice(self.at, rows));
        }
        self.at += rows;
        let mut batch = Batch::new(columns, rows).with_morsel(self.unit.number);
        if let Some(active) = &self.filter {
            batch = worker.filters.apply(batch, active, self.unit.number)?;
            self.passed += batch.rows();
        }
        batch.columns.truncate(worker.scan.outputs);
        match batch.rows() < batch.physical_rows() / SPARSE {
            true => batch.compact().map(Some),
            false => Ok(Some(batch)),
        }
    }
}
