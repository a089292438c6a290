//! A table as planning sees it: metadata read beforehand, no IO.

use std::fmt;
use std::sync::Arc;

use firesteel_common::SqlType;
use serde::{Deserialize, Serialize};

use crate::statistics::TableStatistics;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TableColumn {
    pub name: Arc<str>,
    pub data_type: SqlType,
    pub nullable: bool,
    pub comment: Option<Arc<str>>,
}

/// A piece of a table that one reader opens: a file with its length in bytes and time of change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Split {
    pub location: Arc<str>,
    pub length: u64,
    /// Microseconds since the epoch: with location, length and etag the key of the footer cache.
    pub modified: i64,
    /// What an object store calls this version of the file; local files have none.
    pub etag: Option<Arc<str>>,
    pub rows: Option<u64>,
}

/// Where a table's data lies: a reader found by name in the executor's registry, and what it shall read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ScanSource {
    pub reader: Arc<str>,
    pub splits: Arc<[Split]>,
    pub options: Arc<[(String, String)]>,
}

/// A table whose metadata is at hand.
pub trait Table: fmt::Debug + Send + Sync {
    fn columns(&self) -> &[TableColumn];
    fn statistics(&self) -> &TableStatistics;
    fn source(&self) -> ScanSource;
    /// `parquet`, `csv`, …: what DESCRIBE EXTENDED shows as provider.
    fn provider(&self) -> &str;
}
