//! `format_string`: Java's format strings (`%-10s|%05d|%.2f`).

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::cast::{cast, to_string};
use firesteel_expr::expr::CastMode;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Texts, try_text_column};

pub(super) const FORMAT_STRING: ScalarFunction = ScalarFunction {
    name: "format_string",
    aliases: &["printf"],
    signature: Signature::Variadic { fixed: &[Param::String], rest: Param::Any, min: 0 },
    returns: |_| Ok(SqlType::STRING),
    // A NULL argument is written as `null`.
    nullability: Nullability::Custom(|args| args[0].nullable()),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(format),
    doc: Doc {
        usage: "format_string(strfmt, obj, ...) - Returns a formatted string from printf-style format strings.",
        since: "1.5.0",
        examples: &[
            ("SELECT format_string(\"Hello World %d %s\", 100, \"days\")", "Hello World 100 days"),
            ("SELECT printf(\"Hello World %d %s\", 100, \"days\")", "Hello World 100 days"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn format(args: &KernelArgs<'_>) -> Result<Column> {
    let formats = Texts::of(args, 0)?;
    let zone = Zone::parse_or_utc(&args.context.time_zone);
    try_text_column(args, |row| {
        let Some(text) = formats.get(row) else { return Ok(None) };
        let mut out = String::with_capacity(text.len());
        let mut next = 1;
        let mut last = 0;
        for piece in pieces(text)? {
            let specifier = match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Specifier(specifier) => specifier,
            };
            let at = match specifier.index {
                Index::Next => {
                    next += 1;
                    next - 1
                }
                Index::Last => last,
                Index::Given(at) => at,
            };
            last = at;
            if at == 0 || at >= args.columns.len() {
                return Err(invalid(format!("there is no argument for '{}'", specifier.text)));
            }
            let value = Value::of(args, at, row, &zone)?;
            out.push_str(&specifier.format(&value)?);
        }
        Ok(Some(out))
    })
}

fn invalid(reason: String) -> Error {
    error!(INVALID_FORMAT_STRING, functionName = "`format_string`", parameter = "`strfmt`", reason = reason)
}

enum Piece<'a> {
    Text(&'a str),
    Specifier(Specifier<'a>),
}

#[derive(Clone, Copy)]
enum Index {
    Next,
    /// `%<s`
    Last,
    /// `%2$s`
    Given(usize),
}

/// `%[index$][flags][width][.precision]conversion`
struct Specifier<'a> {
    text: &'a str,
    index: Index,
    flags: &'a str,
    width: usize,
    precision: Option<usize>,
    conversion: char,
}

fn pieces(text: &str) -> Result<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        pieces.push(Piece::Text(&rest[..at]));
        let (specifier, length) = Specifier::parse(&rest[at..])?;
        match specifier.conversion {
            'n' => pieces.push(Piece::Text("\n")),
            '%' => pieces.push(Piece::Text("%")),
            _ => pieces.push(Piece::Specifier(specifier)),
        }
        rest = &rest[at + length..];
    }
    pieces.push(Piece::Text(rest));
    Ok(pieces)
}

impl<'a> Specifier<'a> {
    /// At a percent sign; also how long it is.
    fn parse(text: &'a str) -> Result<(Specifier<'a>, usize)> {
        let unfinished = || invalid(format!("the specifier '{text}' is not finished"));
        let digits = |at: usize| text[at..].bytes().take_while(u8::is_ascii_digit).count();
        let mut at = 1;
        let mut index = Index::Next;
        let number = digits(at);
        if number > 0 && text[at + number..].starts_with('$') {
            index = Index::Given(text[at..at + number].parse().map_err(|_| unfinished())?);
            at += number + 1;
        } else if text[at..].starts_with('<') {
            index = Index::Last;
            at += 1;
        }
        let flags = text[at..].bytes().take_while(|byte| b"-#+ 0,(".contains(byte)).count();
        let flags = &text[at..at + flags];
        at += flags.len();
        let width = digits(at);
        let parsed = text[at..at + width].parse().unwrap_or(0);
        at += width;
        let mut precision = None;
        if text[at..].starts_with('.') {
            let length = digits(at + 1);
            precision = Some(text[at + 1..at + 1 + length].parse().map_err(|_| unfinished())?);
            at += length + 1;
        }
        let conversion = text[at..].chars().next().ok_or_else(unfinished)?;
        at += conversion.len_utf8();
        let specifier = Specifier { text: &text[..at], index, flags, width: parsed, precision, conversion };
        Ok((specifier, at))
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    fn format(&self, value: &Value) -> Result<String> {
        let upper = self.conversion.is_ascii_uppercase();
        let text = match (self.conversion.to_ascii_lowercase(), value) {
            ('s', value) => self.cut(value.text()),
            ('b', Value::Null) => self.cut("false".to_owned()),
            ('b', Value::Boolean(value)) => self.cut(value.to_string()),
            ('b', _) => self.cut("true".to_owned()),
            (_, Value::Null) => self.cut("null".to_owned()),
            ('d', Value::Integer(value, _)) => {
                return Ok(self.number(*value < 0, &value.unsigned_abs().to_string(), ""));
            }
            ('c', Value::Integer(code, _)) => u32::try_from(*code)
                .ok()
                .and_then(char::from_u32)
                .map(String::from)
                .ok_or_else(|| invalid(format!("{code} is no character")))?,
            ('x', Value::Integer(value, bits)) => {
                let digits = format!("{:x}", (*value as u64) & (u64::MAX >> (64 - bits)));
                if self.has('#') { format!("0x{digits}") } else { digits }
            }
            ('o', Value::Integer(value, bits)) => {
                let digits = format!("{:o}", (*value as u64) & (u64::MAX >> (64 - bits)));
                if self.has('#') { format!("0{digits}") } else { digits }
            }
            ('e' | 'f' | 'g', Value::Double(value)) => return Ok(self.double(*value, upper)),
            ('f', Value::Decimal(unscaled, scale)) => return Ok(self.decimal(*unscaled, *scale)),
            ('e' | 'g', Value::Decimal(unscaled, scale)) => {
                return Ok(self.double(firesteel_expr::cast::decimal::decimal_to_double(*unscaled, *scale), upper));
            }
            ('h', value) => format!("{:x}", java_hash(&value.text())),
            _ => return Err(invalid(format!("'{}' does not go with {}", self.text, value.text()))),
        };
        Ok(self.padded(if upper { text.to_uppercase() } else { text }))
    }

    fn cut(&self, text: String) -> String {
        match self.precision {
            Some(length) => text.chars().take(length).collect(),
            None => text,
        }
    }

    fn padded(&self, text: String) -> String {
        let width = self.width;
        match () {
            () if self.has('-') => format!("{text:<width$}"),
            () if self.has('0') => format!("{text:0>width$}"),
            () => format!("{text:>width$}"),
        }
    }

    fn double(&self, value: f64, upper: bool) -> String {
        if !value.is_finite() {
            let word = if value.is_nan() { "NaN" } else { "Infinity" };
            let sign = if value < 0.0 { "-" } else { "" };
            let width = self.width;
            let text = format!("{sign}{word}");
            return if self.has('-') { format!("{text:<width$}") } else { format!("{text:>width$}") };
        }
        let precision = self.precision.unwrap_or(6);
        let magnitude = value.abs();
        let scientific = |precision: usize| {
            // Rust writes e5 where Java writes e+05.
            let text = format!("{magnitude:.precision$e}");
            let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let exponent: i32 = exponent.parse().unwrap_or(0);
            format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        };
        let text = match self.conversion.to_ascii_lowercase() {
            'f' => half_up(magnitude, precision),
            'e' => scientific(precision),
            _ => {
                let digits = precision.max(1);
                match magnitude {
                    0.0 => half_up(0.0, digits - 1),
                    1e-4.. if magnitude < 10f64.powi(digits as i32) => {
                        let whole = magnitude.log10().floor() as i64;
                        half_up(magnitude, (digits as i64 - 1 - whole).max(0) as usize)
                    }
                    _ => scientific(digits - 1),
                }
            }
        };
        let text = if upper { text.to_uppercase() } else { text };
        let end = text.find(['.', 'e', 'E']).unwrap_or(text.len());
        self.number(value.is_sign_negative(), &text[..end], &text[end..])
    }

    fn decimal(&self, unscaled: i128, scale: i8) -> String {
        let precision = self.precision.unwrap_or(6);
        let cut = i32::from(scale) - precision as i32;
        let digits = match cut {
            1.. => firesteel_expr::cast::decimal::div_half_up(unscaled, 10i128.pow(cut.unsigned_abs())),
            _ => unscaled,
        };
        let mut text = to_string::format_decimal(digits.abs(), (i32::from(scale) - cut.max(0)) as i8);
        if cut < 0 {
            if scale == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', cut.unsigned_abs() as usize));
        }
        let end = text.find('.').unwrap_or(text.len());
        self.number(unscaled < 0, &text[..end], &text[end..])
    }

    /// Sign, grouping, padding.
    fn number(&self, negative: bool, whole: &str, rest: &str) -> String {
        let mut digits = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if self.has(',') && at > 0 && (whole.len() - at).is_multiple_of(3) {
                digits.push(',');
            }
            digits.push(digit);
        }
        digits.push_str(rest);
        let (open, close) = match negative {
            true if self.has('(') => ("(", ")"),
            true => ("-", ""),
            false if self.has('+') => ("+", ""),
            false if self.has(' ') => (" ", ""),
            false => ("", ""),
        };
        let missing = self.width.saturating_sub(open.len() + digits.len() + close.len());
        match () {
            () if self.has('0') => format!("{open}{}{digits}{close}", "0".repeat(missing)),
            () if self.has('-') => format!("{open}{digits}{close}{}", " ".repeat(missing)),
            () => format!("{}{open}{digits}{close}", " ".repeat(missing)),
        }
    }
}

/// Java rounds the shortest digits of a double, half up.
fn half_up(value: f64, places: usize) -> String {
    let shortest = format!("{value}");
    let (whole, fraction) = shortest.split_once('.').unwrap_or((&shortest, ""));
    if fraction.len() <= places {
        let point = if places > 0 { "." } else { "" };
        return format!("{whole}{point}{fraction:0<places$}");
    }
    let mut digits: Vec<u8> = whole.bytes().chain(fraction[..places].bytes()).collect();
    if fraction.as_bytes()[places] >= b'5' {
        let mut at = digits.len();
        loop {
            if at == 0 {
                digits.insert(0, b'1');
                break;
            }
            at -= 1;
            if digits[at] < b'9' {
                digits[at] += 1;
                break;
            }
            digits[at] = b'0';
        }
    }
    let text: String = digits.into_iter().map(char::from).collect();
    let (whole, fraction) = text.split_at(text.len() - places);
    let point = if places > 0 { "." } else { "" };
    format!("{whole}{point}{fraction}")
}

/// What `hashCode` gives for a string.
fn java_hash(text: &str) -> u32 {
    text.encode_utf16().fold(0u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

enum Value {
    Null,
    Boolean(bool),
    /// With the bits of its type.
    Integer(i64, u32),
    Double(f64),
    Decimal(i128, i8),
    Text(String),
}

impl Value {
    fn of(args: &KernelArgs<'_>, at: usize, row: usize, zone: &Zone) -> Result<Value> {
        let data_type = &args.types[at];
        let one = args.columns[at].slice(row, 1);
        let flat = one.flat_as(data_type)?;
        if flat.is_null(0) || *data_type == SqlType::Void {
            return Ok(Value::Null);
        }
        let bits = match data_type {
            SqlType::TinyInt => 8,
            SqlType::SmallInt => 16,
            SqlType::Int | SqlType::Date => 32,
            _ => 64,
        };
        Ok(match data_type {
            SqlType::Boolean => Value::Boolean(flat.as_boolean().value(0)),
            integral if integral.is_integral() => {
                let long = cast(&one, integral, &SqlType::BigInt, CastMode::Ansi, args.context)?.flat()?;
                Value::Integer(long.as_primitive::<Int64Type>().value(0), bits)
            }
            SqlType::Float | SqlType::Double => {
                let double = cast(&one, data_type, &SqlType::Double, CastMode::Ansi, args.context)?.flat()?;
                Value::Double(double.as_primitive::<arrow::datatypes::Float64Type>().value(0))
            }
            SqlType::Decimal { scale, .. } => {
                Value::Decimal(flat.as_primitive::<arrow::datatypes::Decimal128Type>().value(0), *scale)
            }
            _ => Value::Text(to_string::value_text(&flat, 0, data_type, zone)),
        })
    }

    fn text(&self) -> String {
        match self {
            Value::Null => "null".to_owned(),
            Value::Boolean(value) => value.to_string(),
            Value::Integer(value, _) => value.to_string(),
            Value::Double(value) => to_string::format_double(*value),
            Value::Decimal(unscaled, scale) => to_string::format_decimal(*unscaled, *scale),
            Value::Text(text) => text.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formatted(text: &str, value: &Value) -> String {
        let (specifier, _) = Specifier::parse(text).expect("a specifier");
        specifier.format(value).expect("a text")
    }

    #[test]
    fn specifiers() {
        let integer = |value| Value::Integer(value, 32);
        for (specifier, value, expected) in [
            ("%05d", integer(-42), "-0042"),
            ("%-6d|", integer(42), "42    "),
            ("%,d", integer(1_234_567), "1,234,567"),
            ("%+d", integer(5), "+5"),
            ("%(d", integer(-5), "(5)"),
            ("%x", integer(-1), "ffffffff"),
            ("%o", integer(8), "10"),
            ("%.2f", Value::Double(2.345), "2.35"),
            ("%f", Value::Double(0.5), "0.500000"),
            ("%e", Value::Double(12345.678), "1.234568e+04"),
            ("%g", Value::Double(12345.678), "12345.7"),
            ("%.1f", Value::Decimal(225, 2), "2.3"),
            ("%S", Value::Text("abc".to_owned()), "ABC"),
            ("%5.2s", Value::Text("abc".to_owned()), "   ab"),
            ("%c", integer(65), "A"),
            ("%b", Value::Null, "false"),
            ("%d", Value::Null, "null"),
        ] {
            assert_eq!(formatted(specifier, &value), expected, "{specifier}");
        }
        let (specifier, _) = Specifier::parse("%d").expect("a specifier");
        assert!(specifier.format(&Value::Double(1.0)).is_err());
    }
}
