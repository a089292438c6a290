//! `like`, `ilike` and `rlike`: a constant pattern is compiled once per evaluator, and once per distinct pattern otherwise.

use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray};
use arrow::buffer::BooleanBuffer;
use firesteel_common::{Error, Result, SqlType, error, internal};

use super::elementwise::union_nulls;
use super::encoding::over_entries;
use super::pattern::{LikePattern, Malformed};
use crate::column::Column;
use crate::expr::ExprRef;
use crate::function::{CanFail, Doc, Kernel, KernelArgs, Param, PreparedKernel, ScalarFunction, Signature};
use crate::java_regex::JavaRegex;

const ESCAPE_DEFAULT: char = '\\';

/// What a pattern compiles to.
trait Matcher: Sized + Send {
    fn compile(pattern: &str, escape: char) -> Result<Self>;
    fn matches(&mut self, text: &str) -> Result<bool>;

    /// Whether some text may be too much for the pattern.
    fn can_fail(&self) -> bool {
        false
    }
}

struct Like(LikePattern);

impl Matcher for Like {
    fn compile(pattern: &str, escape: char) -> Result<Self> {
        LikePattern::compile(pattern, escape).map(Like).map_err(|problem| malformed(pattern, problem))
    }

    fn matches(&mut self, text: &str) -> Result<bool> {
        Ok(self.0.matches(text))
    }
}

/// Both sides in lower case.
struct ILike {
    pattern: LikePattern,
    lower: String,
}

impl Matcher for ILike {
    fn compile(pattern: &str, escape: char) -> Result<Self> {
        let lower = pattern.to_lowercase();
        let pattern = LikePattern::compile(&lower, escape).map_err(|problem| malformed(pattern, problem))?;
        Ok(ILike { pattern, lower: String::new() })
    }

    fn matches(&mut self, text: &str) -> Result<bool> {
        self.lower.clear();
        if text.is_ascii() {
            self.lower.push_str(text);
            self.lower.make_ascii_lowercase();
        } else {
            self.lower.push_str(&text.to_lowercase());
        }
        Ok(self.pattern.matches(&self.lower))
    }
}

struct RLike(JavaRegex);

impl Matcher for RLike {
    fn compile(pattern: &str, _escape: char) -> Result<Self> {
        JavaRegex::compile(pattern).map(RLike).ok_or_else(|| {
            error!(
                INVALID_PARAMETER_VALUE_PATTERN,
                parameter = "`regexp`",
                functionName = "`rlike`",
                value = format!("'{pattern}'")
            )
        })
    }

    fn matches(&mut self, text: &str) -> Result<bool> {
        self.0.is_match(text)
    }

    fn can_fail(&self) -> bool {
        self.0.can_fail()
    }
}

fn malformed(pattern: &str, problem: Malformed) -> Error {
    match problem {
        Malformed::EscapeAtTheEnd => error!(INVALID_LIKE_PATTERN_ESC_AT_THE_END, format = format!("'{pattern}'")),
        Malformed::EscapeBefore(char) => {
            error!(INVALID_LIKE_PATTERN_ESC_IN_THE_MIDDLE, format = format!("'{pattern}'"), char = format!("'{char}'"))
        }
    }
}

fn escape_of(text: &str) -> Result<char> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (Some(escape), None) => Ok(escape),
        _ => Err(error!(INVALID_ESCAPE_CHAR, sqlExpr = format!("\"{text}\""))),
    }
}

/// The pattern that was compiled last; of a constant pattern there is but one.
struct Matching<M> {
    compiled: Option<(Box<str>, char, M)>,
    constant: bool,
}

impl<M: Matcher + 'static> Matching<M> {
    /// A pattern that does not compile is reported when a row comes that needs it.
    fn prepare(args: &[ExprRef]) -> Result<Box<dyn PreparedKernel>> {
        let compiled = literals(args).and_then(|(pattern, escape)| {
            let escape = escape_of(escape).ok()?;
            Some((Box::from(pattern), escape, M::compile(pattern, escape).ok()?))
        });
        Ok(Box::new(Matching { constant: compiled.is_some(), compiled }))
    }

    fn matcher(&mut self, pattern: &str, escape: char) -> Result<&mut M> {
        let known = self.compiled.as_ref().is_some_and(|(p, e, _)| p.as_ref() == pattern && *e == escape);
        if !known {
            self.compiled = Some((Box::from(pattern), escape, M::compile(pattern, escape)?));
        }
        self.compiled.as_mut().map(|(_, _, matcher)| matcher).ok_or_else(|| internal!("a pattern that is not compiled"))
    }

    fn match_rows(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        let nulls = union_nulls(args.columns);
        let columns = args.columns.iter().map(Column::flat).collect::<Result<Vec<_>>>()?;
        let texts: Vec<_> = columns.iter().map(|column| column.as_string_view()).collect();
        let mut values = Vec::with_capacity(args.rows);
        for at in 0..args.rows {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(at)) {
                values.push(false);
                continue;
            }
            let escape = texts.get(2).map_or(Ok(ESCAPE_DEFAULT), |escape| escape_of(escape.value(at)))?;
            values.push(self.matcher(texts[1].value(at), escape)?.matches(texts[0].value(at))?);
        }
        Ok(Column::Array(Arc::new(BooleanArray::new(BooleanBuffer::from(values), nulls))))
    }
}

fn literals(args: &[ExprRef]) -> Option<(&str, &str)> {
    let pattern = args.get(1)?.as_literal()?.as_str()?;
    match args.get(2) {
        Some(escape) => Some((pattern, escape.as_literal()?.as_str()?)),
        None => Some((pattern, "\\")),
    }
}

impl<M: Matcher + 'static> PreparedKernel for Matching<M> {
    fn evaluate(&mut self, args: &KernelArgs<'_>) -> Result<Column> {
        if !self.constant {
            return self.match_rows(args);
        }
        let Some((_, _, matcher)) = &mut self.compiled else { return self.match_rows(args) };
        if matcher.can_fail() {
            return self.match_rows(args);
        }
        let matcher = std::cell::RefCell::new(matcher);
        over_entries(&args.columns[0], |column| {
            let mut matcher = matcher.borrow_mut();
            let flat = column.flat()?;
            let texts = flat.as_string_view();
            let nulls = texts.nulls().filter(|nulls| nulls.null_count() > 0).cloned();
            // It cannot fail.
            let values =
                BooleanBuffer::collect_bool(texts.len(), |at| matcher.matches(texts.value(at)).unwrap_or(false));
            Ok(Column::Array(Arc::new(BooleanArray::new(values, nulls))))
        })
    }
}

fn may_not_compile<M: Matcher>(args: &[ExprRef]) -> bool {
    match literals(args) {
        Some((pattern, escape)) => {
            let matcher = escape_of(escape).and_then(|escape| M::compile(pattern, escape));
            matcher.map_or(true, |matcher| matcher.can_fail())
        }
        None => true,
    }
}

fn like_form(name: &'static str, args: &[String]) -> String {
    match args {
        [text, pattern] => format!("{text} {} {pattern}", name.to_uppercase()),
        [text, pattern, escape] => format!("{text} {} {pattern} ESCAPE '{escape}'", name.to_uppercase()),
        _ => args.join(", "),
    }
}

const MATCH: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::String, Param::String], &[Param::String, Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Boolean),
    display: like_form,
    ..ScalarFunction::DEFAULT
};

pub const LIKE: ScalarFunction = ScalarFunction {
    name: "like",
    can_fail: CanFail::When(may_not_compile::<Like>),
    kernel: Kernel::Prepared(Matching::<Like>::prepare),
    doc: Doc {
        usage: "str like pattern[ ESCAPE escape] - Returns true if str matches `pattern` with `escape`, null if any arguments are null, false otherwise.",
        since: "1.0.0",
        examples: &[
            ("SELECT like('Spark', '_park')", "true"),
            (r"SELECT '%SystemDrive%/Users/John' like '/%SystemDrive/%//Users%' ESCAPE '/'", "true"),
        ],
    },
    ..MATCH
};

pub const ILIKE: ScalarFunction = ScalarFunction {
    name: "ilike",
    can_fail: CanFail::When(may_not_compile::<ILike>),
    kernel: Kernel::Prepared(Matching::<ILike>::prepare),
    doc: Doc {
        usage: "str ilike pattern[ ESCAPE escape] - Returns true if str matches `pattern` with `escape` case-insensitively, null if any arguments are null, false otherwise.",
        since: "3.3.0",
        examples: &[("SELECT ilike('Spark', '_Park')", "true")],
    },
    ..MATCH
};

pub const RLIKE: ScalarFunction = ScalarFunction {
    name: "rlike",
    aliases: &["regexp", "regexp_like"],
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    can_fail: CanFail::When(may_not_compile::<RLike>),
    kernel: Kernel::Prepared(Matching::<RLike>::prepare),
    display: |_, args| format!("RLIKE({})", args.join(", ")),
    doc: Doc {
        usage: "rlike(str, regexp) - Returns true if `str` matches `regexp`, or false otherwise.",
        since: "1.0.0",
        examples: &[("SELECT rlike('Spark', '^S.*k$')", "true")],
    },
    ..MATCH
};

pub const ALL: &[ScalarFunction] = &[LIKE, ILIKE, RLIKE];
