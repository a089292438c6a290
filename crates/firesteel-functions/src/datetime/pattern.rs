//! Java's date patterns (`yyyy-MM-dd HH:mm:ss.SSS`), compiled once: written and read.

use std::fmt::Write;

use firesteel_common::{Result, error};
use firesteel_expr::cast::datetime::calendar::checked_days;
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone, civil_from_days, days_from_civil};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A pattern's parts in order.
pub(super) struct Pattern {
    text: String,
    parts: Vec<Part>,
}

enum Part {
    /// A letter and how often it stands there.
    Field(char, usize),
    Literal(String),
}

impl Pattern {
    pub(super) fn compile(text: &str) -> Result<Pattern> {
        let mut parts: Vec<Part> = Vec::new();
        let literal = |parts: &mut Vec<Part>, c: char| match parts.last_mut() {
            Some(Part::Literal(known)) => known.push(c),
            _ => parts.push(Part::Literal(c.to_string())),
        };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\'' if chars.next_if_eq(&'\'').is_some() => literal(&mut parts, '\''),
                '\'' => {
                    while let Some(quoted) = chars.next() {
                        match quoted {
                            '\'' if chars.next_if_eq(&'\'').is_none() => break,
                            other => literal(&mut parts, other),
                        }
                    }
                }
                letter if letter.is_ascii_alphabetic() => {
                    let mut count = 1;
                    while chars.next_if_eq(&letter).is_some() {
                        count += 1;
                    }
                    if !"GyuMLdDEaHhKkmsSQqVzOXxZ".contains(letter) {
                        return Err(error!(
                            INVALID_DATETIME_PATTERN,
                            c = letter.to_string(),
                            pattern = format!("'{text}'")
                        ));
                    }
                    parts.push(Part::Field(letter, count));
                }
                '[' | ']' => {}
                other => literal(&mut parts, other),
            }
        }
        Ok(Pattern { text: text.to_owned(), parts })
    }

    /// The cached pattern when `text` is still the same, else a new one: rows mostly share one.
    pub(super) fn cached<'a>(cache: &'a mut Option<Pattern>, text: &str) -> Result<&'a Pattern> {
        let pattern = match cache.take() {
            Some(pattern) if pattern.text == text => pattern,
            _ => Pattern::compile(text)?,
        };
        Ok(cache.insert(pattern))
    }

    /// An instant as a clock of the zone shows it.
    pub(super) fn format(&self, micros: i64, zone: &Zone) -> String {
        let clock = Clock::at(micros, zone);
        let mut out = String::new();
        for part in &self.parts {
            // Writing to a string does not fail.
            let _ = match part {
                Part::Literal(text) => out.write_str(text),
                Part::Field(letter, count) => clock.write(&mut out, *letter, *count, zone),
            };
        }
        out
    }

    /// The wall clock in microseconds, and the zone if the text has one; else the place that does not fit.
    pub(super) fn parse(&self, text: &str) -> std::result::Result<(i64, Option<Zone>), Misfit> {
        let mut reader = Reader { text, at: 0, fields: Fields::default() };
        for (number, part) in self.parts.iter().enumerate() {
            let followed = matches!(self.parts.get(number + 1), Some(Part::Field(..)));
            let done = match part {
                Part::Literal(literal) => reader.literal(literal),
                Part::Field(letter, count) => reader.field(*letter, *count, followed),
            };
            done.ok_or(Misfit::At(reader.at))?;
        }
        if reader.at < text.len() {
            return Err(Misfit::Rest(reader.at));
        }
        let zone = reader.fields.zone.clone();
        reader.fields.micros().map(|micros| (micros, zone)).ok_or(Misfit::NoDate)
    }
}

/// Why a text does not fit a pattern.
pub(super) enum Misfit {
    At(usize),
    Rest(usize),
    NoDate,
}

impl Misfit {
    pub(super) fn message(&self, text: &str) -> String {
        match self {
            Misfit::At(at) => format!("Text '{text}' could not be parsed at index {at}"),
            Misfit::Rest(at) => format!("Text '{text}' could not be parsed, unparsed text found at index {at}"),
            Misfit::NoDate => format!("Text '{text}' could not be parsed: there is no such date"),
        }
    }
}

/// A moment taken apart.
struct Clock {
    days: i64,
    year: i64,
    month: u32,
    day: u32,
    seconds: i64,
    micros: i64,
    /// Seconds east of UTC.
    offset: i64,
}

impl Clock {
    fn at(instant: i64, zone: &Zone) -> Clock {
        let local = zone.to_local(instant);
        let days = local.div_euclid(MICROS_PER_DAY);
        let (year, month, day) = civil_from_days(days);
        let of_day = local.rem_euclid(MICROS_PER_DAY);
        let offset = (local - instant) / 1_000_000;
        Clock { days, year, month, day, seconds: of_day / 1_000_000, micros: of_day % 1_000_000, offset }
    }

    fn write(&self, out: &mut String, letter: char, count: usize, zone: &Zone) -> std::fmt::Result {
        let hour = self.seconds / 3600;
        let number = match letter {
            'y' | 'u' if count == 2 => self.year.rem_euclid(100),
            'y' | 'u' => self.year,
            'M' | 'L' if count <= 2 => self.month.into(),
            'M' | 'L' => return out.write_str(shortened(MONTHS[self.month as usize - 1], count)),
            'd' => self.day.into(),
            'D' => self.days - days_from_civil(self.year, 1, 1) + 1,
            'E' => return out.write_str(shortened(WEEKDAYS[(self.days + 3).rem_euclid(7) as usize], count)),
            'Q' | 'q' if count <= 2 => self.month.div_ceil(3).into(),
            'Q' | 'q' => return write!(out, "Q{}", self.month.div_ceil(3)),
            'a' => return out.write_str(if hour < 12 { "AM" } else { "PM" }),
            'H' => hour,
            'k' => {
                if hour == 0 {
                    24
                } else {
                    hour
                }
            }
            'K' => hour % 12,
            'h' => {
                if hour % 12 == 0 {
                    12
                } else {
                    hour % 12
                }
            }
            'm' => self.seconds / 60 % 60,
            's' => self.seconds % 60,
            'S' => return out.write_str(&format!("{:06}000", self.micros)[..count.min(9)]),
            'G' => return out.write_str(if self.year > 0 { "AD" } else { "BC" }),
            _ => return self.write_zone(out, letter, count, zone),
        };
        let sign = if number < 0 { "-" } else { "" };
        write!(out, "{sign}{:0count$}", number.abs())
    }

    fn write_zone(&self, out: &mut String, letter: char, count: usize, zone: &Zone) -> std::fmt::Result {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (self.offset.abs() / 3600, self.offset.abs() / 60 % 60);
        match (letter, zone) {
            ('V' | 'z', Zone::Region(region)) => out.write_str(region.name()),
            ('V' | 'z', _) if self.offset == 0 => out.write_str(if letter == 'V' { "Z" } else { "UTC" }),
            ('X', _) if self.offset == 0 => out.write_str("Z"),
            ('O', _) if self.offset == 0 => out.write_str("GMT"),
            ('O', _) => write!(out, "GMT{sign}{hours:02}:{minutes:02}"),
            ('X' | 'x', _) if count == 1 && minutes == 0 => write!(out, "{sign}{hours:02}"),
            ('X' | 'x', _) if count <= 2 => write!(out, "{sign}{hours:02}{minutes:02}"),
            ('Z', _) if count < 4 => write!(out, "{sign}{hours:02}{minutes:02}"),
            _ => write!(out, "{sign}{hours:02}:{minutes:02}"),
        }
    }
}

/// Up to three letters give the short name.
fn shortened(name: &str, count: usize) -> &str {
    if count < 4 { &name[..3] } else { name }
}

/// What was read so far.
#[derive(Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    half_day_hour: Option<i64>,
    afternoon: bool,
    minute: i64,
    second: i64,
    micros: i64,
    zone: Option<Zone>,
}

impl Fields {
    fn micros(&self) -> Option<i64> {
        let year = self.year.unwrap_or(1970);
        let days = match self.day_of_year {
            Some(day) if self.month.is_none() => days_from_civil(year, 1, 1) + day - 1,
            _ => {
                let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
                checked_days(year, month.try_into().ok()?, day.try_into().ok()?)?.into()
            }
        };
        let hour = match self.half_day_hour {
            Some(hour) => hour % 12 + if self.afternoon { 12 } else { 0 },
            None => self.hour,
        };
        let exists = (0..24).contains(&hour) && self.minute < 60 && self.second < 60;
        let seconds = days * 86_400 + hour * 3600 + self.minute * 60 + self.second;
        exists.then_some(seconds.checked_mul(1_000_000)?.checked_add(self.micros)?)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    fields: Fields,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest().starts_with(literal).then(|| self.at += literal.len())
    }

    /// A field; one letter takes as many digits as there are, unless another field follows at once.
    fn field(&mut self, letter: char, count: usize, followed: bool) -> Option<()> {
        let digits = |one: usize| match count {
            1 if !followed => 1..=one.max(1),
            _ => count..=count,
        };
        match letter {
            'y' | 'u' => {
                let year = if count == 2 { 2000 + self.number(2..=2)? } else { self.number(digits(9))? };
                self.fields.year = Some(year);
            }
            'M' | 'L' if count > 2 => self.fields.month = Some(self.name(&MONTHS, count)? + 1),
            'M' | 'L' => self.fields.month = Some(self.number(digits(2))?),
            'd' => self.fields.day = Some(self.number(digits(2))?),
            'D' => self.fields.day_of_year = Some(self.number(1..=3)?),
            'E' => {
                self.name(&WEEKDAYS, count)?;
            }
            'H' | 'k' => self.fields.hour = self.number(digits(2))? % 24,
            'h' | 'K' => self.fields.half_day_hour = Some(self.number(digits(2))?),
            'm' => self.fields.minute = self.number(digits(2))?,
            's' => self.fields.second = self.number(digits(2))?,
            'S' => {
                let start = self.at;
                let value = self.number(1..=count.min(9))?;
                let read = (self.at - start) as u32;
                self.fields.micros = value * 10i64.pow(9 - read) / 1_000;
            }
            'a' => {
                let half = self.rest().get(..2)?;
                self.fields.afternoon = half.eq_ignore_ascii_case("PM");
                if !self.fields.afternoon && !half.eq_ignore_ascii_case("AM") {
                    return None;
                }
                self.at += 2;
            }
            'V' | 'z' | 'Z' | 'X' | 'x' | 'O' => self.zone()?,
            _ => return None,
        }
        Some(())
    }

    fn number(&mut self, width: std::ops::RangeInclusive<usize>) -> Option<i64> {
        let count = self.rest().bytes().take(*width.end()).take_while(u8::is_ascii_digit).count();
        if count < *width.start() {
            return None;
        }
        let value = self.rest()[..count].parse().ok()?;
        self.at += count;
        Some(value)
    }

    fn name(&mut self, names: &[&str], count: usize) -> Option<i64> {
        let starts = |name: &str| self.rest().get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name));
        let at = names.iter().position(|name| starts(shortened(name, count)))?;
        self.at += shortened(names[at], count).len();
        Some(at as i64)
    }

    fn zone(&mut self) -> Option<()> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-:/_".contains(c);
        let end = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        self.fields.zone = Some(Zone::parse(&self.rest()[..end])?);
        self.at += end;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(pattern: &str, micros: i64) -> String {
        Pattern::compile(pattern).expect("a pattern").format(micros, &Zone::UTC)
    }

    fn parse(pattern: &str, text: &str) -> std::result::Result<i64, String> {
        let pattern = Pattern::compile(pattern).expect("a pattern");
        pattern.parse(text).map(|(micros, _)| micros).map_err(|misfit| misfit.message(text))
    }

    #[test]
    fn written() {
        let moment = parse("yyyy-MM-dd HH:mm:ss.SSS", "2019-03-07 15:04:05.120").expect("a moment");
        for (pattern, expected) in [
            ("yyyy-MM-dd HH:mm:ss.SSS", "2019-03-07 15:04:05.120"),
            ("d/M/yy", "7/3/19"),
            ("EEE, MMM d", "Thu, Mar 7"),
            ("EEEE MMMM", "Thursday March"),
            ("hh:mm a", "03:04 PM"),
            ("'at' H 'o''clock'", "at 15 o'clock"),
            ("DDD", "066"),
            ("QQQ", "Q1"),
            ("XXX", "Z"),
            ("y", "2019"),
        ] {
            assert_eq!(format(pattern, moment), expected, "{pattern}");
        }
    }

    #[test]
    fn read() {
        assert_eq!(parse("yyyyMMdd", "19700102"), Ok(86_400_000_000));
        assert_eq!(parse("MMM d, yyyy", "Jan 2, 1970"), Ok(86_400_000_000));
        assert_eq!(parse("yy", "1"), Err("Text '1' could not be parsed at index 0".to_owned()));
        assert_eq!(
            parse("yy", "123"),
            Err("Text '123' could not be parsed, unparsed text found at index 2".to_owned())
        );
        assert!(parse("yyyy-MM-dd", "2021-02-29").is_err());
    }
}
