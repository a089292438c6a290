//! A stage's output that stays in this process: what a Local exchange writes and a stage input reads.
//!
//! ```text
//! stage's workers ──batches──▶ StageBuffer (rows and bytes exact) ──morsels──▶ workers of the stages that read it
//! ```
//! Batches are kept as they are, views compacted by what made them; memory is reserved by batch. Every reader sees all
//! batches, in the order of their morsels.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};

use firesteel_common::{Result, internal};
use firesteel_expr::batch::Batch;

use crate::contract::{FinalizeUnit, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::memory::Reservation;
use crate::query::QueryContext;

/// Shared by the sink that fills it and the sources that read it.
pub struct StageBuffer {
    filling: Mutex<Filling>,
    filled: OnceLock<Arc<[Batch]>>,
}

struct Filling {
    batches: Vec<Batch>,
    rows: u64,
    reservation: Reservation,
}

impl StageBuffer {
    pub fn new(query: &QueryContext) -> Arc<Self> {
        let reservation = query.memory.reserve("Exchange local");
        let filling = Filling { batches: Vec::new(), rows: 0, reservation };
        Arc::new(Self { filling: Mutex::new(filling), filled: OnceLock::new() })
    }

    /// Rows and bytes held.
    pub fn size(&self) -> (u64, u64) {
        let filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        (filling.rows, filling.reservation.size() as u64)
    }

    fn add(&self, batches: Vec<Batch>, bytes: usize) -> Result<()> {
        let mut filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        filling.reservation.grow(bytes)?;
        filling.rows += batches.iter().map(|batch| batch.rows() as u64).sum::<u64>();
        filling.batches.extend(batches);
        Ok(())
    }

    fn seal(&self) {
        let mut filling = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batches = std::mem::take(&mut filling.batches);
        batches.sort_by_key(|batch| batch.morsel);
        // Sealed once; a second time there is nothing new.
        let _ = self.filled.set(Arc::from(batches));
    }
}

/// Fills a buffer.
pub struct StageBufferSink(pub Arc<StageBuffer>);

impl SinkFactory for StageBufferSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Fill { buffer: Arc::clone(&self.0) }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        self.0.seal();
        Ok(Vec::new())
    }
}

struct Fill {
    buffer: Arc<StageBuffer>,
}

impl Sink for Fill {
    fn push(&mut self, batch: Batch) -> Result<()> {
        let batch = batch.compact()?;
        let bytes = batch.memory_size();
        self.buffer.add(vec![batch], bytes)
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Reads buffers that are complete.
pub struct StageBufferSource {
    batches: Arc<[Batch]>,
    next: Arc<AtomicUsize>,
}

impl StageBufferSource {
    /// Over the batches of all buffers, in their order.
    pub fn new(buffers: &[Arc<StageBuffer>]) -> Result<Self> {
        let unfinished = || internal!("a stage's output is read before it is complete");
        let batches = |buffer: &Arc<StageBuffer>| buffer.filled.get().cloned().ok_or_else(unfinished);
        let next = Arc::default();
        if let [only] = buffers {
            return Ok(Self { batches: batches(only)?, next });
        }
        let all = buffers.iter().map(batches).collect::<Result<Vec<_>>>()?;
        Ok(Self { batches: all.iter().flat_map(|batches| batches.iter().cloned()).collect(), next })
    }
}

impl SourceFactory for StageBufferSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Read { batches: Arc::clone(&self.batches), next: Arc::clone(&self.next) }))
    }

    fn workers_max(&self) -> usize {
        self.batches.len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.batches.iter().map(|batch| batch.rows() as u64).sum())
    }
}

struct Read {
    batches: Arc<[Batch]>,
    next: Arc<AtomicUsize>,
}

impl Source for Read {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let at = self.next.fetch_add(1, Relaxed);
        Poll::Ready(Ok(self.batches.get(at).map(|batch| batch.clone().with_morsel(at as u64))))
    }
}
