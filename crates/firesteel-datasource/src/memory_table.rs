//! A table of record batches in memory: for tests and for data that a program hands over.
//!
//! Plans are plain data, so a scan names the table by a number; the batches stay alive as long as the table does.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use firesteel_catalog::{Estimate, ScanSource, Split, Table, TableColumn, TableStatistics};
use firesteel_common::{ColumnId, Result, SqlType, internal, names};
use firesteel_exec::contract::{Source, SourceFactory, WorkerId};
use firesteel_exec::query::QueryContext;
use firesteel_expr::{Batch, Column};
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;
use hashbrown::HashMap;

use crate::conform::Conform;
use crate::filter::{BoundFilters, ScanFilters};

/// The name by which plans ask for this reader.
pub const READER: &str = "memory";

#[derive(Debug)]
pub struct MemoryTable {
    number: u64,
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
    /// Columns in the table's order and canonical types.
    batches: Vec<RecordBatch>,
}

type Registry = Mutex<HashMap<u64, Weak<MemoryTable>>>;
static TABLES: LazyLock<Registry> = LazyLock::new(Mutex::default);

impl MemoryTable {
    /// A table of batches that all have this schema.
    pub fn new(schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<Arc<Self>> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let columns = schema.fields().iter().map(|field| {
            let data_type = SqlType::from_arrow(field.data_type());
            let data_type = data_type.ok_or_else(|| internal!("no SQL type for {}", field.data_type()))?;
            let name = Arc::from(field.name().as_str());
            Ok(TableColumn { name, data_type, nullable: field.is_nullable(), comment: None })
        });
        let columns: Vec<TableColumn> = columns.collect::<Result<_>>()?;
        let mut statistics = TableStatistics::unknown(columns.len());
        statistics.rows = Estimate::exact(batches.iter().map(RecordBatch::num_rows).sum::<usize>() as f64);
        statistics.bytes =
            Estimate::exact(batches.iter().map(RecordBatch::get_array_memory_size).sum::<usize>() as f64);
        let number = NEXT.fetch_add(1, Relaxed);
        let table = Arc::new(Self { number, columns, statistics, batches });
        TABLES.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::downgrade(&table));
        Ok(table)
    }

    fn find(location: &str) -> Result<Arc<MemoryTable>> {
        let number = location.parse::<u64>().map_err(|_| internal!("{location} is no table in memory"))?;
        let tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        let table = tables.get(&number).and_then(Weak::upgrade);
        table.ok_or_else(|| internal!("the table in memory {number} is gone"))
    }
}

impl Drop for MemoryTable {
    fn drop(&mut self) {
        TABLES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}

impl Table for MemoryTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        let split = Split {
            location: Arc::from(self.number.to_string()),
            length: self.statistics.bytes.value as u64,
            modified: 0,
            etag: None,
            rows: Some(self.statistics.rows.value as u64),
        };
        ScanSource { reader: Arc::from(READER), splits: Arc::from([split]), options: Arc::from([]) }
    }

    fn provider(&self) -> &str {
        READER
    }
}

/// What all workers share. The unit of work is a batch's worth of rows.
struct MemoryScan {
    tables: Vec<Arc<MemoryTable>>,
    /// Table, batch, first row.
    units: Vec<(usize, usize, usize)>,
    cursor: AtomicUsize,
    ids: Vec<ColumnId>,
    /// Per table, the place of each of the scan's columns and how to bring it to its type.
    columns: Vec<Vec<(usize, Conform)>>,
    outputs: usize,
    filters: Arc<ScanFilters>,
    batch_rows: usize,
}

pub(crate) fn open(scan: &Scan, schema: &Schema, query: &Arc<QueryContext>) -> Result<Arc<dyn SourceFactory>> {
    let tables =
        scan.source.splits.iter().map(|split| MemoryTable::find(&split.location)).collect::<Result<Vec<_>>>()?;
    let mut units = Vec::new();
    for (table, in_memory) in tables.iter().enumerate() {
        for (batch, rows) in in_memory.batches.iter().map(RecordBatch::num_rows).enumerate() {
            units.extend((0..rows).step_by(query.batch_rows).map(|row| (table, batch, row)));
        }
    }
    let columns = tables.iter().map(|table| scan_columns(scan, table)).collect::<Result<_>>()?;
    let scan = MemoryScan {
        tables,
        units,
        cursor: AtomicUsize::new(0),
        ids: scan.columns.iter().map(|(_, id)| *id).collect(),
        columns,
        outputs: schema.len(),
        filters: Arc::new(ScanFilters::new(scan, query)?),
        batch_rows: query.batch_rows,
    };
    Ok(Arc::new(SharedScan(Arc::new(scan))))
}

fn scan_columns(scan: &Scan, table: &MemoryTable) -> Result<Vec<(usize, Conform)>> {
    let find = |(name, _): &(Arc<str>, ColumnId)| {
        let at = table.columns.iter().position(|column| column.name == *name);
        let at = at.or_else(|| table.columns.iter().position(|column| names::same_name(&column.name, name)));
        let at = at.ok_or_else(|| internal!("a table in memory has no column {name}"))?;
        Ok((at, Conform::new(&table.columns[at].data_type)))
    };
    scan.columns.iter().map(find).collect()
}

struct SharedScan(Arc<MemoryScan>);

impl SourceFactory for SharedScan {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Source>> {
        let filters = BoundFilters::new(&self.0.filters, &self.0.ids)?;
        Ok(Box::new(MemorySource { scan: Arc::clone(&self.0), filters }))
    }

    fn workers_max(&self) -> usize {
        self.0.units.len().max(1)
    }

    fn rows_hint(&self) -> Option<u64> {
        Some(self.0.tables.iter().map(|table| table.statistics.rows.value as u64).sum())
    }
}

struct MemorySource {
    scan: Arc<MemoryScan>,
    filters: BoundFilters,
}

impl MemorySource {
    fn next(&mut self) -> Result<Option<Batch>> {
        let scan = &self.scan;
        let number = scan.cursor.fetch_add(1, Relaxed);
        let Some((table, batch, row)) = scan.units.get(number).copied() else { return Ok(None) };
        let values = &scan.tables[table].batches[batch];
        let rows = scan.batch_rows.min(values.num_rows() - row);
        let column =
            |(at, conform): &(usize, Conform)| conform.apply(&values.column(*at).slice(row, rows)).map(Column::Array);
        let columns = scan.columns[table].iter().map(column).collect::<Result<_>>()?;
        let mut batch = Batch::new(columns, rows).with_morsel(number as u64);
        if scan.filters.any_active(number as u64) {
            let active = scan.filters.columns_used(&scan.ids, number as u64);
            batch = self.filters.apply(batch, &active, number as u64)?;
        }
        batch.columns.truncate(scan.outputs);
        Ok(Some(batch))
    }
}

impl Source for MemorySource {
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
