//! Moves rows between stages: the only operator that cuts a plan.

use firesteel_expr::ExprRef;
use serde::{Deserialize, Serialize};

/// Where a row goes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Partitioning {
    /// Nowhere: the rows stay in this process, in spillable pages with exact statistics.
    Local,
    /// To the one partition of the consumer.
    Gather,
    /// To every partition.
    Broadcast,
    /// To the partition of the keys' hash.
    Hash { keys: Vec<ExprRef>, partitions: u32 },
    /// To any, evenly.
    RoundRobin { partitions: u32 },
}

/// One child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub partitioning: Partitioning,
}
