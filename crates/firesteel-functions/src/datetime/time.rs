//! Times of day: nanoseconds since midnight, of which microseconds are the finest that is kept.

use arrow::datatypes::{ArrowPrimitiveType, Decimal128Type, Int32Type, Int64Type, Time64NanosecondType};
use firesteel_common::{Error, Result, SqlType, bail, error};
use firesteel_expr::Column;
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, number_column, try_number_column};

const NANOS_PER_MICRO: i64 = 1_000;
const MICROS_PER_DAY: i64 = 86_400_000_000;
const TIME: SqlType = SqlType::Time(6);

fn is_time(arg: &ExprRef) -> bool {
    matches!(arg.data_type(), SqlType::Time(_) | SqlType::Void)
}

/// One TIME.
fn time_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.as_slice() {
        [arg] if is_time(arg) => Ok(vec![Expr::cast(arg.clone(), TIME, CastMode::Ansi)]),
        [_] => Err(errors::unexpected_input(name, &args, 0, "\"TIME\"".to_owned())),
        _ => Err(errors::wrong_num_args(name, "1", args.len())),
    }
}

fn in_range(field: &str, value: i64, most: i64) -> Result<i64> {
    match (0..=most).contains(&value) {
        true => Ok(value),
        false => {
            let message = format!("Invalid value for {field} (valid values 0 - {most}): {value}");
            Err(error!(DATETIME_FIELD_OUT_OF_BOUNDS, rangeMessage = message))
        }
    }
}

pub(super) const MAKE_TIME: ScalarFunction = ScalarFunction {
    name: "make_time",
    signature: Signature::Custom(|name, args| {
        let list = Signature::OneOf(&[&[Param::Int, Param::Int, Param::Decimal]]);
        let mut args = signature::apply(name, list, args)?;
        args[2] = Expr::cast(args[2].clone(), SqlType::decimal(16, 6), CastMode::Ansi);
        Ok(args)
    }),
    returns: |_| Ok(TIME),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let [hours, minutes] = [0, 1].map(|at| Numbers::<Int32Type>::of(args, at));
        let (hours, minutes) = (hours?, minutes?);
        let seconds = Numbers::<Decimal128Type>::of(args, 2)?;
        try_number_column::<Time64NanosecondType>(args, |row| {
            let (Some(hour), Some(minute), Some(micros)) = (hours.get(row), minutes.get(row), seconds.get(row)) else {
                return Ok(None);
            };
            let micros = micros as i64;
            in_range("SecondOfMinute", micros.div_euclid(1_000_000), 59)?;
            let minutes = in_range("HourOfDay", hour.into(), 23)? * 60 + in_range("MinuteOfHour", minute.into(), 59)?;
            Ok(Some((minutes * 60_000_000 + micros) * NANOS_PER_MICRO))
        })
    }),
    doc: Doc {
        usage: "make_time(hour, minute, second) - Create time from hour, minute and second fields.",
        since: "4.1.0",
        examples: &[("SELECT make_time(6, 30, 45.887)", "06:30:45.887"), ("SELECT make_time(NULL, 30, 0)", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TO_TIME: ScalarFunction = ScalarFunction {
    name: "to_time",
    signature: Signature::OneOf(&[&[Param::String]]),
    kernel: Kernel::Rewrite(|mut args| Ok(Expr::cast(args.swap_remove(0), TIME, CastMode::Ansi))),
    doc: Doc {
        usage: "to_time(str) - Parses the `str` expression to a time.",
        since: "4.1.0",
        examples: &[("SELECT to_time('00:12:00')", "00:12:00")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TO_TIME: ScalarFunction = ScalarFunction {
    name: "try_to_time",
    kernel: Kernel::Rewrite(|mut args| Ok(Expr::cast(args.swap_remove(0), TIME, CastMode::Try))),
    doc: Doc {
        usage: "try_to_time(str) - As to_time, but NULL for what is no time.",
        since: "4.1.0",
        examples: &[("SELECT try_to_time('00:12:00.001')", "00:12:00.001"), ("SELECT try_to_time('x')", "NULL")],
    },
    ..TO_TIME
};

fn unit(function: &str, name: &str) -> Result<i64> {
    Ok(match name.to_uppercase().as_str() {
        "HOUR" => 3_600_000_000,
        "MINUTE" => 60_000_000,
        "SECOND" => 1_000_000,
        "MILLISECOND" => 1_000,
        "MICROSECOND" => 1,
        _ => bail!(
            INVALID_PARAMETER_VALUE_TIME_UNIT,
            functionName = format!("`{function}`"),
            parameter = "`unit`",
            invalidValue = format!("'{name}'")
        ),
    })
}

pub(super) const TIME_TRUNC: ScalarFunction = ScalarFunction {
    name: "time_trunc",
    signature: Signature::Custom(|name, args| match args.as_slice() {
        [unit, time] if is_time(time) => {
            let unit = signature::apply(name, Signature::OneOf(&[&[Param::String]]), vec![unit.clone()])?;
            Ok(vec![unit[0].clone(), Expr::cast(time.clone(), TIME, CastMode::Ansi)])
        }
        [_, _] => Err(errors::unexpected_input(name, &args, 1, "\"TIME\"".to_owned())),
        _ => Err(errors::wrong_num_args(name, "2", args.len())),
    }),
    returns: |_| Ok(TIME),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (units, times) = (Texts::of(args, 0)?, Numbers::<Time64NanosecondType>::of(args, 1)?);
        try_number_column::<Time64NanosecondType>(args, |row| match (units.get(row), times.get(row)) {
            (Some(name), Some(nanos)) => {
                let unit = unit("time_trunc", name)? * NANOS_PER_MICRO;
                Ok(Some(nanos - nanos % unit))
            }
            _ => Ok(None),
        })
    }),
    doc: Doc {
        usage: "time_trunc(unit, time) - Returns `time` truncated to the unit: HOUR, MINUTE, SECOND, MILLISECOND or \
                MICROSECOND.",
        since: "4.1.0",
        examples: &[
            ("SELECT time_trunc('HOUR', TIME'09:32:05.359')", "09:00:00"),
            ("SELECT time_trunc('MILLISECOND', TIME'09:32:05.123456')", "09:32:05.123"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TIME_DIFF: ScalarFunction = ScalarFunction {
    name: "time_diff",
    signature: Signature::Custom(|name, args| match args.as_slice() {
        [unit, start, end] if is_time(start) && is_time(end) => {
            let unit = signature::apply(name, Signature::OneOf(&[&[Param::String]]), vec![unit.clone()])?;
            let time = |arg: &ExprRef| Expr::cast(arg.clone(), TIME, CastMode::Ansi);
            Ok(vec![unit[0].clone(), time(start), time(end)])
        }
        [_, start, _] => {
            let at = if is_time(start) { 2 } else { 1 };
            Err(errors::unexpected_input(name, &args, at, "\"TIME\"".to_owned()))
        }
        _ => Err(errors::wrong_num_args(name, "3", args.len())),
    }),
    returns: |_| Ok(SqlType::BigInt),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let units = Texts::of(args, 0)?;
        let [starts, ends] = [1, 2].map(|at| Numbers::<Time64NanosecondType>::of(args, at));
        let (starts, ends) = (starts?, ends?);
        try_number_column::<Int64Type>(args, |row| match (units.get(row), starts.get(row), ends.get(row)) {
            (Some(name), Some(start), Some(end)) => {
                Ok(Some((end - start) / (unit("time_diff", name)? * NANOS_PER_MICRO)))
            }
            _ => Ok(None),
        })
    }),
    doc: Doc {
        usage: "time_diff(unit, start, end) - Gets the difference between the times in the specified units.",
        since: "4.1.0",
        examples: &[("SELECT time_diff('HOUR', TIME'20:30:29', TIME'21:30:28')", "0")],
    },
    ..ScalarFunction::DEFAULT
};

fn beyond_the_day(function: &str, value: String) -> Error {
    error!(
        DATETIME_FIELD_OUT_OF_BOUNDS,
        rangeMessage = format!("Invalid value for {function} (valid values from midnight to 23:59:59.999999): {value}")
    )
}

/// A time from a number of units since midnight.
const FROM: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::BigInt]]),
    returns: |_| Ok(TIME),
    can_fail: CanFail::Always,
    ..ScalarFunction::DEFAULT
};

fn from_units(args: &KernelArgs<'_>, function: &str, micros_per_unit: i64) -> Result<Column> {
    let numbers = Numbers::<Int64Type>::of(args, 0)?;
    try_number_column::<Time64NanosecondType>(args, |row| {
        let Some(number) = numbers.get(row) else { return Ok(None) };
        let micros = number.checked_mul(micros_per_unit).filter(|micros| (0..MICROS_PER_DAY).contains(micros));
        micros.map(|micros| Some(micros * NANOS_PER_MICRO)).ok_or_else(|| beyond_the_day(function, number.to_string()))
    })
}

pub(super) const TIME_FROM_SECONDS: ScalarFunction = ScalarFunction {
    name: "time_from_seconds",
    signature: Signature::Custom(|name, args| {
        let args = signature::apply(name, Signature::OneOf(&[&[Param::Numeric]]), args)?;
        // Digits below a microsecond are cut.
        Ok(vec![Expr::cast(args[0].clone(), SqlType::decimal(20, 6), CastMode::Ansi)])
    }),
    kernel: Kernel::Batch(|args| {
        let numbers = Numbers::<Decimal128Type>::of(args, 0)?;
        try_number_column::<Time64NanosecondType>(args, |row| {
            let Some(micros) = numbers.get(row) else { return Ok(None) };
            match i64::try_from(micros).ok().filter(|micros| (0..MICROS_PER_DAY).contains(micros)) {
                Some(micros) => Ok(Some(micros * NANOS_PER_MICRO)),
                None => {
                    let shown = firesteel_expr::cast::to_string::format_decimal(micros, 6);
                    Err(beyond_the_day("time_from_seconds", shown))
                }
            }
        })
    }),
    doc: Doc {
        usage: "time_from_seconds(seconds) - Creates a TIME value from seconds since midnight.",
        since: "4.2.0",
        examples: &[
            ("SELECT time_from_seconds(52200)", "14:30:00"),
            ("SELECT time_from_seconds(52200.5)", "14:30:00.5"),
        ],
    },
    ..FROM
};

pub(super) const TIME_FROM_MILLIS: ScalarFunction = ScalarFunction {
    name: "time_from_millis",
    kernel: Kernel::Batch(|args| from_units(args, "time_from_millis", 1_000)),
    doc: Doc {
        usage: "time_from_millis(millis) - Creates a TIME value from milliseconds since midnight.",
        since: "4.2.0",
        examples: &[("SELECT time_from_millis(52200500)", "14:30:00.5")],
    },
    ..FROM
};

pub(super) const TIME_FROM_MICROS: ScalarFunction = ScalarFunction {
    name: "time_from_micros",
    kernel: Kernel::Batch(|args| from_units(args, "time_from_micros", 1)),
    doc: Doc {
        usage: "time_from_micros(micros) - Creates a TIME value from microseconds since midnight.",
        since: "4.2.0",
        examples: &[("SELECT time_from_micros(52200500000)", "14:30:00.5")],
    },
    ..FROM
};

/// Units since midnight.
const TO: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(time_operand),
    returns: |_| Ok(SqlType::BigInt),
    nullability: Nullability::Strict,
    ..ScalarFunction::DEFAULT
};

fn of_time<T: ArrowPrimitiveType>(args: &KernelArgs<'_>, to: fn(i64) -> T::Native) -> Result<Column> {
    let times = Numbers::<Time64NanosecondType>::of(args, 0)?;
    number_column::<T>(args, |row| times.get(row).map(to))
}

pub(super) const TIME_TO_SECONDS: ScalarFunction = ScalarFunction {
    name: "time_to_seconds",
    returns: |_| Ok(SqlType::decimal(14, 6)),
    kernel: Kernel::Batch(|args| of_time::<Decimal128Type>(args, |nanos| i128::from(nanos / NANOS_PER_MICRO))),
    doc: Doc {
        usage: "time_to_seconds(time) - Returns the number of seconds since midnight, with their fraction.",
        since: "4.2.0",
        examples: &[
            ("SELECT time_to_seconds(TIME'14:30:00')", "52200.000000"),
            ("SELECT time_to_seconds(TIME'14:30:00.5')", "52200.500000"),
        ],
    },
    ..TO
};

pub(super) const TIME_TO_MILLIS: ScalarFunction = ScalarFunction {
    name: "time_to_millis",
    kernel: Kernel::Batch(|args| of_time::<Int64Type>(args, |nanos| nanos / 1_000_000)),
    doc: Doc {
        usage: "time_to_millis(time) - Returns the number of milliseconds since midnight.",
        since: "4.2.0",
        examples: &[("SELECT time_to_millis(TIME'14:30:00.5')", "52200500")],
    },
    ..TO
};

pub(super) const TIME_TO_MICROS: ScalarFunction = ScalarFunction {
    name: "time_to_micros",
    kernel: Kernel::Batch(|args| of_time::<Int64Type>(args, |nanos| nanos / NANOS_PER_MICRO)),
    doc: Doc {
        usage: "time_to_micros(time) - Returns the number of microseconds since midnight.",
        since: "4.2.0",
        examples: &[("SELECT time_to_micros(TIME'14:30:00.5')", "52200500000")],
    },
    ..TO
};
