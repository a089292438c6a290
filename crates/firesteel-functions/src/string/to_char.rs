//! `to_char`, `to_number`, `try_to_number`: numbers, datetimes and binaries as text by a pattern, and numbers back.

use arrow::array::{Array, AsArray};
use arrow::datatypes::Decimal128Type;
use firesteel_common::{Result, SqlType, bail, error, internal};
use firesteel_expr::cast::to_string::format_decimal;
use firesteel_expr::coerce::{errors, implicit_cast, signature};
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{
    CanFail, Doc, Kernel, KernelArgs, Nullability, Param, PreparedKernel, ScalarFunction, Signature,
};
use firesteel_expr::{Column, Literal, registry};

use super::number_pattern::NumberPattern;
use crate::rows::{Texts, constant_text, text_column, try_number_column};

pub(super) const TO_CHAR: ScalarFunction = ScalarFunction {
    name: "to_char",
    aliases: &["to_varchar"],
    signature: Signature::Custom(|name, args| match args.len() {
        2 => Ok(args),
        other => Err(errors::wrong_num_args(name, "2", other)),
    }),
    kernel: Kernel::Rewrite(rewrite),
    doc: Doc {
        usage: "to_char(expr, format) - Convert `expr` to a string based on the `format`: a number by a pattern of 0, 9, \
                ',' or G, '.' or D, $, S, MI and PR; a datetime by a datetime pattern; a binary to 'base64', 'hex' or \
                'utf-8'.",
        since: "3.4.0",
        examples: &[
            ("SELECT to_char(454, '999')", "454"),
            ("SELECT to_char(454.00, '000D00')", "454.00"),
            ("SELECT to_char(12454, '99G999')", "12,454"),
            ("SELECT to_char(78.12, '$99.99')", "$78.12"),
            ("SELECT to_char(-12454.8, '99G999D9S')", "12,454.8-"),
            ("SELECT to_char(date'2016-04-08', 'y')", "2016"),
            ("SELECT to_char(x'537061726b2053514c', 'base64')", "U3BhcmsgU1FM"),
            ("SELECT to_char(x'537061726b2053514c', 'hex')", "537061726B2053514C"),
            ("SELECT to_char(encode('abc', 'utf-8'), 'utf-8')", "abc"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn rewrite(args: Vec<ExprRef>) -> Result<ExprRef> {
    match args[0].data_type() {
        datetime if datetime.is_datetime() => registry::call("date_format", args),
        SqlType::Binary => binary(args),
        _ => {
            let number = implicit_cast(&args[0], Param::Decimal)
                .ok_or_else(|| errors::unexpected_input("to_char", &args, 0, "\"NUMERIC\"".to_owned()))?;
            let format = pattern_argument("to_char", &args)?;
            Expr::call_named("number_to_char", vec![number, format])
        }
    }
}

fn binary(args: Vec<ExprRef>) -> Result<ExprRef> {
    let format = pattern_argument("to_char", &args)?;
    let Some(name) = constant_text(&format) else { return Ok(Expr::literal(Literal::null(SqlType::STRING))) };
    let bytes = args[0].clone();
    match name.to_lowercase().as_str() {
        "base64" => registry::call("base64", vec![bytes]),
        "hex" => registry::call("hex", vec![bytes]),
        "utf-8" => registry::call("decode", vec![bytes, Expr::literal(Literal::string("UTF-8"))]),
        _ => bail!(
            INVALID_PARAMETER_VALUE_BINARY_FORMAT,
            functionName = "`to_char`",
            parameter = "`format`",
            invalidFormat = format!("'{name}'")
        ),
    }
}

/// The pattern, which must be known, as STRING.
fn pattern_argument(name: &'static str, args: &[ExprRef]) -> Result<ExprRef> {
    let format = &args[1];
    if !format.is_foldable() {
        return Err(error!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, args),
            inputName = "`format`",
            inputType = "\"STRING\"",
            inputExpr = format!("\"{}\"", errors::sql_text(format))
        ));
    }
    let format = implicit_cast(format, Param::String)
        .ok_or_else(|| errors::unexpected_input(name, args, 1, "\"STRING\"".to_owned()))?;
    // A pattern of a number is checked at once.
    let of_number = *args[0].data_type() != SqlType::Binary;
    if let (true, Some(text)) = (of_number, constant_text(&format)) {
        NumberPattern::parse(&text)?;
    }
    Ok(format)
}

/// What `to_char` of numbers is computed by.
pub(super) const NUMBER_TO_CHAR: ScalarFunction = ScalarFunction {
    name: "number_to_char",
    signature: Signature::OneOf(&[&[Param::Decimal, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Prepared(|args| with_pattern(args, write)),
    display: |_, args| format!("to_char({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

/// A pattern that planning has checked.
struct WithPattern {
    pattern: Option<NumberPattern>,
    kernel: fn(&NumberPattern, &KernelArgs<'_>) -> Result<Column>,
}

fn with_pattern(
    args: &[ExprRef],
    kernel: fn(&NumberPattern, &KernelArgs<'_>) -> Result<Column>,
) -> Result<Box<dyn PreparedKernel>> {
    let pattern = constant_text(&args[1]).map(|text| NumberPattern::parse(&text)).transpose()?;
    Ok(Box::new(WithPattern { pattern, kernel }))
}

impl PreparedKernel for WithPattern {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        match &self.pattern {
            Some(pattern) => (self.kernel)(pattern, args),
            None => Ok(Column::nulls(args.return_type, args.rows)),
        }
    }
}

fn write(pattern: &NumberPattern, args: &KernelArgs<'_>) -> Result<Column> {
    let SqlType::Decimal { scale, .. } = args.types[0] else { return Err(internal!("to_char of no decimal")) };
    let flat = args.columns[0].flat()?;
    let numbers = flat.as_primitive::<Decimal128Type>();
    text_column(args, |row| {
        let number = numbers.is_valid(row).then(|| numbers.value(row))?;
        let text = format_decimal(number, scale);
        let digits = text.trim_start_matches('-');
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        Some(pattern.write(number < 0, whole, fraction))
    })
}

const READ: Signature = Signature::OneOf(&[&[Param::String, Param::String]]);

pub(super) const TO_NUMBER: ScalarFunction = ScalarFunction {
    name: "to_number",
    signature: Signature::Custom(read_operands),
    returns_for: Some(read_type),
    can_fail: CanFail::Always,
    kernel: Kernel::Prepared(|args| {
        with_pattern(args, |pattern, args| {
            read(args, pattern, |text| {
                let format = pattern.text().to_owned();
                Err(error!(INVALID_FORMAT_MISMATCH_INPUT, inputType = "\"STRING\"", input = text, format = format))
            })
        })
    }),
    doc: Doc {
        usage: "to_number(expr, fmt) - Convert string 'expr' to a number based on the string format 'fmt'. Throws an \
                exception if the conversion fails.",
        since: "3.3.0",
        examples: &[
            ("SELECT to_number('454', '999')", "454"),
            ("SELECT to_number('454.00', '000.00')", "454.00"),
            ("SELECT to_number('12,454', '99,999')", "12454"),
            ("SELECT to_number('$78.12', '$99.99')", "78.12"),
            ("SELECT to_number('12,454.8-', '99,999.9S')", "-12454.8"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TO_NUMBER: ScalarFunction = ScalarFunction {
    name: "try_to_number",
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Never,
    kernel: Kernel::Prepared(|args| with_pattern(args, |pattern, args| read(args, pattern, |_| Ok(None)))),
    doc: Doc {
        usage: "try_to_number(expr, fmt) - As to_number, but NULL for what does not match the format.",
        since: "3.3.0",
        examples: &[
            ("SELECT try_to_number('12,454', '99,999')", "12454"),
            ("SELECT try_to_number('12,454.8-', '99,999.9S')", "-12454.8"),
        ],
    },
    ..TO_NUMBER
};

fn read_operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let mut args = signature::apply(name, READ, args)?;
    args[1] = pattern_argument(name, &args)?;
    Ok(args)
}

/// DECIMAL with the digits of the pattern.
fn read_type(args: &[ExprRef]) -> Result<SqlType> {
    Ok(match constant_text(&args[1]) {
        Some(text) => {
            let (precision, scale) = NumberPattern::parse(&text)?.digits();
            SqlType::decimal(precision, scale)
        }
        None => SqlType::DECIMAL_SYSTEM_DEFAULT,
    })
}

fn read(
    args: &KernelArgs<'_>,
    pattern: &NumberPattern,
    otherwise: impl Fn(&str) -> Result<Option<i128>>,
) -> Result<Column> {
    let texts = Texts::of(args, 0)?;
    try_number_column::<Decimal128Type>(args, |row| match texts.get(row) {
        Some(text) => pattern.read(text).map_or_else(|| otherwise(text), |value| Ok(Some(value))),
        None => Ok(None),
    })
}
