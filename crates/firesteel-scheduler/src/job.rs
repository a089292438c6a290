//! One query as a state machine: [`Job::handle`] takes what happened and says what to do.
//!
//! ```text
//! Started ─▶ Run(every task whose inputs are there) ─▶ TaskFinished ─▶ Run(..), Release(outputs nobody needs) ─▶ Finished
//!                                                   └▶ TaskFailed, Cancelled ─▶ Cancel(what runs), Failed
//! ```
//! A recursion is a stage that starts anew, with all that reads its working table, until a round gives no rows:
//!
//! ```text
//! anchor done ─▶ Run(round) ─▶ TaskFinished { rows: 3 } ─▶ Run(round) ─▶ TaskFinished { rows: 0 } ─▶ its readers
//! ```
//! Before a stage starts, the rest of the query is planned anew if what has ended gave other rows than expected; the stages
//! of the new plan follow those of the old one, of which what had not begun is [`Progress::Replaced`].
//!
//! Reports may come twice or late; what is known already changes nothing. The first accepted attempt of a task wins.

use std::time::Duration;

use firesteel_common::{Error, Result, error};
use firesteel_plan::PhysicalRef;
use firesteel_plan::physical::StageId;

use crate::rest::{Begun, Learned, Replanned, Rest};
use crate::stages::{Stage, StageOutput, cut};

/// Names one attempt at a share of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaskKey {
    pub stage: StageId,
    /// How often the whole stage was started anew.
    pub stage_attempt: u32,
    /// Which share of the stage's input; with one executor there is one.
    pub share: u32,
    pub attempt: u32,
}

/// What an executor needs to run a task.
#[derive(Debug, Clone)]
pub struct TaskSpec {
    pub key: TaskKey,
    pub plan: PhysicalRef,
    pub output: StageOutput,
}

/// What a job is told.
#[derive(Debug)]
pub enum Event {
    Started,
    TaskFinished { key: TaskKey, rows: u64, bytes: u64 },
    TaskFailed { key: TaskKey, error: Error },
    Cancelled { error: Error },
}

/// What a job wants done.
#[derive(Debug)]
pub enum Action {
    Run(TaskSpec),
    Cancel(TaskKey),
    /// Nobody will read this stage's output any more.
    Release(StageId),
    Finished,
    Failed(Error),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    Waiting,
    Running,
    Done {
        rows: u64,
        bytes: u64,
    },
    /// Another plan does without it.
    Replaced,
}

#[derive(Debug)]
struct StageState {
    stage: Stage,
    progress: Progress,
    started: Duration,
    took: Duration,
    released: bool,
    /// How often it was started anew.
    attempt: u32,
    /// Of a round's stage: rounds that ended, and the rows of all of them and of the anchor.
    rounds: u64,
    rows: u64,
    /// Whether its rows were compared with what planning expected.
    considered: bool,
}

impl StageState {
    fn new(stage: Stage) -> Self {
        Self {
            stage,
            progress: Progress::Waiting,
            started: Duration::ZERO,
            took: Duration::ZERO,
            released: false,
            attempt: 0,
            rounds: 0,
            rows: 0,
            considered: false,
        }
    }

    fn key(&self) -> TaskKey {
        TaskKey { stage: self.stage.id, stage_attempt: self.attempt, share: 0, attempt: 0 }
    }
}

/// A query's stages and how far they are. Time is an argument, in any fixed origin.
#[derive(Debug)]
pub struct Job {
    stages: Vec<StageState>,
    /// What may be planned anew; nothing of a static plan.
    rest: Option<Rest>,
    replanned: Vec<Replanned>,
    over: bool,
}

impl Job {
    /// Of stages as [`crate::cut`] gives them: inputs before readers, the result last.
    pub fn new(stages: Vec<Stage>) -> Self {
        let stages = stages.into_iter().map(StageState::new).collect();
        Self { stages, rest: None, replanned: Vec::new(), over: false }
    }

    /// Plans anew what has not begun when finished stages make it worth while.
    pub fn with_rest(self, rest: Rest) -> Self {
        Self { rest: Some(rest), ..self }
    }

    pub fn handle(&mut self, event: Event, now: Duration) -> Vec<Action> {
        if self.over {
            return Vec::new();
        }
        match event {
            Event::Started => self.start_ready(now),
            Event::TaskFinished { key, rows, bytes } => self.finished(key, rows, bytes, now),
            Event::TaskFailed { key, error } if self.is_current(key) => self.fail(error),
            Event::TaskFailed { .. } => Vec::new(),
            Event::Cancelled { error } => self.fail(error),
        }
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Rows, bytes and time of a stage that is done: what re-planning and EXPLAIN ANALYZE read.
    pub fn stage_result(&self, stage: StageId) -> Option<(u64, u64, Duration)> {
        let state = self.stages.get(stage.0 as usize)?;
        match state.progress {
            Progress::Done { rows, bytes } => Some((rows, bytes, state.took)),
            _ => None,
        }
    }

    /// The stages that have begun, in order.
    pub fn begun_stages(&self) -> impl Iterator<Item = &Stage> {
        let began = |state: &&StageState| matches!(state.progress, Progress::Running | Progress::Done { .. });
        self.stages.iter().filter(began).map(|state| &state.stage)
    }

    /// How often the rest was planned anew, and what became of it.
    pub fn replanned(&self) -> &[Replanned] {
        &self.replanned
    }

    fn state(&mut self, stage: StageId) -> Option<&mut StageState> {
        self.stages.get_mut(stage.0 as usize)
    }

    /// Whether the report is about an attempt that still counts.
    fn is_current(&mut self, key: TaskKey) -> bool {
        let first = key.share == 0 && key.attempt == 0;
        let current =
            |state: &mut StageState| state.progress == Progress::Running && state.attempt == key.stage_attempt;
        first && self.state(key.stage).is_some_and(current)
    }

    fn start_ready(&mut self, now: Duration) -> Vec<Action> {
        if self.ready().is_empty() {
            return Vec::new();
        }
        if let Err(error) = self.plan_rest() {
            return self.fail(error);
        }
        let ready = self.ready();
        let start = |state: &mut StageState| {
            state.progress = Progress::Running;
            state.started = now;
            let (plan, output) = (state.stage.plan.clone(), state.stage.output.clone());
            Action::Run(TaskSpec { key: state.key(), plan, output })
        };
        self.stages.iter_mut().filter(|state| ready.contains(&state.stage.id)).map(start).collect()
    }

    /// Stages that wait for nothing any more.
    fn ready(&self) -> Vec<StageId> {
        let done = |stage: &StageId| matches!(self.stages[stage.0 as usize].progress, Progress::Done { .. });
        let ready = |state: &&StageState| state.progress == Progress::Waiting && state.stage.inputs.iter().all(done);
        self.stages.iter().filter(ready).map(|state| state.stage.id).collect()
    }

    /// Other stages for what has not begun, when those that have ended since the last time say so.
    fn plan_rest(&mut self) -> Result<()> {
        let Some(mut rest) = self.rest.take() else { return Ok(()) };
        // What a round computes for itself changes from round to round.
        let inner: Vec<StageId> = self.stages.iter().flat_map(|state| state.stage.inner_stages()).collect();
        let mut learned = Vec::new();
        let known = |state: &StageState| state.stage.logical.is_some() && !inner.contains(&state.stage.id);
        for state in self.stages.iter_mut().filter(|state| !state.considered && known(state)) {
            let Progress::Done { rows, .. } = state.progress else { continue };
            state.considered = true;
            learned.extend(Learned::of(&state.stage, rows));
        }
        if !learned.is_empty() {
            let begun: Vec<_> = self.stages.iter().filter_map(|state| self.begun(state)).collect();
            let replanned = rest.plan(learned, &begun)?;
            if let Some(new) = replanned.as_ref().filter(|replanned| replanned.changed()) {
                self.replace_waiting(new);
            }
            self.replanned.extend(replanned);
        }
        self.rest = Some(rest);
        Ok(())
    }

    /// The stage as a leaf of the rest, if it has begun: a recursion begins with its anchor.
    fn begun<'a>(&self, state: &'a StageState) -> Option<Begun<'a>> {
        let rows = match state.progress {
            Progress::Done { rows, .. } => Some(rows),
            _ => None,
        };
        let waits = |state: &StageState| matches!(state.progress, Progress::Waiting | Progress::Replaced);
        let has_begun = match &state.stage.rounds {
            Some(rounds) => !waits(&self.stages[rounds.anchor.0 as usize]),
            None => !waits(state),
        };
        has_begun.then_some(Begun { stage: &state.stage, rows })
    }

    /// The stages of a new plan of the rest in the place of those that wait, but for rounds of recursions that go on.
    fn replace_waiting(&mut self, new: &Replanned) {
        let begun = self.stages.iter().filter(|state| state.stage.rounds.is_some() && self.begun(state).is_some());
        let going_on: Vec<StageId> =
            begun.flat_map(|state| state.stage.rounds.iter().flat_map(|rounds| rounds.body.clone())).collect();
        for state in &mut self.stages {
            if state.progress == Progress::Waiting && !going_on.contains(&state.stage.id) {
                state.progress = Progress::Replaced;
            }
        }
        let first = StageId(self.stages.len() as u32);
        self.stages.extend(cut(&new.after, first).into_iter().map(StageState::new));
    }

    fn finished(&mut self, key: TaskKey, rows: u64, bytes: u64, now: Duration) -> Vec<Action> {
        if !self.is_current(key) {
            return Vec::new();
        }
        let Some(state) = self.state(key.stage) else { return Vec::new() };
        state.progress = Progress::Done { rows, bytes };
        state.took = now.saturating_sub(state.started);
        if state.stage.output == StageOutput::Result {
            self.over = true;
            let mut actions = self.release();
            actions.push(Action::Finished);
            return actions;
        }
        if let Err(error) = self.after_round(key.stage, rows) {
            return self.fail(error);
        }
        let mut actions = self.release();
        actions.extend(self.start_ready(now));
        actions
    }

    /// After an anchor or a round: the recursion is done, or its next round may start.
    fn after_round(&mut self, stage: StageId, rows: u64) -> Result<()> {
        let Some(state) = self.state(stage) else { return Ok(()) };
        let (id, is_anchor) = match state.stage.output {
            StageOutput::Anchor { rounds } => (rounds, true),
            StageOutput::Round { .. } => (stage, false),
            StageOutput::Result | StageOutput::Exchange(_) => return Ok(()),
        };
        let Some(state) = self.state(id) else { return Ok(()) };
        let Some(rounds) = state.stage.rounds.clone() else { return Ok(()) };
        state.rounds = if is_anchor { 0 } else { state.rounds + 1 };
        state.rows = if is_anchor { rows } else { state.rows + rows };
        let wanted = rounds.limits.rows_wanted;
        if rows == 0 || wanted.is_some_and(|wanted| state.rows >= wanted) {
            state.progress = Progress::Done { rows: state.rows, bytes: 0 };
            // After an anchor without rows nothing of the round has run, nor will.
            for stage in rounds.body {
                if let Some(state) = self.state(stage).filter(|state| state.progress == Progress::Waiting) {
                    state.progress = Progress::Done { rows: 0, bytes: 0 };
                    state.released = true;
                }
            }
            return Ok(());
        }
        if let Some(most) = rounds.limits.rows_max.filter(|most| wanted.is_none() && state.rows > *most) {
            return Err(error!(RECURSION_ROW_LIMIT_EXCEEDED, rowLimit = most.to_string()));
        }
        if let Some(most) = rounds.limits.levels_max.filter(|most| state.rounds >= *most) {
            return Err(error!(RECURSION_LEVEL_LIMIT_EXCEEDED, levelLimit = most.to_string()));
        }
        if !is_anchor {
            rounds.body.iter().for_each(|stage| self.start_anew(*stage));
        }
        Ok(())
    }

    fn start_anew(&mut self, stage: StageId) {
        if let Some(state) = self.state(stage) {
            state.progress = Progress::Waiting;
            state.attempt += 1;
            state.released = false;
        }
    }

    /// Outputs whose readers are all done.
    fn release(&mut self) -> Vec<Action> {
        let pending: Vec<StageId> = self
            .stages
            .iter()
            .filter(|state| !self.over && matches!(state.progress, Progress::Waiting | Progress::Running))
            .flat_map(|state| state.stage.inputs.iter().copied())
            .collect();
        let mut actions = Vec::new();
        for state in &mut self.stages {
            let done = matches!(state.progress, Progress::Done { .. }) && state.stage.output != StageOutput::Result;
            if done && !state.released && !pending.contains(&state.stage.id) {
                state.released = true;
                actions.push(Action::Release(state.stage.id));
            }
        }
        actions
    }

    fn fail(&mut self, error: Error) -> Vec<Action> {
        self.over = true;
        let mut actions: Vec<_> = self
            .stages
            .iter()
            .filter(|state| state.progress == Progress::Running)
            .map(|state| Action::Cancel(state.key()))
            .collect();
        actions.extend(self.release());
        actions.push(Action::Failed(error));
        actions
    }
}

#[cfg(test)]
mod tests;
