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
mod partition;
mod spill;
#[cfg(test)]
mod tests;
mod update;

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use firesteel_common::{Result, SqlType};
use firesteel_expr::AggregateCall;
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::physical::HashAggregate;

use self::input::InputPlan;
use self::spill::{Partitions, SpilledSource, Spiller};
use self::update::Groups;
use crate::contract::{FinalizeUnit, Sink, SinkFactory, Source, SourceFactory, WorkerId};
use crate::metrics::OperatorMetrics;
use crate::pages::{ReadyBatches, ReadySource};
use crate::query::QueryContext;
use crate::steps::poll_sink;

/// `input`: the columns of the child. The source starts after the sink is finalized.
pub fn build(
    plan: &HashAggregate,
    input: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<(Arc<dyn SinkFactory>, Arc<dyn SourceFactory>)> {
    let calls: Vec<AggregateCall> = plan.aggregates.iter().map(|(_, call)| call.clone()).collect();
    let keys: Vec<_> = plan.keys.iter().map(|(_, key)| Arc::clone(key)).collect();
    let shared = Arc::new(Shared {
        key_types: keys.iter().map(|key| key.data_type().clone()).collect(),
        input: InputPlan::new(keys, &calls, input.ids()),
        calls,
        query: Arc::clone(query),
        metrics: Arc::clone(metrics),
        spilled: Partitions::default(),
        done: Mutex::default(),
        ready: ReadyBatches::new(query.batch_rows),
    });
    Ok((Arc::new(AggregateSink(Arc::clone(&shared))), Arc::new(AggregateSource(shared))))
}

/// What all workers and the finalization know.
struct Shared {
    key_types: Vec<SqlType>,
    input: InputPlan,
    calls: Vec<AggregateCall>,
    query: Arc<QueryContext>,
    metrics: Arc<OperatorMetrics>,
    /// If any groups are, then in the end all of them.
    spilled: Partitions,
    /// The groups of workers that have ended.
    done: Mutex<Vec<Groups>>,
    ready: Arc<ReadyBatches>,
}

struct AggregateSink(Arc<Shared>);

impl SinkFactory for AggregateSink {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Sink>> {
        let shared = &self.0;
        let input = shared.input.open(&shared.query.eval)?;
        Ok(Box::new(Aggregate {
            input,
            groups: shared.groups()?,
            spiller: Spiller::new(0),
            shared: Arc::clone(shared),
        }))
    }

    fn finalize(&self) -> Result<Vec<Box<dyn FinalizeUnit>>> {
        let done = std::mem::take(&mut *self.0.done.lock().unwrap_or_else(PoisonError::into_inner));
        merge::finalize(&self.0, done)
    }
}

impl Shared {
    /// Those of a worker that begins, or begins anew.
    fn groups(&self) -> Result<Groups> {
        let can_spill = !self.key_types.is_empty();
        Groups::new(self, if can_spill { self.query.spill.operator_bytes_max } else { usize::MAX })
    }
}

struct Aggregate {
    input: input::Input,
    groups: Groups,
    spiller: Spiller,
    shared: Arc<Shared>,
}

impl Aggregate {
    /// The groups go to disk, and others take their place.
    fn spill(&mut self) -> Result<()> {
        let groups = std::mem::replace(&mut self.groups, self.shared.groups()?);
        self.spiller.begin(groups.export()?, &self.shared)
    }
}

impl Sink for Aggregate {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match self.spiller.is_writing() {
            true => poll_sink(self.spiller.step(&self.shared), cx),
            false => Poll::Ready(Ok(())),
        }
    }

    fn push(&mut self, batch: Batch) -> Result<()> {
        match self.groups.update(&mut self.input, batch)? {
            true => Ok(()),
            // One group alone cannot be cut.
            false if self.shared.key_types.is_empty() => Err(self.groups.refusal()),
            false => self.spill(),
        }
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_ready(cx))?;
        if self.groups.len() > 0 {
            if self.spiller.has_begun() {
                // What is left follows what is on disk.
                self.spill()?;
                return self.poll_finish(cx);
            }
            let groups = std::mem::replace(&mut self.groups, Groups::new(&self.shared, usize::MAX)?);
            self.shared.done.lock().unwrap_or_else(PoisonError::into_inner).push(groups);
        }
        if self.spiller.has_begun() {
            let spiller = std::mem::replace(&mut self.spiller, Spiller::new(0));
            self.shared.spilled.add(0, spiller.finish());
        }
        Poll::Ready(Ok(()))
    }
}

struct AggregateSource(Arc<Shared>);

impl SourceFactory for AggregateSource {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>> {
        match self.0.spilled.is_empty() {
            true => ReadySource(Arc::clone(&self.0.ready)).open(worker),
            false => Ok(Box::new(SpilledSource::new(&self.0))),
        }
    }

    fn workers_max(&self) -> usize {
        match self.0.spilled.is_empty() {
            true => ReadySource(Arc::clone(&self.0.ready)).workers_max(),
            false => partition::PARTITIONS,
        }
    }

    fn rows_hint(&self) -> Option<u64> {
        match self.0.spilled.is_empty() {
            true => ReadySource(Arc::clone(&self.0.ready)).rows_hint(),
            false => None,
        }
    }
}
