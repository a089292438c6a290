//! The simple machines, driven by hand and through the executor.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::task::Poll;
use std::time::{Duration, Instant};

use arrow::array::{AsArray, BooleanArray, Int32Array};
use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::batch::{Batch, Selection};
use firesteel_expr::column::Column;
use firesteel_expr::{CastMode, Expr, ExprRef};

use super::collect::{CollectOptions, ResultStream, collect};
use super::filter::FilterFactory;
use super::limit::{LimitFactory, RowRange};
use super::project::ProjectFactory;
use super::union::UnionInputFactory;
use super::values::BatchesSource;
use crate::contract::{OperatorFactory, SourceFactory, WorkerId};
use crate::pipeline::{Pipeline, PipelineGraph};
use crate::query::QueryContext;
use crate::testing::{Dice, Map, OP, counted_source, rows, source};
use crate::{Executor, MemoryPool};

const NUMBER: ColumnId = ColumnId(1);
const FLAG: ColumnId = ColumnId(2);

/// Numbers from 0 with the flag of each.
fn flagged(flags: &[Option<bool>]) -> Batch {
    let numbers = Int32Array::from_iter_values(0..flags.len() as i32);
    let flags = BooleanArray::from(flags.to_vec());
    let rows = flags.len();
    Batch::new(vec![Column::Array(Arc::new(numbers)), Column::Array(Arc::new(flags))], rows)
}

fn number() -> ExprRef {
    Expr::column(NUMBER, SqlType::Int, false)
}

/// Pushes one batch, pulls all there is.
fn through(factory: &dyn OperatorFactory, batch: Batch) -> Vec<Batch> {
    let mut operator = factory.open(WorkerId(0)).expect("opens");
    operator.push(batch).expect("no error");
    std::iter::from_fn(|| operator.pull().expect("no error")).collect()
}

fn numbers(batch: &Batch, at: usize) -> Vec<i32> {
    let column = batch.compact_column(at).and_then(|column| column.flat()).expect("flat");
    column.as_primitive::<Int32Type>().values().to_vec()
}

fn filter() -> FilterFactory {
    let predicate = Expr::column(FLAG, SqlType::Boolean, true);
    FilterFactory::new(predicate, vec![NUMBER, FLAG], &Arc::default())
}

#[test]
fn filter_keeps_true_rows_by_selection() {
    let batch = flagged(&[Some(true), None, Some(true), Some(false)]).with_morsel(9);
    let kept = through(&filter(), batch);
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].physical_rows(), kept[0].morsel), (4, 9));
    assert_eq!(numbers(&kept[0], 0), [0, 2]);
}

#[test]
fn filter_copies_few_rows_out_and_drops_empty_batches() {
    let mut flags = vec![Some(false); 20];
    assert!(through(&filter(), flagged(&flags)).is_empty());
    flags[7] = Some(true);
    let kept = through(&filter(), flagged(&flags));
    assert_eq!(kept[0].physical_rows(), 1);
    assert_eq!(numbers(&kept[0], 0), [7]);
}

#[test]
fn project_passes_columns_and_computes_others_with_and_without_selection() {
    let widened = Expr::cast(number(), SqlType::BigInt, CastMode::Ansi);
    let factory =
        ProjectFactory::new(&[widened, number()], &[FLAG, NUMBER], &Arc::default()).expect("columns are known");
    for (keep, physical) in [(vec![0, 1, 3], 4), (vec![2], 1), (vec![0, 1, 2, 3], 4)] {
        let mut batch = flagged(&[None, None, Some(true), Some(true)]);
        batch.columns.swap(0, 1);
        let expected: Vec<i32> = keep.iter().map(|at| *at as i32).collect();
        let projected = through(&factory, batch.with_selection(Selection::from_indices(keep.into())).with_morsel(5));
        let [projected] = projected.as_slice() else { panic!("one batch") };
        assert_eq!((projected.physical_rows(), projected.morsel), (physical, 5));
        assert_eq!(numbers(projected, 1), expected);
        let wide = projected.compact_column(0).and_then(|column| column.flat()).expect("flat");
        let wide: Vec<i32> = wide.as_primitive::<Int64Type>().values().iter().map(|value| *value as i32).collect();
        assert_eq!(wide, expected);
    }
}

#[test]
fn project_does_not_compute_rows_that_could_fail_needlessly() {
    // 300 is no TINYINT: the filter before guards the cast.
    let narrowed = Expr::cast(number(), SqlType::TinyInt, CastMode::Ansi);
    assert!(narrowed.can_fail());
    let factory = ProjectFactory::new(&[narrowed], &[NUMBER], &Arc::default()).expect("columns are known");
    let batch = Batch::new(vec![Column::Array(Arc::new(Int32Array::from(vec![1, 2, 300])))], 3);
    let guarded = batch.with_selection(Selection::from_indices(vec![0, 1].into()));
    assert_eq!(through(&factory, guarded)[0].rows(), 2);
}

#[test]
fn union_inputs_take_the_outputs_order() {
    let factory = UnionInputFactory::new(&[FLAG, NUMBER, NUMBER], &[NUMBER, FLAG]).expect("columns are known");
    let out = through(&factory, flagged(&[Some(true), None]));
    assert_eq!(out[0].columns.len(), 3);
    assert_eq!(numbers(&out[0], 2), [0, 1]);
    assert!(UnionInputFactory::new(&[ColumnId(9)], &[NUMBER]).is_err());
}

#[test]
fn limit_counts_across_workers() {
    let factory = LimitFactory::new(3, Some(4));
    let (mut one, mut other) = (factory.open(WorkerId(0)).expect("opens"), factory.open(WorkerId(1)).expect("opens"));
    let all = flagged(&[None; 5]);
    one.push(all.clone()).expect("no error");
    assert_eq!(numbers(&one.pull().expect("no error").expect("a batch"), 0), [3, 4]);
    assert!(!other.is_done());
    other.push(all).expect("no error");
    assert_eq!(numbers(&other.pull().expect("no error").expect("a batch"), 0), [0, 1]);
    assert!(one.is_done() && other.is_done());
    assert!(LimitFactory::new(5, Some(0)).open(WorkerId(0)).expect("opens").push(rows(1)).is_ok());
    assert!(RowRange::new(u64::MAX, Some(u64::MAX)).is_over(u64::MAX));
}

#[test]
fn values_are_cut_and_handed_out_once() {
    let source = BatchesSource::new(vec![flagged(&[None; 7]), flagged(&[]), flagged(&[None; 2])], 3);
    assert_eq!((source.rows_hint(), source.workers_max()), (Some(9), 4));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut given = Vec::new();
    let mut workers = [source.open(WorkerId(0)).expect("opens"), source.open(WorkerId(1)).expect("opens")];
    for turn in 0..6 {
        if let Poll::Ready(Ok(Some(batch))) = workers[turn % 2].poll_next(&mut cx) {
            given.push((batch.morsel, batch.rows()));
        }
    }
    assert_eq!(given, [(0, 3), (1, 3), (2, 1), (3, 2)]);
}

struct Run {
    executor: Executor,
    query: Arc<QueryContext>,
}

impl Run {
    fn new(workers: usize) -> Self {
        let executor = Executor::new(2, MemoryPool::unlimited()).expect("threads start");
        let query = QueryContext::new(Arc::default(), Arc::clone(executor.memory()), workers);
        Self { executor, query: Arc::new(query.with_parallel_rows_min(0)) }
    }

    fn stream(
        &self,
        source: Arc<dyn SourceFactory>,
        operators: Vec<Arc<dyn OperatorFactory>>,
        options: CollectOptions,
    ) -> ResultStream {
        let (sink, stream) = collect(&self.query);
        let sink = sink.with_options(options);
        let mut graph = PipelineGraph::default();
        let sink = graph.add_sink(OP, sink);
        let pipeline = Pipeline::new(OP, source, sink);
        graph.add_pipeline(operators.into_iter().fold(pipeline, |pipeline, operator| pipeline.then(OP, operator)));
        self.executor.spawn(Arc::clone(&self.query), graph, stream.on_done());
        stream
    }

    /// Waits for the query's last task.
    fn assert_ends(&self) {
        let began = Instant::now();
        while self.executor.live_tasks() > 0 {
            assert!(began.elapsed() < Duration::from_secs(60), "the query does not end");
            std::thread::yield_now();
        }
    }
}

/// Takes a time that depends on the batch, so that workers overtake each other; drops every third.
fn uneven() -> Arc<dyn OperatorFactory> {
    let dice = Arc::new(Dice::new(3));
    Arc::new(Map(move |batch: Batch| {
        let until = Instant::now() + Duration::from_micros(dice.roll(40) as u64);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        let rows = if batch.morsel % 3 == 1 { 0 } else { batch.rows() };
        Ok(batch.head(rows))
    }))
}

#[test]
fn an_ordered_result_comes_in_the_order_of_its_morsels() {
    for workers in [1, 2, 8] {
        let run = Run::new(workers);
        let options = CollectOptions { ordered: true, range: None };
        let stream = run.stream(counted_source(workers, 3000, 2), vec![uneven()], options);
        let morsels: Vec<u64> = stream.map(|batch| batch.expect("no error").morsel).collect();
        let expected: Vec<u64> = (0..3000).filter(|morsel| morsel % 3 != 1).collect();
        assert_eq!(morsels, expected, "{workers} workers");
    }
}

#[test]
fn a_range_of_an_ordered_result_is_exact_and_stops_the_source() {
    let run = Run::new(8);
    let range = Some(RowRange::new(5, Some(10)));
    let options = CollectOptions { ordered: true, range };
    let stream = run.stream(counted_source(8, u64::MAX, 2), vec![uneven()], options);
    let given: Vec<_> =
        stream.map(|batch| batch.expect("no error")).map(|batch| (batch.morsel, batch.rows())).collect();
    // Two rows in each of the morsels 0, 2, 3, 5, 6, 8, 9, 11, …; rows 5 to 14 of them.
    assert_eq!(given, [(3, 1), (5, 2), (6, 2), (8, 2), (9, 2), (11, 1)]);
    run.assert_ends();
}

#[test]
fn a_limit_stops_an_endless_source() {
    let run = Run::new(4);
    let limit: Arc<dyn OperatorFactory> = Arc::new(LimitFactory::new(7, Some(100)));
    let stream = run.stream(counted_source(4, u64::MAX, 3), vec![limit], CollectOptions::default());
    let given: usize = stream.map(|batch| batch.expect("no error").rows()).sum();
    assert_eq!(given, 100);
    run.assert_ends();
}

#[test]
fn a_slow_client_holds_the_workers_back() {
    for ordered in [false, true] {
        let run = Run::new(4);
        let taken = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&taken);
        let source = source(4, move |_| {
            let at = counter.fetch_add(1, SeqCst);
            Poll::Ready(Ok((at < 10_000).then(|| rows(1).with_morsel(at))))
        });
        let mut stream = run.stream(source, Vec::new(), CollectOptions { ordered, range: None });
        assert!(stream.next().is_some());
        let mut seen = taken.load(SeqCst);
        // Until nothing moves any more.
        loop {
            let began = Instant::now();
            while began.elapsed() < Duration::from_millis(20) {
                std::thread::yield_now();
            }
            let now = taken.load(SeqCst);
            if now == seen && now > 1 {
                break;
            }
            seen = now;
        }
        assert!(seen < 100, "{seen} batches were read for a client that took one");
        assert_eq!(1 + stream.map(|batch| batch.expect("no error").rows()).sum::<usize>(), 10_000);
        run.assert_ends();
    }
}

#[test]
fn an_error_reaches_the_client_and_ends_the_stream() {
    let run = Run::new(2);
    let failing = |batch: Batch| -> Result<Batch> {
        if batch.morsel == 50 {
            firesteel_common::bail!(DIVIDE_BY_ZERO, config = "x");
        }
        Ok(batch)
    };
    let mut stream = run.stream(counted_source(2, 1000, 1), vec![Arc::new(Map(failing))], CollectOptions::default());
    let failed = stream.find_map(Result::err).expect("an error");
    assert_eq!(failed.condition().name, "DIVIDE_BY_ZERO");
    assert!(stream.next().is_none());
    run.assert_ends();
}

#[test]
fn a_client_that_leaves_cancels_the_query() {
    let run = Run::new(4);
    let mut stream = run.stream(counted_source(4, u64::MAX, 1), Vec::new(), CollectOptions::default());
    assert!(stream.next().is_some());
    drop(stream);
    run.assert_ends();
    assert!(run.query.is_cancelled());
}
