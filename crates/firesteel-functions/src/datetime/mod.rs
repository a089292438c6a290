//! Dates, timestamps and their parts. Timestamps are seen in the session's zone.

use firesteel_expr::function::ScalarFunction;

mod arithmetic;
mod current;
mod epoch;
mod extract;
mod fields;
mod format;
mod make;
mod months;
mod parse;
mod pattern;
mod truncate;
mod unix;
mod weekdays;

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
    make::MAKE_DATE,
    months::ADD_MONTHS,
    months::MONTHS_BETWEEN,
    months::LAST_DAY,
    parse::TO_DATE,
    parse::TO_TIMESTAMP,
    parse::TRY_TO_TIMESTAMP,
    parse::PARSE_TIMESTAMP,
    parse::TRY_PARSE_TIMESTAMP,
    truncate::TRUNC,
    truncate::DATE_TRUNC,
    unix::UNIX_TIMESTAMP,
    unix::FROM_UNIXTIME,
    weekdays::NEXT_DAY,
];
