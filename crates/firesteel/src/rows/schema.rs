//! Schemas as text: `id INT, name STRING NOT NULL`, or only names.

use std::sync::Arc;

use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType};

use crate::frame::names;

/// The columns of a text: what could stand between the brackets of STRUCT.
pub(crate) fn parse(text: &str) -> Result<Arc<[StructField]>> {
    let parsed = firesteel_sql::parse_data_type(&format!("STRUCT<{}>", text.trim()));
    match parsed.map_err(names::without_places)? {
        SqlType::Struct(fields) => Ok(fields),
        other => Err(firesteel_common::internal!("{other} is no struct")),
    }
}

/// Names of columns, and their types where they are given.
#[derive(Debug, Clone)]
pub struct RowSchema {
    pub(crate) names: Vec<String>,
    /// None: as the values are.
    pub(crate) types: Option<Vec<SqlType>>,
}

/// Column names (`["id", "name"]`), or a text with types (`"id INT, name STRING"`).
pub trait IntoRowSchema {
    fn into_row_schema(self) -> Result<RowSchema>;
}

impl IntoRowSchema for &str {
    fn into_row_schema(self) -> Result<RowSchema> {
        let fields = parse(self)?;
        let names = fields.iter().map(|field| field.name.to_string()).collect();
        Ok(RowSchema { names, types: Some(fields.iter().map(|field| field.data_type.clone()).collect()) })
    }
}

impl<const N: usize> IntoRowSchema for [&str; N] {
    fn into_row_schema(self) -> Result<RowSchema> {
        Ok(RowSchema { names: self.iter().map(|name| (*name).to_owned()).collect(), types: None })
    }
}

impl IntoRowSchema for Vec<String> {
    fn into_row_schema(self) -> Result<RowSchema> {
        Ok(RowSchema { names: self, types: None })
    }
}
