//! Kernels over columns as they travel: a dictionary's entries computed once, several columns brought to one encoding.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Datum, PrimitiveArray, downcast_primitive,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use firesteel_common::{Result, SqlType};

use super::decimal;
use crate::column::{Column, small_dictionary};

/// Computes a function that cannot fail over a dictionary's entries instead of its rows, where there are fewer.
pub fn over_entries(column: &Column, compute: impl Fn(&Column) -> Result<Column>) -> Result<Column> {
    let Column::Array(array) = column else { return compute(column) };
    match small_dictionary(array) {
        Some(dictionary) => {
            let entries = compute(&Column::Array(Arc::clone(dictionary.values())))?.flat()?;
            Ok(Column::Array(arrow::compute::take(&entries, dictionary.keys(), None)?))
        }
        None => compute(column),
    }
}

/// Columns of one type in one Arrow type, so that rows of several can be put together. Constants stay one row.
pub fn unify(columns: &[Column], data_type: &SqlType) -> Result<Vec<ArrayRef>> {
    if data_type.is_decimal() {
        return decimal::unify(columns, data_type);
    }
    columns.iter().map(|column| Column::Array(Arc::clone(column.values())).flat()).collect()
}

/// An array, of which one row may stand for all.
pub struct Rowwise {
    pub array: ArrayRef,
    constant: bool,
}

impl Rowwise {
    pub fn new(column: &Column, array: ArrayRef) -> Self {
        Self { array, constant: column.is_constant() }
    }

    fn validity(&self, rows: usize) -> BooleanBuffer {
        match self.array.nulls() {
            None => BooleanBuffer::new_set(rows),
            Some(_) if self.constant && self.array.is_null(0) => BooleanBuffer::new_unset(rows),
            Some(_) if self.constant => BooleanBuffer::new_set(rows),
            Some(nulls) => nulls.inner().clone(),
        }
    }
}

impl Datum for Rowwise {
    fn get(&self) -> (&dyn Array, bool) {
        (self.array.as_ref(), self.constant)
    }
}

/// `truthy` where the mask is true, else `falsy`; the mask has no NULLs.
pub fn choose(mask: &BooleanArray, truthy: &Column, falsy: &Column, data_type: &SqlType) -> Result<Column> {
    let pair = [truthy.clone(), falsy.clone()];
    let arrays = unify(&pair, data_type)?;
    let [t, f] = [0, 1].map(|at| Rowwise::new(&pair[at], Arc::clone(&arrays[at])));
    macro_rules! primitive {
        ($arrow:ty) => {
            Arc::new(choose_primitive::<$arrow>(mask.values(), &t, &f)) as ArrayRef
        };
    }
    Ok(Column::Array(downcast_primitive! {
        t.array.data_type() => (primitive),
        _ => arrow::compute::kernels::zip::zip(mask, &t, &f)?
    }))
}

/// Value by value: masks of rows in no order have no runs to copy.
fn choose_primitive<T: ArrowPrimitiveType>(
    mask: &BooleanBuffer,
    truthy: &Rowwise,
    falsy: &Rowwise,
) -> PrimitiveArray<T> {
    let (t, f) = (truthy.array.as_primitive::<T>(), falsy.array.as_primitive::<T>());
    let (tv, fv) = (t.values(), f.values());
    let values: Vec<T::Native> = match (truthy.constant, falsy.constant) {
        (false, false) => mask.iter().zip(tv).zip(fv).map(|((yes, t), f)| if yes { *t } else { *f }).collect(),
        (true, false) => mask.iter().zip(fv).map(|(yes, f)| if yes { tv[0] } else { *f }).collect(),
        (false, true) => mask.iter().zip(tv).map(|(yes, t)| if yes { *t } else { fv[0] }).collect(),
        (true, true) => mask.iter().map(|yes| if yes { tv[0] } else { fv[0] }).collect(),
    };
    let nulls = (t.null_count() + f.null_count() > 0).then(|| {
        let [t, f] = [truthy, falsy].map(|side| side.validity(mask.len()));
        NullBuffer::new(&(mask & &t) | &(&!mask & &f))
    });
    PrimitiveArray::<T>::new(values.into(), nulls).with_data_type(t.data_type().clone())
}
