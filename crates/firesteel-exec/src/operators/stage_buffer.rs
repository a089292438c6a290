//! A stage's output that stays in this process: what a Local exchange writes and a stage input reads.
//!
//! ```text
//! stage's workers ──batches──▶ StageBuffer (rows and bytes exact) ──morsels──▶ workers of the stages that read it
//!                                   └── when it would hold too much of the memory: each batch a segment on disk
//! ```
//! Batches are kept as they are, views compacted by what made them; memory is reserved by batch. Every reader sees all
//! batches, in the order of their morsels.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Context, Poll};

use firesteel_common::{Result, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use crate::contract::{FinalizeUnit, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::pages::without_waste;
use crate::query::QueryContext;
use crate::spill::{Segment, SpillFile, SpillSpace};
use crate::steps::poll_sink;

/// A buffer goes to disk when less than one part in so many of all memory would be left: those who read it need some.
const LEFT_FREE: usize = 2;
/// So many rows are written in one step.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// Shared by the sink that fills it and the sources that read it.
pub struct StageBuffer {
    filling: Mutex<Filling>,
    filled: OnceLock<Arc<[Piece]>>,
    space: Arc<SpillSpace>,
    metrics: Arc<OperatorMetrics>,
}

struct Filling {
    pieces: Vec<Piece>,
    rows: u64,
    /// Those on disk included.
    bytes: u64,
    reservation: Reservation,
}

/// A batch.
#[derive(Clone)]
enum Piece {
    Held(Batch),
    OnDisk { segment: Segment, morsel: u64, rows: usize },
}

impl Piece {
    fn morsel(&self) -> u64 {
        match self {
            Piece::Held(batch) => batch.morsel,
            Piece::OnDisk { morsel, .. } => *morsel,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Piece::Held(batch) => batch.rows(),
            Piece::OnDisk { rows, .. } => *rows,
        }
    }

    fn batch(&self) -> Result<Batch> {
        match self {
            Piece::Held(batch) => Ok(batch.clone()),
            Piece::OnDisk { segment, .. } => {
                let frame = segment.read()?.next().ok_or_else(|| internal!("a batch on disk is empty"))??;
                let columns = frame.columns().iter().map(|array| Column::Array(Arc::clone(array))).collect();
                Ok(Batch::new(columns, frame.num_rows()))
            }
        }
    }
}

impl StageBuffer {
    /// What goes to disk counts in `metrics`.
    pub fn new(query: &QueryContext, metrics: &Arc<OperatorMetrics>) -> Arc<Self> {
        let reservation = query.memory.reserve("Exchange local");
        let filling = Filling { pieces: Vec::new(), rows: 0, bytes: 0, reservation };
        Arc::new(Self {
            filling: Mutex::new(filling),
            filled: OnceLock::new(),
            space: Arc::clone(&query.spill),
            metrics: Arc::clone(metrics),
        })
    }

    fn filling(&self) -> MutexGuard<'_, Filling> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows and bytes that were put in.
    pub fn size(&self) -> (u64, u64) {
        let filling = self.filling();
        (filling.rows, filling.bytes)
    }

    /// Keeps a batch; what must go to disk instead comes back: it, and all that is held.
    fn add(&self, batch: Batch) -> Vec<Batch> {
        let bytes = batch.memory_size();
        let mut filling = self.filling();
        filling.rows += batch.rows() as u64;
        filling.bytes += bytes as u64;
        let may_hold = filling.reservation.size() + bytes <= self.space.operator_bytes_max;
        if may_hold && filling.reservation.try_grow_leaving(bytes, LEFT_FREE) {
            filling.pieces.push(Piece::Held(batch));
            return Vec::new();
        }
        let mut rest = vec![batch];
        filling.pieces.retain(|piece| match piece {
            Piece::Held(batch) => {
                rest.push(batch.clone());
                false
            }
            Piece::OnDisk { .. } => true,
        });
        filling.reservation.free();
        rest
    }

    fn seal(&self) {
        let mut filling = self.filling();
        let mut pieces = std::mem::take(&mut filling.pieces);
        pieces.sort_by_key(Piece::morsel);
        // Sealed once; a second time there is nothing new.
        let _ = self.filled.set(Arc::from(pieces));
    }
}

/// Fills a buffer.
pub struct StageBufferSink(pub Arc<StageBuffer>);

impl SinkFactory for StageBufferSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Fill { buffer: Arc::clone(&self.0), writing: Vec::new(), file: None }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        self.0.seal();
        Ok(Vec::new())
    }
}

/// Large dictionaries would be kept for the few of their entries that rows need.
fn without_dictionaries(mut batch: Batch) -> Result<Batch> {
    for column in batch.columns.iter_mut().filter(|column| column.as_dictionary().is_some()) {
        *column = Column::Array(without_waste(column.flat()?));
    }
    Ok(batch)
}

struct Fill {
    buffer: Arc<StageBuffer>,
    /// What is on its way to disk.
    writing: Vec<Batch>,
    file: Option<SpillFile>,
}

impl Fill {
    /// Writes some of what is on its way.
    fn step(&mut self) -> Result<()> {
        let mut rows = 0;
        while let Some(batch) = self.writing.pop() {
            let file = match self.file.take() {
                Some(file) => file,
                None => SpillFile::create(&self.buffer.space, &self.buffer.metrics)?,
            };
            let flat = batch.columns.iter().map(|column| column.flat().map(without_waste));
            let writer = file.begin().write(flat.collect::<Result<_>>()?, batch.rows())?;
            let (file, segment) = writer.finish()?;
            self.file = Some(file);
            let piece = Piece::OnDisk { segment, morsel: batch.morsel, rows: batch.rows() };
            self.buffer.filling().pieces.push(piece);
            rows += batch.rows();
            if rows >= ROWS_AT_ONCE {
                break;
            }
        }
        Ok(())
    }
}

impl Sink for Fill {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match self.writing.is_empty() {
            true => Poll::Ready(Ok(())),
            false => poll_sink(self.step(), cx),
        }
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        self.writing = self.buffer.add(without_dictionaries(batch.compact()?)?);
        Ok(())
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.poll_ready(cx)
    }
}

/// Reads buffers that are complete.
pub struct StageBufferSource {
    pieces: Arc<[Piece]>,
    next: Arc<AtomicUsize>,
}

impl StageBufferSource {
    /// Over the batches of all buffers, in their order.
    pub fn new(buffers: &[Arc<StageBuffer>]) -> Result<Self> {
        let unfinished = || internal!("a stage's output is read before it is complete");
        let pieces = |buffer: &Arc<StageBuffer>| buffer.filled.get().cloned().ok_or_else(unfinished);
        let next = Arc::default();
        if let [only] = buffers {
            return Ok(Self { pieces: pieces(only)?, next });
        }
        let all = buffers.iter().map(pieces).collect::<Result<Vec<_>>>()?;
        Ok(Self { pieces: all.iter().flat_map(|pieces| pieces.iter().cloned()).collect(), next })
    }
}

impl SourceFactory for StageBufferSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Read { pieces: Arc::clone(&self.pieces), next: Arc::clone(&self.next) }))
    }

    fn workers_max(&self) -> usize {
        self.pieces.len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.pieces.iter().map(|piece| piece.rows() as u64).sum())
    }
}

struct Read {
    pieces: Arc<[Piece]>,
    next: Arc<AtomicUsize>,
}

impl Source for Read {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let at = self.next.fetch_add(1, Relaxed);
        let batch = self.pieces.get(at).map(Piece::batch).transpose();
        Poll::Ready(batch.map(|batch| batch.map(|batch| batch.with_morsel(at as u64))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryPool;
    use crate::operators::by_hand::*;

    /// The rows, and how many bytes went to disk.
    fn through(query: &QueryContext, rows_in: &[Row], workers: usize) -> (Vec<Vec<String>>, u64) {
        let metrics = Arc::<OperatorMetrics>::default();
        let buffer = StageBuffer::new(query, &metrics);
        let sink: Arc<dyn SinkFactory> = Arc::new(StageBufferSink(Arc::clone(&buffer)));
        fill(&sink, deal(batches(rows_in, 100), workers)).expect("fill");
        assert_eq!(buffer.size().0, rows_in.len() as u64);
        let source: Arc<dyn SourceFactory> =
            Arc::new(StageBufferSource::new(&[Arc::clone(&buffer)]).expect("complete"));
        // A second reader sees the same.
        let again: Arc<dyn SourceFactory> = Arc::new(StageBufferSource::new(&[buffer]).expect("complete"));
        let output = rows(&drain(&source), 4);
        assert!(output == rows(&drain(&again), 4));
        (output, metrics.snapshot().spill_bytes)
    }

    #[test]
    fn what_memory_does_not_hold_is_on_disk() {
        let rows_in: Vec<Row> = (0..20_000).map(|at: i32| (Some(at % 10), None, None, i64::from(at))).collect();
        let expected: Vec<_> = rows_in.iter().map(row_text).collect();
        for (limit, spills) in [(usize::MAX, false), (400_000, true), (50_000, true)] {
            let memory = MemoryPool::new(limit);
            let query = QueryContext::new(Arc::default(), Arc::clone(&memory), 2);
            for workers in [1, 3] {
                let (mut output, spilled) = through(&query, &rows_in, workers);
                assert_eq!(spilled > 0, spills, "{limit} bytes");
                if workers > 1 {
                    output.sort_by_key(|row| row[3].parse::<i64>().expect("a number"));
                }
                assert!(output == expected, "{limit} bytes, {workers} workers");
            }
            assert_eq!(memory.used(), 0, "memory is given back");
        }
    }
}
