//! The threads of remote IO. Nowhere else is anything spawned on them.
//!
//! ```text
//! spawn(future) ──▶ Task ── poll, from a source: Pending, and woken later
//!                        ── await, from another task
//!                        ── wait, on a thread that may block: planning
//!                        ── drop: aborted
//! ```

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use firesteel_common::{Error, Result, error, internal};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// They only move bytes; a fast network keeps about one of them busy with TLS.
const THREADS: usize = 2;

static RUNTIME: LazyLock<std::io::Result<Runtime>> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(THREADS).thread_name("firesteel-io").enable_all().build()
});

/// Work under way. Who drops it does not want it any more.
pub(crate) enum Task<T> {
    Running(JoinHandle<Result<T>>),
    /// There are no threads to run it.
    Failed(Option<Error>),
}

fn start<T>(start: impl FnOnce(&Runtime) -> JoinHandle<Result<T>>) -> Task<T> {
    match &*RUNTIME {
        Ok(runtime) => Task::Running(start(runtime)),
        Err(reason) => {
            let feature = format!("reading from object stores here: their threads cannot be started ({reason})");
            Task::Failed(Some(error!(UNSUPPORTED_FEATURE, feature = feature)))
        }
    }
}

/// Starts IO.
pub(crate) fn spawn<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Task<T> {
    start(|runtime| runtime.spawn(work))
}

/// Starts work that waits for IO without being a future, on a thread of its own. It must end when its input does.
pub(crate) fn spawn_blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Task<T> {
    start(|runtime| runtime.spawn_blocking(work))
}

impl<T> Future for Task<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T>> {
        match &mut *self {
            Task::Running(handle) => Pin::new(handle).poll(cx).map(|joined| match joined {
                Ok(result) => result,
                Err(reason) if reason.is_panic() => Err(internal!("a task of remote IO panicked: {reason}")),
                Err(_) => Err(error!(CANCELLED)),
            }),
            Task::Failed(error) => Poll::Ready(Err(error.take().unwrap_or_else(|| error!(CANCELLED)))),
        }
    }
}

impl<T> Task<T> {
    /// As a source looks at it.
    pub(crate) fn poll_result(&mut self, cx: &mut Context<'_>) -> Poll<Result<T>> {
        Pin::new(self).poll(cx)
    }

    /// Blocks: never on a thread of the CPU pool.
    pub(crate) fn wait(mut self) -> Result<T> {
        wait_for(|cx| self.poll_result(cx))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        if let Task::Running(handle) = self {
            handle.abort();
        }
    }
}

/// Polls until something is ready, and blocks in between.
pub(crate) fn wait_for<T>(mut poll: impl FnMut(&mut Context<'_>) -> Poll<T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        match poll(&mut cx) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

    #[test]
    fn tasks_are_waited_for_or_aborted() {
        assert_eq!(spawn(async { Ok(7) }).wait().expect("a number"), 7);
        assert_eq!(spawn_blocking(|| Ok(8)).wait().expect("a number"), 8);
        struct Gone(Arc<AtomicBool>);
        impl Drop for Gone {
            fn drop(&mut self) {
                self.0.store(true, SeqCst);
            }
        }
        let dropped = Arc::new(AtomicBool::new(false));
        let gone = Gone(Arc::clone(&dropped));
        let task = spawn(async move {
            let _gone = gone;
            std::future::pending::<Result<()>>().await
        });
        drop(task);
        while !dropped.load(SeqCst) {
            thread::yield_now();
        }
    }
}
