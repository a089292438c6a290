//! A source that is fed from outside of the query: by a stream of IO, by another query, by a client.

use std::sync::Arc;
use std::task::{Context, Poll};

use firesteel_common::{Result, error};
use firesteel_expr::batch::Batch;

use super::batch_queue::BatchQueue;
use crate::contract::{Source, SourceFactory, WorkerId};

/// A source and its feeder. About `capacity` batches wait in between. Batches must be small already (`batch_rows`).
pub fn channel(capacity: usize) -> (BatchSender, ChannelSource) {
    let queue = Arc::new(BatchQueue::new(capacity));
    let receiver = Arc::new(Receiver(Arc::clone(&queue)));
    (BatchSender { queue }, ChannelSource { receiver })
}

/// Feeds a [`ChannelSource`]. Dropped before `finish`, it fails the query: what should have come is unknown.
pub struct BatchSender {
    queue: Arc<BatchQueue>,
}

impl BatchSender {
    /// Whether there is room for a batch; also `Ready` when the source is gone.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.queue.poll_ready(cx)
    }

    /// False: nobody reads any more.
    pub fn send(&mut self, batch: Batch) -> bool {
        self.queue.push(batch);
        !self.queue.is_abandoned()
    }

    pub fn finish(self, result: Result<()>) {
        self.queue.close(result);
    }
}

impl Drop for BatchSender {
    fn drop(&mut self) {
        if !self.queue.is_closed() {
            self.queue.close(Err(error!(CANCELLED)));
        }
    }
}

pub struct ChannelSource {
    receiver: Arc<Receiver>,
}

/// The sender learns that nobody reads when the factory and its workers are gone.
struct Receiver(Arc<BatchQueue>);

impl Drop for Receiver {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

impl SourceFactory for ChannelSource {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(Channel { receiver: Arc::clone(&self.receiver) }))
    }

    fn workers_max(&self) -> usize {
        usize::MAX
    }
}

struct Channel {
    receiver: Arc<Receiver>,
}

impl Source for Channel {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        self.receiver.0.poll_next(cx).map(Option::transpose)
    }
}
