//! Work that blocks, awaited: on a thread of its own, without any runtime.
//!
//! ```text
//! caller ──work──▶ thread ──answer──▶ Slot ──wakes──▶ caller
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use firesteel_common::{Error, Result, internal};

/// Where the answer appears.
struct Slot<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    answer: Option<Result<T>>,
    waker: Option<Waker>,
}

impl<T> Slot<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fill(&self, answer: Result<T>) {
        let mut state = self.state();
        state.answer = Some(answer);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Runs the work on a new thread. When nobody awaits any more, what came out is dropped, and with it a query that runs.
pub(super) async fn elsewhere<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let slot = Arc::new(Slot { state: Mutex::new(State { answer: None, waker: None }) });
    let filled = Arc::clone(&slot);
    let run = move || {
        let answer = catch_unwind(AssertUnwindSafe(work));
        filled.fill(answer.unwrap_or_else(|_| Err(internal!("the thread that plans has panicked"))));
    };
    let thread = std::thread::Builder::new().name("firesteel-plan".to_owned());
    thread.spawn(run).map_err(|error| Error::internal("no thread to plan on").caused_by(error))?;
    std::future::poll_fn(|cx| {
        let mut state = slot.state();
        match state.answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                state.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    })
    .await
}
