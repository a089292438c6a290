//! Computes calls over windows.

use firesteel_common::ColumnId;
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
