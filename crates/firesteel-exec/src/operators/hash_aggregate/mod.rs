//! Groups by hashing: one operator, from rows to finished groups.
//!
//! ```text
//! worker: batch ──keys──▶ GroupTable ──group numbers──▶ accumulators, sets of DISTINCT arguments        (update)
//! finalize: one worker, few groups ─────────────────────────────▶ finish                                 (merge)
//!           many ──▶ each worker's groups by radix of their hash ──▶ one fresh table per partition ──▶ finish
//! source: key columns, then aggregates
//! ```
//! DISTINCT arguments are only collected, each once per group, until the groups are final: what a worker would have
//! counted, another may have seen as well.

mod input;
mod merge;
#[cfg(test)]
mod tests;
mod update;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use firesteel_common::{Result, SqlType};
use firesteel_expr::AggregateCall;
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::physical::HashAggregate;

use self::input::InputPlan;
use self::update::Groups;
use crate::contract::{FinalizeUnit, Sink, SinkFactory, SourceFactory, WorkerId};
use crate::pages::{ReadyBatches, ReadySource};
use crate::query::QueryContext;

/// `input`: the columns of the child. The source starts after the sink is finalized.
pub fn build(
    plan: &HashAggregate,
    input: &Schema,
    query: &Arc<QueryContext>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let calls: Vec<AggregateCall> = plan.aggregates.iter().map(|(_, call)| call.clone()).collect();
    let keys: Vec<_> = plan.keys.iter().map(|(_, key)| Arc::clone(key)).collect();
    let shared = Arc::new(Shared {
        key_types: keys.iter().map(|key| key.data_type().clone()).collect(),
        input: InputPlan::new(keys, &calls, input.ids()),
        calls,
        query: Arc::clone(query),
        done: Mutex::default(),
        ready: ReadyBatches::new(query.batch_rows),
    });
    let source = ReadySource(Arc::clone(&shared.ready));
    Ok((Arc::new(AggregateSink(shared)), Arc::new(source)))
}

/// What all workers and the finalization know.
struct Shared {
    key_types: Vec<SqlType>,
    input: InputPlan,
    calls: Vec<AggregateCall>,
    query: Arc<QueryContext>,
    /// The groups of workers that have ended.
    done: Mutex<Vec<Groups>>,
    ready: Arc<ReadyBatches>,
}

struct AggregateSink(Arc<Shared>);

impl SinkFactory for AggregateSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let shared = &self.0;
        let input = shared.input.open(&shared.query.eval)?;
        Ok(Box::new(Aggregate { input, groups: Some(Groups::new(shared)?), shared: Arc::clone(shared) }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let done = std::mem::take(&mut *self.0.done.lock().unwrap_or_else(PoisonError::into_inner));
        merge::finalize(&self.0, done)
    }
}

struct Aggregate {
    input: input::Input,
    /// None once handed over.
    groups: Option<Groups>,
    shared: Arc<Shared>,
}

impl Sink for Aggregate {
    fn push(&mut self, batch: Batch) -> Result<()> {
        match &mut self.groups {
            Some(groups) => groups.update(&mut self.input, batch),
            None => Ok(()),
        }
    }

    fn poll_finish(&mut self, _cx: &mut Context<'_>) -> Poll<Result<()>> {
        let groups = self.groups.take().filter(|groups| groups.len() > 0);
        self.shared.done.lock().unwrap_or_else(PoisonError::into_inner).extend(groups);
        Poll::Ready(Ok(()))
    }
}
