//! The columns that a plan node gives.

use std::sync::Arc;

use firesteel_common::{ColumnId, SqlType};
use firesteel_expr::{Expr, ExprRef};
use serde::{Deserialize, Serialize};

/// One column of a node's output. It has no name: names live in the analyzer's scopes and in the result header.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlanColumn {
    pub id: ColumnId,
    pub data_type: SqlType,
    pub nullable: bool,
}

impl PlanColumn {
    /// The column that an expression's result becomes.
    pub fn of(id: ColumnId, expr: &Expr) -> Self {
        Self { id, data_type: expr.data_type().clone(), nullable: expr.nullable() }
    }

    pub fn to_expr(&self) -> ExprRef {
        Expr::column(self.id, self.data_type.clone(), self.nullable)
    }

    pub fn as_nullable(&self) -> Self {
        Self { nullable: true, ..self.clone() }
    }
}

/// An ordered list of columns, ids unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Schema {
    pub columns: Vec<PlanColumn>,
}

pub type SchemaRef = Arc<Schema>;

impl Schema {
    pub fn new(columns: Vec<PlanColumn>) -> SchemaRef {
        Arc::new(Self { columns })
    }

    pub fn ids(&self) -> Vec<ColumnId> {
        self.columns.iter().map(|column| column.id).collect()
    }

    pub fn get(&self, id: ColumnId) -> Option<&PlanColumn> {
        self.columns.iter().find(|column| column.id == id)
    }

    pub fn contains(&self, id: ColumnId) -> bool {
        self.get(id).is_some()
    }

    /// Whether every column that the expression uses is here.
    pub fn covers(&self, expr: &Expr) -> bool {
        expr.columns().iter().all(|id| self.contains(*id))
    }

    pub fn len(&self) -> usize {
        self.columns.len()
    }

    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// About how many bytes a row takes.
    pub fn row_bytes(&self) -> f64 {
        self.columns.iter().map(|column| type_bytes(&column.data_type)).sum::<f64>().max(1.0)
    }
}

fn type_bytes(data_type: &SqlType) -> f64 {
    match data_type {
        SqlType::Void | SqlType::Boolean | SqlType::TinyInt => 1.0,
        SqlType::SmallInt => 2.0,
        SqlType::Int | SqlType::Float | SqlType::Date | SqlType::YearMonthInterval(..) => 4.0,
        SqlType::Decimal { precision, .. } if *precision > 18 => 16.0,
        SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) | SqlType::Binary => 32.0,
        SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Variant => 64.0,
        SqlType::Struct(fields) => fields.iter().map(|field| type_bytes(&field.data_type)).sum(),
        _ => 8.0,
    }
}
