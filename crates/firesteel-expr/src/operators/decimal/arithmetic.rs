//! `+ - * / % div` over decimals.
//!
//! | case | computed in |
//! | --- | --- |
//! | both operands narrow, result proven to fit by digits or by the bits the batch uses | i64, answered in i64 |
//! | the exact result has at most 38 digits | i128, unchecked |
//! | the type had to cut digits | i256, rounded half up, checked |

use arrow::datatypes::i256;
use firesteel_common::{Result, SqlType};

use super::{
    NARROW_PRECISION_MAX, NarrowOperand, Operand, WideOperand, digits, narrow_column, power_of_ten, wide_column,
};
use crate::coerce::decimal::{self as rules, Digits};
use crate::column::Column;
use crate::function::KernelArgs;
use crate::operators::elementwise::{OnFailure, settle_failures, union_nulls};
use crate::operators::failure;

/// Bits of a product or sum that surely fit i64.
const SAFE_BITS: u32 = 62;

/// A product of so many bits has at most 38 digits.
const WIDE_SAFE_BITS: u32 = 126;

/// Both operands of a call, and the digits of operands and result.
struct Call<'a> {
    args: &'a KernelArgs<'a>,
    left: Operand,
    right: Operand,
    left_digits: Digits,
    right_digits: Digits,
    precision: u8,
    scale: i8,
}

impl<'a> Call<'a> {
    fn new(args: &'a KernelArgs<'a>) -> Result<Self> {
        let (left_digits, right_digits) = (digits_of(&args.types[0])?, digits_of(&args.types[1])?);
        let (precision, scale) = match args.return_type {
            SqlType::Decimal { precision, scale } => (*precision, *scale),
            _ => (SqlType::DECIMAL_PRECISION_MAX, 0),
        };
        Ok(Self {
            left: Operand::of(&args.columns[0])?,
            right: Operand::of(&args.columns[1])?,
            left_digits,
            right_digits,
            precision,
            scale,
            args,
        })
    }

    fn narrow_operands(&self) -> Option<(NarrowOperand<'_>, NarrowOperand<'_>)> {
        let fits = self.scale <= NARROW_PRECISION_MAX as i8;
        fits.then(|| Some((self.left.narrow()?, self.right.narrow()?))).flatten()
    }

    fn narrow_result(&self, values: Vec<i64>) -> Result<Column> {
        narrow_column(values, union_nulls(self.args.columns), self.args.return_type)
    }

    fn wide_result(&self, values: Vec<i128>) -> Result<Column> {
        wide_column(values, union_nulls(self.args.columns), self.args.return_type)
    }

    /// Row by row in 256 bits: `exact` gives the unscaled result at `exact_scale`.
    fn checked(
        &self,
        on_failure: OnFailure,
        exact_scale: i32,
        exact: impl Fn(i128, i128) -> Option<i256>,
    ) -> Result<Column> {
        let cut = (exact_scale - i32::from(self.scale)).max(0) as u32;
        let limit = power_of_ten(u32::from(self.precision));
        let value = |at: usize| {
            let exact = exact(self.left.value(at), self.right.value(at))?;
            half_up(exact, cut)?.to_i128().filter(|value| value.unsigned_abs() < limit.unsigned_abs())
        };
        let mut failed = false;
        let values = (0..self.args.rows).map(|at| {
            let value = value(at);
            failed |= value.is_none();
            value.unwrap_or(0)
        });
        let values = values.collect();
        let mut nulls = union_nulls(self.args.columns);
        if failed {
            let error = |at: usize| {
                let text = exact(self.left.value(at), self.right.value(at)).map(|exact| big_text(exact, exact_scale));
                failure::decimal_overflow(text.unwrap_or_default(), self.precision, self.scale)
            };
            nulls = settle_failures(self.args.rows, nulls, on_failure, |at| value(at).is_none(), error)?;
        }
        wide_column(values, nulls, self.args.return_type)
    }
}

fn digits_of(data_type: &SqlType) -> Result<Digits> {
    let (precision, scale) = digits(data_type)?;
    Ok(Digits { precision: precision.into(), scale: scale.into() })
}

pub fn add(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, i64::wrapping_add, i128::wrapping_add, i256::wrapping_add)
}

pub fn subtract(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, i64::wrapping_sub, i128::wrapping_sub, i256::wrapping_sub)
}

fn sum(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    narrow: impl Fn(i64, i64) -> i64,
    wide: impl Fn(i128, i128) -> i128,
    big: impl Fn(i256, i256) -> i256,
) -> Result<Column> {
    let call = Call::new(args)?;
    let exact = rules::add(call.left_digits, call.right_digits);
    // Both operands are brought to the larger scale first.
    let left_factor = power_of_ten((exact.scale - call.left_digits.scale) as u32);
    let right_factor = power_of_ten((exact.scale - call.right_digits.scale) as u32);
    if exact.fits() {
        if let Some((left, right)) = call.narrow_operands() {
            let bits = |operand: &Operand, factor| operand.bits() + bits_of(factor);
            let proven = exact.precision <= i32::from(NARROW_PRECISION_MAX)
                || bits(&call.left, left_factor).max(bits(&call.right, right_factor)) < SAFE_BITS;
            if proven {
                let (l, r) = (left_factor as i64, right_factor as i64);
                let values = match (l, r) {
                    (1, 1) => zip_narrow(left, right, args.rows, narrow),
                    _ => zip_narrow(left, right, args.rows, |a, b| narrow(a.wrapping_mul(l), b.wrapping_mul(r))),
                };
                return call.narrow_result(values);
            }
        }
        let operation = |a: i128, b: i128| wide(a.wrapping_mul(left_factor), b.wrapping_mul(right_factor));
        return call.wide_result(zip_wide(&call.left, &call.right, args.rows, operation));
    }
    let scaled = |value, factor| i256::from_i128(value).wrapping_mul(i256::from_i128(factor));
    call.checked(on_failure, exact.scale, |a, b| Some(big(scaled(a, left_factor), scaled(b, right_factor))))
}

pub fn multiply(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let call = Call::new(args)?;
    let exact = rules::multiply(call.left_digits, call.right_digits);
    // Where no digit behind the point is cut off, values that are small enough need no check, whatever their types say.
    if exact.scale == i32::from(call.scale) {
        let bits = call.left.bits() + call.right.bits();
        if let Some((left, right)) = call.narrow_operands() {
            let by_type = call.left_digits.precision + call.right_digits.precision;
            if by_type <= i32::from(NARROW_PRECISION_MAX) || bits <= SAFE_BITS {
                return call.narrow_result(zip_narrow(left, right, args.rows, i64::wrapping_mul));
            }
        }
        if exact.fits() || bits <= WIDE_SAFE_BITS {
            return call.wide_result(zip_wide(&call.left, &call.right, args.rows, i128::wrapping_mul));
        }
    }
    call.checked(on_failure, exact.scale, |a, b| Some(i256::from_i128(a).wrapping_mul(i256::from_i128(b))))
}

/// The quotient to the result's scale, half up; division by zero is an error of its own.
pub fn divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let call = Call::new(args)?;
    // left / right at the result's scale = left * 10^(scale - s1 + s2) / right in unscaled values.
    let shift = i32::from(call.scale) - call.left_digits.scale + call.right_digits.scale;
    let limit = power_of_ten(u32::from(call.precision)).unsigned_abs();
    let quotient = |at: usize| {
        let (left, right) = (call.left.value(at), call.right.value(at));
        if right == 0 {
            return None;
        }
        divided(left, right, shift).filter(|value| value.unsigned_abs() < limit)
    };
    let error = |at: usize| match call.right.value(at) {
        0 => failure::divide_by_zero(),
        _ => {
            let text = format!(
                "{} / {}",
                failure::decimal_text(call.left.value(at), call.left_digits.scale as i8),
                failure::decimal_text(call.right.value(at), call.right_digits.scale as i8)
            );
            failure::decimal_overflow(text, call.precision, call.scale)
        }
    };
    rows_checked(args, on_failure, quotient, error, wide_column)
}

/// What is left of the division toward zero; it has the dividend's sign.
pub fn remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    remainder_by(args, on_failure, i256::checked_rem)
}

/// As [`remainder`], never negative for a positive divisor.
pub fn positive_remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    remainder_by(args, on_failure, |a, b| {
        let rest = a.checked_rem(b)?;
        if rest < i256::ZERO { rest.wrapping_add(b).checked_rem(b) } else { Some(rest) }
    })
}

fn remainder_by(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    operation: impl Fn(i256, i256) -> Option<i256>,
) -> Result<Column> {
    let call = Call::new(args)?;
    let scale = call.left_digits.scale.max(call.right_digits.scale);
    let left_factor = i256::from_i128(power_of_ten((scale - call.left_digits.scale) as u32));
    let right_factor = i256::from_i128(power_of_ten((scale - call.right_digits.scale) as u32));
    let cut = (scale - i32::from(call.scale)).max(0) as u32;
    let value = |at: usize| {
        let left = i256::from_i128(call.left.value(at)).wrapping_mul(left_factor);
        let right = i256::from_i128(call.right.value(at)).wrapping_mul(right_factor);
        half_up(operation(left, right)?, cut)?.to_i128()
    };
    rows_checked(args, on_failure, value, |_| failure::remainder_by_zero(), wide_column)
}

/// `div`: the quotient without its fraction, as BIGINT.
pub fn integral_divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    use arrow::datatypes::Int64Type;
    let call = Call::new(args)?;
    let scale = call.left_digits.scale.max(call.right_digits.scale);
    let left_factor = i256::from_i128(power_of_ten((scale - call.left_digits.scale) as u32));
    let right_factor = i256::from_i128(power_of_ten((scale - call.right_digits.scale) as u32));
    let value = |at: usize| {
        let left = i256::from_i128(call.left.value(at)).wrapping_mul(left_factor);
        let right = i256::from_i128(call.right.value(at)).wrapping_mul(right_factor);
        i64::try_from(left.checked_div(right)?.to_i128()?).ok()
    };
    let error = |at: usize| match call.right.value(at) {
        0 => failure::divide_by_zero(),
        _ => failure::overflow(""),
    };
    let column = |values, nulls, data_type: &SqlType| {
        Ok(crate::operators::elementwise::primitive::<Int64Type>(values, nulls, data_type))
    };
    rows_checked(args, on_failure, value, error, column)
}

/// Row by row; `None` is a failure. Rows that are NULL are not looked at.
fn rows_checked<T: Copy + Default>(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    value: impl Fn(usize) -> Option<T>,
    error: impl Fn(usize) -> firesteel_common::Error,
    column: impl Fn(Vec<T>, Option<arrow::buffer::NullBuffer>, &SqlType) -> Result<Column>,
) -> Result<Column> {
    let mut nulls = union_nulls(args.columns);
    let mut failed = false;
    let compute = |at| {
        if nulls.as_ref().is_some_and(|nulls| nulls.is_null(at)) {
            return T::default();
        }
        let value = value(at);
        failed |= value.is_none();
        value.unwrap_or_default()
    };
    let values = (0..args.rows).map(compute).collect();
    if failed {
        nulls = settle_failures(args.rows, nulls, on_failure, |at| value(at).is_none(), error)?;
    }
    column(values, nulls, args.return_type)
}

/// `left * 10^shift / right`, half up; `None` when it does not fit i128.
fn divided(left: i128, right: i128, shift: i32) -> Option<i128> {
    let factor = power_of_ten(shift.unsigned_abs().min(38));
    if (0..=38).contains(&shift)
        && let Some(numerator) = left.checked_mul(factor)
    {
        let (quotient, rest) = (numerator.checked_div(right)?, numerator.checked_rem(right)?);
        let away = rest.unsigned_abs() >= right.unsigned_abs() - rest.unsigned_abs();
        let sign = if (numerator < 0) == (right < 0) { 1 } else { -1 };
        return Some(if away { quotient + sign } else { quotient });
    }
    let (numerator, denominator) = (i256::from_i128(left), i256::from_i128(right));
    let factor = big_power_of_ten(shift.unsigned_abs());
    let (numerator, denominator) = match shift >= 0 {
        true => (numerator.checked_mul(factor)?, denominator),
        false => (numerator, denominator.checked_mul(factor)?),
    };
    rounded_quotient(numerator, denominator)?.to_i128()
}

/// For exponents up to 76.
fn big_power_of_ten(exponent: u32) -> i256 {
    let low = exponent.min(38);
    i256::from_i128(power_of_ten(low)).wrapping_mul(i256::from_i128(power_of_ten(exponent - low)))
}

/// Half away from zero.
fn rounded_quotient(numerator: i256, denominator: i256) -> Option<i256> {
    let (quotient, rest) = (numerator.checked_div(denominator)?, numerator.checked_rem(denominator)?);
    let rest = rest.wrapping_abs();
    if rest < denominator.wrapping_abs().wrapping_sub(rest) {
        return Some(quotient);
    }
    let same_sign = (numerator < i256::ZERO) == (denominator < i256::ZERO);
    Some(if same_sign { quotient.wrapping_add(i256::ONE) } else { quotient.wrapping_sub(i256::ONE) })
}

/// `cut` digits less, half up.
fn half_up(value: i256, cut: u32) -> Option<i256> {
    if cut == 0 {
        return Some(value);
    }
    rounded_quotient(value, i256::from_i128(power_of_ten(cut)))
}

/// The exact value as errors show it: rounded half up to 38 digits, as Spark's intermediate results are.
fn big_text(value: i256, scale: i32) -> String {
    use arrow::datatypes::{Decimal256Type, DecimalType};
    let ten = i256::from_i128(10);
    let excess = value.to_string().trim_start_matches('-').len().saturating_sub(DIGITS_SHOWN_MAX) as u32;
    let unit = ten.wrapping_pow(excess);
    let half = unit.wrapping_div(i256::from_i128(2));
    let away = if value.is_negative() { half.wrapping_neg() } else { half };
    let rounded = value.wrapping_add(away).wrapping_div(unit);
    let (rounded, scale) = match scale - excess as i32 {
        shorter @ 0.. => (rounded, shorter),
        missing => (rounded.wrapping_mul(ten.wrapping_pow(missing.unsigned_abs())), 0),
    };
    Decimal256Type::format_decimal(rounded, 76, scale as i8)
}

const DIGITS_SHOWN_MAX: usize = 38;

fn bits_of(value: i128) -> u32 {
    128 - (value - 1).max(0).leading_zeros()
}

fn zip_narrow(
    left: NarrowOperand<'_>,
    right: NarrowOperand<'_>,
    rows: usize,
    operation: impl Fn(i64, i64) -> i64,
) -> Vec<i64> {
    match (left, right) {
        (NarrowOperand::Values(left), NarrowOperand::Values(right)) => {
            left.iter().zip(right).map(|(left, right)| operation(*left, *right)).collect()
        }
        (NarrowOperand::Values(left), NarrowOperand::Constant(right)) => {
            left.iter().map(|left| operation(*left, right)).collect()
        }
        (NarrowOperand::Constant(left), NarrowOperand::Values(right)) => {
            right.iter().map(|right| operation(left, *right)).collect()
        }
        (NarrowOperand::Constant(left), NarrowOperand::Constant(right)) => vec![operation(left, right); rows],
    }
}

fn zip_wide(left: &Operand, right: &Operand, rows: usize, operation: impl Fn(i128, i128) -> i128) -> Vec<i128> {
    match (left.widened(), right.widened()) {
        (WideOperand::Values(left), WideOperand::Values(right)) => {
            left.iter().zip(right.iter()).map(|(left, right)| operation(*left, *right)).collect()
        }
        (WideOperand::Values(left), WideOperand::Constant(right)) => {
            left.iter().map(|left| operation(*left, right)).collect()
        }
        (WideOperand::Constant(left), WideOperand::Values(right)) => {
            right.iter().map(|right| operation(left, *right)).collect()
        }
        (WideOperand::Constant(left), WideOperand::Constant(right)) => vec![operation(left, right); rows],
    }
}

/// The minus sign; it never leaves the type.
pub fn negate(args: &KernelArgs<'_>) -> Result<Column> {
    let nulls = union_nulls(args.columns);
    match Operand::of(&args.columns[0])? {
        Operand::Narrow(values) => {
            narrow_column(values.iter().map(|value| value.wrapping_neg()).collect(), nulls, args.return_type)
        }
        Operand::Wide(values) => {
            wide_column(values.iter().map(|value| value.wrapping_neg()).collect(), nulls, args.return_type)
        }
        Operand::Constant(value) => wide_column(vec![value.wrapping_neg(); args.rows], nulls, args.return_type),
    }
}
