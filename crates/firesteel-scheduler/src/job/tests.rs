//! Seeded histories: reports in any order, twice, late, failing; whatever happens, a job ends once and says so once.

use std::collections::BTreeSet;
use std::time::Duration;

use firesteel_catalog::Estimate;
use firesteel_common::{Error, conditions};
use firesteel_plan::logical::RecursionLimits;
use firesteel_plan::physical::{Partitioning, PhysicalOp, StageId, Values};
use firesteel_plan::{PhysicalPlan, Schema};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::*;
use crate::stages::Rounds;

/// Stages with random inputs among the earlier ones; every stage but the last is read by a later one.
fn random_stages(random: &mut StdRng) -> Vec<Stage> {
    let count = random.random_range(1..8_u32);
    let plan = PhysicalPlan::new(
        PhysicalOp::Values(Values { rows: Vec::new() }),
        Vec::new(),
        Schema::new(Vec::new()),
        Estimate::exact(0.0),
    );
    let mut inputs: Vec<BTreeSet<u32>> = vec![BTreeSet::new(); count as usize];
    for stage in 0..count.saturating_sub(1) {
        inputs[random.random_range(stage + 1..count) as usize].insert(stage);
        if random.random_bool(0.3) {
            inputs[random.random_range(stage + 1..count) as usize].insert(stage);
        }
    }
    let stage = |id: u32| Stage {
        id: StageId(id),
        plan: plan.clone(),
        output: if id + 1 == count { StageOutput::Result } else { StageOutput::Exchange(Partitioning::Local) },
        inputs: inputs[id as usize].iter().map(|input| StageId(*input)).collect(),
        logical: None,
        rounds: None,
    };
    (0..count).map(stage).collect()
}

#[derive(Default)]
struct World {
    running: Vec<TaskKey>,
    done: Vec<StageId>,
    released: Vec<StageId>,
    ended: u32,
}

impl World {
    fn carry_out(&mut self, actions: Vec<Action>, stages: &[Stage]) {
        for action in actions {
            match action {
                Action::Run(task) => {
                    assert!(!self.running.contains(&task.key), "{:?} runs twice", task.key);
                    for input in &stages[task.key.stage.0 as usize].inputs {
                        assert!(self.done.contains(input), "stage {:?} before its input {input:?}", task.key.stage);
                        assert!(!self.released.contains(input), "{input:?} released before it was read");
                    }
                    self.running.push(task.key);
                }
                Action::Cancel(key) => self.running.retain(|running| *running != key),
                Action::Release(stage) => {
                    assert!(!self.released.contains(&stage), "{stage:?} released twice");
                    self.released.push(stage);
                }
                Action::Finished | Action::Failed(_) => self.ended += 1,
            }
        }
    }
}

#[test]
fn every_history_ends_once() {
    for seed in 0..5_000 {
        let mut random = StdRng::seed_from_u64(seed);
        let stages = random_stages(&mut random);
        let mut job = Job::new(stages.clone());
        let mut world = World::default();
        let mut now = Duration::ZERO;
        world.carry_out(job.handle(Event::Started, now), &stages);
        let mut reported: Vec<TaskKey> = Vec::new();
        while !job.is_over() {
            assert!(!world.running.is_empty(), "seed {seed}: nothing runs and the job is not over");
            now += Duration::from_millis(1);
            world.running.shuffle(&mut random);
            let late = reported.first().copied().filter(|_| random.random_bool(0.2));
            let key = late.unwrap_or(world.running[0]);
            let event = match random.random_range(0..30) {
                0 => Event::TaskFailed { key, error: Error::new(&conditions::DIVIDE_BY_ZERO) },
                1 => Event::Cancelled { error: Error::new(&conditions::CANCELLED) },
                _ => Event::TaskFinished { key, rows: 1, bytes: 8 },
            };
            if late.is_none() && matches!(event, Event::TaskFinished { .. }) {
                world.running.retain(|running| *running != key);
                world.done.push(key.stage);
                reported.push(key);
            }
            let actions = job.handle(event, now);
            if late.is_some() && !job.is_over() {
                assert!(actions.is_empty(), "seed {seed}: a late report did something");
            }
            world.carry_out(actions, &stages);
        }
        assert_eq!(world.ended, 1, "seed {seed}");
        assert!(world.running.is_empty(), "seed {seed}: tasks left behind");
        let kept: BTreeSet<_> = world.done.iter().filter(|stage| stage.0 as usize + 1 != stages.len()).collect();
        assert_eq!(kept, world.released.iter().collect(), "seed {seed}: outputs left behind");
        assert!(job.handle(Event::Started, now).is_empty());
    }
}

/// An anchor, a stage that rounds read as it is, one that reads the working table, the round, and the result.
fn recursive_stages(limits: RecursionLimits) -> Vec<Stage> {
    let mut stages = random_stages(&mut StdRng::seed_from_u64(1));
    stages.truncate(1);
    let stage = |id: u32, inputs: &[u32], output| Stage {
        id: StageId(id),
        output,
        inputs: inputs.iter().map(|input| StageId(*input)).collect(),
        ..stages[0].clone()
    };
    let local = || StageOutput::Exchange(Partitioning::Local);
    let mut stages = vec![
        stage(0, &[], StageOutput::Anchor { rounds: StageId(3) }),
        stage(1, &[], local()),
        stage(2, &[0], local()),
        stage(3, &[0, 1, 2], StageOutput::Round { anchor: StageId(0) }),
        stage(4, &[3], StageOutput::Result),
    ];
    stages[3].rounds = Some(Rounds { anchor: StageId(0), body: vec![StageId(2), StageId(3)], limits });
    stages
}

/// Runs a job whose stages 0 and 3 give these numbers of rows one after the other: which stages ran, and how it ended.
fn run_rounds(limits: RecursionLimits, rows: &[u64]) -> (Vec<u32>, Option<&'static str>) {
    let mut job = Job::new(recursive_stages(limits));
    let (mut ran, mut ended, mut rows) = (Vec::new(), None, rows.iter());
    let mut actions = job.handle(Event::Started, Duration::ZERO);
    let mut released = Vec::new();
    while !job.is_over() || !actions.is_empty() {
        let mut next = Vec::new();
        for action in actions {
            match action {
                Action::Run(task) => {
                    ran.push(task.key.stage.0);
                    let rows = if [0, 3].contains(&task.key.stage.0) { *rows.next().expect("rows") } else { 1 };
                    next.extend(job.handle(Event::TaskFinished { key: task.key, rows, bytes: 8 }, Duration::ZERO));
                }
                Action::Release(stage) => released.push(stage.0),
                Action::Failed(error) => ended = Some(error.condition().name),
                Action::Finished | Action::Cancel(_) => {}
            }
        }
        actions = next;
    }
    released.sort_unstable();
    released.dedup();
    assert_eq!(released, if ended.is_none() && ran.contains(&3) { vec![0, 1, 2, 3] } else { released.clone() });
    (ran, ended)
}

#[test]
fn rounds_go_on_until_one_is_empty() {
    let unlimited = RecursionLimits { levels_max: None, rows_max: None, rows_wanted: None };
    assert_eq!(run_rounds(unlimited, &[2, 1, 1, 0]), (vec![0, 1, 2, 3, 2, 3, 2, 3, 4], None));
    let (ran, ended) = run_rounds(unlimited, &[0]);
    assert!(!ran.contains(&3) && ran.contains(&4) && ended.is_none(), "{ran:?}");
}

#[test]
fn rounds_end_at_their_limits() {
    let unlimited = RecursionLimits { levels_max: None, rows_max: None, rows_wanted: None };
    let wanted = RecursionLimits { rows_wanted: Some(3), rows_max: Some(1), ..unlimited };
    assert_eq!(run_rounds(wanted, &[2, 1]), (vec![0, 1, 2, 3, 4], None));
    let levels = RecursionLimits { levels_max: Some(2), ..unlimited };
    assert_eq!(run_rounds(levels, &[1, 1, 1]).1, Some("RECURSION_LEVEL_LIMIT_EXCEEDED"));
    assert_eq!(run_rounds(levels, &[1, 1, 0]).1, None);
    let rows = RecursionLimits { rows_max: Some(3), ..unlimited };
    assert_eq!(run_rounds(rows, &[2, 2]).1, Some("RECURSION_ROW_LIMIT_EXCEEDED"));
    assert_eq!(run_rounds(rows, &[2, 1, 0]).1, None);
}
