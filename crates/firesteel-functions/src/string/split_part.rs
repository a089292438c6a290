//! `split_part`, `substring_index`: parts between delimiters, counted from either end.

use arrow::datatypes::Int32Type;
use firesteel_common::{SqlType, bail};
use firesteel_expr::function::{CanFail, Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, text_column};

pub(super) const SPLIT_PART: ScalarFunction = ScalarFunction {
    name: "split_part",
    signature: Signature::OneOf(&[&[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (texts, delimiters) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        let numbers = Numbers::<Int32Type>::of(args, 2)?;
        let counts = |row: usize| texts.get(row).is_some() && delimiters.get(row).is_some();
        if (0..args.rows).any(|row| counts(row) && numbers.get(row) == Some(0)) {
            bail!(INVALID_INDEX_OF_ZERO);
        }
        text_column(args, |row| Some(part(texts.get(row)?, delimiters.get(row)?, numbers.get(row)?).to_owned()))
    }),
    doc: Doc {
        usage: "split_part(str, delimiter, partNum) - Splits `str` by delimiter and returns the requested part (1-based; \
                negative numbers count from the end).",
        since: "3.3.0",
        examples: &[("SELECT split_part('11.12.13', '.', 3)", "13")],
    },
    ..ScalarFunction::DEFAULT
};

fn part<'a>(text: &'a str, delimiter: &str, number: i32) -> &'a str {
    let at = number.unsigned_abs() as usize - 1;
    let found = match (delimiter.is_empty(), number > 0) {
        (true, _) => (at == 0).then_some(text),
        (_, true) => text.split(delimiter).nth(at),
        _ => text.rsplit(delimiter).nth(at),
    };
    found.unwrap_or("")
}

pub(super) const SUBSTRING_INDEX: ScalarFunction = ScalarFunction {
    name: "substring_index",
    signature: Signature::OneOf(&[&[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let (texts, delimiters) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        let counts = Numbers::<Int32Type>::of(args, 2)?;
        text_column(args, |row| Some(up_to(texts.get(row)?, delimiters.get(row)?, counts.get(row)?).to_owned()))
    }),
    doc: Doc {
        usage: "substring_index(str, delim, count) - Returns the substring from `str` before `count` occurrences of the \
                delimiter `delim`; a negative `count` counts from the right and returns what is right of it.",
        since: "1.5.0",
        examples: &[("SELECT substring_index('www.apache.org', '.', 2)", "www.apache")],
    },
    ..ScalarFunction::DEFAULT
};

fn up_to<'a>(text: &'a str, delimiter: &str, count: i32) -> &'a str {
    if delimiter.is_empty() || count == 0 {
        return "";
    }
    let nth = count.unsigned_abs() as usize - 1;
    if count > 0 {
        return text.match_indices(delimiter).nth(nth).map_or(text, |(at, _)| &text[..at]);
    }
    text.rmatch_indices(delimiter).nth(nth).map_or(text, |(at, _)| &text[at + delimiter.len()..])
}
