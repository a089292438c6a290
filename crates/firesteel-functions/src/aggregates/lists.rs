//! Lists by group: what states are made of whose size differs from group to group.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, Int64Array, ListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{Field, Float64Type, Int64Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;

/// The values as lists of the given lengths, in turn.
pub(super) fn list_of(values: ArrayRef, lengths: impl IntoIterator<Item = usize>, nullable: bool) -> Result<ArrayRef> {
    let field = Arc::new(Field::new("element", values.data_type().clone(), nullable));
    Ok(Arc::new(ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, None)?))
}

pub(super) fn list_type(element: SqlType) -> SqlType {
    SqlType::array(element, false)
}

/// Each group's numbers.
pub(super) fn double_lists<'a>(groups: impl Iterator<Item = &'a [f64]> + Clone) -> Result<ArrayRef> {
    let values: Vec<f64> = groups.clone().flatten().copied().collect();
    list_of(Arc::new(Float64Array::from(values)), groups.map(<[f64]>::len), false)
}

pub(super) fn long_lists<'a>(groups: impl Iterator<Item = &'a [i64]> + Clone) -> Result<ArrayRef> {
    let values: Vec<i64> = groups.clone().flatten().copied().collect();
    list_of(Arc::new(Int64Array::from(values)), groups.map(<[i64]>::len), false)
}

/// The elements of row `at`.
pub(super) fn doubles_at(lists: &ArrayRef, at: usize) -> Vec<f64> {
    lists.as_list::<i32>().value(at).as_primitive::<Float64Type>().values().to_vec()
}

pub(super) fn longs_at(lists: &ArrayRef, at: usize) -> Vec<i64> {
    lists.as_list::<i32>().value(at).as_primitive::<Int64Type>().values().to_vec()
}

/// A number, or the numbers of a list: what the first row of a constant argument says.
pub(super) fn doubles(one: &ArrayRef) -> Result<Vec<f64>> {
    let one = Column::Array(one.slice(0, 1)).flat()?;
    Ok(match one.as_list_opt::<i32>() {
        Some(lists) => lists.value(0).as_primitive::<Float64Type>().values().to_vec(),
        None => one.as_primitive::<Float64Type>().values().to_vec(),
    })
}

/// The first row of an argument that is the same in all of them; `None` when there is no row.
pub(super) fn first_row(column: &Column) -> Option<ArrayRef> {
    (!column.is_empty()).then(|| column.values().slice(0, 1))
}
