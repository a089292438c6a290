//! Functions that give the value of one other row: `first`, `last`, `nth_value`; `lag` and `lead`.

use std::ops::Range;

use arrow::array::{Array, ArrayRef, BooleanArray, UInt32Array};
use arrow::buffer::NullBuffer;
use firesteel_common::Result;
use firesteel_expr::window::Place;

use super::layout::{Frames, Layout};

/// Some of the rows, in order, and how many of them come before each row.
pub(super) struct Chosen {
    rows: Vec<u32>,
    before: Vec<u32>,
}

impl Chosen {
    pub(super) fn new(rows: Vec<u32>, all: usize) -> Self {
        let mut before = Vec::with_capacity(all + 1);
        for (number, row) in rows.iter().enumerate() {
            before.resize(*row as usize + 1, number as u32);
        }
        before.resize(all + 1, rows.len() as u32);
        Self { rows, before }
    }

    /// The rows without NULL.
    fn valid(values: &ArrayRef) -> Option<Self> {
        let nulls: NullBuffer = values.logical_nulls().filter(|nulls| nulls.null_count() > 0)?;
        Some(Self::new(nulls.valid_indices().map(|row| row as u32).collect(), values.len()))
    }

    /// A range of rows as a range of chosen ones.
    pub(super) fn within(&self, rows: Range<usize>) -> Range<usize> {
        self.before[rows.start] as usize..self.before[rows.end] as usize
    }

    fn row(&self, number: usize) -> u32 {
        self.rows[number]
    }
}

pub(super) fn in_frame(values: &ArrayRef, place: Place, ignore_nulls: bool, frames: &Frames) -> Result<ArrayRef> {
    let valid = if ignore_nulls { Chosen::valid(values) } else { None };
    let pick = |row: usize| {
        let frame = frames.of(row);
        let range = match &valid {
            Some(valid) => valid.within(frame),
            None => frame,
        };
        let at = match place {
            Place::First => range.start,
            Place::Last => range.end.checked_sub(1)?,
            Place::Nth(nth) => range.start.checked_add(usize::try_from(nth - 1).ok()?)?,
        };
        range.contains(&at).then(|| valid.as_ref().map_or(at as u32, |valid| valid.row(at)))
    };
    let rows: UInt32Array = (0..frames.rows()).map(pick).collect();
    Ok(arrow::compute::take(values, &rows, None)?)
}

/// The row whose value each row gets; NULL where there is none.
pub(super) fn offset_rows(values: &ArrayRef, offset: i64, ignore_nulls: bool, layout: &Layout<'_>) -> UInt32Array {
    let valid = if ignore_nulls && offset != 0 { Chosen::valid(values) } else { None };
    let mut rows = Vec::with_capacity(layout.rows());
    for partition in layout.partitions() {
        let range = match &valid {
            Some(valid) => valid.within(partition.clone()),
            None => partition.clone(),
        };
        for row in partition {
            // Counted among the valid rows, the next one is that behind this row, or this row's successor if it is valid.
            let base = match &valid {
                Some(valid) if offset < 0 => valid.within(row..row).start as i64,
                Some(valid) => valid.within(row + 1..row + 1).start as i64 - 1,
                None => row as i64,
            };
            let at = base.saturating_add(offset);
            let at = usize::try_from(at).ok().filter(|at| range.contains(at));
            rows.push(at.map(|at| valid.as_ref().map_or(at as u32, |valid| valid.row(at))));
        }
    }
    UInt32Array::from(rows)
}

/// The values at `rows`; where there is none, the defaults in their order.
pub(super) fn with_defaults(values: &ArrayRef, rows: &UInt32Array, defaults: Option<&ArrayRef>) -> Result<ArrayRef> {
    let taken = arrow::compute::take(values, rows, None)?;
    let (Some(defaults), Some(nulls)) = (defaults, rows.nulls()) else { return Ok(taken) };
    let mut next = 0;
    let places: Vec<(usize, usize)> = (0..rows.len())
        .map(|row| match nulls.is_valid(row) {
            true => (0, row),
            false => {
                next += 1;
                (1, next - 1)
            }
        })
        .collect();
    Ok(arrow::compute::interleave(&[taken.as_ref(), defaults.as_ref()], &places)?)
}

/// The rows for which there is no other.
pub(super) fn missing(rows: &UInt32Array) -> Option<BooleanArray> {
    let nulls = rows.nulls().filter(|nulls| nulls.null_count() > 0)?;
    Some(BooleanArray::new(!nulls.inner(), None))
}
