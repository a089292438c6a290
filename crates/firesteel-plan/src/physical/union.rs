//! All rows of all inputs.

use firesteel_common::ColumnId;
use serde::{Deserialize, Serialize};

/// Per child the columns that become the output's, in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Union {
    pub inputs: Vec<Vec<ColumnId>>,
}
