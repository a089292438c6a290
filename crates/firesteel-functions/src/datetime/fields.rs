//! Fields of dates and of the time of day.

use arrow::datatypes::{Date32Type, Int32Type, Time64NanosecondType, TimestampMicrosecondType};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, civil_from_days, days_from_civil};
use firesteel_expr::coerce::signature;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::unary;

const OF_DATE: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Date]]),
    returns: |_| Ok(SqlType::Int),
    ..ScalarFunction::DEFAULT
};

/// A field of a date, from its days since 1970-01-01.
macro_rules! of_date {
    ($constant:ident, $name:literal, $aliases:expr, $field:expr, $usage:literal, $since:literal, $examples:expr) => {
        pub(super) const $constant: ScalarFunction = ScalarFunction {
            name: $name,
            aliases: &$aliases,
            kernel: Kernel::Batch(|args| {
                let field: fn(i64) -> i32 = $field;
                unary::<Date32Type, Int32Type>(args, |days| field(days.into()))
            }),
            doc: Doc { usage: $usage, since: $since, examples: &$examples },
            ..OF_DATE
        };
    };
}

of_date!(
    YEAR,
    "year",
    [],
    |days| civil_from_days(days).0 as i32,
    "year(date) - Returns the year component of the date/timestamp.",
    "1.5.0",
    [("SELECT year('2016-07-30')", "2016")]
);
of_date!(
    QUARTER,
    "quarter",
    [],
    |days| (civil_from_days(days).1 as i32 + 2) / 3,
    "quarter(date) - Returns the quarter of the year for date, in the range 1 to 4.",
    "1.5.0",
    [("SELECT quarter('2016-08-31')", "3")]
);
of_date!(
    MONTH,
    "month",
    [],
    |days| civil_from_days(days).1 as i32,
    "month(date) - Returns the month component of the date/timestamp.",
    "1.5.0",
    [("SELECT month('2016-07-30')", "7")]
);
of_date!(
    DAY,
    "day",
    ["dayofmonth"],
    |days| civil_from_days(days).2 as i32,
    "day(date) - Returns the day of month of the date/timestamp.",
    "1.5.0",
    [("SELECT day('2009-07-30')", "30")]
);
of_date!(
    DAYOFWEEK,
    "dayofweek",
    [],
    |days| (days + 4).rem_euclid(7) as i32 + 1,
    "dayofweek(date) - Returns the day of the week for date/timestamp (1 = Sunday, 2 = Monday, ..., 7 = Saturday).",
    "2.3.0",
    [("SELECT dayofweek('2009-07-30')", "5")]
);
of_date!(
    WEEKDAY,
    "weekday",
    [],
    |days| (days + 3).rem_euclid(7) as i32,
    "weekday(date) - Returns the day of the week for date/timestamp (0 = Monday, 1 = Tuesday, ..., 6 = Sunday).",
    "2.4.0",
    [("SELECT weekday('2009-07-30')", "3")]
);
of_date!(
    DAYOFYEAR,
    "dayofyear",
    [],
    day_of_year,
    "dayofyear(date) - Returns the day of year of the date/timestamp.",
    "1.5.0",
    [("SELECT dayofyear('2016-04-09')", "100")]
);
of_date!(
    WEEKOFYEAR,
    "weekofyear",
    [],
    |days| iso_week(days).1,
    "weekofyear(date) - Returns the week of the year of the given date. A week is considered to start on a Monday and week 1 is the first week with >3 days.",
    "1.5.0",
    [("SELECT weekofyear('2008-02-20')", "8")]
);
of_date!(
    YEAR_OF_WEEK,
    "yearofweek",
    [],
    |days| iso_week(days).0,
    "yearofweek(date) - Returns the ISO 8601 week-numbering year that the date falls in.",
    "3.0.0",
    []
);

fn day_of_year(days: i64) -> i32 {
    let (year, _, _) = civil_from_days(days);
    (days - days_from_civil(year, 1, 1)) as i32 + 1
}

/// The year and number of the ISO week: the one that its Thursday lies in.
pub(super) fn iso_week(days: i64) -> (i32, i32) {
    let thursday = days - (days + 3).rem_euclid(7) + 3;
    let (year, _, _) = civil_from_days(thursday);
    (year as i32, (day_of_year(thursday) - 1) / 7 + 1)
}

/// A TIME as it is, anything else as a timestamp.
pub(super) fn clock_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.as_slice() {
        [time] if matches!(time.data_type(), SqlType::Time(_)) => Ok(args),
        _ => signature::apply(name, Signature::OneOf(&[&[Param::AnyTimestamp]]), args),
    }
}

const OF_TIME: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(clock_operand),
    returns: |_| Ok(SqlType::Int),
    ..ScalarFunction::DEFAULT
};

/// The zone in which an argument's clock is read.
pub(super) fn zone_of(args: &KernelArgs<'_>, at: usize) -> Zone {
    match args.types[at] {
        SqlType::Timestamp => Zone::parse_or_utc(&args.context.time_zone),
        _ => Zone::UTC,
    }
}

fn of_time(args: &KernelArgs<'_>, field: fn(i64) -> i32) -> Result<Column> {
    if matches!(args.types[0], SqlType::Time(_)) {
        return unary::<Time64NanosecondType, Int32Type>(args, |nanos| field(nanos / 1_000_000_000));
    }
    let zone = zone_of(args, 0);
    unary::<TimestampMicrosecondType, Int32Type>(args, |micros| {
        field(zone.to_local(micros).rem_euclid(MICROS_PER_DAY) / 1_000_000)
    })
}

pub(super) const HOUR: ScalarFunction = ScalarFunction {
    name: "hour",
    kernel: Kernel::Batch(|args| of_time(args, |seconds| (seconds / 3600) as i32)),
    doc: Doc {
        usage: "hour(timestamp) - Returns the hour component of the string/timestamp.",
        since: "1.5.0",
        examples: &[("SELECT hour('2009-07-30 12:58:59')", "12")],
    },
    ..OF_TIME
};

pub(super) const MINUTE: ScalarFunction = ScalarFunction {
    name: "minute",
    kernel: Kernel::Batch(|args| of_time(args, |seconds| (seconds / 60 % 60) as i32)),
    doc: Doc {
        usage: "minute(timestamp) - Returns the minute component of the string/timestamp.",
        since: "1.5.0",
        examples: &[("SELECT minute('2009-07-30 12:58:59')", "58")],
    },
    ..OF_TIME
};

pub(super) const SECOND: ScalarFunction = ScalarFunction {
    name: "second",
    kernel: Kernel::Batch(|args| of_time(args, |seconds| (seconds % 60) as i32)),
    doc: Doc {
        usage: "second(timestamp) - Returns the second component of the string/timestamp.",
        since: "1.5.0",
        examples: &[("SELECT second('2018-02-14 12:58:59')", "59")],
    },
    ..OF_TIME
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_at_the_turn_of_the_year() {
        let week = |year, month, day| iso_week(days_from_civil(year, month, day));
        assert_eq!(week(2005, 1, 1), (2004, 53));
        assert_eq!(week(2007, 12, 31), (2008, 1));
        assert_eq!(week(2008, 2, 20), (2008, 8));
    }
}
