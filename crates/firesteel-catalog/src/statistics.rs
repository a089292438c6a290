//! Numbers about data, each with its source, so that EXPLAIN COST can say how far to trust it.

use datafusion_common::ScalarValue;
use serde::{Deserialize, Serialize};

/// How a number came about; the later, the less sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Source {
    /// Counted: footers, finished stages.
    Exact,
    /// Measured on a sample or a sketch.
    Measured,
    /// Computed from other numbers.
    Derived,
    /// Nobody knows; a rule of thumb.
    Guessed,
}

/// A number and its source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    pub value: f64,
    pub source: Source,
}

impl Estimate {
    pub fn exact(value: f64) -> Self {
        Self { value, source: Source::Exact }
    }

    pub fn guessed(value: f64) -> Self {
        Self { value, source: Source::Guessed }
    }

    /// The number times a factor that is itself only derived.
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, source: self.source.max(Source::Derived) }
    }

    pub fn combine(self, other: Estimate, op: fn(f64, f64) -> f64) -> Self {
        Self { value: op(self.value, other.value), source: self.source.max(other.source).max(Source::Derived) }
    }
}

/// What is known of one column. Bounds are inclusive and in the canonical Arrow form of the column's type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ColumnStatistics {
    pub min: Option<ScalarValue>,
    pub max: Option<ScalarValue>,
    /// What most values do not exceed, when `max` is far from all of them: a number that only counts rows.
    pub usual_max: Option<f64>,
    pub nulls: Option<Estimate>,
    pub distinct: Option<Estimate>,
}

/// What is known of a table: per column in the table's order.
#[derive(Debug, Clone, PartialEq)]
pub struct TableStatistics {
    pub rows: Estimate,
    pub bytes: Estimate,
    pub columns: Vec<ColumnStatistics>,
}

impl TableStatistics {
    pub fn unknown(columns: usize) -> Self {
        Self {
            rows: Estimate::guessed(1_000_000.0),
            bytes: Estimate::guessed(100_000_000.0),
            columns: vec![ColumnStatistics::default(); columns],
        }
    }
}
