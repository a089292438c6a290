//! `substring`, `left`, `right`: positions are 1-based, 0 means 1, negative ones count from the end.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use crate::rows::{Bytes, Numbers, Texts, binary_column, by_entries, text_column};

/// STRING gives STRING, BINARY gives BINARY.
fn same_kind(types: &[SqlType]) -> Result<SqlType> {
    Ok(if types[0] == SqlType::Binary { SqlType::Binary } else { SqlType::STRING })
}

pub(super) const SUBSTRING: ScalarFunction = ScalarFunction {
    name: "substring",
    aliases: &["substr"],
    signature: Signature::OneOf(&[
        &[Param::StringOrBinary, Param::Int],
        &[Param::StringOrBinary, Param::Int, Param::Int],
    ]),
    returns: same_kind,
    kernel: Kernel::Batch(|args| {
        by_entries(args, |args| {
            let starts = Numbers::<Int32Type>::of(args, 1)?;
            let lengths = if args.columns.len() > 2 { Some(Numbers::<Int32Type>::of(args, 2)?) } else { None };
            slices(args, |row| {
                let length = match &lengths {
                    Some(lengths) => lengths.get(row)?.into(),
                    None => i64::MAX,
                };
                Some((starts.get(row)?.into(), length))
            })
        })
    }),
    doc: Doc {
        usage: "substring(str, pos[, len]) - Returns the substring of `str` that starts at `pos` and is of length `len`, or \
                the slice of byte array that starts at `pos` and is of length `len`.",
        since: "1.5.0",
        examples: &[
            ("SELECT substring('Spark SQL', 5)", "k SQL"),
            ("SELECT substring('Spark SQL', -3)", "SQL"),
            ("SELECT substring('Spark SQL', 5, 1)", "k"),
            ("SELECT substr('Spark SQL' FROM -3)", "SQL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const LEFT: ScalarFunction = ScalarFunction {
    name: "left",
    aliases: &[],
    signature: Signature::OneOf(&[&[Param::StringOrBinary, Param::Int]]),
    kernel: Kernel::Batch(|args| {
        let lengths = Numbers::<Int32Type>::of(args, 1)?;
        slices(args, |row| Some((1, lengths.get(row)?.into())))
    }),
    doc: Doc {
        usage: "left(str, len) - Returns the leftmost `len` characters from the string `str`; nothing if `len` is not \
                positive.",
        since: "2.3.0",
        examples: &[("SELECT left('Spark SQL', 3)", "Spa")],
    },
    ..SUBSTRING
};

pub(super) const RIGHT: ScalarFunction = ScalarFunction {
    name: "right",
    aliases: &[],
    signature: Signature::OneOf(&[&[Param::StringOrBinary, Param::Int]]),
    kernel: Kernel::Batch(|args| {
        let lengths = Numbers::<Int32Type>::of(args, 1)?;
        slices(args, |row| {
            let length = i64::from(lengths.get(row)?);
            Some((-length, length))
        })
    }),
    doc: Doc {
        usage: "right(str, len) - Returns the rightmost `len` characters from the string `str`; nothing if `len` is not \
                positive.",
        since: "2.3.0",
        examples: &[("SELECT right('Spark SQL', 3)", "SQL")],
    },
    ..SUBSTRING
};

/// Cuts each row from a position over a length.
fn slices(args: &KernelArgs<'_>, span: impl Fn(usize) -> Option<(i64, i64)>) -> Result<Column> {
    if args.types[0] == SqlType::Binary {
        let bytes = Bytes::of(args, 0)?;
        return binary_column(args, |row| {
            let bytes = bytes.get(row)?;
            let (start, length) = span(row)?;
            let (from, to) = range(bytes.len(), start, length);
            Some(bytes[from..to].to_vec())
        });
    }
    // Borrows from the column, so that nothing is copied before the result is built.
    let texts = Texts::of(args, 0)?;
    let cut = |row: usize| {
        let (start, length) = span(row)?;
        Some(substring(texts.get(row)?, start, length))
    };
    text_column(args, cut)
}

/// 0-based half-open range of what is left of `count` characters.
pub(super) fn range(count: usize, start: i64, length: i64) -> (usize, usize) {
    let count = count as i64;
    let from = match start {
        1.. => start - 1,
        0 => 0,
        _ => count + start,
    };
    let to = from.saturating_add(length.max(0)).clamp(0, count);
    (from.clamp(0, to) as usize, to as usize)
}

pub(super) fn substring(text: &str, start: i64, length: i64) -> &str {
    if text.is_ascii() {
        let (from, to) = range(text.len(), start, length);
        return &text[from..to];
    }
    let (from, to) = range(text.chars().count(), start, length);
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte);
    &text[byte(from)..byte(to)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let cases = [
            ("Spark SQL", 5, 1, "k"),
            ("abc", 0, 2, "ab"),
            ("abc", -5, 3, "a"),
            ("abc", 10, 2, ""),
            ("äöü", 2, 1, "ö"),
            ("äöü", -2, i64::MAX, "öü"),
            ("abc", 2, -1, ""),
        ];
        for (text, start, length, expected) in cases {
            assert_eq!(substring(text, start, length), expected, "{text} {start} {length}");
        }
    }
}
