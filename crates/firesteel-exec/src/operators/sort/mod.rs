//! Orders all rows.
//!
//! ```text
//! worker: batches ──▶ pages + encoded keys ──every so many rows──▶ [run] columns, keys, their order
//! finalize: keys sampled from all runs cut them into ranges ──one unit per range──▶ [merge] (run, row) in order
//! source: [output] pieces in order, gathered from the runs' columns
//! ```
//! Only keys and row numbers are sorted; the other columns move once, on their way out.

#[cfg(test)]
mod key_tests;
pub(crate) mod keys;
pub(crate) mod merge;
pub(crate) mod output;
pub(crate) mod run;
mod spill;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::Sort;

use self::keys::KeyEncoder;
use self::output::{Sorted, SortedSource};
use self::run::{Run, RunBuilder};
use self::spill::{Disk, MergeSource, Spilling};
use crate::contract::{FinalizeUnit, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::metrics::OperatorMetrics;
use crate::operators::limit::RowRange;
use crate::query::QueryContext;
use crate::steps::poll_sink;

/// A worker sorts whenever it has so many rows: a few milliseconds at a time.
const RUN_ROWS: usize = 128 * 1024;

/// `input`: the columns of the child. The source starts after the sink is finalized; its morsels are in order.
pub fn build(
    plan: &Sort,
    input: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let sorted = Arc::new(Sorted::new(RowRange::new(0, None), query.batch_rows));
    let types: Arc<[SqlType]> = input.columns.iter().map(|column| column.data_type.clone()).collect();
    let disk = Disk::new(query, metrics, &types);
    let source = SortSource { sorted: SortedSource(Arc::clone(&sorted)), disk: Arc::clone(&disk) };
    let sink = SortSink {
        keys: plan.keys.clone(),
        input: input.ids(),
        types,
        query: Arc::clone(query),
        runs: Arc::default(),
        sorted,
        disk,
    };
    Ok((Arc::new(sink), Arc::new(source)))
}

struct SortSink {
    keys: Vec<SortKey>,
    input: Vec<ColumnId>,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    runs: Arc<Mutex<Vec<Run>>>,
    sorted: Arc<Sorted>,
    disk: Arc<Disk>,
}

impl SinkFactory for SortSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Sorter {
            encoder: KeyEncoder::new(&self.keys, &self.input, &self.query.eval)?,
            types: Arc::clone(&self.types),
            query: Arc::clone(&self.query),
            building: None,
            runs: Arc::clone(&self.runs),
            disk: Arc::clone(&self.disk),
            spilling: None,
        }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        let mut memory = self.query.memory.reserve(format!("Sort merge of {:?}", self.query.id));
        let rows: usize = runs.iter().map(Run::len).sum();
        if self.disk.is_used() || !memory.try_grow(merge::order_bytes(rows)) {
            return spill::finalize(&self.disk, runs);
        }
        merge::finalize(runs, &self.types, &self.sorted, memory)
    }
}

struct Sorter {
    encoder: KeyEncoder,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    building: Option<RunBuilder>,
    /// Of all workers.
    runs: Arc<Mutex<Vec<Run>>>,
    disk: Arc<Disk>,
    spilling: Option<Spilling>,
}

impl Sorter {
    fn end_run(&mut self) -> Result<()> {
        let Some(mut building) = self.building.take() else { return Ok(()) };
        if !building.can_sort() {
            self.building = Some(building);
            return self.spill();
        }
        let run = building.sort()?;
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        Ok(())
    }

    /// What is sorted, by whom ever, goes to disk, and with it what this worker holds.
    fn spill(&mut self) -> Result<()> {
        let mut runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(building) = self.building.take() {
            runs.push(building.sort_unasked()?);
        }
        self.spilling = Some(Spilling::new(runs, &self.disk)?);
        Ok(())
    }
}

impl Sink for Sorter {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let Some(spilling) = self.spilling.take() else { return Poll::Ready(Ok(())) };
        poll_sink(spilling.step(&self.disk).map(|spilling| self.spilling = spilling), cx)
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        let keys = self.encoder.evaluate(&batch)?;
        let building = self.building.get_or_insert_with(|| {
            let memory = self.query.memory.reserve(format!("Sort of {:?}", self.query.id));
            RunBuilder::new(&self.encoder, Arc::clone(&self.types), memory)
        });
        let granted = building.add(&self.encoder, &keys, batch)?;
        if !granted || building.bytes() > self.query.spill.operator_bytes_max {
            return self.spill();
        }
        if building.rows() >= RUN_ROWS {
            self.end_run()?;
        }
        Ok(())
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_ready(cx))?;
        self.end_run()?;
        // It may have gone to disk.
        self.poll_ready(cx)
    }
}

struct SortSource {
    sorted: SortedSource,
    disk: Arc<Disk>,
}

impl SourceFactory for SortSource {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>> {
        match self.disk.is_used() {
            true => Ok(Box::new(MergeSource::new(&self.disk))),
            false => self.sorted.open(worker),
        }
    }

    fn workers_max(&self) -> usize {
        if self.disk.is_used() { 1 } else { self.sorted.workers_max() }
    }

    fn rows_hint(&self) -> Option<u64> {
        if self.disk.is_used() { None } else { self.sorted.rows_hint() }
    }
}
