//! `get_json_object`: what a path finds in JSON text, by Hive's rules.
//!
//! ```text
//! $.a.b   a member of a member      $.a[2]   an element      $.a[*].b   of all elements, one of them without brackets
//! ```

use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use super::value::{Json, Lax, read};
use crate::rows::{Texts, text_column};

pub(super) const GET_JSON_OBJECT: ScalarFunction = ScalarFunction {
    name: "get_json_object",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(get_json_object),
    doc: Doc {
        usage: "get_json_object(json_txt, path) - Extracts a json object from `path`.",
        since: "1.5.0",
        examples: &[("SELECT get_json_object('{\"a\":\"b\"}', '$.a')", "b")],
    },
    ..ScalarFunction::DEFAULT
};

/// What `json_tuple` gives in each of its columns.
pub(super) const JSON_FIELD: ScalarFunction = ScalarFunction {
    name: "json_field",
    kernel: Kernel::Batch(|args| {
        let (texts, names) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        text_column(args, |row| {
            let (text, name) = (texts.get(row)?, names.get(row)?);
            match read(text, Lax::default())? {
                // Of several members of one name the last counts.
                Json::Object(members) => {
                    let (_, member) = members.iter().rev().find(|(known, _)| known == name)?;
                    if matches!(member, Json::Null) { None } else { find(member, &[]) }
                }
                _ => None,
            }
        })
    }),
    doc: Doc {
        usage: "json_field(json_txt, name) - Returns the member of that name of the outermost object.",
        since: "1.0.0",
        examples: &[("SELECT json_field('{\"a.b\":\"c\"}', 'a.b')", "c")],
    },
    ..GET_JSON_OBJECT
};

fn get_json_object(args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, paths) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    // Most often the path is one constant.
    let mut known: Option<(String, Option<Vec<Step>>)> = None;
    text_column(args, |row| {
        let (text, path) = (texts.get(row)?, paths.get(row)?);
        if known.as_ref().is_none_or(|(of, _)| of != path) {
            known = Some((path.to_owned(), parse(path)));
        }
        let steps = known.as_ref()?.1.as_ref()?;
        find(&read(text, Lax::default())?, steps)
    })
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Name(String),
    Index(usize),
    /// `[*]`
    AnyIndex,
}

/// The steps after `$`; `None` for what is no path.
pub(crate) fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let (step, after) = if let Some(after) = rest.strip_prefix("['") {
            let (name, after) = after.split_once("']")?;
            (named(name)?, after)
        } else if let Some(after) = rest.strip_prefix('[') {
            let (index, after) = after.split_once(']')?;
            (if index == "*" { Step::AnyIndex } else { Step::Index(index.parse().ok()?) }, after)
        } else {
            let name = rest.strip_prefix('.')?;
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (named(&name[..end])?, &name[end..])
        };
        steps.push(step);
        rest = after;
    }
    Some(steps)
}

/// Of an object's members none is meant by `*`.
fn named(name: &str) -> Option<Step> {
    (!matches!(name, "" | "*")).then(|| Step::Name(name.to_owned()))
}

/// How a match is written.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    /// Text without quotes.
    Raw,
    Quoted,
    /// Arrays without their brackets.
    Flat,
}

/// What the steps lead to, as text.
pub(crate) fn find(json: &Json<'_>, steps: &[Step]) -> Option<String> {
    let mut out = Output::default();
    evaluate(json, steps, Style::Raw, &mut out).then(|| out.parts.concat())
}

/// Values that were written so far, separated by who puts them together.
#[derive(Default)]
struct Output {
    parts: Vec<String>,
}

impl Output {
    fn write(&mut self, json: &Json<'_>) {
        let mut text = String::new();
        json.write(&mut text);
        self.parts.push(text);
    }
}

/// Writes what the steps lead to; whether there was anything.
fn evaluate(json: &Json<'_>, steps: &[Step], style: Style, out: &mut Output) -> bool {
    match (json, steps) {
        (Json::String(text), []) if style == Style::Raw => {
            out.parts.push(text.clone().into_owned());
            true
        }
        (Json::Array(items), []) if style == Style::Flat => {
            items.iter().fold(false, |any, item| evaluate(item, &[], style, out) | any)
        }
        (_, []) => {
            out.write(json);
            true
        }
        (Json::Object(members), [step, after @ ..]) => members.iter().any(|(name, member)| match step {
            Step::Name(wanted) => {
                name == wanted && !matches!(member, Json::Null) && evaluate(member, after, style, out)
            }
            _ => false,
        }),
        (Json::Array(items), [Step::AnyIndex, Step::AnyIndex, after @ ..]) => {
            let inner = each(items, after, Style::Flat);
            out.parts.push(format!("[{}]", inner.1.join(",")));
            inner.0 > 0
        }
        (Json::Array(items), [Step::AnyIndex, after @ ..]) if style != Style::Quoted => {
            let next = if style == Style::Raw { Style::Quoted } else { Style::Flat };
            let (found, parts) = each(items, after, next);
            match found {
                0 => {}
                1 => out.parts.push(parts.join(",")),
                _ => out.parts.push(format!("[{}]", parts.join(","))),
            }
            found > 0
        }
        (Json::Array(items), [Step::AnyIndex, after @ ..]) => {
            let (found, parts) = each(items, after, Style::Quoted);
            out.parts.push(format!("[{}]", parts.join(",")));
            found > 0
        }
        (Json::Array(items), [Step::Index(index), after @ ..]) => {
            let style = if after.first() == Some(&Step::AnyIndex) { Style::Quoted } else { style };
            items.get(*index).is_some_and(|item| evaluate(item, after, style, out))
        }
        _ => false,
    }
}

/// How many items had something, and all that was written.
fn each(items: &[Json<'_>], steps: &[Step], style: Style) -> (usize, Vec<String>) {
    let mut out = Output::default();
    let found = items.iter().filter(|item| evaluate(item, steps, style, &mut out)).count();
    (found, out.parts)
}
