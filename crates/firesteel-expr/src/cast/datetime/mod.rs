//! Dates, times of day and timestamps among each other and with numbers.
//!
//! - [`calendar`]: days since the epoch as year, month, day, and back.
//! - [`zone`]: what a local clock shows at an instant.
//! - [`parse`], [`mod@format`]: the text forms.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int64Type, Time64NanosecondType,
    TimestampMicrosecondType,
};
use firesteel_common::{Result, SqlType, error};

use super::numeric::{convert, narrow};
use super::{Cast, decimal, failure};

pub mod calendar;
pub mod format;
pub mod parse;
pub mod zone;

pub use calendar::{civil_from_days, days_from_civil, days_in_month, is_leap_year};
pub use format::{format_date, format_time, format_timestamp, format_timestamp_ntz};
pub use parse::{parse_date, parse_time, parse_timestamp, parse_timestamp_ntz};
pub use zone::Zone;

pub const MICROS_PER_SECOND: i64 = 1_000_000;
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
const NANOS_PER_MICRO: i64 = 1_000;

type Timestamps = PrimitiveArray<TimestampMicrosecondType>;

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    let zone = Zone::parse_or_utc(&cast.context.time_zone);
    match (cast.from, cast.to) {
        (SqlType::Date, SqlType::Timestamp) => date_to_timestamp(array, &zone, cast),
        (SqlType::Date, SqlType::TimestampNtz) => date_to_timestamp(array, &Zone::UTC, cast),
        (SqlType::Timestamp, SqlType::Date) => timestamp_to_date(array, &zone),
        (SqlType::TimestampNtz, SqlType::Date) => timestamp_to_date(array, &Zone::UTC),
        (SqlType::Timestamp, SqlType::TimestampNtz) => {
            let local: Timestamps = timestamps(array).unary(|micros| zone.to_local(micros));
            Ok(Arc::new(local.with_data_type(cast.to.to_arrow())))
        }
        (SqlType::TimestampNtz, SqlType::Timestamp) => {
            let instants: Timestamps = timestamps(array).unary(|local| zone.to_utc(local));
            Ok(Arc::new(instants.with_data_type(cast.to.to_arrow())))
        }
        (SqlType::Timestamp, SqlType::Time(precision)) => time_of_day(array, &zone, *precision),
        (SqlType::TimestampNtz, SqlType::Time(precision)) => time_of_day(array, &Zone::UTC, *precision),
        (SqlType::Time(_), SqlType::Time(precision)) => {
            let unit = time_unit(*precision);
            let times: PrimitiveArray<Time64NanosecondType> =
                array.as_primitive::<Time64NanosecondType>().unary(|nanos| nanos - nanos % unit);
            Ok(Arc::new(times))
        }
        (SqlType::Timestamp, to) if to.is_numeric() => timestamp_to_number(array, cast),
        (from, SqlType::Timestamp) if from.is_numeric() => number_to_timestamp(array, cast),
        _ => Err(cast.undefined()),
    }
}

fn timestamps(array: &ArrayRef) -> &Timestamps {
    array.as_primitive::<TimestampMicrosecondType>()
}

fn date_to_timestamp(array: &ArrayRef, zone: &Zone, cast: &Cast<'_>) -> Result<ArrayRef> {
    let midnight = |days: i32| Some(zone.to_utc(i64::from(days).checked_mul(MICROS_PER_DAY)?));
    let error = |days: i32| {
        error!(DATETIME_OVERFLOW, operation = format!("cast DATE '{}' to {}", format_date(days), cast.to.sql()))
    };
    let dates = array.as_primitive::<Date32Type>();
    let instants: Timestamps = convert(dates, cast.mode, midnight, error)?;
    Ok(Arc::new(instants.with_data_type(cast.to.to_arrow())))
}

fn timestamp_to_date(array: &ArrayRef, zone: &Zone) -> Result<ArrayRef> {
    let dates: PrimitiveArray<Date32Type> =
        timestamps(array).unary(|micros| zone.to_local(micros).div_euclid(MICROS_PER_DAY) as i32);
    Ok(Arc::new(dates))
}

fn time_of_day(array: &ArrayRef, zone: &Zone, precision: u8) -> Result<ArrayRef> {
    let unit = time_unit(precision);
    let times: PrimitiveArray<Time64NanosecondType> = timestamps(array).unary(|micros| {
        let nanos = zone.to_local(micros).rem_euclid(MICROS_PER_DAY) * NANOS_PER_MICRO;
        nanos - nanos % unit
    });
    Ok(Arc::new(times))
}

/// Nanoseconds of the last digit kept.
fn time_unit(precision: u8) -> i64 {
    10i64.pow(9 - u32::from(precision.min(9)))
}

/// Seconds since the epoch: whole ones rounded down for integers, with fraction for the others.
fn timestamp_to_number(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    let micros = timestamps(array);
    let seconds = |micros: i64| micros as f64 / MICROS_PER_SECOND as f64;
    match cast.to {
        SqlType::Double => Ok(Arc::new(micros.unary::<_, Float64Type>(seconds))),
        SqlType::Float => Ok(Arc::new(micros.unary::<_, Float32Type>(|micros| seconds(micros) as f32))),
        SqlType::Decimal { precision, scale } => {
            let to = |micros: i64| {
                decimal::rescale(micros.into(), 6, *scale).filter(|unscaled| decimal::fits(*unscaled, *precision))
            };
            let error = |micros: i64| {
                failure::too_many_digits(super::to_string::format_decimal(micros.into(), 6), *precision, *scale)
            };
            let decimals: PrimitiveArray<Decimal128Type> = convert(micros, cast.mode, to, error)?;
            Ok(Arc::new(decimals.with_precision_and_scale(*precision, *scale)?))
        }
        _ => {
            let whole: PrimitiveArray<Int64Type> = micros.unary(|micros| micros.div_euclid(MICROS_PER_SECOND));
            let zone = Zone::parse_or_utc(&cast.context.time_zone);
            let error = |seconds: i64| {
                let text = format_timestamp(seconds.saturating_mul(MICROS_PER_SECOND), &zone);
                failure::overflow(format!("TIMESTAMP '{text}'"), cast.from, cast.to)
            };
            narrow(&whole, cast, error)
        }
    }
}

fn number_to_timestamp(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    let instants: Timestamps = match cast.from {
        from if from.is_integral() => {
            let seconds = arrow::compute::cast(array, &DataType::Int64)?;
            seconds.as_primitive::<Int64Type>().unary(|seconds| seconds.saturating_mul(MICROS_PER_SECOND))
        }
        SqlType::Decimal { scale, .. } => {
            let flat = crate::Column::Array(Arc::clone(array)).flat()?;
            // Digits below a microsecond are cut, not rounded.
            let to = |unscaled: i128| match *scale > 6 {
                true => i64::try_from(unscaled / decimal::power_of_ten(scale.unsigned_abs() as u32 - 6)?).ok(),
                false => i64::try_from(decimal::rescale(unscaled, *scale, 6)?).ok(),
            };
            let error = |unscaled: i128| {
                let text = super::to_string::format_decimal(unscaled, *scale) + "BD";
                failure::overflow(text, cast.from, cast.to)
            };
            convert(flat.as_primitive::<Decimal128Type>(), cast.mode, to, error)?
        }
        _ => doubles_to_timestamps(array, cast)?,
    };
    Ok(Arc::new(instants.with_data_type(cast.to.to_arrow())))
}

fn doubles_to_timestamps(array: &ArrayRef, cast: &Cast<'_>) -> Result<Timestamps> {
    let doubles = arrow::compute::cast(array, &DataType::Float64)?;
    let doubles = doubles.as_primitive::<Float64Type>();
    let to = |seconds: f64| {
        let micros = seconds * MICROS_PER_SECOND as f64;
        (micros.abs() <= i64::MAX as f64).then_some(micros as i64)
    };
    let error = |seconds: f64| match seconds.is_finite() {
        true => failure::overflow(failure::double_sql(seconds), cast.from, cast.to),
        false => failure::malformed(failure::double_sql(seconds), cast.from, cast.to),
    };
    convert(doubles, cast.mode, to, error)
}

/// The calendar day on which a query began, in a zone.
pub fn today(query_time: i64, zone: &Zone) -> i32 {
    zone.to_local(query_time).div_euclid(MICROS_PER_DAY) as i32
}
