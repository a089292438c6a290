//! Drives sinks, operators and sources by hand, so that tests decide who goes when; and rows as text, to compare.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use arrow::array::{ArrayRef, AsArray, Decimal64Array, Int32Array, Int64Array, StringViewArray};
use arrow::datatypes::Int32Type;
use arrow::util::display::array_value_to_string;
use firesteel_common::{ColumnId, SqlType};
use firesteel_expr::batch::{Batch, Selection};
use firesteel_expr::column::Column;
use firesteel_expr::function::{Kernel, ScalarFunction};
use firesteel_expr::{Expr, ExprRef, FunctionRef};
use firesteel_plan::Schema;
use firesteel_plan::schema::PlanColumn;

use crate::contract::{OperatorFactory, SinkFactory, SourceFactory, WorkerId};
use crate::memory::MemoryPool;
use crate::query::QueryContext;

pub(crate) fn query(batch_rows: usize) -> Arc<QueryContext> {
    let memory = MemoryPool::unlimited();
    Arc::new(QueryContext::new(Arc::default(), memory, 3).with_batch_rows(batch_rows))
}

/// Columns numbered from `first`.
pub(crate) fn schema(first: u32, types: &[SqlType]) -> Schema {
    let column = |(at, data_type): (usize, &SqlType)| PlanColumn {
        id: ColumnId(first + at as u32),
        data_type: data_type.clone(),
        nullable: true,
    };
    Schema { columns: types.iter().enumerate().map(column).collect() }
}

pub(crate) fn column(schema: &Schema, at: usize) -> ExprRef {
    schema.columns[at].to_expr()
}

/// A function of the test's own.
pub(crate) fn call(
    name: &'static str,
    kernel: Kernel,
    returns: fn(&[SqlType]) -> firesteel_common::Result<SqlType>,
    args: Vec<ExprRef>,
) -> ExprRef {
    let function = ScalarFunction { name, kernel, returns, ..ScalarFunction::DEFAULT };
    Expr::call(&FunctionRef::new(function), args).expect("a call")
}

pub(crate) fn less_than(a: ExprRef, b: ExprRef) -> ExprRef {
    let kernel = Kernel::Batch(|args| {
        let (a, b) = (args.columns[0].flat_or_scalar()?, args.columns[1].flat_or_scalar()?);
        Ok(Column::Array(Arc::new(arrow::compute::kernels::cmp::lt(&a, &b)?)))
    });
    call("test_less_than", kernel, |_| Ok(SqlType::Boolean), vec![a, b])
}

/// Pushes the workers' batches in turns, then finalizes, units begotten last running first.
pub(crate) fn fill(sink: &Arc<dyn SinkFactory>, workers: Vec<Vec<Batch>>) -> firesteel_common::Result<()> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut open = Vec::new();
    for (at, batches) in workers.into_iter().enumerate() {
        open.push((sink.open(WorkerId(at as u32))?, batches.into_iter()));
    }
    let mut busy = true;
    while busy {
        busy = false;
        for (sink, batches) in &mut open {
            if let Some(batch) = batches.find(|batch| !batch.is_empty()) {
                until_ready(|| sink.poll_ready(&mut cx))?;
                sink.push(batch)?;
                busy = true;
            }
        }
    }
    for (sink, _) in &mut open {
        until_ready(|| sink.poll_finish(&mut cx))?;
    }
    drop(open);
    let mut units = sink.finalize()?;
    while let Some(unit) = units.pop() {
        units.extend(unit.run()?);
    }
    Ok(())
}

/// Machines say `Pending` for others to have their turn; here there are none.
fn until_ready(mut poll: impl FnMut() -> Poll<firesteel_common::Result<()>>) -> firesteel_common::Result<()> {
    for _ in 0..100_000 {
        if let Poll::Ready(result) = poll() {
            return result;
        }
    }
    panic!("waits for something");
}

/// All that two workers of a source give, in turns.
pub(crate) fn drain(source: &Arc<dyn SourceFactory>) -> Vec<Batch> {
    try_drain(source).expect("batches")
}

/// The same, or the first error.
pub(crate) fn try_drain(source: &Arc<dyn SourceFactory>) -> firesteel_common::Result<Vec<Batch>> {
    let mut cx = Context::from_waker(Waker::noop());
    assert!(source.workers_max() > 0);
    let mut workers: Vec<_> = (0..2).map(|at| source.open(WorkerId(at)).expect("open")).collect();
    let mut all = Vec::new();
    let mut turns = 0;
    while !workers.is_empty() {
        turns += 1;
        assert!(turns < 1_000_000, "waits for something");
        let mut failed = None;
        workers.retain_mut(|worker| match worker.poll_next(&mut cx) {
            Poll::Ready(Ok(next)) => next.map(|batch| all.push(batch)).is_some(),
            Poll::Ready(Err(error)) => {
                failed = Some(error);
                false
            }
            Poll::Pending => true,
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    all.sort_by_key(|batch| batch.morsel);
    Ok(all)
}

/// Pushes each worker's batches through an operator of its own.
pub(crate) fn through(operator: &Arc<dyn OperatorFactory>, workers: Vec<Vec<Batch>>) -> Vec<Batch> {
    let mut all = Vec::new();
    for (at, batches) in workers.into_iter().enumerate() {
        let mut worker = operator.open(WorkerId(at as u32)).expect("open");
        for batch in batches.into_iter().filter(|batch| !batch.is_empty()) {
            if worker.is_done() {
                break;
            }
            worker.push(batch).expect("push");
            while let Some(output) = worker.pull().expect("pull") {
                all.push(output);
            }
        }
        worker.finish().expect("finish");
        while let Some(output) = worker.pull().expect("pull") {
            all.push(output);
        }
    }
    all
}

/// Rows as text, in the order of the batches.
pub(crate) fn rows(batches: &[Batch], columns: usize) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for batch in batches.iter().filter(|batch| !batch.is_empty()) {
        assert_eq!(batch.columns.len(), columns, "columns of the output");
        let arrays: Vec<ArrayRef> =
            (0..columns).map(|at| batch.compact_column(at).and_then(|column| column.flat()).expect("flat")).collect();
        for row in 0..batch.rows() {
            rows.push(arrays.iter().map(|array| text(array, row)).collect());
        }
    }
    rows
}

pub(crate) fn sorted_rows(batches: &[Batch], columns: usize) -> Vec<Vec<String>> {
    let mut rows = rows(batches, columns);
    rows.sort();
    rows
}

fn text(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) { "NULL".to_owned() } else { array_value_to_string(array, row).expect("text") }
}

pub(crate) fn show<T: ToString>(value: Option<T>) -> String {
    value.map_or("NULL".to_owned(), |value| value.to_string())
}

/// A row of the test tables: `int`, `string`, `decimal(10,2)` (its unscaled value), `bigint`.
pub(crate) type Row = (Option<i32>, Option<&'static str>, Option<i64>, i64);

pub(crate) fn row_types() -> Vec<SqlType> {
    vec![SqlType::Int, SqlType::STRING, SqlType::decimal(10, 2), SqlType::BigInt]
}

/// Few values, so that rows meet; short and long strings, and NULLs.
pub(crate) fn any_rows(most: usize) -> impl proptest::strategy::Strategy<Value = Vec<Row>> {
    use proptest::prelude::*;
    let texts = prop_oneof![
        Just(None),
        Just(Some("")),
        Just(Some("a")),
        Just(Some("b")),
        Just(Some("seven b")),
        Just(Some("eight by")),
        Just(Some("a string beyond what a view holds inline")),
        Just(Some("a string beyond what a view holds inlinf")),
    ];
    let ints = proptest::option::weighted(0.85, -3i32..4);
    let decimals = proptest::option::weighted(0.85, -2i64..3);
    proptest::collection::vec((ints, texts, decimals, -5i64..6), 0..most)
}

/// Batches of a few rows each, in encodings that vary with the batch's number, behind a selection now and then.
pub(crate) fn batches(rows: &[Row], batch_rows: usize) -> Vec<Batch> {
    rows.chunks(batch_rows).enumerate().map(|(at, rows)| batch(rows, at)).collect()
}

fn batch(rows: &[Row], number: usize) -> Batch {
    // Behind a selection: every row twice, the first of which does not count.
    let hidden = number % 3 == 1;
    let rows: Vec<Row> = match hidden {
        true => rows.iter().flat_map(|row| [(Some(99), Some("hidden"), Some(99), 99), *row]).collect(),
        false => rows.to_vec(),
    };
    let ints: Column = match rows.as_slice() {
        [only] => Column::constant(Arc::new(Int32Array::from(vec![only.0])), 1),
        _ => array(Int32Array::from_iter(rows.iter().map(|row| row.0))),
    };
    let texts: ArrayRef = Arc::new(StringViewArray::from_iter(rows.iter().map(|row| row.1)));
    let texts = match number % 2 {
        0 => texts,
        _ => {
            let dictionary: arrow::array::DictionaryArray<Int32Type> = texts.as_string_view().iter().collect();
            Arc::new(dictionary)
        }
    };
    let narrow = Decimal64Array::from_iter(rows.iter().map(|row| row.2)).with_precision_and_scale(10, 2);
    let narrow = array(narrow.expect("digits"));
    let decimals = match number % 4 {
        0 | 1 => narrow,
        _ => Column::Array(narrow.flat().expect("flat")),
    };
    let numbers = array(Int64Array::from_iter_values(rows.iter().map(|row| row.3)));
    let length = rows.len();
    let batch = Batch::new(vec![ints, Column::Array(texts), decimals, numbers], length).with_morsel(number as u64);
    match hidden {
        true => {
            let odd = arrow::array::UInt32Array::from_iter_values((0..length as u32).filter(|row| row % 2 == 1));
            batch.with_selection(Selection::from_indices(odd))
        }
        false => batch,
    }
}

fn array(array: impl arrow::array::Array + 'static) -> Column {
    Column::Array(Arc::new(array))
}

/// Deals the batches out to so many workers.
pub(crate) fn deal(batches: Vec<Batch>, workers: usize) -> Vec<Vec<Batch>> {
    let mut dealt = vec![Vec::new(); workers];
    for (at, batch) in batches.into_iter().enumerate() {
        dealt[at % workers].push(batch);
    }
    dealt
}

pub(crate) fn row_text(row: &Row) -> Vec<String> {
    vec![show(row.0), show(row.1), decimal_text(row.2), row.3.to_string()]
}

fn decimal_text(value: Option<i64>) -> String {
    show(value.map(|value| format!("{}0.{:02}", if value < 0 { "-" } else { "" }, value.abs())))
}
