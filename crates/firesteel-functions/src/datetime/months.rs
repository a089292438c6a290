//! `add_months`, `months_between`, `last_day`.

use arrow::array::AsArray;
use arrow::datatypes::{Date32Type, Float64Type, Int32Type, TimestampMicrosecondType};
use firesteel_common::{Error, SqlType, error};
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, civil_from_days, days_from_civil, days_in_month};
use firesteel_expr::function::{CanFail, Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::unary;

use crate::rows::{Numbers, number_column, try_number_column};

/// So many months later, on the month's last day when it has no such day.
pub(super) fn plus_months(days: i32, months: i32) -> Option<i32> {
    let (year, month, day) = civil_from_days(days.into());
    let total = year * 12 + i64::from(month) - 1 + i64::from(months);
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) as u32 + 1);
    days_from_civil(year, month, day.min(days_in_month(year, month))).try_into().ok()
}

pub(super) const ADD_MONTHS: ScalarFunction = ScalarFunction {
    name: "add_months",
    signature: Signature::OneOf(&[&[Param::Date, Param::Int]]),
    returns: |_| Ok(SqlType::Date),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (dates, months) = (Numbers::<Date32Type>::of(args, 0)?, Numbers::<Int32Type>::of(args, 1)?);
        try_number_column::<Date32Type>(args, |row| match (dates.get(row), months.get(row)) {
            (Some(date), Some(months)) => plus_months(date, months).map(Some).ok_or_else(overflow),
            _ => Ok(None),
        })
    }),
    doc: Doc {
        usage: "add_months(start_date, num_months) - Returns the date that is `num_months` after `start_date`.",
        since: "1.5.0",
        examples: &[("SELECT add_months('2016-08-31', 1)", "2016-09-30")],
    },
    ..ScalarFunction::DEFAULT
};

fn overflow() -> Error {
    error!(DATETIME_OVERFLOW, operation = "add months to a date")
}

pub(super) const LAST_DAY: ScalarFunction = ScalarFunction {
    name: "last_day",
    signature: Signature::OneOf(&[&[Param::Date]]),
    returns: |_| Ok(SqlType::Date),
    kernel: Kernel::Batch(|args| {
        unary::<Date32Type, Date32Type>(args, |days| {
            let (year, month, day) = civil_from_days(days.into());
            days.wrapping_add((days_in_month(year, month) - day) as i32)
        })
    }),
    doc: Doc {
        usage: "last_day(date) - Returns the last day of the month which the date belongs to.",
        since: "1.5.0",
        examples: &[("SELECT last_day('2009-01-12')", "2009-01-31")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const MONTHS_BETWEEN: ScalarFunction = ScalarFunction {
    name: "months_between",
    signature: Signature::OneOf(&[
        &[Param::Timestamp, Param::Timestamp],
        &[Param::Timestamp, Param::Timestamp, Param::Boolean],
    ]),
    returns: |_| Ok(SqlType::Double),
    kernel: Kernel::Batch(|args| {
        let zone = Zone::parse_or_utc(&args.context.time_zone);
        let [first, second] = [0, 1].map(|at| Numbers::<TimestampMicrosecondType>::of(args, at));
        let (first, second) = (first?, second?);
        let rounds = match args.columns.get(2) {
            Some(flags) => Some(flags.flat()?),
            None => None,
        };
        number_column::<Float64Type>(args, |row| {
            let round = rounds.as_ref().is_none_or(|flags| flags.as_boolean().value(row));
            let months = between(zone.to_local(first.get(row)?), zone.to_local(second.get(row)?));
            Some(if round { (months * 1e8).round() / 1e8 } else { months })
        })
    }),
    doc: Doc {
        usage: "months_between(timestamp1, timestamp2[, roundOff]) - Returns the months between two timestamps, positive \
                if `timestamp1` is later. On the same day of month, or both on the last one, the time of day is ignored; \
                otherwise a month has 31 days. Rounded to 8 digits unless roundOff=false.",
        since: "1.5.0",
        examples: &[
            ("SELECT months_between('1997-02-28 10:30:00', '1996-10-30')", "3.94959677"),
            ("SELECT months_between('1997-02-28 10:30:00', '1996-10-30', false)", "3.9495967741935485"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn between(first: i64, second: i64) -> f64 {
    const SECONDS_PER_MONTH: f64 = 31.0 * 86_400.0;
    let (year1, month1, day1) = civil_from_days(first.div_euclid(MICROS_PER_DAY));
    let (year2, month2, day2) = civil_from_days(second.div_euclid(MICROS_PER_DAY));
    let months = ((year1 - year2) * 12 + i64::from(month1) - i64::from(month2)) as f64;
    let both_last = day1 == days_in_month(year1, month1) && day2 == days_in_month(year2, month2);
    if day1 == day2 || both_last {
        return months;
    }
    let seconds = |micros: i64| micros.rem_euclid(MICROS_PER_DAY) / 1_000_000;
    let rest = (i64::from(day1) - i64::from(day2)) * 86_400 + seconds(first) - seconds(second);
    months + rest as f64 / SECONDS_PER_MONTH
}
