//! Decimals in whichever width they travel.
//!
//! A column of DECIMAL comes as 64-bit values while all of them fit, else as 128-bit values; the scale is the plan's.
//! Kernels ask for an [`Operand`], work on 64 bits where the digits or the batch's values prove that nothing overflows,
//! and answer in 64 bits again: prices times discounts stay narrow however many digits their product could have.

pub mod arithmetic;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Decimal64Array, Decimal128Array, PrimitiveArray};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{DataType, Decimal64Type, Decimal128Type};
use firesteel_common::{Result, SqlType, internal};

use crate::column::Column;

/// Digits that always fit 64 bits.
pub const NARROW_PRECISION_MAX: u8 = 18;

/// Unscaled values.
#[derive(Debug, Clone)]
pub enum Operand {
    Narrow(ScalarBuffer<i64>),
    Wide(ScalarBuffer<i128>),
    Constant(i128),
}

impl Operand {
    pub fn of(column: &Column) -> Result<Operand> {
        let (array, constant) = match column {
            Column::Array(array) => (keys_resolved(array)?, false),
            Column::Constant(one, _) => (Arc::clone(one), true),
        };
        match array.data_type() {
            DataType::Decimal64(..) => {
                let values = array.as_primitive::<Decimal64Type>();
                Ok(if constant {
                    Operand::Constant(i128::from(values.value(0)))
                } else {
                    Operand::Narrow(values.values().clone())
                })
            }
            DataType::Decimal128(..) => {
                let values = array.as_primitive::<Decimal128Type>();
                Ok(if constant { Operand::Constant(values.value(0)) } else { Operand::Wide(values.values().clone()) })
            }
            other => Err(internal!("a decimal held as {other}")),
        }
    }

    /// How many bits, sign aside, the values take at most: |value| <= 2^bits. Above 63 for wide columns.
    pub fn bits(&self) -> u32 {
        match self {
            // A negative value counts as its complement, so that one `or` serves for all.
            Operand::Narrow(values) => {
                let all = values.iter().fold(0, |bits, value| bits | (value ^ (value >> 63)));
                64 - all.leading_zeros()
            }
            Operand::Wide(_) => 127,
            Operand::Constant(value) => 128 - (value ^ (value >> 127)).leading_zeros(),
        }
    }

    pub fn value(&self, at: usize) -> i128 {
        match self {
            Operand::Narrow(values) => i128::from(values[at]),
            Operand::Wide(values) => values[at],
            Operand::Constant(value) => *value,
        }
    }

    /// The same values in 128 bits.
    pub fn widened(&self) -> WideOperand {
        match self {
            Operand::Narrow(values) => WideOperand::Values(values.iter().map(|value| i128::from(*value)).collect()),
            Operand::Wide(values) => WideOperand::Values(values.clone()),
            Operand::Constant(value) => WideOperand::Constant(*value),
        }
    }

    /// In 64 bits, when that is how the values come.
    pub fn narrow(&self) -> Option<NarrowOperand<'_>> {
        match self {
            Operand::Narrow(values) => Some(NarrowOperand::Values(values)),
            Operand::Wide(_) => None,
            Operand::Constant(value) => i64::try_from(*value).ok().map(NarrowOperand::Constant),
        }
    }
}

pub enum WideOperand {
    Values(ScalarBuffer<i128>),
    Constant(i128),
}

#[derive(Clone, Copy)]
pub enum NarrowOperand<'a> {
    Values(&'a [i64]),
    Constant(i64),
}

/// Dictionaries unpacked, widths kept.
fn keys_resolved(array: &ArrayRef) -> Result<ArrayRef> {
    match array.as_any_dictionary_opt() {
        Some(dictionary) => Ok(arrow::compute::take(dictionary.values(), dictionary.keys(), None)?),
        None => Ok(Arc::clone(array)),
    }
}

pub fn power_of_ten(exponent: u32) -> i128 {
    10i128.pow(exponent.min(38))
}

/// Precision and scale.
pub fn digits(data_type: &SqlType) -> Result<(u8, i8)> {
    match data_type {
        SqlType::Decimal { precision, scale } => Ok((*precision, *scale)),
        other => Err(internal!("{other} where a decimal was expected")),
    }
}

/// A 64-bit column of the type's scale. The scale is at most 18.
pub fn narrow_column(values: Vec<i64>, nulls: Option<NullBuffer>, data_type: &SqlType) -> Result<Column> {
    let (precision, scale) = digits(data_type)?;
    let array: Decimal64Array = PrimitiveArray::new(values.into(), nulls);
    Ok(Column::Array(Arc::new(array.with_precision_and_scale(precision.min(NARROW_PRECISION_MAX), scale)?)))
}

pub fn wide_column(values: Vec<i128>, nulls: Option<NullBuffer>, data_type: &SqlType) -> Result<Column> {
    let (precision, scale) = digits(data_type)?;
    let array: Decimal128Array = PrimitiveArray::new(values.into(), nulls);
    Ok(Column::Array(Arc::new(array.with_precision_and_scale(precision, scale)?)))
}

/// Columns of one decimal type in one Arrow type: 64 bits when all come so, else 128. Constants stay one row.
pub fn unify(columns: &[Column], data_type: &SqlType) -> Result<Vec<ArrayRef>> {
    let (precision, scale) = digits(data_type)?;
    let columns: Vec<ArrayRef> = columns.iter().map(|column| keys_resolved(column.values())).collect::<Result<_>>()?;
    let narrow: Option<Vec<Decimal64Array>> = columns.iter().map(narrowed).collect();
    match narrow {
        Some(narrow) if scale <= NARROW_PRECISION_MAX as i8 => narrow
            .into_iter()
            .map(|array| Ok(Arc::new(array.with_precision_and_scale(precision.min(NARROW_PRECISION_MAX), scale)?) as _))
            .collect(),
        _ => columns.iter().map(|array| Column::Array(Arc::clone(array)).flat_as(data_type)).collect(),
    }
}

/// In 64 bits: what comes so, and single values that fit.
fn narrowed(array: &ArrayRef) -> Option<Decimal64Array> {
    if let Some(narrow) = array.as_primitive_opt::<Decimal64Type>() {
        return Some(narrow.clone());
    }
    let wide = array.as_primitive_opt::<Decimal128Type>().filter(|wide| wide.len() == 1)?;
    if wide.is_null(0) {
        return Some(Decimal64Array::new_null(1));
    }
    Some(Decimal64Array::from_iter_values([i64::try_from(wide.value(0)).ok()?]))
}
