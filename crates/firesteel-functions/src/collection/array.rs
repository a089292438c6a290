//! `array`: a row's arguments as one value.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ListArray, new_empty_array};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

pub(super) const ARRAY: ScalarFunction = ScalarFunction {
    name: "array",
    signature: Signature::Variadic { fixed: &[], rest: Param::Common, min: 0 },
    returns: |types| Ok(SqlType::array(types.first().cloned().unwrap_or(SqlType::Void), true)),
    nullability: Nullability::Never,
    kernel: Kernel::Batch(array),
    doc: Doc {
        usage: "array(expr, ...) - Returns an array with the given elements.",
        since: "1.1.0",
        examples: &[("SELECT array(1, 2, 3)", "[1,2,3]")],
    },
    ..ScalarFunction::DEFAULT
};

fn array(args: &KernelArgs<'_>) -> Result<Column> {
    let (SqlType::Array { element, .. }, DataType::List(field)) = (args.return_type, args.return_type.to_arrow())
    else {
        return Err(internal!("array() of type {}", args.return_type));
    };
    let columns = args.columns.iter().map(|column| column.flat_as(element)).collect::<Result<Vec<ArrayRef>>>()?;
    let width = columns.len();
    let places: Vec<(usize, usize)> = (0..args.rows).flat_map(|row| (0..width).map(move |at| (at, row))).collect();
    let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
    let elements = match places.is_empty() {
        true => new_empty_array(&element.to_arrow()),
        false => arrow::compute::interleave(&columns, &places)?,
    };
    let offsets = OffsetBuffer::from_repeated_length(width, args.rows);
    Ok(Column::Array(Arc::new(ListArray::try_new(field, offsets, elements, None)?)))
}
