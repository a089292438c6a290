//! Writes Parquet files and drives scans by hand, one worker after the other.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::compute::concat_batches;
use arrow::datatypes::{Field, Schema as ArrowSchema};
use firesteel_catalog::Table;
use firesteel_common::{ColumnId, Result};
use firesteel_datasource::ReaderRegistry;
use firesteel_exec::contract::{ScanOpener, SourceFactory, WorkerId};
use firesteel_exec::memory::MemoryPool;
use firesteel_exec::metrics::OperatorId;
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Batch, Expr, ExprRef, Literal};
use firesteel_plan::physical::{RuntimeFilterTarget, Scan};
use firesteel_plan::{PlanColumn, Schema};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

pub(crate) fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<_> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(ArrowSchema::new(fields)), arrays).expect("a batch")
}

pub(crate) fn write(path: &Path, batch: &RecordBatch, properties: WriterProperties) -> PathBuf {
    let file = File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
    writer.write(batch).expect("written");
    writer.close().expect("closed");
    path.to_owned()
}

/// Row groups of so many rows.
pub(crate) fn groups_of(rows: usize) -> WriterProperties {
    WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build()
}

pub(crate) fn query() -> Arc<QueryContext> {
    query_with_batches_of(8192)
}

pub(crate) fn query_with_batches_of(rows: usize) -> Arc<QueryContext> {
    let query = QueryContext::new(Arc::default(), MemoryPool::unlimited(), 2);
    Arc::new(query.with_batch_rows(rows))
}

/// A scan to be: the ids are positions among `outputs` and then `others`.
pub(crate) struct TestScan<'a> {
    pub(crate) table: &'a dyn Table,
    pub(crate) outputs: Vec<&'a str>,
    pub(crate) others: Vec<&'a str>,
    pub(crate) filters: Vec<ExprRef>,
    pub(crate) runtime_filters: Vec<RuntimeFilterTarget>,
}

impl<'a> TestScan<'a> {
    pub(crate) fn new(table: &'a dyn Table, outputs: &[&'a str]) -> Self {
        Self { table, outputs: outputs.to_vec(), others: Vec::new(), filters: Vec::new(), runtime_filters: Vec::new() }
    }

    pub(crate) fn all(table: &'a dyn Table) -> Self {
        let names: Vec<&str> = table.columns().iter().map(|column| column.name.as_ref()).collect();
        Self::new(table, &names)
    }

    pub(crate) fn others(mut self, others: &[&'a str]) -> Self {
        self.others = others.to_vec();
        self
    }

    pub(crate) fn filter(mut self, filter: ExprRef) -> Self {
        self.filters.push(filter);
        self
    }

    /// The column as an expression.
    pub(crate) fn column(&self, name: &str) -> ExprRef {
        let at = self.names().position(|known| known == name).expect("a column of the scan");
        Expr::column(ColumnId(at as u32), self.data_type(name), true)
    }

    fn names(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.outputs.iter().chain(&self.others).copied()
    }

    fn data_type(&self, name: &str) -> firesteel_common::SqlType {
        let column = self.table.columns().iter().find(|column| column.name.as_ref() == name);
        column.expect("a column of the table").data_type.clone()
    }

    pub(crate) fn open(&self, query: &Arc<QueryContext>) -> Result<Arc<dyn SourceFactory>> {
        let columns = self.names().enumerate().map(|(at, name)| (Arc::from(name), ColumnId(at as u32)));
        let scan = Scan {
            table: Arc::from("t"),
            source: self.table.source(),
            columns: columns.collect(),
            filters: self.filters.clone(),
            runtime_filters: self.runtime_filters.clone(),
        };
        ReaderRegistry.open(&scan, &self.schema(), query, &query.metrics.operator(OperatorId(0)))
    }

    fn schema(&self) -> Arc<Schema> {
        let column = |(at, name): (usize, &&str)| PlanColumn {
            id: ColumnId(at as u32),
            data_type: self.data_type(name),
            nullable: true,
        };
        Schema::new(self.outputs.iter().enumerate().map(column).collect())
    }

    /// The batches, in the order of their morsels.
    pub(crate) fn batches(&self, query: &Arc<QueryContext>) -> Result<Vec<Batch>> {
        drive(self.open(query)?.as_ref())
    }

    pub(crate) fn run(&self, query: &Arc<QueryContext>) -> Result<RecordBatch> {
        let fields = self.outputs.iter().map(|name| Field::new(*name, self.data_type(name).to_arrow(), true));
        let schema = Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>()));
        let batches =
            self.batches(query)?.iter().map(|b| b.to_record_batch(Arc::clone(&schema))).collect::<Result<Vec<_>>>()?;
        Ok(concat_batches(&schema, &batches)?)
    }

    pub(crate) fn rows(&self, query: &Arc<QueryContext>) -> Result<usize> {
        Ok(self.batches(query)?.iter().map(Batch::rows).sum())
    }
}

/// Two workers taking turns.
pub(crate) fn drive(factory: &dyn SourceFactory) -> Result<Vec<Batch>> {
    let mut sources = vec![factory.open(WorkerId(0))?, factory.open(WorkerId(1))?];
    let mut context = Context::from_waker(Waker::noop());
    let mut batches = Vec::new();
    while !sources.is_empty() {
        for at in (0..sources.len()).rev() {
            match sources[at].poll_next(&mut context) {
                Poll::Ready(batch) => match batch? {
                    Some(batch) => batches.push(batch),
                    None => drop(sources.swap_remove(at)),
                },
                Poll::Pending => {}
            }
        }
    }
    batches.sort_by_key(|batch| batch.morsel);
    Ok(batches)
}

pub(crate) fn call(name: &str, left: &ExprRef, right: Literal) -> ExprRef {
    Expr::call_named(name, vec![Arc::clone(left), Expr::literal(right)]).expect("a known operator")
}
