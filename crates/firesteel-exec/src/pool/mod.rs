//! The CPU pool: threads that run [`Task`]s a slice at a time, and never wait.
//!
//! ```text
//! spawn(query, task) ──▶ RunQueue: ready ──pop──▶ running ──Yield──▶ ready
//!                                    ▲               ├────Pending──▶ parked ──waker, cancel──▶ ready
//!                                    └── woken ──────┘└───Done─────▶ Task::end
//! ```
//! rayon gives the threads, and nothing else: what is spawned on it is an anonymous token that pops *some* task from our
//! own queue, so that the order of tasks is ours (round-robin by query) and a query that spawns much cannot starve others.
//! There are never fewer tokens under way than ready tasks.

mod run_queue;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use firesteel_common::{Error, Result, error, internal};

use crate::query::QueryId;
use run_queue::RunQueue;
pub(crate) use run_queue::TaskId;

/// How long a task may run before others have their turn.
const SLICE: Duration = Duration::from_millis(2);

/// A piece of a query's work that can be left and taken up again.
pub(crate) trait Task: Send {
    /// Works until done, until it must wait (then it has registered the waker), or until about the given time.
    fn poll(&mut self, cx: &mut Context<'_>, until: Instant) -> TaskPoll;

    /// Called once, when the pool has forgotten the task: with what `poll` was done with, with the error of a panic, or
    /// with that of the pool's end. Must not panic.
    fn end(self: Box<Self>, result: Result<()>);
}

pub(crate) enum TaskPoll {
    Yield,
    Pending,
    Done(Result<()>),
}

struct Entry {
    task: Box<dyn Task>,
    waker: Waker,
}

pub(crate) struct Pool {
    queue: Mutex<RunQueue<Entry>>,
    /// None: somebody drives the pool by hand (a simulation).
    threads: Option<rayon::ThreadPool>,
    slice: Duration,
    closed: AtomicBool,
}

impl Pool {
    pub(crate) fn new(threads: usize) -> Result<Arc<Self>> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|at| format!("firesteel-cpu-{at}"))
            .build()
            .map_err(|cause| internal!("the CPU pool's threads do not start: {cause}"))?;
        Ok(Self::with(Some(threads), SLICE))
    }

    fn with(threads: Option<rayon::ThreadPool>, slice: Duration) -> Arc<Self> {
        let queue = Mutex::new(RunQueue::default());
        Arc::new(Self { queue, threads, slice, closed: AtomicBool::new(false) })
    }

    pub(crate) fn threads(&self) -> usize {
        self.threads.as_ref().map_or(1, rayon::ThreadPool::current_num_threads)
    }

    /// Tasks that have not ended: ready, running or parked.
    pub(crate) fn live_tasks(&self) -> usize {
        self.queue().len()
    }

    pub(crate) fn spawn(self: &Arc<Self>, query: QueryId, task: Box<dyn Task>) {
        if self.closed.load(Ordering::SeqCst) {
            return task.end(Err(error!(CANCELLED)));
        }
        let id = TaskId::fresh();
        let waker = Waker::from(Arc::new(TaskWaker { pool: Arc::downgrade(self), id }));
        self.queue().push(query, id, Entry { task, waker });
        self.add_tokens(1);
    }

    /// Makes every waiting task of a query ready: it is to notice that the query was cancelled.
    pub(crate) fn wake_query(self: &Arc<Self>, query: QueryId) {
        let woken = self.queue().wake_query(query);
        self.add_tokens(woken);
    }

    /// Ends all tasks; running ones at the end of their slice.
    pub(crate) fn shut_down(&self) {
        self.closed.store(true, Ordering::SeqCst);
        // Not under the lock: tasks hold what locks the queue when it is dropped.
        let waiting = self.queue().drain();
        for entry in waiting {
            end(entry, Err(error!(CANCELLED)));
        }
    }

    /// Lets the threads look into the queue that often.
    fn add_tokens(self: &Arc<Self>, tokens: usize) {
        let Some(threads) = &self.threads else { return };
        for _ in 0..tokens {
            let pool = Arc::clone(self);
            threads.spawn(move || pool.run_token());
        }
    }

    /// A token stays with the thread as long as tasks yield: each yield leaves one more ready task than before.
    fn run_token(self: &Arc<Self>) {
        loop {
            let next = self.queue().pop();
            let Some((id, entry)) = next else { return };
            if !self.run_slice(id, entry) {
                return;
            }
        }
    }

    /// Whether the task is ready again, which makes another token due.
    fn run_slice(&self, id: TaskId, mut entry: Entry) -> bool {
        let until = Instant::now() + self.slice;
        let waker = entry.waker.clone();
        let mut cx = Context::from_waker(&waker);
        let polled = caught(|| Ok(entry.task.poll(&mut cx, until)));
        let mut queue = self.queue();
        let result = match polled {
            Ok(TaskPoll::Done(result)) => result,
            Err(panic) => Err(panic),
            // Asked under the lock: after the shutdown's look into the queue nothing may be left there.
            Ok(_) if self.closed.load(Ordering::SeqCst) => Err(error!(CANCELLED)),
            Ok(TaskPoll::Yield) => {
                queue.make_ready(id, entry);
                return true;
            }
            Ok(TaskPoll::Pending) => return queue.park(id, entry),
        };
        queue.remove(id);
        drop(queue);
        end(entry, result);
        false
    }

    fn wake(self: &Arc<Self>, id: TaskId) {
        let woken = self.queue().wake(id);
        self.add_tokens(usize::from(woken));
    }

    fn queue(&self) -> MutexGuard<'_, RunQueue<Entry>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pools without threads, which a test drives task by task in an order that it chooses.
#[cfg(test)]
impl Pool {
    pub(crate) fn simulated() -> Arc<Self> {
        Self::with(None, Duration::ZERO)
    }

    /// Runs one slice of one ready task; `pick` chooses among that many. False: none is ready.
    pub(crate) fn run_one(&self, pick: impl FnOnce(usize) -> usize) -> bool {
        let next = self.queue().pop_picked(pick);
        let Some((id, entry)) = next else { return false };
        self.run_slice(id, entry);
        true
    }
}

fn end(entry: Entry, result: Result<()>) {
    let Entry { task, waker } = entry;
    drop(waker);
    // A task's end must not panic; if it does, the thread survives.
    let _ = caught(|| {
        task.end(result);
        Ok(())
    });
}

/// Runs what others wrote; a panic becomes an error.
pub(crate) fn caught<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a panic leaves half-done belongs to the query, which ends with the error.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| Err(panicked(panic)))
}

fn panicked(panic: Box<dyn Any + Send>) -> Error {
    let message = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().map_or("a panic without a message", |text| text).to_owned(),
    };
    error!(TASK_PANICKED, message = message)
}

struct TaskWaker {
    // A waker may outlive the pool: clients and IO hold it.
    pool: Weak<Pool>,
    id: TaskId,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(pool) = self.pool.upgrade() {
            pool.wake(self.id);
        }
    }
}
