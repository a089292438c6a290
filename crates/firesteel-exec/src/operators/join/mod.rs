//! What the joins share: one side is held, the other streams past it, pairs of their rows come out.
//!
//! ```text
//! held side   ──[held]──▶ columns, one array each ┐
//! probe side  ──Matcher──▶ pairs of row numbers ──filter──▶ [probe] pairs, gathered once │ probe rows (semi, anti, outer)
//!                                   └──marks──▶ matched rows ──[unmatched]──▶ the held side's own rows
//! ```
//! A hash join and a nested-loop join differ in who finds the pairs only.

pub(crate) mod disk;
pub(crate) mod held;
pub(crate) mod probe;
#[cfg(test)]
mod tests;
pub(crate) mod unmatched;

use std::sync::Arc;

use firesteel_common::SqlType;
use firesteel_expr::column::Column;
use firesteel_plan::Schema;
use firesteel_plan::logical::JoinKind;
use firesteel_plan::physical::JoinSide;

use crate::contract::{OperatorFactory, SinkFactory, SourceFactory};

/// The machines of one join.
pub struct JoinParts {
    /// Takes the held side. The probe starts after it is finalized.
    pub build_sink: Arc<dyn SinkFactory>,
    /// The streaming side goes through it.
    pub probe: Arc<dyn OperatorFactory>,
    /// The held side's rows that come out by themselves (outer, semi, anti), and what was put on disk: a second pipeline,
    /// which starts when all workers of the probe have ended. Its output has the same columns.
    pub unmatched: Option<Arc<dyn SourceFactory>>,
}

/// What comes out of a join, seen from the held and the probe side.
#[derive(Debug, Clone)]
pub(crate) struct JoinShape {
    pub(crate) emits: Emits,
    held: JoinSide,
    held_types: Vec<SqlType>,
    probe_types: Vec<SqlType>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Emits {
    /// Pairs; of a side that is kept also the rows without a partner, the other side's columns NULL. `single`: a second
    /// partner of a probe row is an error.
    Pairs { keep_probe: bool, keep_held: bool, single: bool },
    /// Rows of the probe side that have a partner, or those that have none.
    Probe { matched: bool },
    /// The same of the held side: nothing comes out while probing.
    Held { matched: bool },
    /// All rows of the probe side, each with whether it has a partner.
    ProbeMark,
    /// The same of the held side.
    HeldMark,
}

impl JoinShape {
    pub(crate) fn new(kind: JoinKind, held: JoinSide, left: &Schema, right: &Schema) -> Self {
        let types = |schema: &Schema| schema.columns.iter().map(|column| column.data_type.clone()).collect();
        let (held_types, probe_types) = match held {
            JoinSide::Left => (types(left), types(right)),
            JoinSide::Right => (types(right), types(left)),
        };
        let emits = match (kind, held) {
            (JoinKind::LeftSemi, JoinSide::Left) => Emits::Held { matched: true },
            (JoinKind::LeftSemi, JoinSide::Right) => Emits::Probe { matched: true },
            (JoinKind::LeftAnti, JoinSide::Left) => Emits::Held { matched: false },
            (JoinKind::LeftAnti, JoinSide::Right) => Emits::Probe { matched: false },
            (JoinKind::Mark(_), JoinSide::Left) => Emits::HeldMark,
            (JoinKind::Mark(_), JoinSide::Right) => Emits::ProbeMark,
            (kind, JoinSide::Left) => {
                debug_assert!(kind != JoinKind::Single, "only a probe row can count its partners");
                Emits::Pairs { keep_probe: kind.keeps_right(), keep_held: kind.keeps_left(), single: false }
            }
            (kind, JoinSide::Right) => Emits::Pairs {
                keep_probe: kind.keeps_left(),
                keep_held: kind.keeps_right(),
                single: kind == JoinKind::Single,
            },
        };
        Self { emits, held, held_types, probe_types }
    }

    /// Whether the held side's rows must know if they found a partner.
    pub(crate) fn marks_held(&self) -> bool {
        matches!(self.emits, Emits::Pairs { keep_held: true, .. } | Emits::Held { .. } | Emits::HeldMark)
    }

    /// Whether a probe row must know if it found a partner.
    pub(crate) fn marks_probe(&self) -> bool {
        matches!(self.emits, Emits::Pairs { keep_probe: true, .. } | Emits::Probe { .. } | Emits::ProbeMark)
    }

    pub(crate) fn emits_pairs(&self) -> bool {
        matches!(self.emits, Emits::Pairs { .. })
    }

    /// Whether only existence of a partner counts.
    pub(crate) fn settles_probe(&self) -> bool {
        matches!(self.emits, Emits::Probe { .. } | Emits::ProbeMark)
    }

    /// Whether nothing can come out when the held side is empty.
    pub(crate) fn needs_held(&self) -> bool {
        !matches!(
            self.emits,
            Emits::Pairs { keep_probe: true, .. } | Emits::Probe { matched: false } | Emits::ProbeMark
        )
    }

    /// The output's columns: the left side's first.
    pub(crate) fn order(&self, probe: Vec<Column>, held: Vec<Column>) -> Vec<Column> {
        let (mut first, second) = match self.held {
            JoinSide::Left => (held, probe),
            JoinSide::Right => (probe, held),
        };
        first.extend(second);
        first
    }

    pub(crate) fn held_nulls(&self, rows: usize) -> Vec<Column> {
        self.held_types.iter().map(|data_type| Column::nulls(data_type, rows)).collect()
    }

    pub(crate) fn probe_nulls(&self, rows: usize) -> Vec<Column> {
        self.probe_types.iter().map(|data_type| Column::nulls(data_type, rows)).collect()
    }

    pub(crate) fn held_types(&self) -> &[SqlType] {
        &self.held_types
    }
}
