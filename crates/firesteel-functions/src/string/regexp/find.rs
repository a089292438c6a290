//! `regexp_count`, `regexp_instr`, `regexp_substr`.

use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::java_regex::JavaRegex;

use super::{COMMON, Pattern, prepared};
use crate::rows::{Texts, try_number_column, try_text_column};

pub(in crate::string) const REGEXP_COUNT: ScalarFunction = ScalarFunction {
    name: "regexp_count",
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Prepared(|_| prepared("regexp_count", |pattern, args| number(pattern, args, count))),
    doc: Doc {
        usage: "regexp_count(str, regexp) - Returns a count of the number of times that the regular expression pattern \
                `regexp` is matched in the string `str`.",
        since: "3.4.0",
        examples: &[("SELECT regexp_count('Steven Jones and Stephen Smith are the best players', 'Ste(v|ph)en')", "2")],
    },
    ..COMMON
};

pub(in crate::string) const REGEXP_INSTR: ScalarFunction = ScalarFunction {
    name: "regexp_instr",
    // A third argument is taken and has no meaning.
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Prepared(|_| prepared("regexp_instr", |pattern, args| number(pattern, args, position))),
    doc: Doc {
        usage: "regexp_instr(str, regexp) - Returns the 1-based position of the first substring in `str` that matches \
                `regexp`, 0 if there is none.",
        since: "3.4.0",
        examples: &[("SELECT regexp_instr('user@spark.apache.org', '@[^.]*')", "5")],
    },
    ..COMMON
};

fn count(regex: &JavaRegex, text: &str) -> Result<i32> {
    let mut count = 0;
    regex.each_match(text, 0, |_, _| {
        count += 1;
        Ok(true)
    })?;
    Ok(count)
}

fn position(regex: &JavaRegex, text: &str) -> Result<i32> {
    let found = regex.find_at(text, 0)?;
    Ok(found.map_or(0, |(start, _)| text[..start].chars().count() as i32 + 1))
}

fn number(pattern: &mut Pattern, args: &KernelArgs<'_>, number: fn(&JavaRegex, &str) -> Result<i32>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    try_number_column::<Int32Type>(args, |row| match (texts.get(row), patterns.get(row)) {
        (Some(text), Some(regexp)) => number(pattern.get(regexp)?, text).map(Some),
        _ => Ok(None),
    })
}

pub(in crate::string) const REGEXP_SUBSTR: ScalarFunction = ScalarFunction {
    name: "regexp_substr",
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Prepared(|_| prepared("regexp_substr", first_match)),
    doc: Doc {
        usage: "regexp_substr(str, regexp) - Returns the first substring in `str` that matches `regexp`, NULL if there is \
                none.",
        since: "3.4.0",
        examples: &[(
            "SELECT regexp_substr('Steven Jones and Stephen Smith are the best players', 'Ste(v|ph)en')",
            "Steven",
        )],
    },
    ..COMMON
};

/// An empty match is none.
fn first_match(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    try_text_column(args, |row| {
        let (Some(text), Some(regexp)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        let found = pattern.get(regexp)?.find_at(text, 0)?;
        Ok(found.filter(|(start, end)| start < end).map(|(start, end)| &text[start..end]))
    })
}
