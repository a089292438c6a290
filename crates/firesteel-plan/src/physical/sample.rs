//! Some of the rows, by chance.

use serde::{Deserialize, Serialize};

/// One child. Each row comes out with this probability; with a seed always the same rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    pub fraction: f64,
    pub seed: Option<u64>,
}
