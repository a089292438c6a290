//! `split`.

use std::sync::Arc;

use arrow::array::{ListBuilder, StringViewBuilder};
use arrow::datatypes::{Field, Int32Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::java_regex::JavaRegex;

use super::{COMMON, Pattern, prepared};
use crate::rows::{Numbers, Texts, optional};

pub(in crate::string) const SPLIT: ScalarFunction = ScalarFunction {
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
            ("SELECT split('oneAtwoBthreeC', '[ABC]', -1)", "[\"one\",\"two\",\"three\",\"\"]"),
            ("SELECT split('oneAtwoBthreeC', '[ABC]', 2)", "[\"one\",\"twoBthreeC\"]"),
        ],
    },
    ..COMMON
};

fn split(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let limits = optional(args, 2, Numbers::<Int32Type>::of)?;
    let field = Field::new("element", SqlType::STRING.to_arrow(), false);
    let mut lists = ListBuilder::new(StringViewBuilder::new()).with_field(Arc::new(field));
    for row in 0..args.rows {
        let limit = limits.as_ref().map_or(Some(-1), |limits| limits.get(row));
        let (Some(text), Some(regexp), Some(limit)) = (texts.get(row), patterns.get(row), limit) else {
            lists.append(false);
            continue;
        };
        if regexp.is_empty() && !text.is_empty() {
            characters(text, limit).for_each(|part| lists.values().append_value(part));
        } else {
            parts(pattern.get(regexp)?, text, limit, |part| lists.values().append_value(part))?;
        }
        lists.append(true);
    }
    Ok(Column::Array(Arc::new(lists.finish())))
}

/// Character by character; the last of so many parts has the rest.
fn characters(text: &str, limit: i32) -> impl Iterator<Item = &str> {
    let limit = if limit > 0 { limit as usize } else { usize::MAX };
    let part = move |(number, (at, c)): (usize, (usize, char))| match number + 1 == limit {
        true => &text[at..],
        false => &text[at..at + c.len_utf8()],
    };
    text.char_indices().enumerate().map(part).take(limit)
}

/// As Java splits: an empty match at the beginning parts nothing off, trailing empty parts stay.
pub(crate) fn parts<'t>(regex: &JavaRegex, text: &'t str, limit: i32, mut put: impl FnMut(&'t str)) -> Result<()> {
    let (mut begin, mut count) = (0, 0);
    regex.each_match(text, 0, |start, end| {
        if limit > 0 && count == limit - 1 {
            return Ok(false);
        }
        if end > 0 {
            put(&text[begin..start]);
            begin = end;
            count += 1;
        }
        Ok(true)
    })?;
    put(&text[begin..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn java_splits() {
        let split = |regex: &str, text: &str, limit| {
            let mut found = Vec::new();
            let regex = JavaRegex::compile(regex).expect("a pattern");
            parts(&regex, text, limit, |part| found.push(part.to_owned())).expect("parts");
            found
        };
        assert_eq!(split("[ABC]", "oneAtwoBthreeC", -1), ["one", "two", "three", ""]);
        assert_eq!(split("[ABC]", "oneAtwoBthreeC", 2), ["one", "twoBthreeC"]);
        assert_eq!(split("[ABC]", "oneAtwoBthreeC", 1), ["oneAtwoBthreeC"]);
        assert_eq!(split("x*", "abc", -1), ["a", "b", "c", ""]);
        assert_eq!(characters("äbc", 2).collect::<Vec<_>>(), ["ä", "bc"]);
    }
}
