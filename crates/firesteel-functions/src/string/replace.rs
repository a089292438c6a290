//! `replace`, `translate`, `reverse`.

use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Texts, by_entries, text_column};

pub(super) const REPLACE: ScalarFunction = ScalarFunction {
    name: "replace",
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        by_entries(args, |args| {
            let (texts, searches) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
            let replacements = if args.columns.len() > 2 { Some(Texts::of(args, 2)?) } else { None };
            text_column(args, |row| {
                let (text, search) = (texts.get(row)?, searches.get(row)?);
                let replacement = match &replacements {
                    Some(replacements) => replacements.get(row)?,
                    None => "",
                };
                Some(if search.is_empty() { text.to_owned() } else { text.replace(search, replacement) })
            })
        })
    }),
    doc: Doc {
        usage: "replace(str, search[, replace]) - Replaces all occurrences of `search` with `replace` (nothing by default).",
        since: "2.3.0",
        examples: &[("SELECT replace('ABCabc', 'abc', 'DEF')", "ABCDEF")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRANSLATE: ScalarFunction = ScalarFunction {
    name: "translate",
    signature: Signature::OneOf(&[&[Param::String, Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| {
        let (texts, froms, tos) = (Texts::of(args, 0)?, Texts::of(args, 1)?, Texts::of(args, 2)?);
        text_column(args, |row| Some(translated(texts.get(row)?, froms.get(row)?, tos.get(row)?)))
    }),
    doc: Doc {
        usage: "translate(input, from, to) - Translates the `input` string by replacing the characters present in the \
                `from` string with the corresponding characters in the `to` string.",
        since: "1.5.0",
        examples: &[("SELECT translate('AaBbCc', 'abc', '123')", "A1B2C3")],
    },
    ..ScalarFunction::DEFAULT
};

/// Characters of `from` without a counterpart are removed.
fn translated(text: &str, from: &str, to: &str) -> String {
    let map = |c: char| match from.chars().position(|known| known == c) {
        Some(at) => to.chars().nth(at),
        None => Some(c),
    };
    text.chars().filter_map(map).collect()
}
