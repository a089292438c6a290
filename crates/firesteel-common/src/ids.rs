//! The small numbers that plans are made of.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What a column *is*: unique within a query, independent of any name or position.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ColumnId(pub u32);

impl fmt::Debug for ColumnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

impl fmt::Display for ColumnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// The counter of one query, which remembers a label for each id so that EXPLAIN can print `name#id`.
/// Labels mean nothing to a plan: no rule and no operator reads them. Clones share the counter.
#[derive(Debug, Clone, Default)]
pub struct ColumnIds {
    labels: Arc<Mutex<Vec<Arc<str>>>>,
}

impl ColumnIds {
    pub fn fresh(&self, label: impl Into<Arc<str>>) -> ColumnId {
        let mut labels = self.labels.lock().unwrap_or_else(PoisonError::into_inner);
        labels.push(label.into());
        ColumnId(labels.len() as u32 - 1)
    }

    /// A new id with the label of an existing one: what a second reference to a table or CTE gets.
    pub fn fresh_like(&self, id: ColumnId) -> ColumnId {
        self.fresh(self.label(id))
    }

    pub fn label(&self, id: ColumnId) -> Arc<str> {
        let labels = self.labels.lock().unwrap_or_else(PoisonError::into_inner);
        labels.get(id.0 as usize).cloned().unwrap_or_else(|| Arc::from("?"))
    }

    /// `name#id`, as EXPLAIN prints a column.
    pub fn display(&self, id: ColumnId) -> String {
        format!("{}{}", self.label(id), id)
    }
}
