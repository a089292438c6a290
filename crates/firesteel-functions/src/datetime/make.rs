//! Dates and timestamps made of their fields: `make_date`, `make_timestamp` and its kin.

use arrow::datatypes::{Date32Type, Decimal128Type, Int32Type, Time64NanosecondType, TimestampMicrosecondType};
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, days_from_civil, days_in_month};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use super::zones;
use crate::rows::{Numbers, Texts, optional, text_column, try_number_column};

pub(super) const MAKE_DATE: ScalarFunction = ScalarFunction {
    name: "make_date",
    signature: Signature::OneOf(&[&[Param::Int, Param::Int, Param::Int]]),
    returns: |_| Ok(SqlType::Date),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let fields = Fields::of(args, 3)?;
        try_number_column::<Date32Type>(args, |row| match fields.get(row) {
            Some([year, month, day, ..]) => Ok(Some(date(year, month, day)? as i32)),
            None => Ok(None),
        })
    }),
    doc: Doc {
        usage: "make_date(year, month, day) - Create date from year, month and day fields.",
        since: "3.0.0",
        examples: &[("SELECT make_date(2013, 7, 15)", "2013-07-15"), ("SELECT make_date(2019, 7, NULL)", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

/// Up to five fields, as INT.
struct Fields(Vec<Numbers<Int32Type>>);

impl Fields {
    fn of(args: &KernelArgs<'_>, count: usize) -> Result<Fields> {
        (0..count).map(|at| Numbers::of(args, at)).collect::<Result<_>>().map(Fields)
    }

    fn get(&self, row: usize) -> Option<[i64; 5]> {
        let mut fields = [0; 5];
        for (field, numbers) in fields.iter_mut().zip(&self.0) {
            *field = numbers.get(row)?.into();
        }
        Some(fields)
    }
}

fn out_of_bounds(message: String) -> Error {
    error!(DATETIME_FIELD_OUT_OF_BOUNDS, rangeMessage = message)
}

fn in_range(field: &str, value: i64, from: i64, to: i64, shown: &str) -> Result<()> {
    match (from..=to).contains(&value) {
        true => Ok(()),
        false => Err(out_of_bounds(format!("Invalid value for {field} (valid values {shown}): {value}"))),
    }
}

/// Days since 1970-01-01.
fn date(year: i64, month: i64, day: i64) -> Result<i64> {
    in_range("MonthOfYear", month, 1, 12, "1 - 12")?;
    in_range("DayOfMonth", day, 1, 31, "1 - 28/31")?;
    if day > days_in_month(year, month as u32).into() {
        return Err(out_of_bounds(match (month, day) {
            (2, 29) => format!("Invalid date 'February 29' as '{year}' is not a leap year"),
            _ => format!("Invalid date '{} {day}'", short_month(month)),
        }));
    }
    Ok(days_from_civil(year, month as u32, day as u32))
}

/// Of a month that has less than 31 days.
fn short_month(month: i64) -> &'static str {
    match month {
        2 => "FEBRUARY",
        4 => "APRIL",
        6 => "JUNE",
        9 => "SEPTEMBER",
        _ => "NOVEMBER",
    }
}

/// Microseconds of the wall clock; the 60th second is the next minute's first.
fn clock([year, month, day, hour, minute]: [i64; 5], seconds: i64) -> Result<i64> {
    let days = date(year, month, day)?;
    in_range("HourOfDay", hour, 0, 23, "0 - 23")?;
    in_range("MinuteOfHour", minute, 0, 59, "0 - 59")?;
    match seconds.div_euclid(1_000_000) {
        60 if seconds > 60_000_000 => {
            let shown = firesteel_expr::cast::to_string::format_double(seconds as f64 / 1e6);
            return Err(error!(INVALID_FRACTION_OF_SECOND, secAndMicros = shown));
        }
        60 => {}
        whole => in_range("SecondOfMinute", whole, 0, 59, "0 - 59")?,
    }
    Ok(days * MICROS_PER_DAY + (hour * 60 + minute) * 60_000_000 + seconds)
}

/// `(year, month, day, hour, minute, second[, zone])` or `(date[, time[, zone]])`.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    const FIELDS: Signature = Signature::OneOf(&[
        &[Param::Int, Param::Int, Param::Int, Param::Int, Param::Int, Param::Decimal],
        &[Param::Int, Param::Int, Param::Int, Param::Int, Param::Int, Param::Decimal, Param::String],
    ]);
    let (most, with_zone) = if name.ends_with("_ntz") { (6, 0) } else { (7, 1) };
    let mut args = args;
    match args.len() {
        count if (6..=most).contains(&count) => {
            args = signature::apply(name, FIELDS, args)?;
            args[5] = Expr::cast(args[5].clone(), SqlType::decimal(16, 6), CastMode::Ansi);
            Ok(args)
        }
        count if (1..=2 + with_zone).contains(&count) => {
            let time = SqlType::Time(6);
            let wanted = [SqlType::Date, time, SqlType::STRING];
            for (at, to) in wanted.iter().enumerate().take(count) {
                let from = args[at].data_type();
                let fits = from == to
                    || *from == SqlType::Void
                    || from.is_string()
                    || (at == 1 && matches!(from, SqlType::Time(_)));
                let fits = fits || (at == 0 && from.is_datetime());
                if !fits {
                    return Err(errors::unexpected_input(name, &args, at, to.quoted_sql()));
                }
                args[at] = Expr::cast(args[at].clone(), to.clone(), CastMode::Ansi);
            }
            Ok(args)
        }
        count => {
            let expected = if with_zone == 1 { "[1, 2, 3, 6, 7]" } else { "[1, 2, 6]" };
            Err(errors::wrong_num_args(name, expected, count))
        }
    }
}

/// Each row's wall clock, and the text of its zone if one is given.
fn clocks(
    args: &KernelArgs<'_>,
    row: impl FnMut(i64, Option<&str>) -> Result<i64>,
    on_failure: CastMode,
) -> Result<Column> {
    let mut row = row;
    let settle = |result: Result<i64>| match (result, on_failure) {
        (Ok(micros), _) => Ok(Some(micros)),
        (Err(_), CastMode::Try) => Ok(None),
        (Err(error), _) => Err(error),
    };
    if args.types[0] == SqlType::Date {
        let dates = Numbers::<Date32Type>::of(args, 0)?;
        let times = optional(args, 1, Numbers::<Time64NanosecondType>::of)?;
        let zones = optional(args, 2, Texts::of)?;
        return try_number_column::<TimestampMicrosecondType>(args, |at| {
            let time = times.as_ref().map_or(Some(0), |times| times.get(at));
            let (Some(date), Some(time)) = (dates.get(at), time) else { return Ok(None) };
            let zone = zones.as_ref().map(|zones| zones.get(at));
            let Some(zone) = zone.map_or(Some(None), |zone| zone.map(Some)) else { return Ok(None) };
            settle(row(i64::from(date) * MICROS_PER_DAY + time / 1_000, zone))
        });
    }
    let fields = Fields::of(args, 5)?;
    let seconds = Numbers::<Decimal128Type>::of(args, 5)?;
    let zones = optional(args, 6, Texts::of)?;
    try_number_column::<TimestampMicrosecondType>(args, |at| {
        let (Some(fields), Some(seconds)) = (fields.get(at), seconds.get(at)) else { return Ok(None) };
        let zone = zones.as_ref().map(|zones| zones.get(at));
        let Some(zone) = zone.map_or(Some(None), |zone| zone.map(Some)) else { return Ok(None) };
        settle(clock(fields, seconds as i64).and_then(|local| row(local, zone)))
    })
}

fn instants(args: &KernelArgs<'_>, on_failure: CastMode) -> Result<Column> {
    let session = Zone::parse_or_utc(&args.context.time_zone);
    let to_instant = |local: i64, zone: Option<&str>| match zone {
        Some(zone) => Ok(zones::parse(zone)?.to_utc(local)),
        None => Ok(session.to_utc(local)),
    };
    clocks(args, to_instant, on_failure)
}

pub(super) const MAKE_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "make_timestamp",
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::Timestamp),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| instants(args, CastMode::Ansi)),
    doc: Doc {
        usage: "make_timestamp(year, month, day, hour, min, sec[, timezone]) - Create the current timestamp with local time \
                zone from year, month, day, hour, min, sec and timezone fields. make_timestamp(date[, time[, timezone]]) - \
                Create timestamp from date and time fields.",
        since: "3.0.0",
        examples: &[
            ("SELECT make_timestamp(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887"),
            ("SELECT make_timestamp(2019, 6, 30, 23, 59, 60)", "2019-07-01 00:00:00"),
            ("SELECT make_timestamp(null, 7, 22, 15, 30, 0)", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const MAKE_TIMESTAMP_LTZ: ScalarFunction = ScalarFunction {
    name: "make_timestamp_ltz",
    doc: Doc {
        usage: "make_timestamp_ltz(year, month, day, hour, min, sec[, timezone]) - Create the current timestamp with local \
                time zone from year, month, day, hour, min, sec and timezone fields.",
        since: "3.4.0",
        examples: &[("SELECT make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887")],
    },
    ..MAKE_TIMESTAMP
};

pub(super) const MAKE_TIMESTAMP_NTZ: ScalarFunction = ScalarFunction {
    name: "make_timestamp_ntz",
    returns: |_| Ok(SqlType::TimestampNtz),
    kernel: Kernel::Batch(|args| clocks(args, |local, _| Ok(local), CastMode::Ansi)),
    doc: Doc {
        usage: "make_timestamp_ntz(year, month, day, hour, min, sec) - Create local date-time from year, month, day, hour, \
                min, sec fields.",
        since: "3.4.0",
        examples: &[("SELECT make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887")],
    },
    ..MAKE_TIMESTAMP
};

const TRY: ScalarFunction = ScalarFunction {
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Never,
    kernel: Kernel::Batch(|args| instants(args, CastMode::Try)),
    ..MAKE_TIMESTAMP
};

pub(super) const TRY_MAKE_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "try_make_timestamp",
    doc: Doc {
        usage: "try_make_timestamp(year, month, day, hour, min, sec[, timezone]) - As make_timestamp, but NULL on invalid \
                inputs.",
        since: "4.0.0",
        examples: &[
            ("SELECT try_make_timestamp(2014, 12, 28, 6, 30, 45.887)", "2014-12-28 06:30:45.887"),
            ("SELECT try_make_timestamp(2024, 13, 22, 15, 30, 0)", "NULL"),
        ],
    },
    ..TRY
};

pub(super) const TRY_MAKE_TIMESTAMP_LTZ: ScalarFunction = ScalarFunction {
    name: "try_make_timestamp_ltz",
    doc: Doc {
        usage: "try_make_timestamp_ltz(year, month, day, hour, min, sec[, timezone]) - As make_timestamp_ltz, but NULL on \
                invalid inputs.",
        since: "4.0.0",
        examples: &[("SELECT try_make_timestamp_ltz(2024, 13, 22, 15, 30, 0)", "NULL")],
    },
    ..TRY
};

pub(super) const TRY_MAKE_TIMESTAMP_NTZ: ScalarFunction = ScalarFunction {
    name: "try_make_timestamp_ntz",
    returns: |_| Ok(SqlType::TimestampNtz),
    kernel: Kernel::Batch(|args| clocks(args, |local, _| Ok(local), CastMode::Try)),
    doc: Doc {
        usage: "try_make_timestamp_ntz(year, month, day, hour, min, sec) - As make_timestamp_ntz, but NULL on invalid inputs.",
        since: "4.0.0",
        examples: &[("SELECT try_make_timestamp_ntz(2024, 13, 22, 15, 30, 0)", "NULL")],
    },
    ..TRY
};

/// A name from a list by a number, for `dayname` and `monthname`.
const fn name_of(name: &'static str, doc: Doc, kernel: fn(&KernelArgs<'_>) -> Result<Column>) -> ScalarFunction {
    ScalarFunction {
        name,
        signature: Signature::OneOf(&[&[Param::Date]]),
        returns: |_| Ok(SqlType::STRING),
        kernel: Kernel::Batch(kernel),
        doc,
        ..ScalarFunction::DEFAULT
    }
}

pub(super) const DAYNAME: ScalarFunction = name_of(
    "dayname",
    Doc {
        usage: "dayname(date) - Returns the three-letter abbreviated day name from the given date.",
        since: "4.0.0",
        examples: &[("SELECT dayname(DATE('2008-02-20'))", "Wed")],
    },
    |args| {
        const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        let dates = Numbers::<Date32Type>::of(args, 0)?;
        text_column(args, |row| Some(NAMES[(i64::from(dates.get(row)?) + 3).rem_euclid(7) as usize]))
    },
);

pub(super) const MONTHNAME: ScalarFunction = name_of(
    "monthname",
    Doc {
        usage: "monthname(date) - Returns the three-letter abbreviated month name from the given date.",
        since: "4.0.0",
        examples: &[("SELECT monthname('2008-02-20')", "Feb")],
    },
    |args| {
        const NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let dates = Numbers::<Date32Type>::of(args, 0)?;
        let month = |days: i32| firesteel_expr::cast::datetime::civil_from_days(days.into()).1 as usize;
        text_column(args, |row| Some(NAMES[month(dates.get(row)?) - 1]))
    },
);
