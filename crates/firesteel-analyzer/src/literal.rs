//! Literals: text and suffix become a typed value; a value becomes the text by which Spark names it.
//!
//! ```text
//! 1 → INT, 3000000000 → BIGINT, longer → DECIMAL(n,0)      1Y 1S 1L → TINYINT SMALLINT BIGINT
//! 1.50 → DECIMAL(3,2)   1e3, 1.5D → DOUBLE   1.5F → FLOAT  DATE '…', TIMESTAMP '…' → read now or refused
//! ```

use std::fmt::Write;

use datafusion_common::ScalarValue;
use firesteel_common::settings::{Setting, Settings};
use firesteel_common::{Error, Result, Span, SqlType, error};
use firesteel_expr::cast::datetime::{self, MICROS_PER_DAY, Zone};
use firesteel_expr::cast::{interval as interval_text, to_string};
use firesteel_expr::{EvalContext, Literal};
use firesteel_plan::parsed::{self, IntegerSuffix, TypedLiteral};

use crate::interval;

/// Which type `TIMESTAMP '…'` without a zone is; who moves data between systems without zones turns it.
pub(crate) const TIMESTAMP_TYPE: Setting<&'static str> = Setting {
    key: "spark.sql.timestampType",
    default: "TIMESTAMP_LTZ",
    doc: "What TIMESTAMP means: TIMESTAMP_LTZ, an instant, or TIMESTAMP_NTZ, a wall clock.",
};

/// What literals depend on besides their text.
#[derive(Clone, Copy)]
pub(crate) struct LiteralContext<'a> {
    pub(crate) eval: &'a EvalContext,
    pub(crate) settings: &'a Settings,
}

pub(crate) fn resolve(literal: &parsed::Literal, span: Span, context: LiteralContext<'_>) -> Result<Literal> {
    match literal {
        parsed::Literal::Null => Ok(Literal::null(SqlType::Void)),
        parsed::Literal::Boolean(value) => Ok(Literal::boolean(*value)),
        parsed::Literal::Integer { text, suffix } => integer(text, *suffix),
        parsed::Literal::Decimal(text) => decimal(text),
        parsed::Literal::Double(text) => double(text),
        parsed::Literal::Float(text) => float(text),
        parsed::Literal::String(text) => Ok(Literal::string(text.as_str())),
        parsed::Literal::Binary(bytes) => Literal::new(ScalarValue::BinaryView(Some(bytes.clone())), SqlType::Binary),
        parsed::Literal::Typed { kind, text } => typed(*kind, text, context),
        parsed::Literal::Interval(literal) => interval::resolve(literal),
    }
    .map_err(|error| error.at(span))
}

/// The literal of the opposite sign, if it is a number that has none yet: `-2147483648` is one INT literal.
pub(crate) fn negated(literal: &parsed::Literal) -> Option<parsed::Literal> {
    let minus = |text: &String| (!text.starts_with('-')).then(|| format!("-{text}"));
    Some(match literal {
        parsed::Literal::Integer { text, suffix } => parsed::Literal::Integer { text: minus(text)?, suffix: *suffix },
        parsed::Literal::Decimal(text) => parsed::Literal::Decimal(minus(text)?),
        parsed::Literal::Double(text) => parsed::Literal::Double(minus(text)?),
        parsed::Literal::Float(text) => parsed::Literal::Float(minus(text)?),
        _ => return None,
    })
}

fn integer(text: &str, suffix: Option<IntegerSuffix>) -> Result<Literal> {
    match suffix {
        Some(IntegerSuffix::TinyInt) => {
            let value = text.parse().map_err(|_| out_of_range(text, "tinyint", i8::MIN, i8::MAX))?;
            Literal::new(ScalarValue::Int8(Some(value)), SqlType::TinyInt)
        }
        Some(IntegerSuffix::SmallInt) => {
            let value = text.parse().map_err(|_| out_of_range(text, "smallint", i16::MIN, i16::MAX))?;
            Literal::new(ScalarValue::Int16(Some(value)), SqlType::SmallInt)
        }
        Some(IntegerSuffix::BigInt) => {
            let value = text.parse().map_err(|_| out_of_range(text, "bigint", i64::MIN, i64::MAX))?;
            Ok(Literal::bigint(value))
        }
        None => match (text.parse(), text.parse()) {
            (Ok(value), _) => Ok(Literal::int(value)),
            (_, Ok(value)) => Ok(Literal::bigint(value)),
            _ => decimal(text),
        },
    }
}

fn out_of_range(text: &str, type_name: &str, min: impl ToString, max: impl ToString) -> Error {
    error!(
        NUMERIC_LITERAL_OUT_OF_RANGE,
        rawStrippedQualifier = text,
        typeName = type_name,
        minValue = min.to_string(),
        maxValue = max.to_string()
    )
}

fn double(text: &str) -> Result<Literal> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Literal::double(value)),
        _ => Err(out_of_range(text, "double", "-1.7976931348623157E+308", "1.7976931348623157E+308")),
    }
}

fn float(text: &str) -> Result<Literal> {
    match text.parse::<f32>() {
        Ok(value) if value.is_finite() => Literal::new(ScalarValue::Float32(Some(value)), SqlType::Float),
        _ => Err(out_of_range(text, "float", "-3.4028234663852886E+38", "3.4028234663852886E+38")),
    }
}

/// Precision and scale are those of the digits written: `1.50` has three of which two after the point.
fn decimal(text: &str) -> Result<Literal> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        // An exponent beyond this has more digits than any decimal, whatever the mantissa.
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().unwrap_or(i64::from(i32::MAX))),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let scale = fraction.len() as i64 - exponent;
    let zeros = (-scale).max(0);
    let scale = scale.max(0);
    let precision = (digits.len().max(1) as i64 + zeros).max(scale);
    if precision > i64::from(SqlType::DECIMAL_PRECISION_MAX) {
        return Err(error!(
            DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION,
            precision = precision.to_string(),
            maxPrecision = SqlType::DECIMAL_PRECISION_MAX.to_string()
        ));
    }
    let unscaled: i128 = format!("{}{digits}{}", if negative { "-0" } else { "0" }, "0".repeat(zeros as usize))
        .parse()
        .map_err(|_| firesteel_common::internal!("decimal digits {digits}"))?;
    Ok(Literal::decimal(unscaled, precision as u8, scale as i8))
}

fn typed(kind: TypedLiteral, text: &str, context: LiteralContext<'_>) -> Result<Literal> {
    let zone = Zone::parse_or_utc(&context.eval.time_zone);
    let now = context.eval.query_time;
    let value = match kind {
        TypedLiteral::Date => {
            let days = special_day(text, now, &zone).or_else(|| datetime::parse_date(text));
            days.map(|days| Ok(Literal::date(days)))
        }
        TypedLiteral::Time => datetime::parse_time(text)
            .map(|nanos| Literal::new(ScalarValue::Time64Nanosecond(Some(nanos)), SqlType::Time(6))),
        TypedLiteral::TimestampLtz => instant(text, now, &zone),
        TypedLiteral::TimestampNtz => wall_clock(text, now, &zone),
        TypedLiteral::Timestamp => {
            let ntz = context.settings.get(&TIMESTAMP_TYPE).eq_ignore_ascii_case("TIMESTAMP_NTZ");
            match ntz && !datetime::parse::names_a_zone(text) {
                true => wall_clock(text, now, &zone),
                false => instant(text, now, &zone),
            }
        }
    };
    value.unwrap_or_else(|| {
        let quoted = format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
        Err(error!(INVALID_TYPED_LITERAL, valueType = format!("\"{kind}\""), value = quoted))
    })
}

fn instant(text: &str, now: i64, zone: &Zone) -> Option<Result<Literal>> {
    let micros = match special_day(text, now, zone) {
        _ if text.trim().eq_ignore_ascii_case("now") => now,
        _ if text.trim().eq_ignore_ascii_case("epoch") => 0,
        Some(days) => zone.to_utc(i64::from(days) * MICROS_PER_DAY),
        None => datetime::parse_timestamp(text, zone)?,
    };
    let value = ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()));
    Some(Literal::new(value, SqlType::Timestamp))
}

fn wall_clock(text: &str, now: i64, zone: &Zone) -> Option<Result<Literal>> {
    let micros = match special_day(text, now, zone) {
        _ if text.trim().eq_ignore_ascii_case("now") => zone.to_local(now),
        Some(days) => i64::from(days) * MICROS_PER_DAY,
        None => datetime::parse_timestamp_ntz(text)?,
    };
    Some(Literal::new(ScalarValue::TimestampMicrosecond(Some(micros), None), SqlType::TimestampNtz))
}

/// Days that are named relative to the query's start, which only typed literals know.
fn special_day(text: &str, now: i64, zone: &Zone) -> Option<i32> {
    let today = datetime::today(now, zone);
    Some(match text.trim().to_ascii_lowercase().as_str() {
        "epoch" => 0,
        "now" | "today" => today,
        "yesterday" => today.checked_sub(1)?,
        "tomorrow" => today.checked_add(1)?,
        _ => return None,
    })
}

/// The text by which a column of this value is named: `1`, `abc`, `1.0`, `DATE '2020-01-01'`.
pub(crate) fn text(literal: &Literal, eval: &EvalContext) -> String {
    let zone = || Zone::parse_or_utc(&eval.time_zone);
    if literal.is_null() {
        return "NULL".to_owned();
    }
    match (literal.value(), literal.data_type()) {
        (ScalarValue::Float64(Some(value)), _) => to_string::format_double(*value),
        (ScalarValue::Float32(Some(value)), _) => to_string::format_float(*value),
        (ScalarValue::Decimal128(Some(unscaled), _, scale), _) => decimal_text(*unscaled, *scale),
        (ScalarValue::BinaryView(Some(bytes)), _) => {
            bytes.iter().fold("X'".to_owned(), |mut out, byte| {
                // Writing to a string does not fail.
                let _ = write!(out, "{byte:02X}");
                out
            }) + "'"
        }
        (ScalarValue::Date32(Some(days)), _) => format!("DATE '{}'", datetime::format_date(*days)),
        (ScalarValue::Time64Nanosecond(Some(nanos)), _) => format!("TIME '{}'", datetime::format_time(*nanos)),
        (ScalarValue::TimestampMicrosecond(Some(micros), Some(_)), _) => {
            format!("TIMESTAMP '{}'", datetime::format_timestamp(*micros, &zone()))
        }
        (ScalarValue::TimestampMicrosecond(Some(micros), None), _) => {
            format!("TIMESTAMP_NTZ '{}'", datetime::format_timestamp_ntz(*micros))
        }
        (ScalarValue::IntervalYearMonth(Some(months)), SqlType::YearMonthInterval(from, to)) => {
            interval_text::sql_year_month(*months, *from, *to)
        }
        (ScalarValue::DurationMicrosecond(Some(micros)), SqlType::DayTimeInterval(from, to)) => {
            interval_text::sql_day_time(*micros, *from, *to)
        }
        (ScalarValue::IntervalMonthDayNano(Some(value)), _) => {
            let text = interval_text::format_calendar(value.months, value.days, value.nanoseconds / 1_000);
            format!("INTERVAL '{text}'")
        }
        _ => literal.to_string(),
    }
}

/// Java's notation: with an exponent where many zeros would follow the point.
fn decimal_text(unscaled: i128, scale: i8) -> String {
    let digits = unscaled.unsigned_abs().to_string();
    let exponent = digits.len() as i64 - 1 - i64::from(scale);
    if exponent >= -6 {
        return to_string::format_decimal(unscaled, scale);
    }
    let sign = if unscaled < 0 { "-" } else { "" };
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{first}{point}{rest}E{exponent}")
}
