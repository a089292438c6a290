//! Intervals as text, in two styles: as a literal (`INTERVAL '1-2' YEAR TO MONTH`: what CAST to STRING gives) and as a
//! shell prints a result (`1-2`, `1 02:03:04.000000000`).

use std::fmt::Write;

use firesteel_common::types::{DayTimeField, YearMonthField};

const MINUTE: u64 = 60_000_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// As a result: `1-2`.
pub fn format_year_month(months: i32) -> String {
    let sign = if months < 0 { "-" } else { "" };
    format!("{sign}{}-{}", months.unsigned_abs() / 12, months.unsigned_abs() % 12)
}

/// As a result: `1 02:03:04.000000000`.
pub fn format_day_time(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let rest = micros.unsigned_abs();
    let seconds = rest % MINUTE / 1_000_000;
    let nanos = rest % 1_000_000 * 1_000;
    format!("{sign}{} {:02}:{:02}:{seconds:02}.{nanos:09}", rest / DAY, rest % DAY / HOUR, rest % HOUR / MINUTE)
}

/// As a literal: `INTERVAL '1-2' YEAR TO MONTH`.
pub fn sql_year_month(months: i32, from: YearMonthField, to: YearMonthField) -> String {
    let value = match (from, to) {
        (YearMonthField::Year, YearMonthField::Year) => (months / 12).to_string(),
        (YearMonthField::Month, _) => months.to_string(),
        _ => format_year_month(months),
    };
    literal(&value, from, to, from == to)
}

/// As a literal: `INTERVAL '1 02:03:04' DAY TO SECOND`.
pub fn sql_day_time(micros: i64, from: DayTimeField, to: DayTimeField) -> String {
    let mut value = String::from(if micros < 0 { "-" } else { "" });
    let mut rest = micros.unsigned_abs();
    for field in [DayTimeField::Day, DayTimeField::Hour, DayTimeField::Minute, DayTimeField::Second] {
        if field < from || field > to {
            continue;
        }
        if field > from {
            value.push(if field == DayTimeField::Hour { ' ' } else { ':' });
        }
        let unit = match field {
            DayTimeField::Day => DAY,
            DayTimeField::Hour => HOUR,
            DayTimeField::Minute => MINUTE,
            DayTimeField::Second => 1_000_000,
        };
        let (count, left) = (rest / unit, rest % unit);
        // Writing to a string does not fail.
        let _ = match field {
            DayTimeField::Day => write!(value, "{count}"),
            DayTimeField::Second if left > 0 => {
                let fraction = format!("{left:06}");
                write!(value, "{count:02}.{}", fraction.trim_end_matches('0'))
            }
            _ => write!(value, "{count:02}"),
        };
        rest = left;
    }
    literal(&value, from, to, from == to)
}

fn literal<F: std::fmt::Display>(value: &str, from: F, to: F, single: bool) -> String {
    let from = from.to_string().to_uppercase();
    if single {
        return format!("INTERVAL '{value}' {from}");
    }
    format!("INTERVAL '{value}' {from} TO {}", to.to_string().to_uppercase())
}

/// `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, parts that are zero left out.
pub fn format_calendar(months: i32, days: i32, micros: i64) -> String {
    let mut parts = Vec::new();
    let mut part = |value: i64, unit: &str| {
        if value != 0 {
            parts.push(format!("{value} {unit}"));
        }
    };
    part((months / 12).into(), "years");
    part((months % 12).into(), "months");
    part(days.into(), "days");
    part(micros / HOUR as i64, "hours");
    part(micros % HOUR as i64 / MINUTE as i64, "minutes");
    let seconds = micros % MINUTE as i64;
    if seconds != 0 {
        let text = crate::cast::to_string::format_decimal(seconds.into(), 6);
        parts.push(format!("{} seconds", text.trim_end_matches('0').trim_end_matches('.')));
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}
