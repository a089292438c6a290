//! `trim` and its kin. Two arguments: the characters first, as `trim(BOTH chars FROM str)` reads; `btrim` takes them last.

use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use crate::rows::{Texts, text_column};

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String], &[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    ..ScalarFunction::DEFAULT
};

/// At which ends; blanks unless other characters are given.
fn trim(args: &KernelArgs<'_>, text_at: usize, (left, right): (bool, bool)) -> Result<Column> {
    let both = args.columns.len() > 1;
    let texts = Texts::of(args, if both { text_at } else { 0 })?;
    let sets = if both { Some(Texts::of(args, 1 - text_at)?) } else { None };
    text_column(args, |row| {
        let mut text = texts.get(row)?;
        let set = match &sets {
            Some(sets) => sets.get(row)?,
            None => " ",
        };
        if left {
            text = text.trim_start_matches(|c| set.contains(c));
        }
        if right {
            text = text.trim_end_matches(|c| set.contains(c));
        }
        Some(text)
    })
}

pub(super) const TRIM: ScalarFunction = ScalarFunction {
    name: "trim",
    kernel: Kernel::Batch(|args| trim(args, 1, (true, true))),
    doc: Doc {
        usage: "trim(str) - Removes the leading and trailing space characters from `str`. \
                trim(BOTH trimStr FROM str) - Removes the leading and trailing `trimStr` characters from `str`.",
        since: "1.5.0",
        examples: &[
            ("SELECT trim('    SparkSQL   ')", "SparkSQL"),
            ("SELECT trim('SL' FROM 'SSparkSQLS')", "parkSQ"),
            ("SELECT trim(LEADING 'SL' FROM 'SSparkSQLS')", "parkSQLS"),
        ],
    },
    ..COMMON
};

pub(super) const LTRIM: ScalarFunction = ScalarFunction {
    name: "ltrim",
    kernel: Kernel::Batch(|args| trim(args, 1, (true, false))),
    doc: Doc {
        usage: "ltrim(str) - Removes the leading space characters from `str`.",
        since: "1.5.0",
        examples: &[("SELECT ltrim('    SparkSQL')", "SparkSQL")],
    },
    ..COMMON
};

pub(super) const RTRIM: ScalarFunction = ScalarFunction {
    name: "rtrim",
    kernel: Kernel::Batch(|args| trim(args, 1, (false, true))),
    doc: Doc {
        usage: "rtrim(str) - Removes the trailing space characters from `str`.",
        since: "1.5.0",
        examples: &[("SELECT rtrim('SparkSQL   ')", "SparkSQL")],
    },
    ..COMMON
};

pub(super) const BTRIM: ScalarFunction = ScalarFunction {
    name: "btrim",
    kernel: Kernel::Batch(|args| trim(args, 0, (true, true))),
    doc: Doc {
        usage: "btrim(str[, trimStr]) - Removes the leading and trailing `trimStr` characters (blanks by default) from `str`.",
        since: "3.2.0",
        examples: &[("SELECT btrim('    SparkSQL   ')", "SparkSQL"), ("SELECT btrim('SSparkSQLS', 'SL')", "parkSQ")],
    },
    ..COMMON
};
