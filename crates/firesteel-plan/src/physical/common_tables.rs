//! Tables that are computed once and read in several places. Each becomes a stage of its own, so neither node reaches an
//! executor.

use serde::{Deserialize, Serialize};

use crate::logical::CommonTableId;

/// Children: the definitions in this order, then the plan that reads them, whose rows come out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommonTables {
    pub definitions: Vec<CommonTableId>,
}

/// No children. Output: all columns of the definition, in its order, under ids of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommonTableScan {
    pub table: CommonTableId,
}
