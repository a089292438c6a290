//! The operands of a binary operator brought together, in Spark's order of rules: strings give way first, then
//! decimals meet other numbers, then the least common type.

use firesteel_common::SqlType;

use super::common::{string_promotion, tightest_common_type};
use super::decimal::{Digits, decimal_of_operand, widen};
use crate::expr::{CastMode, Expr, ExprRef};

/// For arithmetic: decimals keep their own digits, all other pairs end in one type.
pub fn arithmetic_operands(left: &ExprRef, right: &ExprRef) -> Option<(ExprRef, ExprRef)> {
    let (left, right) = match string_promotion(left.data_type(), right.data_type()) {
        Some(common) => (cast(left, &common), cast(right, &common)),
        None => (left.clone(), right.clone()),
    };
    let decimals = left.data_type().is_decimal() || right.data_type().is_decimal();
    if decimals && left.data_type().is_numeric() && right.data_type().is_numeric() {
        if left.data_type().is_fractional() || right.data_type().is_fractional() {
            return Some((cast(&left, &SqlType::Double), cast(&right, &SqlType::Double)));
        }
        return Some((as_decimal(left), as_decimal(right)));
    }
    let common = tightest_common_type(left.data_type(), right.data_type())?;
    Some((cast(&left, &common), cast(&right, &common)))
}

/// For comparisons: both sides end in one type.
pub fn comparison_operands(left: &ExprRef, right: &ExprRef) -> Option<(ExprRef, ExprRef)> {
    let (left, right) = arithmetic_operands(left, right)?;
    match (Digits::of(left.data_type()), Digits::of(right.data_type())) {
        (Some(l), Some(r)) if l != r => {
            let common = widen(l, r);
            Some((cast(&left, &common), cast(&right, &common)))
        }
        _ => Some((left, right)),
    }
}

fn as_decimal(operand: ExprRef) -> ExprRef {
    match decimal_of_operand(&operand) {
        Some(decimal) => cast(&operand, &decimal),
        None => operand,
    }
}

fn cast(operand: &ExprRef, to: &SqlType) -> ExprRef {
    Expr::cast(operand.clone(), to.clone(), CastMode::Ansi)
}
