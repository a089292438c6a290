//! Arrays, maps and structs: members are converted, the shape stays.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, UInt32Array};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, internal};

use super::Cast;
use crate::column::Column;

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    // Members that no row refers to (a slice leaves them behind) must not raise.
    let array = &arrow::compute::take(array, &UInt32Array::from_iter_values(0..array.len() as u32), None)?;
    match (cast.from, cast.to, cast.to.to_arrow()) {
        (SqlType::Array { element: from, .. }, SqlType::Array { element: to, .. }, DataType::List(field)) => {
            let list = array.as_list::<i32>();
            let values = member(&cast.between(from, to), list.values())?;
            Ok(Arc::new(ListArray::try_new(field, list.offsets().clone(), values, list.nulls().cloned())?))
        }
        (SqlType::Map { key: ka, value: va, .. }, SqlType::Map { key: kb, value: vb, .. }, DataType::Map(field, _)) => {
            let map = array.as_map();
            let DataType::Struct(fields) = field.data_type() else { return Err(internal!("a map without entries")) };
            let keys = member(&cast.between(ka, kb), map.keys())?;
            let values = member(&cast.between(va, vb), map.values())?;
            let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
            Ok(Arc::new(MapArray::try_new(field, map.offsets().clone(), entries, map.nulls().cloned(), false)?))
        }
        (SqlType::Struct(from), SqlType::Struct(to), DataType::Struct(fields)) => {
            let row = array.as_struct();
            let columns = (0..row.num_columns())
                .map(|at| member(&cast.between(&from[at].data_type, &to[at].data_type), row.column(at)))
                .collect::<Result<Vec<_>>>()?;
            Ok(Arc::new(StructArray::try_new(fields, columns, row.nulls().cloned())?))
        }
        _ => Err(cast.undefined()),
    }
}

/// A member's values in canonical form.
fn member(cast: &Cast<'_>, values: &ArrayRef) -> Result<ArrayRef> {
    let converted = cast.array(values)?;
    Column::Array(converted).flat()
}
