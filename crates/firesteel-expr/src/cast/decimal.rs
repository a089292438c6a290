//! Decimals from and to every number. Values travel as `Decimal64` or `Decimal128`, whichever the input came in; results
//! are narrow where the digits of the type (not of the values) prove that they fit.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Decimal64Array, Decimal128Array, PrimitiveArray};
use arrow::datatypes::{DataType, Decimal64Type, Decimal128Type, DecimalType, Float32Type, Float64Type, Int64Type};
use firesteel_common::{Result, SqlType, internal};

use super::numeric::convert;
use super::{Cast, failure};

/// Digits that always fit an `i64`.
pub const NARROW_DIGITS: u8 = 18;

const POWERS: [i128; 39] = {
    let mut powers = [1i128; 39];
    let mut at = 1;
    while at < 39 {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
};

/// 10^exponent; an exponent past 38 is none.
pub fn power_of_ten(exponent: u32) -> Option<i128> {
    POWERS.get(exponent as usize).copied()
}

/// Whether an unscaled value has at most `precision` digits.
pub fn fits(unscaled: i128, precision: u8) -> bool {
    match POWERS.get(usize::from(precision)) {
        Some(limit) => unscaled.unsigned_abs() < limit.unsigned_abs(),
        None => true,
    }
}

/// The unscaled value at another scale, rounded half up (away from zero); `None` past 38 digits.
pub fn rescale(unscaled: i128, from_scale: i8, to_scale: i8) -> Option<i128> {
    let shift = i32::from(to_scale) - i32::from(from_scale);
    match POWERS.get(shift.unsigned_abs() as usize) {
        Some(power) if shift >= 0 => unscaled.checked_mul(*power),
        Some(power) => Some(div_half_up(unscaled, *power)),
        // Everything is cut off, or multiplied out of range.
        None if shift < 0 => Some(0),
        None => (unscaled == 0).then_some(0),
    }
}

/// Division rounded half up (away from zero); the divisor is positive.
pub fn div_half_up(value: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (value / divisor, value % divisor);
    let up = rest.unsigned_abs() >= divisor.unsigned_abs() - rest.unsigned_abs();
    if up { quotient + value.signum() } else { quotient }
}

/// Calls a function that is generic over the decimal's width.
macro_rules! by_width {
    ($array:expr, $function:ident $(, $arg:expr)*) => {
        match $array.data_type() {
            DataType::Decimal64(..) => $function($array.as_primitive::<Decimal64Type>() $(, $arg)*),
            DataType::Decimal128(..) => $function($array.as_primitive::<Decimal128Type>() $(, $arg)*),
            other => Err(internal!("a decimal held as {other}")),
        }
    };
}

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    match (cast.from, cast.to) {
        (SqlType::Decimal { scale, .. }, to) if !to.is_decimal() => by_width!(array, from_decimal, *scale, cast),
        (SqlType::Decimal { precision, scale }, SqlType::Decimal { precision: p, scale: s }) => {
            by_width!(array, between_decimals, (*precision, *scale), (*p, *s), cast)
        }
        (from, SqlType::Decimal { precision, scale }) => to_decimal(array, from, (*precision, *scale), cast),
        _ => Err(cast.undefined()),
    }
}

fn to_decimal(array: &ArrayRef, from: &SqlType, (precision, scale): (u8, i8), cast: &Cast<'_>) -> Result<ArrayRef> {
    match from {
        SqlType::Float => {
            let values: PrimitiveArray<Float64Type> = array.as_primitive::<Float32Type>().unary(f64::from);
            from_doubles(&values, (precision, scale), cast)
        }
        SqlType::Double => from_doubles(array.as_primitive(), (precision, scale), cast),
        SqlType::Boolean | SqlType::TinyInt | SqlType::SmallInt | SqlType::Int | SqlType::BigInt => {
            let wide = arrow::compute::cast(array, &DataType::Int64)?;
            from_integers(wide.as_primitive(), (precision, scale), cast)
        }
        _ => Err(cast.undefined()),
    }
}

pub(super) fn from_integers(
    values: &PrimitiveArray<Int64Type>,
    (precision, scale): (u8, i8),
    cast: &Cast<'_>,
) -> Result<ArrayRef> {
    let power = POWERS[scale.unsigned_abs() as usize];
    if !super::can_fail(cast.from, cast.to) && precision <= NARROW_DIGITS {
        let power = power as i64;
        let narrow: Decimal64Array = values.unary(|value| value * power);
        return Ok(Arc::new(narrow.with_precision_and_scale(precision, scale)?));
    }
    let to = |value: i64| i128::from(value).checked_mul(power).filter(|unscaled| fits(*unscaled, precision));
    let error = |value: i64| failure::too_many_digits(value.to_string(), precision, scale);
    finish(convert(values, cast.mode, to, error)?, (precision, scale))
}

/// NaN and the infinities become NULL in every mode.
fn from_doubles(
    values: &PrimitiveArray<Float64Type>,
    (precision, scale): (u8, i8),
    cast: &Cast<'_>,
) -> Result<ArrayRef> {
    let finite = match values.values().iter().all(|value| value.is_finite()) {
        true => values.clone(),
        false => values.unary_opt(|value: f64| value.is_finite().then_some(value)),
    };
    let error = |value: f64| failure::too_many_digits(plain_double(value), precision, scale);
    finish(convert(&finite, cast.mode, |value| double_to_decimal(value, precision, scale), error)?, (precision, scale))
}

fn finish(array: Decimal128Array, (precision, scale): (u8, i8)) -> Result<ArrayRef> {
    Ok(Arc::new(array.with_precision_and_scale(precision, scale)?))
}

/// The decimal nearest to the shortest text of the double, as Java converts.
pub fn double_to_decimal(value: f64, precision: u8, scale: i8) -> Option<i128> {
    if !value.is_finite() {
        return None;
    }
    let text = format!("{value:e}");
    super::from_string::parse_decimal(&text, precision, scale)
}

fn plain_double(value: f64) -> String {
    format!("{value}")
}

fn between_decimals<T: DecimalType>(
    values: &PrimitiveArray<T>,
    (precision, scale): (u8, i8),
    (to_precision, to_scale): (u8, i8),
    cast: &Cast<'_>,
) -> Result<ArrayRef>
where
    T::Native: Into<i128>,
{
    let never_fails = !super::can_fail(cast.from, cast.to);
    if never_fails && scale == to_scale {
        let precision = to_precision.min(T::MAX_PRECISION);
        return Ok(Arc::new(values.clone().with_precision_and_scale(precision, scale)?));
    }
    let shift = to_scale - scale;
    if never_fails && shift > 0 {
        let power = POWERS[shift.unsigned_abs() as usize];
        if precision + shift.unsigned_abs() <= NARROW_DIGITS {
            let power = power as i64;
            let narrow: Decimal64Array = values.unary(|value| value.into() as i64 * power);
            let precision = to_precision.min(NARROW_DIGITS);
            return Ok(Arc::new(narrow.with_precision_and_scale(precision, to_scale)?));
        }
        return finish(values.unary(|value| value.into() * power), (to_precision, to_scale));
    }
    let to = |value: T::Native| rescale(value.into(), scale, to_scale).filter(|unscaled| fits(*unscaled, to_precision));
    let error = |value: T::Native| {
        failure::too_many_digits(super::to_string::format_decimal(value.into(), scale), to_precision, to_scale)
    };
    finish(convert(values, cast.mode, to, error)?, (to_precision, to_scale))
}

fn from_decimal<T: DecimalType>(values: &PrimitiveArray<T>, scale: i8, cast: &Cast<'_>) -> Result<ArrayRef>
where
    T::Native: Into<i128>,
{
    match cast.to {
        SqlType::Boolean => {
            let zero = T::default_value();
            Ok(Arc::new(BooleanArray::from_unary(values, |value| value != zero)))
        }
        SqlType::Double => {
            let doubles: PrimitiveArray<Float64Type> = values.unary(|value| decimal_to_double(value.into(), scale));
            Ok(Arc::new(doubles))
        }
        SqlType::Float => {
            let floats: PrimitiveArray<Float32Type> =
                values.unary(|value| decimal_to_double(value.into(), scale) as f32);
            Ok(Arc::new(floats))
        }
        to if to.is_integral() => to_integral(values, scale, cast),
        _ => Err(cast.undefined()),
    }
}

fn to_integral<T: DecimalType>(values: &PrimitiveArray<T>, scale: i8, cast: &Cast<'_>) -> Result<ArrayRef>
where
    T::Native: Into<i128>,
{
    let power = POWERS[scale.unsigned_abs() as usize];
    let (min, max) = match cast.to {
        SqlType::TinyInt => (i64::from(i8::MIN), i64::from(i8::MAX)),
        SqlType::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
        SqlType::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let cut = |value: T::Native| {
        let whole = i64::try_from(value.into() / power).ok()?;
        (min..=max).contains(&whole).then_some(whole)
    };
    let error = |value: T::Native| {
        let text = super::to_string::format_decimal(value.into(), scale) + "BD";
        failure::overflow(text, cast.from, cast.to)
    };
    let wide: PrimitiveArray<Int64Type> = convert(values, cast.mode, cut, error)?;
    Ok(arrow::compute::cast(&wide, &cast.to.to_arrow())?)
}

/// The double nearest to a decimal.
pub fn decimal_to_double(unscaled: i128, scale: i8) -> f64 {
    // Both operands are exact, so one division rounds once.
    if unscaled.unsigned_abs() <= 1 << 53 && scale <= 22 {
        return unscaled as f64 / POWERS[scale.unsigned_abs() as usize] as f64;
    }
    super::to_string::format_decimal(unscaled, scale).parse().unwrap_or(f64::NAN)
}
