//! `md5`, `sha1` and `sha2` as hexadecimal text, `crc32` as a number.

use std::fmt::Write;

use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Nullability, Param, ScalarFunction, Signature};
use md5::{Digest, Md5};
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::rows::{Bytes, Numbers, number_column, text_column};

pub(super) const MD5: ScalarFunction = ScalarFunction {
    name: "md5",
    signature: Signature::OneOf(&[&[Param::Binary], &[Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| bytes.get(row).map(|bytes| hex(&Md5::digest(bytes))))
    }),
    doc: Doc {
        usage: "md5(expr) - Returns an MD5 128-bit checksum as a hex string of `expr`.",
        since: "1.5.0",
        examples: &[("SELECT md5('Spark')", "8cde774d6f7333752ed72cacddb05126")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const SHA1: ScalarFunction = ScalarFunction {
    name: "sha1",
    aliases: &["sha"],
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        text_column(args, |row| bytes.get(row).map(|bytes| hex(&Sha1::digest(bytes))))
    }),
    doc: Doc {
        usage: "sha1(expr) - Returns a sha1 hash value as a hex string of the `expr`.",
        since: "1.5.0",
        examples: &[
            ("SELECT sha1('Spark')", "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"),
            ("SELECT sha('Spark')", "85f5955f4b27a9a4c2aab6ffe5d7189fc298b92c"),
        ],
    },
    ..MD5
};

pub(super) const CRC32: ScalarFunction = ScalarFunction {
    name: "crc32",
    returns: |_| Ok(SqlType::BigInt),
    kernel: Kernel::Batch(|args| {
        let bytes = Bytes::of(args, 0)?;
        number_column::<Int64Type>(args, |row| bytes.get(row).map(|bytes| crc32fast::hash(bytes).into()))
    }),
    doc: Doc {
        usage: "crc32(expr) - Returns a cyclic redundancy check value of the `expr` as a bigint.",
        since: "1.5.0",
        examples: &[("SELECT crc32('Spark')", "1557323817")],
    },
    ..MD5
};

pub(super) const SHA2: ScalarFunction = ScalarFunction {
    name: "sha2",
    signature: Signature::OneOf(&[&[Param::Binary, Param::Int], &[Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| {
        let (bytes, lengths) = (Bytes::of(args, 0)?, Numbers::<Int32Type>::of(args, 1)?);
        text_column(args, |row| sha2(bytes.get(row)?, lengths.get(row)?))
    }),
    doc: Doc {
        usage: "sha2(expr, bitLength) - Returns a checksum of SHA-2 family as a hex string of `expr`. SHA-224, SHA-256, \
                SHA-384, and SHA-512 are supported. Bit length of 0 is equivalent to 256.",
        since: "1.5.0",
        examples: &[("SELECT sha2('Spark', 256)", "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b")],
    },
    ..ScalarFunction::DEFAULT
};

fn sha2(bytes: &[u8], length: i32) -> Option<String> {
    Some(match length {
        224 => hex(&Sha224::digest(bytes)),
        0 | 256 => hex(&Sha256::digest(bytes)),
        384 => hex(&Sha384::digest(bytes)),
        512 => hex(&Sha512::digest(bytes)),
        _ => return None,
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
