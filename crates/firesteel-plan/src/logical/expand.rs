//! Rows for grouping sets: each input row once per set.

use firesteel_common::{ColumnId, SqlType};
use firesteel_expr::ExprRef;

use super::PlanRef;
use crate::schema::{PlanColumn, Schema, SchemaRef};

/// Output: the input's columns, the keys, the set's number in bits, and the set's place if asked for. In the rows of a
/// set the keys that it leaves out are NULL. The input's own columns stay as they are: aggregates read those.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    pub input: PlanRef,
    pub keys: Vec<(ColumnId, ExprRef)>,
    /// Per set, which keys it groups by.
    pub sets: Vec<Vec<bool>>,
    /// BIGINT, a bit per key, the first key's highest; set where the key is left out.
    pub grouping_id: ColumnId,
    /// BIGINT: the set's place in `sets`, where equal sets must be told apart.
    pub position: Option<ColumnId>,
}

impl Expand {
    pub(super) fn schema(&self) -> SchemaRef {
        let mut columns = self.input.schema().columns.clone();
        columns.extend(self.added_columns());
        Schema::new(columns)
    }

    /// What comes behind the input's columns.
    pub fn added_columns(&self) -> Vec<PlanColumn> {
        let keys = self.keys.iter().map(|(id, key)| PlanColumn::of(*id, key).as_nullable());
        let number = |id: ColumnId| PlanColumn { id, data_type: SqlType::BigInt, nullable: false };
        keys.chain([number(self.grouping_id)]).chain(self.position.map(number)).collect()
    }
}
