//! Skips some rows, then lets some pass, whichever come first. Workers share one counter.
//!
//! Where the order matters the pipeline has one worker, or the collecting sink counts (`CollectOptions`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use crate::contract::{Operator, OperatorFactory, WorkerId};

/// Which rows of a sequence pass: those numbered `offset..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowRange {
    offset: u64,
    end: u64,
}

impl RowRange {
    pub fn new(offset: u64, count: Option<u64>) -> Self {
        Self { offset, end: count.map_or(u64::MAX, |count| offset.saturating_add(count)) }
    }

    /// Whether no row from number `seen` on passes.
    pub(crate) fn is_over(&self, seen: u64) -> bool {
        seen >= self.end
    }

    /// Of `rows` rows, the first of which has the number `seen`, those that pass: from, to.
    pub(crate) fn within(&self, rows: u64, seen: u64) -> (u64, u64) {
        (self.offset.saturating_sub(seen).min(rows), self.end.saturating_sub(seen).min(rows))
    }

    /// Of a batch whose first row has the number `seen`, the rows that pass.
    pub(crate) fn cut(&self, batch: Batch, seen: u64) -> Batch {
        let rows = batch.rows() as u64;
        match self.within(rows, seen) {
            (0, to) if to == rows => batch,
            (from, to) => batch.slice(from as usize, to.saturating_sub(from) as usize),
        }
    }
}

pub struct LimitFactory {
    range: RowRange,
    seen: Arc<AtomicU64>,
}

impl LimitFactory {
    pub fn new(offset: u64, count: Option<u64>) -> Self {
        Self { range: RowRange::new(offset, count), seen: Arc::default() }
    }
}

impl OperatorFactory for LimitFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(Limit { range: self.range, seen: Arc::clone(&self.seen), output: None }))
    }
}

struct Limit {
    range: RowRange,
    seen: Arc<AtomicU64>,
    output: Option<Batch>,
}

impl Operator for Limit {
    fn push(&mut self, input: Batch) -> Result<()> {
        let seen = self.seen.fetch_add(input.rows() as u64, Relaxed);
        self.output = Some(self.range.cut(input, seen));
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }

    fn is_done(&self) -> bool {
        self.range.is_over(self.seen.load(Relaxed))
    }
}
