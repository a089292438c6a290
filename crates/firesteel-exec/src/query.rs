//! What the machines of one query share: [`QueryContext`].

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use firesteel_common::{Result, bail};
use firesteel_expr::batch::BATCH_ROWS;
use firesteel_expr::eval::EvalContext;
use firesteel_plan::physical::RuntimeFilterId;
use hashbrown::HashMap;

use crate::contract::RuntimeFilter;
use crate::memory::MemoryPool;
use crate::metrics::{MetricsSet, ScanProgress};
use crate::spill::SpillSpace;

/// Unique within the process.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryId(pub u64);

impl QueryId {
    pub fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

impl fmt::Debug for QueryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "query {}", self.0)
    }
}

/// One query on this machine. Made once, shared by everything that works for it.
pub struct QueryContext {
    pub id: QueryId,
    pub eval: Arc<EvalContext>,
    pub memory: Arc<MemoryPool>,
    pub metrics: MetricsSet,
    pub progress: ScanProgress,
    pub filters: RuntimeFilters,
    /// How many workers a pipeline may have; may exceed the threads.
    pub workers: usize,
    /// Sources give no more rows than this at once; a test mode sets 3.
    pub batch_rows: usize,
    /// A pipeline with fewer rows than this (by its source's hint) starts one worker only; a test mode sets 0.
    pub parallel_rows_min: u64,
    /// Where operators put what memory does not hold.
    pub spill: Arc<SpillSpace>,
    cancelled: AtomicBool,
    on_cancel: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl QueryContext {
    pub fn new(eval: Arc<EvalContext>, memory: Arc<MemoryPool>, workers: usize) -> Self {
        Self {
            id: QueryId::fresh(),
            eval,
            memory,
            metrics: MetricsSet::default(),
            progress: ScanProgress::default(),
            filters: RuntimeFilters::default(),
            workers: workers.max(1),
            batch_rows: BATCH_ROWS,
            parallel_rows_min: 4 * BATCH_ROWS as u64,
            spill: Arc::default(),
            cancelled: AtomicBool::new(false),
            on_cancel: OnceLock::new(),
        }
    }

    /// Test modes: tiny batches show what gets lost at their borders.
    pub fn with_batch_rows(mut self, batch_rows: usize) -> Self {
        self.batch_rows = batch_rows.max(1);
        self
    }

    /// Test modes: 0 makes every pipeline start all its workers.
    pub fn with_parallel_rows_min(mut self, rows: u64) -> Self {
        self.parallel_rows_min = rows;
        self
    }

    pub fn with_spill(mut self, space: SpillSpace) -> Self {
        self.spill = Arc::new(space);
        self
    }

    /// Every task of the query ends at its next batch; waiting ones are woken to end. The query's result is an error
    /// unless it had already ended.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::SeqCst);
        if let Some(wake) = self.on_cancel.get() {
            wake();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// What long loops (a sort, a cross product) ask between pieces; the driver asks between batches.
    pub fn check_cancelled(&self) -> Result<()> {
        if self.is_cancelled() {
            bail!(CANCELLED);
        }
        Ok(())
    }

    /// How the executor learns that waiting tasks must be woken.
    pub(crate) fn set_on_cancel(&self, wake: Box<dyn Fn() + Send + Sync>) {
        // A query runs once: a second registration would be the same one.
        let _ = self.on_cancel.set(wake);
        if self.is_cancelled() {
            self.cancel();
        }
    }
}

type FilterCell = Arc<OnceLock<Arc<dyn RuntimeFilter>>>;

/// The runtime filters that the plan has declared. A slot is empty until a *complete* build publishes into it, once.
#[derive(Default)]
pub struct RuntimeFilters {
    // Locked when a machine opens its slot, not per batch.
    slots: Mutex<HashMap<RuntimeFilterId, FilterCell>>,
}

impl RuntimeFilters {
    /// The place where the filter will appear: looking into it costs one atomic load.
    pub fn slot(&self, id: RuntimeFilterId) -> FilterSlot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        FilterSlot(Arc::clone(slots.entry(id).or_default()))
    }

    pub fn publish(&self, id: RuntimeFilterId, filter: Arc<dyn RuntimeFilter>) {
        self.slot(id).publish(filter);
    }

    pub fn get(&self, id: RuntimeFilterId) -> Option<Arc<dyn RuntimeFilter>> {
        self.slot(id).get().cloned()
    }
}

#[derive(Clone)]
pub struct FilterSlot(FilterCell);

impl FilterSlot {
    pub fn get(&self) -> Option<&Arc<dyn RuntimeFilter>> {
        self.0.get()
    }

    /// The first filter stays.
    pub fn publish(&self, filter: Arc<dyn RuntimeFilter>) {
        let _ = self.0.set(filter);
    }
}
