//! Finished rows on their way out: a finalization fills them in, the workers of a source share them.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use crate::contract::{Source, SourceFactory, WorkerId};
use crate::memory::Reservation;

/// Large batches, filled in while finalizing and read afterwards in pieces. Their order says nothing.
pub(crate) struct ReadyBatches {
    filling: Mutex<Vec<Batch>>,
    /// Given back when the query's machines are.
    held: Mutex<Vec<Reservation>>,
    pieces: OnceLock<Vec<Piece>>,
    next: AtomicUsize,
    batch_rows: usize,
}

struct Piece {
    batch: Batch,
    start: usize,
}

impl ReadyBatches {
    pub(crate) fn new(batch_rows: usize) -> Arc<Self> {
        Arc::new(Self {
            filling: Mutex::default(),
            held: Mutex::default(),
            pieces: OnceLock::new(),
            next: AtomicUsize::new(0),
            batch_rows,
        })
    }

    pub(crate) fn add(&self, batch: Batch, memory: Reservation) {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).push(memory);
    }

    fn pieces(&self) -> &[Piece] {
        self.pieces.get_or_init(|| {
            let batches = std::mem::take(&mut *self.filling.lock().unwrap_or_else(PoisonError::into_inner));
            let cut = |batch: Batch| {
                let starts = (0..batch.rows()).step_by(self.batch_rows);
                starts.map(move |start| Piece { batch: batch.clone(), start })
            };
            batches.into_iter().flat_map(cut).collect()
        })
    }
}

/// One large batch on its way out, in pieces; its memory is given back after the last one.
pub(crate) struct Slices {
    batch: Batch,
    at: usize,
    _memory: Reservation,
}

impl Slices {
    pub(crate) fn new(batch: Batch, memory: Reservation) -> Self {
        Self { batch, at: 0, _memory: memory }
    }

    pub(crate) fn next(&mut self, rows_max: usize) -> Option<Batch> {
        let rows = rows_max.min(self.batch.rows() - self.at);
        let slice = (rows > 0).then(|| self.batch.clone().slice(self.at, rows));
        self.at += rows;
        slice
    }
}

pub(crate) struct ReadySource(pub(crate) Arc<ReadyBatches>);

impl SourceFactory for ReadySource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Reader(Arc::clone(&self.0))))
    }

    fn workers_max(&self) -> usize {
        self.0.pieces().len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some((self.0.pieces().len() * self.0.batch_rows) as u64)
    }
}

struct Reader(Arc<ReadyBatches>);

impl Source for Reader {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let ready = &self.0;
        let at = ready.next.fetch_add(1, Relaxed);
        let Some(piece) = ready.pieces().get(at) else { return Poll::Ready(Ok(None)) };
        let batch = piece.batch.clone().slice(piece.start, ready.batch_rows);
        Poll::Ready(Ok(Some(batch.with_morsel(at as u64))))
    }
}
