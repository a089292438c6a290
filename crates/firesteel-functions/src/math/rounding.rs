//! `ceil` and `floor`: of doubles and integers BIGINT, of decimals a decimal without digits after the point; with a
//! number of digits, a decimal with so many.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::cast::decimal::power_of_ten;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, Literal};

use super::round::{known_digits, rounded_type};
use crate::rows::Numbers;

const SURFACE: &[&[Param]] = &[&[Param::Numeric], &[Param::Decimal, Param::Int]];

pub(super) const CEIL: ScalarFunction = ScalarFunction {
    name: "ceil",
    aliases: &["ceiling"],
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| rewrite("ceil", "ceil_to_digits", args)),
    doc: Doc {
        usage: "ceil(expr[, scale]) - Returns the smallest number after rounding up that is not smaller than `expr`.",
        since: "3.3.0",
        examples: &[
            ("SELECT ceil(-0.1)", "0"),
            ("SELECT ceil(5)", "5"),
            ("SELECT ceil(3.1411, 3)", "3.142"),
            ("SELECT ceil(3.1411, -3)", "1000"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const FLOOR: ScalarFunction = ScalarFunction {
    name: "floor",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| rewrite("floor", "floor_to_digits", args)),
    doc: Doc {
        usage: "floor(expr[, scale]) - Returns the largest number after rounding down that is not greater than `expr`.",
        since: "3.3.0",
        examples: &[
            ("SELECT floor(-0.1)", "-1"),
            ("SELECT floor(5)", "5"),
            ("SELECT floor(3.1411, 3)", "3.141"),
            ("SELECT floor(3.1411, -3)", "0"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn rewrite(name: &'static str, kernel: &'static str, mut args: Vec<ExprRef>) -> Result<ExprRef> {
    let with_digits = args.len() > 1;
    let digits = if with_digits { known_digits(name, &args[1])? } else { 0 };
    args.truncate(1);
    let input = args.swap_remove(0);
    let target = match input.data_type() {
        SqlType::Decimal { scale: 0, .. } if !with_digits => return Ok(input),
        SqlType::Decimal { .. } => rounded_type(input.data_type(), digits),
        integral if integral.is_integral() => return Ok(Expr::cast(input, SqlType::BigInt, CastMode::Ansi)),
        _ => SqlType::BigInt,
    };
    let input = match input.data_type() {
        SqlType::Float => Expr::cast(input, SqlType::Double, CastMode::Ansi),
        _ => input,
    };
    let rounded = Expr::call_named(kernel, vec![input, Expr::literal(Literal::int(digits))])?;
    Ok(Expr::cast(rounded, target, CastMode::Ansi))
}

/// What `ceil` is computed by: decimals keep their scale.
pub(super) const CEIL_TO_DIGITS: ScalarFunction = ScalarFunction {
    name: "ceil_to_digits",
    signature: Signature::OneOf(&[&[Param::Decimal, Param::Int], &[Param::Double, Param::Int]]),
    returns: |types| {
        Ok(match &types[0] {
            SqlType::Decimal { scale, .. } => SqlType::decimal(38, *scale),
            _ => SqlType::BigInt,
        })
    },
    nullability: Nullability::Strict,
    can_fail: CanFail::When(|args| args[0].data_type().is_decimal()),
    kernel: Kernel::Batch(|args| round(args, f64::ceil, |value, power| -(-value).div_euclid(power))),
    display: |_, args| format!("ceil({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

pub(super) const FLOOR_TO_DIGITS: ScalarFunction = ScalarFunction {
    name: "floor_to_digits",
    kernel: Kernel::Batch(|args| round(args, f64::floor, i128::div_euclid)),
    display: |_, args| format!("floor({})", args.join(", ")),
    ..CEIL_TO_DIGITS
};

fn round(args: &KernelArgs<'_>, double: fn(f64) -> f64, divide: fn(i128, i128) -> i128) -> Result<Column> {
    let digits = Numbers::<arrow::datatypes::Int32Type>::of(args, 1)?.get(0).unwrap_or(0);
    let constant = args.columns[0].is_constant();
    let flat = if constant { args.columns[0].slice(0, 1).flat()? } else { args.columns[0].flat()? };
    let rounded: ArrayRef = match &args.types[0] {
        // A double past the range becomes the nearest BIGINT.
        SqlType::Double => {
            Arc::new(flat.as_primitive::<Float64Type>().unary::<_, Int64Type>(|value| double(value) as i64))
        }
        SqlType::Decimal { scale, .. } => {
            let drop = u32::try_from(i32::from(*scale).saturating_sub(digits)).unwrap_or(0);
            let power = power_of_ten(drop).ok_or_else(|| internal!("rounding {drop} digits away"))?;
            let values: Decimal128Array = flat.as_primitive::<Decimal128Type>().try_unary(|value| {
                let rounded = divide(value, power).checked_mul(power);
                rounded.ok_or_else(|| internal!("a decimal out of range"))
            })?;
            Arc::new(values.with_precision_and_scale(38, *scale)?)
        }
        other => return Err(internal!("rounding of {other}")),
    };
    Ok(if constant { Column::Constant(rounded, args.rows) } else { Column::Array(rounded) })
}
