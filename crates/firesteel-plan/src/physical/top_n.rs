//! The first rows of an order, without sorting the rest.

use serde::{Deserialize, Serialize};

use crate::logical::SortKey;

/// One child. `count` rows after the first `offset`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopN {
    pub keys: Vec<SortKey>,
    pub offset: u64,
    pub count: u64,
}
