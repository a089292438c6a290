//! ORDER BY and top-n over random rows against a model.

use std::cmp::Ordering;

use firesteel_expr::batch::Batch;
use firesteel_plan::logical::SortKey;
use firesteel_plan::physical::{Sort, TopN};
use proptest::prelude::*;

use std::sync::Arc;

use crate::memory::MemoryPool;
use crate::metrics::OperatorMetrics;
use crate::operators::by_hand::*;
use crate::operators::{sort, top_n};
use crate::query::QueryContext;
use crate::spill::SpillSpace;

/// Column, descending, NULLs first.
type Key = (usize, bool, bool);

fn keys(keys: &[Key]) -> Vec<SortKey> {
    let input = schema(0, &row_types());
    let key = |(at, descending, nulls_first): &Key| SortKey {
        expr: column(&input, *at),
        descending: *descending,
        nulls_first: *nulls_first,
    };
    keys.iter().map(key).collect()
}

fn compare(keys: &[Key], a: &Row, b: &Row) -> Ordering {
    fn one<T: Ord>(a: Option<T>, b: Option<T>, (_, descending, nulls_first): Key) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) if nulls_first => a.is_some().cmp(&b.is_some()),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
    let by_key = |key: &Key| match key.0 {
        0 => one(a.0, b.0, *key),
        1 => one(a.1, b.1, *key),
        2 => one(a.2, b.2, *key),
        _ => one(Some(a.3), Some(b.3), *key),
    };
    keys.iter().map(by_key).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}

fn run_sort(plan: &[Key], batches: Vec<Batch>, workers: usize, batch_rows: usize) -> Vec<Vec<String>> {
    run_sort_in(&query(batch_rows), plan, batches, workers).0
}

/// The rows, and how many bytes went to disk.
fn run_sort_in(
    query: &Arc<QueryContext>,
    plan: &[Key],
    batches: Vec<Batch>,
    workers: usize,
) -> (Vec<Vec<String>>, u64) {
    let (input, metrics) = (schema(0, &row_types()), Arc::<OperatorMetrics>::default());
    let (sink, source) = sort::build(&Sort { keys: keys(plan) }, &input, query, &metrics).expect("build");
    fill(&sink, deal(batches, workers)).expect("fill");
    let output = drain(&source);
    assert!(output.iter().all(|batch| batch.rows() <= query.batch_rows));
    let rows = rows(&output, 4);
    drop((sink, source, output));
    assert_eq!(query.memory.used(), 0, "memory is given back");
    (rows, metrics.snapshot().spill_bytes)
}

fn limited(memory: usize, operator_bytes_max: usize, batch_rows: usize) -> Arc<QueryContext> {
    let space = SpillSpace { operator_bytes_max, ..SpillSpace::default() };
    let query = QueryContext::new(Arc::default(), MemoryPool::new(memory), 2);
    Arc::new(query.with_batch_rows(batch_rows).with_spill(space))
}

/// Runs of a few hundred rows each, more of them than are merged at once.
#[test]
fn more_rows_than_memory_holds_go_to_disk() {
    let mut all: Vec<Row> = (0..60_000)
        .map(|at: i32| (Some(at.wrapping_mul(7919) % 1000), None, None, i64::from(at * 31 % 60_000)))
        .collect();
    let plan = [(0, false, true), (3, true, false)];
    let (unlimited, none) = run_sort_in(&limited(usize::MAX, usize::MAX, 1000), &plan, batches(&all, 500), 2);
    assert_eq!(none, 0);
    all.sort_by(|a, b| compare(&plan, a, b));
    same_order(&unlimited, &all, &plan).expect("the model's order");
    for (memory, operator_bytes_max) in [(300_000, usize::MAX), (2_000_000, usize::MAX), (usize::MAX, 1)] {
        let query = limited(memory, operator_bytes_max, 1000);
        let (output, spilled) = run_sort_in(&query, &plan, batches(&all, 500), 2);
        assert!(spilled > 200_000, "{spilled} bytes on disk with {memory} of memory");
        assert!(output.len() == all.len());
        same_order(&output, &all, &plan).expect("the model's order");
    }
}

fn run_top(plan: &[Key], (offset, count): (u64, u64), batches: Vec<Batch>, workers: usize) -> Vec<Vec<String>> {
    let (input, query) = (schema(0, &row_types()), query(3));
    let (sink, source) = top_n::build(&TopN { keys: keys(plan), offset, count }, &input, &query).expect("build");
    fill(&sink, deal(batches, workers)).expect("fill");
    rows(&drain(&source), 4)
}

fn any_keys() -> impl Strategy<Value = Vec<Key>> {
    proptest::collection::vec((0usize..4, any::<bool>(), any::<bool>()), 1..4)
}

/// Ties may come in any order: compared are the keys, row by row, and the rows as a whole.
fn same_order(output: &[Vec<String>], expected: &[Row], plan: &[Key]) -> Result<(), TestCaseError> {
    let key_texts = |row: &Vec<String>| plan.iter().map(|key| row[key.0].clone()).collect::<Vec<_>>();
    let expected: Vec<_> = expected.iter().map(row_text).collect();
    prop_assert_eq!(
        output.iter().map(key_texts).collect::<Vec<_>>(),
        expected.iter().map(key_texts).collect::<Vec<_>>()
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn sorts_agree_with_the_model(
        mut rows in any_rows(60),
        plan in any_keys(),
        batch_rows in 1usize..6,
        workers in 1usize..4,
    ) {
        let output = run_sort(&plan, batches(&rows, batch_rows), workers, batch_rows);
        rows.sort_by(|a, b| compare(&plan, a, b));
        same_order(&output, &rows, &plan)?;
        let (on_disk, _) = run_sort_in(&limited(usize::MAX, 1, batch_rows), &plan, batches(&rows, batch_rows), workers);
        same_order(&on_disk, &rows, &plan)?;
        let (mut output, mut all) = (output, rows.iter().map(row_text).collect::<Vec<_>>());
        output.sort();
        all.sort();
        prop_assert_eq!(output, all);
    }

    #[test]
    fn top_n_agrees_with_the_model(
        mut rows in any_rows(60),
        plan in any_keys(),
        offset in 0u64..10,
        count in 0u64..10,
        batch_rows in 1usize..6,
        workers in 1usize..4,
    ) {
        let output = run_top(&plan, (offset, count), batches(&rows, batch_rows), workers);
        rows.sort_by(|a, b| compare(&plan, a, b));
        let expected: Vec<Row> = rows.into_iter().skip(offset as usize).take(count as usize).collect();
        same_order(&output, &expected, &plan)?;
    }
}

fn scrambled(count: i64) -> Vec<Row> {
    (0..count).map(|at| (Some((at % 97) as i32), None, None, at * 7919 % count)).collect()
}

/// Several runs per worker, several ranges in the merge.
#[test]
fn large_sorts_are_cut_into_ranges() {
    let rows = scrambled(400_009);
    let output = run_sort(&[(0, true, false), (3, false, false)], batches(&rows, 8192), 2, 8192);
    let mut expected = rows;
    expected.sort_by_key(|row| (std::cmp::Reverse(row.0), row.3));
    assert_eq!(output, expected.iter().map(row_text).collect::<Vec<_>>());
}

/// Enough rows that the bound is set and lowered many times.
#[test]
fn the_bound_never_loses_a_row() {
    let rows = scrambled(50_021);
    let output = run_top(&[(3, true, false)], (2, 1500), batches(&rows, 512), 3);
    let expected: Vec<String> = (0..50_021).rev().skip(2).take(1500).map(|number: i64| number.to_string()).collect();
    assert_eq!(output.into_iter().map(|mut row| row.swap_remove(3)).collect::<Vec<_>>(), expected);
}
