//! Rounds of a plan over its own rows. Both are cut out of the plan before anything runs: the scheduler drives the rounds.

use firesteel_common::ColumnId;
use serde::{Deserialize, Serialize};

use crate::logical::{RecursionId, RecursionLimits};

/// Children: anchor, step; the lists name the columns of each that become the output's, in its order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recursion {
    pub id: RecursionId,
    pub anchor: Vec<ColumnId>,
    pub step: Vec<ColumnId>,
    pub limits: RecursionLimits,
}

/// No child: the rows of the round before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkingTable {
    pub recursion: RecursionId,
}
