//! Intervals read from text: `1-2`, `1 02:03:04.5`, the same as a literal (`INTERVAL '1-2' YEAR TO MONTH`), and the mixed
//! form `1 day 2 hours`.

use firesteel_common::types::{DayTimeField, YearMonthField};

use crate::cast::from_string::trim_all;
use crate::cast::rules::{micros_of, months_of};

/// Months of `1-2` (YEAR TO MONTH) or of a number of the one field.
pub fn parse_year_month(text: &str, from: YearMonthField, to: YearMonthField) -> Option<i32> {
    let (negative, body) = signed_body(text, &from.to_string(), &to.to_string())?;
    let months = if from == to {
        number(body)?.checked_mul(months_of(from).into())?
    } else {
        let (years, months) = body.split_once('-')?;
        let months = number(months).filter(|months| *months < 12)?;
        number(years)?.checked_mul(12)?.checked_add(months)?
    };
    i32::try_from(if negative { -months } else { months }).ok()
}

/// Microseconds of `d hh:mm:ss.f`, of the part of it from one field to the other, or of a number of the one field.
pub fn parse_day_time(text: &str, from: DayTimeField, to: DayTimeField) -> Option<i64> {
    let (negative, mut rest) = signed_body(text, &from.to_string(), &to.to_string())?;
    // Summed up as negative numbers: they reach one further.
    let mut total: i64 = 0;
    for field in [DayTimeField::Day, DayTimeField::Hour, DayTimeField::Minute, DayTimeField::Second] {
        if field < from || field > to {
            continue;
        }
        let end = match field {
            _ if field == to => rest.len(),
            DayTimeField::Day => rest.find(' ')?,
            _ => rest.find(':')?,
        };
        let micros = match field {
            DayTimeField::Second => seconds(&rest[..end])?,
            _ => number(&rest[..end])?.checked_mul(micros_of(field))?,
        };
        let limit = match field {
            DayTimeField::Day => i64::MAX,
            DayTimeField::Hour => micros_of(DayTimeField::Day),
            DayTimeField::Minute => micros_of(DayTimeField::Hour),
            DayTimeField::Second => micros_of(DayTimeField::Minute),
        };
        if field > from && micros >= limit {
            return None;
        }
        total = total.checked_sub(micros)?;
        rest = rest.get(end + 1..).unwrap_or("").trim_start();
    }
    if negative { Some(total) } else { total.checked_neg() }
}

/// The sign and what follows it, a literal's wrapping removed: `INTERVAL -'1-2' YEAR TO MONTH`.
fn signed_body<'a>(text: &'a str, from: &str, to: &str) -> Option<(bool, &'a str)> {
    let mut body = trim_all(text);
    let mut negative = false;
    if body.get(..8).is_some_and(|word| word.eq_ignore_ascii_case("interval")) {
        body = body[8..].trim_start();
        negative ^= take_sign(&mut body);
        let (quoted, unit) = body.strip_prefix('\'')?.split_once('\'')?;
        let wanted = if from == to { from.to_owned() } else { format!("{from} to {to}") };
        let unit = unit.split_whitespace().collect::<Vec<_>>().join(" ");
        if !unit.eq_ignore_ascii_case(&wanted) {
            return None;
        }
        body = trim_all(quoted);
    }
    negative ^= take_sign(&mut body);
    Some((negative, body))
}

fn take_sign(text: &mut &str) -> bool {
    let negative = text.starts_with('-');
    if negative || text.starts_with('+') {
        *text = &text[1..];
    }
    negative
}

fn number(digits: &str) -> Option<i64> {
    let plain = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Microseconds of `s[.fraction]`, up to nine digits of which six count.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}")[..6].parse().ok()?;
    number(whole)?.checked_mul(1_000_000)?.checked_add(micros)
}

/// Months, days and microseconds of `[interval] 1 year -2 days 3.5 seconds`.
pub fn parse_calendar(text: &str) -> Option<(i32, i32, i64)> {
    let lower = trim_all(text).to_lowercase();
    let mut words = lower.split_whitespace().peekable();
    words.next_if_eq(&"interval");
    words.peek()?;
    let (mut months, mut days, mut micros) = (0i32, 0i32, 0i64);
    while let Some(mut value) = words.next() {
        let negative = take_sign(&mut value);
        // The sign may stand apart.
        let value = if value.is_empty() { words.next()? } else { value };
        let unit = words.next()?;
        let (m, d, us) = calendar_unit(value, unit.strip_suffix('s').unwrap_or(unit))?;
        let sign = if negative { -1 } else { 1 };
        months = months.checked_add(i32::try_from(m.checked_mul(sign)?).ok()?)?;
        days = days.checked_add(i32::try_from(d.checked_mul(sign)?).ok()?)?;
        micros = micros.checked_add(us.checked_mul(sign)?)?;
    }
    Some((months, days, micros))
}

/// Months, days and microseconds of so many of a unit; only seconds have a fraction.
pub fn calendar_unit(value: &str, unit: &str) -> Option<(i64, i64, i64)> {
    if unit == "second" {
        return Some((0, 0, seconds(value)?));
    }
    let count = number(value)?;
    Some(match unit {
        "year" => (count.checked_mul(12)?, 0, 0),
        "quarter" => (count.checked_mul(3)?, 0, 0),
        "month" => (count, 0, 0),
        "week" => (0, count.checked_mul(7)?, 0),
        "day" => (0, count, 0),
        "hour" => (0, 0, count.checked_mul(micros_of(DayTimeField::Hour))?),
        "minute" => (0, 0, count.checked_mul(micros_of(DayTimeField::Minute))?),
        "millisecond" => (0, 0, count.checked_mul(1_000)?),
        "microsecond" => (0, 0, count),
        "nanosecond" => (0, 0, count / 1_000),
        _ => return None,
    })
}
