//! A query that runs. Its state is countdowns, and each event is somebody reaching zero:
//!
//! ```text
//! a pipeline waits for nothing more ──▶ its first worker(s)
//! its last worker ended             ──▶ pipelines that wait for that; one feeding pipeline less for its sink
//! a sink's last feeding pipeline    ──▶ finalize: units
//! its last unit                     ──▶ pipelines that wait for that
//! the last task lets go of the run  ──▶ everything is dropped, `on_done` is called
//! ```
//! An error or a cancellation stops the counting: what has not started never does, what runs ends at its next batch.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use firesteel_common::{Error, Result, internal};

use super::graph::{Dependency, Part, Pipeline, PipelineGraph, PipelineId, SinkId};
use super::task::{FinalizeTask, PipelineTask};
use crate::contract::{FinalizeUnit, OnDone, OperatorFactory, SinkFactory, SourceFactory, WorkerId};
use crate::metrics::{MetricsSet, OperatorMetrics, Tally};
use crate::pool::{Pool, caught};
use crate::query::QueryContext;

pub(crate) struct QueryRun {
    pub(crate) query: Arc<QueryContext>,
    pool: Arc<Pool>,
    pipelines: Vec<PipelineRun>,
    sinks: Vec<SinkRun>,
    /// Sinks that are not finalized.
    sinks_open: AtomicUsize,
    outcome: Mutex<Outcome>,
}

struct Outcome {
    /// The first one.
    error: Option<Error>,
    /// Taken when it is called.
    on_done: Option<OnDone>,
}

/// A factory and the counters of the operator on whose account its machines work.
pub(crate) struct Metered<F: ?Sized> {
    pub(crate) factory: Arc<F>,
    pub(crate) metrics: Arc<OperatorMetrics>,
}

impl<F: ?Sized> Metered<F> {
    fn new(part: Part<F>, metrics: &MetricsSet) -> Self {
        Self { metrics: metrics.operator(part.operator), factory: part.factory }
    }
}

pub(crate) struct PipelineRun {
    pub(crate) source: Metered<dyn SourceFactory>,
    pub(crate) operators: Vec<Metered<dyn OperatorFactory>>,
    pub(crate) sink: SinkId,
    workers_max: usize,
    /// Dependencies that are not over.
    waits_for: AtomicUsize,
    /// Workers that were started.
    started: AtomicUsize,
    /// Workers that have not ended.
    live: AtomicUsize,
    /// Who waits for this pipeline.
    dependents: Vec<PipelineId>,
}

pub(crate) struct SinkRun {
    pub(crate) machines: Metered<dyn SinkFactory>,
    /// Pipelines that feed it and have not ended.
    feeding: AtomicUsize,
    /// Units that have not ended; the finalization itself counts as one.
    units: AtomicUsize,
    /// Who waits for its finalization.
    dependents: Vec<PipelineId>,
}

impl QueryRun {
    /// Starts whatever waits for nothing.
    pub(crate) fn start(pool: &Arc<Pool>, query: Arc<QueryContext>, graph: PipelineGraph, on_done: OnDone) {
        let mut sinks: Vec<_> = graph.sinks.into_iter().map(|part| SinkRun::new(part, &query.metrics)).collect();
        let mut dependents = vec![Vec::new(); graph.pipelines.len()];
        for (at, pipeline) in graph.pipelines.iter().enumerate() {
            *sinks[pipeline.sink.0].feeding.get_mut() += 1;
            for dependency in &pipeline.after {
                match dependency {
                    Dependency::Finalized(sink) => sinks[sink.0].dependents.push(PipelineId(at)),
                    Dependency::Ended(pipeline) => dependents[pipeline.0].push(PipelineId(at)),
                }
            }
        }
        let pipelines: Vec<_> = graph
            .pipelines
            .into_iter()
            .zip(dependents)
            .map(|(pipeline, dependents)| PipelineRun::new(pipeline, dependents, &query.metrics))
            .collect();
        let roots: Vec<_> = (0..pipelines.len()).filter(|at| pipelines[*at].waits_for.load(SeqCst) == 0).collect();
        let run = Arc::new(Self {
            pool: Arc::clone(pool),
            sinks_open: AtomicUsize::new(sinks.len()),
            pipelines,
            sinks,
            outcome: Mutex::new(Outcome { error: None, on_done: Some(on_done) }),
            query,
        });
        for root in roots {
            run.start_pipeline(PipelineId(root));
        }
    }

    pub(crate) fn pipeline(&self, id: PipelineId) -> &PipelineRun {
        &self.pipelines[id.0]
    }

    pub(crate) fn sink(&self, id: SinkId) -> &SinkRun {
        &self.sinks[id.0]
    }

    /// Little work starts one worker, and so does work of unknown size: if a slice does not do it, `add_workers` follows.
    fn start_pipeline(self: &Arc<Self>, id: PipelineId) {
        let pipeline = self.pipeline(id);
        let rows = match caught(|| Ok(pipeline.source.factory.rows_hint())) {
            Ok(hint) => hint.unwrap_or(0),
            Err(error) => return self.fail(error),
        };
        pipeline.started.store(1, SeqCst);
        pipeline.live.store(1, SeqCst);
        if rows >= self.query.parallel_rows_min {
            self.add_workers(id);
        }
        self.spawn_worker(id, 0);
    }

    /// Starts the workers that a pipeline may have and does not. Called while worker 0 is not spawned, or by a live worker:
    /// the pipeline cannot end meanwhile.
    pub(crate) fn add_workers(self: &Arc<Self>, id: PipelineId) {
        let pipeline = self.pipeline(id);
        let known = pipeline.started.load(SeqCst);
        let most = self.query.workers.min(pipeline.workers_max);
        if known >= most {
            return;
        }
        let most = match caught(|| Ok(pipeline.source.factory.workers_max())) {
            Ok(source) => most.min(source),
            Err(error) => return self.fail(error),
        };
        let known = pipeline.started.fetch_max(most, SeqCst);
        pipeline.live.fetch_add(most.saturating_sub(known), SeqCst);
        for worker in known..most {
            self.spawn_worker(id, worker);
        }
    }

    fn spawn_worker(self: &Arc<Self>, pipeline: PipelineId, worker: usize) {
        let worker = WorkerId(worker as u32);
        let task = PipelineTask { run: Arc::clone(self), pipeline, worker, driver: None };
        self.pool.spawn(self.query.id, Box::new(task));
    }

    pub(crate) fn worker_ended(self: &Arc<Self>, id: PipelineId, result: Result<()>) {
        if let Err(error) = result {
            return self.fail(error);
        }
        let pipeline = self.pipeline(id);
        if pipeline.live.fetch_sub(1, SeqCst) > 1 {
            return;
        }
        self.start_dependents(&pipeline.dependents);
        let sink = self.sink(pipeline.sink);
        if sink.feeding.fetch_sub(1, SeqCst) == 1 {
            let began = Instant::now();
            match caught(|| sink.machines.factory.finalize()) {
                Ok(units) => self.spawn_units(pipeline.sink, units),
                Err(error) => return self.fail(error),
            }
            sink.machines.metrics.add(&Tally { time: began.elapsed(), ..Tally::default() });
            self.unit_ended(pipeline.sink, Ok(()));
        }
    }

    /// Called while a unit of the sink (or the finalization itself) has not ended.
    pub(crate) fn spawn_units(self: &Arc<Self>, id: SinkId, units: Vec<Box<dyn FinalizeUnit>>) {
        self.sink(id).units.fetch_add(units.len(), SeqCst);
        for unit in units {
            let task = FinalizeTask { run: Arc::clone(self), sink: id, unit: Some(unit) };
            self.pool.spawn(self.query.id, Box::new(task));
        }
    }

    pub(crate) fn unit_ended(self: &Arc<Self>, id: SinkId, result: Result<()>) {
        if let Err(error) = result {
            return self.fail(error);
        }
        let sink = self.sink(id);
        if sink.units.fetch_sub(1, SeqCst) == 1 {
            self.sinks_open.fetch_sub(1, SeqCst);
            self.start_dependents(&sink.dependents);
        }
    }

    fn start_dependents(self: &Arc<Self>, dependents: &[PipelineId]) {
        for id in dependents {
            if self.pipeline(*id).waits_for.fetch_sub(1, SeqCst) == 1 {
                self.start_pipeline(*id);
            }
        }
    }

    /// The first error is the query's; the rest of it stops.
    fn fail(&self, error: Error) {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).error.get_or_insert(error);
        if !self.query.is_cancelled() {
            self.query.cancel();
        }
    }
}

impl SinkRun {
    fn new(part: Part<dyn SinkFactory>, metrics: &MetricsSet) -> Self {
        Self {
            machines: Metered::new(part, metrics),
            feeding: AtomicUsize::new(0),
            units: AtomicUsize::new(1),
            dependents: Vec::new(),
        }
    }
}

impl PipelineRun {
    fn new(pipeline: Pipeline, dependents: Vec<PipelineId>, metrics: &MetricsSet) -> Self {
        Self {
            source: Metered::new(pipeline.source, metrics),
            operators: pipeline.operators.into_iter().map(|part| Metered::new(part, metrics)).collect(),
            sink: pipeline.sink,
            workers_max: pipeline.workers_max,
            waits_for: AtomicUsize::new(pipeline.after.len()),
            started: AtomicUsize::new(0),
            live: AtomicUsize::new(0),
            dependents,
        }
    }
}

/// Every task holds the run, and nothing else does: whoever lets go last reports the end, exactly once. By then no
/// machine is left, and what the factories hold is dropped before the report.
impl Drop for QueryRun {
    fn drop(&mut self) {
        let parts = (std::mem::take(&mut self.pipelines), std::mem::take(&mut self.sinks));
        let dropped = caught(|| {
            drop(parts);
            Ok(())
        });
        let outcome = self.outcome.get_mut().unwrap_or_else(PoisonError::into_inner);
        let result = match outcome.error.take() {
            Some(error) => Err(error),
            None if *self.sinks_open.get_mut() > 0 => Err(internal!("pipelines that wait for each other")),
            None => dropped,
        };
        if let Some(on_done) = outcome.on_done.take() {
            on_done(result);
        }
    }
}
