//! Every kind of join, hash and nested-loop, held on either side, against a model that compares every pair.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use firesteel_common::SqlType;
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::logical::{JoinKey, JoinKind};
use firesteel_plan::physical::{HashJoin, JoinSide, NestedLoopJoin, RuntimeFilterId, RuntimeFilterSource};
use proptest::prelude::*;

use super::JoinParts;
use crate::contract::WorkerId;
use crate::memory::MemoryPool;
use crate::metrics::OperatorMetrics;
use crate::operators::by_hand::*;
use crate::operators::{hash_join, nested_loop_join};
use crate::query::QueryContext;
use crate::spill::SpillSpace;

const KINDS: [JoinKind; 6] =
    [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::LeftSemi, JoinKind::LeftAnti];

fn schemas() -> (Schema, Schema) {
    (schema(0, &row_types()), schema(10, &row_types()))
}

/// What SQL says: pairs for which the condition is TRUE, and the kept side's rows that have none.
fn model(kind: JoinKind, left: &[Row], right: &[Row], holds: &dyn Fn(&Row, &Row) -> bool) -> Vec<Vec<String>> {
    let nulls = || vec!["NULL".to_owned(); 4];
    let mut rows = Vec::new();
    for l in left {
        let partners: Vec<_> = right.iter().filter(|r| holds(l, r)).collect();
        match kind {
            JoinKind::LeftSemi if !partners.is_empty() => rows.push(row_text(l)),
            JoinKind::LeftAnti if partners.is_empty() => rows.push(row_text(l)),
            JoinKind::LeftSemi | JoinKind::LeftAnti => {}
            _ => {
                rows.extend(partners.iter().map(|r| [row_text(l), row_text(r)].concat()));
                if partners.is_empty() && kind.keeps_left() {
                    rows.push([row_text(l), nulls()].concat());
                }
            }
        }
    }
    if kind.keeps_right() {
        let lonely = right.iter().filter(|r| !left.iter().any(|l| holds(l, r)));
        rows.extend(lonely.map(|r| [nulls(), row_text(r)].concat()));
    }
    rows.sort();
    rows
}

fn run(parts: JoinParts, held: Vec<Batch>, probe: Vec<Batch>, kind: JoinKind) -> Vec<Vec<String>> {
    fill(&parts.build_sink, deal(held, 3)).expect("build");
    let mut output = through(&parts.probe, deal(probe, 2));
    if let Some(source) = &parts.unmatched {
        output.extend(drain(source));
    }
    sorted_rows(&output, if kind.gives_right() { 8 } else { 4 })
}

fn keys_equal(keys: &[usize], nulls_match: bool, l: &Row, r: &Row) -> bool {
    keys.iter().all(|key| match key {
        0 => (nulls_match || l.0.is_some()) && l.0 == r.0,
        1 => (nulls_match || l.1.is_some()) && l.1 == r.1,
        2 => (nulls_match || l.2.is_some()) && l.2 == r.2,
        _ => l.3 == r.3,
    })
}

fn key(left: &Schema, right: &Schema, at: usize, nulls_match: bool) -> JoinKey {
    JoinKey { left: column(left, at), right: column(right, at), nulls_match }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn hash_joins_agree_with_the_model(
        left in any_rows(40),
        right in any_rows(40),
        batch_rows in 1usize..5,
        filtered in any::<bool>(),
        nulls_match in any::<bool>(),
    ) {
        let (left_schema, right_schema) = schemas();
        for keys in [vec![0], vec![1], vec![2], vec![0, 3], vec![0, 2, 3], vec![1, 0]] {
            let holds = |l: &Row, r: &Row| keys_equal(&keys, nulls_match, l, r) && (!filtered || l.3 < r.3);
            for (kind, build) in KINDS.into_iter().flat_map(|kind| [(kind, JoinSide::Left), (kind, JoinSide::Right)]) {
                let plan = HashJoin {
                    kind,
                    build,
                    keys: keys.iter().map(|at| key(&left_schema, &right_schema, *at, nulls_match)).collect(),
                    filter: filtered.then(|| less_than(column(&left_schema, 3), column(&right_schema, 3))),
                    runtime_filters: vec![],
                };
                let expected = model(kind, &left, &right, &holds);
                for query in [query(batch_rows), limited(usize::MAX, 1, batch_rows)] {
                    let parts = hash_join::build(&plan, &left_schema, &right_schema, &query, &Arc::default());
                    let (left_batches, right_batches) = (batches(&left, batch_rows), batches(&right, batch_rows));
                    let (held, probe) = match build {
                        JoinSide::Left => (left_batches, right_batches),
                        JoinSide::Right => (right_batches, left_batches),
                    };
                    let output = run(parts.expect("parts"), held, probe, kind);
                    prop_assert_eq!(&output, &expected, "{:?} {:?} on {:?}", kind, build, keys);
                }
            }
        }
    }

    #[test]
    fn nested_loop_joins_agree_with_the_model(
        left in any_rows(25),
        right in any_rows(25),
        batch_rows in 1usize..5,
        filtered in any::<bool>(),
    ) {
        let (left_schema, right_schema) = schemas();
        let holds = |l: &Row, r: &Row| !filtered || l.3 < r.3;
        for kind in KINDS {
            let filter = filtered.then(|| less_than(column(&left_schema, 3), column(&right_schema, 3)));
            let plan = NestedLoopJoin { kind, filter };
            let parts = nested_loop_join::build(&plan, &left_schema, &right_schema, &query(batch_rows)).expect("parts");
            let output = run(parts, batches(&right, batch_rows), batches(&left, batch_rows), kind);
            prop_assert_eq!(output, model(kind, &left, &right, &holds), "{:?}", kind);
        }
    }
}

fn join_on(at: usize, filters: Vec<RuntimeFilterSource>, query: &Arc<QueryContext>) -> JoinParts {
    let (left, right) = schemas();
    let plan = HashJoin {
        kind: JoinKind::Inner,
        build: JoinSide::Left,
        keys: vec![key(&left, &right, at, false)],
        filter: None,
        runtime_filters: filters,
    };
    hash_join::build(&plan, &left, &right, query, &Arc::default()).expect("parts")
}

/// Keys far apart: no direct array, but the directory; and many duplicates.
#[test]
fn sparse_and_repeated_keys() {
    let row = |at: i64| (None, None, None, (at % 1000) * 1_000_000_007);
    let held: Vec<Row> = (0..3000).map(row).collect();
    let probe: Vec<Row> = (500..1500).map(|at| (None, None, None, at * 1_000_000_007)).collect();
    let parts = join_on(3, vec![], &query(64));
    let output = run(parts, batches(&held, 100), batches(&probe, 100), JoinKind::Inner);
    assert_eq!(output.len(), 500 * 3);
    assert!(output.iter().all(|row| row[3] == row[7]));
}

#[test]
fn outputs_never_exceed_the_batch() {
    let held: Vec<Row> = (0..100).map(|_| (Some(1), None, None, 0)).collect();
    let parts = join_on(0, vec![], &query(7));
    fill(&parts.build_sink, deal(batches(&held, 9), 1)).expect("build");
    let output = through(&parts.probe, vec![batches(&held[..3], 3)]);
    assert_eq!(output.iter().map(Batch::rows).sum::<usize>(), 300);
    assert!(output.iter().all(|batch| batch.rows() <= 7));
}

#[test]
fn runtime_filters_appear_when_the_build_is_complete() {
    let query = query(8);
    let filters = vec![RuntimeFilterSource { id: RuntimeFilterId(4), key: 0 }];
    let parts = join_on(3, filters, &query);
    assert!(query.filters.get(RuntimeFilterId(4)).is_none());
    let held: Vec<Row> = vec![(None, None, None, 10), (None, None, None, 30)];
    fill(&parts.build_sink, deal(batches(&held, 1), 2)).expect("build");
    let filter = query.filters.get(RuntimeFilterId(4)).expect("published");
    let probe: Vec<Row> = vec![(None, None, None, 10), (None, None, None, 20), (None, None, None, 30)];
    let mask = filter.test(&batches(&probe, 3)[0].columns[3]).expect("test");
    assert_eq!(mask.values().iter().collect::<Vec<_>>(), [true, false, true]);
}

fn limited(memory: usize, operator_bytes_max: usize, batch_rows: usize) -> Arc<QueryContext> {
    let space = SpillSpace { operator_bytes_max, ..SpillSpace::default() };
    let query = QueryContext::new(Arc::default(), MemoryPool::new(memory), 2);
    Arc::new(query.with_batch_rows(batch_rows).with_spill(space))
}

/// With little memory partitions are cut again.
#[test]
fn a_build_that_memory_does_not_hold_goes_to_disk() {
    let row = |at: i32| (Some(at % 30_000), None, None, i64::from(at));
    let (left, right): (Vec<Row>, Vec<Row>) = ((0..40_000).map(row).collect(), (20_000..45_000).map(row).collect());
    let (left_schema, right_schema) = schemas();
    for kind in KINDS {
        let plan = HashJoin {
            kind,
            build: JoinSide::Right,
            keys: vec![key(&left_schema, &right_schema, 0, false)],
            filter: None,
            runtime_filters: vec![],
        };
        let mut expected = None;
        for (memory, spills) in [(usize::MAX, false), (3_000_000, true), (200_000, true)] {
            let (query, metrics) = (limited(memory, usize::MAX, 1000), Arc::<OperatorMetrics>::default());
            let parts = hash_join::build(&plan, &left_schema, &right_schema, &query, &metrics).expect("parts");
            let output = run(parts, batches(&right, 1000), batches(&left, 1000), kind);
            assert_eq!(metrics.snapshot().spill_bytes > 0, spills, "{kind:?} with {memory} bytes");
            assert_eq!(query.memory.used(), 0, "memory is given back");
            assert!(*expected.get_or_insert_with(|| output.clone()) == output, "{kind:?} with {memory} bytes");
        }
        assert!(expected.is_some_and(|rows| rows.len() > 1000), "{kind:?}");
    }
}

/// Rows of one key cannot be cut, and those of a nested-loop join have none.
#[test]
fn a_build_that_cannot_be_cut_is_an_error_and_gives_back() {
    let memory = MemoryPool::new(20_000);
    let query = Arc::new(QueryContext::new(Arc::default(), Arc::clone(&memory), 1));
    let held: Vec<Row> = (0..5000).map(|at| (Some(7), None, None, at)).collect();
    let parts = join_on(0, vec![], &query);
    fill(&parts.build_sink, vec![batches(&held, 100)]).expect("on disk");
    let probe: Vec<Row> = vec![(Some(7), None, None, 0)];
    assert!(through(&parts.probe, vec![batches(&probe, 1)]).is_empty());
    let source = parts.unmatched.as_ref().expect("what is on disk").open(WorkerId(0));
    let mut source = source.expect("a source");
    let refused = loop {
        match source.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => {}
            Poll::Ready(result) => break result.expect_err("too much"),
        }
    };
    assert!(refused.message().contains("HashJoin build"), "{refused}");
    drop((source, parts));
    assert_eq!(memory.used(), 0);

    let (left, right) = schemas();
    let plan = NestedLoopJoin { kind: JoinKind::Inner, filter: None };
    let parts = nested_loop_join::build(&plan, &left, &right, &query).expect("parts");
    let refused = fill(&parts.build_sink, vec![batches(&held, 100)]).expect_err("too much");
    assert!(refused.message().contains("NestedLoopJoin build"), "{refused}");
    drop(parts);
    assert_eq!(memory.used(), 0);
}

#[test]
fn types_of_one_key_may_be_anything() {
    let (left, right) = (schema(0, &[SqlType::Boolean]), schema(1, &[SqlType::Boolean]));
    let plan = HashJoin {
        kind: JoinKind::Inner,
        build: JoinSide::Right,
        keys: vec![key(&left, &right, 0, false)],
        filter: None,
        runtime_filters: vec![RuntimeFilterSource { id: RuntimeFilterId(0), key: 0 }],
    };
    let parts = hash_join::build(&plan, &left, &right, &query(8), &Arc::default()).expect("parts");
    let booleans = |values: Vec<Option<bool>>| {
        let rows = values.len();
        vec![vec![Batch::new(
            vec![Arc::new(arrow::array::BooleanArray::from(values)) as _]
                .into_iter()
                .map(firesteel_expr::Column::Array)
                .collect(),
            rows,
        )]]
    };
    fill(&parts.build_sink, booleans(vec![Some(true), None, Some(true)])).expect("build");
    let output = through(&parts.probe, booleans(vec![Some(true), None, Some(false)]));
    assert_eq!(rows(&output, 2), [["true", "true"], ["true", "true"]]);
}
