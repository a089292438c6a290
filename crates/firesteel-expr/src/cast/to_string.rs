//! Values of every type as text, as `CAST(x AS STRING)` writes them. (A shell's output differs inside of nested values.)

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, StringViewArray, StringViewBuilder};
use arrow::datatypes::{
    DataType, Date32Type, Decimal64Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, IntervalMonthDayNanoType, IntervalYearMonthType, Time64NanosecondType,
    TimestampMicrosecondType,
};
use firesteel_common::{Result, SqlType, internal};

use super::datetime::{self, Zone};
use super::{Cast, interval, plain};

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    let zone = Zone::parse_or_utc(&cast.context.time_zone);
    Ok(Arc::new(texts(array, cast.from, &zone)?))
}

/// One value's text, `null` for NULL.
pub fn value_text(array: &ArrayRef, at: usize, data_type: &SqlType, zone: &Zone) -> String {
    match texts(&array.slice(at, 1), data_type, zone) {
        Ok(texts) if texts.is_valid(0) => texts.value(0).to_owned(),
        _ => "null".to_owned(),
    }
}

/// The text of every value; NULL stays NULL.
pub fn texts(array: &ArrayRef, data_type: &SqlType, zone: &Zone) -> Result<StringViewArray> {
    let array = &plain(array)?;
    Ok(match data_type {
        SqlType::Void => StringViewArray::new_null(array.len()),
        SqlType::Boolean => {
            array.as_boolean().iter().map(|value| value.map(|v| if v { "true" } else { "false" })).collect()
        }
        SqlType::TinyInt => each::<Int8Type>(array, |out, value| write!(out, "{value}")),
        SqlType::SmallInt => each::<Int16Type>(array, |out, value| write!(out, "{value}")),
        SqlType::Int => each::<Int32Type>(array, |out, value| write!(out, "{value}")),
        SqlType::BigInt => each::<Int64Type>(array, |out, value| write!(out, "{value}")),
        SqlType::Float => each::<Float32Type>(array, write_float),
        SqlType::Double => each::<Float64Type>(array, write_double),
        SqlType::Decimal { scale, .. } => match array.data_type() {
            DataType::Decimal64(..) => each::<Decimal64Type>(array, |out, v| write_decimal(out, v.into(), *scale)),
            _ => each::<Decimal128Type>(array, |out, value| write_decimal(out, value, *scale)),
        },
        SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) => array.as_string_view().clone(),
        SqlType::Binary => array.as_binary_view().iter().map(|bytes| bytes.map(String::from_utf8_lossy)).collect(),
        SqlType::Date => each::<Date32Type>(array, |out, days| out.write_str(&datetime::format_date(days))),
        SqlType::Time(_) => each::<Time64NanosecondType>(array, |out, n| out.write_str(&datetime::format_time(n))),
        SqlType::Timestamp => {
            each::<TimestampMicrosecondType>(array, |out, v| out.write_str(&datetime::format_timestamp(v, zone)))
        }
        SqlType::TimestampNtz => {
            each::<TimestampMicrosecondType>(array, |out, v| out.write_str(&datetime::format_timestamp_ntz(v)))
        }
        SqlType::YearMonthInterval(from, to) => each::<IntervalYearMonthType>(array, |out, months| {
            out.write_str(&interval::sql_year_month(months, *from, *to))
        }),
        SqlType::DayTimeInterval(from, to) => each::<DurationMicrosecondType>(array, |out, micros| {
            out.write_str(&interval::sql_day_time(micros, *from, *to))
        }),
        SqlType::CalendarInterval => each::<IntervalMonthDayNanoType>(array, |out, v| {
            out.write_str(&interval::format_calendar(v.months, v.days, v.nanoseconds / 1000))
        }),
        SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_) => nested(array, data_type, zone)?,
        SqlType::Variant => return Err(internal!("no text of a variant")),
    })
}

fn each<T: ArrowPrimitiveType>(
    array: &ArrayRef,
    write: impl Fn(&mut String, T::Native) -> std::fmt::Result,
) -> StringViewArray {
    let values = array.as_primitive::<T>();
    let mut out = StringViewBuilder::with_capacity(values.len());
    let mut buffer = String::new();
    for value in values {
        match value {
            None => out.append_null(),
            Some(value) => {
                buffer.clear();
                // Writing to a string does not fail.
                let _ = write(&mut buffer, value);
                out.append_value(&buffer);
            }
        }
    }
    out.finish()
}

/// `[1, 2]`, `{k -> v}`, `{a, b}`; NULL inside is `null`.
fn nested(array: &ArrayRef, data_type: &SqlType, zone: &Zone) -> Result<StringViewArray> {
    let or_null = |texts: &StringViewArray, at: usize| match texts.is_valid(at) {
        true => texts.value(at).to_owned(),
        false => "null".to_owned(),
    };
    let text: Box<dyn Fn(usize) -> String> = match data_type {
        SqlType::Array { element, .. } => {
            let list = array.as_list::<i32>().clone();
            let items = texts(list.values(), element, zone)?;
            Box::new(move |row| {
                let range = list.value_offsets()[row] as usize..list.value_offsets()[row + 1] as usize;
                format!("[{}]", range.map(|at| or_null(&items, at)).collect::<Vec<_>>().join(", "))
            })
        }
        SqlType::Map { key, value, .. } => {
            let map = array.as_map().clone();
            let (keys, values) = (texts(map.keys(), key, zone)?, texts(map.values(), value, zone)?);
            Box::new(move |row| {
                let range = map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize;
                let entries = range.map(|at| format!("{} -> {}", or_null(&keys, at), or_null(&values, at)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            })
        }
        SqlType::Struct(fields) => {
            let row = array.as_struct();
            let members = fields.iter().zip(row.columns());
            let columns =
                members.map(|(field, column)| texts(column, &field.data_type, zone)).collect::<Result<Vec<_>>>()?;
            Box::new(move |row| {
                let members = columns.iter().map(|column| or_null(column, row)).collect::<Vec<_>>();
                format!("{{{}}}", members.join(", "))
            })
        }
        _ => return Err(internal!("{data_type} is not nested")),
    };
    Ok((0..array.len()).map(|row| array.is_valid(row).then(|| text(row))).collect())
}

/// Java's form: the shortest digits that read back as the same number; an exponent outside of 10^-3 ..< 10^7.
pub fn format_double(value: f64) -> String {
    let mut out = String::new();
    let _ = write_double(&mut out, value);
    out
}

pub fn format_float(value: f32) -> String {
    let mut out = String::new();
    let _ = write_float(&mut out, value);
    out
}

fn write_double(out: &mut String, value: f64) -> std::fmt::Result {
    let plain = value == 0.0 || (1e-3..1e7).contains(&value.abs());
    write_java(out, value.is_finite(), value.is_nan(), value < 0.0, plain, &value)
}

fn write_float(out: &mut String, value: f32) -> std::fmt::Result {
    let plain = value == 0.0 || (1e-3..1e7).contains(&value.abs());
    write_java(out, value.is_finite(), value.is_nan(), value < 0.0, plain, &value)
}

fn write_java<F: std::fmt::Display + std::fmt::LowerExp>(
    out: &mut String,
    finite: bool,
    nan: bool,
    negative: bool,
    plain: bool,
    value: &F,
) -> std::fmt::Result {
    if !finite {
        return out.write_str(match (nan, negative) {
            (true, _) => "NaN",
            (_, true) => "-Infinity",
            _ => "Infinity",
        });
    }
    let start = out.len();
    if plain {
        write!(out, "{value}")?;
        if !out[start..].contains('.') {
            out.push_str(".0");
        }
        return Ok(());
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    write!(out, "{mantissa}{point}E{exponent}")
}

/// `-0.05`: all digits of the scale, no exponent.
pub fn format_decimal(unscaled: i128, scale: i8) -> String {
    let mut out = String::new();
    let _ = write_decimal(&mut out, unscaled, scale);
    out
}

fn write_decimal(out: &mut String, unscaled: i128, scale: i8) -> std::fmt::Result {
    let Some(power) = super::decimal::power_of_ten(scale.max(0) as u32).filter(|power| *power > 1) else {
        return write!(out, "{unscaled}");
    };
    let (value, power) = (unscaled.unsigned_abs(), power.unsigned_abs());
    let sign = if unscaled < 0 { "-" } else { "" };
    write!(out, "{sign}{}.{:0width$}", value / power, value % power, width = scale as usize)
}
