//! Runs queries: the door of this crate.

use std::sync::Arc;

use firesteel_common::Result;

use crate::contract::OnDone;
use crate::memory::MemoryPool;
use crate::pipeline::PipelineGraph;
use crate::pipeline::run::QueryRun;
use crate::pool::Pool;
use crate::query::QueryContext;

/// The CPU threads and the memory of this process. Dropping it cancels what runs.
pub struct Executor {
    pool: Arc<Pool>,
    memory: Arc<MemoryPool>,
}

impl Executor {
    pub fn new(threads: usize, memory: Arc<MemoryPool>) -> Result<Self> {
        Ok(Self { pool: Pool::new(threads)?, memory })
    }

    pub fn threads(&self) -> usize {
        self.pool.threads()
    }

    pub fn memory(&self) -> &Arc<MemoryPool> {
        &self.memory
    }

    /// Tasks of all queries that have not ended.
    pub fn live_tasks(&self) -> usize {
        self.pool.live_tasks()
    }

    /// Starts a query and returns. `on_done` is called exactly once, when nothing of it is left: no task, no machine, no
    /// reservation. A context serves one query.
    pub fn spawn(&self, query: Arc<QueryContext>, pipelines: PipelineGraph, on_done: OnDone) -> ExecutionHandle {
        spawn(&self.pool, query, pipelines, on_done)
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.pool.shut_down();
    }
}

pub(crate) fn spawn(
    pool: &Arc<Pool>,
    query: Arc<QueryContext>,
    pipelines: PipelineGraph,
    on_done: OnDone,
) -> ExecutionHandle {
    let (id, weak) = (query.id, Arc::downgrade(pool));
    query.set_on_cancel(Box::new(move || {
        if let Some(pool) = weak.upgrade() {
            pool.wake_query(id);
        }
    }));
    QueryRun::start(pool, Arc::clone(&query), pipelines, on_done);
    ExecutionHandle { query }
}

/// A query that was started. Dropping the handle lets it run on.
pub struct ExecutionHandle {
    query: Arc<QueryContext>,
}

impl ExecutionHandle {
    pub fn query(&self) -> &Arc<QueryContext> {
        &self.query
    }

    pub fn cancel(&self) {
        self.query.cancel();
    }
}

#[cfg(test)]
mod tests;
