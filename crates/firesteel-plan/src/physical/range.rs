//! Numbers in a row.

use serde::{Deserialize, Serialize};

/// No child. `count` numbers (BIGINT), `step` apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Range {
    pub start: i64,
    pub step: i64,
    pub count: u64,
}
