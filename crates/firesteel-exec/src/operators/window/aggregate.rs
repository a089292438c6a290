//! Aggregates over frames.
//!
//! ```text
//! whole partition      one group per partition, every row looks its group up
//! up to some row       one group per row, then each takes in the one before it           (`Accumulator::running`)
//! short frames         one group per frame, its rows once more
//! long frames          a tree of states, each of two below; a frame is a few of its nodes
//! ```
//! All partitions at hand are computed together: groups are numbers, and no group has an accumulator of its own.

use std::ops::Range;

use arrow::array::{ArrayRef, UInt32Array};
use firesteel_common::Result;
use firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED;
use firesteel_expr::column::Column;
use firesteel_expr::window::{Bound, Frame};
use firesteel_expr::{AggregateCall, GroupIndices};

use super::layout::{Frames, Layout};
use super::value::Chosen;
use crate::memory::Reservation;
use crate::pages::array_bytes;
use crate::query::QueryContext;

/// Frames that hold so many rows for each row, all in all, are computed row by row.
const SHORT_FRAME: usize = 32;
const SHORT_TOTAL: usize = 4096;
/// About so many rows are added at once.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// The arguments of a call.
pub(super) struct Input {
    /// Of the rows that count.
    pub(super) args: Vec<Column>,
    /// Which rows count; None: all.
    pub(super) chosen: Option<Chosen>,
    /// How many count.
    pub(super) rows: usize,
}

impl Input {
    fn within(&self, rows: Range<usize>) -> Range<usize> {
        match &self.chosen {
            Some(chosen) => chosen.within(rows),
            None => rows,
        }
    }

    fn take(&self, rows: Vec<u32>) -> Result<Vec<Column>> {
        let rows = UInt32Array::from(rows);
        self.args.iter().map(|arg| arg.take(&rows)).collect()
    }
}

/// One value per partition, for each of its rows.
pub(super) fn over_partitions(call: &AggregateCall, input: &Input, layout: &Layout<'_>) -> Result<ArrayRef> {
    let mut accumulator = call.accumulator()?;
    accumulator.resize(layout.partition_count());
    let mut groups = Vec::with_capacity(input.rows);
    for (number, partition) in layout.partitions().enumerate() {
        groups.resize(input.within(partition).end, number as u32);
    }
    if !groups.is_empty() {
        accumulator.update(GroupIndices::Each(&groups), &input.args)?;
    }
    let numbers = UInt32Array::from(layout.partition_numbers());
    Ok(arrow::compute::take(&accumulator.finish()?, &numbers, None)?)
}

/// One value per frame.
pub(super) fn over_frames(
    call: &AggregateCall,
    frame: &Frame,
    input: &Input,
    frames: &Frames,
    layout: &Layout<'_>,
    query: &QueryContext,
) -> Result<ArrayRef> {
    let frames: Vec<Range<usize>> = (0..frames.rows()).map(|row| input.within(frames.of(row))).collect();
    if frame.start == Bound::Unbounded && !call.function.order_dependent {
        // A total that overflows in a row which no frame ends with is nobody's mistake: then the frames decide.
        if let Ok(Some(values)) = running(call, input, &frames, layout, query) {
            return Ok(values);
        }
    }
    let total: usize = frames.iter().map(Range::len).sum();
    if call.function.order_dependent || total <= SHORT_FRAME * frames.len() + SHORT_TOTAL {
        return one_by_one(call, input, &frames, query);
    }
    match Tree::new(call, input, query) {
        Ok(tree) => tree.look_up(call, &frames, query),
        Err(refused) if refused.is(&MEMORY_LIMIT_EXCEEDED) => Err(refused),
        // Nodes span partitions, which no frame does.
        Err(_) => one_by_one(call, input, &frames, query),
    }
}

/// Frames that begin with their partition; None if the function cannot.
fn running(
    call: &AggregateCall,
    input: &Input,
    frames: &[Range<usize>],
    layout: &Layout<'_>,
    query: &QueryContext,
) -> Result<Option<ArrayRef>> {
    let mut restarts = vec![false; input.rows];
    for partition in layout.partitions() {
        if let Some(restart) = restarts.get_mut(input.within(partition).start) {
            *restart = true;
        }
    }
    let mut accumulator = call.accumulator()?;
    accumulator.resize(input.rows);
    let mut memory = query.memory.reserve(format!("Window totals of {:?}", query.id));
    memory.grow(accumulator.memory_size())?;
    if input.rows > 0 {
        let each: Vec<u32> = (0..input.rows as u32).collect();
        accumulator.update(GroupIndices::Each(&each), &input.args)?;
    }
    if !accumulator.running(&restarts)? {
        return Ok(None);
    }
    let values = accumulator.finish()?;
    let mut nothing = call.accumulator()?;
    nothing.resize(1);
    let nothing = nothing.finish()?;
    let place = |frame: &Range<usize>| if frame.is_empty() { (1, 0) } else { (0, frame.end - 1) };
    let places: Vec<_> = frames.iter().map(place).collect();
    Ok(Some(arrow::compute::interleave(&[values.as_ref(), nothing.as_ref()], &places)?))
}

fn one_by_one(call: &AggregateCall, input: &Input, frames: &[Range<usize>], query: &QueryContext) -> Result<ArrayRef> {
    let mut pieces = Vec::new();
    let mut rest = frames;
    while !rest.is_empty() {
        query.check_cancelled()?;
        let (mut groups, mut rows) = (Vec::new(), Vec::new());
        let mut taken = 0;
        while taken < rest.len().min(ROWS_AT_ONCE) && (taken == 0 || rows.len() + rest[taken].len() <= ROWS_AT_ONCE) {
            rows.extend(rest[taken].clone().map(|row| row as u32));
            groups.resize(rows.len(), taken as u32);
            taken += 1;
        }
        let mut accumulator = call.accumulator()?;
        accumulator.resize(taken);
        if !groups.is_empty() {
            accumulator.update(GroupIndices::Each(&groups), &input.take(rows)?)?;
        }
        pieces.push(accumulator.finish()?);
        rest = &rest[taken..];
    }
    concat(call, &pieces)
}

fn concat(call: &AggregateCall, pieces: &[ArrayRef]) -> Result<ArrayRef> {
    match pieces {
        [] => Ok(arrow::array::new_empty_array(&call.data_type.to_arrow())),
        [only] => Ok(only.clone()),
        pieces => Ok(arrow::compute::concat(&pieces.iter().map(|piece| piece.as_ref()).collect::<Vec<_>>())?),
    }
}

/// States of rows, of pairs of rows, of pairs of pairs, …
struct Tree {
    levels: Vec<Vec<ArrayRef>>,
    memory: Reservation,
}

impl Tree {
    fn new(call: &AggregateCall, input: &Input, query: &QueryContext) -> Result<Self> {
        let memory = query.memory.reserve(format!("Window tree of {:?}", query.id));
        let mut tree = Self { levels: Vec::new(), memory };
        let mut nodes = input.rows;
        let mut accumulator = call.accumulator()?;
        accumulator.resize(nodes);
        let each: Vec<u32> = (0..nodes as u32).collect();
        accumulator.update(GroupIndices::Each(&each), &input.args)?;
        tree.add(accumulator.state()?)?;
        while nodes > 1 {
            let parents: Vec<u32> = (0..nodes as u32).map(|node| node / 2).collect();
            nodes = nodes.div_ceil(2);
            let mut accumulator = call.accumulator()?;
            accumulator.resize(nodes);
            if let Some(below) = tree.levels.last() {
                accumulator.merge(GroupIndices::Each(&parents), below)?;
            }
            tree.add(accumulator.state()?)?;
        }
        Ok(tree)
    }

    fn add(&mut self, level: Vec<ArrayRef>) -> Result<()> {
        self.memory.grow(level.iter().map(array_bytes).sum())?;
        self.levels.push(level);
        Ok(())
    }

    fn look_up(&self, call: &AggregateCall, frames: &[Range<usize>], query: &QueryContext) -> Result<ArrayRef> {
        let mut pieces = Vec::new();
        for frames in frames.chunks(ROWS_AT_ONCE) {
            query.check_cancelled()?;
            let mut accumulator = call.accumulator()?;
            accumulator.resize(frames.len());
            let (left, right) = self.nodes_of(frames);
            // From left to right within each frame: the order may matter.
            for (level, nodes) in left.iter().enumerate().chain(right.iter().enumerate().rev()) {
                if nodes.groups.is_empty() {
                    continue;
                }
                let rows = UInt32Array::from(nodes.nodes.clone());
                let states = self.levels[level].iter().map(|state| arrow::compute::take(state, &rows, None));
                let states = states.collect::<std::result::Result<Vec<_>, _>>()?;
                accumulator.merge(GroupIndices::Each(&nodes.groups), &states)?;
            }
            pieces.push(accumulator.finish()?);
        }
        concat(call, &pieces)
    }

    /// Per level, the nodes at the left and at the right ends of frames.
    fn nodes_of(&self, frames: &[Range<usize>]) -> (Vec<Nodes>, Vec<Nodes>) {
        let mut ends: Vec<(usize, usize)> = frames.iter().map(|frame| (frame.start, frame.end)).collect();
        let levels = self.levels.len();
        let (mut left, mut right) = (Vec::with_capacity(levels), Vec::with_capacity(levels));
        for _ in 0..levels {
            let (mut at_left, mut at_right) = (Nodes::default(), Nodes::default());
            for (group, (start, end)) in ends.iter_mut().enumerate().filter(|(_, (start, end))| start < end) {
                if *start % 2 == 1 {
                    at_left.push(group, *start);
                    *start += 1;
                }
                if *end % 2 == 1 && *start < *end {
                    *end -= 1;
                    at_right.push(group, *end);
                }
                (*start, *end) = (*start / 2, *end / 2);
            }
            left.push(at_left);
            right.push(at_right);
        }
        (left, right)
    }
}

/// Nodes of one level, and the frames that they belong to.
#[derive(Default)]
struct Nodes {
    groups: Vec<u32>,
    nodes: Vec<u32>,
}

impl Nodes {
    fn push(&mut self, group: usize, node: usize) {
        self.groups.push(group as u32);
        self.nodes.push(node as u32);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{AsArray, Int64Array};
    use arrow::datatypes::Int64Type;
    use firesteel_common::{ColumnId, SqlType};
    use firesteel_expr::{Expr, registry};
    use proptest::prelude::*;

    use super::*;
    use crate::operators::by_hand::query;

    fn call(name: &str) -> AggregateCall {
        let arg = Expr::column(ColumnId(0), SqlType::BigInt, true);
        registry::call_aggregate(name, vec![arg], false, None).expect("an aggregate")
    }

    fn input(values: &[Option<i64>]) -> Input {
        let args = vec![Column::Array(Arc::new(Int64Array::from(values.to_vec())))];
        Input { args, chosen: None, rows: values.len() }
    }

    fn numbers(array: &ArrayRef) -> Vec<Option<i64>> {
        array.as_primitive::<Int64Type>().iter().collect()
    }

    fn frames(rows: usize) -> impl Strategy<Value = Vec<Range<usize>>> {
        let frame = (0..=rows, 0..=rows).prop_map(|(a, b)| a.min(b)..a.max(b));
        proptest::collection::vec(frame, 0..40)
    }

    fn cases() -> impl Strategy<Value = (Vec<Option<i64>>, Vec<Range<usize>>)> {
        let values = proptest::collection::vec(proptest::option::weighted(0.8, -100i64..100), 1..70);
        values.prop_flat_map(|values| {
            let frames = frames(values.len());
            (Just(values), frames)
        })
    }

    proptest! {
        #[test]
        fn a_tree_gives_what_single_frames_give((values, frames) in cases()) {
            let (input, query) = (input(&values), query(8));
            for name in ["sum", "min", "max", "count"] {
                let call = call(name);
                let tree = Tree::new(&call, &input, &query).and_then(|tree| tree.look_up(&call, &frames, &query));
                let single = one_by_one(&call, &input, &frames, &query).expect("single frames");
                prop_assert_eq!(numbers(&tree.expect("a tree")), numbers(&single));
            }
            let sums = numbers(&one_by_one(&call("sum"), &input, &frames, &query).expect("sums"));
            for (frame, sum) in frames.iter().zip(sums) {
                let valid: Vec<i64> = values[frame.clone()].iter().flatten().copied().collect();
                prop_assert_eq!(sum, (!valid.is_empty()).then(|| valid.iter().sum()));
            }
        }
    }
}
