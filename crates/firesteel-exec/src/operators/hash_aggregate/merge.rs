//! From the groups of all workers to finished ones.

use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::UInt32Array;
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::Column;

use super::Shared;
use super::update::{Exported, Groups};
use crate::contract::FinalizeUnit;
use crate::hash::hash_columns;
use crate::unit::{Units, unit};

/// Up to so many groups one table takes them all.
const GROUPS_AT_ONCE: usize = 32 * 1024;
const PARTITION_BITS: u32 = 5;
/// Bits 55–48 of the hash are those of radix partitions.
const PARTITION_SHIFT: u32 = 56 - PARTITION_BITS;

pub(super) fn finalize(shared: &Arc<Shared>, mut workers: Vec<Groups>) -> Result<Units> {
    if workers.is_empty() && shared.key_types.is_empty() {
        workers.push(Groups::new(shared)?);
    }
    let groups: usize = workers.iter().map(Groups::len).sum();
    let shared = Arc::clone(shared);
    Ok(match workers.len() {
        0 => Vec::new(),
        1 => vec![unit(move || finish_alone(&shared, workers))],
        _ if groups <= GROUPS_AT_ONCE => vec![unit(move || merge_all(&shared, workers))],
        _ => partitioned(&shared, workers),
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
        merged.merge(&exported, &everything)?;
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
            let partitioned = Partitioned::new(groups.export()?, &shared.key_types)?;
            let mut done = exported.lock().unwrap_or_else(PoisonError::into_inner);
            done.push(partitioned);
            if left.fetch_sub(1, AcqRel) > 1 {
                return Ok(Vec::new());
            }
            let all = Arc::new(std::mem::take(&mut *done));
            Ok((0..1 << PARTITION_BITS).map(|at| merge_partition(&shared, &all, at)).collect())
        })
    };
    workers.into_iter().map(export).collect()
}

fn merge_partition(shared: &Arc<Shared>, all: &Arc<Vec<Partitioned>>, at: usize) -> Box<dyn FinalizeUnit> {
    let (shared, all) = (Arc::clone(shared), Arc::clone(all));
    unit(move || {
        let mut merged = Groups::new(&shared)?;
        for worker in all.iter() {
            merged.merge(&worker.exported, &worker.partitions[at])?;
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

struct Partitioned {
    exported: Exported,
    /// The numbers of each partition's groups.
    partitions: Vec<UInt32Array>,
}

impl Partitioned {
    fn new(exported: Exported, types: &[SqlType]) -> Result<Self> {
        let keys: Vec<Column> = exported.keys.iter().cloned().map(Column::Array).collect();
        let mut hashes = Vec::new();
        hash_columns(&keys.iter().zip(types).collect::<Vec<_>>(), exported.groups, &mut hashes)?;
        let mut partitions = vec![Vec::new(); 1 << PARTITION_BITS];
        for (number, hash) in hashes.iter().enumerate() {
            partitions[(hash >> PARTITION_SHIFT) as usize & ((1 << PARTITION_BITS) - 1)].push(number as u32);
        }
        Ok(Self { exported, partitions: partitions.into_iter().map(UInt32Array::from).collect() })
    }
}
