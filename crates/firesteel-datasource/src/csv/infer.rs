//! Column types from a sample: the narrowest that holds all values seen.
//!
//! ```text
//! nothing ─▶ INT ─▶ BIGINT ─▶ DECIMAL(p, 0) ─▶ DOUBLE        DATE ─▶ TIMESTAMP        BOOLEAN        anything else: STRING
//! ```

use firesteel_common::SqlType;
use firesteel_expr::cast::datetime::{self, Zone};

use crate::rows::cells::{CellFormats, parse_boolean};

/// What is known of a column so far.
#[derive(Debug, Clone)]
pub(crate) struct ColumnGuess {
    seen: SqlType,
}

impl Default for ColumnGuess {
    fn default() -> Self {
        Self { seen: SqlType::Void }
    }
}

impl ColumnGuess {
    /// Another value; not NULL.
    pub(crate) fn add(&mut self, text: &str, formats: &CellFormats) {
        if self.seen != SqlType::STRING {
            self.seen = common(&self.seen, type_of(text, formats));
        }
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.seen, SqlType::Void | SqlType::String(_))
    }

    /// A column without any value is text.
    pub(crate) fn data_type(&self) -> SqlType {
        match &self.seen {
            SqlType::Void => SqlType::STRING,
            other => other.clone(),
        }
    }
}

fn type_of(text: &str, formats: &CellFormats) -> SqlType {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole {
        let digits = digits.trim_start_matches('0').len().max(1);
        return match () {
            () if text.parse::<i32>().is_ok() => SqlType::Int,
            () if text.parse::<i64>().is_ok() => SqlType::BigInt,
            () if digits <= 38 => SqlType::decimal(digits as u8, 0),
            () => SqlType::Double,
        };
    }
    match () {
        () if formats.double(text).is_some() => SqlType::Double,
        () if formats.is_date(text) => SqlType::Date,
        () if formats.is_timestamp(text) => SqlType::Timestamp,
        () if parse_boolean(text).is_some() => SqlType::Boolean,
        () => SqlType::STRING,
    }
}

impl CellFormats {
    /// `yyyy-MM-dd` to the letter: what looks only like a date is text, or a timestamp.
    fn is_date(&self, text: &str) -> bool {
        let shaped = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        self.has_default_date() && shaped && datetime::parse_date(text).is_some()
    }

    fn is_timestamp(&self, text: &str) -> bool {
        self.has_default_timestamp()
            && text.len() >= 6
            && datetime::parse_timestamp(text, &Zone::parse_or_utc("UTC")).is_some()
    }
}

fn common(a: &SqlType, b: SqlType) -> SqlType {
    let rank = |data_type: &SqlType| match data_type {
        SqlType::Int => 1,
        SqlType::BigInt => 2,
        SqlType::Decimal { .. } => 3,
        SqlType::Double => 4,
        _ => 0,
    };
    match (a, &b) {
        (SqlType::Void, _) => b,
        _ if *a == b => b,
        (SqlType::Decimal { precision: p, .. }, SqlType::Decimal { precision: q, .. }) => {
            SqlType::decimal(*p.max(q), 0)
        }
        // Whole numbers of 64 bits have up to 20 digits there.
        (SqlType::Decimal { precision, .. }, SqlType::Int | SqlType::BigInt)
        | (SqlType::Int | SqlType::BigInt, SqlType::Decimal { precision, .. }) => {
            SqlType::decimal((*precision).max(20), 0)
        }
        _ if rank(a) > 0 && rank(&b) > 0 => {
            if rank(a) > rank(&b) {
                a.clone()
            } else {
                b
            }
        }
        (SqlType::Date, SqlType::Timestamp) | (SqlType::Timestamp, SqlType::Date) => SqlType::Timestamp,
        _ => SqlType::STRING,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::FileOptions;

    fn guess(values: &[&str]) -> String {
        let formats = CellFormats::of(&FileOptions::default());
        let mut guess = ColumnGuess::default();
        values.iter().for_each(|value| guess.add(value, &formats));
        guess.data_type().to_string()
    }

    /// What Spark 4 infers.
    #[test]
    fn the_narrowest_type_that_holds_all() {
        assert_eq!(guess(&["1", "-7", "+5"]), "int");
        assert_eq!(guess(&["3000000000", "1"]), "bigint");
        assert_eq!(guess(&["3000000000", "1", " 3"]), "double");
        assert_eq!(guess(&["12345678901234567890", "1", "3"]), "decimal(20,0)");
        assert_eq!(guess(&["1.5", "2e3"]), "double");
        assert_eq!(guess(&["Inf", "NaN", "-Inf"]), "double");
        assert_eq!(guess(&["2024-01-02", "2024-12-31"]), "date");
        assert_eq!(guess(&["2024-01-02", "2024-12-31", "2024-1-5"]), "timestamp");
        assert_eq!(guess(&["2024-01-02 03:04:05", "2024-01-02T03:04:05Z", "2024-01-02"]), "timestamp");
        assert_eq!(guess(&["true", "FALSE"]), "boolean");
        assert_eq!(guess(&["1", "a"]), "string");
        assert_eq!(guess(&["1", "2024-01-01"]), "string");
        assert_eq!(guess(&[]), "string");
    }
}
