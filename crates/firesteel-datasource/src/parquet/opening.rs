//! A scan of remote files whose footers nobody has read: of a partitioned table planning looks at one only.
//!
//! ```text
//! splits ──all at once──▶ footers on their way ──the last one──▶ ParquetScan ──▶ every worker's source
//! ```
//! Workers that come earlier are told to wait, and woken together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use firesteel_common::{Result, error};
use firesteel_exec::contract::{Source, SourceFactory, WorkerId};
use firesteel_expr::Batch;

use super::footer_cache::Coming;
use super::scan::{ParquetScan, ScanRequest};
use super::worker::ParquetSource;
use crate::remote::{Access, Counters};

/// The factory; workers hold on to what it shares.
pub(super) struct OpeningScan(Arc<Shared>);

struct Shared {
    request: ScanRequest,
    state: Mutex<State>,
    waiting: Arc<Waiting>,
}

enum State {
    Fetching(Vec<Coming>),
    /// One worker looks whether more has come, without holding the lock.
    Looking,
    Open(Arc<ParquetScan>),
    /// The worker that saw it has reported it.
    Failed,
}

/// Everybody who waits; woken at once, since a task knows one waker only.
#[derive(Default)]
struct Waiting(Mutex<Vec<Waker>>);

impl Waiting {
    fn add(&self, waker: &Waker) {
        let mut wakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }
}

impl Wake for Waiting {
    fn wake(self: Arc<Self>) {
        let wakers = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        wakers.into_iter().for_each(Waker::wake);
    }
}

impl OpeningScan {
    pub(super) fn start(request: ScanRequest) -> Result<Self> {
        let access = Access::of_scan(&request.scan.source);
        let counters = Counters::of(&request.metrics);
        let coming = request.splits.iter().map(|split| Coming::start(split, &access, &counters));
        let state = Mutex::new(State::Fetching(coming.collect::<Result<_>>()?));
        Ok(Self(Arc::new(Shared { request, state, waiting: Arc::default() })))
    }
}

impl SourceFactory for OpeningScan {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        Ok(Box::new(OpeningSource { shared: Arc::clone(&self.0), opened: None }))
    }

    /// Row groups are not known yet.
    fn workers_max(&self) -> usize {
        usize::MAX
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn poll_open(&self, cx: &mut Context<'_>) -> Poll<Result<Arc<ParquetScan>>> {
        // Before looking: whatever happens from now on wakes this worker.
        self.waiting.add(cx.waker());
        let mut state = self.state();
        let mut coming = match std::mem::replace(&mut *state, State::Looking) {
            State::Open(scan) => {
                *state = State::Open(Arc::clone(&scan));
                return Poll::Ready(Ok(scan));
            }
            State::Failed => {
                *state = State::Failed;
                return Poll::Ready(Err(error!(CANCELLED)));
            }
            State::Looking => return Poll::Pending,
            State::Fetching(coming) => coming,
        };
        drop(state);
        let looked = self.look(&mut coming);
        *self.state() = match &looked {
            Poll::Pending => State::Fetching(coming),
            Poll::Ready(Ok(scan)) => State::Open(Arc::clone(scan)),
            Poll::Ready(Err(_)) => State::Failed,
        };
        if looked.is_ready() {
            Arc::clone(&self.waiting).wake();
        }
        looked
    }

    fn look(&self, coming: &mut [Coming]) -> Poll<Result<Arc<ParquetScan>>> {
        let waker = Waker::from(Arc::clone(&self.waiting));
        let mut cx = Context::from_waker(&waker);
        let mut footers = Vec::with_capacity(coming.len());
        for footer in coming {
            match footer.poll(&mut cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(footer) => footers.push(footer?),
            }
        }
        Poll::Ready(self.request.open(footers))
    }
}

struct OpeningSource {
    shared: Arc<Shared>,
    opened: Option<ParquetSource>,
}

impl Source for OpeningSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let source = match &mut self.opened {
            Some(source) => source,
            empty => match self.shared.poll_open(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(scan) => empty.insert(scan?.source()?),
            },
        };
        source.poll_next(cx)
    }
}
