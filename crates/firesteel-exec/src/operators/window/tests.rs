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
use crate::operators::by_hand::{
    Row, any_rows, batches, column, deal, drain, fill, query, row_text, row_types, schema, show, sorted_rows,
};
use crate::query::QueryContext;

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
        let (sink, source) = build(&plan(&frame), &schema(0, &row_types()), &query(7)).expect("a window");
        fill(&sink, deal(batches(&rows, 5), workers)).expect("filled");
        prop_assert_eq!(sorted_rows(&drain(&source), 11), expected(&rows, &frame));
    }
}

#[test]
fn memory_is_asked_for_and_given_back() {
    let rows: Vec<Row> = (0..500).map(|at| (Some(at % 7), Some("a"), Some(i64::from(at)), i64::from(at))).collect();
    let run = |limit: usize| {
        let memory = MemoryPool::new(limit);
        let query = Arc::new(QueryContext::new(Arc::default(), Arc::clone(&memory), 2));
        let (sink, source) = build(&plan(&Frame::WHOLE), &schema(0, &row_types()), &query).expect("a window");
        let filled = fill(&sink, deal(batches(&rows, 50), 2));
        drop((sink, source));
        (filled, memory)
    };
    let (filled, memory) = run(usize::MAX);
    filled.expect("room enough");
    assert!(memory.peak() > 500 * 40, "{}", memory.peak());
    assert_eq!(memory.used(), 0);
    let (refused, memory) = run(8 * 1024);
    assert!(refused.expect_err("no room").is(&firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED));
    assert_eq!(memory.used(), 0);
}
