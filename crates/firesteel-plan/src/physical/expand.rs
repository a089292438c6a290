//! Gives each row once per grouping set.

use firesteel_common::ColumnId;
use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

/// One child. Output: those of its columns that are asked for, the keys (NULL where the set leaves them out), the grouping
/// id, and the set's place if `with_position`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expand {
    pub passed: Vec<ColumnId>,
    pub keys: Vec<(ColumnId, ExprRef)>,
    /// Per set, which keys it groups by.
    pub sets: Vec<Vec<bool>>,
    pub with_position: bool,
}
