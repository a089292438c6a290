//! Whether bytes are UTF-8. Text always is; so the functions look through a cast of bytes to text at the bytes.

use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::coerce::signature;
use firesteel_expr::expr::{ExprKind, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, boolean_column, text_column, try_text_column};

fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let mut args = signature::apply(name, Signature::OneOf(&[&[Param::StringOrBinary]]), args)?;
    if let ExprKind::Cast(input, _) = &args[0].kind
        && *input.data_type() == SqlType::Binary
    {
        args[0] = input.clone();
    }
    Ok(args)
}

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(operands),
    returns: |_| Ok(SqlType::STRING),
    ..ScalarFunction::DEFAULT
};

pub(super) const IS_VALID_UTF8: ScalarFunction = ScalarFunction {
    name: "is_valid_utf8",
    returns: |_| Ok(SqlType::Boolean),
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        boolean_column(args, |row| bytes.get(row).map(|bytes| std::str::from_utf8(bytes).is_ok()))
    }),
    doc: Doc {
        usage: "is_valid_utf8(str) - Returns true if `str` is a valid UTF-8 string, otherwise returns false.",
        since: "4.0.0",
        examples: &[
            ("SELECT is_valid_utf8('Spark')", "true"),
            ("SELECT is_valid_utf8(x'61')", "true"),
            ("SELECT is_valid_utf8(x'80')", "false"),
            ("SELECT is_valid_utf8(x'61C262')", "false"),
        ],
    },
    ..COMMON
};

pub(super) const MAKE_VALID_UTF8: ScalarFunction = ScalarFunction {
    name: "make_valid_utf8",
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| bytes.get(row).map(String::from_utf8_lossy))
    }),
    doc: Doc {
        usage: "make_valid_utf8(str) - Returns the original string if `str` is a valid UTF-8 string, otherwise returns a new \
                string whose invalid UTF8 byte sequences are replaced using the UNICODE replacement character U+FFFD.",
        since: "4.0.0",
        examples: &[("SELECT make_valid_utf8('Spark')", "Spark"), ("SELECT make_valid_utf8(x'80')", "\u{fffd}")],
    },
    ..COMMON
};

pub(super) const VALIDATE_UTF8: ScalarFunction = ScalarFunction {
    name: "validate_utf8",
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        try_text_column(args, |row| match bytes.get(row) {
            Some(bytes) => std::str::from_utf8(bytes).map(|text| Some(text.to_owned())).map_err(|_| invalid(bytes)),
            None => Ok(None),
        })
    }),
    doc: Doc {
        usage: "validate_utf8(str) - Returns the original string if `str` is a valid UTF-8 string, otherwise throws an \
                exception.",
        since: "4.0.0",
        examples: &[("SELECT validate_utf8('Spark')", "Spark"), ("SELECT validate_utf8(x'61')", "a")],
    },
    ..COMMON
};

fn invalid(bytes: &[u8]) -> Error {
    let text = bytes.iter().map(|byte| match byte {
        0x20..0x7f => char::from(*byte).to_string(),
        other => format!("\\x{other:02X}"),
    });
    error!(INVALID_UTF8_STRING, str = text.collect::<String>())
}

pub(super) const TRY_VALIDATE_UTF8: ScalarFunction = ScalarFunction {
    name: "try_validate_utf8",
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| std::str::from_utf8(bytes.get(row)?).ok().map(str::to_owned))
    }),
    doc: Doc {
        usage: "try_validate_utf8(str) - Returns the original string if `str` is a valid UTF-8 string, otherwise returns \
                NULL.",
        since: "4.0.0",
        examples: &[("SELECT try_validate_utf8('Spark')", "Spark"), ("SELECT try_validate_utf8(x'80')", "NULL")],
    },
    ..COMMON
};
