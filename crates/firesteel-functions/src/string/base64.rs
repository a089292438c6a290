//! `base64`, `unbase64`, and text read as bytes: `to_binary`, `try_to_binary`.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use firesteel_common::{Error, Result, SqlType, bail, error};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, Literal};

use super::hex::unhex;
use crate::rows::{Bytes, Texts, constant_text, text_column, try_binary_column};

pub(super) const BASE64: ScalarFunction = ScalarFunction {
    name: "base64",
    signature: Signature::OneOf(&[&[Param::Binary]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| bytes.get(row).map(|bytes| general_purpose::STANDARD.encode(bytes)))
    }),
    doc: Doc {
        usage: "base64(bin) - Converts the argument from a binary `bin` to a base 64 string.",
        since: "1.5.0",
        examples: &[
            ("SELECT base64('Spark SQL')", "U3BhcmsgU1FM"),
            ("SELECT base64(x'537061726b2053514c')", "U3BhcmsgU1FM"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// Takes what has no padding, too.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// As MIME has it: what is no digit of base 64 does not count, and padding ends it.
fn decode(text: &str) -> Option<Vec<u8>> {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let digits: Vec<u8> = text.bytes().take_while(|byte| *byte != b'=').filter(is_digit).collect();
    LENIENT.decode(digits).ok()
}

pub(super) const UNBASE64: ScalarFunction = ScalarFunction {
    name: "unbase64",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::Binary),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        try_binary_column(args, |row| match texts.get(row) {
            Some(text) => decode(text).map(Some).ok_or_else(|| invalid(text, "BASE64")),
            None => Ok(None),
        })
    }),
    doc: Doc {
        usage: "unbase64(str) - Converts the argument from a base 64 string `str` to a binary.",
        since: "1.5.0",
        examples: &[("SELECT unbase64('U3BhcmsgU1FM')", "Spark SQL")],
    },
    ..ScalarFunction::DEFAULT
};

fn invalid(text: &str, format: &str) -> Error {
    error!(
        CONVERSION_INVALID_INPUT,
        str = format!("'{text}'"),
        fmt = format!("'{format}'"),
        targetType = "\"BINARY\"",
        suggestion = "`try_to_binary`"
    )
}

const SURFACE: Signature = Signature::OneOf(&[&[Param::String], &[Param::String, Param::String]]);

pub(super) const TO_BINARY: ScalarFunction = ScalarFunction {
    name: "to_binary",
    signature: SURFACE,
    kernel: Kernel::Rewrite(|args| with_format("to_binary", "text_to_binary", args)),
    doc: Doc {
        usage: "to_binary(str[, fmt]) - Converts the input `str` to a binary value based on the supplied `fmt`: \"hex\" \
                (the default), \"utf-8\", \"utf8\" or \"base64\", in any case.",
        since: "3.3.0",
        examples: &[("SELECT to_binary('abc', 'utf-8')", "abc")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TO_BINARY: ScalarFunction = ScalarFunction {
    name: "try_to_binary",
    kernel: Kernel::Rewrite(|args| with_format("try_to_binary", "try_text_to_binary", args)),
    doc: Doc {
        usage: "try_to_binary(str[, fmt]) - As to_binary, but NULL for what cannot be converted.",
        since: "3.3.0",
        examples: &[("SELECT try_to_binary('abc', 'utf-8')", "abc"), ("SELECT try_to_binary('a!', 'base64')", "NULL")],
    },
    ..TO_BINARY
};

/// The format must be known, and one of those that there are.
fn with_format(name: &'static str, kernel: &str, args: Vec<ExprRef>) -> Result<ExprRef> {
    let mut args = signature::apply(name, SURFACE, args)?;
    if args.len() == 1 {
        args.push(Expr::literal(Literal::string("hex")));
    }
    let format = &args[1];
    if !format.is_foldable() {
        bail!(NON_FOLDABLE_ARGUMENT, funcName = format!("`{name}`"), paramName = "`fmt`", paramType = "\"STRING\"");
    }
    let Some(text) = constant_text(format) else { return Ok(Expr::literal(Literal::null(SqlType::Binary))) };
    let known = text.to_lowercase();
    if !matches!(known.as_str(), "hex" | "utf-8" | "utf8" | "base64") {
        bail!(
            DATATYPE_MISMATCH_INVALID_ARG_VALUE,
            sqlExpr = errors::call_text(name, &args),
            inputName = "fmt",
            requireType = "case-insensitive \"STRING\"",
            validValues = "'hex', 'utf-8', 'utf8', or 'base64'",
            inputValue = format!("'{text}'")
        );
    }
    args[1] = Expr::literal(Literal::string(known));
    Expr::call_named(kernel, args)
}

/// What `to_binary` is computed by.
pub(super) const TEXT_TO_BINARY: ScalarFunction = ScalarFunction {
    name: "text_to_binary",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Binary),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| convert(args, |text, format| Err(invalid(text, &format.to_uppercase())))),
    display: |_, args| format!("to_binary({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TEXT_TO_BINARY: ScalarFunction = ScalarFunction {
    name: "try_text_to_binary",
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Never,
    kernel: Kernel::Batch(|args| convert(args, |_, _| Ok(None))),
    display: |_, args| format!("try_to_binary({})", args.join(", ")),
    ..TEXT_TO_BINARY
};

fn convert(args: &KernelArgs<'_>, otherwise: fn(&str, &str) -> Result<Option<Vec<u8>>>) -> Result<Column> {
    let (texts, formats) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    try_binary_column(args, |row| {
        let (Some(text), Some(format)) = (texts.get(row), formats.get(row)) else { return Ok(None) };
        let bytes = match format {
            "hex" => unhex(text),
            "base64" => strict(text),
            _ => Some(text.as_bytes().to_vec()),
        };
        bytes.map_or_else(|| otherwise(text, format), |bytes| Ok(Some(bytes)))
    })
}

/// Digits of base 64 and blanks only, of the right number.
fn strict(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    LENIENT.decode(digits).ok()
}
