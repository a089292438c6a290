//! How fast TPC-H's `lineitem` is decoded: `scan_speed PATH [WORKERS]`, the path of a Parquet file or folder.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use firesteel_catalog::Table;
use firesteel_common::{ColumnId, Error, Result};
use firesteel_datasource::{ParquetTable, ReaderRegistry};
use firesteel_exec::contract::{ScanOpener, SourceFactory, WorkerId};
use firesteel_exec::memory::MemoryPool;
use firesteel_exec::metrics::OperatorId;
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Expr, ExprRef, Literal};
use firesteel_plan::physical::Scan;
use firesteel_plan::{PlanColumn, Schema};

const Q1: [&str; 7] =
    ["l_quantity", "l_extendedprice", "l_discount", "l_tax", "l_returnflag", "l_linestatus", "l_shipdate"];
const Q6: [&str; 4] = ["l_extendedprice", "l_discount", "l_shipdate", "l_quantity"];

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().unwrap_or_else(|| "lineitem.parquet".to_owned());
    let workers = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let started = Instant::now();
    let table = ParquetTable::open(&path)?;
    println!("opened {} rows in {:?}", table.statistics().rows.value, started.elapsed());
    for _ in 0..2 {
        measure("count(*)", &table, &[], 0, &[], workers)?;
        measure("q1, no filter", &table, &Q1, 7, &[], workers)?;
        measure("q1", &table, &Q1, 6, &[("<=", 6, Literal::date(10_471))], workers)?;
        let q6 = [
            (">=", 2, Literal::date(8_766)),
            ("<", 2, Literal::date(9_131)),
            (">=", 1, Literal::decimal(5, 15, 2)),
            ("<=", 1, Literal::decimal(7, 15, 2)),
            ("<", 3, Literal::decimal(2400, 15, 2)),
        ];
        measure("q6", &table, &Q6, 2, &q6, workers)?;
        measure("l_comment", &table, &["l_comment"], 1, &[], workers)?;
        measure(
            "one order",
            &table,
            &["l_comment", "l_partkey", "l_orderkey"],
            2,
            &[("=", 2, Literal::bigint(300_001))],
            workers,
        )?;
    }
    Ok(())
}

/// Scans `columns`, of which the first `outputs` come out, with filters `column op literal`.
fn measure(
    name: &str,
    table: &Arc<dyn Table>,
    columns: &[&str],
    outputs: usize,
    filters: &[(&str, usize, Literal)],
    workers: u32,
) -> Result<()> {
    let planned: Vec<PlanColumn> = columns
        .iter()
        .enumerate()
        .filter_map(|(at, name)| {
            let column = table.columns().iter().find(|column| column.name.as_ref() == *name)?;
            Some(PlanColumn { id: ColumnId(at as u32), data_type: column.data_type.clone(), nullable: true })
        })
        .collect();
    let filters = filters
        .iter()
        .map(|(op, at, literal)| Expr::call_named(op, vec![planned[*at].to_expr(), Expr::literal(literal.clone())]));
    let filters: Vec<ExprRef> = filters.collect::<Result<_>>()?;
    let scan = Scan {
        table: Arc::from(name),
        source: table.source(),
        columns: columns.iter().zip(&planned).map(|(name, column)| (Arc::from(*name), column.id)).collect(),
        filters,
        runtime_filters: Vec::new(),
    };
    let schema = Schema::new(planned.into_iter().take(outputs).collect());
    let query = Arc::new(QueryContext::new(Arc::default(), MemoryPool::unlimited(), workers as usize));
    let started = Instant::now();
    let factory = ReaderRegistry.open(&scan, &schema, &query, &query.metrics.operator(OperatorId(0)))?;
    let (rows, cpu) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn({
                    let factory = &factory;
                    move || drain(factory.as_ref(), WorkerId(worker))
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|_| Err(Error::internal("a worker panicked"))))
            .try_fold((0, Duration::ZERO), |(rows, cpu), worked| {
                let (more_rows, more_cpu) = worked?;
                Ok::<_, Error>((rows + more_rows, cpu + more_cpu))
            })
    })?;
    println!("{name}: {rows} rows by {workers} workers in {:?}, {cpu:?} of CPU", started.elapsed());
    Ok(())
}

/// Rows, and the time that this thread was running.
fn drain(factory: &dyn SourceFactory, worker: WorkerId) -> Result<(u64, Duration)> {
    let mut source = factory.open(worker)?;
    let mut context = Context::from_waker(Waker::noop());
    let mut rows = 0;
    loop {
        match source.poll_next(&mut context) {
            Poll::Ready(Ok(Some(batch))) => rows += batch.rows() as u64,
            Poll::Ready(Ok(None)) => return Ok((rows, cpu_time())),
            Poll::Ready(Err(error)) => return Err(error),
            Poll::Pending => {}
        }
    }
}

/// What the kernel counted for this thread; zero where it does not say.
fn cpu_time() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = counted.and_then(|text| text.split_whitespace().next()?.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}
