//! A moment written by a pattern.

use std::fmt::Write;

use chrono::TimeZone;
use chrono_tz::OffsetName;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, civil_from_days, days_from_civil};

use super::{MONTHS, Part, WEEKDAYS, shortened};

pub(super) fn format(parts: &[Part], instant: i64, zone: &Zone) -> String {
    let clock = Clock::at(instant, zone);
    let mut out = String::new();
    clock.write_parts(&mut out, parts);
    out
}

/// A moment taken apart.
struct Clock<'a> {
    instant: i64,
    zone: &'a Zone,
    days: i64,
    year: i64,
    month: u32,
    day: u32,
    seconds: i64,
    micros: i64,
    /// Seconds east of UTC.
    offset: i64,
}

impl Clock<'_> {
    fn at(instant: i64, zone: &Zone) -> Clock<'_> {
        let local = zone.to_local(instant);
        let days = local.div_euclid(MICROS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        let of_day = local.rem_euclid(MICROS_PER_DAY);
        let offset = (local - instant) / 1_000_000;
        Clock { instant, zone, days, year, month, day, seconds: of_day / 1_000_000, micros: of_day % 1_000_000, offset }
    }

    fn write_parts(&self, out: &mut String, parts: &[Part]) {
        for part in parts {
            // Writing to a string does not fail.
            let _ = match part {
                Part::Literal(text) => out.write_str(text),
                Part::Field(letter, count) => self.write(out, *letter, *count),
                Part::Optional(parts) => {
                    self.write_parts(out, parts);
                    Ok(())
                }
            };
        }
    }

    fn write(&self, out: &mut String, letter: char, count: usize) -> std::fmt::Result {
        let hour = self.seconds / 3600;
        // The last hour of a clock that begins with one.
        let from_one = |hour: i64, hours: i64| if hour == 0 { hours } else { hour };
        let number = match letter {
            'y' if count == 2 => self.year_of_era().rem_euclid(100),
            'y' => self.year_of_era(),
            'M' | 'L' if count <= 2 => self.month.into(),
            'M' | 'L' => return out.write_str(shortened(MONTHS[self.month as usize - 1], count)),
            'd' => self.day.into(),
            'D' => self.days - days_from_civil(self.year, 1, 1) + 1,
            // Which one of its weekdays the day is in its month, counted from the first day on.
            'F' => i64::from(self.day - 1) % 7 + 1,
            'E' => return out.write_str(shortened(WEEKDAYS[(self.days + 3).rem_euclid(7) as usize], count)),
            'Q' | 'q' => return self.write_quarter(out, count),
            'a' => return out.write_str(if hour < 12 { "AM" } else { "PM" }),
            'H' => hour,
            'k' => from_one(hour, 24),
            'K' => hour % 12,
            'h' => from_one(hour % 12, 12),
            'm' => self.seconds / 60 % 60,
            's' => self.seconds % 60,
            'S' => return out.write_str(&format!("{:06}000", self.micros)[..count.min(9)]),
            'G' => return out.write_str(self.era(count)),
            'V' | 'z' => return self.write_zone_name(out, letter, count),
            _ => return self.write_offset(out, letter, count),
        };
        let sign = if number < 0 { "-" } else { "" };
        write!(out, "{sign}{:0count$}", number.abs())
    }

    fn year_of_era(&self) -> i64 {
        if self.year > 0 { self.year } else { 1 - self.year }
    }

    fn era(&self, count: usize) -> &'static str {
        match (self.year > 0, count < 4) {
            (true, true) => "AD",
            (true, false) => "Anno Domini",
            (false, true) => "BC",
            (false, false) => "Before Christ",
        }
    }

    fn write_quarter(&self, out: &mut String, count: usize) -> std::fmt::Result {
        let quarter = self.month.div_ceil(3);
        match count {
            1 | 2 => write!(out, "{quarter:0count$}"),
            3 => write!(out, "Q{quarter}"),
            _ => write!(out, "{quarter}{} quarter", ["st", "nd", "rd", "th"][quarter as usize - 1]),
        }
    }

    /// `VV`: the zone's id; `z`: its name.
    fn write_zone_name(&self, out: &mut String, letter: char, count: usize) -> std::fmt::Result {
        let Zone::Region(region) = self.zone else {
            return match (self.offset, letter, count) {
                (0, 'z', 4) => out.write_str("Coordinated Universal Time"),
                (0, ..) => out.write_str("UTC"),
                _ => self.write_offset(out, 'X', 3),
            };
        };
        if letter == 'V' {
            return out.write_str(region.name());
        }
        let at = chrono::DateTime::from_timestamp_micros(self.instant).map(|at| at.naive_utc()).unwrap_or_default();
        let offset = region.offset_from_utc_datetime(&at);
        let short = offset.abbreviation().unwrap_or(region.name());
        out.write_str(if count < 4 { short } else { long_zone_name(short).unwrap_or(region.name()) })
    }

    fn write_offset(&self, out: &mut String, letter: char, count: usize) -> std::fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.abs();
        let (hours, minutes, seconds) = (offset / 3600, offset / 60 % 60, offset % 60);
        match (letter, count) {
            ('X', _) if offset == 0 => return out.write_str("Z"),
            ('Z', 5) if offset == 0 => return out.write_str("Z"),
            ('O', _) | ('Z', 4) if offset == 0 => return out.write_str("GMT"),
            ('O', 1) => {
                write!(out, "GMT{sign}{hours}")?;
                return match (minutes, seconds) {
                    (0, 0) => Ok(()),
                    (_, 0) => write!(out, ":{minutes:02}"),
                    _ => write!(out, ":{minutes:02}:{seconds:02}"),
                };
            }
            ('O', _) | ('Z', 4) => out.write_str("GMT")?,
            _ => {}
        }
        let colon = matches!((letter, count), ('X' | 'x', 3 | 5) | ('Z', 4 | 5) | ('O', _));
        let with_seconds = seconds != 0 && matches!((letter, count), ('X' | 'x', 4 | 5) | ('Z', 4 | 5) | ('O', _));
        let between = if colon { ":" } else { "" };
        write!(out, "{sign}{hours:02}")?;
        if !(matches!(letter, 'X' | 'x') && count == 1 && minutes == 0) {
            write!(out, "{between}{minutes:02}")?;
        }
        if with_seconds {
            write!(out, "{between}{seconds:02}")?;
        }
        Ok(())
    }
}

/// The names of zones that many people live in.
fn long_zone_name(short: &str) -> Option<&'static str> {
    Some(match short {
        "PST" => "Pacific Standard Time",
        "PDT" => "Pacific Daylight Time",
        "MST" => "Mountain Standard Time",
        "MDT" => "Mountain Daylight Time",
        "CST" => "Central Standard Time",
        "CDT" => "Central Daylight Time",
        "EST" => "Eastern Standard Time",
        "EDT" => "Eastern Daylight Time",
        "AKST" => "Alaska Standard Time",
        "AKDT" => "Alaska Daylight Time",
        "HST" => "Hawaii-Aleutian Standard Time",
        "GMT" => "Greenwich Mean Time",
        "BST" => "British Summer Time",
        "WET" => "Western European Standard Time",
        "WEST" => "Western European Summer Time",
        "CET" => "Central European Standard Time",
        "CEST" => "Central European Summer Time",
        "EET" => "Eastern European Standard Time",
        "EEST" => "Eastern European Summer Time",
        "MSK" => "Moscow Standard Time",
        "IST" => "India Standard Time",
        "JST" => "Japan Standard Time",
        "KST" => "Korean Standard Time",
        "AEST" => "Australian Eastern Standard Time",
        "AEDT" => "Australian Eastern Daylight Time",
        "UTC" => "Coordinated Universal Time",
        _ => return None,
    })
}
