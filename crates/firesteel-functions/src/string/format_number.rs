//! `format_number`: digits grouped by thousands, with so many decimal places or by a pattern like `#,##0.00`. Rounded half
//! to even.

use arrow::array::AsArray;
use arrow::datatypes::{Decimal128Type, Float64Type, Int32Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::cast::cast;
use firesteel_expr::cast::to_string::format_decimal;
use firesteel_expr::expr::CastMode;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, text_column};

pub(super) const FORMAT_NUMBER: ScalarFunction = ScalarFunction {
    name: "format_number",
    signature: Signature::OneOf(&[&[Param::Numeric, Param::Int], &[Param::Numeric, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(format),
    doc: Doc {
        usage: "format_number(expr1, expr2) - Formats the number `expr1` like '#,###,###.##', rounded to `expr2` decimal \
                places. If `expr2` is 0, the result has no decimal point or fractional part. `expr2` also accept a user \
                specified format.",
        since: "1.5.0",
        examples: &[
            ("SELECT format_number(12332.123456, 4)", "12,332.1235"),
            ("SELECT format_number(12332.123456, '##################.###')", "12332.123"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// Numbers exactly as decimal digits: whole part and fraction, without a sign.
enum Values {
    Doubles(Column),
    Decimals(Column, i8),
}

impl Values {
    fn of(args: &KernelArgs<'_>) -> Result<Values> {
        let data_type = &args.types[0];
        Ok(match data_type {
            SqlType::Float | SqlType::Double => {
                Values::Doubles(cast(&args.columns[0], data_type, &SqlType::Double, CastMode::Ansi, args.context)?)
            }
            SqlType::Decimal { scale, .. } => Values::Decimals(args.columns[0].clone(), *scale),
            _ => {
                let digits = SqlType::decimal(20, 0);
                Values::Decimals(cast(&args.columns[0], data_type, &digits, CastMode::Ansi, args.context)?, 0)
            }
        })
    }

    /// Each row's number rounded to at most so many decimal places.
    fn rounded(&self, row: usize, places: usize) -> Result<Option<Number>> {
        match self {
            Values::Doubles(column) => {
                let flat = column.slice(row, 1).flat()?;
                let value = flat.as_primitive::<Float64Type>().iter().next().flatten();
                // Exact digits, half to even.
                Ok(value.map(|value| match value {
                    _ if value.is_nan() => Number::Word("NaN"),
                    _ if value.is_infinite() => Number::Word(if value > 0.0 { "∞" } else { "-∞" }),
                    _ => Number::of(&format!("{value:.places$}")),
                }))
            }
            Values::Decimals(column, scale) => {
                let flat = column.slice(row, 1).flat()?;
                let value = flat.as_primitive::<Decimal128Type>().iter().next().flatten();
                Ok(value.map(|value| {
                    let cut = (*scale as usize).saturating_sub(places) as u32;
                    let unit = 10i128.pow(cut);
                    let (mut whole, rest) = (value / unit, (value % unit).unsigned_abs());
                    let half = unit.unsigned_abs() / 2;
                    if cut > 0 && (rest > half || (rest == half && whole % 2 != 0)) {
                        whole += value.signum();
                    }
                    let shown = format_decimal(whole.abs(), *scale - cut as i8);
                    // The sign stays when all digits are cut.
                    Number::of(&if value < 0 { format!("-{shown}") } else { shown })
                }))
            }
        }
    }
}

enum Number {
    Word(&'static str),
    Digits { negative: bool, whole: String, fraction: String },
}

impl Number {
    fn of(text: &str) -> Number {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        Number::Digits { negative, whole: whole.to_owned(), fraction: fraction.to_owned() }
    }

    fn format(&self, pattern: &NumberPattern) -> String {
        let (negative, whole, fraction) = match self {
            Number::Word(word) => return (*word).to_owned(),
            Number::Digits { negative, whole, fraction } => (*negative, whole.trim_start_matches('0'), fraction),
        };
        let mut fraction = fraction.trim_end_matches('0').to_owned();
        while fraction.len() < pattern.fraction_min {
            fraction.push('0');
        }
        let whole = format!("{whole:0>width$}", width = pattern.whole_min);
        // A number that shows nothing shows a zero.
        let whole = if whole.is_empty() && fraction.is_empty() { "0".to_owned() } else { whole };
        let mut out = String::new();
        if negative {
            out.push('-');
        }
        out.push_str(&pattern.prefix);
        for (at, digit) in whole.chars().enumerate() {
            let left = whole.len() - at;
            if at > 0 && pattern.group > 0 && left.is_multiple_of(pattern.group) {
                out.push(',');
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push('.');
            out.push_str(&fraction);
        }
        out + &pattern.suffix
    }
}

/// `#,##0.00`: `0` is a digit that is always there, `#` one that need not be.
struct NumberPattern {
    prefix: String,
    suffix: String,
    whole_min: usize,
    fraction_min: usize,
    fraction_max: usize,
    /// Digits between commas; 0 for none.
    group: usize,
}

impl NumberPattern {
    fn places(places: usize) -> NumberPattern {
        let (prefix, suffix) = (String::new(), String::new());
        NumberPattern { prefix, suffix, whole_min: 1, fraction_min: places, fraction_max: places, group: 3 }
    }

    fn parse(text: &str) -> NumberPattern {
        if text.is_empty() {
            return NumberPattern { fraction_max: 0, ..NumberPattern::places(0) };
        }
        let text = text.split(';').next().unwrap_or("");
        let is_digit = |c: char| "#0,.".contains(c);
        let start = text.find(is_digit).unwrap_or(text.len());
        let end = text[start..].find(|c| !is_digit(c)).map_or(text.len(), |at| start + at);
        let (whole, fraction) = text[start..end].split_once('.').unwrap_or((&text[start..end], ""));
        let zeros = |text: &str| text.matches('0').count();
        NumberPattern {
            prefix: text[..start].replace('\'', ""),
            suffix: text[end..].replace('\'', ""),
            whole_min: zeros(whole),
            fraction_min: zeros(fraction),
            fraction_max: fraction.len(),
            group: whole.rfind(',').map_or(0, |at| whole.len() - at - 1),
        }
    }
}

fn format(args: &KernelArgs<'_>) -> Result<Column> {
    let values = Values::of(args)?;
    let pattern_of: Box<dyn Fn(usize) -> Option<NumberPattern>> = match args.types[1] {
        SqlType::Int => {
            let places = Numbers::<Int32Type>::of(args, 1)?;
            Box::new(move |row| usize::try_from(places.get(row)?).ok().map(NumberPattern::places))
        }
        _ => {
            let patterns = Texts::of(args, 1)?;
            Box::new(move |row| patterns.get(row).map(NumberPattern::parse))
        }
    };
    let mut texts = Vec::with_capacity(args.rows);
    for row in 0..args.rows {
        let text = match pattern_of(row) {
            Some(pattern) => values.rounded(row, pattern.fraction_max)?.map(|number| number.format(&pattern)),
            None => None,
        };
        texts.push(text);
    }
    text_column(args, |row| texts[row].as_deref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let format = |text: &str, pattern: &str| Number::of(text).format(&NumberPattern::parse(pattern));
        assert_eq!(format("12332.123", "##################.###"), "12332.123");
        assert_eq!(format("1234567.5", "#,###.00"), "1,234,567.50");
        assert_eq!(format("0.5", "#.##"), ".5");
        assert_eq!(format("-5", "000"), "-005");
        assert_eq!(Number::of("1234.5600").format(&NumberPattern::places(4)), "1,234.5600");
        assert_eq!(Number::of("0").format(&NumberPattern::places(0)), "0");
    }
}
