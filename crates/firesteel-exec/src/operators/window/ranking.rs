//! Functions that depend on the order alone.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int32Array};
use firesteel_common::{Result, bail};
use firesteel_expr::window::Ranking;

use super::layout::Layout;

pub(super) fn compute(ranking: Ranking, layout: &Layout<'_>) -> Result<ArrayRef> {
    check_sizes(layout)?;
    Ok(match ranking {
        Ranking::RowNumber => by_partition(layout, |numbers, rows| numbers.extend(1..=rows as i32)),
        Ranking::Ntile(buckets) => by_partition(layout, |numbers, rows| ntile(rows, buckets as usize, numbers)),
        Ranking::Rank => by_peers(layout, |before, _| before as i32 + 1),
        Ranking::DenseRank => by_peers(layout, |_, groups_before| groups_before as i32 + 1),
        Ranking::PercentRank => shares(layout, |before, _, rows| match rows {
            1 => 0.0,
            _ => before as f64 / (rows - 1) as f64,
        }),
        Ranking::CumeDist => shares(layout, |before, peers, rows| (before + peers) as f64 / rows as f64),
    })
}

/// As many rows as there are numbers.
fn check_sizes(layout: &Layout<'_>) -> Result<()> {
    if let Some(large) = layout.partitions().find(|partition| partition.len() > Ranking::MAX as usize) {
        bail!(WINDOW_FUNCTION_PARTITION_SIZE_EXCEEDS_LIMIT, numRows = large.len().to_string());
    }
    Ok(())
}

fn by_partition(layout: &Layout<'_>, add: impl Fn(&mut Vec<i32>, usize)) -> ArrayRef {
    let mut numbers = Vec::with_capacity(layout.rows());
    layout.partitions().for_each(|partition| add(&mut numbers, partition.len()));
    Arc::new(Int32Array::from(numbers))
}

/// The first buckets get one row more where the rows do not come out even.
fn ntile(rows: usize, buckets: usize, numbers: &mut Vec<i32>) {
    let (size, larger) = (rows / buckets, rows % buckets);
    for bucket in 0..buckets.min(rows) {
        let size = size + usize::from(bucket < larger);
        numbers.extend(std::iter::repeat_n(bucket as i32 + 1, size));
    }
}

/// From the number of rows, and of groups of peers, that come before.
fn by_peers(layout: &Layout<'_>, number: impl Fn(usize, usize) -> i32) -> ArrayRef {
    let mut numbers = Vec::with_capacity(layout.rows());
    for partition in layout.partitions() {
        for (groups, peers) in layout.peers(partition.clone()).enumerate() {
            numbers.resize(peers.end, number(peers.start - partition.start, groups));
        }
    }
    Arc::new(Int32Array::from(numbers))
}

/// From the number of rows before, of peers, and of rows in all.
fn shares(layout: &Layout<'_>, share: impl Fn(usize, usize, usize) -> f64) -> ArrayRef {
    let mut numbers = Vec::with_capacity(layout.rows());
    for partition in layout.partitions() {
        for peers in layout.peers(partition.clone()) {
            let share = share(peers.start - partition.start, peers.len(), partition.len());
            numbers.resize(peers.end, share);
        }
    }
    Arc::new(Float64Array::from(numbers))
}
