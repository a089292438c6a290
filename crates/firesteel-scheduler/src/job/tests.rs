//! Seeded histories: reports in any order, twice, late, failing; whatever happens, a job ends once and says so once.

use std::collections::BTreeSet;
use std::time::Duration;

use firesteel_catalog::Estimate;
use firesteel_common::{Error, conditions};
use firesteel_plan::physical::{Partitioning, PhysicalOp, StageId, Values};
use firesteel_plan::{PhysicalPlan, Schema};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

use super::*;

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
