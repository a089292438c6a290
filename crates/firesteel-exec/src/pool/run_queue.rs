//! Which task runs next: queries take turns, a query's tasks go first in, first out.
//!
//! ```text
//! turns: [q2, q7, q3]          lanes: q2 → [t4, t9], q7 → [t5], q3 → [t1, t2, t8]
//! pop = first task of the first query, which goes to the end of the turns
//! ```
//! No threads and no clock in here: the pool locks it, a simulation drives it by hand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::HashMap;

use crate::query::QueryId;

/// Unique within the process, so that a late waker never wakes another task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TaskId(u64);

impl TaskId {
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) struct RunQueue<T> {
    turns: VecDeque<QueryId>,
    /// Only queries with ready tasks; each is in `turns` once.
    lanes: HashMap<QueryId, VecDeque<(TaskId, T)>>,
    tasks: HashMap<TaskId, Known<T>>,
}

/// A task that has not ended.
struct Known<T> {
    query: QueryId,
    state: State<T>,
}

enum State<T> {
    /// In its query's lane.
    Ready,
    /// With a thread. A waker that came meanwhile must not get lost.
    Running {
        woken: bool,
    },
    Parked(T),
}

impl<T> Default for RunQueue<T> {
    fn default() -> Self {
        Self { turns: VecDeque::new(), lanes: HashMap::new(), tasks: HashMap::new() }
    }
}

impl<T> RunQueue<T> {
    /// How many tasks have not ended.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// A new task, ready to run.
    pub(crate) fn push(&mut self, query: QueryId, id: TaskId, task: T) {
        self.tasks.insert(id, Known { query, state: State::Ready });
        self.enqueue(query, id, task);
    }

    /// The next task, which is running from now on.
    pub(crate) fn pop(&mut self) -> Option<(TaskId, T)> {
        let query = self.turns.pop_front()?;
        let lane = self.lanes.get_mut(&query)?;
        let next = lane.pop_front();
        match lane.is_empty() {
            true => drop(self.lanes.remove(&query)),
            false => self.turns.push_back(query),
        }
        if let Some((id, _)) = &next {
            self.set_running(*id);
        }
        next
    }

    /// A running task that wants to go on.
    pub(crate) fn make_ready(&mut self, id: TaskId, task: T) {
        if let Some(known) = self.tasks.get_mut(&id) {
            known.state = State::Ready;
            let query = known.query;
            self.enqueue(query, id, task);
        }
    }

    /// A running task that waits for its waker. True: it was woken while it ran, and is ready.
    pub(crate) fn park(&mut self, id: TaskId, task: T) -> bool {
        let Some(known) = self.tasks.get_mut(&id) else { return false };
        let woken = matches!(known.state, State::Running { woken: true });
        match woken {
            true => self.make_ready(id, task),
            false => known.state = State::Parked(task),
        }
        woken
    }

    /// True: the task was parked and is ready now. Tasks that have ended are nobody's concern.
    pub(crate) fn wake(&mut self, id: TaskId) -> bool {
        let Some(known) = self.tasks.get_mut(&id) else { return false };
        match std::mem::replace(&mut known.state, State::Ready) {
            State::Parked(task) => {
                let query = known.query;
                self.enqueue(query, id, task);
                true
            }
            State::Running { .. } => {
                known.state = State::Running { woken: true };
                false
            }
            State::Ready => false,
        }
    }

    /// Wakes all tasks of a query; how many became ready.
    pub(crate) fn wake_query(&mut self, query: QueryId) -> usize {
        let of_query = |(id, known): (&TaskId, &Known<T>)| (known.query == query).then_some(*id);
        let ids: Vec<_> = self.tasks.iter().filter_map(of_query).collect();
        ids.into_iter().filter(|id| self.wake(*id)).count()
    }

    /// A running task has ended.
    pub(crate) fn remove(&mut self, id: TaskId) {
        self.tasks.remove(&id);
    }

    /// Takes out all tasks that do not run.
    pub(crate) fn drain(&mut self) -> Vec<T> {
        self.turns.clear();
        let mut out: Vec<T> = self.lanes.drain().flat_map(|(_, lane)| lane).map(|(_, task)| task).collect();
        let tasks = std::mem::take(&mut self.tasks);
        for (id, known) in tasks {
            match known.state {
                State::Running { .. } => drop(self.tasks.insert(id, known)),
                State::Parked(task) => out.push(task),
                State::Ready => {}
            }
        }
        out
    }

    fn enqueue(&mut self, query: QueryId, id: TaskId, task: T) {
        let lane = self.lanes.entry(query).or_default();
        if lane.is_empty() {
            self.turns.push_back(query);
        }
        lane.push_back((id, task));
    }

    fn set_running(&mut self, id: TaskId) {
        if let Some(known) = self.tasks.get_mut(&id) {
            known.state = State::Running { woken: false };
        }
    }
}

#[cfg(test)]
impl<T> RunQueue<T> {
    /// Like `pop`, but any ready task: `pick` chooses among that many.
    pub(crate) fn pop_picked(&mut self, pick: impl FnOnce(usize) -> usize) -> Option<(TaskId, T)> {
        let ready: usize = self.lanes.values().map(VecDeque::len).sum();
        let mut at = if ready > 0 { pick(ready) } else { return None };
        let query = *self.turns.iter().find(|query| {
            let lane = self.lanes[*query].len();
            let here = at < lane;
            at -= if here { 0 } else { lane };
            here
        })?;
        self.turns.retain(|other| *other != query);
        self.turns.push_front(query);
        self.lanes.get_mut(&query)?.swap(0, at);
        self.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: QueryId = QueryId(1);
    const B: QueryId = QueryId(2);

    fn push(queue: &mut RunQueue<&'static str>, query: QueryId, task: &'static str) -> TaskId {
        let id = TaskId::fresh();
        queue.push(query, id, task);
        id
    }

    fn names(queue: &mut RunQueue<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| queue.pop()).map(|(_, task)| task).collect()
    }

    #[test]
    fn queries_take_turns() {
        let mut queue = RunQueue::default();
        for task in ["a1", "a2", "a3"] {
            push(&mut queue, A, task);
        }
        push(&mut queue, B, "b1");
        assert_eq!(names(&mut queue), ["a1", "b1", "a2", "a3"]);
    }

    #[test]
    fn a_wake_while_running_is_not_lost() {
        let mut queue = RunQueue::default();
        let id = push(&mut queue, A, "a");
        let (_, task) = queue.pop().expect("ready");
        assert!(!queue.wake(id), "it runs");
        assert!(queue.park(id, task), "it is ready at once");
        let (_, task) = queue.pop().expect("ready");
        assert!(!queue.park(id, task), "the old wake is used up");
        assert!(queue.pop().is_none());
        assert!(queue.wake(id));
        assert!(!queue.wake(id), "it is ready already");
        assert_eq!(names(&mut queue), ["a"]);
        queue.remove(id);
        assert!(!queue.wake(id), "late wakers are harmless");
        assert_eq!(queue.len(), 0);
    }

    #[test]
    fn waking_a_query_wakes_its_parked_and_running_tasks_only() {
        let mut queue = RunQueue::default();
        let (a1, b1) = (push(&mut queue, A, "a1"), push(&mut queue, B, "b1"));
        let a2 = push(&mut queue, A, "a2");
        for _ in 0..3 {
            queue.pop();
        }
        queue.park(a1, "a1");
        queue.park(b1, "b1");
        assert_eq!(queue.wake_query(A), 1);
        assert!(queue.park(a2, "a2"), "woken while it ran");
        assert_eq!(names(&mut queue), ["a1", "a2"]);
        assert_eq!(queue.drain(), ["b1"]);
    }
}
