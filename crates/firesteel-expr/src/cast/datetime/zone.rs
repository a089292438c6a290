//! Time zones: what a local clock shows at an instant, and which instant a local clock means.

use chrono::{LocalResult, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::MICROS_PER_SECOND;

/// A session's or a timestamp's zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    Region(Tz),
}

impl Zone {
    pub const UTC: Zone = Zone::Fixed(0);

    /// `Z`, `UTC+1`, `GMT-08:00`, `+01:30`, `Europe/Berlin`, `PST`; `None` for what is no zone.
    pub fn parse(text: &str) -> Option<Zone> {
        let text = text.trim();
        if let Some(offset) = parse_offset(text) {
            return Some(Zone::Fixed(offset));
        }
        for prefix in ["UTC", "GMT", "UT"] {
            if let Some(rest) = text.strip_prefix(prefix) {
                if rest.is_empty() {
                    return Some(Zone::UTC);
                }
                if let Some(offset) = parse_offset(rest) {
                    return Some(Zone::Fixed(offset));
                }
            }
        }
        if matches!(text, "Z" | "z") {
            return Some(Zone::UTC);
        }
        let name = short_name(text).unwrap_or(text);
        match parse_offset(name) {
            Some(offset) => Some(Zone::Fixed(offset)),
            None => name.parse::<Tz>().ok().map(Zone::Region),
        }
    }

    /// The session's zone; its setting is checked when it is set.
    pub fn parse_or_utc(text: &str) -> Zone {
        Zone::parse(text).unwrap_or(Zone::UTC)
    }

    /// What a clock in this zone shows at an instant; both in microseconds.
    pub fn to_local(&self, utc: i64) -> i64 {
        match self {
            Zone::Fixed(offset) => utc.saturating_add(i64::from(*offset) * MICROS_PER_SECOND),
            Zone::Region(zone) => match naive(utc) {
                Some(at) => utc.saturating_add(seconds(zone.offset_from_utc_datetime(&at).fix()) * MICROS_PER_SECOND),
                None => utc,
            },
        }
    }

    /// The instant at which a clock shows `local`: the earlier of two; a time that is skipped counts on from before.
    pub fn to_utc(&self, local: i64) -> i64 {
        match self {
            Zone::Fixed(offset) => local.saturating_sub(i64::from(*offset) * MICROS_PER_SECOND),
            Zone::Region(zone) => match naive(local) {
                Some(at) => local.saturating_sub(local_offset(zone, &at) * MICROS_PER_SECOND),
                None => local,
            },
        }
    }
}

fn local_offset(zone: &Tz, at: &NaiveDateTime) -> i64 {
    match zone.offset_from_local_datetime(at) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => seconds(offset.fix()),
        // In a gap the offset from before it holds.
        LocalResult::None => seconds(zone.offset_from_utc_datetime(&(*at - chrono::Duration::days(1))).fix()),
    }
}

fn seconds(offset: chrono::FixedOffset) -> i64 {
    i64::from(offset.local_minus_utc())
}

fn naive(micros: i64) -> Option<NaiveDateTime> {
    chrono::DateTime::from_timestamp_micros(micros).map(|at| at.naive_utc())
}

/// `+1`, `-08:00`, `+01:02:03`, `+0130`.
fn parse_offset(text: &str) -> Option<i32> {
    let (sign, digits) = match text.as_bytes() {
        [b'+', ..] => (1, &text[1..]),
        [b'-', ..] => (-1, &text[1..]),
        _ => return None,
    };
    let parts: Vec<&str> = match digits.len() {
        4 if !digits.contains(':') => vec![digits.get(..2)?, digits.get(2..)?],
        _ => digits.split(':').collect(),
    };
    let number = |at: usize| match parts.get(at) {
        None => Some(0),
        Some(part) if (1..=2).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_digit()) => part.parse().ok(),
        Some(_) => None,
    };
    let (hours, minutes, seconds): (i32, i32, i32) = (number(0)?, number(1)?, number(2)?);
    let total = hours * 3600 + minutes * 60 + seconds;
    (parts.len() <= 3 && minutes < 60 && seconds < 60 && total <= 18 * 3600).then_some(sign * total)
}

/// Java's short names, kept for old data.
fn short_name(name: &str) -> Option<&'static str> {
    Some(match name {
        "ACT" => "Australia/Darwin",
        "AET" => "Australia/Sydney",
        "AGT" => "America/Argentina/Buenos_Aires",
        "ART" => "Africa/Cairo",
        "AST" => "America/Anchorage",
        "BET" => "America/Sao_Paulo",
        "BST" => "Asia/Dhaka",
        "CAT" => "Africa/Harare",
        "CNT" => "America/St_Johns",
        "CST" => "America/Chicago",
        "CTT" => "Asia/Shanghai",
        "EAT" => "Africa/Addis_Ababa",
        "ECT" => "Europe/Paris",
        "EST" => "-05:00",
        "HST" => "-10:00",
        "IET" => "America/Indiana/Indianapolis",
        "IST" => "Asia/Kolkata",
        "JST" => "Asia/Tokyo",
        "MIT" => "Pacific/Apia",
        "MST" => "-07:00",
        "NET" => "Asia/Yerevan",
        "NST" => "Pacific/Auckland",
        "PLT" => "Asia/Karachi",
        "PNT" => "America/Phoenix",
        "PRT" => "America/Puerto_Rico",
        "PST" => "America/Los_Angeles",
        "SST" => "Pacific/Guadalcanal",
        "VST" => "Asia/Ho_Chi_Minh",
        _ => return None,
    })
}
