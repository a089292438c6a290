//! Computes calls over windows, and drops what they would number too high.

use firesteel_common::ColumnId;
use firesteel_expr::window::Ranking;
use firesteel_expr::{ExprRef, WindowCall};
use serde::{Deserialize, Serialize};

use crate::logical::SortKey;

/// One child. Output: its columns, then one per call; partitions come in any order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub partition_by: Vec<ExprRef>,
    pub order_by: Vec<SortKey>,
    pub calls: Vec<(ColumnId, WindowCall)>,
}

/// One child. Drops rows that `ranking`, which counts up, numbers above `count` within their partition; maybe not all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowGroupLimit {
    pub partition_by: Vec<ExprRef>,
    pub order_by: Vec<SortKey>,
    pub ranking: Ranking,
    pub count: u64,
}
