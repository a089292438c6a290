//! Year-month intervals (months) and day-time intervals (microseconds) among each other and with numbers; their text
//! forms are in [`parse`] and [`mod@format`].

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, PrimitiveArray};
use arrow::datatypes::{
    DataType, Decimal128Type, DurationMicrosecondType, Int32Type, Int64Type, IntervalYearMonthType,
};
use firesteel_common::{Result, SqlType};

use super::numeric::{convert, narrow};
use super::rules::{micros_of, months_of};
use super::{Cast, decimal, failure};

pub mod format;
pub mod parse;

pub use format::{format_calendar, format_day_time, format_year_month, sql_day_time, sql_year_month};
pub use parse::{parse_calendar, parse_day_time, parse_year_month};

pub(super) fn cast(array: &ArrayRef, cast: &Cast<'_>) -> Result<ArrayRef> {
    match (cast.from, cast.to) {
        (SqlType::YearMonthInterval(..), SqlType::YearMonthInterval(_, end)) => {
            let unit = months_of(*end);
            let months: PrimitiveArray<IntervalYearMonthType> =
                array.as_primitive::<IntervalYearMonthType>().unary(|months| months - months % unit);
            Ok(Arc::new(months))
        }
        (SqlType::DayTimeInterval(..), SqlType::DayTimeInterval(_, end)) => {
            // A second keeps its fraction.
            let unit = match micros_of(*end) {
                1_000_000 => 1,
                unit => unit,
            };
            let micros: PrimitiveArray<DurationMicrosecondType> =
                array.as_primitive::<DurationMicrosecondType>().unary(|micros| micros - micros % unit);
            Ok(Arc::new(micros))
        }
        (SqlType::YearMonthInterval(_, end), _) => {
            let months = array.as_primitive::<IntervalYearMonthType>();
            to_number(&months.unary(i64::from), months_of(*end).into(), cast)
        }
        (SqlType::DayTimeInterval(_, end), _) => {
            let micros = array.as_primitive::<DurationMicrosecondType>();
            to_number(&micros.unary(|micros| micros), micros_of(*end), cast)
        }
        (_, SqlType::YearMonthInterval(_, end)) => {
            let months: PrimitiveArray<Int64Type> = from_number(array, months_of(*end).into(), i32::MAX.into(), cast)?;
            let months: PrimitiveArray<Int32Type> = months.unary(|months| months as i32);
            Ok(Arc::new(months.reinterpret_cast::<IntervalYearMonthType>()))
        }
        (_, SqlType::DayTimeInterval(_, end)) => {
            let micros: PrimitiveArray<Int64Type> = from_number(array, micros_of(*end), i64::MAX, cast)?;
            Ok(Arc::new(micros.reinterpret_cast::<DurationMicrosecondType>()))
        }
        _ => Err(cast.undefined()),
    }
}

/// How often the interval's one field fits in; decimals of seconds keep the fraction.
fn to_number(units: &PrimitiveArray<Int64Type>, unit: i64, cast: &Cast<'_>) -> Result<ArrayRef> {
    let one = Arc::new(units.clone()) as ArrayRef;
    let SqlType::Decimal { precision, scale } = cast.to else {
        let whole = units.unary(|value| value / unit);
        return narrow(&whole, cast, |value| failure::overflow(interval_sql(value * unit, cast), cast.from, cast.to));
    };
    let (divisor, own_scale) = if unit == 1_000_000 { (1, 6) } else { (unit, 0) };
    let to = |value: i64| {
        decimal::rescale((value / divisor).into(), own_scale, *scale)
            .filter(|unscaled| decimal::fits(*unscaled, *precision))
    };
    let error = |value: i64| {
        let text = super::to_string::format_decimal((value / divisor).into(), own_scale);
        failure::too_many_digits(text, *precision, *scale)
    };
    let decimals: PrimitiveArray<Decimal128Type> = convert(one.as_primitive::<Int64Type>(), cast.mode, to, error)?;
    Ok(Arc::new(decimals.with_precision_and_scale(*precision, *scale)?))
}

fn interval_sql(value: i64, cast: &Cast<'_>) -> String {
    match cast.from {
        SqlType::YearMonthInterval(from, to) => sql_year_month(value as i32, *from, *to),
        SqlType::DayTimeInterval(from, to) => sql_day_time(value, *from, *to),
        _ => value.to_string(),
    }
}

/// So many of the interval's one field; fractions are rounded half up.
fn from_number(array: &ArrayRef, unit: i64, max: i64, cast: &Cast<'_>) -> Result<PrimitiveArray<Int64Type>> {
    let in_range = |value: i64| (-max..=max).contains(&value).then_some(value);
    match cast.from {
        SqlType::Decimal { scale, .. } => {
            let flat = crate::Column::Array(Arc::clone(array)).flat()?;
            let to = |value: i128| {
                let units = decimal::rescale(value.checked_mul(unit.into())?, *scale, 0)?;
                in_range(units.try_into().ok()?)
            };
            let error = |value: i128| {
                let text = super::to_string::format_decimal(value, *scale) + "BD";
                failure::overflow(text, cast.from, cast.to)
            };
            convert(flat.as_primitive::<Decimal128Type>(), cast.mode, to, error)
        }
        _ => {
            let wide = arrow::compute::cast(array, &DataType::Int64)?;
            let error = |value: i64| {
                let suffix = if *cast.from == SqlType::BigInt { "L" } else { "" };
                failure::overflow(format!("{value}{suffix}"), cast.from, cast.to)
            };
            convert(wide.as_primitive::<Int64Type>(), cast.mode, |value| in_range(value.checked_mul(unit)?), error)
        }
    }
}
