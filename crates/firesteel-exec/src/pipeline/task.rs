//! The tasks that a query gives to the pool: a worker of a pipeline, and a unit of a sink's finalization.

use std::sync::Arc;
use std::task::Context;
use std::time::Instant;

use firesteel_common::Result;

use super::driver::{Counted, Driver, Step};
use super::run::QueryRun;
use super::{PipelineId, SinkId};
use crate::contract::{FinalizeUnit, WorkerId};
use crate::metrics::Tally;
use crate::pool::{Task, TaskPoll, caught};

/// One worker of one pipeline. Its machines are opened in its first slice.
pub(crate) struct PipelineTask {
    pub(crate) run: Arc<QueryRun>,
    pub(crate) pipeline: PipelineId,
    pub(crate) worker: WorkerId,
    pub(crate) driver: Option<Driver>,
}

fn open(run: &QueryRun, pipeline: PipelineId, worker: WorkerId) -> Result<Driver> {
    let pipeline = run.pipeline(pipeline);
    let sink = run.sink(pipeline.sink);
    // The sink first: one that keeps order must know of this worker before it claims a morsel.
    let sink = Counted::new(sink.machines.factory.open(worker)?, &sink.machines.metrics);
    let source = Counted::new(pipeline.source.factory.open(worker)?, &pipeline.source.metrics);
    let mut operators = Vec::with_capacity(pipeline.operators.len());
    for operator in &pipeline.operators {
        operators.push(Counted::new(operator.factory.open(worker)?, &operator.metrics));
    }
    Ok(Driver::new(source, operators, sink))
}

impl PipelineTask {
    fn slice(&mut self, cx: &mut Context<'_>, until: Instant) -> Result<TaskPoll> {
        self.run.query.check_cancelled()?;
        let driver = match &mut self.driver {
            Some(driver) => driver,
            empty => empty.insert(open(&self.run, self.pipeline, self.worker)?),
        };
        driver.begin_slice();
        let polled = loop {
            match driver.step(cx) {
                Err(error) => break TaskPoll::Done(Err(error)),
                Ok(Step::Done) => break TaskPoll::Done(Ok(())),
                Ok(Step::Pending) => break TaskPoll::Pending,
                Ok(Step::More) if driver.now() >= until => break TaskPoll::Yield,
                Ok(Step::More) => self.run.query.check_cancelled()?,
            }
        };
        driver.report();
        Ok(polled)
    }
}

impl Task for PipelineTask {
    fn poll(&mut self, cx: &mut Context<'_>, until: Instant) -> TaskPoll {
        let polled = self.slice(cx, until).unwrap_or_else(|error| TaskPoll::Done(Err(error)));
        if !matches!(polled, TaskPoll::Done(_)) {
            // There is work for more than a slice, or waiting that others can use.
            self.run.add_workers(self.pipeline);
        }
        polled
    }

    fn end(self: Box<Self>, result: Result<()>) {
        let Self { run, pipeline, driver, .. } = *self;
        let dropped = caught(|| {
            drop(driver);
            Ok(())
        });
        run.worker_ended(pipeline, result.and(dropped));
    }
}

pub(crate) struct FinalizeTask {
    pub(crate) run: Arc<QueryRun>,
    pub(crate) sink: SinkId,
    /// None: it has run.
    pub(crate) unit: Option<Box<dyn FinalizeUnit>>,
}

impl FinalizeTask {
    fn run_unit(&mut self) -> Result<()> {
        self.run.query.check_cancelled()?;
        let Some(unit) = self.unit.take() else { return Ok(()) };
        let began = Instant::now();
        let more = unit.run()?;
        self.run.sink(self.sink).machines.metrics.add(&Tally { time: began.elapsed(), ..Tally::default() });
        self.run.spawn_units(self.sink, more);
        Ok(())
    }
}

impl Task for FinalizeTask {
    fn poll(&mut self, _cx: &mut Context<'_>, _until: Instant) -> TaskPoll {
        TaskPoll::Done(self.run_unit())
    }

    fn end(self: Box<Self>, result: Result<()>) {
        let Self { run, sink, unit } = *self;
        let dropped = caught(|| {
            drop(unit);
            Ok(())
        });
        run.unit_ended(sink, result.and(dropped));
    }
}
