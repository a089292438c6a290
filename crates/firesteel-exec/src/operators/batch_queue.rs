//! A bounded queue of batches between two sides that wait for each other by wakers: pipelines, clients, IO tasks.
//!
//! ```text
//! senders ──poll_ready, push──▶ [batch, batch, …] ──poll_next──▶ receivers
//!          close(result) ─────────────────────────▶ then the end, or the error at once
//! ```

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use firesteel_common::Result;
use firesteel_expr::batch::Batch;

pub(crate) struct BatchQueue {
    state: Mutex<State>,
    /// Asked by sinks before every batch, hence outside of the lock.
    abandoned: AtomicBool,
}

struct State {
    batches: VecDeque<Batch>,
    /// Senders start to wait here; each that was told `Ready` before may still push one batch.
    capacity: usize,
    end: Option<Result<()>>,
    senders: Vec<Waker>,
    receivers: Vec<Waker>,
}

impl BatchQueue {
    pub(crate) fn new(capacity: usize) -> Self {
        let state = State {
            batches: VecDeque::new(),
            capacity: capacity.max(1),
            end: None,
            senders: Vec::new(),
            receivers: Vec::new(),
        };
        Self { state: Mutex::new(state), abandoned: AtomicBool::new(false) }
    }

    /// Whether there is room. An abandoned queue takes, and forgets, everything.
    pub(crate) fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.state();
        if state.batches.len() < state.capacity || self.is_abandoned() {
            return Poll::Ready(());
        }
        register(&mut state.senders, cx.waker());
        Poll::Pending
    }

    pub(crate) fn push(&self, batch: Batch) {
        let mut state = self.state();
        if self.is_abandoned() {
            return;
        }
        state.batches.push_back(batch);
        let receivers = std::mem::take(&mut state.receivers);
        drop(state);
        wake(receivers);
    }

    /// No more batches. An error overtakes the batches that wait.
    pub(crate) fn close(&self, result: Result<()>) {
        let mut state = self.state();
        let dropped = if result.is_err() { std::mem::take(&mut state.batches) } else { VecDeque::new() };
        state.end.get_or_insert(result);
        let receivers = std::mem::take(&mut state.receivers);
        drop(state);
        drop(dropped);
        wake(receivers);
    }

    /// `None` at the end. The error is given to one receiver, once.
    pub(crate) fn poll_next(&self, cx: &mut Context<'_>) -> Poll<Option<Result<Batch>>> {
        let mut state = self.state();
        if let Some(batch) = state.batches.pop_front() {
            let senders = std::mem::take(&mut state.senders);
            drop(state);
            wake(senders);
            return Poll::Ready(Some(Ok(batch)));
        }
        match &mut state.end {
            Some(end) => match std::mem::replace(end, Ok(())) {
                Ok(()) => Poll::Ready(None),
                Err(error) => Poll::Ready(Some(Err(error))),
            },
            None => {
                register(&mut state.receivers, cx.waker());
                Poll::Pending
            }
        }
    }

    /// Nobody will receive any more.
    pub(crate) fn abandon(&self) {
        let mut state = self.state();
        self.abandoned.store(true, Ordering::Release);
        let dropped = std::mem::take(&mut state.batches);
        let senders = std::mem::take(&mut state.senders);
        drop(state);
        drop(dropped);
        wake(senders);
    }

    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Acquire)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().end.is_some()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Remembers a waker, once.
pub(crate) fn register(wakers: &mut Vec<Waker>, waker: &Waker) {
    if !wakers.iter().any(|known| known.will_wake(waker)) {
        wakers.push(waker.clone());
    }
}

pub(crate) fn wake(wakers: Vec<Waker>) {
    for waker in wakers {
        waker.wake();
    }
}
