//! Groups by hashing: one operator, from rows to finished groups.

use firesteel_common::ColumnId;
use firesteel_expr::{AggregateCall, ExprRef};
use serde::{Deserialize, Serialize};

/// One child. Output: keys, then aggregates. Without keys one row comes out, whatever comes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HashAggregate {
    pub keys: Vec<(ColumnId, ExprRef)>,
    pub aggregates: Vec<(ColumnId, AggregateCall)>,
}
