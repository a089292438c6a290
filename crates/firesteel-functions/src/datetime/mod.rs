//! Dates, timestamps and their parts. Timestamps are seen in the session's zone.

use firesteel_expr::function::ScalarFunction;

mod arithmetic;
mod current;
mod epoch;
mod extract;
mod fields;
mod format;
mod intervals;
mod make;
mod months;
mod parse;
mod pattern;
mod time;
mod truncate;
mod units;
mod unix;
mod weekdays;
mod zones;

pub(crate) const ALL: &[ScalarFunction] = &[
    arithmetic::DATEDIFF,
    current::CURRENT_DATE,
    current::CURRENT_TIMESTAMP,
    current::LOCALTIMESTAMP,
    current::CURRENT_TIMEZONE,
    epoch::UNIX_DATE,
    epoch::DATE_FROM_UNIX_DATE,
    epoch::UNIX_SECONDS,
    epoch::UNIX_MILLIS,
    epoch::UNIX_MICROS,
    epoch::TIMESTAMP_SECONDS,
    epoch::TIMESTAMP_MILLIS,
    epoch::TIMESTAMP_MICROS,
    extract::EXTRACT,
    extract::EXTRACT_INTERVAL_FIELD,
    extract::SECOND_WITH_FRACTION,
    fields::YEAR,
    fields::QUARTER,
    fields::MONTH,
    fields::DAY,
    fields::DAYOFWEEK,
    fields::WEEKDAY,
    fields::DAYOFYEAR,
    fields::WEEKOFYEAR,
    fields::YEAR_OF_WEEK,
    fields::HOUR,
    fields::MINUTE,
    fields::SECOND,
    format::DATE_FORMAT,
    intervals::MAKE_INTERVAL,
    intervals::TRY_MAKE_INTERVAL,
    intervals::MAKE_DT_INTERVAL,
    intervals::MAKE_YM_INTERVAL,
    make::MAKE_DATE,
    make::MAKE_TIMESTAMP,
    make::MAKE_TIMESTAMP_LTZ,
    make::MAKE_TIMESTAMP_NTZ,
    make::TRY_MAKE_TIMESTAMP,
    make::TRY_MAKE_TIMESTAMP_LTZ,
    make::TRY_MAKE_TIMESTAMP_NTZ,
    make::DAYNAME,
    make::MONTHNAME,
    months::ADD_MONTHS,
    months::MONTHS_BETWEEN,
    months::LAST_DAY,
    parse::TO_DATE,
    parse::TRY_TO_DATE,
    parse::PARSE_DATE,
    parse::TO_TIMESTAMP,
    parse::TO_TIMESTAMP_NTZ,
    parse::PARSE_TIMESTAMP_NTZ,
    parse::TRY_TO_TIMESTAMP,
    parse::PARSE_TIMESTAMP,
    parse::TRY_PARSE_TIMESTAMP,
    time::MAKE_TIME,
    time::TO_TIME,
    time::TRY_TO_TIME,
    time::TIME_TRUNC,
    time::TIME_DIFF,
    time::TIME_FROM_SECONDS,
    time::TIME_FROM_MILLIS,
    time::TIME_FROM_MICROS,
    time::TIME_TO_SECONDS,
    time::TIME_TO_MILLIS,
    time::TIME_TO_MICROS,
    truncate::TRUNC,
    truncate::DATE_TRUNC,
    units::TIMESTAMPADD,
    units::TIMESTAMPDIFF,
    units::TIME_BUCKET,
    unix::UNIX_TIMESTAMP,
    unix::FROM_UNIXTIME,
    weekdays::NEXT_DAY,
    zones::CONVERT_TIMEZONE,
    zones::FROM_UTC_TIMESTAMP,
    zones::TO_UTC_TIMESTAMP,
];
