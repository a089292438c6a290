//! Batches that are there already: literal rows, a table in memory, a finished stage's result.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use crate::contract::{Source, SourceFactory, WorkerId};

/// Hands out each batch once; workers share the cursor.
pub struct BatchesSource {
    batches: Arc<[Batch]>,
    next: Arc<AtomicUsize>,
}

impl BatchesSource {
    /// Cuts the batches to `batch_rows`; their order is the order of the morsels.
    pub fn new(batches: Vec<Batch>, batch_rows: usize) -> Self {
        let pieces = batches.into_iter().flat_map(|batch| pieces(batch, batch_rows.max(1)));
        let batches = pieces.enumerate().map(|(at, batch)| batch.with_morsel(at as u64)).collect();
        Self { batches, next: Arc::default() }
    }
}

fn pieces(batch: Batch, batch_rows: usize) -> impl Iterator<Item = Batch> {
    let starts = (0..batch.rows()).step_by(batch_rows);
    starts.map(move |start| batch.clone().slice(start, batch_rows))
}

impl SourceFactory for BatchesSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Batches { batches: Arc::clone(&self.batches), next: Arc::clone(&self.next) }))
    }

    fn workers_max(&self) -> usize {
        self.batches.len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.batches.iter().map(|batch| batch.rows() as u64).sum())
    }
}

struct Batches {
    batches: Arc<[Batch]>,
    next: Arc<AtomicUsize>,
}

impl Source for Batches {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let at = self.next.fetch_add(1, Relaxed);
        Poll::Ready(Ok(self.batches.get(at).cloned()))
    }
}
