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

use firesteel_exec::contract::ScanOpener;
use firesteel_exec::operators::collect::ResultStream;
use firesteel_exec::{Executor, QueryContext};
use firesteel_plan::PhysicalRef;
use firesteel_scheduler::{Replanned, Rest, Stage};

use local_job::LocalJob;

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

    /// Starts a query. Batches have the columns of the plan's schema; an error ends the stream. With its `rest` it is
    /// planned anew when stages give other rows than expected.
    pub fn run(&self, plan: &PhysicalRef, rest: Option<Rest>, query: &Arc<QueryContext>) -> (ResultStream, JobHandle) {
        let (stream, job) = local_job::start(plan, rest, query, &self.executor, &self.readers);
        (stream, JobHandle(job))
    }
}

/// Where a query's stages can be asked for, while it runs and after.
pub struct JobHandle(Arc<LocalJob>);

impl JobHandle {
    pub fn report(&self) -> JobReport {
        self.0.report()
    }
}

/// What a query did.
pub struct JobReport {
    /// The stages that have begun, each with the number of its first operator.
    pub stages: Vec<(u32, Stage)>,
    pub replanned: Vec<Replanned>,
}
