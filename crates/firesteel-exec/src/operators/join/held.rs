//! The held side: collected by the workers of one pipeline, then one array per column.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::AcqRel, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::eval::Evaluator;

use super::disk::{Cutter, JoinDisk};
use crate::contract::{FinalizeUnit, Sink, SinkFactory, WorkerId};
use crate::memory::Reservation;
use crate::pages::Pages;
use crate::query::QueryContext;
use crate::steps::poll_sink;
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

    /// Where rows go that memory does not hold; `None`: such a side is an error.
    fn disk(&self) -> Option<&Arc<JoinDisk>> {
        None
    }

    /// About what completing so many rows takes besides them.
    fn more_bytes(&self, _rows: usize) -> usize {
        0
    }
}

/// Collects a side, with some expressions over it computed and kept as further columns.
pub(crate) struct HeldSink<C> {
    input: Vec<ColumnId>,
    computed: Vec<ExprRef>,
    side: Arc<Side<C>>,
}

/// What its workers and the finalization share.
struct Side<C> {
    types: Arc<[SqlType]>,
    name: &'static str,
    query: Arc<QueryContext>,
    /// Of workers that have ended.
    pages: Mutex<Vec<Pages>>,
    complete: Arc<C>,
}

impl<C: Complete> Side<C> {
    fn reserve(&self) -> Reservation {
        self.query.memory.reserve(format!("{} of {:?}", self.name, self.query.id))
    }

    fn pages(&self) -> Pages {
        Pages::new(Arc::clone(&self.types), self.reserve())
    }
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
        let side = Side { types, name, query: Arc::clone(query), pages: Mutex::default(), complete };
        Self { input, computed, side: Arc::new(side) }
    }
}

impl<C: Complete + 'static> SinkFactory for HeldSink<C> {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let evaluator = match self.computed.is_empty() {
            true => None,
            false => Some(Evaluator::new(&self.computed, &self.input, &self.side.query.eval)?),
        };
        let cutter = self.side.complete.disk().map(|disk| Cutter::of_build(disk)).transpose()?;
        Ok(Box::new(Collect { evaluator, pages: self.side.pages(), cutter, side: Arc::clone(&self.side) }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let side = &self.side;
        let mut pages = std::mem::take(&mut *side.pages.lock().unwrap_or_else(PoisonError::into_inner));
        let rows = pages.iter().map(Pages::rows).sum();
        // Pages and their copy exist together for a while.
        let bytes: usize = pages.iter().map(Pages::bytes).sum();
        let more = side.complete.more_bytes(rows);
        let mut memory = side.reserve();
        if let Some(disk) = side.complete.disk()
            && (disk.is_used() || !memory.try_grow(bytes + more))
        {
            let cut = |pages: Pages| {
                let mut cutter = Cutter::of_build(disk)?;
                cutter.begin(pages, disk);
                Ok(go_on(Arc::clone(disk), cutter))
            };
            return pages.into_iter().map(cut).collect();
        }
        match side.complete.disk() {
            Some(_) => memory.shrink(more),
            None => memory.grow(bytes)?,
        }
        if pages.is_empty() {
            pages.push(side.pages());
        }
        if rows > u32::MAX as usize {
            return Err(internal!("a join holds more than 4 billion rows"));
        }
        let concat = Concat {
            types: Arc::clone(&side.types),
            complete: Arc::clone(&side.complete),
            left: AtomicUsize::new(side.types.len()),
            columns: Mutex::new(vec![None; side.types.len()]),
            rows,
            pages: Mutex::new(Some(Arc::new(pages))),
            memory: Mutex::new(Some(memory)),
        };
        Ok(Arc::new(concat).units())
    }
}

/// Puts a worker's rows on disk, some at a time.
fn go_on(disk: Arc<JoinDisk>, mut cutter: Cutter) -> Box<dyn FinalizeUnit> {
    unit(move || {
        if cutter.is_writing() {
            cutter.step(&disk)?;
            return Ok(vec![go_on(disk, cutter)]);
        }
        cutter.finish(&disk);
        Ok(Vec::new())
    })
}

struct Collect<C> {
    evaluator: Option<Evaluator>,
    pages: Pages,
    /// Where rows can go to disk; None once handed over.
    cutter: Option<Cutter>,
    side: Arc<Side<C>>,
}

impl<C: Complete> Collect<C> {
    /// What is held goes to disk.
    fn cut(&mut self) {
        if let (Some(cutter), Some(disk)) = (&mut self.cutter, self.side.complete.disk()) {
            cutter.begin(std::mem::replace(&mut self.pages, self.side.pages()), disk);
        }
    }
}

impl<C: Complete> Sink for Collect<C> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let (Some(cutter), Some(disk)) = (&mut self.cutter, self.side.complete.disk()) else {
            return Poll::Ready(Ok(()));
        };
        match cutter.is_writing() {
            true => poll_sink(cutter.step(disk), cx),
            false => Poll::Ready(Ok(())),
        }
    }

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
        if self.cutter.is_none() {
            return self.pages.push(batch);
        }
        let granted = self.pages.add(batch)?;
        if !granted || self.pages.bytes() > self.side.query.spill.operator_bytes_max {
            self.cut();
        }
        Ok(())
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_ready(cx))?;
        let on_disk = self.side.complete.disk().is_some_and(|disk| disk.is_used());
        if self.pages.rows() > 0 && on_disk && self.cutter.is_some() {
            self.cut();
            return self.poll_finish(cx);
        }
        if self.pages.rows() > 0 {
            let pages = std::mem::replace(&mut self.pages, self.side.pages());
            self.side.pages.lock().unwrap_or_else(PoisonError::into_inner).push(pages);
        }
        if let (Some(cutter), Some(disk)) = (self.cutter.take(), self.side.complete.disk()) {
            cutter.finish(disk);
        }
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
