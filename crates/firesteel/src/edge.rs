//! The engine's Arrow types → those that clients expect.
//!
//! ```text
//! inside    Utf8View, BinaryView, dictionaries, constants, narrow decimals
//! outside   Utf8, Binary, Decimal128, all flat
//! ```

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Fields, Schema, SchemaRef};
use firesteel_common::Result;
use firesteel_common::settings::Setting;
use firesteel_expr::Batch;

use crate::result::Column;

/// Whether clients get views.
pub(crate) const ARROW_VIEWS: Setting<bool> = Setting {
    key: "firesteel.result.arrowViews",
    default: false,
    doc: "Whether results have strings and binaries as Arrow views, as the engine computes them. Turned on by programs that read views: it saves a copy.",
};

/// The border of one result.
pub(crate) struct Edge {
    canonical: SchemaRef,
    outside: SchemaRef,
}

impl Edge {
    pub(crate) fn new(columns: &[Column], views: bool) -> Self {
        let canonical = columns.iter().map(|column| Field::new(&column.name, column.data_type.to_arrow(), true));
        let canonical: SchemaRef = Arc::new(Schema::new(canonical.collect::<Vec<_>>()));
        let outside = if views { Arc::clone(&canonical) } else { Arc::new(classic_schema(&canonical)) };
        Self { canonical, outside }
    }

    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.outside
    }

    pub(crate) fn batch(&self, batch: &Batch) -> Result<RecordBatch> {
        let batch = batch.to_record_batch(Arc::clone(&self.canonical))?;
        let column = |(array, field): (&ArrayRef, &FieldRef)| match array.data_type() == field.data_type() {
            true => Ok(Arc::clone(array)),
            false => cast(array, field.data_type()),
        };
        let columns = batch.columns().iter().zip(self.outside.fields()).map(column);
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.outside), columns, &options)?)
    }
}

fn classic_schema(schema: &Schema) -> Schema {
    Schema::new(schema.fields().iter().map(classic_field).collect::<Vec<_>>())
}

fn classic_field(field: &FieldRef) -> FieldRef {
    Arc::new(field.as_ref().clone().with_data_type(classic(field.data_type())))
}

/// Types without views, at any depth.
pub(crate) fn classic(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(element) => DataType::List(classic_field(element)),
        DataType::Map(entries, sorted) => DataType::Map(classic_field(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(classic_field).collect::<Fields>()),
        other => other.clone(),
    }
}
