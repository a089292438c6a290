//! Several rows of one.

use serde::{Deserialize, Serialize};

use crate::logical::Generator;

/// One child. Output: those of its columns that the schema names, then the generator's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    pub generator: Generator,
    /// An input row of which nothing is made comes out once, with NULLs.
    pub outer: bool,
    /// Which of the generator's columns come out, in the schema's order.
    pub columns: Vec<usize>,
}
