//! A query's output: a sink whose batches come out of a [`ResultStream`] on the client's side.
//!
//! ```text
//! workers ──▶ [Reorder, when order matters] ──▶ BatchQueue (bounded) ──▶ ResultStream: blocking iterator, or polled
//!                                   the query's on_done ──closes──▶ ┘
//! ```
//! The stream ends when the query has ended, so that an error is never mistaken for a short result. Dropping it early
//! cancels the query.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

use super::batch_queue::{BatchQueue, register, wake};
use super::limit::RowRange;
use super::reorder::Reorder;
use crate::contract::{OnDone, Sink, SinkFactory, WorkerId};
use crate::query::QueryContext;

#[derive(Debug, Clone, Copy, Default)]
pub struct CollectOptions {
    /// Batches come out in the order of their morsels.
    pub ordered: bool,
    /// Which rows come out, counted in that order.
    pub range: Option<RowRange>,
}

/// The sink of a query's last pipelines, and where its batches come out. What is asked of it is said when those start
/// ([`CollectSink::with_options`]).
pub fn collect(query: &Arc<QueryContext>) -> (CollectSink, ResultStream) {
    let capacity = 4 + 2 * query.workers;
    let shared =
        Arc::new(Shared { queue: BatchQueue::new(capacity), window: capacity, order: Mutex::new(Order::default()) });
    let stream = ResultStream { shared: Arc::clone(&shared), query: Arc::clone(query), ended: false };
    (CollectSink { shared, options: CollectOptions::default() }, stream)
}

struct Shared {
    queue: BatchQueue,
    /// How many batches may wait for others before workers that are ahead wait, too.
    window: usize,
    order: Mutex<Order>,
}

#[derive(Default)]
struct Order {
    reorder: Reorder,
    /// Rows that went out or were cut off.
    seen: u64,
    ahead: Vec<Waker>,
}

impl Shared {
    fn order(&self) -> MutexGuard<'_, Order> {
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker has come further: others may no longer have to wait for it, and what they waited with goes out.
    fn advance(&self, range: Option<RowRange>, change: impl FnOnce(&mut Reorder)) {
        let mut order = self.order();
        change(&mut order.reorder);
        self.emit_ready(&mut order, range);
        let ahead = std::mem::take(&mut order.ahead);
        drop(order);
        wake(ahead);
    }

    fn emit_ready(&self, order: &mut Order, range: Option<RowRange>) {
        while let Some(batch) = order.reorder.pop() {
            self.emit(order, batch, range);
        }
    }

    fn emit(&self, order: &mut Order, batch: Batch, range: Option<RowRange>) {
        let rows = batch.rows() as u64;
        let batch = match range {
            Some(range) => range.cut(batch, order.seen),
            None => batch,
        };
        order.seen += rows;
        if !batch.is_empty() {
            self.queue.push(batch);
        }
    }
}

pub struct CollectSink {
    shared: Arc<Shared>,
    options: CollectOptions,
}

impl CollectSink {
    pub fn with_options(&self, options: CollectOptions) -> Arc<Self> {
        Arc::new(Self { shared: Arc::clone(&self.shared), options })
    }
}

impl SinkFactory for CollectSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let shared = Arc::clone(&self.shared);
        let worker = match self.options.ordered {
            true => shared.order().reorder.add_worker(),
            false => 0,
        };
        Ok(Box::new(Collect { shared, options: self.options, worker }))
    }
}

struct Collect {
    shared: Arc<Shared>,
    options: CollectOptions,
    /// The key in the order.
    worker: usize,
}

impl Sink for Collect {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.options.ordered {
            let mut order = self.shared.order();
            // Who is behind may push: what it pushes goes out, and lets the others on.
            if order.reorder.held() >= self.shared.window && !order.reorder.is_behind(self.worker) {
                register(&mut order.ahead, cx.waker());
                return Poll::Pending;
            }
        }
        self.shared.queue.poll_ready(cx).map(Ok)
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        // Here rather than at the client: workers are many, the client's thread is one.
        let batch = batch.compact()?;
        let CollectOptions { ordered, range } = self.options;
        if ordered {
            let mut order = self.shared.order();
            order.reorder.hold(batch);
            self.shared.emit_ready(&mut order, range);
        } else if range.is_some() {
            self.shared.emit(&mut self.shared.order(), batch, range);
        } else {
            self.shared.queue.push(batch);
        }
        Ok(())
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.options.ordered {
            self.shared.advance(self.options.range, |reorder| reorder.end(self.worker));
        }
        Poll::Ready(Ok(()))
    }

    fn is_done(&self) -> bool {
        let over = |range: RowRange| range.is_over(self.shared.order().seen);
        self.shared.queue.is_abandoned() || self.options.range.is_some_and(over)
    }

    fn begin_morsel(&mut self, morsel: u64) {
        if self.options.ordered {
            self.shared.advance(self.options.range, |reorder| reorder.begin(self.worker, morsel));
        }
    }
}

/// The client's side. As an iterator it blocks: never use it so on a pool thread.
pub struct ResultStream {
    shared: Arc<Shared>,
    query: Arc<QueryContext>,
    ended: bool,
}

impl ResultStream {
    /// What to give the executor as the query's `on_done`; without it the stream never ends.
    pub fn on_done(&self) -> OnDone {
        let shared = Arc::clone(&self.shared);
        Box::new(move |result| shared.queue.close(result))
    }

    pub fn query(&self) -> &Arc<QueryContext> {
        &self.query
    }

    /// The next batch; an error is the last item before the end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        let polled = self.shared.queue.poll_next(cx);
        self.ended |= matches!(polled, Poll::Ready(None | Some(Err(_))));
        polled
    }
}

impl Iterator for ResultStream {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut cx = Context::from_waker(&waker);
        loop {
            match self.poll_next(&mut cx) {
                Poll::Ready(item) => return item,
                Poll::Pending => thread::park(),
            }
        }
    }
}

impl Drop for ResultStream {
    fn drop(&mut self) {
        self.shared.queue.abandon();
        if !self.ended {
            self.query.cancel();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
