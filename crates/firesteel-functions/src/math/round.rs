//! `round` (half up) and `bround` (half even) to a number of digits that planning knows.
//!
//! ```text
//! round(decimal(p,s), d) ──▶ cast(round_half_up(x, d) as the decimal with min(s, d) digits after the point)
//! round(integer, d >= 0) ──▶ the integer itself
//! ```

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::datatypes::{Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Error, Result, SqlType, bail, error, internal};
use firesteel_expr::cast::decimal::{decimal_to_double, div_half_up, double_to_decimal, power_of_ten};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, Literal};

use crate::rows::{Numbers, constant_integer};

const SURFACE: &[&[Param]] = &[&[Param::Numeric], &[Param::Numeric, Param::Int]];

pub(super) const ROUND: ScalarFunction = ScalarFunction {
    name: "round",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| rewrite("round", "round_half_up", args)),
    doc: Doc {
        usage: "round(expr[, d]) - Returns `expr` rounded to `d` decimal places using HALF_UP rounding mode.",
        since: "1.5.0",
        examples: &[("SELECT round(2.5, 0)", "3"), ("SELECT round(25, -1)", "30")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const BROUND: ScalarFunction = ScalarFunction {
    name: "bround",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| rewrite("bround", "round_half_even", args)),
    doc: Doc {
        usage: "bround(expr[, d]) - Returns `expr` rounded to `d` decimal places using HALF_EVEN rounding mode.",
        since: "2.0.0",
        examples: &[("SELECT bround(2.5, 0)", "2"), ("SELECT bround(25, -1)", "20")],
    },
    ..ScalarFunction::DEFAULT
};

/// What `round` is computed by: decimals keep their scale, the caller cuts the zeros off.
pub(super) const ROUND_HALF_UP: ScalarFunction = ScalarFunction {
    name: "round_half_up",
    signature: Signature::OneOf(&[&[Param::Numeric, Param::Int]]),
    returns: |types| {
        Ok(match &types[0] {
            SqlType::Decimal { scale, .. } => SqlType::decimal(38, *scale),
            same => same.clone(),
        })
    },
    can_fail: CanFail::When(|args| !args[0].data_type().is_fractional()),
    kernel: Kernel::Batch(|args| round(args, half_up)),
    display: |_, args| format!("round({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

pub(super) const ROUND_HALF_EVEN: ScalarFunction = ScalarFunction {
    name: "round_half_even",
    kernel: Kernel::Batch(|args| round(args, half_even)),
    display: |_, args| format!("bround({})", args.join(", ")),
    ..ROUND_HALF_UP
};

fn rewrite(name: &'static str, kernel: &'static str, mut args: Vec<ExprRef>) -> Result<ExprRef> {
    let digits = match args.get(1) {
        None => 0,
        Some(digits) => known_digits(name, digits)?,
    };
    args.truncate(1);
    let input = args.swap_remove(0);
    let target = rounded_type(input.data_type(), digits);
    if input.data_type().is_integral() && digits >= 0 {
        return Ok(input);
    }
    let rounded = Expr::call_named(kernel, vec![input, Expr::literal(Literal::int(digits))])?;
    Ok(Expr::cast(rounded, target, CastMode::Ansi))
}

/// The number of digits must be known to know the result's type.
pub(super) fn known_digits(name: &'static str, digits: &ExprRef) -> Result<i32> {
    match constant_integer(digits).and_then(|digits| i32::try_from(digits).ok()) {
        Some(digits) => Ok(digits),
        None => bail!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = format!("\"{name}\""),
            inputName = "`scale`",
            inputType = "\"INT\"",
            inputExpr = format!("\"{digits}\"")
        ),
    }
}

pub(super) fn rounded_type(input: &SqlType, digits: i32) -> SqlType {
    let SqlType::Decimal { precision, scale } = input else { return input.clone() };
    // Rounding may carry into one more digit.
    let whole = i32::from(*precision) - i32::from(*scale) + 1;
    let (precision, scale) = match digits {
        ..0 => (whole.max(-digits + 1), 0),
        _ => {
            let scale = i32::from(*scale).min(digits);
            (whole + scale, scale)
        }
    };
    SqlType::decimal(precision.min(38) as u8, scale as i8)
}

/// A value divided and rounded.
type Divide = fn(i128, i128) -> i128;

fn half_up(value: i128, divisor: i128) -> i128 {
    div_half_up(value, divisor)
}

fn half_even(value: i128, divisor: i128) -> i128 {
    let rounded = div_half_up(value, divisor);
    let is_tie = (value % divisor).unsigned_abs() * 2 == divisor.unsigned_abs();
    if is_tie && rounded % 2 != 0 { rounded - value.signum() } else { rounded }
}

/// To the multiple of `10^drop` that is nearest; `None` past 38 digits.
fn to_multiple(value: i128, drop: i32, divide: Divide) -> Option<i128> {
    if drop <= 0 {
        return Some(value);
    }
    match power_of_ten(drop as u32) {
        Some(power) => divide(value, power).checked_mul(power),
        None => Some(0),
    }
}

fn round(args: &KernelArgs<'_>, divide: Divide) -> Result<Column> {
    let digits = Numbers::<Int32Type>::of(args, 1)?.get(0).ok_or_else(|| internal!("rounding to NULL digits"))?;
    let constant = args.columns[0].is_constant();
    let flat = if constant { args.columns[0].slice(0, 1).flat()? } else { args.columns[0].flat()? };
    let rounded: ArrayRef = match &args.types[0] {
        SqlType::TinyInt => integers::<Int8Type>(&flat, digits, divide)?,
        SqlType::SmallInt => integers::<Int16Type>(&flat, digits, divide)?,
        SqlType::Int => integers::<Int32Type>(&flat, digits, divide)?,
        SqlType::BigInt => integers::<Int64Type>(&flat, digits, divide)?,
        SqlType::Float => {
            let round = |value: f32| round_double(f64::from(value), digits, divide) as f32;
            Arc::new(flat.as_primitive::<Float32Type>().unary::<_, Float32Type>(round))
        }
        SqlType::Double => {
            let round = |value: f64| round_double(value, digits, divide);
            Arc::new(flat.as_primitive::<Float64Type>().unary::<_, Float64Type>(round))
        }
        SqlType::Decimal { scale, .. } => {
            let drop = i32::from(*scale).saturating_sub(digits);
            let round = |value: i128| to_multiple(value, drop, divide).ok_or_else(overflow);
            let values = flat.as_primitive::<Decimal128Type>().try_unary::<_, Decimal128Type, Error>(round)?;
            Arc::new(values.with_precision_and_scale(38, *scale)?)
        }
        other => return Err(internal!("rounding of {other}")),
    };
    Ok(if constant { Column::Constant(rounded, args.rows) } else { Column::Array(rounded) })
}

fn integers<T: ArrowPrimitiveType>(flat: &ArrayRef, digits: i32, divide: Divide) -> Result<ArrayRef>
where
    T::Native: Into<i64> + TryFrom<i128>,
{
    let round = |value: T::Native| {
        let value: i64 = value.into();
        let rounded = to_multiple(i128::from(value), digits.saturating_neg(), divide);
        rounded.and_then(|rounded| rounded.try_into().ok()).ok_or_else(overflow)
    };
    let rounded: PrimitiveArray<T> = flat.as_primitive::<T>().try_unary(round)?;
    Ok(Arc::new(rounded))
}

fn overflow() -> Error {
    error!(ARITHMETIC_OVERFLOW, alternative = "", config = "\"spark.sql.ansi.enabled\"", message = "Overflow")
}

/// Rounds the shortest text of the double, so that 2.345 is a tie although its binary value is below.
fn round_double(value: f64, digits: i32, divide: Divide) -> f64 {
    // A double has at most 17 digits that count: beyond them rounding changes nothing.
    let magnitude = if value == 0.0 || !value.is_finite() { return value } else { value.abs().log10().floor() as i32 };
    if digits + magnitude >= 17 {
        return value;
    }
    let scale = (17 - magnitude).clamp(0, 37);
    if magnitude > 36 {
        return value;
    }
    match double_to_decimal(value, 38, scale as i8).and_then(|decimal| to_multiple(decimal, scale - digits, divide)) {
        Some(rounded) => decimal_to_double(rounded, scale as i8),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties() {
        assert_eq!([half_up(25, 10), half_up(-25, 10), half_up(24, 10)], [3, -3, 2]);
        assert_eq!([half_even(25, 10), half_even(35, 10), half_even(-25, 10), half_even(26, 10)], [2, 4, -2, 3]);
        assert_eq!(round_double(2.345, 2, half_up), 2.35);
        assert_eq!(round_double(1.005, 2, half_up), 1.01);
        assert_eq!(round_double(125.0, -1, half_even), 120.0);
        assert_eq!(round_double(1e300, 2, half_up), 1e300);
        assert_eq!(round_double(1.5e-10, 3, half_up), 0.0);
    }

    #[test]
    fn result_types() {
        assert_eq!(rounded_type(&SqlType::decimal(2, 1), 0), SqlType::decimal(2, 0));
        assert_eq!(rounded_type(&SqlType::decimal(12, 4), 2), SqlType::decimal(11, 2));
        assert_eq!(rounded_type(&SqlType::decimal(5, 2), -4), SqlType::decimal(5, 0));
    }
}
