//! `regexp_extract`, `regexp_extract_all`.

use std::sync::Arc;

use arrow::array::{ListBuilder, StringViewBuilder};
use arrow::datatypes::{Field, Int32Type};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::Column;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::java_regex::{Groups, JavaRegex, after};

use super::{COMMON, Pattern, prepared};
use crate::rows::{Numbers, Texts, optional, try_text_column};

const OF_GROUP: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::Int]]),
    // The pattern need not have the group.
    can_fail: CanFail::Always,
    ..COMMON
};

pub(in crate::string) const REGEXP_EXTRACT: ScalarFunction = ScalarFunction {
    name: "regexp_extract",
    kernel: Kernel::Prepared(|_| prepared("regexp_extract", extract)),
    doc: Doc {
        usage: "regexp_extract(str, regexp[, idx]) - Extracts the first string in `str` that matches the `regexp` \
                expression and corresponds to the regex group index (1 by default).",
        since: "1.5.0",
        examples: &[(r"SELECT regexp_extract('100-200', '(\\d+)-(\\d+)', 1)", "100")],
    },
    ..OF_GROUP
};

pub(in crate::string) const REGEXP_EXTRACT_ALL: ScalarFunction = ScalarFunction {
    name: "regexp_extract_all",
    returns: |_| Ok(SqlType::array(SqlType::STRING, true)),
    kernel: Kernel::Prepared(|_| prepared("regexp_extract_all", extract_all)),
    doc: Doc {
        usage: "regexp_extract_all(str, regexp[, idx]) - Extracts all strings in the `str` that match the `regexp` \
                expression and correspond to the regex group index (1 by default).",
        since: "3.1.0",
        examples: &[(r"SELECT regexp_extract_all('100-200, 300-400', '(\\d+)-(\\d+)', 1)", "[\"100\",\"300\"]")],
    },
    ..OF_GROUP
};

/// The group's number, if the pattern has it.
fn checked(function: &str, regex: &JavaRegex, group: i32) -> Result<usize> {
    if group < 0 || group as usize > regex.group_count() {
        bail!(
            INVALID_PARAMETER_VALUE_REGEX_GROUP_INDEX,
            functionName = format!("`{function}`"),
            groupCount = regex.group_count().to_string(),
            groupIndex = group.to_string(),
            parameter = "`idx`"
        );
    }
    Ok(group as usize)
}

fn extract(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let numbers = optional(args, 2, Numbers::<Int32Type>::of)?;
    let mut groups = Groups::default();
    try_text_column(args, |row| {
        let group = numbers.as_ref().map_or(Some(1), |numbers| numbers.get(row));
        let (Some(text), Some(regexp), Some(group)) = (texts.get(row), patterns.get(row), group) else {
            return Ok(None);
        };
        let regex = pattern.get(regexp)?;
        let found = regex.groups_at(text, 0, &mut groups)?;
        // Spark looks at the group only when something matched.
        if found.is_none() {
            return Ok(Some(""));
        }
        let group = checked("regexp_extract", regex, group)?;
        Ok(Some(groups.text(group, text).unwrap_or("")))
    })
}

fn extract_all(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let numbers = optional(args, 2, Numbers::<Int32Type>::of)?;
    let field = Field::new("element", SqlType::STRING.to_arrow(), true);
    let mut lists = ListBuilder::new(StringViewBuilder::new()).with_field(Arc::new(field));
    let mut groups = Groups::default();
    for row in 0..args.rows {
        let group = numbers.as_ref().map_or(Some(1), |numbers| numbers.get(row));
        let (Some(text), Some(regexp), Some(group)) = (texts.get(row), patterns.get(row), group) else {
            lists.append(false);
            continue;
        };
        let regex = pattern.get(regexp)?;
        let mut next = Some(0);
        while let Some(at) = next {
            let Some((start, end)) = regex.groups_at(text, at, &mut groups)? else { break };
            let group = checked("regexp_extract_all", regex, group)?;
            lists.values().append_value(groups.text(group, text).unwrap_or(""));
            next = after(text, start, end);
        }
        lists.append(true);
    }
    Ok(Column::Array(Arc::new(lists.finish())))
}
