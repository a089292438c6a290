//! Filters of the plan and of joins, against what a plain filter over all rows gives.

use std::sync::Arc;

use arrow::array::*;
use arrow::compute::filter_record_batch;
use arrow::datatypes::Int32Type;
use firesteel_catalog::Table;
use firesteel_common::{ColumnId, Result, SqlType, conditions};
use firesteel_datasource::ParquetTable;
use firesteel_exec::contract::RuntimeFilter;
use firesteel_expr::{CastMode, Column, Expr, ExprRef, Literal};
use firesteel_plan::physical::{RuntimeFilterId, RuntimeFilterTarget};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::harness::{TestScan, batch, call, groups_of, query, query_with_batches_of, write};

/// 1000 rows in row groups of 100: `k` climbs, `v` repeats and has NULLs, `s` and `w` are text.
fn sample() -> (TempDir, Arc<dyn Table>, RecordBatch) {
    let values = |at: i32| (at % 5 != 0).then_some(at % 17);
    let rows = batch(vec![
        ("k", Arc::new(Int32Array::from_iter_values(0..1000)) as ArrayRef),
        ("v", Arc::new((0..1000).map(values).collect::<Int32Array>())),
        ("s", Arc::new((0..1000).map(|at| values(at).map(|v| format!("text {v}"))).collect::<StringViewArray>())),
        ("w", Arc::new(StringViewArray::from_iter_values((0..1000).map(|at| format!("a wide text, number {at}"))))),
    ]);
    let (folder, table) = table_of(&rows, 100);
    (folder, table, rows)
}

fn table_of(rows: &RecordBatch, group: usize) -> (TempDir, Arc<dyn Table>) {
    let folder = tempfile::tempdir().expect("folder");
    let path = write(&folder.path().join("t.parquet"), rows, groups_of(group));
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    (folder, table)
}

fn hint(scan: &TestScan<'_>) -> u64 {
    scan.open(&query()).expect("a scan").rows_hint().expect("a count")
}

#[test]
fn row_groups_are_pruned() {
    let (_folder, table, _) = sample();
    let scan = || TestScan::new(table.as_ref(), &["k", "v", "s"]);
    let k = scan().column("k");
    let hint_of = |filter: ExprRef| hint(&scan().filter(filter));
    assert_eq!(hint_of(call("<", &k, Literal::int(150))), 200);
    assert_eq!(hint_of(call("=", &k, Literal::int(300))), 100);
    assert_eq!(hint_of(call("=", &k, Literal::int(-1))), 0);
    assert_eq!(hint_of(call(">=", &k, Literal::int(900))), 100);
    let flipped = Expr::call_named(">", vec![Expr::literal(Literal::int(150)), Arc::clone(&k)]).expect("a call");
    assert_eq!(hint_of(flipped), 200);
    let either = vec![call("<", &k, Literal::int(1)), call(">", &k, Literal::int(998))];
    assert_eq!(hint_of(Expr::or(either).expect("or")), 200);
    let text = scan().column("s");
    assert_eq!(hint_of(call(">", &text, Literal::string("tf"))), 0);
    let null = Expr::call_named("isnull", vec![k]).expect("a call");
    assert_eq!(hint_of(null), 0);
    let null = Expr::call_named("isnull", vec![scan().column("v")]).expect("a call");
    assert_eq!(hint_of(null), 1000);
    assert_eq!(hint_of(call("=", &scan().column("v"), Literal::null(SqlType::Int))), 0);
}

#[test]
fn columns_that_only_filters_need_do_not_come_out() {
    let (_folder, table, rows) = sample();
    let scan = TestScan::new(table.as_ref(), &["w"]).others(&["k", "v"]);
    let filters = [call("=", &scan.column("v"), Literal::int(3)), call(">=", &scan.column("k"), Literal::int(500))];
    let [first, second] = filters;
    let found = scan.filter(first).filter(second).run(&query_with_batches_of(64)).expect("rows");
    let (k, v) = (rows.column(0).as_primitive::<Int32Type>(), rows.column(1).as_primitive::<Int32Type>());
    let mask: BooleanArray =
        (0..1000).map(|at| Some(v.is_valid(at) && v.value(at) == 3 && k.value(at) >= 500)).collect();
    let expected = filter_record_batch(&rows.project(&[3]).expect("columns"), &mask).expect("filtered");
    assert!(expected.num_rows() > 10);
    assert_eq!(found, expected);
}

#[test]
fn a_filter_over_nothing_but_constants() {
    let (_folder, table, _) = sample();
    let scan = || TestScan::new(table.as_ref(), &["k"]);
    assert_eq!(scan().filter(Expr::literal(Literal::boolean(true))).rows(&query()).expect("rows"), 1000);
    assert_eq!(scan().filter(Expr::literal(Literal::boolean(false))).rows(&query()).expect("rows"), 0);
    let null = Expr::literal(Literal::null(SqlType::Boolean));
    assert_eq!(scan().filter(null).rows(&query()).expect("rows"), 0);
}

/// Multiples of a number, and whether groups are ruled out.
struct Multiples {
    of: i32,
    below: i32,
}

impl RuntimeFilter for Multiples {
    fn test(&self, column: &Column) -> Result<BooleanArray> {
        let flat = column.flat()?;
        let values = flat.as_primitive::<Int32Type>();
        Ok(values.iter().map(|v| Some(v.is_some_and(|v| v % self.of == 0 && v < self.below))).collect())
    }

    fn may_match(&self, min: &ArrayRef, _max: &ArrayRef) -> Result<bool> {
        Ok(min.as_primitive::<Int32Type>().value(0) < self.below)
    }
}

fn watching<'a>(table: &'a dyn Table, outputs: &[&'a str]) -> TestScan<'a> {
    let mut scan = TestScan::new(table, outputs);
    scan.runtime_filters.push(RuntimeFilterTarget { id: RuntimeFilterId(7), column: ColumnId(0) });
    scan
}

#[test]
fn runtime_filters_work_once_they_are_published() {
    let (_folder, table, _) = sample();
    let scan = watching(table.as_ref(), &["k", "w"]);
    assert_eq!(scan.rows(&query()).expect("rows"), 1000);
    let published = query();
    published.filters.publish(RuntimeFilterId(7), Arc::new(Multiples { of: 50, below: 301 }));
    let found = scan.run(&published).expect("rows");
    assert_eq!(found.column(0).as_ref(), &Int32Array::from(vec![0, 50, 100, 150, 200, 250, 300]) as &dyn Array);
    assert_eq!(found.column(1).as_string_view().value(6), "a wide text, number 300");
}

#[test]
fn a_runtime_filter_may_come_in_the_middle() {
    let (_folder, table, _) = sample();
    let query = query();
    let scan = watching(table.as_ref(), &["k", "w"]);
    let factory = scan.open(&query).expect("a scan");
    let mut source = factory.open(firesteel_exec::contract::WorkerId(0)).expect("a source");
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Ok(Some(first))) = source.poll_next(&mut context) else { panic!("no batch") };
    assert_eq!(first.rows(), 100);
    query.filters.publish(RuntimeFilterId(7), Arc::new(Multiples { of: 100, below: 500 }));
    drop(source);
    let rest: usize = crate::harness::drive(factory.as_ref()).expect("rows").iter().map(|batch| batch.rows()).sum();
    assert_eq!(rest, 4);
}

#[test]
fn an_error_is_raised_whether_or_not_a_runtime_filter_has_come() {
    let (_folder, table, _) = sample();
    let mut scan = watching(table.as_ref(), &["k", "w"]);
    let k = Expr::cast(scan.column("k"), SqlType::BigInt, CastMode::Ansi);
    let divided = Expr::call_named("div", vec![Expr::literal(Literal::bigint(1)), k]).expect("a call");
    assert!(divided.can_fail());
    scan.filters.push(call(">=", &divided, Literal::bigint(0)));
    scan.filters.push(call(">", &scan.column("k"), Literal::int(0)));
    for publish in [false, true] {
        let query = query();
        if publish {
            query.filters.publish(RuntimeFilterId(7), Arc::new(Multiples { of: 1, below: 0 }));
        }
        let error = scan.rows(&query).expect_err("a division by zero");
        assert!(error.is(&conditions::DIVIDE_BY_ZERO));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any mix of row groups, batch sizes and pass rates gives what filtering all rows gives.
    #[test]
    fn filtered_scans_equal_filtered_rows(
        values in prop::collection::vec((prop::option::of(0..20_i32), 0..1000_i32), 1..600),
        group in 1..200_usize,
        batch_rows in 1..300_usize,
        low in 0..22_i32,
        high in 0..1100_i32,
        filter_comes_out in any::<bool>(),
    ) {
        let (v, k): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let text = StringViewArray::from_iter_values(k.iter().map(|k| format!("a text of some length {k}")));
        let rows = batch(vec![
            ("v", Arc::new(Int32Array::from(v.clone())) as ArrayRef),
            ("k", Arc::new(Int32Array::from(k.clone()))),
            ("s", Arc::new(text)),
        ]);
        let (_folder, table) = table_of(&rows, group);
        let (outputs, others, projected) = match filter_comes_out {
            true => (vec!["v", "s"], vec!["k"], vec![0, 2]),
            false => (vec!["s"], vec!["v", "k"], vec![2]),
        };
        let scan = TestScan::new(table.as_ref(), &outputs).others(&others);
        let filters = [call(">=", &scan.column("v"), Literal::int(low)), call("<", &scan.column("k"), Literal::int(high))];
        let [first, second] = filters;
        let found = scan.filter(first).filter(second).run(&query_with_batches_of(batch_rows)).expect("rows");
        let mask: BooleanArray =
            v.iter().zip(&k).map(|(v, k)| Some(v.is_some_and(|v| v >= low) && *k < high)).collect();
        let expected = filter_record_batch(&rows.project(&projected).expect("columns"), &mask).expect("filtered");
        prop_assert_eq!(found, expected);
    }
}
