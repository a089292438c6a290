//! The first rows of an order, without sorting the rest.
//!
//! ```text
//! worker: rows below the bound ──▶ buffer ──when it has grown to a multiple──▶ sorted, cut ──▶ a lower bound for all
//! finalize: the workers' few rows merged; source: those in the range
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, UInt32Array};
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::{Batch, Selection};
use firesteel_plan::Schema;
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::TopN;

use super::limit::RowRange;
use super::sort::keys::KeyEncoder;
use super::sort::merge;
use super::sort::output::{Sorted, SortedSource};
use super::sort::run::{Run, RunBuilder};
use crate::contract::{FinalizeUnit, Sink, SinkFactory, SourceFactory, WorkerId};
use crate::query::QueryContext;

/// The buffer is cut when it has this many times the rows that are wanted, and at least so many rows.
const GROWTH: usize = 2;
const BUFFER_MIN: usize = 1024;

/// `input`: the columns of the child. The source starts after the sink is finalized; its morsels are in order.
pub fn build(
    plan: &TopN,
    input: &Schema,
    query: &Arc<QueryContext>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let sorted = Arc::new(Sorted::new(RowRange::new(plan.offset, Some(plan.count)), query.batch_rows));
    let wanted = usize::try_from(plan.offset.saturating_add(plan.count)).unwrap_or(usize::MAX);
    let sink = TopNSink {
        keys: plan.keys.clone(),
        input: input.ids(),
        types: input.columns.iter().map(|column| column.data_type.clone()).collect(),
        query: Arc::clone(query),
        wanted: if plan.count == 0 { 0 } else { wanted },
        bound: Arc::default(),
        runs: Arc::default(),
        sorted: Arc::clone(&sorted),
    };
    Ok((Arc::new(sink), Arc::new(SortedSource(sorted))))
}

/// The lowest key of which some worker knows that it has enough rows up to there.
#[derive(Default)]
struct Bound(Mutex<Option<Box<[u8]>>>);

impl Bound {
    fn get(&self) -> MutexGuard<'_, Option<Box<[u8]>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lower(&self, key: &[u8]) {
        let mut bound = self.get();
        if bound.as_ref().is_none_or(|known| key < known.as_ref()) {
            *bound = Some(key.into());
        }
    }
}

struct TopNSink {
    keys: Vec<SortKey>,
    input: Vec<ColumnId>,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    wanted: usize,
    bound: Arc<Bound>,
    runs: Arc<Mutex<Vec<Run>>>,
    sorted: Arc<Sorted>,
}

impl SinkFactory for TopNSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Chooser {
            encoder: KeyEncoder::new(&self.keys, &self.input, &self.query.eval)?,
            types: Arc::clone(&self.types),
            query: Arc::clone(&self.query),
            wanted: self.wanted,
            buffer: None,
            bound: Arc::clone(&self.bound),
            runs: Arc::clone(&self.runs),
        }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        let memory = self.query.memory.reserve(format!("TakeOrdered merge of {:?}", self.query.id));
        merge::finalize(runs, &self.types, &self.sorted, memory)
    }
}

struct Chooser {
    encoder: KeyEncoder,
    types: Arc<[SqlType]>,
    query: Arc<QueryContext>,
    wanted: usize,
    buffer: Option<RunBuilder>,
    bound: Arc<Bound>,
    runs: Arc<Mutex<Vec<Run>>>,
}

impl Chooser {
    /// The rows of the batch that are below the bound, with their keys.
    fn below_bound(&self, keys: Vec<ArrayRef>, batch: Batch) -> Result<(Vec<ArrayRef>, Batch)> {
        let bound = self.bound.get().clone();
        let Some(bound) = bound else { return Ok((keys, batch)) };
        let encoded = self.encoder.encode(&keys)?;
        let below = encoded.iter().enumerate().filter(|(_, key)| key.data() < bound.as_ref());
        let below = UInt32Array::from_iter_values(below.map(|(row, _)| row as u32));
        if below.len() == batch.rows() {
            return Ok((keys, batch));
        }
        let keys = keys.iter().map(|key| arrow::compute::take(key, &below, None));
        let keys = keys.collect::<std::result::Result<_, _>>()?;
        let below = Selection::from_indices(below);
        let selection = match batch.selection() {
            Some(outer) => outer.narrow(&below),
            None => below,
        };
        Ok((keys, batch.with_selection(selection)))
    }

    /// Only the wanted rows stay, and none above the last of them is of any use from now on.
    fn cut(&mut self) -> Result<()> {
        let Some(buffer) = self.buffer.take() else { return Ok(()) };
        let run = buffer.sort()?;
        if run.len() >= self.wanted {
            self.bound.lower(run.key(self.wanted - 1));
        }
        self.buffer = Some(run.head(self.wanted, &self.encoder, Arc::clone(&self.types))?);
        Ok(())
    }
}

impl Sink for Chooser {
    fn push(&mut self, batch: Batch) -> Result<()> {
        let keys = self.encoder.evaluate(&batch)?;
        let (keys, batch) = self.below_bound(keys, batch)?;
        if batch.is_empty() {
            return Ok(());
        }
        let buffer = self.buffer.get_or_insert_with(|| {
            let memory = self.query.memory.reserve(format!("TakeOrdered of {:?}", self.query.id));
            RunBuilder::new(&self.encoder, Arc::clone(&self.types), memory)
        });
        buffer.push(&self.encoder, &keys, batch)?;
        if buffer.rows() >= BUFFER_MIN.max(self.wanted.saturating_mul(GROWTH)) {
            self.cut()?;
        }
        Ok(())
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        let run = match self.buffer.take().filter(|_| self.wanted > 0).map(RunBuilder::sort).transpose() {
            Ok(run) => run,
            Err(error) => return Poll::Ready(Err(error)),
        };
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).extend(run);
        Poll::Ready(Ok(()))
    }

    fn is_done(&self) -> bool {
        self.wanted == 0
    }
}
