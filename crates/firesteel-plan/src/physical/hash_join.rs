//! Joins by hashing one side.

use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

use super::scan::RuntimeFilterSource;
use crate::logical::{JoinKey, JoinKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinSide {
    Left,
    Right,
}

/// Children: left, right. `build` is held in memory by hash, the other side streams past it.
/// Output: the left side's columns, then the right side's unless the kind is semi or anti.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HashJoin {
    pub kind: JoinKind,
    pub build: JoinSide,
    /// Never empty.
    pub keys: Vec<JoinKey>,
    /// What else must hold for a pair, over both sides' columns.
    pub filter: Option<ExprRef>,
    /// What the complete build tells about its keys to scans on the probe side.
    pub runtime_filters: Vec<RuntimeFilterSource>,
}
