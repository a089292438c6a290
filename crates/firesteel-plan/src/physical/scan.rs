//! Reads a table.

use firesteel_catalog::ScanSource;
use firesteel_common::ColumnId;
use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A slot that a join's build fills and a scan watches; unique within a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RuntimeFilterId(pub u32);

/// In a scan: rows whose `column` the filter refuses need not come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeFilterTarget {
    pub id: RuntimeFilterId,
    pub column: ColumnId,
}

/// In a join: the values of build key number `key` fill the slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeFilterSource {
    pub id: RuntimeFilterId,
    pub key: usize,
}

/// No children. Output: `columns`, in the schema's order. Only rows pass for which every filter is TRUE.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// As EXPLAIN shows it.
    pub table: Arc<str>,
    pub source: ScanSource,
    /// Name in the files and id, one per column read: those that come out first, then those that only filters need.
    pub columns: Vec<(Arc<str>, ColumnId)>,
    /// Conjuncts over `columns`, in the order in which they must guard each other.
    pub filters: Vec<ExprRef>,
    pub runtime_filters: Vec<RuntimeFilterTarget>,
}
