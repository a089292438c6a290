//! Runs a scheduler's actions in this process: the cluster of one.
//!
//! ```text
//! PhysicalPlan ──cut──▶ Job ──Run(stage)──▶ builder ──▶ Executor ──on_done──▶ Job::handle ──▶ …
//!                                  └ Local exchange ──▶ StageBuffer ──▶ StageInput of later stages
//!                                  └ result ──▶ ResultStream (client)
//! ```
//! Events are handled on whichever thread they arise, under the job's lock; nothing waits for it to do more than that.

mod local_job;

use std::sync::Arc;

use firesteel_common::Result;
use firesteel_exec::contract::ScanOpener;
use firesteel_exec::operators::collect::ResultStream;
use firesteel_exec::{Executor, QueryContext};
use firesteel_plan::PhysicalRef;

/// Threads, memory and readers of this process.
pub struct LocalRuntime {
    executor: Arc<Executor>,
    readers: Arc<dyn ScanOpener + Send + Sync>,
}

impl LocalRuntime {
    pub fn new(executor: Arc<Executor>, readers: Arc<dyn ScanOpener + Send + Sync>) -> Self {
        Self { executor, readers }
    }

    pub fn executor(&self) -> &Arc<Executor> {
        &self.executor
    }

    /// Starts a query. Batches have the columns of the plan's schema; an error ends the stream.
    pub fn run(&self, plan: &PhysicalRef, query: &Arc<QueryContext>) -> Result<ResultStream> {
        local_job::start(plan, query, &self.executor, &self.readers)
    }
}
