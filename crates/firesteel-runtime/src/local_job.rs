//! One query on the local executor: carries out what its [`Job`] says, tells it what happened.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use firesteel_common::{Result, internal};
use firesteel_exec::builder::{self, InputOpener};
use firesteel_exec::contract::{OnDone, ScanOpener, SinkFactory, SourceFactory};
use firesteel_exec::metrics::OperatorId;
use firesteel_exec::operators::collect::{self, CollectOptions, CollectSink, ResultStream};
use firesteel_exec::operators::stage_buffer::{StageBuffer, StageBufferSink, StageBufferSource};
use firesteel_exec::{Executor, QueryContext};
use firesteel_plan::physical::{Scan, StageId, Write};
use firesteel_plan::{PhysicalRef, Schema};
use firesteel_scheduler::{Action, Event, Job, Rest, Stage, StageOutput, TaskKey, TaskSpec, cut};
use hashbrown::HashMap;

use crate::JobReport;

pub(crate) struct LocalJob {
    query: Arc<QueryContext>,
    executor: Arc<Executor>,
    readers: Arc<dyn ScanOpener + Send + Sync>,
    /// Where the result goes; a root LIMIT is counted in there.
    result: CollectSink,
    started: Instant,
    state: Mutex<State>,
}

struct State {
    job: Job,
    /// By stage that has begun: the number of its first operator, so that numbers are unique within the query.
    first_operators: HashMap<StageId, u32>,
    next_operator: u32,
    /// What stages gave; of a recursion's rounds one after the other.
    buffers: HashMap<StageId, Vec<Arc<StageBuffer>>>,
    /// Called once, when nothing of the query is left to run.
    on_done: Option<OnDone>,
    /// Stages whose pipelines have not ended.
    running: usize,
    outcome: Option<Result<()>>,
}

pub(crate) fn start(
    plan: &PhysicalRef,
    rest: Option<Rest>,
    query: &Arc<QueryContext>,
    executor: &Arc<Executor>,
    readers: &Arc<dyn ScanOpener + Send + Sync>,
) -> (ResultStream, Arc<LocalJob>) {
    let (result, stream) = collect::collect(query);
    let job = Job::new(cut(plan, StageId(0)));
    let job = Arc::new(LocalJob {
        query: Arc::clone(query),
        executor: Arc::clone(executor),
        readers: Arc::clone(readers),
        result,
        started: Instant::now(),
        state: Mutex::new(State {
            job: match rest {
                Some(rest) => job.with_rest(rest),
                None => job,
            },
            first_operators: HashMap::new(),
            next_operator: 0,
            buffers: HashMap::new(),
            on_done: Some(stream.on_done()),
            running: 0,
            outcome: None,
        }),
    });
    job.handle(Event::Started);
    (stream, job)
}

impl State {
    /// The number of a stage's first operator, the same in every round.
    fn first_operator(&mut self, stage: StageId, plan: &PhysicalRef) -> u32 {
        *self.first_operators.entry(stage).or_insert_with(|| {
            let first = self.next_operator;
            self.next_operator += builder::operator_numbers(plan);
            first
        })
    }

    /// A stage's rows, for those who read it.
    fn keep(&mut self, stage: StageId, buffer: Arc<StageBuffer>, output: &StageOutput) {
        if self.outcome.is_some() {
            return;
        }
        match output {
            StageOutput::Result => {}
            StageOutput::Exchange(_) => {
                self.buffers.insert(stage, vec![buffer]);
            }
            StageOutput::Anchor { rounds } => {
                self.buffers.insert(*rounds, vec![Arc::clone(&buffer)]);
                self.buffers.insert(stage, vec![buffer]);
            }
            StageOutput::Round { anchor } => {
                self.buffers.insert(*anchor, vec![Arc::clone(&buffer)]);
                self.buffers.entry(stage).or_default().push(buffer);
            }
        }
    }
}

impl LocalJob {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the job, and does what it says. Starting a stage can fail, which is one more event.
    fn handle(self: &Arc<Self>, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let actions = self.state().job.handle(event, self.started.elapsed());
            for action in actions {
                if let Some(event) = self.carry_out(action) {
                    events.push(event);
                }
            }
        }
        self.finish_if_over();
    }

    fn carry_out(self: &Arc<Self>, action: Action) -> Option<Event> {
        match action {
            Action::Run(task) => {
                let key = task.key;
                self.run(task).err().map(|error| Event::TaskFailed { key, error })
            }
            // One query, one flag: all of its stages end.
            Action::Cancel(_) => {
                self.query.cancel();
                None
            }
            Action::Release(stage) => {
                self.state().buffers.remove(&stage);
                None
            }
            Action::Finished => self.over(Ok(())),
            Action::Failed(error) => self.over(Err(error)),
        }
    }

    fn over(&self, outcome: Result<()>) -> Option<Event> {
        let mut state = self.state();
        state.outcome.get_or_insert(outcome);
        state.buffers.clear();
        None
    }

    /// The client is told when the last task has ended.
    fn finish_if_over(&self) {
        let mut state = self.state();
        if state.running > 0 {
            return;
        }
        if let Some(outcome) = state.outcome.take()
            && let Some(on_done) = state.on_done.take()
        {
            drop(state);
            on_done(outcome);
        }
    }

    /// What has run so far, and how the plan came to be so.
    pub(crate) fn report(&self) -> JobReport {
        let state = self.state();
        let ran = |stage: &Stage| Some((*state.first_operators.get(&stage.id)?, stage.clone()));
        JobReport {
            stages: state.job.begun_stages().filter_map(ran).collect(),
            replanned: state.job.replanned().to_vec(),
        }
    }

    fn run(self: &Arc<Self>, task: TaskSpec) -> Result<()> {
        let first_operator = self.state().first_operator(task.key.stage, &task.plan);
        // Only the client's sink sees the order of the rows, and counts them.
        let is_result = task.output == StageOutput::Result;
        let streams = builder::build(&task.plan, self.as_ref(), &self.query, first_operator, is_result)?;
        let (sink, buffer): (Arc<dyn SinkFactory>, _) = match task.output {
            StageOutput::Result => {
                let options = CollectOptions { ordered: builder::keeps_order(&task.plan), range: streams.range() };
                (self.result.with_options(options), None)
            }
            StageOutput::Exchange(_) | StageOutput::Anchor { .. } | StageOutput::Round { .. } => {
                let buffer = StageBuffer::new(&self.query, &self.query.metrics.operator(OperatorId(first_operator)));
                (Arc::new(StageBufferSink(Arc::clone(&buffer))), Some(buffer))
            }
        };
        let graph = streams.into_sink(first_operator, sink)?;
        self.state().running += 1;
        let job = Arc::clone(self);
        let key = task.key;
        let on_done: OnDone =
            Box::new(move |result| job.stage_ended(key, buffer.map(|buffer| (buffer, task.output)), result));
        self.executor.spawn(Arc::clone(&self.query), graph, on_done);
        Ok(())
    }

    fn stage_ended(
        self: &Arc<Self>,
        key: TaskKey,
        output: Option<(Arc<StageBuffer>, StageOutput)>,
        result: Result<()>,
    ) {
        self.state().running -= 1;
        let event = match result {
            Ok(()) => {
                let (rows, bytes) = output.as_ref().map_or((0, 0), |(buffer, _)| buffer.size());
                if let Some((buffer, output)) = output {
                    self.state().keep(key.stage, buffer, &output);
                }
                Event::TaskFinished { key, rows, bytes }
            }
            Err(error) => Event::TaskFailed { key, error },
        };
        self.handle(event);
    }
}

impl InputOpener for LocalJob {
    fn scan(&self, scan: &Scan, schema: &Schema, operator: OperatorId) -> Result<Arc<dyn SourceFactory>> {
        self.readers.open(scan, schema, &self.query, &self.query.metrics.operator(operator))
    }

    fn write(&self, write: &Write, operator: OperatorId) -> Result<Arc<dyn SinkFactory>> {
        self.readers.open_write(write, &self.query, &self.query.metrics.operator(operator))
    }

    fn stage(&self, stage: StageId, _schema: &Schema) -> Result<Arc<dyn SourceFactory>> {
        let buffers = self.state().buffers.get(&stage).cloned();
        let buffers = buffers.ok_or_else(|| internal!("stage {} has left no output", stage.0))?;
        Ok(Arc::new(StageBufferSource::new(&buffers)?))
    }
}
