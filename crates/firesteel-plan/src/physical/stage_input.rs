//! Reads what another stage gave: what stands in an exchange's place once a plan is cut into stages.

use serde::{Deserialize, Serialize};

/// Unique within a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StageId(pub u32);

/// No children.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageInput {
    pub stage: StageId,
}
