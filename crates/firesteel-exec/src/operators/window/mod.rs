//! Computes calls over windows.
//!
//! ```text
//! worker: batches ──▶ pages + keys ──every so many rows──▶ [run] rows by hash of the partition, then by order
//! finalize: ranges of hashes, one unit each ──▶ rows of all runs brought in order ──▶ [layout] partitions, peers, frames
//!           ──▶ [ranking], [value], [aggregate]: one column per call
//! source: the input's columns, then the calls'
//! ```
//! [group_limit]: before that, what a filter above would drop for its rank anyway.
//!
//! Equal partitions have equal hashes: a range of hashes has them whole. One partition that is all there is is sorted by
//! all workers, and computed by one.

mod aggregate;
pub(crate) mod group_limit;
mod layout;
mod ranking;
mod run;
mod spill;
#[cfg(test)]
mod tests;
mod value;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, SqlType, bail};
use firesteel_expr::batch::{Batch, Selection};
use firesteel_expr::column::Column;
use firesteel_expr::eval::{Evaluator, Predicate};
use firesteel_expr::window::{Bound, Frame, WindowCall, WindowFunction};
use firesteel_expr::{AggregateCall, ExprRef};
use firesteel_plan::Schema;
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::Window;

use self::layout::{BoundValues, Frames, Layout};
use self::run::{Entry, Keys, Run, RunBuilder};
use self::spill::{DiskSource, Spiller, WindowDisk};
use crate::contract::{FinalizeUnit, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::keys::canonical;
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::operators::sort::keys::KeyEncoder;
use crate::pages::{ReadyBatches, ReadySource, array_bytes, gather, unify};
use crate::query::QueryContext;
use crate::spill::partition::PARTITIONS;
use crate::steps::poll_sink;
use crate::unit::unit;

/// A worker sorts whenever it has so many rows: a few milliseconds at a time.
const RUN_ROWS: usize = 128 * 1024;
/// About so many rows are computed by one unit.
const BUCKET_ROWS: usize = 64 * 1024;
const BUCKET_BITS_MAX: u32 = 10;

/// `input`: the columns of the child. The source starts after the sink is finalized.
pub fn build(
    plan: &Window,
    input: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let shared = Arc::new(Shared {
        partition_by: plan.partition_by.clone(),
        order_by: plan.order_by.clone(),
        calls: plan.calls.iter().map(|(_, call)| call.clone()).collect(),
        input: input.ids(),
        types: input.columns.iter().map(|column| column.data_type.clone()).collect(),
        query: Arc::clone(query),
        runs: Mutex::default(),
        ready: ReadyBatches::new(query.batch_rows),
        disk: WindowDisk::new(metrics),
    });
    Ok((Arc::new(WindowSink(Arc::clone(&shared))), Arc::new(WindowSource(shared))))
}

/// What all workers and the finalization know.
struct Shared {
    partition_by: Vec<ExprRef>,
    order_by: Vec<SortKey>,
    calls: Vec<WindowCall>,
    input: Vec<ColumnId>,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    runs: Mutex<Vec<Run>>,
    ready: Arc<ReadyBatches>,
    disk: WindowDisk,
}

impl Shared {
    fn keys(&self) -> Result<Keys> {
        Keys::new(&self.partition_by, &self.order_by, &self.input, &self.query.eval)
    }

    fn building(&self, keys: &Keys) -> RunBuilder {
        let memory = self.query.memory.reserve(format!("Window of {:?}", self.query.id));
        RunBuilder::new(keys, Arc::clone(&self.types), memory)
    }

    /// Without partitions there is nothing to cut the rows by.
    fn can_spill(&self) -> bool {
        !self.partition_by.is_empty()
    }

    fn take_runs(&self) -> Vec<Run> {
        std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct WindowSink(Arc<Shared>);

impl SinkFactory for WindowSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let shared = Arc::clone(&self.0);
        Ok(Box::new(Sorter { keys: shared.keys()?, building: None, spiller: Spiller::new(0), shared }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let shared = &self.0;
        let mut runs = shared.take_runs();
        if shared.can_spill() && (shared.disk.is_used() || !fits_twice(shared, &runs)) {
            return Ok(spill::finalize(shared, runs.into_iter().map(Run::into_loose).collect()));
        }
        unify(&mut runs.iter_mut().map(|run| &mut run.columns).collect::<Vec<_>>(), &shared.types)?;
        let rows: usize = runs.iter().map(|run| run.entries.len()).sum();
        let bits = match shared.partition_by.is_empty() {
            true => 0,
            false => rows.div_ceil(BUCKET_ROWS).next_power_of_two().ilog2().min(BUCKET_BITS_MAX),
        };
        let runs = Arc::new(runs);
        let one = |bucket: u64| {
            let (shared, runs) = (Arc::clone(shared), Arc::clone(&runs));
            unit(move || {
                if let Some((batch, memory)) = compute(&shared, &runs, bucket, bits)? {
                    shared.ready.add(batch, memory);
                }
                Ok(Vec::new())
            })
        };
        Ok((0..1 << bits).map(one).collect())
    }
}

/// The rows and their copy in order exist together, with the calls' columns.
fn fits_twice(shared: &Shared, runs: &[Run]) -> bool {
    let bytes: usize = runs.iter().map(|run| run.bytes() + run.entries.len() * 64).sum();
    bytes <= shared.query.memory.free()
}

struct Sorter {
    keys: Keys,
    building: Option<RunBuilder>,
    spiller: Spiller,
    shared: Arc<Shared>,
}

impl Sorter {
    fn end_run(&mut self) -> Result<()> {
        if let Some(building) = self.building.take() {
            let run = building.sort()?;
            self.shared.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        }
        Ok(())
    }

    /// What finished runs hold, whoever made them, goes to disk, and with it what this worker holds.
    fn spill(&mut self) -> Result<()> {
        let mut rows: Vec<_> = self.shared.take_runs().into_iter().map(Run::into_loose).collect();
        if let Some(building) = self.building.take() {
            rows.push(building.into_loose()?);
        }
        self.spiller.begin(rows, &self.shared.disk);
        Ok(())
    }
}

impl Sink for Sorter {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match self.spiller.is_writing() {
            true => poll_sink(self.spiller.step(&self.shared), cx),
            false => Poll::Ready(Ok(())),
        }
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let building = self.building.get_or_insert_with(|| shared.building(&self.keys));
        let granted = building.add(&mut self.keys, batch)?;
        let too_much = !granted || building.bytes() > shared.query.spill.operator_bytes_max;
        // Its copy while it is sorted must have room, too.
        let ends = building.rows() >= RUN_ROWS;
        match too_much || ends && !building.can_sort() {
            true if shared.can_spill() => self.spill(),
            true if !granted => Err(building.refusal()),
            _ if ends => self.end_run(),
            _ => Ok(()),
        }
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_ready(cx))?;
        let can_sort = self.building.as_mut().is_none_or(RunBuilder::can_sort);
        if self.building.is_some() && self.shared.can_spill() && (self.shared.disk.is_used() || !can_sort) {
            self.spill()?;
            return self.poll_finish(cx);
        }
        self.end_run()?;
        std::mem::replace(&mut self.spiller, Spiller::new(0)).finish(&self.shared);
        Poll::Ready(Ok(()))
    }
}

struct WindowSource(Arc<Shared>);

impl SourceFactory for WindowSource {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>> {
        match self.0.disk.is_used() {
            true => Ok(Box::new(DiskSource::new(&self.0)?)),
            false => ReadySource(Arc::clone(&self.0.ready)).open(worker),
        }
    }

    fn workers_max(&self) -> usize {
        match self.0.disk.is_used() {
            true => PARTITIONS,
            false => ReadySource(Arc::clone(&self.0.ready)).workers_max(),
        }
    }

    fn rows_hint(&self) -> Option<u64> {
        match self.0.disk.is_used() {
            true => None,
            false => ReadySource(Arc::clone(&self.0.ready)).rows_hint(),
        }
    }
}

/// The rows whose hashes begin with `bucket`, with the calls' columns; `None` if there are no such rows.
fn compute(shared: &Shared, runs: &[Run], bucket: u64, bits: u32) -> Result<Option<(Batch, Reservation)>> {
    let of_run = |(number, run): (usize, &Run)| run.bucket(bucket, bits, number as u32).collect::<Vec<_>>();
    let mut entries: Vec<Entry> = runs.iter().enumerate().flat_map(of_run).collect();
    let rows = entries.len();
    if rows == 0 {
        return Ok(None);
    }
    if u32::try_from(rows).is_err() {
        bail!(WINDOW_FUNCTION_PARTITION_SIZE_EXCEEDS_LIMIT, numRows = rows.to_string());
    }
    let mut memory = shared.query.memory.reserve(format!("Window frames of {:?}", shared.query.id));
    // The entries, and a frame for each.
    let while_computing = rows * (size_of::<Entry>() + 2 * size_of::<u32>());
    memory.grow(while_computing)?;
    run::sort(&mut entries, runs);
    let columns: Vec<_> = runs.iter().map(|run| run.columns.as_slice()).collect();
    let columns = gather(&columns, entries.iter().map(|entry| (entry.run, entry.row)))?;
    memory.grow(columns.iter().map(array_bytes).sum())?;
    let layout = Layout::new(runs, &entries);
    let batch = Batch::new(columns.into_iter().map(Column::Array).collect(), rows);
    let mut calls = Calls { shared, layout, batch: batch.clone(), frames: Vec::new() };
    let mut all = batch.columns;
    for call in &shared.calls {
        shared.query.check_cancelled()?;
        let values = calls.compute(call)?;
        memory.grow(array_bytes(&values))?;
        all.push(Column::Array(values));
    }
    drop(calls);
    memory.shrink(while_computing);
    Ok(Some((Batch::new(all, rows), memory)))
}

/// The calls over ordered rows.
struct Calls<'r> {
    shared: &'r Shared,
    layout: Layout<'r>,
    batch: Batch,
    /// Frames that were computed, for calls that share them.
    frames: Vec<(Frame, Arc<Frames>)>,
}

impl Calls<'_> {
    fn compute(&mut self, call: &WindowCall) -> Result<ArrayRef> {
        match &call.function {
            WindowFunction::Ranking(ranking) => ranking::compute(*ranking, &self.layout),
            WindowFunction::Value { input, place, ignore_nulls } => {
                let frames = self.frames(&call.frame)?;
                value::in_frame(&self.values(input, &self.batch)?, *place, *ignore_nulls, &frames)
            }
            WindowFunction::Offset { input, offset, default, ignore_nulls } => {
                let values = self.values(input, &self.batch)?;
                let rows = value::offset_rows(&values, *offset, *ignore_nulls, &self.layout);
                let defaults = match value::missing(&rows) {
                    // A default that fails is asked for only where it is needed.
                    Some(missing) if default.as_literal().is_none_or(|default| !default.is_null()) => {
                        let missing = self.batch.clone().with_selection(Selection::from_mask(&missing));
                        Some(self.values(default, &missing)?)
                    }
                    _ => None,
                };
                value::with_defaults(&values, &rows, defaults.as_ref())
            }
            WindowFunction::Aggregate(aggregate) => {
                let input = self.arguments(aggregate)?;
                if call.frame == Frame::WHOLE {
                    return aggregate::over_partitions(aggregate, &input, &self.layout);
                }
                let frames = self.frames(&call.frame)?;
                aggregate::over_frames(aggregate, &call.frame, &input, &frames, &self.layout, &self.shared.query)
            }
        }
    }

    /// An expression over the rows of the batch that count.
    fn values(&self, expr: &ExprRef, batch: &Batch) -> Result<ArrayRef> {
        let exprs = std::slice::from_ref(expr);
        let columns = Evaluator::new(exprs, &self.shared.input, &self.shared.query.eval)?.evaluate(batch)?;
        canonical(&columns[0], expr.data_type())
    }

    /// Rows that the filter drops are not asked for arguments: it may guard them.
    fn arguments(&self, call: &AggregateCall) -> Result<aggregate::Input> {
        let (input, context) = (&self.shared.input, &self.shared.query.eval);
        let all = self.layout.rows();
        let (batch, chosen) = match &call.filter {
            None => (self.batch.clone(), None),
            Some(filter) => {
                let passed = Predicate::new(filter, input, context)?.filter(self.batch.clone())?;
                let rows = passed.selection().map(|selection| selection.indices().values().to_vec());
                (passed, rows.map(|rows| value::Chosen::new(rows, all)))
            }
        };
        let inputs: Vec<_> = call.row_inputs().cloned().collect();
        let args = Evaluator::new(&inputs, input, context)?.evaluate(&batch)?;
        Ok(aggregate::Input { args, chosen, rows: batch.rows() })
    }

    fn frames(&mut self, frame: &Frame) -> Result<Arc<Frames>> {
        if let Some((_, known)) = self.frames.iter().find(|(known, _)| known == frame) {
            return Ok(Arc::clone(known));
        }
        let values = BoundValues { start: self.bound_values(&frame.start)?, end: self.bound_values(&frame.end)? };
        let frames = Arc::new(self.layout.frames(frame, values)?);
        self.frames.push((frame.clone(), Arc::clone(&frames)));
        Ok(frames)
    }

    /// Encoded as the order key is.
    fn bound_values(&self, bound: &Bound) -> Result<Option<arrow::row::Rows>> {
        let (Bound::Value(value), [key]) = (bound, self.shared.order_by.as_slice()) else { return Ok(None) };
        let key = SortKey { expr: Arc::clone(value), ..key.clone() };
        let mut encoder = KeyEncoder::new(std::slice::from_ref(&key), &self.shared.input, &self.shared.query.eval)?;
        let values = encoder.evaluate(&self.batch)?;
        encoder.encode(&values).map(Some)
    }
}
