//! `trunc` of dates, `date_trunc` of timestamps; NULL for a unit that is none.

use arrow::datatypes::{Date32Type, TimestampMicrosecondType};
use firesteel_common::SqlType;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, civil_from_days, days_from_civil};
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, number_column};

/// A unit to truncate to.
#[derive(Clone, Copy)]
enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    /// Microseconds of the day or of a part of it.
    Micros(i64),
}

impl Unit {
    fn of_date(name: &str) -> Option<Unit> {
        Some(match name.to_uppercase().as_str() {
            "YEAR" | "YYYY" | "YY" => Unit::Year,
            "QUARTER" => Unit::Quarter,
            "MONTH" | "MON" | "MM" => Unit::Month,
            "WEEK" => Unit::Week,
            _ => return None,
        })
    }

    fn of_timestamp(name: &str) -> Option<Unit> {
        let micros = match name.to_uppercase().as_str() {
            "DAY" | "DD" => MICROS_PER_DAY,
            "HOUR" => 3_600_000_000,
            "MINUTE" => 60_000_000,
            "SECOND" => 1_000_000,
            "MILLISECOND" => 1_000,
            "MICROSECOND" => 1,
            _ => return Unit::of_date(name),
        };
        Some(Unit::Micros(micros))
    }

    fn of_days(self, days: i64) -> i64 {
        let (year, month, _) = civil_from_days(days);
        match self {
            Unit::Year => days_from_civil(year, 1, 1),
            Unit::Quarter => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1),
            Unit::Month => days_from_civil(year, month, 1),
            Unit::Week => days - (days + 3).rem_euclid(7),
            Unit::Micros(_) => days,
        }
    }

    fn of_micros(self, local: i64) -> i64 {
        match self {
            Unit::Micros(unit) => local - local.rem_euclid(unit),
            _ => self.of_days(local.div_euclid(MICROS_PER_DAY)) * MICROS_PER_DAY,
        }
    }
}

pub(super) const TRUNC: ScalarFunction = ScalarFunction {
    name: "trunc",
    signature: Signature::OneOf(&[&[Param::Date, Param::String]]),
    returns: |_| Ok(SqlType::Date),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let (dates, units) = (Numbers::<Date32Type>::of(args, 0)?, Texts::of(args, 1)?);
        number_column::<Date32Type>(args, |row| {
            let unit = Unit::of_date(units.get(row)?)?;
            Some(unit.of_days(dates.get(row)?.into()) as i32)
        })
    }),
    doc: Doc {
        usage: "trunc(date, fmt) - Returns `date` with the time portion of the day truncated to the unit specified by the \
                format model `fmt`.",
        since: "1.5.0",
        examples: &[
            ("SELECT trunc('2019-08-04', 'week')", "2019-07-29"),
            ("SELECT trunc('2019-08-04', 'quarter')", "2019-07-01"),
            ("SELECT trunc('2009-02-12', 'MM')", "2009-02-01"),
            ("SELECT trunc('2015-10-27', 'YEAR')", "2015-01-01"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const DATE_TRUNC: ScalarFunction = ScalarFunction {
    name: "date_trunc",
    signature: Signature::OneOf(&[&[Param::String, Param::Timestamp]]),
    returns: |_| Ok(SqlType::Timestamp),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let zone = Zone::parse_or_utc(&args.context.time_zone);
        let (units, timestamps) = (Texts::of(args, 0)?, Numbers::<TimestampMicrosecondType>::of(args, 1)?);
        number_column::<TimestampMicrosecondType>(args, |row| {
            let unit = Unit::of_timestamp(units.get(row)?)?;
            let local = zone.to_local(timestamps.get(row)?);
            Some(zone.to_utc(unit.of_micros(local)))
        })
    }),
    doc: Doc {
        usage: "date_trunc(fmt, ts) - Returns timestamp `ts` truncated to the unit specified by the format model `fmt`.",
        since: "2.3.0",
        examples: &[
            ("SELECT date_trunc('YEAR', '2015-03-05T09:32:05.359')", "2015-01-01 00:00:00"),
            ("SELECT date_trunc('MM', '2015-03-05T09:32:05.359')", "2015-03-01 00:00:00"),
            ("SELECT date_trunc('DD', '2015-03-05T09:32:05.359')", "2015-03-05 00:00:00"),
            ("SELECT date_trunc('HOUR', '2015-03-05T09:32:05.359')", "2015-03-05 09:00:00"),
            ("SELECT date_trunc('MILLISECOND', '2015-03-05T09:32:05.123456')", "2015-03-05 09:32:05.123"),
        ],
    },
    ..ScalarFunction::DEFAULT
};
