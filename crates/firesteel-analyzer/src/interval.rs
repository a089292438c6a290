//! Interval literals.
//!
//! ```text
//! only years, quarters, months      → year-month, from the largest unit named to the smallest
//! only weeks … nanoseconds          → day-time, likewise
//! both kinds                        → calendar interval: months, days and microseconds kept apart
//! '1-2' YEAR TO MONTH and the like  → as said
//! ```

use datafusion_common::ScalarValue;
use firesteel_common::conditions::INVALID_INTERVAL_FORMAT;
use firesteel_common::types::{DayTimeField, YearMonthField};
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Literal;
use firesteel_expr::cast::interval as text;
use firesteel_plan::parsed::{IntervalField, IntervalLiteral, IntervalUnit};

const MICROS_PER_DAY: i64 = 86_400_000_000;

pub(crate) fn resolve(literal: &IntervalLiteral) -> Result<Literal> {
    match literal {
        IntervalLiteral::Fields(fields) => of_fields(fields),
        IntervalLiteral::Text(text) => of_text(text).map_err(|error| match error.is(&INVALID_INTERVAL_FORMAT) {
            true => error!(INVALID_TYPED_LITERAL, valueType = "\"INTERVAL\"", value = format!("'{text}'")),
            false => error,
        }),
        IntervalLiteral::Range { text, from, to } => of_range(text, *from, *to),
    }
}

#[derive(Default)]
struct Parts {
    months: i64,
    days: i64,
    micros: i64,
}

impl Parts {
    fn add(&mut self, value: &str, unit: IntervalUnit) -> Option<()> {
        let (negative, digits) = match value.trim() {
            value if value.starts_with('-') => (true, value[1..].trim_start()),
            value => (false, value.trim_start_matches('+').trim_start()),
        };
        let (months, days, micros) = text::parse::calendar_unit(digits, &unit.to_string().to_lowercase())?;
        let sign = if negative { -1 } else { 1 };
        self.months = self.months.checked_add(months.checked_mul(sign)?)?;
        self.days = self.days.checked_add(days.checked_mul(sign)?)?;
        self.micros = self.micros.checked_add(micros.checked_mul(sign)?)?;
        Some(())
    }

    /// The narrowest interval type that has all the units.
    fn literal(&self, units: &[IntervalUnit]) -> Option<Result<Literal>> {
        let months: Vec<_> = units.iter().filter_map(|unit| year_month_field(*unit)).collect();
        let days: Vec<_> = units.iter().filter_map(|unit| day_time_field(*unit)).collect();
        if let (Some(from), Some(to), true) = (months.iter().min(), months.iter().max(), days.is_empty()) {
            return Some(year_month(i32::try_from(self.months).ok()?, *from, *to));
        }
        if let (Some(from), Some(to), true) = (days.iter().min(), days.iter().max(), months.is_empty()) {
            let micros = self.days.checked_mul(MICROS_PER_DAY)?.checked_add(self.micros)?;
            return Some(day_time(micros, *from, *to));
        }
        let value = datafusion_common::arrow::datatypes::IntervalMonthDayNano::new(
            i32::try_from(self.months).ok()?,
            i32::try_from(self.days).ok()?,
            self.micros.checked_mul(1_000)?,
        );
        Some(Literal::new(ScalarValue::IntervalMonthDayNano(Some(value)), SqlType::CalendarInterval))
    }
}

fn of_fields(fields: &[IntervalField]) -> Result<Literal> {
    let mut parts = Parts::default();
    for field in fields {
        parts.add(&field.value, field.unit).ok_or_else(|| invalid(&field.value, &field.value))?;
    }
    let units: Vec<_> = fields.iter().map(|field| field.unit).collect();
    parts.literal(&units).unwrap_or_else(|| Err(error!(INTERVAL_ARITHMETIC_OVERFLOW)))
}

/// `[interval] 1 day -2 hours`.
fn of_text(input: &str) -> Result<Literal> {
    let lower = input.trim().to_lowercase();
    let mut words = lower.split_whitespace().peekable();
    words.next_if_eq(&"interval");
    let mut parts = Parts::default();
    let mut units = Vec::new();
    while let Some(value) = words.next() {
        // The sign may stand apart.
        let joined = match value {
            "-" | "+" => format!("{value}{}", words.next().unwrap_or_default()),
            _ => value.to_owned(),
        };
        let unit = words.next().and_then(parse_interval_unit).ok_or_else(|| invalid(input, &joined))?;
        parts.add(&joined, unit).ok_or_else(|| invalid(input, &joined))?;
        units.push(unit);
    }
    if units.is_empty() {
        return Err(invalid(input, ""));
    }
    parts.literal(&units).unwrap_or_else(|| Err(error!(INTERVAL_ARITHMETIC_OVERFLOW)))
}

fn of_range(input: &str, from: IntervalUnit, to: IntervalUnit) -> Result<Literal> {
    let invalid = || invalid(input, input);
    if let (Some(from), Some(to)) = (year_month_field(from), year_month_field(to)) {
        return year_month(text::parse_year_month(input, from, to).ok_or_else(invalid)?, from, to);
    }
    let (from, to) = day_time_field(from).zip(day_time_field(to)).ok_or_else(invalid)?;
    day_time(text::parse_day_time(input, from, to).ok_or_else(invalid)?, from, to)
}

fn year_month(months: i32, from: YearMonthField, to: YearMonthField) -> Result<Literal> {
    Literal::new(ScalarValue::IntervalYearMonth(Some(months)), SqlType::YearMonthInterval(from, to))
}

fn day_time(micros: i64, from: DayTimeField, to: DayTimeField) -> Result<Literal> {
    Literal::new(ScalarValue::DurationMicrosecond(Some(micros)), SqlType::DayTimeInterval(from, to))
}

fn invalid(input: &str, value: &str) -> Error {
    error!(INVALID_INTERVAL_FORMAT, input = input, value = value)
}

/// The field that a unit counts; quarters are months, weeks days, and fractions of seconds seconds.
fn year_month_field(unit: IntervalUnit) -> Option<YearMonthField> {
    match unit {
        IntervalUnit::Year => Some(YearMonthField::Year),
        IntervalUnit::Quarter | IntervalUnit::Month => Some(YearMonthField::Month),
        _ => None,
    }
}

fn day_time_field(unit: IntervalUnit) -> Option<DayTimeField> {
    Some(match unit {
        IntervalUnit::Year | IntervalUnit::Quarter | IntervalUnit::Month => return None,
        IntervalUnit::Week | IntervalUnit::Day => DayTimeField::Day,
        IntervalUnit::Hour => DayTimeField::Hour,
        IntervalUnit::Minute => DayTimeField::Minute,
        IntervalUnit::Second | IntervalUnit::Millisecond | IntervalUnit::Microsecond | IntervalUnit::Nanosecond => {
            DayTimeField::Second
        }
    })
}

/// The unit that a word names, singular or plural.
fn parse_interval_unit(word: &str) -> Option<IntervalUnit> {
    Some(match word.strip_suffix('s').unwrap_or(word) {
        "year" => IntervalUnit::Year,
        "quarter" => IntervalUnit::Quarter,
        "month" => IntervalUnit::Month,
        "week" => IntervalUnit::Week,
        "day" => IntervalUnit::Day,
        "hour" => IntervalUnit::Hour,
        "minute" => IntervalUnit::Minute,
        "second" => IntervalUnit::Second,
        "millisecond" => IntervalUnit::Millisecond,
        "microsecond" => IntervalUnit::Microsecond,
        "nanosecond" => IntervalUnit::Nanosecond,
        _ => return None,
    })
}
