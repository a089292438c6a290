//! Skips some rows, then lets some pass.

use serde::{Deserialize, Serialize};

/// One child. Without `count` all rows after the offset pass.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    pub offset: u64,
    pub count: Option<u64>,
}
