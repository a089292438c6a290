//! A moment read by a pattern. Fields that are not there are those of 1970-01-01 00:00:00.

use firesteel_expr::cast::datetime::format_date;
use firesteel_expr::cast::datetime::{Zone, civil_from_days, days_from_civil, days_in_month, is_leap_year};

use super::{MONTHS, Part, WEEKDAYS, shortened};

pub(super) fn parse(parts: &[Part], text: &str) -> Result<(i64, Option<Zone>), String> {
    let mut reader = Reader { text, at: 0, fields: Fields::default() };
    if !reader.parts(parts, false) {
        return Err(format!("Text '{text}' could not be parsed at index {}", reader.at));
    }
    if reader.at < text.len() {
        return Err(format!("Text '{text}' could not be parsed, unparsed text found at index {}", reader.at));
    }
    let zone = reader.fields.zone.clone();
    // Java finds out about fields that do not fit while parsing only when there is a year among them.
    let prefix =
        if reader.fields.year.is_some() { format!("Text '{text}' could not be parsed: ") } else { String::new() };
    let micros = reader.fields.micros().map_err(|reason| prefix + &reason)?;
    Ok((micros, zone))
}

/// What was read so far.
#[derive(Debug, Clone, Default)]
struct Fields {
    year: Option<i64>,
    before_christ: bool,
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

fn in_range(field: &str, value: i64, from: i64, to: i64, shown: &str) -> Result<(), String> {
    match (from..=to).contains(&value) {
        true => Ok(()),
        false => Err(format!("Invalid value for {field} (valid values {shown}): {value}")),
    }
}

impl Fields {
    fn micros(&self) -> Result<i64, String> {
        let hour = match self.half_day_hour {
            Some(hour) => hour % 12 + if self.afternoon { 12 } else { 0 },
            None => self.hour,
        };
        in_range("HourOfDay", hour, 0, 23, "0 - 23")?;
        in_range("MinuteOfHour", self.minute, 0, 59, "0 - 59")?;
        in_range("SecondOfMinute", self.second, 0, 59, "0 - 59")?;
        let seconds = self.days()? * 86_400 + hour * 3600 + self.minute * 60 + self.second;
        let micros = seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(self.micros));
        micros.ok_or_else(|| "long overflow".to_owned())
    }

    fn days(&self) -> Result<i64, String> {
        let given = self.year.unwrap_or(1970);
        let year = if self.before_christ { 1 - given } else { given };
        if let Some(month) = self.month {
            in_range("MonthOfYear", month, 1, 12, "1 - 12")?;
        }
        if let Some(day) = self.day {
            in_range("DayOfMonth", day, 1, 31, "1 - 28/31")?;
        }
        let whole = self.year.is_some() && self.month.is_some() && self.day.is_some();
        match self.day_of_year {
            Some(_) if whole => self.days_of_date(year),
            Some(day) => self.days_of_year(year, day),
            None => self.days_of_date(year),
        }
    }

    fn days_of_date(&self, year: i64) -> Result<i64, String> {
        let (month, day) = (self.month.unwrap_or(1) as u32, self.day.unwrap_or(1) as u32);
        if day <= days_in_month(year, month) {
            return Ok(days_from_civil(year, month, day));
        }
        Err(match (month, day) {
            (2, 29) => format!("Invalid date 'February 29' as '{year}' is not a leap year"),
            _ => format!("Invalid date '{} {day}'", MONTHS[month as usize - 1].to_uppercase()),
        })
    }

    /// The other fields must say the same.
    fn days_of_year(&self, year: i64, day: i64) -> Result<i64, String> {
        in_range("DayOfYear", day, 1, 366, "1 - 365/366")?;
        if day == 366 && !is_leap_year(year) {
            return Err(format!("Invalid date 'DayOfYear 366' as '{year}' is not a leap year"));
        }
        let days = days_from_civil(year, 1, 1) + day - 1;
        let (_, month, of_month) = civil_from_days(days);
        for (name, given, derived) in
            [("MonthOfYear", self.month, i64::from(month)), ("DayOfMonth", self.day, i64::from(of_month))]
        {
            let Some(given) = given.filter(|given| *given != derived) else { continue };
            let date = format_date(days as i32);
            return Err(match self.year {
                Some(_) => {
                    format!("Conflict found: Field {name} {derived} differs from {name} {given} derived from {date}")
                }
                None => {
                    format!("Conflict found: Field {name} {given} differs from {name} {derived} derived from {date}.")
                }
            });
        }
        Ok(days)
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    fields: Fields,
}

impl<'a> Reader<'a> {
    /// Whether all parts were there. `followed`: a field follows at once.
    fn parts(&mut self, parts: &[Part], followed: bool) -> bool {
        for (number, part) in parts.iter().enumerate() {
            let followed = match parts.get(number + 1) {
                Some(next) => matches!(next, Part::Field(..)),
                None => followed,
            };
            let there = match part {
                Part::Literal(literal) => self.literal(literal).is_some(),
                Part::Field(letter, count) => self.field(*letter, *count, followed).is_some(),
                Part::Optional(section) => {
                    let (at, fields) = (self.at, self.fields.clone());
                    if !self.parts(section, followed) {
                        (self.at, self.fields) = (at, fields);
                    }
                    true
                }
            };
            if !there {
                return false;
            }
        }
        true
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest().starts_with(literal).then(|| self.at += literal.len())
    }

    /// A field; one letter takes as many digits as there are, unless another field follows at once.
    fn field(&mut self, letter: char, count: usize, followed: bool) -> Option<()> {
        let digits = |one: usize| match count {
            1 if !followed => 1..=one,
            _ => count..=count.max(1),
        };
        match letter {
            'y' => self.fields.year = Some(self.year(count, followed)?),
            'G' => {
                let long = if count < 4 { ["BC", "AD"] } else { ["Before Christ", "Anno Domini"] };
                self.fields.before_christ = self.word(&long)? == 0;
            }
            'M' | 'L' if count > 2 => self.fields.month = Some(self.name(&MONTHS, count)? + 1),
            'M' | 'L' => self.fields.month = Some(self.number(digits(2))?),
            'd' => self.fields.day = Some(self.number(digits(2))?),
            'D' => self.fields.day_of_year = Some(self.number(count..=3)?),
            'E' => {
                self.name(&WEEKDAYS, count)?;
            }
            'H' => self.fields.hour = self.number(digits(2))?,
            'k' => self.fields.hour = self.number(digits(2))? % 24,
            'h' | 'K' => self.fields.half_day_hour = Some(self.number(digits(2))?),
            'm' => self.fields.minute = self.number(digits(2))?,
            's' => self.fields.second = self.number(digits(2))?,
            'S' => {
                let start = self.at;
                let value = self.number(1..=count.min(9))?;
                let read = (self.at - start) as u32;
                self.fields.micros = value * 10i64.pow(9 - read) / 1_000;
            }
            'a' => self.fields.afternoon = self.word(&["AM", "PM"])? == 1,
            'V' | 'z' | 'Z' | 'X' | 'x' | 'O' => self.zone()?,
            _ => return None,
        }
        Some(())
    }

    /// Two letters are a year of this century; four and more may have a sign.
    fn year(&mut self, count: usize, followed: bool) -> Option<i64> {
        if count == 2 {
            return Some(2000 + self.number(2..=2)?);
        }
        let start = self.at;
        let sign = match self.rest().as_bytes().first() {
            Some(b'-') => -1,
            Some(b'+') if count >= 4 => 1,
            _ => 0,
        };
        self.at += usize::from(sign != 0);
        let most = if followed && sign == 0 { count } else { 6.max(count) };
        match self.number(count..=most) {
            Some(year) => Some(if sign < 0 { -year } else { year }),
            None => {
                self.at = start;
                None
            }
        }
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
        let at = names.iter().position(|name| self.begins_with(shortened(name, count)))?;
        self.at += shortened(names[at], count).len();
        Some(at as i64)
    }

    fn word(&mut self, words: &[&str]) -> Option<usize> {
        let at = words.iter().position(|word| self.begins_with(word))?;
        self.at += words[at].len();
        Some(at)
    }

    /// In any case.
    fn begins_with(&self, word: &str) -> bool {
        self.rest().get(..word.len()).is_some_and(|text| text.eq_ignore_ascii_case(word))
    }

    fn zone(&mut self) -> Option<()> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-:/_".contains(c);
        let end = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        self.fields.zone = Some(Zone::parse(&self.rest()[..end])?);
        self.at += end;
        Some(())
    }
}
