//! Regular expressions: `regexp_replace`, `regexp_extract`, `regexp_count`, `regexp_instr`, `regexp_substr`, `split`.
//!
//! The pattern is compiled once and kept while it stays the same.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ListBuilder, StringViewBuilder};
use arrow::datatypes::{Field, Int32Type};
use firesteel_common::{Error, Result, SqlType, bail, error};
use firesteel_expr::Column;
use firesteel_expr::function::{
    CanFail, Doc, Kernel, KernelArgs, Nullability, Param, PreparedKernel, ScalarFunction, Signature,
};
use regex::Regex;

use crate::rows::{Numbers, Texts, text_column, try_number_column};

/// A kernel that keeps its last compiled pattern.
struct WithPattern {
    name: &'static str,
    kernel: fn(&mut Pattern, &KernelArgs<'_>) -> Result<Column>,
    pattern: Pattern,
}

#[derive(Default)]
struct Pattern {
    text: String,
    compiled: Option<Regex>,
    function: &'static str,
}

impl Pattern {
    fn get(&mut self, text: &str) -> Result<&Regex> {
        if self.compiled.is_none() || self.text != text {
            self.compiled = Some(compile(self.function, text)?);
            self.text = text.to_owned();
        }
        self.compiled.as_ref().ok_or_else(|| Error::internal("a pattern that was just compiled"))
    }
}

pub(crate) fn compile(function: &str, text: &str) -> Result<Regex> {
    Regex::new(text).map_err(|source| {
        error!(
            INVALID_PARAMETER_VALUE_PATTERN,
            functionName = format!("`{function}`"),
            parameter = "`regexp`",
            value = format!("'{text}'")
        )
        .caused_by(source)
    })
}

impl PreparedKernel for WithPattern {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        self.pattern.function = self.name;
        (self.kernel)(&mut self.pattern, args)
    }
}

fn prepared(
    name: &'static str,
    kernel: fn(&mut Pattern, &KernelArgs<'_>) -> Result<Column>,
) -> Result<Box<dyn PreparedKernel>> {
    Ok(Box::new(WithPattern { name, kernel, pattern: Pattern::default() }))
}

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    can_fail: CanFail::Always,
    ..ScalarFunction::DEFAULT
};

pub(super) const REGEXP_REPLACE: ScalarFunction = ScalarFunction {
    name: "regexp_replace",
    signature: Signature::OneOf(&[
        &[Param::String, Param::String, Param::String],
        &[Param::String, Param::String, Param::String, Param::Int],
    ]),
    kernel: Kernel::Prepared(|_| prepared("regexp_replace", replace)),
    doc: Doc {
        usage: "regexp_replace(str, regexp, rep[, position]) - Replaces all substrings of `str` that match `regexp` with \
                `rep`, from a 1-based position on.",
        since: "1.5.0",
        examples: &[
            (r"SELECT regexp_replace('100-200', '(\\d+)', 'num')", "num-num"),
            (r"SELECT regexp_replace('100-200', r'(\d+)', 'num')", "num-num"),
        ],
    },
    ..COMMON
};

fn replace(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns, replacements) = (Texts::of(args, 0)?, Texts::of(args, 1)?, Texts::of(args, 2)?);
    let positions = if args.columns.len() > 3 { Some(Numbers::<Int32Type>::of(args, 3)?) } else { None };
    let mut template = Template::default();
    let mut row_result = |row: usize| -> Result<Option<Cow<'_, str>>> {
        let position = positions.as_ref().map_or(Some(1), |positions| positions.get(row));
        let (Some(text), Some(regexp), Some(replacement), Some(position)) =
            (texts.get(row), patterns.get(row), replacements.get(row), position)
        else {
            return Ok(None);
        };
        if position < 1 {
            bail!(
                VALUE_OUT_OF_RANGE_POSITION,
                sqlExpr = "\"regexp_replace\"",
                exprName = "\"pos\"",
                valueRange = "(0, 2147483647]",
                currentValue = position.to_string()
            );
        }
        let regex = pattern.get(regexp)?;
        let from = text.char_indices().nth(position as usize - 1).map_or(text.len(), |(at, _)| at);
        if from == text.len() && position > 1 {
            return Ok(Some(Cow::Borrowed(text)));
        }
        let replaced = regex.replace_all(&text[from..], template.get(replacement));
        Ok(Some(if from == 0 { replaced } else { Cow::Owned(format!("{}{replaced}", &text[..from])) }))
    };
    let rows = (0..args.rows).map(&mut row_result).collect::<Result<Vec<_>>>()?;
    text_column(args, |row| rows[row].as_deref())
}

/// A replacement in Java's syntax (`$1`, `\$`) as one of the regex crate (`${1}`, `$$`).
#[derive(Default)]
struct Template {
    java: String,
    translated: String,
}

impl Template {
    fn get(&mut self, java: &str) -> &str {
        if self.java != java {
            self.translated = translate(java);
            self.java = java.to_owned();
        }
        &self.translated
    }
}

fn translate(java: &str) -> String {
    let mut out = String::with_capacity(java.len());
    let mut chars = java.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('$') => out.push_str("$$"),
                Some(other) => out.push(other),
                None => {}
            },
            '$' => {
                let mut group = String::new();
                while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                    group.push(digit);
                }
                match group.is_empty() {
                    true => out.push('$'),
                    false => out.push_str(&format!("${{{group}}}")),
                }
            }
            other => out.push(other),
        }
    }
    out
}

pub(super) const REGEXP_EXTRACT: ScalarFunction = ScalarFunction {
    name: "regexp_extract",
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    kernel: Kernel::Prepared(|_| prepared("regexp_extract", extract)),
    doc: Doc {
        usage: "regexp_extract(str, regexp[, idx]) - Extracts the first string in `str` that matches the `regexp` \
                expression and corresponds to the regex group index (1 by default).",
        since: "1.5.0",
        examples: &[(r"SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1)", "100")],
    },
    ..COMMON
};

fn extract(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let groups = if args.columns.len() > 2 { Some(Numbers::<Int32Type>::of(args, 2)?) } else { None };
    let mut row_result = |row: usize| -> Result<Option<&str>> {
        let group = groups.as_ref().map_or(Some(1), |groups| groups.get(row));
        let (Some(text), Some(regexp), Some(group)) = (texts.get(row), patterns.get(row), group) else {
            return Ok(None);
        };
        let regex = pattern.get(regexp)?;
        if group < 0 || group as usize >= regex.captures_len() {
            bail!(
                INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX,
                functionName = "`regexp_extract`",
                groupCount = (regex.captures_len() - 1).to_string(),
                groupIndex = group.to_string(),
                parameter = "`idx`"
            );
        }
        let found = regex.captures(text).and_then(|captures| captures.get(group as usize));
        Ok(Some(found.map_or("", |found| found.as_str())))
    };
    let rows = (0..args.rows).map(&mut row_result).collect::<Result<Vec<_>>>()?;
    text_column(args, |row| rows[row])
}

pub(super) const REGEXP_COUNT: ScalarFunction = ScalarFunction {
    name: "regexp_count",
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Prepared(|_| {
        prepared("regexp_count", |pattern, args| {
            count(pattern, args, |regex, text| regex.find_iter(text).count() as i32)
        })
    }),
    doc: Doc {
        usage: "regexp_count(str, regexp) - Returns a count of the number of times that the regular expression pattern \
                `regexp` is matched in the string `str`.",
        since: "3.4.0",
        examples: &[("SELECT regexp_count('Steven Jones and Stephen Smith are the best players', 'Ste(v|ph)en')", "2")],
    },
    ..COMMON
};

pub(super) const REGEXP_INSTR: ScalarFunction = ScalarFunction {
    name: "regexp_instr",
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Prepared(|_| {
        prepared("regexp_instr", |pattern, args| {
            count(pattern, args, |regex, text| {
                regex.find(text).map_or(0, |found| text[..found.start()].chars().count() as i32 + 1)
            })
        })
    }),
    doc: Doc {
        usage: "regexp_instr(str, regexp) - Returns the 1-based position of the first substring in `str` that matches \
                `regexp`, 0 if there is none.",
        since: "3.4.0",
        examples: &[("SELECT regexp_instr('user@spark.apache.org', '@[^.]*')", "5")],
    },
    ..COMMON
};

fn count(pattern: &mut Pattern, args: &KernelArgs<'_>, number: fn(&Regex, &str) -> i32) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    try_number_column::<Int32Type>(args, |row| match (texts.get(row), patterns.get(row)) {
        (Some(text), Some(regexp)) => Ok(Some(number(pattern.get(regexp)?, text))),
        _ => Ok(None),
    })
}

pub(super) const REGEXP_SUBSTR: ScalarFunction = ScalarFunction {
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

fn first_match(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let mut row_result = |row: usize| -> Result<Option<&str>> {
        let (Some(text), Some(regexp)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        Ok(pattern.get(regexp)?.find(text).map(|found| found.as_str()))
    };
    let rows = (0..args.rows).map(&mut row_result).collect::<Result<Vec<_>>>()?;
    text_column(args, |row| rows[row])
}

pub(super) const SPLIT: ScalarFunction = ScalarFunction {
    name: "split",
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    returns: |_| Ok(SqlType::array(SqlType::STRING, false)),
    kernel: Kernel::Prepared(|_| prepared("split", split)),
    doc: Doc {
        usage: "split(str, regex[, limit]) - Splits `str` around occurrences that match `regex` and returns an array with \
                a length of at most `limit` (without a limit if it is not positive).",
        since: "1.5.0",
        examples: &[
            ("SELECT split('oneAtwoBthreeC', '[ABC]')", "[\"one\",\"two\",\"three\",\"\"]"),
            ("SELECT split('oneAtwoBthreeC', '[ABC]', 2)", "[\"one\",\"twoBthreeC\"]"),
        ],
    },
    ..COMMON
};

fn split(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let limits = if args.columns.len() > 2 { Some(Numbers::<Int32Type>::of(args, 2)?) } else { None };
    let field = Field::new("element", SqlType::STRING.to_arrow(), false);
    let mut lists = ListBuilder::new(StringViewBuilder::new()).with_field(Arc::new(field));
    for row in 0..args.rows {
        let limit = limits.as_ref().map_or(Some(-1), |limits| limits.get(row));
        let (Some(text), Some(regexp), Some(limit)) = (texts.get(row), patterns.get(row), limit) else {
            lists.append(false);
            continue;
        };
        for part in parts(pattern.get(regexp)?, text, limit) {
            lists.values().append_value(part);
        }
        lists.append(true);
    }
    Ok(Column::Array(Arc::new(lists.finish())))
}

/// As Java splits: an empty match at the beginning parts nothing off, trailing empty parts stay.
pub(crate) fn parts<'a>(regex: &Regex, text: &'a str, limit: i32) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for found in regex.find_iter(text) {
        if limit > 0 && parts.len() as i32 == limit - 1 {
            break;
        }
        if found.end() == 0 || (found.is_empty() && found.start() == text.len()) {
            continue;
        }
        parts.push(&text[start..found.start()]);
        start = found.end();
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_replacements() {
        assert_eq!(translate(r"$1-\$2 $"), "${1}-$$2 $");
    }

    #[test]
    fn java_splits() {
        let split = |regex: &str, text: &'static str, limit| parts(&Regex::new(regex).expect("a pattern"), text, limit);
        assert_eq!(split("[ABC]", "oneAtwoBthreeC", -1), ["one", "two", "three", ""]);
        assert_eq!(split("[ABC]", "oneAtwoBthreeC", 2), ["one", "twoBthreeC"]);
        assert_eq!(split("", "abc", -1), ["a", "b", "c"]);
    }
}
