//! Regular expressions, in Java's syntax: `regexp_replace`, `regexp_extract`, `regexp_count`, `split` and their kin.
//!
//! A literal pattern is compiled once; others are kept compiled while they stay the same from row to row.

use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::{CanFail, KernelArgs, Param, PreparedKernel, ScalarFunction, Signature};
use firesteel_expr::java_regex::JavaRegex;

mod extract;
mod find;
mod replace;
mod split;

pub(super) use extract::{REGEXP_EXTRACT, REGEXP_EXTRACT_ALL};
pub(super) use find::{REGEXP_COUNT, REGEXP_INSTR, REGEXP_SUBSTR};
pub(super) use replace::REGEXP_REPLACE;
pub(super) use split::SPLIT;
pub(crate) use split::parts;

/// The pattern that was compiled last.
pub(crate) struct Pattern {
    function: &'static str,
    last: Option<(String, JavaRegex)>,
}

impl Pattern {
    pub(crate) fn new(function: &'static str) -> Self {
        Self { function, last: None }
    }

    pub(crate) fn get(&mut self, text: &str) -> Result<&JavaRegex> {
        if self.last.as_ref().is_none_or(|(known, _)| known != text) {
            let compiled = JavaRegex::compile(text).ok_or_else(|| invalid(self.function, text))?;
            self.last = Some((text.to_owned(), compiled));
        }
        self.last.as_ref().map(|(_, regex)| regex).ok_or_else(|| Error::internal("a pattern that was just compiled"))
    }
}

fn invalid(function: &str, text: &str) -> Error {
    error!(
        INVALID_PARAMETER_VALUE_PATTERN,
        functionName = format!("`{function}`"),
        parameter = "`regexp`",
        value = format!("'{text}'")
    )
}

type WithPattern = fn(&mut Pattern, &KernelArgs<'_>) -> Result<Column>;

struct Prepared {
    pattern: Pattern,
    kernel: WithPattern,
}

impl PreparedKernel for Prepared {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        (self.kernel)(&mut self.pattern, args)
    }
}

fn prepared(function: &'static str, kernel: WithPattern) -> Result<Box<dyn PreparedKernel>> {
    Ok(Box::new(Prepared { pattern: Pattern::new(function), kernel }))
}

/// Whether the pattern, the second argument, is no literal or one that may be refused.
fn pattern_can_fail(args: &[ExprRef]) -> bool {
    let literal = args.get(1).and_then(|arg| arg.as_literal());
    match literal {
        Some(literal) if literal.is_null() => false,
        Some(literal) => literal.as_str().and_then(JavaRegex::compile).is_none_or(|regex| regex.can_fail()),
        None => true,
    }
}

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    can_fail: CanFail::When(pattern_can_fail),
    ..ScalarFunction::DEFAULT
};
