//! Keeps rows for which the predicate is TRUE.

use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

/// One child; its columns come out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub predicate: ExprRef,
}
