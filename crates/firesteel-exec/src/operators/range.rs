//! Numbers in a row: workers claim pieces of them from a shared cursor.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use arrow::array::Int64Array;
use firesteel_common::Result;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_plan::physical::Range;

use crate::contract::{Source, SourceFactory, WorkerId};

#[derive(Clone)]
pub struct RangeSource {
    range: Range,
    batch_rows: u64,
    /// The next piece.
    next: Arc<AtomicU64>,
}

impl RangeSource {
    pub fn new(range: &Range, batch_rows: usize) -> Self {
        Self { range: range.clone(), batch_rows: batch_rows.max(1) as u64, next: Arc::default() }
    }

    fn pieces(&self) -> u64 {
        self.range.count.div_ceil(self.batch_rows)
    }

    /// The bounds of a range may lie further apart than i64 counts: it wraps around and arrives all the same.
    fn number(&self, at: u64) -> i64 {
        self.range.start.wrapping_add(self.range.step.wrapping_mul(at as i64))
    }
}

impl SourceFactory for RangeSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(self.clone()))
    }

    fn workers_max(&self) -> usize {
        usize::try_from(self.pieces()).unwrap_or(usize::MAX).max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.range.count)
    }
}

impl Source for RangeSource {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let piece = self.next.fetch_add(1, Relaxed);
        if piece >= self.pieces() {
            return Poll::Ready(Ok(None));
        }
        let start = piece * self.batch_rows;
        let end = self.range.count.min(start.saturating_add(self.batch_rows));
        let numbers = Int64Array::from_iter_values((start..end).map(|at| self.number(at)));
        let batch = Batch::new(vec![Column::Array(Arc::new(numbers))], (end - start) as usize);
        Poll::Ready(Ok(Some(batch.with_morsel(piece))))
    }
}
