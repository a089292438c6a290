//! Recursive common tables: rows that make further rows.
//!
//! ```text
//! Recursion
//! :- anchor                       round 0
//! +- step over WorkingTable       round n, over the rows of round n - 1, until there are none
//! ```

use std::fmt;

use firesteel_common::ColumnId;
use serde::{Deserialize, Serialize};

use super::PlanRef;
use crate::schema::PlanColumn;

/// Names a recursion within a query, and so its working table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecursionId(pub u32);

impl fmt::Display for RecursionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recursion {}", self.0)
    }
}

/// The rows of all rounds. It owns its output ids; the lists name each input's columns in output order.
#[derive(Debug, Clone, PartialEq)]
pub struct Recursion {
    pub id: RecursionId,
    pub anchor: (PlanRef, Vec<ColumnId>),
    pub step: (PlanRef, Vec<ColumnId>),
    pub columns: Vec<PlanColumn>,
    pub limits: RecursionLimits,
}

/// `None`: without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecursionLimits {
    /// More rounds after the anchor's than this are an error.
    pub levels_max: Option<u64>,
    /// More rows than this are an error, unless somebody said how many are wanted.
    pub rows_max: Option<u64>,
    /// With so many rows there need be no further round.
    pub rows_wanted: Option<u64>,
}

/// The rows of the round before, in a step.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkingTable {
    pub recursion: RecursionId,
    /// In the recursion's output order.
    pub columns: Vec<PlanColumn>,
}
