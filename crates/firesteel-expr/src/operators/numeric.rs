//! `+ - * / div % pmod` and the minus sign over integers and floats: one kernel each, which picks its loop by type.
//!
//! Integers stay in their type and raise when they leave it; floats follow IEEE, but division by zero raises.

use arrow::array::ArrowNativeTypeOp;
use arrow::datatypes::{Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Error, Result, SqlType, internal};

use super::elementwise::{OnFailure, binary, try_binary, try_unary, unary};
use super::failure;
use crate::column::Column;
use crate::function::KernelArgs;

/// An operator's sign in error messages, and its tolerant twin.
pub struct Operator {
    pub symbol: &'static str,
    pub try_twin: &'static str,
}

pub const PLUS: Operator = Operator { symbol: "+", try_twin: "try_add" };
pub const MINUS: Operator = Operator { symbol: "-", try_twin: "try_subtract" };
pub const TIMES: Operator = Operator { symbol: "*", try_twin: "try_multiply" };

impl Operator {
    fn overflow(&self) -> Error {
        failure::overflow(self.try_twin)
    }

    fn small_overflow(&self, left: impl Into<i64>, right: impl Into<i64>) -> Error {
        failure::small_overflow(left.into(), self.symbol, right.into(), self.try_twin)
    }
}

/// Runs an integer operation in the type of the operands, a float operation in theirs.
macro_rules! by_type {
    ($args:expr, $on_failure:expr, $operator:expr, $integer:ident, $float:tt) => {{
        let (args, on_failure, operator) = ($args, $on_failure, $operator);
        match &args.types[0] {
            SqlType::TinyInt => try_binary::<Int8Type, Int8Type, Int8Type>(args, on_failure, i8::$integer, |l, r| {
                operator.small_overflow(l, r)
            }),
            SqlType::SmallInt => {
                try_binary::<Int16Type, Int16Type, Int16Type>(args, on_failure, i16::$integer, |l, r| {
                    operator.small_overflow(l, r)
                })
            }
            SqlType::Int => {
                try_binary::<Int32Type, Int32Type, Int32Type>(args, on_failure, i32::$integer, |_, _| {
                    operator.overflow()
                })
            }
            SqlType::BigInt => {
                try_binary::<Int64Type, Int64Type, Int64Type>(args, on_failure, i64::$integer, |_, _| {
                    operator.overflow()
                })
            }
            SqlType::Float => binary::<Float32Type, Float32Type, Float32Type>(args, |l, r| l $float r),
            SqlType::Double => binary::<Float64Type, Float64Type, Float64Type>(args, |l, r| l $float r),
            other => Err(internal!("{} of {other}", operator.symbol)),
        }
    }};
}

pub fn add(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_type!(args, on_failure, PLUS, overflowing_add, +)
}

pub fn subtract(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_type!(args, on_failure, MINUS, overflowing_sub, -)
}

pub fn multiply(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_type!(args, on_failure, TIMES, overflowing_mul, *)
}

/// `/` over doubles.
pub fn divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let quotient = |l: f64, r: f64| (l / r, r == 0.0);
    try_binary::<Float64Type, Float64Type, Float64Type>(args, on_failure, quotient, |_, _| failure::divide_by_zero())
}

/// `div` over BIGINT. Only the smallest number by -1 overflows.
pub fn integral_divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let quotient = |l: i64, r: i64| l.checked_div(r).map_or((0, true), |quotient| (quotient, false));
    try_binary::<Int64Type, Int64Type, Int64Type>(args, on_failure, quotient, |_, r| match r {
        0 => failure::divide_by_zero(),
        _ => failure::overflow("try_divide"),
    })
}

macro_rules! remainder_by_type {
    ($args:expr, $on_failure:expr, $rest:ident) => {{
        let (args, on_failure) = ($args, $on_failure);
        match &args.types[0] {
            SqlType::TinyInt => {
                try_binary::<Int8Type, Int8Type, Int8Type>(args, on_failure, $rest, |_, _| failure::remainder_by_zero())
            }
            SqlType::SmallInt => try_binary::<Int16Type, Int16Type, Int16Type>(args, on_failure, $rest, |_, _| {
                failure::remainder_by_zero()
            }),
            SqlType::Int => try_binary::<Int32Type, Int32Type, Int32Type>(args, on_failure, $rest, |_, _| {
                failure::remainder_by_zero()
            }),
            SqlType::BigInt => try_binary::<Int64Type, Int64Type, Int64Type>(args, on_failure, $rest, |_, _| {
                failure::remainder_by_zero()
            }),
            SqlType::Float => try_binary::<Float32Type, Float32Type, Float32Type>(args, on_failure, $rest, |_, _| {
                failure::remainder_by_zero()
            }),
            SqlType::Double => try_binary::<Float64Type, Float64Type, Float64Type>(args, on_failure, $rest, |_, _| {
                failure::remainder_by_zero()
            }),
            other => Err(internal!("the remainder of {other}")),
        }
    }};
}

/// The dividend's sign.
pub fn remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    fn rest<T: ArrowNativeTypeOp>(left: T, right: T) -> (T, bool) {
        if right.is_zero() { (T::ZERO, true) } else { (left.mod_wrapping(right), false) }
    }
    remainder_by_type!(args, on_failure, rest)
}

/// Never negative for a positive divisor.
pub fn positive_remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    fn rest<T: ArrowNativeTypeOp>(left: T, right: T) -> (T, bool) {
        if right.is_zero() {
            return (T::ZERO, true);
        }
        let rest = left.mod_wrapping(right);
        // Not `is_lt`, which orders -0.0 before 0.0.
        let negative = rest.is_lt(T::ZERO) && !rest.is_zero();
        (if negative { rest.add_wrapping(right).mod_wrapping(right) } else { rest }, false)
    }
    remainder_by_type!(args, on_failure, rest)
}

/// The minus sign over numbers.
pub fn negate(args: &KernelArgs<'_>) -> Result<Column> {
    let raise = OnFailure::Raise;
    match &args.types[0] {
        SqlType::TinyInt => {
            try_unary::<Int8Type, Int8Type>(args, raise, i8::overflowing_neg, |_| failure::overflow(""))
        }
        SqlType::SmallInt => {
            try_unary::<Int16Type, Int16Type>(args, raise, i16::overflowing_neg, |_| failure::overflow(""))
        }
        SqlType::Int => try_unary::<Int32Type, Int32Type>(args, raise, i32::overflowing_neg, |_| failure::overflow("")),
        SqlType::BigInt => {
            try_unary::<Int64Type, Int64Type>(args, raise, i64::overflowing_neg, |_| failure::overflow(""))
        }
        SqlType::Float => unary::<Float32Type, Float32Type>(args, |value| -value),
        SqlType::Double => unary::<Float64Type, Float64Type>(args, |value| -value),
        other => Err(internal!("minus {other}")),
    }
}
