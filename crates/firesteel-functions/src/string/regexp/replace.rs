//! `regexp_replace`.

use std::sync::Arc;

use arrow::array::StringViewBuilder;
use arrow::datatypes::Int32Type;
use firesteel_common::{Result, error};
use firesteel_expr::coerce::{errors, signature};
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::java_regex::{Groups, JavaRegex, after};
use firesteel_expr::operators::encoding::over_entries;
use firesteel_expr::{Column, EvalContext};

use super::{COMMON, Pattern, pattern_can_fail, prepared};
use crate::rows::{Numbers, Texts, optional};

const ARGUMENTS: Signature = Signature::OneOf(&[
    &[Param::String, Param::String, Param::String],
    &[Param::String, Param::String, Param::String, Param::Int],
]);

pub(in crate::string) const REGEXP_REPLACE: ScalarFunction = ScalarFunction {
    name: "regexp_replace",
    signature: Signature::Custom(operands),
    can_fail: CanFail::When(|args| pattern_can_fail(args) || template_can_fail(args)),
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

/// The position must be known, and positive.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let args = signature::apply(name, ARGUMENTS, args)?;
    let Some(position) = args.get(3) else { return Ok(args) };
    if !position.is_foldable() {
        return Err(error!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = errors::call_text(name, &args),
            inputName = "`position`",
            inputType = "\"INT\"",
            inputExpr = format!("\"{}\"", errors::sql_text(position))
        ));
    }
    let value = evaluate_constant(position, &Arc::new(EvalContext::default()))?.as_integer();
    match value {
        Some(..1) => Err(error!(
            VALUE_OUT_OF_RANGE_POSITION,
            sqlExpr = errors::call_text(name, &args),
            exprName = "position",
            valueRange = "(0, 2147483647]",
            currentValue = value.unwrap_or_default().to_string()
        )),
        _ => Ok(args),
    }
}

fn template_can_fail(args: &[ExprRef]) -> bool {
    let literal = |at: usize| args.get(at).and_then(|arg| arg.as_literal()?.as_str());
    let (Some(pattern), Some(template)) = (literal(1), literal(2)) else { return true };
    JavaRegex::compile(pattern).is_none_or(|regex| Template::parse(template, &regex).is_none())
}

fn replace(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let constant = args.rows > 0 && args.columns[1..].iter().all(Column::is_constant);
    if constant
        && let Some(text) = Texts::of(args, 1)?.get(0)
        && !pattern.get(text)?.can_fail()
    {
        let pattern = std::cell::RefCell::new(pattern);
        return over_entries(&args.columns[0], |first| {
            let rows = first.len();
            let rest = args.columns[1..].iter().map(|column| Column::Constant(Arc::clone(column.values()), rows));
            let columns: Vec<Column> = std::iter::once(first.clone()).chain(rest).collect();
            replace_rows(&mut pattern.borrow_mut(), &KernelArgs { columns: &columns, rows, ..*args })
        });
    }
    replace_rows(pattern, args)
}

fn replace_rows(pattern: &mut Pattern, args: &KernelArgs<'_>) -> Result<Column> {
    let (texts, patterns, templates) = (Texts::of(args, 0)?, Texts::of(args, 1)?, Texts::of(args, 2)?);
    let positions = optional(args, 3, Numbers::<Int32Type>::of)?;
    let mut out = StringViewBuilder::with_capacity(args.rows);
    let mut last: Option<(&str, &str, Template)> = None;
    let (mut groups, mut buffer) = (Groups::default(), String::new());
    for row in 0..args.rows {
        let position = positions.as_ref().map_or(Some(1), |positions| positions.get(row));
        let (Some(text), Some(regexp), Some(template), Some(position)) =
            (texts.get(row), patterns.get(row), templates.get(row), position)
        else {
            out.append_null();
            continue;
        };
        let regex = pattern.get(regexp)?;
        if last.as_ref().is_none_or(|(known, of, _)| *known != template || *of != regexp) {
            let parsed = Template::parse(template, regex).ok_or_else(|| invalid(text, regexp, template, position))?;
            last = Some((template, regexp, parsed));
        }
        let Some((_, _, template)) = &last else { continue };
        let from = start_of(text, position);
        buffer.clear();
        match from.map(|from| template.replace(regex, &text[from..], &mut groups, &mut buffer)).transpose()? {
            // Nothing matched: the text is taken as it is.
            None | Some(false) => out.append_value(text),
            Some(true) if from == Some(0) => out.append_value(&buffer),
            Some(true) => out.append_value(text[..from.unwrap_or(0)].to_owned() + &buffer),
        }
    }
    Ok(Column::Array(Arc::new(out.finish())))
}

/// Where the character at a 1-based position begins; none beyond the text.
fn start_of(text: &str, position: i32) -> Option<usize> {
    match position {
        1 => Some(0),
        _ => text.char_indices().nth(position as usize - 1).map(|(at, _)| at),
    }
}

fn invalid(text: &str, regexp: &str, template: &str, position: i32) -> firesteel_common::Error {
    error!(
        INVALID_REGEXP_REPLACE,
        source = text,
        pattern = regexp,
        replacement = template,
        position = position.to_string()
    )
}

/// A replacement in Java's syntax: `$1`, `${name}`, and a backslash before what stands for itself.
struct Template(Vec<Piece>);

#[derive(Debug, PartialEq)]
enum Piece {
    Text(String),
    Group(usize),
}

impl Template {
    /// `None` for a group that the pattern does not have, or a `$` or a backslash that means nothing.
    fn parse(java: &str, regex: &JavaRegex) -> Option<Template> {
        let mut pieces: Vec<Piece> = Vec::new();
        let put = |c: char, pieces: &mut Vec<Piece>| match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(c),
            _ => pieces.push(Piece::Text(c.to_string())),
        };
        let mut chars = java.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => put(chars.next()?, &mut pieces),
                '$' if chars.next_if_eq(&'{').is_some() => {
                    let mut name = String::new();
                    loop {
                        match chars.next()? {
                            '}' => break,
                            c => name.push(c),
                        }
                    }
                    pieces.push(Piece::Group(regex.group_named(&name)?));
                }
                '$' => {
                    let digit = |c: char| c.to_digit(10).map(|digit| digit as usize);
                    let mut number = digit(chars.next()?)?;
                    if number > regex.group_count() {
                        return None;
                    }
                    // More digits belong to it as long as there is such a group.
                    while let Some(longer) = chars.peek().and_then(|c| digit(*c)).map(|more| number * 10 + more) {
                        if longer > regex.group_count() {
                            break;
                        }
                        number = longer;
                        chars.next();
                    }
                    pieces.push(Piece::Group(number));
                }
                other => put(other, &mut pieces),
            }
        }
        Some(Template(pieces))
    }

    /// Writes the text with its matches replaced; false when there are none.
    fn replace(&self, regex: &JavaRegex, text: &str, groups: &mut Groups, out: &mut String) -> Result<bool> {
        let uses_groups = self.0.iter().any(|piece| matches!(piece, Piece::Group(1..)));
        let (mut written, mut next) = (0, Some(0));
        let mut found_any = false;
        while let Some(at) = next {
            let found = match uses_groups {
                true => regex.groups_at(text, at, groups)?,
                false => regex.find_at(text, at)?,
            };
            let Some((start, end)) = found else { break };
            found_any = true;
            out.push_str(&text[written..start]);
            for piece in &self.0 {
                out.push_str(match piece {
                    Piece::Text(text) => text,
                    Piece::Group(0) => &text[start..end],
                    Piece::Group(group) => groups.text(*group, text).unwrap_or(""),
                });
            }
            written = end;
            next = after(text, start, end);
        }
        if found_any {
            out.push_str(&text[written..]);
        }
        Ok(found_any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(pattern: &str, text: &str, template: &str) -> Option<String> {
        let regex = JavaRegex::compile(pattern)?;
        let template = Template::parse(template, &regex)?;
        let mut out = String::new();
        let found = template.replace(&regex, text, &mut Groups::default(), &mut out).ok()?;
        Some(if found { out } else { text.to_owned() })
    }

    #[test]
    fn java_replacements() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(replaced(r"(\d)(\d)", "a12b", r"$2$1-\$1"), some("a21-$1b"));
        assert_eq!(replaced(r"(\d)", "a1", "$10"), some("a10"));
        assert_eq!(replaced(r"(?<n>\d)", "a1", "<${n}>"), some("a<1>"));
        assert_eq!(replaced("x*", "abc", "-"), some("-a-b-c-"));
        assert_eq!(replaced("b", "abc", "$1"), None);
        let host = r"^https?://(?:www\.)?([^/]+)/.*$";
        assert_eq!(replaced(host, "https://www.example.org/a/b?c", "$1"), some("example.org"));
        assert_eq!(replaced(host, "http://example.org/\n", "$1"), some("example.org\n"));
        assert_eq!(replaced(host, "ftp://example.org/", "$1"), some("ftp://example.org/"));
    }
}
