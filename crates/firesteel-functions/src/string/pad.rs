//! `lpad`, `rpad`, `repeat`, `space`.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, Numbers, Texts, binary_column, optional, text_column};

pub(super) const LPAD: ScalarFunction = ScalarFunction {
    name: "lpad",
    signature: Signature::OneOf(&[
        &[Param::String, Param::Int],
        &[Param::Binary, Param::Int],
        &[Param::String, Param::Int, Param::String],
        &[Param::Binary, Param::Int, Param::Binary],
    ]),
    returns: |types| Ok(if types[0] == SqlType::Binary { SqlType::Binary } else { SqlType::STRING }),
    kernel: Kernel::Batch(|args| {
        pad(args, |text, padding| padding + text, |bytes, padding| [&padding, bytes].concat())
    }),
    doc: Doc {
        usage: "lpad(str, len[, pad]) - Returns `str`, left-padded with `pad` (blanks by default, zeros for binaries) to a \
                length of `len`; a longer `str` is shortened to `len` characters or bytes.",
        since: "1.5.0",
        examples: &[
            ("SELECT lpad('hi', 5, '??')", "???hi"),
            ("SELECT lpad('hi', 1, '??')", "h"),
            ("SELECT lpad('hi', 5)", "   hi"),
            ("SELECT hex(lpad(unhex('aabb'), 5))", "000000AABB"),
            ("SELECT hex(lpad(unhex('aabb'), 5, unhex('1122')))", "112211AABB"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const RPAD: ScalarFunction = ScalarFunction {
    name: "rpad",
    kernel: Kernel::Batch(|args| {
        pad(args, |text, padding| text.to_owned() + &padding, |bytes, padding| [bytes, &padding].concat())
    }),
    doc: Doc {
        usage: "rpad(str, len[, pad]) - Returns `str`, right-padded with `pad` (blanks by default, zeros for binaries) to a \
                length of `len`; a longer `str` is shortened to `len` characters or bytes.",
        since: "1.5.0",
        examples: &[("SELECT rpad('hi', 5, '??')", "hi???"), ("SELECT rpad('hi', 1, '??')", "h")],
    },
    ..LPAD
};

fn pad(
    args: &KernelArgs<'_>,
    join: fn(&str, String) -> String,
    join_bytes: fn(&[u8], Vec<u8>) -> Vec<u8>,
) -> Result<Column> {
    if args.types[0] == SqlType::Binary {
        return pad_bytes(args, join_bytes);
    }
    let (texts, lengths) = (Texts::of(args, 0)?, Numbers::<Int32Type>::of(args, 1)?);
    let paddings = optional(args, 2, Texts::of)?;
    text_column(args, |row| {
        let (text, length) = (texts.get(row)?, lengths.get(row)?.max(0) as usize);
        let padding = match &paddings {
            Some(paddings) => paddings.get(row)?,
            None => " ",
        };
        let missing = length.saturating_sub(text.chars().count());
        Some(match missing {
            0 => text.chars().take(length).collect(),
            _ => join(text, padding.chars().cycle().take(missing).collect()),
        })
    })
}

fn pad_bytes(args: &KernelArgs<'_>, join: fn(&[u8], Vec<u8>) -> Vec<u8>) -> Result<Column> {
    let (binaries, lengths) = (Bytes::of(args, 0)?, Numbers::<Int32Type>::of(args, 1)?);
    let paddings = optional(args, 2, Bytes::of)?;
    binary_column(args, |row| {
        let (bytes, length) = (binaries.get(row)?, lengths.get(row)?.max(0) as usize);
        let padding = match &paddings {
            Some(paddings) => paddings.get(row)?,
            None => &[0],
        };
        let missing = length.saturating_sub(bytes.len());
        Some(match missing {
            0 => bytes[..length].to_vec(),
            _ => join(bytes, padding.iter().copied().cycle().take(missing).collect()),
        })
    })
}

pub(super) const REPEAT: ScalarFunction = ScalarFunction {
    name: "repeat",
    signature: Signature::OneOf(&[&[Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let (texts, times) = (Texts::of(args, 0)?, Numbers::<Int32Type>::of(args, 1)?);
        text_column(args, |row| Some(texts.get(row)?.repeat(times.get(row)?.max(0) as usize)))
    }),
    doc: Doc {
        usage: "repeat(str, n) - Returns the string which repeats the given string value n times.",
        since: "1.5.0",
        examples: &[("SELECT repeat('123', 2)", "123123")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const SPACE: ScalarFunction = ScalarFunction {
    name: "space",
    signature: Signature::OneOf(&[&[Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let times = Numbers::<Int32Type>::of(args, 0)?;
        text_column(args, |row| Some(" ".repeat(times.get(row)?.max(0) as usize)))
    }),
    doc: Doc {
        usage: "space(n) - Returns a string consisting of `n` spaces.",
        since: "1.5.0",
        examples: &[("SELECT concat(space(2), '1')", "  1")],
    },
    ..ScalarFunction::DEFAULT
};
