//! From the groups of all workers to finished ones.

use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::UInt32Array;
use firesteel_common::Result;

use super::Shared;
use super::partition::{PARTITIONS, Partitioned};
use super::spill::Spiller;
use super::update::Groups;
use crate::contract::FinalizeUnit;
use crate::unit::{Units, unit};

/// Up to so many groups one table takes them all.
const GROUPS_AT_ONCE: usize = 32 * 1024;

pub(super) fn finalize(shared: &Arc<Shared>, mut workers: Vec<Groups>) -> Result<Units> {
    if workers.is_empty() && shared.key_types.is_empty() {
        workers.push(Groups::new(shared, usize::MAX)?);
    }
    let groups: usize = workers.iter().map(Groups::len).sum();
    let shared = Arc::clone(shared);
    if !shared.spilled.is_empty() || !fits_twice(&shared, &workers) {
        return Ok(workers.into_iter().map(|groups| spill(&shared, groups)).collect());
    }
    Ok(match workers.len() {
        0 => Vec::new(),
        1 => vec![unit(move || finish_alone(&shared, workers))],
        _ if groups <= GROUPS_AT_ONCE => vec![unit(move || merge_all(&shared, workers))],
        _ => partitioned(&shared, workers),
    })
}

/// While groups are merged they are held twice. Those of one worker only are finished as they are.
fn fits_twice(shared: &Shared, workers: &[Groups]) -> bool {
    let held: usize = workers.iter().map(Groups::reserved).sum();
    workers.len() < 2 || shared.key_types.is_empty() || held <= shared.query.memory.free()
}

/// Puts a worker's groups to those on disk, a unit a partition.
fn spill(shared: &Arc<Shared>, groups: Groups) -> Box<dyn FinalizeUnit> {
    let shared = Arc::clone(shared);
    unit(move || {
        let mut spiller = Spiller::new(0);
        spiller.begin(groups.export()?, &shared)?;
        Ok(vec![go_on(shared, spiller)])
    })
}

fn go_on(shared: Arc<Shared>, mut spiller: Spiller) -> Box<dyn FinalizeUnit> {
    unit(move || {
        spiller.step(&shared)?;
        if spiller.is_writing() {
            return Ok(vec![go_on(shared, spiller)]);
        }
        shared.spilled.add(0, spiller.finish());
        Ok(Vec::new())
    })
}

fn finish_alone(shared: &Shared, workers: Vec<Groups>) -> Result<Units> {
    for groups in workers {
        let (batch, memory) = groups.finish(shared)?;
        shared.ready.add(batch, memory);
    }
    Ok(Vec::new())
}

/// The worker with most groups takes those of the others.
fn merge_all(shared: &Shared, mut workers: Vec<Groups>) -> Result<Units> {
    workers.sort_by_key(Groups::len);
    let Some(mut merged) = workers.pop() else { return Ok(Vec::new()) };
    for groups in workers {
        let exported = groups.export()?;
        let everything = UInt32Array::from_iter_values(0..exported.groups as u32);
        if !merged.merge(&exported, &everything)? {
            return Err(merged.refusal());
        }
    }
    finish_alone(shared, vec![merged])
}

/// One unit per worker sorts its groups by partition; the last of them begets one unit per partition.
fn partitioned(shared: &Arc<Shared>, workers: Vec<Groups>) -> Units {
    let left = Arc::new(AtomicUsize::new(workers.len()));
    let exported = Arc::new(Mutex::new(Vec::with_capacity(workers.len())));
    let export = |groups: Groups| {
        let (shared, left, exported) = (Arc::clone(shared), Arc::clone(&left), Arc::clone(&exported));
        unit(move || {
            let partitioned = Partitioned::new(groups.export()?, &shared.key_types, 0)?;
            let mut done = exported.lock().unwrap_or_else(PoisonError::into_inner);
            done.push(partitioned);
            if left.fetch_sub(1, AcqRel) > 1 {
                return Ok(Vec::new());
            }
            let all = Arc::new(std::mem::take(&mut *done));
            Ok((0..PARTITIONS).map(|at| merge_partition(&shared, &all, at)).collect())
        })
    };
    workers.into_iter().map(export).collect()
}

fn merge_partition(shared: &Arc<Shared>, all: &Arc<Vec<Partitioned>>, at: usize) -> Box<dyn FinalizeUnit> {
    let (shared, all) = (Arc::clone(shared), Arc::clone(all));
    unit(move || {
        let mut merged = Groups::new(&shared, usize::MAX)?;
        for worker in all.iter() {
            if !merged.merge(&worker.exported, &worker.partitions[at])? {
                return Err(merged.refusal());
            }
        }
        // The last partition lets go of what the workers held.
        drop(all);
        if merged.len() > 0 {
            let (batch, memory) = merged.finish(&shared)?;
            shared.ready.add(batch, memory);
        }
        Ok(Vec::new())
    })
}
