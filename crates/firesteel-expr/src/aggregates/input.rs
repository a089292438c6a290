//! An argument's values, whatever encoding they travel in, and the loops over them.
//!
//! Loops are chosen once per batch: one group or many, NULLs or none, one repeated value or an array.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::DataType;
use firesteel_common::Result;

use crate::aggregate::GroupIndices;
use crate::column::Column;

/// Values without a dictionary: as many as rows, or one for all of them. Narrow decimals stay narrow.
#[derive(Debug)]
pub struct Input {
    pub array: ArrayRef,
    repeated: bool,
}

impl Input {
    pub fn new(column: &Column) -> Result<Input> {
        Ok(match column {
            Column::Constant(one, _) => Input { array: plain(one)?, repeated: true },
            Column::Array(array) => Input { array: plain(array)?, repeated: false },
        })
    }

    pub fn is_repeated(&self) -> bool {
        self.repeated
    }

    /// Whether there is no value at all.
    pub fn is_all_null(&self) -> bool {
        self.array.len() == self.array.null_count()
    }

    /// The position of a row's value.
    pub fn at(&self, row: usize) -> usize {
        if self.repeated { 0 } else { row }
    }

    /// Calls `add` with the group and the value of every row that is not NULL.
    pub fn each<T: ArrowPrimitiveType>(&self, groups: GroupIndices<'_>, mut add: impl FnMut(usize, T::Native)) {
        let values = self.array.as_primitive::<T>();
        if self.repeated {
            if values.is_valid(0) {
                let value = values.value(0);
                each_group(groups, None, |group, _| add(group, value));
            }
            return;
        }
        let nulls = some_nulls(values);
        let values = values.values();
        each_group(groups, nulls, |group, row| add(group, values[row]));
    }
}

fn plain(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(..) => Column::Array(ArrayRef::clone(array)).flat(),
        _ => Ok(ArrayRef::clone(array)),
    }
}

/// The validity, if it says anything.
pub fn some_nulls<T: ArrowPrimitiveType>(values: &PrimitiveArray<T>) -> Option<&NullBuffer> {
    values.nulls().filter(|nulls| nulls.null_count() > 0)
}

/// Calls `visit` with the group and the position of every row that is not NULL.
#[inline]
pub fn each_group(groups: GroupIndices<'_>, nulls: Option<&NullBuffer>, mut visit: impl FnMut(usize, usize)) {
    match (groups, nulls) {
        (GroupIndices::Single { rows }, None) => (0..rows).for_each(|row| visit(0, row)),
        (GroupIndices::Single { .. }, Some(nulls)) => nulls.valid_indices().for_each(|row| visit(0, row)),
        (GroupIndices::Each(groups), None) => {
            groups.iter().enumerate().for_each(|(row, group)| visit(*group as usize, row));
        }
        (GroupIndices::Each(groups), Some(nulls)) => {
            nulls.valid_indices().for_each(|row| visit(groups[row] as usize, row));
        }
    }
}

/// Counts the rows of each group that are not NULL.
pub fn count_rows(groups: GroupIndices<'_>, nulls: Option<&NullBuffer>, counts: &mut [i64]) {
    match groups {
        GroupIndices::Single { rows } => counts[0] += (rows - nulls.map_or(0, NullBuffer::null_count)) as i64,
        GroupIndices::Each(groups) if nulls.is_none() && counts.len() <= FEW_GROUPS => count_in_lanes(groups, counts),
        GroupIndices::Each(_) => each_group(groups, nulls, |group, _| counts[group] += 1),
    }
}

/// So many groups are counted in several places at once.
const FEW_GROUPS: usize = 64;
const LANES: usize = 4;

/// With few groups, neighbours often belong to the same one: each increment would wait for the last.
fn count_in_lanes(groups: &[u32], counts: &mut [i64]) {
    let mut lanes = [[0_u32; FEW_GROUPS]; LANES];
    let chunks = groups.chunks_exact(LANES);
    for group in chunks.remainder() {
        lanes[0][*group as usize % FEW_GROUPS] += 1;
    }
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane][chunk[lane] as usize % FEW_GROUPS] += 1;
        }
    }
    for (group, count) in counts.iter_mut().enumerate() {
        *count += lanes.iter().map(|lane| i64::from(lane[group])).sum::<i64>();
    }
}

/// Notes which groups have a row that is not NULL.
pub fn mark_seen(groups: GroupIndices<'_>, nulls: Option<&NullBuffer>, seen: &mut [bool]) {
    match groups {
        GroupIndices::Single { rows } => seen[0] |= rows > nulls.map_or(0, NullBuffer::null_count),
        GroupIndices::Each(_) => each_group(groups, nulls, |group, _| seen[group] = true),
    }
}

/// NULL where nothing was seen; what was seen is forgotten.
pub fn take_validity(seen: &mut Vec<bool>) -> Option<NullBuffer> {
    let seen = std::mem::take(seen);
    seen.contains(&false).then(|| NullBuffer::from(seen))
}

/// Adds to each group's state that of the group before it, but where a run restarts.
pub(super) fn run_up<T: Copy>(states: &mut [T], restarts: &[bool], mut add: impl FnMut(T, &mut T)) {
    for at in 1..states.len() {
        if !restarts[at] {
            let before = states[at - 1];
            add(before, &mut states[at]);
        }
    }
}
