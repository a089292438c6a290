//! The arithmetic operators, `try_` twins included: what they take, what they give, when they can fail.
//!
//! Numbers and intervals of one kind are computed under the operators' own names; a date or an interval beside something
//! else is another function, which [`super::datetime::resolve`] puts in the operator's place.

use firesteel_common::{Result, SqlType, internal};

use super::elementwise::OnFailure;
use super::{decimal, interval, numeric};
use crate::coerce::decimal::{self as rules, Digits};
use crate::coerce::{arithmetic_operands, errors};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{
    CanFail, Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature, call_form, infix_form,
};

const NUMERIC: &str = "\"NUMERIC\"";
const NUMERIC_OR_INTERVAL: &str =
    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";

/// Both operands in what the operator computes in.
fn operands(
    name: &'static str,
    args: Vec<ExprRef>,
    required: &str,
    takes: fn(&SqlType) -> bool,
) -> Result<Vec<ExprRef>> {
    let [left, right] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let Some((left, right)) = arithmetic_operands(left, right) else {
        return Err(errors::different_operands(name, &args));
    };
    if left.data_type() == &SqlType::Void {
        // NULL with NULL counts as DOUBLE.
        return Ok([left, right].map(|side| Expr::cast(side, SqlType::Double, CastMode::Ansi)).to_vec());
    }
    if !takes(left.data_type()) {
        return Err(errors::wrong_operands(name, &args, required.to_owned(), left.data_type()));
    }
    Ok(vec![left, right])
}

fn adds(data_type: &SqlType) -> bool {
    data_type.is_numeric() || data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval
}

fn numbers_or_intervals(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    operands(name, args, NUMERIC_OR_INTERVAL, adds)
}

fn numbers(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    operands(name, args, NUMERIC, SqlType::is_numeric)
}

/// `/` knows only doubles and decimals.
fn doubles_or_decimals(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let args = operands(name, args, "(\"DOUBLE\" or \"DECIMAL\")", SqlType::is_numeric)?;
    Ok(args.into_iter().map(|arg| if arg.data_type().is_decimal() { arg } else { to(arg, SqlType::Double) }).collect())
}

/// `div` knows BIGINT, decimals and intervals.
fn integers_or_decimals(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    const REQUIRED: &str = "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")";
    fn takes(data_type: &SqlType) -> bool {
        data_type.is_integral() || data_type.is_decimal() || data_type.is_ansi_interval()
    }
    if let [left, right] = args.as_slice()
        && left.data_type() == &SqlType::Void
        && right.data_type() == &SqlType::Void
    {
        return Ok(args.into_iter().map(|arg| to(arg, SqlType::BigInt)).collect());
    }
    let args = operands(name, args, REQUIRED, takes)?;
    Ok(args.into_iter().map(|arg| if arg.data_type().is_integral() { to(arg, SqlType::BigInt) } else { arg }).collect())
}

fn to(arg: ExprRef, data_type: SqlType) -> ExprRef {
    Expr::cast(arg, data_type, CastMode::Ansi)
}

/// Operands of the minus sign: numbers and intervals; text counts as DOUBLE.
fn signed(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    match arg.data_type() {
        given if adds(given) => Ok(args),
        given if given.is_string() || *given == SqlType::Void => Ok(vec![to(arg.clone(), SqlType::Double)]),
        _ => Err(errors::unexpected_input(name, &args, 0, NUMERIC_OR_INTERVAL.to_owned())),
    }
}

/// The exact digits of a decimal result, when the operands are decimals.
fn exact_digits(types: &[SqlType], rule: fn(Digits, Digits) -> Digits) -> Option<Digits> {
    let [left, right] = types else { return None };
    Some(rule(Digits::of(left)?, Digits::of(right)?))
}

fn result_type(types: &[SqlType], rule: fn(Digits, Digits) -> Digits) -> Result<SqlType> {
    let first = types.first().ok_or_else(|| internal!("an operator without operands"))?;
    Ok(exact_digits(types, rule).map_or_else(|| first.clone(), Digits::adjusted))
}

fn types_of(args: &[ExprRef]) -> Vec<SqlType> {
    args.iter().map(|arg| arg.data_type().clone()).collect()
}

/// Floats never overflow, decimals only where digits had to be cut; integers and intervals may.
fn overflows(args: &[ExprRef], rule: fn(Digits, Digits) -> Digits) -> bool {
    match exact_digits(&types_of(args), rule) {
        Some(exact) => !exact.fits(),
        None => !args[0].data_type().is_fractional(),
    }
}

fn divisor_may_be_zero(args: &[ExprRef]) -> bool {
    use datafusion_common::ScalarValue;
    let Some(literal) = args[1].as_literal() else { return true };
    match literal.value() {
        value if value.is_null() => false,
        ScalarValue::Float32(Some(value)) => *value == 0.0,
        ScalarValue::Float64(Some(value)) => *value == 0.0,
        ScalarValue::Decimal128(Some(value), ..) => *value == 0,
        _ => literal.as_integer().is_none_or(|value| value == 0),
    }
}

fn division_can_fail(args: &[ExprRef]) -> bool {
    divisor_may_be_zero(args) || exact_digits(&types_of(args), rules::divide).is_some_and(|exact| !exact.fits())
}

fn integral_division_can_fail(args: &[ExprRef]) -> bool {
    let minus_one = args[1].as_literal().and_then(|literal| literal.as_integer()) == Some(-1);
    divisor_may_be_zero(args) || minus_one || !args[0].data_type().is_integral()
}

fn sum(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    decimals: fn(&KernelArgs<'_>, OnFailure) -> Result<Column>,
    intervals: fn(&KernelArgs<'_>, OnFailure) -> Result<Column>,
    numbers: fn(&KernelArgs<'_>, OnFailure) -> Result<Column>,
) -> Result<Column> {
    match &args.types[0] {
        SqlType::Decimal { .. } => decimals(args, on_failure),
        other if other.is_numeric() => numbers(args, on_failure),
        _ => intervals(args, on_failure),
    }
}

fn add(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, decimal::arithmetic::add, interval::add, numeric::add)
}

fn subtract(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, decimal::arithmetic::subtract, interval::subtract, numeric::subtract)
}

type Computes = fn(&KernelArgs<'_>, OnFailure) -> Result<Column>;

fn by_decimal(args: &KernelArgs<'_>, on_failure: OnFailure, decimals: Computes, others: Computes) -> Result<Column> {
    if args.types[0].is_decimal() { decimals(args, on_failure) } else { others(args, on_failure) }
}

fn multiply(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_decimal(args, on_failure, decimal::arithmetic::multiply, numeric::multiply)
}

fn divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_decimal(args, on_failure, decimal::arithmetic::divide, numeric::divide)
}

fn remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_decimal(args, on_failure, decimal::arithmetic::remainder, numeric::remainder)
}

fn positive_remainder(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    by_decimal(args, on_failure, decimal::arithmetic::positive_remainder, numeric::positive_remainder)
}

fn integral_divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    match &args.types[0] {
        SqlType::Decimal { .. } => decimal::arithmetic::integral_divide(args, on_failure),
        SqlType::BigInt => numeric::integral_divide(args, on_failure),
        _ => interval::integral_divide(args, on_failure),
    }
}

const OPERATOR: ScalarFunction = ScalarFunction { display: infix_form, ..ScalarFunction::DEFAULT };
/// A `try_` twin: NULL where the operator would raise.
const TOLERANT: ScalarFunction = ScalarFunction { nullability: Nullability::StrictAndMore, ..ScalarFunction::DEFAULT };

pub const ADD: ScalarFunction = ScalarFunction {
    name: "+",
    signature: Signature::Custom(numbers_or_intervals),
    returns: |types| result_type(types, rules::add),
    can_fail: CanFail::When(|args| overflows(args, rules::add)),
    kernel: Kernel::Batch(|args| add(args, OnFailure::Raise)),
    doc: Doc { usage: "expr1 + expr2 - Returns `expr1`+`expr2`.", since: "1.0.0", examples: &[("SELECT 1 + 2", "3")] },
    ..OPERATOR
};

pub const SUBTRACT: ScalarFunction = ScalarFunction {
    name: "-",
    signature: Signature::Custom(numbers_or_intervals),
    returns: |types| result_type(types, rules::add),
    can_fail: CanFail::When(|args| overflows(args, rules::add)),
    kernel: Kernel::Batch(|args| subtract(args, OnFailure::Raise)),
    doc: Doc { usage: "expr1 - expr2 - Returns `expr1`-`expr2`.", since: "1.0.0", examples: &[("SELECT 2 - 1", "1")] },
    ..OPERATOR
};

pub const MULTIPLY: ScalarFunction = ScalarFunction {
    name: "*",
    signature: Signature::Custom(numbers),
    returns: |types| result_type(types, rules::multiply),
    can_fail: CanFail::When(|args| overflows(args, rules::multiply)),
    kernel: Kernel::Batch(|args| multiply(args, OnFailure::Raise)),
    doc: Doc { usage: "expr1 * expr2 - Returns `expr1`*`expr2`.", since: "1.0.0", examples: &[("SELECT 2 * 3", "6")] },
    ..OPERATOR
};

pub const DIVIDE: ScalarFunction = ScalarFunction {
    name: "/",
    signature: Signature::Custom(doubles_or_decimals),
    returns: |types| result_type(types, rules::divide),
    can_fail: CanFail::When(division_can_fail),
    kernel: Kernel::Batch(|args| divide(args, OnFailure::Raise)),
    doc: Doc {
        usage: "expr1 / expr2 - Returns `expr1`/`expr2`. It always performs floating point division.",
        since: "1.0.0",
        examples: &[("SELECT 3 / 2", "1.5"), ("SELECT 2L / 2L", "1.0")],
    },
    ..OPERATOR
};

pub const INTEGRAL_DIVIDE: ScalarFunction = ScalarFunction {
    name: "div",
    signature: Signature::Custom(integers_or_decimals),
    returns: |_| Ok(SqlType::BigInt),
    can_fail: CanFail::When(integral_division_can_fail),
    kernel: Kernel::Batch(|args| integral_divide(args, OnFailure::Raise)),
    display: |_, args| format!("({})", args.join(" div ")),
    doc: Doc {
        usage: "expr1 div expr2 - Divides `expr1` by `expr2` and drops the fraction.",
        since: "3.0.0",
        examples: &[("SELECT 3 div 2", "1")],
    },
    ..OPERATOR
};

pub const REMAINDER: ScalarFunction = ScalarFunction {
    name: "%",
    aliases: &["mod"],
    signature: Signature::Custom(numbers),
    returns: |types| result_type(types, rules::remainder),
    can_fail: CanFail::When(divisor_may_be_zero),
    kernel: Kernel::Batch(|args| remainder(args, OnFailure::Raise)),
    doc: Doc {
        usage: "expr1 % expr2, or mod(expr1, expr2) - Returns the remainder after `expr1`/`expr2`.",
        since: "1.0.0",
        examples: &[("SELECT 2 % 1.8", "0.2"), ("SELECT MOD(2, 1.8)", "0.2")],
    },
    ..OPERATOR
};

pub const POSITIVE_REMAINDER: ScalarFunction = ScalarFunction {
    name: "pmod",
    signature: Signature::Custom(numbers),
    returns: |types| result_type(types, rules::remainder),
    can_fail: CanFail::When(divisor_may_be_zero),
    kernel: Kernel::Batch(|args| positive_remainder(args, OnFailure::Raise)),
    display: call_form,
    doc: Doc {
        usage: "pmod(expr1, expr2) - Returns the positive value of `expr1` mod `expr2`.",
        since: "1.5.0",
        examples: &[("SELECT pmod(10, 3)", "1"), ("SELECT pmod(-10, 3)", "2")],
    },
    ..OPERATOR
};

pub const NEGATIVE: ScalarFunction = ScalarFunction {
    name: "negative",
    signature: Signature::Custom(signed),
    returns: |types| result_type(types, rules::add),
    can_fail: CanFail::When(|args| !(args[0].data_type().is_fractional() || args[0].data_type().is_decimal())),
    kernel: Kernel::Batch(|args| match &args.types[0] {
        SqlType::Decimal { .. } => decimal::arithmetic::negate(args),
        other if other.is_numeric() => numeric::negate(args),
        _ => interval::negate(args),
    }),
    display: |_, args| format!("(- {})", args.join(", ")),
    doc: Doc {
        usage: "negative(expr) - Returns the negated value of `expr`.",
        since: "1.0.0",
        examples: &[("SELECT negative(1)", "-1")],
    },
    ..OPERATOR
};

pub const POSITIVE: ScalarFunction = ScalarFunction {
    name: "positive",
    signature: Signature::Custom(signed),
    returns: |types| result_type(types, rules::add),
    kernel: Kernel::Rewrite(|mut args| args.pop().ok_or_else(|| internal!("plus nothing"))),
    display: |_, args| format!("(+ {})", args.join(", ")),
    doc: Doc {
        usage: "positive(expr) - Returns the value of `expr`.",
        since: "1.5.0",
        examples: &[("SELECT positive(1)", "1")],
    },
    ..OPERATOR
};

pub const TRY_ADD: ScalarFunction = ScalarFunction {
    name: "try_add",
    signature: ADD.signature,
    returns: ADD.returns,
    kernel: Kernel::Batch(|args| add(args, OnFailure::Null)),
    doc: Doc {
        usage: "try_add(expr1, expr2) - Returns the sum of `expr1` and `expr2`; NULL on overflow.",
        since: "3.2.0",
        examples: &[("SELECT try_add(1, 2)", "3"), ("SELECT try_add(2147483647, 1)", "NULL")],
    },
    ..TOLERANT
};

pub const TRY_SUBTRACT: ScalarFunction = ScalarFunction {
    name: "try_subtract",
    signature: SUBTRACT.signature,
    returns: SUBTRACT.returns,
    kernel: Kernel::Batch(|args| subtract(args, OnFailure::Null)),
    doc: Doc {
        usage: "try_subtract(expr1, expr2) - Returns `expr1`-`expr2`; NULL on overflow.",
        since: "3.3.0",
        examples: &[("SELECT try_subtract(2, 1)", "1"), ("SELECT try_subtract(-2147483648, 1)", "NULL")],
    },
    ..TOLERANT
};

pub const TRY_MULTIPLY: ScalarFunction = ScalarFunction {
    name: "try_multiply",
    signature: MULTIPLY.signature,
    returns: MULTIPLY.returns,
    kernel: Kernel::Batch(|args| multiply(args, OnFailure::Null)),
    doc: Doc {
        usage: "try_multiply(expr1, expr2) - Returns `expr1`*`expr2`; NULL on overflow.",
        since: "3.3.0",
        examples: &[("SELECT try_multiply(2, 3)", "6"), ("SELECT try_multiply(-2147483648, 10)", "NULL")],
    },
    ..TOLERANT
};

pub const TRY_DIVIDE: ScalarFunction = ScalarFunction {
    name: "try_divide",
    signature: DIVIDE.signature,
    returns: DIVIDE.returns,
    kernel: Kernel::Batch(|args| divide(args, OnFailure::Null)),
    doc: Doc {
        usage: "try_divide(dividend, divisor) - Returns `dividend`/`divisor`; NULL when the divisor is 0.",
        since: "3.2.0",
        examples: &[("SELECT try_divide(3, 2)", "1.5"), ("SELECT try_divide(1, 0)", "NULL")],
    },
    ..TOLERANT
};

pub const TRY_REMAINDER: ScalarFunction = ScalarFunction {
    name: "try_mod",
    signature: REMAINDER.signature,
    returns: REMAINDER.returns,
    kernel: Kernel::Batch(|args| remainder(args, OnFailure::Null)),
    doc: Doc {
        usage: "try_mod(dividend, divisor) - Returns the remainder after `dividend`/`divisor`; NULL when the divisor is 0.",
        since: "4.0.0",
        examples: &[("SELECT try_mod(3, 2)", "1"), ("SELECT try_mod(2L, 0L)", "NULL")],
    },
    ..TOLERANT
};

pub const ALL: &[ScalarFunction] = &[
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    INTEGRAL_DIVIDE,
    REMAINDER,
    POSITIVE_REMAINDER,
    NEGATIVE,
    POSITIVE,
    TRY_ADD,
    TRY_SUBTRACT,
    TRY_MULTIPLY,
    TRY_DIVIDE,
    TRY_REMAINDER,
];
