//! Dates and times read from text, in the forms that CAST accepts:
//!
//! ```text
//! date       [+-]yyyy[-[m]m[-[d]d[( |T)anything]]]
//! timestamp  [+-]yyyy[-[m]m[-[d]d[( |T)[h]h[:[m]m[:[s]s[.fraction][zone]]]]]]
//! ```

use super::calendar::checked_days;
use super::{MICROS_PER_DAY, Zone};
use crate::cast::from_string::trim_all;

/// Days since 1970-01-01.
pub fn parse_date(text: &str) -> Option<i32> {
    let mut scanner = Scanner(trim_all(text).as_bytes());
    let (year, month, day) = scanner.date(7)?;
    match scanner.0 {
        [] | [b' ' | b'T', ..] => checked_days(year, month, day),
        _ => None,
    }
}

/// Microseconds since the epoch; text without a zone is read as a clock of `zone`.
pub fn parse_timestamp(text: &str, zone: &Zone) -> Option<i64> {
    let (local, own_zone) = parse_clock(text)?;
    let own_zone = own_zone.map(Zone::parse);
    match own_zone {
        Some(None) => None,
        Some(Some(own_zone)) => Some(own_zone.to_utc(local)),
        None => Some(zone.to_utc(local)),
    }
}

/// Microseconds since 1970-01-01 00:00:00 of a wall clock; a zone in the text is checked and ignored.
pub fn parse_timestamp_ntz(text: &str) -> Option<i64> {
    let (local, own_zone) = parse_clock(text)?;
    match own_zone {
        Some(own_zone) => Zone::parse(own_zone).map(|_| local),
        None => Some(local),
    }
}

/// Whether the text of a timestamp names a zone of its own.
pub fn names_a_zone(text: &str) -> bool {
    parse_clock(text).is_some_and(|(_, zone)| zone.is_some())
}

/// Nanoseconds since midnight: `[h]h:[m]m[:[s]s[.fraction]]`.
pub fn parse_time(text: &str) -> Option<i64> {
    let mut scanner = Scanner(trim_all(text).as_bytes());
    let micros = scanner.time()?;
    scanner.0.is_empty().then_some(micros * 1_000)
}

/// The wall clock in microseconds, and the text of the zone if there is one.
fn parse_clock(text: &str) -> Option<(i64, Option<&str>)> {
    let text = trim_all(text);
    let mut scanner = Scanner(text.as_bytes());
    let (year, month, day) = scanner.date(6)?;
    let midnight = i64::from(checked_days(year, month, day)?).checked_mul(MICROS_PER_DAY)?;
    if scanner.0.is_empty() {
        return Some((midnight, None));
    }
    if !scanner.skip(b' ') && !scanner.skip(b'T') {
        return None;
    }
    let local = midnight.checked_add(scanner.time()?)?;
    let zone = text[text.len() - scanner.0.len()..].trim();
    if scanner.0.is_empty() { Some((local, None)) } else { Some((local, Some(zone))) }
}

/// What is left to read.
struct Scanner<'a>(&'a [u8]);

impl Scanner<'_> {
    fn skip(&mut self, byte: u8) -> bool {
        match self.0 {
            [first, rest @ ..] if *first == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// `min` to `max` digits, and no digit after them.
    fn number(&mut self, min: usize, max: usize) -> Option<i64> {
        let count = self.0.iter().take_while(|c| c.is_ascii_digit()).count();
        if !(min..=max).contains(&count) {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        Some(digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')))
    }

    /// Year, month and day; what is left out is 1.
    fn date(&mut self, year_digits_max: usize) -> Option<(i64, u32, u32)> {
        let negative = self.skip(b'-');
        if !negative {
            self.skip(b'+');
        }
        let year = self.number(4, year_digits_max)?;
        let year = if negative { -year } else { year };
        let month =
            if self.skip(b'-') { self.number(1, 2)? } else { return Some((year, 1, 1)).filter(|_| self.ended()) };
        let day = if self.skip(b'-') {
            self.number(1, 2)?
        } else {
            return Some((year, month as u32, 1)).filter(|_| self.ended());
        };
        Some((year, month as u32, day as u32))
    }

    fn ended(&self) -> bool {
        self.0.is_empty()
    }

    /// Microseconds of the day; what is left out is 0. A zone may follow the seconds only.
    fn time(&mut self) -> Option<i64> {
        let hours = self.number(1, 2)?;
        let mut minutes = 0;
        let mut seconds = 0;
        let mut micros = 0;
        if self.skip(b':') {
            minutes = self.number(1, 2)?;
            if self.skip(b':') {
                seconds = self.number(1, 2)?;
                if self.skip(b'.') {
                    micros = self.fraction();
                }
            } else if !self.ended() {
                return None;
            }
        } else if !self.ended() {
            return None;
        }
        let exists = hours < 24 && minutes < 60 && seconds < 60;
        exists.then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + micros)
    }

    /// Digits after the point as microseconds; further digits are cut.
    fn fraction(&mut self) -> i64 {
        let count = self.0.iter().take_while(|c| c.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        let six = digits.iter().chain(&[b'0'; 6]).take(6);
        six.fold(0, |value, digit| value * 10 + i64::from(digit - b'0'))
    }
}
