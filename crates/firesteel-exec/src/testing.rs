//! Machines for tests, made of closures.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Once, mpsc};
use std::task::{Context, Poll};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use crate::contract::{Operator, OperatorFactory, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::memory::MemoryPool;
use crate::metrics::OperatorId;
use crate::query::QueryContext;

pub(crate) const OP: OperatorId = OperatorId(0);

pub(crate) fn query(memory: &Arc<MemoryPool>, workers: usize) -> Arc<QueryContext> {
    Arc::new(QueryContext::new(Arc::default(), Arc::clone(memory), workers))
}

/// Rows without columns.
pub(crate) fn rows(rows: usize) -> Batch {
    Batch::new(Vec::new(), rows)
}

/// What `poll` of the closure says, for each of `workers` workers.
pub(crate) struct SourceOf<F> {
    pub(crate) workers: usize,
    pub(crate) poll: Arc<F>,
}

pub(crate) fn source<F>(workers: usize, poll: F) -> Arc<SourceOf<F>>
where
    F: Fn(&mut Context<'_>) -> Poll<Result<Option<Batch>>> + Send + Sync + 'static,
{
    Arc::new(SourceOf { workers, poll: Arc::new(poll) })
}

/// `batches` batches of so many rows.
pub(crate) fn counted_source(workers: usize, batches: u64, batch_rows: usize) -> Arc<dyn SourceFactory> {
    let next = AtomicU64::new(0);
    source(workers, move |_| {
        let at = next.fetch_add(1, SeqCst);
        Poll::Ready(Ok((at < batches).then(|| rows(batch_rows).with_morsel(at))))
    })
}

impl<F> SourceFactory for SourceOf<F>
where
    F: Fn(&mut Context<'_>) -> Poll<Result<Option<Batch>>> + Send + Sync + 'static,
{
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Polled(Arc::clone(&self.poll))))
    }

    fn workers_max(&self) -> usize {
        self.workers
    }
}

struct Polled<F>(Arc<F>);

impl<F> Source for Polled<F>
where
    F: Fn(&mut Context<'_>) -> Poll<Result<Option<Batch>>> + Send + Sync,
{
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        (self.0)(cx)
    }
}

/// An operator that maps batches.
pub(crate) struct Map<F>(pub(crate) F);

impl<F: Fn(Batch) -> Result<Batch> + Clone + Send + Sync + 'static> OperatorFactory for Map<F> {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(Mapping { map: self.0.clone(), output: None }))
    }
}

struct Mapping<F> {
    map: F,
    output: Option<Batch>,
}

impl<F: Fn(Batch) -> Result<Batch> + Send> Operator for Mapping<F> {
    fn push(&mut self, input: Batch) -> Result<()> {
        self.output = Some((self.map)(input)?);
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(self.output.take())
    }
}

/// A sink that counts rows.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) rows: Arc<AtomicU64>,
}

impl SinkFactory for Count {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        Ok(Box::new(Counting { total: Arc::clone(&self.rows), rows: 0 }))
    }
}

struct Counting {
    total: Arc<AtomicU64>,
    rows: u64,
}

impl Sink for Counting {
    fn push(&mut self, batch: Batch) -> Result<()> {
        self.rows += batch.rows() as u64;
        Ok(())
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.total.fetch_add(self.rows, SeqCst);
        Poll::Ready(Ok(()))
    }
}

/// An `on_done` and where its result comes out.
pub(crate) fn done() -> (crate::OnDone, mpsc::Receiver<Result<()>>) {
    let (sender, receiver) = mpsc::channel();
    let sender = Mutex::new(sender);
    let on_done = move |result| {
        let sender = sender.lock().expect("nobody panics here");
        // The test may have gone on.
        let _ = sender.send(result);
    };
    (Box::new(on_done), receiver)
}

/// Repeatable chance (splitmix64): the same seed rolls the same numbers.
pub(crate) struct Dice(AtomicU64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// A number below `sides`.
    pub(crate) fn roll(&self, sides: usize) -> usize {
        let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, SeqCst);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }
}

/// Panics that say "planned" are no news.
pub(crate) fn hush_planned_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.to_string().contains("planned") {
                usual(info);
            }
        }));
    });
}
