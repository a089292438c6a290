//! Integers, floats and booleans among each other.
//!
//! Widening is Arrow's kernel; narrowing checks the range (CAST_OVERFLOW); fractions are cut towards zero.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, PrimitiveArray};
use arrow::datatypes::{DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Error, Result, SqlType};

use super::{Cast, failure};
use crate::expr::CastMode;

/// Converts every value; what has no counterpart is NULL under TRY and raises otherwise.
pub(super) fn convert<I: ArrowPrimitiveType, O: ArrowPrimitiveType>(
    input: &PrimitiveArray<I>,
    mode: CastMode,
    to: impl Fn(I::Native) -> Option<O::Native>,
    error: impl Fn(I::Native) -> Error,
) -> Result<PrimitiveArray<O>> {
    match mode {
        CastMode::Try => Ok(input.unary_opt(to)),
        CastMode::Ansi => input.try_unary(|value| to(value).ok_or_else(|| error(value))),
    }
}

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    match (cast.from, cast.to) {
        (SqlType::Boolean, to) if to.is_numeric() => widen(array, cast),
        (from, to) if from.is_numeric() && to.is_fractional() => widen(array, cast),
        (from, SqlType::Boolean) if from.is_numeric() => truth(array, cast),
        (from, to) if from.is_integral() && to.is_integral() => integral(array, cast),
        (SqlType::Float, to) if to.is_integral() => {
            let wide = arrow::compute::cast(array, &DataType::Float64)?;
            from_double(&wide, cast)
        }
        (SqlType::Double, to) if to.is_integral() => from_double(array, cast),
        _ => Err(cast.undefined()),
    }
}

/// Conversions that lose nothing but precision.
fn widen(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    Ok(arrow::compute::cast(array, &cast.to.to_arrow())?)
}

/// Whether a number is not zero.
fn truth(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    fn not_zero<T: ArrowPrimitiveType>(array: &ArrayRef) -> ArrayRef {
        let zero = T::default_value();
        let values = array.as_primitive::<T>();
        Arc::new(BooleanArray::from_unary(values, |value| value != zero))
    }
    Ok(match cast.from {
        SqlType::TinyInt => not_zero::<Int8Type>(array),
        SqlType::SmallInt => not_zero::<Int16Type>(array),
        SqlType::Int => not_zero::<Int32Type>(array),
        SqlType::BigInt => not_zero::<Int64Type>(array),
        SqlType::Float => not_zero::<Float32Type>(array),
        SqlType::Double => not_zero::<Float64Type>(array),
        _ => return Err(cast.undefined()),
    })
}

fn integral(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    if !super::can_fail(cast.from, cast.to) {
        return widen(array, cast);
    }
    let wide = arrow::compute::cast(array, &DataType::Int64)?;
    from_bigint(wide.as_primitive(), cast)
}

/// To any integral type; errors name the value as one of `cast.from`.
pub(super) fn from_bigint(wide: &PrimitiveArray<Int64Type>, cast: &Cast<'_>) -> Result<ArrayRef> {
    let suffix = match cast.from {
        SqlType::TinyInt => "Y",
        SqlType::SmallInt => "S",
        SqlType::BigInt => "L",
        _ => "",
    };
    let error = |value: i64| failure::overflow(format!("{value}{suffix}"), cast.from, cast.to);
    narrow(wide, cast, error)
}

pub(super) fn narrow(
    wide: &PrimitiveArray<Int64Type>,
    cast: &Cast<'_>,
    error: impl Fn(i64) -> Error,
) -> Result<ArrayRef> {
    Ok(match cast.to {
        SqlType::TinyInt => Arc::new(convert::<_, Int8Type>(wide, cast.mode, |v| v.try_into().ok(), error)?),
        SqlType::SmallInt => Arc::new(convert::<_, Int16Type>(wide, cast.mode, |v| v.try_into().ok(), error)?),
        SqlType::Int => Arc::new(convert::<_, Int32Type>(wide, cast.mode, |v| v.try_into().ok(), error)?),
        SqlType::BigInt => Arc::new(wide.clone()),
        _ => return Err(cast.undefined()),
    })
}

fn from_double(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    fn to<O: ArrowPrimitiveType>(
        array: &ArrayRef,
        cast: &Cast<'_>,
        (min, max): (f64, f64),
        cut: impl Fn(f64) -> O::Native,
    ) -> Result<ArrayRef> {
        let fits = |value: f64| value.floor() <= max && value.ceil() >= min;
        let error = |value: f64| {
            let text = match cast.from {
                SqlType::Float => super::to_string::format_float(value as f32),
                _ => failure::double_sql(value),
            };
            failure::overflow(text, cast.from, cast.to)
        };
        let values = array.as_primitive::<Float64Type>();
        Ok(Arc::new(convert::<_, O>(values, cast.mode, |value| fits(value).then(|| cut(value)), error)?))
    }
    match cast.to {
        SqlType::TinyInt => to::<Int8Type>(array, cast, (i8::MIN.into(), i8::MAX.into()), |v| v as i8),
        SqlType::SmallInt => to::<Int16Type>(array, cast, (i16::MIN.into(), i16::MAX.into()), |v| v as i16),
        SqlType::Int => to::<Int32Type>(array, cast, (i32::MIN.into(), i32::MAX.into()), |v| v as i32),
        _ => to::<Int64Type>(array, cast, (i64::MIN as f64, i64::MAX as f64), |v| v as i64),
    }
}
