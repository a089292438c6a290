//! Against windows computed one row at a time.

use std::sync::Arc;

use firesteel_common::{ColumnId, SqlType};
use firesteel_expr::registry;
use firesteel_expr::window::{Bound, Frame, Place, Ranking, WindowCall, WindowFunction};
use firesteel_expr::{Expr, Literal};
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::Window;
use proptest::prelude::*;

use super::build;
use crate::memory::MemoryPool;
use crate::metrics::OperatorMetrics;
use crate::operators::by_hand::{
    Row, any_rows, batches, column, deal, drain, fill, query, row_text, row_types, schema, show, sorted_rows, try_drain,
};
use crate::query::QueryContext;
use crate::spill::SpillSpace;

fn bounds() -> impl Strategy<Value = Bound> {
    prop_oneof![Just(Bound::Unbounded), Just(Bound::Peers), (-3i64..4).prop_map(Bound::Rows)]
}

fn call(function: WindowFunction, frame: &Frame, data_type: SqlType) -> WindowCall {
    WindowCall { function, frame: frame.clone(), data_type, nullable: true }
}

/// sum of the bigint, count of the int, its first and last valid value in the frame, the third row's; rank, the int of the
/// row two before.
fn calls(frame: &Frame) -> Vec<(ColumnId, WindowCall)> {
    let input = schema(0, &row_types());
    let (int, bigint) = (column(&input, 0), column(&input, 3));
    let aggregate = |name: &str, arg| {
        WindowFunction::Aggregate(registry::call_aggregate(name, vec![arg], false, None).expect("an aggregate"))
    };
    let value = |place, ignore_nulls| WindowFunction::Value { input: int.clone(), place, ignore_nulls };
    let default = Expr::literal(Literal::null(SqlType::Int));
    let functions = vec![
        (aggregate("sum", bigint), SqlType::BigInt),
        (aggregate("count", int.clone()), SqlType::BigInt),
        (value(Place::First, true), SqlType::Int),
        (value(Place::Last, true), SqlType::Int),
        (value(Place::Nth(3), false), SqlType::Int),
        (WindowFunction::Ranking(Ranking::Rank), SqlType::Int),
        (WindowFunction::Offset { input: int.clone(), offset: -2, default, ignore_nulls: false }, SqlType::Int),
    ];
    let number = |(at, (function, data_type))| (ColumnId(100 + at as u32), call(function, frame, data_type));
    functions.into_iter().enumerate().map(number).collect()
}

/// The frame of row `at` of a sorted partition.
fn frame_of(partition: &[Row], at: usize, frame: &Frame) -> std::ops::Range<usize> {
    let peers = |row: &Row| (row.0, row.3, row.2) == (partition[at].0, partition[at].3, partition[at].2);
    let within = |edge: i64| edge.clamp(0, partition.len() as i64) as usize;
    let start = match &frame.start {
        Bound::Rows(rows) => within(at as i64 + rows),
        Bound::Peers => partition.iter().position(peers).expect("itself"),
        _ => 0,
    };
    let end = match &frame.end {
        Bound::Rows(rows) => within(at as i64 + rows + 1),
        Bound::Peers => partition.iter().rposition(peers).expect("itself") + 1,
        _ => partition.len(),
    };
    start..end.max(start)
}

fn expected(rows: &[Row], frame: &Frame) -> Vec<Vec<String>> {
    let mut sorted = rows.to_vec();
    sorted.sort_by_key(|row| (row.1, row.0, row.3, row.2));
    let mut all = Vec::new();
    for partition in sorted.chunk_by(|a, b| a.1 == b.1) {
        for (at, row) in partition.iter().enumerate() {
            let within = &partition[frame_of(partition, at, frame)];
            let valid: Vec<i32> = within.iter().filter_map(|row| row.0).collect();
            let sum = (!within.is_empty()).then(|| within.iter().map(|row| row.3).sum::<i64>());
            let peer = |other: &Row| (other.0, other.3, other.2) == (row.0, row.3, row.2);
            let rank = partition.iter().position(peer).expect("itself") + 1;
            let before = at.checked_sub(2).and_then(|at| partition[at].0);
            let mut text = row_text(row);
            text.extend([show(sum), valid.len().to_string(), show(valid.first()), show(valid.last())]);
            text.extend([show(within.get(2).and_then(|row| row.0)), rank.to_string(), show(before)]);
            all.push(text);
        }
    }
    all.sort();
    all
}

fn plan(frame: &Frame) -> Window {
    let input = schema(0, &row_types());
    let key = |at| SortKey { expr: column(&input, at), descending: false, nulls_first: true };
    Window { partition_by: vec![column(&input, 1)], order_by: vec![key(0), key(3), key(2)], calls: calls(frame) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_row_sees_its_frame(rows in any_rows(60), start in bounds(), end in bounds(), workers in 1usize..4) {
        let frame = Frame { start, end };
        for query in [query(7), limited(usize::MAX, 1)] {
            let (sink, source) = build(&plan(&frame), &schema(0, &row_types()), &query, &Arc::default()).expect("a window");
            fill(&sink, deal(batches(&rows, 5), workers)).expect("filled");
            prop_assert_eq!(sorted_rows(&drain(&source), 11), expected(&rows, &frame));
        }
    }
}

fn limited(memory: usize, operator_bytes_max: usize) -> Arc<QueryContext> {
    let space = SpillSpace { operator_bytes_max, ..SpillSpace::default() };
    Arc::new(QueryContext::new(Arc::default(), MemoryPool::new(memory), 2).with_batch_rows(1000).with_spill(space))
}

/// Rows of the window over these rows, or why there are none; and how many bytes went to disk.
fn run(query: &Arc<QueryContext>, rows: &[Row]) -> (firesteel_common::Result<Vec<Vec<String>>>, u64) {
    let metrics = Arc::<OperatorMetrics>::default();
    let (sink, source) = build(&plan(&Frame::WHOLE), &schema(0, &row_types()), query, &metrics).expect("a window");
    let filled = fill(&sink, deal(batches(rows, 50), 2));
    let output = filled.and_then(|()| try_drain(&source)).map(|output| sorted_rows(&output, 11));
    drop((sink, source));
    assert_eq!(query.memory.used(), 0, "memory is given back");
    (output, metrics.snapshot().spill_bytes)
}

#[test]
fn memory_is_asked_for_and_given_back() {
    let rows: Vec<Row> = (0..500).map(|at| (Some(at % 7), Some("a"), Some(i64::from(at)), i64::from(at))).collect();
    let query = limited(usize::MAX, usize::MAX);
    assert_eq!(run(&query, &rows).0.expect("room enough").len(), 500);
    assert!(query.memory.peak() > 500 * 40, "{}", query.memory.peak());
    // One partition cannot be cut.
    let refused = run(&limited(8 * 1024, usize::MAX), &rows).0.expect_err("no room");
    assert!(refused.is(&firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED));
}

#[test]
fn more_partitions_than_memory_holds_go_to_disk() {
    const NAMES: [&str; 40] = [
        "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "aa", "bb",
        "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm", "nn", "oo", "pp", "qq", "rr", "ss", "tt",
    ];
    let name = |at: i32| NAMES[at as usize % NAMES.len()];
    let rows: Vec<Row> =
        (0..8000).map(|at: i32| (Some(at % 7), Some(name(at)), Some(i64::from(at % 10)), i64::from(at))).collect();
    let expected = expected(&rows, &Frame::WHOLE);
    for (memory, spills) in [(usize::MAX, false), (1_500_000, true), (300_000, true)] {
        let (output, spilled) = run(&limited(memory, usize::MAX), &rows);
        let output = output.expect("rows");
        let different = output.iter().zip(&expected).find(|(output, expected)| output != expected);
        assert!(different.is_none() && output.len() == expected.len(), "{memory} bytes: {different:?}");
        assert_eq!(spilled > 0, spills, "{memory} bytes");
    }
}
