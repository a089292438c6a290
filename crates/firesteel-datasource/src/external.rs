//! Tables that a program brings: where rows come from is its affair; which columns and which rows are asked for, it is told.
//!
//! ```text
//! Scan ──▶ ScanRequest { columns, filters } ──TableSource::scan──▶ parts, each an iterator of batches ──▶ filtered again
//! ```
//! A source may ignore the filters: all of them are applied to what it gives. Plans name a source by a number; it stays
//! alive as long as its table does.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::SchemaRef;
use firesteel_catalog::{Estimate, ScanSource, Split, Table, TableColumn, TableStatistics};
use firesteel_common::{ColumnId, Result, SqlType, error, internal, names};
use firesteel_exec::contract::{Source, SourceFactory, WorkerId};
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Batch, Column, Expr, ExprKind, ExprRef};
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;
use hashbrown::HashMap;

use crate::conform::Conform;
use crate::filter::{BoundFilters, ScanFilters};

/// The name by which plans ask for this reader.
pub const READER: &str = "external";

/// Batches of one part of a table. It runs on a thread of the CPU pool: what waits long here keeps a core idle.
pub type BatchIterator = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// Where the rows of a table come from.
pub trait TableSource: fmt::Debug + Send + Sync {
    /// All columns.
    fn schema(&self) -> SchemaRef;

    /// How many rows there are, if that is known; joins are ordered by it.
    fn rows(&self) -> Option<u64> {
        None
    }

    /// The parts of the table, which are read at the same time. Batches have the request's columns in its order.
    fn scan(&self, request: &ScanRequest) -> Result<Vec<BatchIterator>>;
}

/// What a query needs of a table.
#[derive(Debug, Clone)]
pub struct ScanRequest {
    /// By place in the source's schema, in the order in which batches shall have them; may be none.
    pub columns: Vec<usize>,
    /// Rows for which any of these is not true are not needed. What a source does not use of them costs nothing but time.
    pub filters: Vec<SourceFilter>,
}

/// A condition that a source may understand.
#[derive(Debug, Clone)]
pub struct SourceFilter {
    /// By place in the source's schema.
    pub column: usize,
    pub comparison: Comparison,
    /// One row per value, in the type that the engine gives the column (text as Utf8View): one, several for `In`, none
    /// for tests of NULL.
    pub values: ArrayRef,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsNull,
    IsNotNull,
}

impl Comparison {
    fn of(name: &str) -> Option<Comparison> {
        Some(match name {
            "=" => Comparison::Equal,
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            ">" => Comparison::Greater,
            ">=" => Comparison::GreaterOrEqual,
            "isnull" => Comparison::IsNull,
            "isnotnull" => Comparison::IsNotNull,
            _ => return None,
        })
    }

    /// `1 < a` is `a > 1`.
    fn flipped(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::Greater => Comparison::Less,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            same => same,
        }
    }
}

/// A source as the engine's table.
#[derive(Debug)]
pub struct ExternalTable {
    number: u64,
    name: String,
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
    source: Arc<dyn TableSource>,
}

type Registry = Mutex<HashMap<u64, Weak<ExternalTable>>>;
static TABLES: LazyLock<Registry> = LazyLock::new(Mutex::default);

impl ExternalTable {
    /// `name` is for messages.
    pub fn new(name: &str, source: Arc<dyn TableSource>) -> Result<Arc<Self>> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let (schema, rows) = guarded(name, || Ok((source.schema(), source.rows())))?;
        let column = |field: &arrow::datatypes::FieldRef| {
            let data_type = SqlType::from_arrow(field.data_type())
                .ok_or_else(|| error!(UNSUPPORTED_ARROWTYPE, typeName = field.data_type().to_string()))?;
            let name = Arc::from(field.name().as_str());
            Ok(TableColumn { name, data_type, nullable: field.is_nullable(), comment: None })
        };
        let columns: Vec<TableColumn> = schema.fields().iter().map(column).collect::<Result<_>>()?;
        let mut statistics = TableStatistics::unknown(columns.len());
        if let Some(rows) = rows {
            statistics.rows = Estimate::exact(rows as f64);
        }
        let number = NEXT.fetch_add(1, Relaxed);
        let table = Arc::new(Self { number, name: name.to_owned(), columns, statistics, source });
        TABLES.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::downgrade(&table));
        Ok(table)
    }

    fn find(location: &str) -> Result<Arc<ExternalTable>> {
        let number = location.parse::<u64>().map_err(|_| internal!("{location} is no table of a program"))?;
        let tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables.get(&number).and_then(Weak::upgrade);
        table.ok_or_else(|| internal!("the table of a program {number} is gone"))
    }

    fn position(&self, name: &str) -> Result<usize> {
        let at = self.columns.iter().position(|column| column.name.as_ref() == name);
        let at = at.or_else(|| self.columns.iter().position(|column| names::same_name(&column.name, name)));
        at.ok_or_else(|| internal!("the table {} has no column {name}", self.name))
    }
}

impl Drop for ExternalTable {
    fn drop(&mut self) {
        TABLES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

impl Table for ExternalTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        let location = Arc::from(self.number.to_string());
        let split = Split { location, length: 0, modified: 0, etag: None, rows: None };
        ScanSource { reader: Arc::from(READER), splits: Arc::from([split]), options: Arc::from([]) }
    }

    fn provider(&self) -> &str {
        READER
    }
}

/// Calls code of the program; a panic becomes an error.
fn guarded<T>(table: &str, call: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().copied().map(str::to_owned);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
        let reason = format!("it panicked: {}", text.as_deref().unwrap_or("without a message"));
        Err(error!(FAILED_TABLE_SOURCE, table = names::quote(table), reason = reason))
    })
}

/// What all workers share: parts that nobody has begun.
struct ExternalScan {
    table: Arc<ExternalTable>,
    parts: Mutex<Vec<BatchIterator>>,
    parts_count: usize,
    ids: Vec<ColumnId>,
    conform: Vec<Conform>,
    outputs: usize,
    filters: Arc<ScanFilters>,
    batch_rows: usize,
    batches: AtomicU64,
}

pub(crate) fn open(scan: &Scan, schema: &Schema, query: &Arc<QueryContext>) -> Result<Arc<dyn SourceFactory>> {
    let Some(split) = scan.source.splits.first() else { return Err(internal!("a table of a program without a split")) };
    let table = ExternalTable::find(&split.location)?;
    let columns = scan.columns.iter().map(|(name, _)| table.position(name)).collect::<Result<Vec<_>>>()?;
    let conform = columns.iter().map(|at| Conform::new(&table.columns[*at].data_type)).collect();
    let ids: Vec<ColumnId> = scan.columns.iter().map(|(_, id)| *id).collect();
    let place = |id: ColumnId| ids.iter().position(|known| *known == id).map(|at| columns[at]);
    let conjuncts: Vec<ExprRef> = scan.filters.iter().flat_map(Expr::conjuncts).collect();
    // Behind a condition that can fail nothing is handed over: rows left out would hide its errors.
    let safe = conjuncts.iter().take_while(|conjunct| !conjunct.can_fail());
    let request = ScanRequest { filters: safe.filter_map(|one| source_filter(one, &place)).collect(), columns };
    let parts = guarded(&table.name, || table.source.scan(&request))?;
    let scan = ExternalScan {
        parts_count: parts.len(),
        parts: Mutex::new(parts),
        ids,
        conform,
        outputs: schema.len(),
        filters: Arc::new(ScanFilters::new(scan, query)?),
        batch_rows: query.batch_rows,
        batches: AtomicU64::new(0),
        table,
    };
    Ok(Arc::new(SharedScan(Arc::new(scan))))
}

/// `column op literal`, `literal op column`, `column IS [NOT] NULL`.
fn source_filter(expr: &Expr, place: &dyn Fn(ColumnId) -> Option<usize>) -> Option<SourceFilter> {
    let ExprKind::Call(function, args) = &expr.kind else { return None };
    let comparison = Comparison::of(function.name)?;
    let filter = |column: &Expr, comparison, literal: Option<&Expr>| {
        let values = match literal {
            Some(literal) => literal.as_literal().filter(|literal| !literal.is_null())?.to_array().ok()?,
            None => arrow::array::new_empty_array(&column.data_type().to_arrow()),
        };
        Some(SourceFilter { column: place(column.as_column()?)?, comparison, values })
    };
    match args.as_slice() {
        [column] => filter(column, comparison, None),
        [column, literal] if column.as_column().is_some() => filter(column, comparison, Some(literal)),
        [literal, column] => filter(column, comparison.flipped(), Some(literal)),
        _ => None,
    }
}

struct SharedScan(Arc<ExternalScan>);

impl SourceFactory for SharedScan {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        let filters = BoundFilters::new(&self.0.filters, &self.0.ids)?;
        Ok(Box::new(ExternalSource { scan: Arc::clone(&self.0), filters, part: None, rest: None }))
    }

    fn workers_max(&self) -> usize {
        self.0.parts_count.max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        self.0.table.source.rows()
    }
}

/// One worker: goes through parts, one after the other.
struct ExternalSource {
    scan: Arc<ExternalScan>,
    filters: BoundFilters,
    part: Option<BatchIterator>,
    /// What is left of a batch that was larger than batches shall be.
    rest: Option<RecordBatch>,
}

impl ExternalSource {
    /// The next piece of at most a batch's rows.
    fn piece(&mut self) -> Result<Option<RecordBatch>> {
        let rows_max = self.scan.batch_rows;
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match self.fetch()? {
                Some(batch) => batch,
                None => return Ok(None),
            },
        };
        if batch.num_rows() <= rows_max {
            return Ok(Some(batch));
        }
        self.rest = Some(batch.slice(rows_max, batch.num_rows() - rows_max));
        Ok(Some(batch.slice(0, rows_max)))
    }

    fn fetch(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            let part = match &mut self.part {
                Some(part) => part,
                None => match self.scan.parts.lock().unwrap_or_else(PoisonError::into_inner).pop() {
                    Some(part) => self.part.insert(part),
                    None => return Ok(None),
                },
            };
            match guarded(&self.scan.table.name, || part.next().transpose())? {
                Some(batch) => return self.checked(batch).map(Some),
                None => self.part = None,
            }
        }
    }

    fn checked(&self, batch: RecordBatch) -> Result<RecordBatch> {
        if batch.num_columns() == self.scan.conform.len() {
            return Ok(batch);
        }
        let reason = format!("{} columns came where {} were asked for", batch.num_columns(), self.scan.conform.len());
        Err(error!(FAILED_TABLE_SOURCE, table = names::quote(&self.scan.table.name), reason = reason))
    }

    fn next(&mut self) -> Result<Option<Batch>> {
        let Some(piece) = self.piece()? else { return Ok(None) };
        let scan = &self.scan;
        let number = scan.batches.fetch_add(1, Relaxed);
        let columns = piece.columns().iter().zip(&scan.conform);
        let columns = columns.map(|(array, conform)| conform.apply(array).map(Column::Array)).collect::<Result<_>>()?;
        let mut batch = Batch::new(columns, piece.num_rows()).with_morsel(number);
        if scan.filters.any_active(number) {
            let active = scan.filters.columns_used(&scan.ids, number);
            batch = self.filters.apply(batch, &active, number)?;
        }
        batch.columns.truncate(scan.outputs);
        Ok(Some(batch))
    }
}

impl Source for ExternalSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        match self.next() {
            Ok(Some(batch)) if batch.is_empty() => {
                // All filtered out: others may have their turn.
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }
}
