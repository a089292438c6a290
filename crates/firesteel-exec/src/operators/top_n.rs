//! The first rows of an order, without sorting the rest.
//!
//! ```text
//! worker: rows below the bound ──▶ buffer ──when it has grown to a multiple──▶ sorted, cut ──▶ a lower bound for all
//! finalize: the workers' few rows merged; source: those in the range
//! ```

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, BooleanArray, Scalar, UInt32Array};
use arrow::compute::is_null;
use arrow::compute::kernels::cmp;
use firesteel_common::{ColumnId, Result, SqlType, internal};
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
    if plan.keys.is_empty() {
        return Err(internal!("the first rows of no order"));
    }
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
struct Bound(Mutex<Option<Arc<BoundKey>>>);

struct BoundKey {
    encoded: Box<[u8]>,
    /// The first key column's value, one row: most rows are refused by it alone, before anything is encoded.
    first: ArrayRef,
}

impl Bound {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<BoundKey>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self) -> Option<Arc<BoundKey>> {
        self.lock().clone()
    }

    fn lower(&self, key: &[u8], encoder: &KeyEncoder) -> Result<()> {
        let mut bound = self.lock();
        if bound.as_ref().is_none_or(|known| key < known.encoded.as_ref()) {
            *bound = Some(Arc::new(BoundKey { encoded: key.into(), first: encoder.first_of(key)? }));
        }
        Ok(())
    }
}

impl BoundKey {
    /// The rows whose first key does not come after the bound's; `None` when comparing it is of no use.
    fn not_after(&self, first: &ArrayRef, key: &SortKey) -> Result<Option<BooleanArray>> {
        if first.data_type().is_nested() || first.data_type().is_null() {
            return Ok(None);
        }
        if self.first.is_null(0) {
            return Ok(key.nulls_first.then(|| is_null(first)).transpose()?);
        }
        let bound = Scalar::new(Arc::clone(&self.first));
        let passed = match key.descending {
            true => cmp::gt_eq(first, &bound)?,
            false => cmp::lt_eq(first, &bound)?,
        };
        // A comparison with NULL is NULL, which filters take for false.
        Ok(Some(match (key.nulls_first, first.nulls()) {
            (true, Some(nulls)) => BooleanArray::new(passed.values() | &!nulls.inner(), None),
            _ => passed,
        }))
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
            first: self.keys[0].clone(),
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
    first: SortKey,
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
        let Some(bound) = self.bound.get() else { return Ok((keys, batch)) };
        let (keys, batch) = match bound.not_after(&keys[0], &self.first)? {
            Some(passed) => keep(keys, batch, Selection::from_mask(&passed))?,
            None => (keys, batch),
        };
        if batch.is_empty() {
            return Ok((keys, batch));
        }
        let encoded = self.encoder.encode(&keys)?;
        let below = encoded.iter().enumerate().filter(|(_, key)| key.data() < bound.encoded.as_ref());
        let below = UInt32Array::from_iter_values(below.map(|(row, _)| row as u32));
        keep(keys, batch, Selection::from_indices(below))
    }

    /// Only the wanted rows stay, and none above the last of them is of any use from now on.
    fn cut(&mut self) -> Result<()> {
        let Some(buffer) = self.buffer.take() else { return Ok(()) };
        let run = buffer.sort()?;
        if run.len() >= self.wanted {
            self.bound.lower(run.key(self.wanted - 1), &self.encoder)?;
        }
        self.buffer = Some(run.head(self.wanted, &self.encoder, Arc::clone(&self.types))?);
        Ok(())
    }
}

/// Some of the rows that count.
fn keep(keys: Vec<ArrayRef>, batch: Batch, chosen: Selection) -> Result<(Vec<ArrayRef>, Batch)> {
    if chosen.len() == batch.rows() {
        return Ok((keys, batch));
    }
    let keys = keys.iter().map(|key| arrow::compute::take(key, chosen.indices(), None));
    let keys = keys.collect::<std::result::Result<_, _>>()?;
    let selection = match batch.selection() {
        Some(outer) => outer.narrow(&chosen),
        None => chosen,
    };
    Ok((keys, batch.with_selection(selection)))
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
