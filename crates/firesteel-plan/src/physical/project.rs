//! Computes columns.

use firesteel_common::ColumnId;
use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

/// One child. A plain column passes through, whatever its encoding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub exprs: Vec<(ColumnId, ExprRef)>,
}
