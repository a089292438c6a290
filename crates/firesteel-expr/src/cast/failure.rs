//! The errors of failed conversions, and values as SQL text inside them.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::*;
use firesteel_common::{Error, SqlType, error};

use super::{datetime, to_string};

const ANSI_CONFIG: &str = "\"spark.sql.ansi.enabled\"";

/// Text that is no value of the target type.
pub(super) fn malformed(expression: String, from: &SqlType, to: &SqlType) -> Error {
    error!(
        CAST_INVALID_INPUT,
        ansiConfig = ANSI_CONFIG,
        expression = expression,
        sourceType = from.quoted_sql(),
        targetType = to.quoted_sql()
    )
}

/// A value outside of the target type's range.
pub(super) fn overflow(value: String, from: &SqlType, to: &SqlType) -> Error {
    error!(
        CAST_OVERFLOW,
        ansiConfig = ANSI_CONFIG,
        sourceType = from.quoted_sql(),
        targetType = to.quoted_sql(),
        value = value
    )
}

/// A number with more digits than the decimal type has.
pub(super) fn too_many_digits(value: String, precision: u8, scale: i8) -> Error {
    error!(
        NUMERIC_VALUE_OUT_OF_RANGE,
        config = ANSI_CONFIG,
        precision = precision.to_string(),
        scale = scale.to_string(),
        value = value
    )
}

/// `'it\'s'`.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// One value as a SQL literal, as error messages show it: `12L`, `1.5D`, `1.20BD`, `'a'`, `DATE '2020-01-01'`.
pub fn value_sql(array: &ArrayRef, at: usize, data_type: &SqlType) -> String {
    if array.is_null(at) {
        return "NULL".to_owned();
    }
    let text = || to_string::value_text(array, at, data_type, &datetime::Zone::UTC);
    match data_type {
        SqlType::TinyInt => format!("{}Y", text()),
        SqlType::SmallInt => format!("{}S", text()),
        SqlType::BigInt => format!("{}L", text()),
        SqlType::Double => double_sql(array.as_primitive::<Float64Type>().value(at)),
        SqlType::Decimal { .. } => format!("{}BD", text()),
        SqlType::Date => format!("DATE '{}'", text()),
        SqlType::Timestamp => format!("TIMESTAMP '{}'", text()),
        SqlType::TimestampNtz => format!("TIMESTAMP_NTZ '{}'", text()),
        _ if data_type.is_string() => quoted(&text()),
        _ => text(),
    }
}

pub(super) fn double_sql(value: f64) -> String {
    let text = to_string::format_double(value);
    if value.is_finite() { text + "D" } else { text }
}
