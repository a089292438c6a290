//! The held side: collected by the workers of one pipeline, then one array per column.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::AcqRel, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::eval::Evaluator;

use crate::contract::{FinalizeUnit, Sink, SinkFactory, WorkerId};
use crate::memory::Reservation;
use crate::pages::Pages;
use crate::query::QueryContext;
use crate::unit::{Units, unit};

/// Up to so many rows one unit finalizes them all.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// The rows, complete.
pub(crate) struct Held {
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) rows: usize,
    pub(crate) matched: Option<RowMarks>,
    pub(crate) _memory: Reservation,
}

/// A bit per row that workers set together.
pub(crate) struct RowMarks(Vec<AtomicU64>);

impl RowMarks {
    pub(crate) fn new(rows: usize, memory: &mut Reservation) -> Result<Self> {
        memory.grow(rows / 8 + 8)?;
        Ok(Self((0..rows.div_ceil(64)).map(|_| AtomicU64::new(0)).collect()))
    }

    pub(crate) fn set(&self, row: u32) {
        let (word, bit) = (&self.0[row as usize / 64], 1 << (row % 64));
        // Most rows that are marked are marked already: reading does not take the line away from others.
        if word.load(Relaxed) & bit == 0 {
            word.fetch_or(bit, Relaxed);
        }
    }

    pub(crate) fn get(&self, row: u32) -> bool {
        self.0[row as usize / 64].load(Relaxed) >> (row % 64) & 1 == 1
    }
}

/// What becomes of the complete columns: those of the side, then the computed ones.
pub(crate) trait Complete: Send + Sync {
    fn complete(&self, columns: Vec<ArrayRef>, rows: usize, memory: Reservation) -> Result<()>;
}

/// Collects a side, with some expressions over it computed and kept as further columns.
pub(crate) struct HeldSink<C> {
    input: Vec<ColumnId>,
    computed: Vec<ExprRef>,
    types: Arc<[SqlType]>,
    name: &'static str,
    query: Arc<QueryContext>,
    pages: Arc<Mutex<Vec<Pages>>>,
    complete: Arc<C>,
}

impl<C: Complete + 'static> HeldSink<C> {
    pub(crate) fn new(
        name: &'static str,
        (input, types): (Vec<ColumnId>, &[SqlType]),
        computed: Vec<ExprRef>,
        query: &Arc<QueryContext>,
        complete: Arc<C>,
    ) -> Self {
        let types = types.iter().chain(computed.iter().map(|expr| expr.data_type())).cloned().collect();
        Self { input, computed, types, name, query: Arc::clone(query), pages: Arc::default(), complete }
    }

    fn reserve(&self) -> Reservation {
        self.query.memory.reserve(format!("{} of {:?}", self.name, self.query.id))
    }
}

impl<C: Complete + 'static> SinkFactory for HeldSink<C> {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let evaluator = match self.computed.is_empty() {
            true => None,
            false => Some(Evaluator::new(&self.computed, &self.input, &self.query.eval)?),
        };
        let pages = Some(Pages::new(Arc::clone(&self.types), self.reserve()));
        Ok(Box::new(Collect { evaluator, pages, done: Arc::clone(&self.pages) }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let mut pages = std::mem::take(&mut *self.pages.lock().unwrap_or_else(PoisonError::into_inner));
        if pages.is_empty() {
            pages.push(Pages::new(Arc::clone(&self.types), self.reserve()));
        }
        let rows = pages.iter().map(Pages::rows).sum();
        if rows > u32::MAX as usize {
            return Err(internal!("a join holds more than 4 billion rows"));
        }
        // Pages and their copy exist together for a while.
        let bytes = pages.iter().map(Pages::bytes).sum();
        let mut memory = self.reserve();
        memory.grow(bytes)?;
        let concat = Concat {
            types: Arc::clone(&self.types),
            complete: Arc::clone(&self.complete),
            left: AtomicUsize::new(self.types.len()),
            columns: Mutex::new(vec![None; self.types.len()]),
            rows,
            pages: Mutex::new(Some(Arc::new(pages))),
            memory: Mutex::new(Some(memory)),
        };
        Ok(Arc::new(concat).units())
    }
}

struct Collect {
    evaluator: Option<Evaluator>,
    /// None once handed over.
    pages: Option<Pages>,
    done: Arc<Mutex<Vec<Pages>>>,
}

impl Sink for Collect {
    fn push(&mut self, batch: Batch) -> Result<()> {
        let batch = match &mut self.evaluator {
            Some(evaluator) => {
                let mut batch = batch.compact()?;
                let computed = evaluator.evaluate(&batch)?;
                batch.columns.extend(computed);
                batch
            }
            None => batch,
        };
        self.pages.as_mut().map_or(Ok(()), |pages| pages.push(batch))
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        let pages = self.pages.take().filter(|pages| pages.rows() > 0);
        self.done.lock().unwrap_or_else(PoisonError::into_inner).extend(pages);
        Poll::Ready(Ok(()))
    }
}

/// Pages to columns, one unit each; the last of them completes.
struct Concat<C> {
    types: Arc<[SqlType]>,
    complete: Arc<C>,
    left: AtomicUsize,
    columns: Mutex<Vec<Option<ArrayRef>>>,
    rows: usize,
    pages: Mutex<Option<Arc<Vec<Pages>>>>,
    memory: Mutex<Option<Reservation>>,
}

impl<C: Complete + 'static> Concat<C> {
    fn units(self: Arc<Self>) -> Units {
        let columns = self.types.len();
        if self.rows <= ROWS_AT_ONCE || columns == 0 {
            let all = move || {
                (0..columns).try_for_each(|at| self.concat(at))?;
                self.finish()
            };
            return vec![unit(move || all().map(|()| Vec::new()))];
        }
        let one = |at: usize| {
            let concat = Arc::clone(&self);
            unit(move || {
                concat.concat(at)?;
                if concat.left.fetch_sub(1, AcqRel) == 1 {
                    concat.finish()?;
                }
                Ok(Vec::new())
            })
        };
        (0..columns).map(one).collect()
    }

    fn concat(&self, at: usize) -> Result<()> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let pages = pages.ok_or_else(|| internal!("pages taken before all their columns"))?;
        let column = Pages::concat_column(&pages, at, &self.types[at])?;
        self.columns.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(column);
        Ok(())
    }

    fn finish(&self) -> Result<()> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).take();
        let columns = std::mem::take(&mut *self.columns.lock().unwrap_or_else(PoisonError::into_inner));
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).take();
        let memory = memory.ok_or_else(|| internal!("a join's side completed twice"))?;
        self.complete.complete(columns.into_iter().flatten().collect(), self.rows, memory)
    }
}
