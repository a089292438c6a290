//! Files of rows as one table of the catalog.
//!
//! ```text
//! files ──sample──▶ columns learned, or columns given ──▶ + partition columns = table; size of the files / of a row = rows
//! ```

use std::sync::Arc;

use firesteel_catalog::{Estimate, ScanSource, Split, Table, TableColumn, TableStatistics};
use firesteel_common::{Result, internal};

use crate::options::FileOptions;
use crate::partitions;

/// The option of a scan that lists what a record holds.
const RECORD_COLUMNS: &str = "recordColumns";

/// When nothing was sampled.
const ROW_BYTES_GUESSED: f64 = 100.0;

#[derive(Debug)]
pub(crate) struct RowTable {
    reader: &'static str,
    columns: Vec<TableColumn>,
    statistics: TableStatistics,
    splits: Arc<[Split]>,
    options: Arc<[(String, String)]>,
}

/// What a table of rows is made of.
pub(crate) struct RowTableParts {
    pub(crate) reader: &'static str,
    pub(crate) splits: Vec<Split>,
    /// What a record holds, in its order.
    pub(crate) record: Vec<TableColumn>,
    pub(crate) partitions: Vec<TableColumn>,
    /// With all that was sniffed filled in.
    pub(crate) options: FileOptions,
    /// Bytes of a row on average, if a sample told.
    pub(crate) row_bytes: Option<f64>,
}

impl RowTable {
    pub(crate) fn of(parts: RowTableParts) -> Result<Arc<dyn Table>> {
        let columns = partitions::add_columns(parts.record.clone(), &parts.partitions);
        let bytes: u64 = parts.splits.iter().map(|split| split.length).sum();
        let mut statistics = TableStatistics::unknown(columns.len());
        statistics.bytes = Estimate::exact(bytes as f64);
        let rows = bytes as f64 / parts.row_bytes.unwrap_or(ROW_BYTES_GUESSED).max(1.0);
        statistics.rows = Estimate::guessed(rows.ceil());
        let mut options = parts.options;
        options.set(RECORD_COLUMNS, to_json(&parts.record)?);
        let (key, value) = partitions::option(&parts.partitions)?;
        options.set(key, value);
        Ok(Arc::new(Self {
            reader: parts.reader,
            columns,
            statistics,
            splits: parts.splits.into(),
            options: options.pairs().into(),
        }))
    }
}

fn to_json(columns: &[TableColumn]) -> Result<String> {
    serde_json::to_string(columns).map_err(|reason| internal!("columns of a record: {reason}"))
}

/// What a record of the scan's files holds.
pub(crate) fn record_columns(source: &ScanSource) -> Result<Vec<TableColumn>> {
    let found = source.options.iter().find(|(key, _)| key == RECORD_COLUMNS);
    let (_, text) = found.ok_or_else(|| internal!("a scan of rows that does not say what a record holds"))?;
    serde_json::from_str(text).map_err(|reason| internal!("columns of a record: {reason}"))
}

impl Table for RowTable {
    fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    fn statistics(&self) -> &TableStatistics {
        &self.statistics
    }

    fn source(&self) -> ScanSource {
        ScanSource {
            reader: Arc::from(self.reader),
            splits: Arc::clone(&self.splits),
            options: Arc::clone(&self.options),
        }
    }

    fn provider(&self) -> &str {
        self.reader
    }
}

/// A column that files have: always nullable.
pub(crate) fn column(name: &str, data_type: firesteel_common::SqlType) -> TableColumn {
    TableColumn { name: Arc::from(name), data_type, nullable: true, comment: None }
}
