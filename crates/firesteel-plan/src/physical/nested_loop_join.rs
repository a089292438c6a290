//! Joins by comparing every pair: for joins without equal keys.

use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

use crate::logical::JoinKind;

/// Children: left, right; the right side is held, the left streams past it. Output as for the hash join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NestedLoopJoin {
    pub kind: JoinKind,
    /// `None`: every pair.
    pub filter: Option<ExprRef>,
}
