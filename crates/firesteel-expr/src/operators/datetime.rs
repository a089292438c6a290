//! `+` and `-` with a date or a timestamp on one side, and the functions that they stand for.
//!
//! ```text
//! date + 3                 ─▶ date_add(date, 3)
//! date + INTERVAL 3 DAYS   ─▶ date_add_days          date + INTERVAL 3 MONTHS ─▶ date_add_months
//! date + INTERVAL 3 HOURS  ─▶ timestamp_add_interval(CAST(date AS TIMESTAMP), …)
//! timestamp ± interval     ─▶ timestamp_add_interval, timestamp_add_months
//! date - date, timestamp - timestamp ─▶ subtract_dates, subtract_timestamps
//! interval * number        ─▶ interval_multiply      interval / number ─▶ interval_divide
//! ```
//! Subtracting an interval adds its negation.

use arrow::datatypes::{
    Date32Type, DurationMicrosecondType, Int32Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
    IntervalYearMonthType, TimestampMicrosecondType,
};
use firesteel_common::types::DayTimeField;
use firesteel_common::{Error, Result, SqlType, error, internal};

use super::elementwise::{OnFailure, binary, try_binary};
use super::failure;
use crate::cast::datetime::calendar::{civil_from_days, days_from_civil, days_in_month};
use crate::cast::datetime::{MICROS_PER_DAY, Zone};
use crate::coerce::{errors, implicit_cast};
use crate::column::Column;
use crate::eval::EvalContext;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature, infix_form};

const NANOS_PER_MICRO: i64 = 1_000;

/// The call of another function for which an operator stands between these arguments; `None` when it stands for itself.
pub fn resolve(name: &str, args: &[ExprRef]) -> Result<Option<ExprRef>> {
    let [left, right] = args else { return Ok(None) };
    let (operator, prefix) = match name {
        "+" | "-" | "*" | "/" => (name, ""),
        "try_add" => ("+", "try_"),
        "try_subtract" => ("-", "try_"),
        "try_multiply" => ("*", "try_"),
        "try_divide" => ("/", "try_"),
        _ => return Ok(None),
    };
    let resolver = Resolver { prefix };
    match operator {
        "+" => match resolver.add(left, right)? {
            Some(sum) => Ok(Some(sum)),
            None => match resolver.add(right, left)? {
                Some(sum) => Ok(Some(sum)),
                None => check_addition(left, right).map(|()| None),
            },
        },
        "-" => resolver.subtract(left, right),
        "*" => match is_interval(left.data_type()) {
            true => resolver.scale("interval_multiply", left, right),
            false => resolver.scale("interval_multiply", right, left),
        },
        _ => resolver.scale("interval_divide", left, right),
    }
}

/// The errors of sums that stand for a function which takes none such.
fn check_addition(left: &ExprRef, right: &ExprRef) -> Result<()> {
    let is_exact_interval =
        |data_type: &SqlType| matches!(data_type, SqlType::DayTimeInterval(..) | SqlType::CalendarInterval);
    let (l, r) = (left.data_type(), right.data_type());
    if *l == SqlType::Date || *r == SqlType::Date {
        let (date, days) = if *l == SqlType::Date { (left, right) } else { (right, left) };
        let error = errors::unexpected_input("date_add", &[date.clone(), days.clone()], 1, DATE_ADD_TAKES.to_owned());
        // Text beside a date is read as one.
        return Err(if days.data_type().is_string() {
            error.replace("inputType", SqlType::Date.quoted_sql())
        } else {
            error
        });
    }
    let other = match (is_exact_interval(l), is_exact_interval(r)) {
        (_, true) => left,
        (true, _) => right,
        _ => return Ok(()),
    };
    let same_kind = std::mem::discriminant(l) == std::mem::discriminant(r);
    if same_kind || other.data_type().is_datetime() || *other.data_type() == SqlType::Void {
        return Ok(());
    }
    let args = [other.clone(), if std::ptr::eq(other, left) { right.clone() } else { left.clone() }];
    Err(errors::unexpected_input("timestamp_add_interval", &args, 0, TIMESTAMP_ADD_TAKES.to_owned()))
}

const DATE_ADD_TAKES: &str = "(\"INT\" or \"SMALLINT\" or \"TINYINT\")";
const TIMESTAMP_ADD_TAKES: &str =
    "(\"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)\" or \"(TIMESTAMP_LTZ(P) OR TIMESTAMP_NTZ(P) WITH P IN [7, 9])\")";

fn is_interval(data_type: &SqlType) -> bool {
    data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval
}

fn is_timestamp(data_type: &SqlType) -> bool {
    matches!(data_type, SqlType::Timestamp | SqlType::TimestampNtz)
}

struct Resolver {
    /// `try_` for functions that give NULL.
    prefix: &'static str,
}

impl Resolver {
    fn call(&self, name: &str, args: Vec<ExprRef>) -> Result<Option<ExprRef>> {
        Expr::call_named(&format!("{}{name}", self.prefix), args).map(Some)
    }

    /// `left` is the date or timestamp.
    fn add(&self, left: &ExprRef, right: &ExprRef) -> Result<Option<ExprRef>> {
        let (l, r) = (left.clone(), right.clone());
        match (left.data_type(), right.data_type()) {
            (SqlType::Date, SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day)) => {
                self.call("date_add_days", vec![l, r])
            }
            (SqlType::Date, SqlType::DayTimeInterval(..)) => {
                let timestamp = Expr::cast(l, SqlType::Timestamp, CastMode::Ansi);
                self.call("timestamp_add_interval", vec![timestamp, r])
            }
            (SqlType::Date, SqlType::YearMonthInterval(..)) => self.call("date_add_months", vec![l, r]),
            (SqlType::Date, SqlType::CalendarInterval) => self.call("date_add_interval", vec![l, r]),
            (given, SqlType::YearMonthInterval(..)) if is_timestamp(given) => {
                self.call("timestamp_add_months", vec![l, r])
            }
            (given, interval) if is_timestamp(given) && is_interval(interval) => {
                self.call("timestamp_add_interval", vec![l, r])
            }
            // Text beside an interval of days or hours is a timestamp.
            (given, SqlType::DayTimeInterval(..) | SqlType::CalendarInterval) if given.is_string() => {
                let timestamp = Expr::cast(l.clone(), SqlType::Timestamp, CastMode::Ansi);
                let sum = self.call("timestamp_add_interval", vec![timestamp, r])?;
                Ok(sum.map(|sum| Expr::cast(sum, l.data_type().clone(), CastMode::Ansi)))
            }
            (SqlType::Date, other) if !other.is_datetime() && !other.is_string() => {
                crate::registry::call("date_add", vec![l, r]).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn subtract(&self, left: &ExprRef, right: &ExprRef) -> Result<Option<ExprRef>> {
        let (l, r) = (left.clone(), right.clone());
        match (left.data_type(), right.data_type()) {
            (from, interval) if is_interval(interval) && (from.is_datetime() || from.is_string()) => {
                self.add(left, &Expr::call_named("negative", vec![r])?)
            }
            (from, to) if is_timestamp(from) || is_timestamp(to) => {
                // Two wall clocks differ by their own time; otherwise both are instants.
                let ntz = [from, to].iter().all(|side| **side == SqlType::TimestampNtz || **side == SqlType::Date);
                let common = if ntz { Param::TimestampNtz } else { Param::Timestamp };
                self.subtract_as("subtract_timestamps", &[l, r], common)
            }
            (_, SqlType::Date) => self.subtract_as("subtract_dates", &[l, r], Param::Date),
            (SqlType::Date, other) if !other.is_string() => crate::registry::call("date_sub", vec![l, r]).map(Some),
            _ => Ok(None),
        }
    }

    fn subtract_as(&self, name: &'static str, args: &[ExprRef], param: Param) -> Result<Option<ExprRef>> {
        let casts = args.iter().enumerate().map(|(at, arg)| {
            implicit_cast(arg, param)
                .ok_or_else(|| errors::unexpected_input(name, args, at, errors::required_type(&[param])))
        });
        self.call(name, casts.collect::<Result<_>>()?)
    }

    fn scale(&self, name: &str, interval: &ExprRef, number: &ExprRef) -> Result<Option<ExprRef>> {
        let given = number.data_type();
        if !is_interval(interval.data_type()) || is_interval(given) {
            return Ok(None);
        }
        let number = match given {
            _ if given.is_integral() => Expr::cast(number.clone(), SqlType::BigInt, CastMode::Ansi),
            _ if given.is_decimal() => number.clone(),
            _ if given.is_numeric() || given.is_string() || *given == SqlType::Void => {
                Expr::cast(number.clone(), SqlType::Double, CastMode::Ansi)
            }
            _ => return Ok(None),
        };
        self.call(name, vec![interval.clone(), number])
    }
}

/// Months later, the day clamped to the month's last.
fn plus_months(days: i32, months: i32) -> Option<i32> {
    let (year, month, day) = civil_from_days(days.into());
    let total = year * 12 + i64::from(month) - 1 + i64::from(months);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
    i32::try_from(days_from_civil(year, month, day.min(days_in_month(year, month)))).ok()
}

/// Months, then days on the calendar, then exact time, on the clock of the zone.
pub fn plus_interval(at: i64, months: i32, days: i64, micros: i64, zone: &Zone) -> Option<i64> {
    let local = zone.to_local(at);
    let (date, time) = (local.div_euclid(MICROS_PER_DAY), local.rem_euclid(MICROS_PER_DAY));
    let date = match months {
        0 => date,
        months => plus_months(i32::try_from(date).ok()?, months)?.into(),
    };
    let local = date.checked_add(days)?.checked_mul(MICROS_PER_DAY)?.checked_add(time)?;
    zone.to_utc(local).checked_add(micros)
}

fn zone_of(data_type: &SqlType, context: &EvalContext) -> Zone {
    match data_type {
        SqlType::Timestamp => Zone::parse_or_utc(&context.time_zone),
        _ => Zone::UTC,
    }
}

fn or_failed<T: Default>(value: Option<T>) -> (T, bool) {
    value.map_or_else(|| (T::default(), true), |value| (value, false))
}

fn date_overflow() -> Error {
    failure::datetime_overflow("add an interval to a date")
}

fn timestamp_overflow() -> Error {
    failure::datetime_overflow("add an interval to a timestamp")
}

fn date_add_days(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let later = |date: i32, micros: i64| {
        or_failed(i32::try_from(micros / MICROS_PER_DAY).ok().and_then(|days| date.checked_add(days)))
    };
    try_binary::<Date32Type, DurationMicrosecondType, Date32Type>(args, on_failure, later, |_, _| date_overflow())
}

fn date_add_months(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let later = |date, months| or_failed(plus_months(date, months));
    try_binary::<Date32Type, IntervalYearMonthType, Date32Type>(args, on_failure, later, |_, _| date_overflow())
}

fn date_add_interval(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let later = |date: i32, interval: IntervalMonthDayNano| {
        let day = || plus_months(date, interval.months)?.checked_add(interval.days);
        or_failed(if interval.nanoseconds == 0 { day() } else { None })
    };
    try_binary::<Date32Type, IntervalMonthDayNanoType, Date32Type>(
        args,
        on_failure,
        later,
        |_, interval| match interval.nanoseconds {
            0 => date_overflow(),
            _ => error!(INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION),
        },
    )
}

fn timestamp_add_months(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let zone = zone_of(&args.types[0], args.context);
    let later = |at, months| or_failed(plus_interval(at, months, 0, 0, &zone));
    try_binary::<TimestampMicrosecondType, IntervalYearMonthType, TimestampMicrosecondType>(
        args,
        on_failure,
        later,
        |_, _| timestamp_overflow(),
    )
}

fn timestamp_add_interval(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    type Timestamp = TimestampMicrosecondType;
    let zone = zone_of(&args.types[0], args.context);
    if args.types[1] == SqlType::CalendarInterval {
        let later = |at, interval: IntervalMonthDayNano| {
            let micros = interval.nanoseconds / NANOS_PER_MICRO;
            or_failed(plus_interval(at, interval.months, interval.days.into(), micros, &zone))
        };
        return try_binary::<Timestamp, IntervalMonthDayNanoType, Timestamp>(args, on_failure, later, |_, _| {
            timestamp_overflow()
        });
    }
    // Without a zone's jumps, days are as long as any.
    if zone == Zone::UTC {
        return try_binary::<Timestamp, DurationMicrosecondType, Timestamp>(
            args,
            on_failure,
            i64::overflowing_add,
            |_, _| timestamp_overflow(),
        );
    }
    let later = |at, span: i64| or_failed(plus_interval(at, 0, span / MICROS_PER_DAY, span % MICROS_PER_DAY, &zone));
    try_binary::<Timestamp, DurationMicrosecondType, Timestamp>(args, on_failure, later, |_, _| timestamp_overflow())
}

fn subtract_dates(args: &KernelArgs<'_>) -> Result<Column> {
    let days = |left: i32, right: i32| (i64::from(left) - i64::from(right)) * MICROS_PER_DAY;
    binary::<Date32Type, Date32Type, DurationMicrosecondType>(args, days)
}

/// The difference of what two clocks of the session's zone show.
fn subtract_timestamps(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    let zone = zone_of(&args.types[0], args.context);
    try_binary::<TimestampMicrosecondType, TimestampMicrosecondType, DurationMicrosecondType>(
        args,
        on_failure,
        |left, right| zone.to_local(left).overflowing_sub(zone.to_local(right)),
        |_, _| failure::interval_overflow("try_subtract"),
    )
}

/// DATE and a small integer.
fn date_and_days(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [date, days] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let required = errors::required_type(&[Param::Date]);
    let date = implicit_cast(date, Param::Date).ok_or_else(|| errors::unexpected_input(name, &args, 0, required))?;
    let required = "(\"INT\" or \"SMALLINT\" or \"TINYINT\")".to_owned();
    let days = implicit_cast(days, Param::Int).ok_or_else(|| errors::unexpected_input(name, &args, 1, required))?;
    Ok(vec![date, days])
}

fn sum_form(_: &'static str, args: &[String]) -> String {
    infix_form("+", args)
}

fn difference_form(_: &'static str, args: &[String]) -> String {
    infix_form("-", args)
}

pub const DATE_ADD: ScalarFunction = ScalarFunction {
    name: "date_add",
    aliases: &["dateadd"],
    signature: Signature::Custom(date_and_days),
    returns: |_| Ok(SqlType::Date),
    kernel: Kernel::Batch(|args| binary::<Date32Type, Int32Type, Date32Type>(args, i32::wrapping_add)),
    doc: Doc {
        usage: "date_add(start_date, num_days) - Returns the date that is `num_days` after `start_date`.",
        since: "1.5.0",
        examples: &[("SELECT date_add('2016-07-30', 1)", "2016-07-31")],
    },
    ..ScalarFunction::DEFAULT
};

pub const DATE_SUB: ScalarFunction = ScalarFunction {
    name: "date_sub",
    aliases: &[],
    signature: Signature::Custom(date_and_days),
    returns: |_| Ok(SqlType::Date),
    kernel: Kernel::Batch(|args| binary::<Date32Type, Int32Type, Date32Type>(args, i32::wrapping_sub)),
    doc: Doc {
        usage: "date_sub(start_date, num_days) - Returns the date that is `num_days` before `start_date`.",
        since: "1.5.0",
        examples: &[("SELECT date_sub('2016-07-30', 1)", "2016-07-29")],
    },
    ..ScalarFunction::DEFAULT
};

pub const SUBTRACT_DATES: ScalarFunction = ScalarFunction {
    name: "subtract_dates",
    signature: Signature::OneOf(&[&[Param::Date, Param::Date]]),
    returns: |_| Ok(SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day)),
    kernel: Kernel::Batch(subtract_dates),
    display: difference_form,
    ..ScalarFunction::DEFAULT
};

/// The result is of the first operand's type; failing rows raise.
const SUM: ScalarFunction = ScalarFunction {
    returns: |types| types.first().cloned().ok_or_else(|| internal!("a sum of nothing")),
    can_fail: CanFail::Always,
    display: sum_form,
    ..ScalarFunction::DEFAULT
};

/// The functions behind an operator, each with its tolerant twin.
macro_rules! with_twin {
    ($($constant:ident, $twin:ident = $name:literal, $signature:expr, $kernel:ident;)*) => {
        $(
            pub const $constant: ScalarFunction = ScalarFunction {
                name: $name,
                signature: $signature,
                kernel: Kernel::Batch(|args| $kernel(args, OnFailure::Raise)),
                ..SUM
            };
            pub const $twin: ScalarFunction = ScalarFunction {
                name: concat!("try_", $name),
                can_fail: CanFail::Never,
                nullability: Nullability::StrictAndMore,
                kernel: Kernel::Batch(|args| $kernel(args, OnFailure::Null)),
                ..$constant
            };
        )*
    };
}

with_twin! {
    DATE_ADD_DAYS, TRY_DATE_ADD_DAYS =
        "date_add_days", Signature::OneOf(&[&[Param::Date, Param::DayTimeInterval]]), date_add_days;
    DATE_ADD_MONTHS, TRY_DATE_ADD_MONTHS =
        "date_add_months", Signature::OneOf(&[&[Param::Date, Param::YearMonthInterval]]), date_add_months;
    DATE_ADD_INTERVAL, TRY_DATE_ADD_INTERVAL =
        "date_add_interval", Signature::OneOf(&[&[Param::Date, Param::AnyInterval]]), date_add_interval;
    TIMESTAMP_ADD_MONTHS, TRY_TIMESTAMP_ADD_MONTHS =
        "timestamp_add_months", Signature::OneOf(&[&[Param::AnyTimestamp, Param::YearMonthInterval]]), timestamp_add_months;
    TIMESTAMP_ADD_INTERVAL, TRY_TIMESTAMP_ADD_INTERVAL =
        "timestamp_add_interval", Signature::OneOf(&[&[Param::AnyTimestamp, Param::AnyInterval]]), timestamp_add_interval;
}

pub const SUBTRACT_TIMESTAMPS: ScalarFunction = ScalarFunction {
    name: "subtract_timestamps",
    signature: Signature::OneOf(&[&[Param::Timestamp, Param::Timestamp], &[Param::TimestampNtz, Param::TimestampNtz]]),
    returns: |_| Ok(SqlType::DAY_TIME),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| subtract_timestamps(args, OnFailure::Raise)),
    display: difference_form,
    ..ScalarFunction::DEFAULT
};

pub const TRY_SUBTRACT_TIMESTAMPS: ScalarFunction = ScalarFunction {
    name: "try_subtract_timestamps",
    can_fail: CanFail::Never,
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| subtract_timestamps(args, OnFailure::Null)),
    ..SUBTRACT_TIMESTAMPS
};

/// Never fails, and is its own twin.
pub const TRY_SUBTRACT_DATES: ScalarFunction = ScalarFunction { name: "try_subtract_dates", ..SUBTRACT_DATES };

pub const ALL: &[ScalarFunction] = &[
    DATE_ADD,
    DATE_SUB,
    SUBTRACT_DATES,
    TRY_SUBTRACT_DATES,
    DATE_ADD_DAYS,
    TRY_DATE_ADD_DAYS,
    DATE_ADD_MONTHS,
    TRY_DATE_ADD_MONTHS,
    DATE_ADD_INTERVAL,
    TRY_DATE_ADD_INTERVAL,
    TIMESTAMP_ADD_MONTHS,
    TRY_TIMESTAMP_ADD_MONTHS,
    TIMESTAMP_ADD_INTERVAL,
    TRY_TIMESTAMP_ADD_INTERVAL,
    SUBTRACT_TIMESTAMPS,
    TRY_SUBTRACT_TIMESTAMPS,
];
