//! Keys: the columns by which rows are grouped or joined, as one value per row that compares and hashes at once.
//!
//! ```text
//! key columns (any encoding) ──KeyLayout──▶ one word │ two words │ the bytes of a string │ a row of bytes
//!                                                         └──▶ GroupTable: the number of the key
//! ```
//! - [`layout`]: which form the types allow, and the way there and back.
//! - [`words`]: values of fixed width and short strings as machine words.
//! - [`group_table`]: keys to group numbers; [`codes`]: a short way there for dictionaries.

mod codes;
pub(crate) mod group_table;
pub(crate) mod layout;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod words;

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Float64Array, ListArray, StructArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::column::Column;
use std::sync::Arc;

use crate::hash::{float_bits, float32_bits};

/// The column flat and in the canonical Arrow type.
pub(crate) fn canonical(column: &Column, data_type: &SqlType) -> Result<ArrayRef> {
    let flat = column.flat_as(data_type)?;
    let wanted = data_type.to_arrow();
    match flat.data_type() == &wanted {
        true => Ok(flat),
        false => Ok(arrow::compute::cast(&flat, &wanted)?),
    }
}

/// The same values, all NaN alike and zeros without sign, at any depth.
pub(crate) fn with_plain_floats(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Float32 => {
            let plain: Float32Array =
                array.as_primitive::<Float32Type>().unary(|value| f32::from_bits(float32_bits(value)));
            Arc::new(plain)
        }
        DataType::Float64 => {
            let plain: Float64Array =
                array.as_primitive::<Float64Type>().unary(|value| f64::from_bits(float_bits(value)));
            Arc::new(plain)
        }
        DataType::List(field) => {
            let list = array.as_list::<i32>();
            let values = with_plain_floats(Arc::clone(list.values()));
            Arc::new(ListArray::new(Arc::clone(field), list.offsets().clone(), values, list.nulls().cloned()))
        }
        DataType::Struct(fields) if !fields.is_empty() => {
            let structs = array.as_struct();
            let columns = structs.columns().iter().map(|column| with_plain_floats(Arc::clone(column))).collect();
            Arc::new(StructArray::new(fields.clone(), columns, structs.nulls().cloned()))
        }
        _ => array,
    }
}
