//! Rows written in the statement.

use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

/// No children. Each row has one expression without columns per output column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Values {
    pub rows: Vec<Vec<ExprRef>>,
}
