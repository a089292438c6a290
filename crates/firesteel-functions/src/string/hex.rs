//! `hex` and `unhex`.

use std::fmt::Write;

use arrow::datatypes::Int64Type;
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, Numbers, Texts, binary_column, text_column};

pub(super) const HEX: ScalarFunction = ScalarFunction {
    name: "hex",
    signature: Signature::OneOf(&[&[Param::BigInt], &[Param::StringOrBinary]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        if args.types[0] == SqlType::BigInt {
            let numbers = Numbers::<Int64Type>::of(args, 0)?;
            return text_column(args, |row| numbers.get(row).map(|number| format!("{number:X}")));
        }
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| bytes.get(row).map(hex))
    }),
    doc: Doc {
        usage: "hex(expr) - Converts `expr` to hexadecimal.",
        since: "1.5.0",
        examples: &[("SELECT hex(17)", "11"), ("SELECT hex('Spark SQL')", "537061726B2053514C")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02X}");
        out
    })
}

pub(super) const UNHEX: ScalarFunction = ScalarFunction {
    name: "unhex",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::Binary),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        binary_column(args, |row| unhex(texts.get(row)?))
    }),
    doc: Doc {
        usage: "unhex(expr) - Converts hexadecimal `expr` to binary.",
        since: "1.5.0",
        examples: &[("SELECT hex(unhex('537061726B2053514C'))", "537061726B2053514C")],
    },
    ..ScalarFunction::DEFAULT
};

/// An odd first digit stands alone; NULL for what is no digit.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect::<Option<Vec<_>>>()?;
    let (first, pairs) = digits.split_at(digits.len() % 2);
    Some(first.iter().copied().chain(pairs.chunks(2).map(|pair| pair[0] << 4 | pair[1])).collect())
}
