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
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::Sort;

use self::keys::KeyEncoder;
use self::output::{Sorted, SortedSource};
use self::run::{Run, RunBuilder};
use crate::contract::{FinalizeUnit, Sink, SinkFactory, SourceFactory, WorkerId};
use crate::operators::limit::RowRange;
use crate::query::QueryContext;

/// A worker sorts whenever it has so many rows: a few milliseconds at a time.
const RUN_ROWS: usize = 128 * 1024;

/// `input`: the columns of the child. The source starts after the sink is finalized; its morsels are in order.
pub fn build(
    plan: &Sort,
    input: &Schema,
    query: &Arc<QueryContext>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let sorted = Arc::new(Sorted::new(RowRange::new(0, None), query.batch_rows));
    let sink = SortSink {
        keys: plan.keys.clone(),
        input: input.ids(),
        types: input.columns.iter().map(|column| column.data_type.clone()).collect(),
        query: Arc::clone(query),
        runs: Arc::default(),
        sorted: Arc::clone(&sorted),
    };
    Ok((Arc::new(sink), Arc::new(SortedSource(sorted))))
}

struct SortSink {
    keys: Vec<SortKey>,
    input: Vec<ColumnId>,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    runs: Arc<Mutex<Vec<Run>>>,
    sorted: Arc<Sorted>,
}

impl SinkFactory for SortSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Sorter {
            encoder: KeyEncoder::new(&self.keys, &self.input, &self.query.eval)?,
            types: Arc::clone(&self.types),
            query: Arc::clone(&self.query),
            building: None,
            runs: Arc::clone(&self.runs),
        }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        let memory = self.query.memory.reserve(format!("Sort merge of {:?}", self.query.id));
        merge::finalize(runs, &self.types, &self.sorted, memory)
    }
}

struct Sorter {
    encoder: KeyEncoder,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    building: Option<RunBuilder>,
    runs: Arc<Mutex<Vec<Run>>>,
}

impl Sorter {
    fn end_run(&mut self) -> Result<()> {
        if let Some(building) = self.building.take() {
            let run = building.sort()?;
            self.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        }
        Ok(())
    }
}

impl Sink for Sorter {
    fn push(&mut self, batch: Batch) -> Result<()> {
        let keys = self.encoder.evaluate(&batch)?;
        let building = self.building.get_or_insert_with(|| {
            let memory = self.query.memory.reserve(format!("Sort of {:?}", self.query.id));
            RunBuilder::new(&self.encoder, Arc::clone(&self.types), memory)
        });
        building.push(&self.encoder, &keys, batch)?;
        if building.rows() >= RUN_ROWS {
            self.end_run()?;
        }
        Ok(())
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(self.end_run())
    }
}
