//! Values computed over windows: rows stay, columns are added.

use firesteel_common::{ColumnId, Result};
use firesteel_expr::window::Ranking;
use firesteel_expr::{ExprRef, WindowCall};

use super::{PlanRef, SortKey};
use crate::schema::{PlanColumn, Schema, SchemaRef};

/// Output: the input's columns, then one per call. All calls share partitions and order.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    pub input: PlanRef,
    /// NULLs are equal here. Empty: all rows are one partition.
    pub partition_by: Vec<ExprRef>,
    pub order_by: Vec<SortKey>,
    pub calls: Vec<(ColumnId, WindowCall)>,
}

/// Of every partition the rows that `ranking` gives a number up to `count`, and maybe others: a help for the window above
/// and the filter over it, which says the same exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowGroupLimit {
    pub input: PlanRef,
    /// NULLs are equal here. Empty: all rows are one partition.
    pub partition_by: Vec<ExprRef>,
    pub order_by: Vec<SortKey>,
    /// One that counts up.
    pub ranking: Ranking,
    pub count: u64,
}

impl WindowGroupLimit {
    pub(super) fn expressions(&self) -> Vec<&ExprRef> {
        self.partition_by.iter().chain(self.order_by.iter().map(|key| &key.expr)).collect()
    }

    pub(super) fn expressions_mut(&mut self) -> impl Iterator<Item = &mut ExprRef> {
        self.partition_by.iter_mut().chain(self.order_by.iter_mut().map(|key| &mut key.expr))
    }
}

impl Window {
    pub(super) fn schema(&self) -> SchemaRef {
        let call = |(id, call): &(ColumnId, WindowCall)| PlanColumn {
            id: *id,
            data_type: call.data_type.clone(),
            nullable: call.nullable,
        };
        let mut columns = self.input.schema().columns.clone();
        columns.extend(self.calls.iter().map(call));
        Schema::new(columns)
    }

    pub(super) fn expressions(&self) -> Vec<&ExprRef> {
        let keys = self.partition_by.iter().chain(self.order_by.iter().map(|key| &key.expr));
        keys.chain(self.calls.iter().flat_map(|(_, call)| call.inputs())).collect()
    }

    pub(super) fn map_expressions(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<Window> {
        let mut window = self.clone();
        for key in window.partition_by.iter_mut().chain(window.order_by.iter_mut().map(|key| &mut key.expr)) {
            *key = map(key)?;
        }
        for (_, call) in &mut window.calls {
            *call = call.map_inputs(map)?;
        }
        Ok(window)
    }
}
