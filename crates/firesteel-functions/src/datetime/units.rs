//! `timestampadd`, `timestampdiff`, `time_bucket`: timestamps counted in units.

use arrow::datatypes::{DurationMicrosecondType, Int64Type, IntervalYearMonthType, TimestampMicrosecondType};
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, civil_from_days, format_timestamp};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::operators::failure;

use super::fields::zone_of;
use super::months::plus_months;
use crate::rows::{Numbers, Texts, optional, try_number_column};

#[derive(Clone, Copy)]
enum Unit {
    /// Of the clock: so many microseconds, whatever the zone.
    Micros(i64),
    Days(i64),
    Months(i64),
}

impl Unit {
    fn of(function: &str, name: &str) -> Result<Unit> {
        Ok(match name.to_uppercase().as_str() {
            "MICROSECOND" => Unit::Micros(1),
            "MILLISECOND" => Unit::Micros(1_000),
            "SECOND" => Unit::Micros(1_000_000),
            "MINUTE" => Unit::Micros(60_000_000),
            "HOUR" => Unit::Micros(3_600_000_000),
            "DAY" | "DAYOFYEAR" => Unit::Days(1),
            "WEEK" => Unit::Days(7),
            "MONTH" => Unit::Months(1),
            "QUARTER" => Unit::Months(3),
            "YEAR" => Unit::Months(12),
            _ => bail!(
                INVALID_PARAMETER_VALUE_DATETIME_UNIT,
                functionName = format!("`{function}`"),
                parameter = "`unit`",
                invalidValue = format!("'{name}'")
            ),
        })
    }
}

/// A wall clock so many months later, on the month's last day when it has no such day.
fn add_months(local: i64, months: i64) -> Option<i64> {
    let days = i32::try_from(local.div_euclid(MICROS_PER_DAY)).ok()?;
    let days = plus_months(days, i32::try_from(months).ok()?)?;
    i64::from(days).checked_mul(MICROS_PER_DAY)?.checked_add(local.rem_euclid(MICROS_PER_DAY))
}

pub(super) const TIMESTAMPADD: ScalarFunction = ScalarFunction {
    name: "timestampadd",
    signature: Signature::OneOf(&[&[Param::String, Param::BigInt, Param::AnyTimestamp]]),
    returns: |types| Ok(types[2].clone()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(add),
    doc: Doc {
        usage: "timestampadd(unit, quantity, timestamp) - Adds the quantity of units (MICROSECOND to YEAR) to the timestamp.",
        since: "3.3.0",
        examples: &[
            ("SELECT timestampadd(HOUR, 8, timestamp_ntz'2022-02-11 20:30:00')", "2022-02-12 04:30:00"),
            ("SELECT timestampadd(MONTH, 1, timestamp_ntz'2022-01-31 00:00:00')", "2022-02-28 00:00:00"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn add(args: &KernelArgs<'_>) -> Result<Column> {
    let zone = zone_of(args, 2);
    let (units, quantities) = (Texts::of(args, 0)?, Numbers::<Int64Type>::of(args, 1)?);
    let timestamps = Numbers::<TimestampMicrosecondType>::of(args, 2)?;
    try_number_column::<TimestampMicrosecondType>(args, |row| {
        let (Some(name), Some(quantity), Some(instant)) = (units.get(row), quantities.get(row), timestamps.get(row))
        else {
            return Ok(None);
        };
        let sum = match Unit::of("timestampadd", name)? {
            Unit::Micros(unit) => quantity.checked_mul(unit).and_then(|micros| instant.checked_add(micros)),
            Unit::Days(unit) => quantity
                .checked_mul(unit * MICROS_PER_DAY)
                .and_then(|micros| zone.to_local(instant).checked_add(micros))
                .map(|local| zone.to_utc(local)),
            Unit::Months(unit) => quantity
                .checked_mul(unit)
                .and_then(|months| add_months(zone.to_local(instant), months))
                .map(|local| zone.to_utc(local)),
        };
        sum.map(Some).ok_or_else(|| {
            let timestamp = format_timestamp(instant, &zone);
            failure::datetime_overflow(format!("add {quantity} {name} to TIMESTAMP '{timestamp}'"))
        })
    })
}

pub(super) const TIMESTAMPDIFF: ScalarFunction = ScalarFunction {
    name: "timestampdiff",
    signature: Signature::OneOf(&[&[Param::String, Param::Timestamp, Param::Timestamp]]),
    returns: |_| Ok(SqlType::BigInt),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(difference),
    doc: Doc {
        usage: "timestampdiff(unit, start, end) - Returns the number of whole units (MICROSECOND to YEAR) from start to end.",
        since: "3.3.0",
        examples: &[
            ("SELECT timestampdiff(HOUR, timestamp'2022-02-11 20:30:00', timestamp'2022-02-12 04:30:00')", "8"),
            ("SELECT timestampdiff(MONTH, timestamp'2022-01-31 00:00:00', timestamp'2022-02-28 00:00:00')", "0"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn difference(args: &KernelArgs<'_>) -> Result<Column> {
    let zone = zone_of(args, 1);
    let units = Texts::of(args, 0)?;
    let [starts, ends] = [1, 2].map(|at| Numbers::<TimestampMicrosecondType>::of(args, at));
    let (starts, ends) = (starts?, ends?);
    try_number_column::<Int64Type>(args, |row| {
        let (Some(name), Some(start), Some(end)) = (units.get(row), starts.get(row), ends.get(row)) else {
            return Ok(None);
        };
        // What the clocks on the wall say.
        let (start, end) = (zone.to_local(start), zone.to_local(end));
        let micros = |unit: i64| end.checked_sub(start).map(|micros| micros / unit);
        let whole = match Unit::of("timestampdiff", name)? {
            Unit::Micros(unit) => micros(unit),
            Unit::Days(unit) => micros(unit * MICROS_PER_DAY),
            Unit::Months(unit) => Some(months_between(start, end) / unit),
        };
        whole.map(Some).ok_or_else(|| failure::datetime_overflow("the difference of two timestamps"))
    })
}

/// Whole months.
fn months_between(start: i64, end: i64) -> i64 {
    let within = |local: i64| {
        let (year, month, day) = civil_from_days(local.div_euclid(MICROS_PER_DAY));
        (year * 12 + i64::from(month), (day, local.rem_euclid(MICROS_PER_DAY)))
    };
    let ((start_month, start_rest), (end_month, end_rest)) = (within(start), within(end));
    let months = end_month - start_month;
    match months {
        1.. if end_rest < start_rest => months - 1,
        ..=-1 if end_rest > start_rest => months + 1,
        _ => months,
    }
}

pub(super) const TIME_BUCKET: ScalarFunction = ScalarFunction {
    name: "time_bucket",
    signature: Signature::OneOf(&[
        &[Param::DayTimeInterval, Param::AnyTimestamp],
        &[Param::DayTimeInterval, Param::AnyTimestamp, Param::AnyTimestamp],
        &[Param::YearMonthInterval, Param::AnyTimestamp],
        &[Param::YearMonthInterval, Param::AnyTimestamp, Param::AnyTimestamp],
    ]),
    returns: |types| Ok(types[1].clone()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(bucket),
    doc: Doc {
        usage: "time_bucket(bucketSize, ts[, origin]) - Returns the start of the bucket that `ts` falls into; buckets are as \
                long as the interval and begin at `origin`, 1970-01-01 00:00:00 if it is missing. Buckets of months and of \
                days begin by the clock of the session's time zone.",
        since: "4.2.0",
        examples: &[(
            "SELECT time_bucket(INTERVAL '15' MINUTE, timestamp_ntz'2024-03-07 10:37:12')",
            "2024-03-07 10:30:00",
        )],
    },
    ..ScalarFunction::DEFAULT
};

fn bucket(args: &KernelArgs<'_>) -> Result<Column> {
    let zone = zone_of(args, 1);
    let months = match args.types[0] {
        SqlType::YearMonthInterval(..) => Some(Numbers::<IntervalYearMonthType>::of(args, 0)?),
        _ => None,
    };
    let micros = if months.is_none() { Some(Numbers::<DurationMicrosecondType>::of(args, 0)?) } else { None };
    let timestamps = Numbers::<TimestampMicrosecondType>::of(args, 1)?;
    let origins = optional(args, 2, Numbers::<TimestampMicrosecondType>::of)?;
    try_number_column::<TimestampMicrosecondType>(args, |row| {
        let size = match (&months, &micros) {
            (Some(months), _) => months.get(row).map(i64::from),
            (_, Some(micros)) => micros.get(row),
            _ => None,
        };
        // Without an origin that of the local clock.
        let origin = origins.as_ref().map_or(Some(zone.to_utc(0)), |origins| origins.get(row));
        let (Some(size), Some(instant), Some(origin)) = (size, timestamps.get(row), origin) else { return Ok(None) };
        if size <= 0 {
            return Err(error!(
                INVALID_PARAMETER_VALUE_BUCKET,
                functionName = "`time_bucket`",
                parameter = "`bucketSize`"
            ));
        }
        let (local, start) = (zone.to_local(instant), zone.to_local(origin));
        if months.is_some() {
            let number = |from: i64, to: i64| months_between(from, to).div_euclid(size);
            let mut at = number(start, local);
            // Rounding towards the origin leaves what is before it a bucket too late.
            while add_months(start, at * size).is_some_and(|begin| begin > local) {
                at -= 1;
            }
            let begin = add_months(start, at * size).ok_or_else(|| failure::datetime_overflow("time_bucket"))?;
            return Ok(Some(zone.to_utc(begin)));
        }
        if size % MICROS_PER_DAY == 0 {
            return Ok(Some(zone.to_utc(local - (local - start).rem_euclid(size))));
        }
        Ok(Some(instant - (instant - origin).rem_euclid(size)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months() {
        let day = |days: i64| days * MICROS_PER_DAY;
        // 1970-01-31 and 1970-02-28, either way.
        assert_eq!(months_between(day(30), day(58)), 0);
        assert_eq!(months_between(day(58), day(30)), 0);
        assert_eq!(months_between(day(0), day(31)), 1);
        assert_eq!(months_between(day(31), day(0)), -1);
        assert_eq!(add_months(day(30), 1), Some(day(58)));
    }
}
