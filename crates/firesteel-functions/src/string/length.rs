//! How long a text is, and its characters as numbers.

use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, Numbers, Texts, by_entries, number_column, text_column};

pub(super) const LENGTH: ScalarFunction = ScalarFunction {
    name: "length",
    aliases: &["char_length", "character_length", "len"],
    signature: Signature::OneOf(&[&[Param::StringOrBinary]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| by_entries(args, length)),
    doc: Doc {
        usage: "length(expr) - Returns the character length of string data or number of bytes of binary data, trailing \
                spaces included.",
        since: "1.5.0",
        examples: &[
            ("SELECT length('Spark SQL ')", "10"),
            ("SELECT char_length(x'537061726b2053514c')", "9"),
            ("SELECT CHARACTER_LENGTH('Spark SQL ')", "10"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn length(args: &KernelArgs<'_>) -> firesteel_common::Result<firesteel_expr::Column> {
    let bytes = Bytes::of(args, 0)?;
    if args.types[0] == SqlType::Binary {
        return number_column::<Int32Type>(args, |row| bytes.get(row).map(|bytes| bytes.len() as i32));
    }
    // Every byte but those that continue a character.
    let characters = |bytes: &[u8]| bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count() as i32;
    number_column::<Int32Type>(args, |row| bytes.get(row).map(characters))
}

pub(super) const OCTET_LENGTH: ScalarFunction = ScalarFunction {
    name: "octet_length",
    signature: Signature::OneOf(&[&[Param::StringOrBinary]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        number_column::<Int32Type>(args, |row| bytes.get(row).map(|bytes| bytes.len() as i32))
    }),
    doc: Doc {
        usage: "octet_length(expr) - Returns the byte length of string data or number of bytes of binary data.",
        since: "2.3.0",
        examples: &[("SELECT octet_length('Spark SQL')", "9"), ("SELECT octet_length(x'537061726b2053514c')", "9")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const BIT_LENGTH: ScalarFunction = ScalarFunction {
    name: "bit_length",
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        number_column::<Int32Type>(args, |row| bytes.get(row).map(|bytes| bytes.len() as i32 * 8))
    }),
    doc: Doc {
        usage: "bit_length(expr) - Returns the bit length of string data or number of bits of binary data.",
        since: "2.3.0",
        examples: &[("SELECT bit_length('Spark SQL')", "72")],
    },
    ..OCTET_LENGTH
};

pub(super) const ASCII: ScalarFunction = ScalarFunction {
    name: "ascii",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let texts = Texts::of(args, 0)?;
        number_column::<Int32Type>(args, |row| Some(texts.get(row)?.chars().next().map_or(0, |c| c as i32)))
    }),
    doc: Doc {
        usage: "ascii(str) - Returns the numeric value of the first character of `str`.",
        since: "1.5.0",
        examples: &[("SELECT ascii('222')", "50"), ("SELECT ascii(2)", "50")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const CHR: ScalarFunction = ScalarFunction {
    name: "char",
    aliases: &["chr"],
    signature: Signature::OneOf(&[&[Param::BigInt]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let codes = Numbers::<Int64Type>::of(args, 0)?;
        text_column(args, |row| {
            let code = codes.get(row)?;
            Some(if code < 0 { String::new() } else { char::from((code & 0xff) as u8).to_string() })
        })
    }),
    doc: Doc {
        usage: "char(expr) - Returns the character of the code `expr` % 256.",
        since: "2.3.0",
        examples: &[("SELECT char(65)", "A")],
    },
    ..ScalarFunction::DEFAULT
};
