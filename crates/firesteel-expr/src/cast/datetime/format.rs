//! Dates and times as text: `2020-01-02`, `03:04:05.6`, `2020-01-02 03:04:05.6`.

use std::fmt::Write;

use super::{MICROS_PER_DAY, MICROS_PER_SECOND, Zone, civil_from_days};

/// `yyyy-MM-dd`; years past four digits carry a sign.
pub fn format_date(days: i32) -> String {
    let mut out = String::with_capacity(10);
    write_date(&mut out, days.into());
    out
}

/// What a clock in the zone shows, the fraction without trailing zeros.
pub fn format_timestamp(micros: i64, zone: &Zone) -> String {
    format_timestamp_ntz(zone.to_local(micros))
}

pub fn format_timestamp_ntz(micros: i64) -> String {
    let mut out = String::with_capacity(26);
    write_date(&mut out, micros.div_euclid(MICROS_PER_DAY));
    out.push(' ');
    write_time(&mut out, micros.rem_euclid(MICROS_PER_DAY));
    out
}

/// A time of day in nanoseconds, of which microseconds are shown.
pub fn format_time(nanos: i64) -> String {
    let mut out = String::with_capacity(15);
    write_time(&mut out, nanos / 1_000);
    out
}

fn write_date(out: &mut String, days: i64) {
    let (year, month, day) = civil_from_days(days);
    let sign = match year {
        ..0 => "-",
        10_000.. => "+",
        _ => "",
    };
    // Writing to a string does not fail.
    let _ = write!(out, "{sign}{:04}-{month:02}-{day:02}", year.abs());
}

fn write_time(out: &mut String, micros_of_day: i64) {
    let (seconds, fraction) = (micros_of_day / MICROS_PER_SECOND, micros_of_day % MICROS_PER_SECOND);
    let _ = write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction != 0 {
        let _ = write!(out, ".{fraction:06}");
        out.truncate(out.trim_end_matches('0').len());
    }
}
