//! The groups that one worker, or one partition of the merge, has so far.

use arrow::array::{ArrayRef, AsArray, Int32Array, UInt32Array};
use arrow::datatypes::Int32Type;
use firesteel_common::{Error, Result, SqlType, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::{Accumulator, GroupIndices};
use std::sync::Arc;

use super::Shared;
use super::input::{Input, ShareColumns};
use crate::keys::group_table::GroupTable;
use crate::memory::Reservation;

/// Groups by number, and for each call what became of its rows.
pub(super) struct Groups {
    /// `None`: without keys there is one group.
    table: Option<GroupTable>,
    calls: Vec<CallState>,
    sets: Vec<DistinctSet>,
    memory: Reservation,
    /// More bytes than this are not even asked for.
    bytes_max: usize,
    /// The group of each row of the current batch.
    numbers: Vec<u32>,
    /// Of the rows that pass a filter.
    passed: Vec<u32>,
}

struct CallState {
    accumulator: Box<dyn Accumulator>,
    /// Of a DISTINCT call: which set has its arguments, and where.
    set: Option<usize>,
}

/// The arguments of DISTINCT calls, each combination once per group: keys are group number, then arguments.
struct DistinctSet {
    share: usize,
    args: Vec<usize>,
    table: GroupTable,
}

/// Groups on their way into another table.
pub(super) struct Exported {
    pub(super) keys: Vec<ArrayRef>,
    /// By call; empty for DISTINCT calls, whose sets follow instead.
    pub(super) states: Vec<Vec<ArrayRef>>,
    /// By set: group number and arguments of each entry.
    pub(super) sets: Vec<Vec<ArrayRef>>,
    pub(super) groups: usize,
    /// What the groups took; given back when they have been taken over. None of those that come from disk.
    pub(super) _memory: Option<Reservation>,
}

impl Groups {
    /// `bytes_max`: more than so much counts as refused.
    pub(super) fn new(shared: &Shared, bytes_max: usize) -> Result<Self> {
        let mut sets: Vec<DistinctSet> = Vec::new();
        let mut calls = Vec::with_capacity(shared.calls.len());
        for (at, call) in shared.calls.iter().enumerate() {
            let set = match call.distinct {
                true => {
                    let types = call.row_inputs().map(|input| input.data_type().clone()).collect();
                    Some(set_for(&mut sets, shared.input.call(at), types)?)
                }
                false => None,
            };
            calls.push(CallState { accumulator: call.accumulator()?, set });
        }
        let table = match shared.key_types.is_empty() {
            true => None,
            false => Some(GroupTable::new(shared.key_types.clone())?),
        };
        let memory = shared.query.memory.reserve(format!("HashAggregate of {:?}", shared.query.id));
        let mut groups = Self { table, calls, sets, memory, bytes_max, numbers: Vec::new(), passed: Vec::new() };
        groups.resize();
        Ok(groups)
    }

    pub(super) fn len(&self) -> usize {
        self.table.as_ref().map_or(1, GroupTable::len)
    }

    fn resize(&mut self) {
        let groups = self.len();
        self.calls.iter_mut().for_each(|call| call.accumulator.resize(groups));
    }

    fn bytes(&self) -> usize {
        let tables = self.table.iter().chain(self.sets.iter().map(|set| &set.table));
        let accumulators = self.calls.iter().map(|call| call.accumulator.memory_size());
        tables.map(GroupTable::memory_size).chain(accumulators).sum()
    }

    /// Asks for the memory that this has grown by; false when it is refused.
    fn account(&mut self) -> bool {
        let bytes = self.bytes();
        bytes <= self.bytes_max && self.memory.try_resize(bytes)
    }

    /// What to say when this cannot get smaller.
    pub(super) fn refusal(&self) -> Error {
        self.memory.refusal(self.bytes().saturating_sub(self.memory.size()))
    }

    /// What is granted so far.
    pub(super) fn reserved(&self) -> usize {
        self.memory.size()
    }

    /// Adds rows. False: they are in, but there is no memory for more.
    pub(super) fn update(&mut self, input: &mut Input, batch: Batch) -> Result<bool> {
        let rows = batch.rows();
        let (keys, shares) = input.evaluate(batch)?;
        self.find(&keys, rows)?;
        self.fill_sets(&shares)?;
        for at in 0..self.calls.len() {
            if self.calls[at].set.is_none() {
                self.update_call(at, input, &shares)?;
            }
        }
        Ok(self.account())
    }

    fn find(&mut self, keys: &[Column], rows: usize) -> Result<()> {
        let Some(table) = &mut self.table else { return Ok(()) };
        let before = table.len();
        table.find_or_insert(keys, rows, &mut self.numbers)?;
        if table.len() > before {
            self.resize();
        }
        Ok(())
    }

    fn update_call(&mut self, at: usize, input: &Input, shares: &[ShareColumns]) -> Result<()> {
        let (share, args) = input.call(at);
        let share = &shares[*share];
        let args: Vec<Column> = args.iter().map(|arg| share.columns[*arg].clone()).collect();
        let groups = groups_of(self.table.is_none(), &self.numbers, &mut self.passed, share);
        self.calls[at].accumulator.update(groups, &args)
    }

    fn fill_sets(&mut self, shares: &[ShareColumns]) -> Result<()> {
        for set in &mut self.sets {
            let share = &shares[set.share];
            let groups: Vec<u32> = match groups_of(self.table.is_none(), &self.numbers, &mut self.passed, share) {
                GroupIndices::Single { rows } => vec![0; rows],
                GroupIndices::Each(groups) => groups.to_vec(),
            };
            let args = set.args.iter().map(|arg| share.columns[*arg].clone());
            set.insert(groups.into_iter(), args.collect(), share.row_count)?;
        }
        Ok(())
    }

    /// Adds some groups of another table: those numbered `chosen`, in that order. False: they are in, but there is no memory
    /// for more.
    pub(super) fn merge(&mut self, other: &Exported, chosen: &UInt32Array) -> Result<bool> {
        let take = |array: &ArrayRef| -> Result<ArrayRef> { Ok(arrow::compute::take(array, chosen, None)?) };
        let keys = other.keys.iter().map(|key| take(key).map(Column::Array)).collect::<Result<Vec<_>>>()?;
        self.find(&keys, chosen.len())?;
        for (call, state) in self.calls.iter_mut().zip(&other.states).filter(|(call, _)| call.set.is_none()) {
            let state = state.iter().map(take).collect::<Result<Vec<_>>>()?;
            let groups = match self.table {
                Some(_) => GroupIndices::Each(&self.numbers),
                None => GroupIndices::Single { rows: chosen.len() },
            };
            call.accumulator.merge(groups, &state)?;
        }
        self.merge_sets(other, chosen)?;
        Ok(self.account())
    }

    /// Set entries follow their group to its number here.
    fn merge_sets(&mut self, other: &Exported, chosen: &UInt32Array) -> Result<()> {
        if self.sets.is_empty() {
            return Ok(());
        }
        const ELSEWHERE: u32 = u32::MAX;
        let mut here = vec![ELSEWHERE; other.groups];
        for (at, number) in chosen.values().iter().enumerate() {
            here[*number as usize] = if self.table.is_some() { self.numbers[at] } else { 0 };
        }
        for (set, entries) in self.sets.iter_mut().zip(&other.sets) {
            let (groups, args) = split_set(entries)?;
            let rows: Vec<u32> =
                (0..groups.len() as u32).filter(|at| here[groups[*at as usize]] != ELSEWHERE).collect();
            let numbers: Vec<u32> = rows.iter().map(|at| here[groups[*at as usize]]).collect();
            let rows = UInt32Array::from(rows);
            let args = args.iter().map(|arg| Ok(Column::Array(arrow::compute::take(arg, &rows, None)?)));
            set.insert(numbers.into_iter(), args.collect::<Result<_>>()?, rows.len())?;
        }
        Ok(())
    }

    pub(super) fn export(mut self) -> Result<Exported> {
        let groups = self.len();
        let keys = self.table.as_ref().map_or(Ok(Vec::new()), GroupTable::keys)?;
        let state = |call: &mut CallState| match call.set {
            Some(_) => Ok(Vec::new()),
            None => call.accumulator.state(),
        };
        let states = self.calls.iter_mut().map(state).collect::<Result<_>>()?;
        let sets = self.sets.iter().map(|set| set.table.keys()).collect::<Result<_>>()?;
        Ok(Exported { keys, states, sets, groups, _memory: Some(self.memory) })
    }

    /// The finished groups: keys, then aggregates.
    pub(super) fn finish(mut self, shared: &Shared) -> Result<(Batch, Reservation)> {
        self.count_distinct()?;
        let rows = self.len();
        let mut columns = self.table.as_ref().map_or(Ok(Vec::new()), GroupTable::keys)?;
        for (state, call) in self.calls.iter_mut().zip(&shared.calls) {
            let column = state.accumulator.finish()?;
            if column.len() != rows {
                return Err(internal!("{} gave {} groups of {rows}", call.function.name, column.len()));
            }
            columns.push(column);
        }
        let bytes = columns.iter().map(crate::pages::array_bytes).sum();
        let (table, sets, calls) = (self.table.take(), std::mem::take(&mut self.sets), std::mem::take(&mut self.calls));
        drop((table, sets, calls));
        self.memory.resize(bytes)?;
        Ok((Batch::new(columns.into_iter().map(Column::Array).collect(), rows), self.memory))
    }

    /// The groups are final: each combination of arguments counts once.
    fn count_distinct(&mut self) -> Result<()> {
        for (at, set) in self.sets.iter().enumerate() {
            let entries = set.table.keys()?;
            let (_, args) = split_set(&entries)?;
            let groups: Vec<u32> =
                entries[0].as_primitive::<Int32Type>().values().iter().map(|group| *group as u32).collect();
            let args: Vec<Column> = args.iter().cloned().map(Column::Array).collect();
            let groups = match self.table {
                Some(_) => GroupIndices::Each(&groups),
                None => GroupIndices::Single { rows: groups.len() },
            };
            for call in self.calls.iter_mut().filter(|call| call.set == Some(at)) {
                call.accumulator.update(groups, &args)?;
            }
        }
        Ok(())
    }
}

fn set_for(sets: &mut Vec<DistinctSet>, (share, args): &(usize, Vec<usize>), types: Vec<SqlType>) -> Result<usize> {
    if let Some(known) = sets.iter().position(|set| set.share == *share && set.args == *args) {
        return Ok(known);
    }
    // Group numbers are i32 here; beyond their range they wrap, and wrap back.
    let types = std::iter::once(SqlType::Int).chain(types).collect();
    sets.push(DistinctSet { share: *share, args: args.clone(), table: GroupTable::new(types)? });
    Ok(sets.len() - 1)
}

impl DistinctSet {
    fn insert(&mut self, groups: impl Iterator<Item = u32>, args: Vec<Column>, rows: usize) -> Result<()> {
        let groups = Int32Array::from_iter_values(groups.map(|group| group as i32));
        let mut columns = vec![Column::Array(Arc::new(groups))];
        columns.extend(args);
        self.table.find_or_insert(&columns, rows, &mut Vec::new())
    }
}

/// Group numbers and arguments of a set's entries.
pub(super) fn split_set(entries: &[ArrayRef]) -> Result<(Vec<usize>, &[ArrayRef])> {
    let (groups, args) = entries.split_first().ok_or_else(|| internal!("a set without group numbers"))?;
    let groups = groups.as_primitive::<Int32Type>().values().iter().map(|group| *group as u32 as usize).collect();
    Ok((groups, args))
}

/// The groups of a share's rows.
fn groups_of<'a>(single: bool, numbers: &'a [u32], passed: &'a mut Vec<u32>, share: &ShareColumns) -> GroupIndices<'a> {
    match &share.rows {
        _ if single => GroupIndices::Single { rows: share.row_count },
        None => GroupIndices::Each(numbers),
        Some(rows) => {
            passed.clear();
            passed.extend(rows.values().iter().map(|row| numbers[*row as usize]));
            GroupIndices::Each(passed)
        }
    }
}
