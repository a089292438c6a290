//! Text read as values of every type.
//!
//! Blanks and control characters around the text are ignored; nothing is parsed in part; what is malformed is
//! CAST_INVALID_INPUT.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, BooleanBuilder, Decimal128Array, PrimitiveArray,
    PrimitiveBuilder, StringViewArray,
};
use arrow::datatypes::{
    Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalYearMonthType, Time64NanosecondType,
    TimestampMicrosecondType,
};
use firesteel_common::{Error, Result, SqlType};

use super::datetime::{self, Zone};
use super::{Cast, decimal, failure, interval};
use crate::expr::CastMode;

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    let texts = array.as_string_view();
    let zone = || Zone::parse_or_utc(&cast.context.time_zone);
    match cast.to {
        SqlType::Boolean => Ok(Arc::new(booleans(texts, cast)?)),
        SqlType::TinyInt => each::<Int8Type>(texts, cast, |text| parse_integer(text)?.try_into().ok()),
        SqlType::SmallInt => each::<Int16Type>(texts, cast, |text| parse_integer(text)?.try_into().ok()),
        SqlType::Int => each::<Int32Type>(texts, cast, |text| parse_integer(text)?.try_into().ok()),
        SqlType::BigInt => each::<Int64Type>(texts, cast, parse_integer),
        SqlType::Float => each::<Float32Type>(texts, cast, |text| float_text(text).parse().ok()),
        SqlType::Double => each::<Float64Type>(texts, cast, parse_double),
        SqlType::Decimal { precision, scale } => decimals(texts, (*precision, *scale), cast),
        SqlType::Binary => Ok(arrow::compute::cast(array, &cast.to.to_arrow())?),
        SqlType::Date => each::<Date32Type>(texts, cast, datetime::parse_date),
        SqlType::Time(_) => each::<Time64NanosecondType>(texts, cast, datetime::parse_time),
        SqlType::Timestamp => {
            let zone = zone();
            each::<TimestampMicrosecondType>(texts, cast, |text| datetime::parse_timestamp(text, &zone))
        }
        SqlType::TimestampNtz => each::<TimestampMicrosecondType>(texts, cast, datetime::parse_timestamp_ntz),
        SqlType::YearMonthInterval(from, to) => {
            each::<IntervalYearMonthType>(texts, cast, |text| interval::parse_year_month(text, *from, *to))
        }
        SqlType::DayTimeInterval(from, to) => {
            each::<DurationMicrosecondType>(texts, cast, |text| interval::parse_day_time(text, *from, *to))
        }
        SqlType::CalendarInterval => each::<IntervalMonthDayNanoType>(texts, cast, |text| {
            let (months, days, micros) = interval::parse_calendar(text)?;
            Some(IntervalMonthDayNano::new(months, days, micros.checked_mul(1000)?))
        }),
        _ => Err(cast.undefined()),
    }
}

fn each<O: ArrowPrimitiveType>(
    texts: &StringViewArray,
    cast: &Cast<'_>,
    parse: impl Fn(&str) -> Option<O::Native>,
) -> Result<ArrayRef> {
    let mut values = PrimitiveBuilder::<O>::with_capacity(texts.len());
    for text in texts {
        match text {
            None => values.append_null(),
            Some(text) => match parse(text) {
                None if cast.mode == CastMode::Ansi => return Err(malformed(text, cast)),
                value => values.append_option(value),
            },
        }
    }
    let array: PrimitiveArray<O> = values.finish();
    Ok(Arc::new(array.with_data_type(cast.to.to_arrow())))
}

fn malformed(text: &str, cast: &Cast<'_>) -> Error {
    failure::malformed(failure::quoted(text), &SqlType::STRING, cast.to)
}

fn booleans(texts: &StringViewArray, cast: &Cast<'_>) -> Result<BooleanArray> {
    let mut values = BooleanBuilder::with_capacity(texts.len());
    for text in texts {
        let value = text.and_then(parse_boolean);
        match text {
            Some(text) if value.is_none() && cast.mode == CastMode::Ansi => return Err(malformed(text, cast)),
            _ => values.append_option(value),
        }
    }
    Ok(values.finish())
}

fn decimals(texts: &StringViewArray, (precision, scale): (u8, i8), cast: &Cast<'_>) -> Result<ArrayRef> {
    let mut values = PrimitiveBuilder::<Decimal128Type>::with_capacity(texts.len());
    for text in texts {
        let Some(text) = text else {
            values.append_null();
            continue;
        };
        let number = DecimalText::read(text);
        let unscaled = number.as_ref().and_then(|number| number.unscaled(precision, scale));
        if unscaled.is_none() && cast.mode == CastMode::Ansi {
            return Err(match number {
                None => malformed(text, cast),
                Some(_) => failure::too_many_digits(text.trim().to_owned(), precision, scale),
            });
        }
        values.append_option(unscaled);
    }
    let array: Decimal128Array = values.finish();
    Ok(Arc::new(array.with_precision_and_scale(precision, scale)?))
}

/// Without blanks and control characters at both ends.
pub fn trim_all(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ' || c == '\x7f')
}

/// An optional sign and digits; `None` too when out of range.
pub fn parse_integer(text: &str) -> Option<i64> {
    let text = trim_all(text).as_bytes();
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() {
        return None;
    }
    // Counted downwards, so that the smallest value needs no special case.
    let mut value: i64 = 0;
    for digit in digits {
        let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        value = value.checked_mul(10)?.checked_sub(digit)?;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

pub fn parse_double(text: &str) -> Option<f64> {
    float_text(text).parse().ok()
}

/// What Rust reads as a float: blanks and Java's type suffix (`1.5d`) removed.
fn float_text(text: &str) -> &str {
    let text = text.trim_matches(|c: char| c <= ' ');
    match text.as_bytes() {
        [.., b'0'..=b'9' | b'.', b'd' | b'D' | b'f' | b'F'] => &text[..text.len() - 1],
        _ => text,
    }
}

pub fn parse_boolean(text: &str) -> Option<bool> {
    let text = trim_all(text);
    let is_one_of = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match () {
        () if is_one_of(&["t", "true", "y", "yes", "1"]) => Some(true),
        () if is_one_of(&["f", "false", "n", "no", "0"]) => Some(false),
        () => None,
    }
}

/// The unscaled value of a number in text form, rounded half up to the scale; `None` when malformed or too long.
pub fn parse_decimal(text: &str, precision: u8, scale: i8) -> Option<i128> {
    DecimalText::read(text)?.unscaled(precision, scale)
}

/// A number as written: `-12.34e5`.
struct DecimalText<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i32,
}

impl<'a> DecimalText<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c <= ' ').as_bytes();
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            _ => (false, text),
        };
        let (mantissa, exponent) = match text.iter().position(|c| matches!(c, b'e' | b'E')) {
            Some(at) => (&text[..at], std::str::from_utf8(&text[at + 1..]).ok()?.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction): (&[u8], &[u8]) = match memchr::memchr(b'.', mantissa) {
            Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
            None => (mantissa, &[]),
        };
        let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        let some_digit = !whole.is_empty() || !fraction.is_empty();
        (some_digit && all_digits(whole) && all_digits(fraction)).then_some(Self {
            negative,
            whole,
            fraction,
            exponent,
        })
    }

    fn unscaled(&self, precision: u8, scale: i8) -> Option<i128> {
        let digits = || self.whole.iter().chain(self.fraction).map(|digit| i128::from(digit - b'0'));
        let count = (self.whole.len() + self.fraction.len()) as i64;
        // So many leading digits count; a negative number means that zeros stand before the first digit.
        let kept = self.whole.len() as i64 + i64::from(self.exponent) + i64::from(scale);
        let mut value: i128 = 0;
        for digit in digits().take(kept.clamp(0, count) as usize) {
            value = value.checked_mul(10)?.checked_add(digit)?;
        }
        if kept > count && value != 0 {
            let zeros = decimal::power_of_ten(u32::try_from(kept - count).ok()?)?;
            value = value.checked_mul(zeros)?;
        }
        if (0..count).contains(&kept) && digits().nth(kept as usize).is_some_and(|digit| digit >= 5) {
            value += 1;
        }
        let value = if self.negative { -value } else { value };
        decimal::fits(value, precision).then_some(value)
    }
}
