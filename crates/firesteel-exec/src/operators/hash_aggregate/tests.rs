//! Aggregations over random rows in all encodings, by several workers, against a model.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array};
use arrow::datatypes::Int64Type;
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::function::{Doc, Kernel, Param, Signature};
use firesteel_expr::{Accumulator, AggregateCall, AggregateFunction, AggregateRef, ExprRef, GroupIndices};
use firesteel_plan::physical::HashAggregate;
use proptest::prelude::*;

use super::build;
use crate::memory::MemoryPool;
use crate::metrics::OperatorMetrics;
use crate::operators::by_hand::*;
use crate::query::QueryContext;
use crate::spill::SpillSpace;

/// The sum of a BIGINT; NULL for no rows.
#[derive(Default)]
struct Sum(Vec<Option<i64>>);

impl Sum {
    fn add(&mut self, groups: GroupIndices<'_>, values: &ArrayRef) {
        let values = values.as_primitive::<Int64Type>();
        assert_eq!(values.len(), groups.rows());
        for (row, value) in values.iter().enumerate() {
            let group = match groups {
                GroupIndices::Single { .. } => 0,
                GroupIndices::Each(groups) => groups[row] as usize,
            };
            if let Some(value) = value {
                *self.0[group].get_or_insert(0) += value;
            }
        }
    }
}

impl Accumulator for Sum {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.add(groups, &args[0].flat()?);
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add(groups, &states[0]);
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(self.0.clone())))
    }

    fn memory_size(&self) -> usize {
        self.0.capacity() * 16
    }
}

fn sum(arg: ExprRef, distinct: bool, filter: Option<ExprRef>) -> AggregateCall {
    let function = AggregateFunction {
        name: "test_sum",
        aliases: &[],
        signature: Signature::OneOf(&[&[Param::BigInt]]),
        returns: |_| Ok(SqlType::BigInt),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |_| Ok(vec![SqlType::BigInt]),
        accumulator: |_| Ok(Box::<Sum>::default()),
        doc: Doc::default(),
    };
    AggregateCall::new(AggregateRef::new(function), vec![arg], distinct, filter).expect("a call")
}

/// sum(d), sum(DISTINCT d), sum(d) FILTER (WHERE d < int), sum(DISTINCT d) FILTER (the same); d is the fourth column.
fn plan(keys: &[usize]) -> HashAggregate {
    let input = schema(0, &row_types());
    let number = || column(&input, 3);
    let filter = || Some(less_than(number(), to_bigint(column(&input, 0))));
    let calls = [
        sum(number(), false, None),
        sum(number(), true, None),
        sum(number(), false, filter()),
        sum(number(), true, filter()),
    ];
    HashAggregate {
        keys: keys.iter().map(|at| (ColumnId(100 + *at as u32), column(&input, *at))).collect(),
        aggregates: calls.into_iter().enumerate().map(|(at, call)| (ColumnId(200 + at as u32), call)).collect(),
    }
}

fn to_bigint(arg: ExprRef) -> ExprRef {
    let kernel = Kernel::Batch(|args| {
        Ok(Column::Array(arrow::compute::cast(&args.columns[0].flat()?, &arrow::datatypes::DataType::Int64)?))
    });
    call("test_bigint", kernel, |_| Ok(SqlType::BigInt), vec![arg])
}

fn run(plan: &HashAggregate, batches: Vec<Batch>, workers: usize, batch_rows: usize) -> Vec<Vec<String>> {
    run_in(&query(batch_rows), plan, batches, workers).0
}

/// The rows, and how many bytes went to disk.
fn run_in(
    query: &Arc<QueryContext>,
    plan: &HashAggregate,
    batches: Vec<Batch>,
    workers: usize,
) -> (Vec<Vec<String>>, u64) {
    let metrics = Arc::<OperatorMetrics>::default();
    let (sink, source) = build(plan, &schema(0, &row_types()), query, &metrics).expect("build");
    fill(&sink, deal(batches, workers)).expect("fill");
    let output = drain(&source);
    assert!(output.iter().all(|batch| batch.rows() <= query.batch_rows));
    let rows = sorted_rows(&output, plan.keys.len() + plan.aggregates.len());
    drop((sink, source, output));
    assert_eq!(query.memory.used(), 0, "memory is given back");
    (rows, metrics.snapshot().spill_bytes)
}

fn limited(memory: usize, operator_bytes_max: usize) -> Arc<QueryContext> {
    let space = SpillSpace { operator_bytes_max, ..SpillSpace::default() };
    Arc::new(QueryContext::new(Arc::default(), MemoryPool::new(memory), 2).with_batch_rows(1000).with_spill(space))
}

fn model(rows: &[Row], keys: &[usize]) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<Vec<String>, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let text = row_text(row);
        groups.entry(keys.iter().map(|key| text[*key].clone()).collect()).or_default().push(row);
    }
    if keys.is_empty() {
        groups.entry(Vec::new()).or_default();
    }
    let sum = |values: &mut dyn Iterator<Item = i64>| show(values.reduce(|a, b| a + b));
    let finished = groups.into_iter().map(|(key, rows)| {
        let all = || rows.iter().map(|row| row.3);
        let passed = || rows.iter().filter(|row| row.0.is_some_and(|int| row.3 < i64::from(int))).map(|row| row.3);
        let (all_once, passed_once): (BTreeSet<_>, BTreeSet<_>) = (all().collect(), passed().collect());
        let sums =
            [sum(&mut all()), sum(&mut all_once.into_iter()), sum(&mut passed()), sum(&mut passed_once.into_iter())];
        key.into_iter().chain(sums).collect()
    });
    let mut finished: Vec<Vec<String>> = finished.collect();
    finished.sort();
    finished
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn groups_agree_with_the_model(rows in any_rows(60), batch_rows in 1usize..6, workers in 1usize..4) {
        for keys in [vec![], vec![0], vec![1], vec![2], vec![0, 1], vec![1, 0, 2], vec![3, 2], vec![0, 3, 2, 1]] {
            let output = run(&plan(&keys), batches(&rows, batch_rows), workers, batch_rows);
            prop_assert_eq!(output, model(&rows, &keys), "keys {:?}", keys);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn groups_on_disk_agree_with_the_model(rows in any_rows(60), batch_rows in 1usize..30, workers in 1usize..4) {
        for keys in [vec![0], vec![1], vec![2], vec![1, 0, 2], vec![0, 3, 2, 1]] {
            for operator_bytes_max in [1, 3000] {
                let query = limited(usize::MAX, operator_bytes_max);
                let (output, _) = run_in(&query, &plan(&keys), batches(&rows, batch_rows), workers);
                prop_assert_eq!(output, model(&rows, &keys), "keys {:?}", keys);
            }
        }
    }
}

/// Of 40,000 groups memory holds few thousand: partitions are cut again.
#[test]
fn more_groups_than_memory_holds_go_to_disk() {
    let rows: Vec<Row> = (0..80_000).map(|at: i32| (Some(at % 40_000), None, None, i64::from(at) % 7)).collect();
    for keys in [vec![0], vec![0, 1, 3]] {
        let expected = model(&rows, &keys);
        for memory in [150_000, 4_000_000] {
            let (output, spilled) = run_in(&limited(memory, usize::MAX), &plan(&keys), batches(&rows, 1000), 2);
            assert!(output == expected, "{memory} bytes");
            assert!(spilled > 100_000, "{spilled} bytes on disk with {memory} of memory");
        }
        let (_, spilled) = run_in(&limited(usize::MAX, usize::MAX), &plan(&keys), batches(&rows, 1000), 2);
        assert_eq!(spilled, 0);
    }
}

/// Enough groups for the merge by partitions, with every group in each worker.
#[test]
fn many_groups_are_merged_by_partition() {
    let rows: Vec<Row> = (0..120_000).map(|at: i32| (Some(at % 30_000), None, None, i64::from(at) % 7)).collect();
    for keys in [vec![0], vec![0, 1]] {
        let output = run(&plan(&keys), batches(&rows, 5000), 3, 8192);
        assert_eq!(output, model(&rows, &keys));
    }
}

#[test]
fn without_keys_there_is_one_group_and_with_keys_none() {
    assert_eq!(run(&plan(&[]), vec![], 2, 8), [["NULL"; 4]]);
    assert!(run(&plan(&[0]), vec![], 2, 8).is_empty());
    assert!(run(&plan(&[0]), vec![], 0, 8).is_empty());
    assert_eq!(run(&plan(&[]), vec![], 0, 8), [["NULL"; 4]]);
}

#[test]
fn nan_is_one_group_and_zero_has_no_sign() {
    for types in [vec![SqlType::Double], vec![SqlType::Double, SqlType::array(SqlType::Int, true)]] {
        let input = schema(0, &types);
        let keys = (0..types.len()).map(|at| (ColumnId(50 + at as u32), column(&input, at))).collect();
        let (sink, source) =
            build(&HashAggregate { keys, aggregates: vec![] }, &input, &query(8), &Arc::default()).expect("build");
        let odd_nan = f64::from_bits(f64::NAN.to_bits() | 1 << 63);
        let floats =
            arrow::array::Float64Array::from(vec![Some(0.0), Some(-0.0), Some(f64::NAN), Some(odd_nan), None, None]);
        let mut columns = vec![Column::Array(Arc::new(floats))];
        if types.len() > 1 {
            columns.push(Column::nulls(&types[1], 6));
        }
        fill(&sink, vec![vec![Batch::new(columns, 6)]]).expect("fill");
        let rows: Vec<String> =
            sorted_rows(&drain(&source), types.len()).into_iter().map(|mut row| row.swap_remove(0)).collect();
        assert_eq!(rows, ["0.0", "NULL", "NaN"]);
    }
}

/// One group cannot be cut.
#[test]
fn a_group_beyond_the_limit_is_an_error() {
    let query = limited(20_000, usize::MAX);
    let metrics = Arc::<OperatorMetrics>::default();
    let (sink, _source) = build(&plan(&[]), &schema(0, &row_types()), &query, &metrics).expect("build");
    let rows: Vec<Row> = (0..10_000).map(|at| (None, None, None, at)).collect();
    let refused = fill(&sink, vec![batches(&rows, 1000)]).expect_err("too many");
    assert!(refused.message().contains("HashAggregate"), "{refused}");
}
