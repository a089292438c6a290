//! The held side's own rows, after all workers of the probe are done: those without a partner (outer, anti) or with one
//! (semi).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use arrow::array::{BooleanArray, UInt32Array};
use firesteel_common::{Result, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::held::Held;
use super::{Emits, JoinShape};
use crate::contract::{Source, SourceFactory, WorkerId};

/// `held` gives the held side once it is complete.
pub(crate) struct UnmatchedSource<F> {
    pub(crate) shape: Arc<JoinShape>,
    pub(crate) held: F,
    pub(crate) batch_rows: usize,
    pub(crate) next: Arc<AtomicUsize>,
}

impl<F: Fn() -> Option<Arc<Held>> + Send + Sync> SourceFactory for UnmatchedSource<F> {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        let held = (self.held)().ok_or_else(|| internal!("a join's rows are read before they are complete"))?;
        let shape = Arc::clone(&self.shape);
        Ok(Box::new(Unmatched { shape, held, batch_rows: self.batch_rows, next: Arc::clone(&self.next) }))
    }

    fn workers_max(&self) -> usize {
        (self.held)().map_or(1, |held| held.rows.div_ceil(self.batch_rows)).max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        (self.held)().map(|held| held.rows as u64)
    }
}

struct Unmatched {
    shape: Arc<JoinShape>,
    held: Arc<Held>,
    batch_rows: usize,
    next: Arc<AtomicUsize>,
}

impl Source for Unmatched {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let piece = self.next.fetch_add(1, Relaxed);
        let start = piece * self.batch_rows;
        if start >= self.held.rows {
            return Poll::Ready(Ok(None));
        }
        let end = (start + self.batch_rows).min(self.held.rows);
        Poll::Ready(self.rows(start as u32, end as u32).map(|batch| Some(batch.with_morsel(piece as u64))))
    }
}

impl Unmatched {
    fn rows(&self, start: u32, end: u32) -> Result<Batch> {
        let wanted = matches!(self.shape.emits, Emits::Held { matched: true });
        let marks = self.held.matched.as_ref().ok_or_else(|| internal!("a join's rows without marks"))?;
        let all = self.shape.emits == Emits::HeldMark;
        let rows = UInt32Array::from_iter_values((start..end).filter(|row| all || marks.get(*row) == wanted));
        let columns = self.held.columns.iter().take(self.shape.held_types().len());
        let columns = columns.map(|array| Ok(Column::Array(arrow::compute::take(array, &rows, None)?)));
        let mut columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(match self.shape.emits {
            Emits::Held { .. } => Batch::new(columns, rows.len()),
            Emits::HeldMark => {
                let mark: BooleanArray = (start..end).map(|row| Some(marks.get(row))).collect();
                columns.push(Column::Array(Arc::new(mark)));
                Batch::new(columns, rows.len())
            }
            _ => Batch::new(self.shape.order(self.shape.probe_nulls(rows.len()), columns), rows.len()),
        })
    }
}
