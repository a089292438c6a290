//! Intervals added to, subtracted from and divided by intervals, multiplied and divided by numbers.
//!
//! Year-month intervals are months in 32 bits, day-time intervals microseconds in 64; calendar intervals keep months, days
//! and nanoseconds apart, and each part is computed for itself.

use arrow::array::{ArrowPrimitiveType, AsArray};
use arrow::datatypes::{
    DurationMicrosecondType, Float64Type, Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
    IntervalYearMonthType,
};
use firesteel_common::{Result, SqlType, internal};

use super::decimal;
use super::elementwise::{OnFailure, primitive, settle_failures, try_binary, try_unary, union_nulls};
use super::failure;
use crate::column::Column;
use crate::function::{CanFail, Kernel, KernelArgs, Nullability, ScalarFunction, Signature, infix_form};

type YearMonth = IntervalYearMonthType;
type DayTime = DurationMicrosecondType;
type Calendar = IntervalMonthDayNanoType;

const NANOS_PER_DAY: f64 = 86_400e9;

pub fn add(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, i32::overflowing_add, i64::overflowing_add, "try_add")
}

pub fn subtract(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    sum(args, on_failure, i32::overflowing_sub, i64::overflowing_sub, "try_subtract")
}

fn sum(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    narrow: impl Fn(i32, i32) -> (i32, bool),
    wide: impl Fn(i64, i64) -> (i64, bool),
    try_twin: &'static str,
) -> Result<Column> {
    match &args.types[0] {
        SqlType::YearMonthInterval(..) => {
            try_binary::<YearMonth, YearMonth, YearMonth>(args, on_failure, narrow, |_, _| {
                failure::interval_overflow(try_twin)
            })
        }
        SqlType::DayTimeInterval(..) => {
            try_binary::<DayTime, DayTime, DayTime>(args, on_failure, wide, |_, _| failure::interval_overflow(try_twin))
        }
        SqlType::CalendarInterval => {
            let parts = |left: IntervalMonthDayNano, right: IntervalMonthDayNano| {
                let (months, bad_months) = narrow(left.months, right.months);
                let (days, bad_days) = narrow(left.days, right.days);
                let (nanoseconds, bad_nanoseconds) = wide(left.nanoseconds, right.nanoseconds);
                let sum = IntervalMonthDayNano { months, days, nanoseconds };
                (sum, bad_months || bad_days || bad_nanoseconds)
            };
            try_binary::<Calendar, Calendar, Calendar>(args, on_failure, parts, |_, _| {
                failure::interval_overflow(try_twin)
            })
        }
        other => Err(internal!("{other} is no interval")),
    }
}

/// The minus sign.
pub fn negate(args: &KernelArgs<'_>) -> Result<Column> {
    let raise = OnFailure::Raise;
    match &args.types[0] {
        SqlType::YearMonthInterval(..) => {
            try_unary::<YearMonth, YearMonth>(args, raise, i32::overflowing_neg, |_| failure::interval_overflow(""))
        }
        SqlType::DayTimeInterval(..) => {
            try_unary::<DayTime, DayTime>(args, raise, i64::overflowing_neg, |_| failure::interval_overflow(""))
        }
        SqlType::CalendarInterval => {
            let parts = |interval: IntervalMonthDayNano| {
                let (months, bad_months) = interval.months.overflowing_neg();
                let (days, bad_days) = interval.days.overflowing_neg();
                let (nanoseconds, bad_nanoseconds) = interval.nanoseconds.overflowing_neg();
                (IntervalMonthDayNano { months, days, nanoseconds }, bad_months || bad_days || bad_nanoseconds)
            };
            try_unary::<Calendar, Calendar>(args, raise, parts, |_| failure::interval_overflow(""))
        }
        other => Err(internal!("{other} is no interval")),
    }
}

/// `div`: how often one interval goes into another.
pub fn integral_divide(args: &KernelArgs<'_>, on_failure: OnFailure) -> Result<Column> {
    fn quotient(left: i64, right: i64) -> (i64, bool) {
        left.checked_div(right).map_or((0, true), |quotient| (quotient, false))
    }
    let error = |right: i64| if right == 0 { failure::divide_by_zero() } else { failure::overflow("try_divide") };
    match &args.types[0] {
        SqlType::YearMonthInterval(..) => try_binary::<YearMonth, YearMonth, Int64Type>(
            args,
            on_failure,
            |left, right| quotient(left.into(), right.into()),
            |_, right| error(right.into()),
        ),
        _ => try_binary::<DayTime, DayTime, Int64Type>(args, on_failure, quotient, |_, right| error(right)),
    }
}

/// The number beside an interval.
enum Factor {
    Integer(Vec<i64>),
    Double(Vec<f64>),
    /// Unscaled values and the power of ten they are over.
    Decimal(decimal::Operand, i128),
}

#[derive(Clone, Copy, PartialEq)]
enum Scaling {
    Multiply,
    Divide,
}

impl Factor {
    fn of(column: &Column, data_type: &SqlType) -> Result<Factor> {
        if let SqlType::Decimal { scale, .. } = data_type {
            let unit = decimal::power_of_ten(scale.unsigned_abs().into());
            return Ok(Factor::Decimal(decimal::Operand::of(column)?, unit));
        }
        let flat = column.flat()?;
        Ok(match data_type {
            SqlType::BigInt => Factor::Integer(flat.as_primitive::<Int64Type>().values().to_vec()),
            SqlType::Double => Factor::Double(flat.as_primitive::<Float64Type>().values().to_vec()),
            other => return Err(internal!("an interval scaled by {other}")),
        })
    }

    fn is_zero(&self, at: usize) -> bool {
        match self {
            Factor::Integer(values) => values[at] == 0,
            Factor::Double(values) => values[at] == 0.0,
            Factor::Decimal(values, _) => values.value(at) == 0,
        }
    }

    fn as_f64(&self, at: usize) -> f64 {
        match self {
            Factor::Integer(values) => values[at] as f64,
            Factor::Double(values) => values[at],
            Factor::Decimal(values, unit) => values.value(at) as f64 / *unit as f64,
        }
    }

    /// `value` scaled by the number of row `at`, half away from zero.
    fn scale(&self, value: i64, at: usize, scaling: Scaling) -> Option<i64> {
        let value = i128::from(value);
        match (self, scaling) {
            (Factor::Integer(by), Scaling::Multiply) => i64::try_from(value * i128::from(by[at])).ok(),
            (Factor::Integer(by), Scaling::Divide) => half_up(value, i128::from(by[at])),
            (Factor::Decimal(by, unit), Scaling::Multiply) => half_up(value.checked_mul(by.value(at))?, *unit),
            (Factor::Decimal(by, unit), Scaling::Divide) => half_up(value.checked_mul(*unit)?, by.value(at)),
            (Factor::Double(by), Scaling::Multiply) => rounded(value as f64 * by[at]),
            (Factor::Double(by), Scaling::Divide) => rounded(value as f64 / by[at]),
        }
    }

    /// Months and days are cut to whole ones, what is left of the days becomes time.
    fn scale_calendar(&self, value: IntervalMonthDayNano, at: usize, scaling: Scaling) -> Option<IntervalMonthDayNano> {
        let by = match scaling {
            Scaling::Multiply => self.as_f64(at),
            Scaling::Divide => self.as_f64(at).recip(),
        };
        let (months, days) = (f64::from(value.months) * by, f64::from(value.days) * by);
        let nanoseconds = value.nanoseconds as f64 * by + (days - days.trunc()) * NANOS_PER_DAY;
        Some(IntervalMonthDayNano {
            months: i32::try_from(rounded(months.trunc())?).ok()?,
            days: i32::try_from(rounded(days.trunc())?).ok()?,
            // Microseconds are the finest there is.
            nanoseconds: rounded((nanoseconds / 1e3).round() * 1e3)?,
        })
    }
}

fn half_up(numerator: i128, denominator: i128) -> Option<i64> {
    let (quotient, rest) = (numerator.checked_div(denominator)?, numerator.checked_rem(denominator)?);
    let away = rest.unsigned_abs() >= denominator.unsigned_abs() - rest.unsigned_abs();
    let sign = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    i64::try_from(if away { quotient + sign } else { quotient }).ok()
}

fn rounded(value: f64) -> Option<i64> {
    let value = value.round();
    // 2^63 itself is no i64.
    (value >= -(2f64.powi(63)) && value < 2f64.powi(63)).then_some(value as i64)
}

fn scaled(args: &KernelArgs<'_>, on_failure: OnFailure, scaling: Scaling) -> Result<Column> {
    let by = Factor::of(&args.columns[1], &args.types[1])?;
    match &args.types[0] {
        SqlType::YearMonthInterval(..) => scaled_rows::<YearMonth>(args, on_failure, scaling, &by, |value, at| {
            i32::try_from(by.scale(value.into(), at, scaling)?).ok()
        }),
        SqlType::DayTimeInterval(..) => {
            scaled_rows::<DayTime>(args, on_failure, scaling, &by, |value, at| by.scale(value, at, scaling))
        }
        _ => scaled_rows::<Calendar>(args, on_failure, scaling, &by, |value, at| by.scale_calendar(value, at, scaling)),
    }
}

fn scaled_rows<T: ArrowPrimitiveType>(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    scaling: Scaling,
    by: &Factor,
    operation: impl Fn(T::Native, usize) -> Option<T::Native>,
) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let intervals = flat.as_primitive::<T>().values();
    let value = |at: usize| {
        let divides_by_zero = scaling == Scaling::Divide && by.is_zero(at);
        if divides_by_zero { None } else { operation(intervals[at], at) }
    };
    let error = |at: usize| match scaling {
        Scaling::Divide if by.is_zero(at) => failure::interval_divided_by_zero(),
        Scaling::Divide => failure::interval_overflow("try_divide"),
        Scaling::Multiply => failure::interval_overflow("try_multiply"),
    };
    let mut nulls = union_nulls(args.columns);
    let mut failed = false;
    let values = (0..args.rows).map(|at| {
        let value = value(at);
        failed |= value.is_none();
        value.unwrap_or_default()
    });
    let values = values.collect();
    if failed {
        nulls = settle_failures(args.rows, nulls, on_failure, |at| value(at).is_none(), error)?;
    }
    Ok(primitive::<T>(values, nulls, args.return_type))
}

/// Any part of an interval times a number is an interval of all fields.
fn scaled_type(types: &[SqlType]) -> Result<SqlType> {
    Ok(match &types[0] {
        SqlType::YearMonthInterval(..) => SqlType::YEAR_MONTH,
        SqlType::DayTimeInterval(..) => SqlType::DAY_TIME,
        other => other.clone(),
    })
}

const SCALED: ScalarFunction = ScalarFunction {
    // Only made by `datetime::resolve`, which casts.
    signature: Signature::Custom(|_, args| Ok(args)),
    returns: scaled_type,
    can_fail: CanFail::Always,
    display: |_, args| infix_form("*", args),
    ..ScalarFunction::DEFAULT
};

pub const MULTIPLY: ScalarFunction = ScalarFunction {
    name: "interval_multiply",
    kernel: Kernel::Batch(|args| scaled(args, OnFailure::Raise, Scaling::Multiply)),
    ..SCALED
};

pub const DIVIDE: ScalarFunction = ScalarFunction {
    name: "interval_divide",
    kernel: Kernel::Batch(|args| scaled(args, OnFailure::Raise, Scaling::Divide)),
    display: |_, args| infix_form("/", args),
    ..SCALED
};

pub const TRY_MULTIPLY: ScalarFunction = ScalarFunction {
    name: "try_interval_multiply",
    can_fail: CanFail::Never,
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| scaled(args, OnFailure::Null, Scaling::Multiply)),
    ..SCALED
};

pub const TRY_DIVIDE: ScalarFunction = ScalarFunction {
    name: "try_interval_divide",
    can_fail: CanFail::Never,
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| scaled(args, OnFailure::Null, Scaling::Divide)),
    display: |_, args| infix_form("/", args),
    ..SCALED
};

pub const ALL: &[ScalarFunction] = &[MULTIPLY, DIVIDE, TRY_MULTIPLY, TRY_DIVIDE];
