//! Orders all rows.

use serde::{Deserialize, Serialize};

use crate::logical::SortKey;

/// One child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sort {
    pub keys: Vec<SortKey>,
}
