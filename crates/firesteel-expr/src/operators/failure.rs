//! The errors that operators raise at run time.

use arrow::datatypes::{Decimal128Type, DecimalType};
use firesteel_common::{Error, error};

const ANSI_CONFIG: &str = "\"spark.sql.ansi.enabled\"";

/// An integer left its type; `try_twin` tolerates it, where there is one.
pub fn overflow(try_twin: &str) -> Error {
    let alternative = match try_twin {
        "" => String::new(),
        name => format!(" Use '{name}' to tolerate overflow and return NULL instead."),
    };
    error!(ARITHMETIC_OVERFLOW, message = "overflow", alternative = alternative, config = ANSI_CONFIG)
}

/// As [`overflow`], for TINYINT and SMALLINT, of which the values are told.
pub fn small_overflow(left: i64, symbol: &str, right: i64, try_twin: &str) -> Error {
    error!(
        BINARY_ARITHMETIC_OVERFLOW,
        value1 = format!("{left}S"),
        symbol = symbol,
        value2 = format!("{right}S"),
        functionName = format!("`{try_twin}`")
    )
}

pub fn divide_by_zero() -> Error {
    error!(DIVIDE_BY_ZERO, config = ANSI_CONFIG)
}

pub fn remainder_by_zero() -> Error {
    error!(REMAINDER_BY_ZERO, config = ANSI_CONFIG)
}

pub fn interval_divided_by_zero() -> Error {
    error!(INTERVAL_DIVIDED_BY_ZERO)
}

/// An interval left its range.
pub fn interval_overflow(try_twin: &str) -> Error {
    match try_twin {
        "" => error!(INTERVAL_ARITHMETIC_OVERFLOW),
        name => error!(INTERVAL_ARITHMETIC_OVERFLOW_WITH_SUGGESTION, functionName = format!("`{name}`")),
    }
}

pub fn datetime_overflow(operation: impl Into<String>) -> Error {
    error!(DATETIME_OVERFLOW, operation = operation)
}

/// A decimal result, given as text, has more digits than its type.
pub fn decimal_overflow(value: String, precision: u8, scale: i8) -> Error {
    error!(
        NUMERIC_VALUE_OUT_OF_RANGE,
        value = value,
        precision = precision.to_string(),
        scale = scale.to_string(),
        config = ANSI_CONFIG
    )
}

/// `unscaled` × 10^-scale without an exponent.
pub fn decimal_text(unscaled: i128, scale: i8) -> String {
    Decimal128Type::format_decimal(unscaled, 38, scale)
}
