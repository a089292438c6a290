//! Where a text occurs in another: `instr`, `locate`, `startswith`, `endswith`, `contains`.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use memchr::memmem;

use crate::rows::{Bytes, Numbers, Texts, boolean_column, number_column};

pub(super) const INSTR: ScalarFunction = ScalarFunction {
    name: "instr",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let (texts, searches) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        number_column::<Int32Type>(args, |row| Some(position(texts.get(row)?, searches.get(row)?, 1)))
    }),
    doc: Doc {
        usage: "instr(str, substr) - Returns the (1-based) index of the first occurrence of `substr` in `str`.",
        since: "1.5.0",
        examples: &[("SELECT instr('SparkSQL', 'SQL')", "6")],
    },
    ..ScalarFunction::DEFAULT
};

/// The 1-based position of the first occurrence at or after `start`; 0 when there is none.
fn position(text: &str, search: &str, start: i32) -> i32 {
    if start < 1 {
        return 0;
    }
    let skipped = start as usize - 1;
    let Some(from) = text.char_indices().map(|(at, _)| at).chain([text.len()]).nth(skipped) else { return 0 };
    match text[from..].find(search) {
        Some(at) => (skipped + text[from..from + at].chars().count() + 1) as i32,
        None => 0,
    }
}

pub(super) const LOCATE: ScalarFunction = ScalarFunction {
    name: "locate",
    aliases: &["position", "charindex"],
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::Int),
    // A NULL position finds nothing, it does not make the result NULL.
    nullability: Nullability::Custom(|args| args.iter().take(2).any(|arg| arg.nullable())),
    kernel: Kernel::Batch(|args| {
        let (searches, texts) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        let starts = if args.columns.len() > 2 { Some(Numbers::<Int32Type>::of(args, 2)?) } else { None };
        number_column::<Int32Type>(args, |row| {
            let start = starts.as_ref().map_or(Some(1), |starts| starts.get(row));
            Some(position(texts.get(row)?, searches.get(row)?, start.unwrap_or(0)))
        })
    }),
    doc: Doc {
        usage: "locate(substr, str[, pos]) - Returns the position of the first occurrence of `substr` in `str` after \
                position `pos`. The given `pos` and return value are 1-based.",
        since: "1.5.0",
        examples: &[
            ("SELECT locate('bar', 'foobarbar')", "4"),
            ("SELECT locate('bar', 'foobarbar', 5)", "7"),
            ("SELECT POSITION('bar' IN 'foobarbar')", "4"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

const TEST: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::Binary, Param::Binary]]),
    returns: |_| Ok(SqlType::Boolean),
    ..ScalarFunction::DEFAULT
};

fn test(args: &KernelArgs<'_>, holds: fn(&[u8], &[u8]) -> bool) -> Result<Column> {
    let (texts, searches) = (Bytes::of(args, 0)?, Bytes::of(args, 1)?);
    boolean_column(args, |row| Some(holds(texts.get(row)?, searches.get(row)?)))
}

pub(super) const STARTSWITH: ScalarFunction = ScalarFunction {
    name: "startswith",
    kernel: Kernel::Batch(|args| test(args, |text, search| text.starts_with(search))),
    doc: Doc {
        usage: "startswith(left, right) - Returns whether `left` starts with `right`.",
        since: "3.3.0",
        examples: &[
            ("SELECT startswith('Spark SQL', 'Spark')", "true"),
            ("SELECT startswith('Spark SQL', 'SQL')", "false"),
        ],
    },
    ..TEST
};

pub(super) const ENDSWITH: ScalarFunction = ScalarFunction {
    name: "endswith",
    kernel: Kernel::Batch(|args| test(args, |text, search| text.ends_with(search))),
    doc: Doc {
        usage: "endswith(left, right) - Returns whether `left` ends with `right`.",
        since: "3.3.0",
        examples: &[
            ("SELECT endswith('Spark SQL', 'SQL')", "true"),
            ("SELECT endswith('Spark SQL', null)", "NULL"),
            ("SELECT endswith(x'537061726b2053514c', x'53514c')", "true"),
        ],
    },
    ..TEST
};

pub(super) const CONTAINS: ScalarFunction = ScalarFunction {
    name: "contains",
    kernel: Kernel::Batch(|args| test(args, |text, search| memmem::find(text, search).is_some())),
    doc: Doc {
        usage: "contains(left, right) - Returns whether `right` is found inside `left`.",
        since: "3.3.0",
        examples: &[
            ("SELECT contains('Spark SQL', 'Spark')", "true"),
            ("SELECT contains('Spark SQL', 'SPARK')", "false"),
        ],
    },
    ..TEST
};
