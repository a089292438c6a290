//! An error is a condition (a name with SQLSTATE and message template, from [`crate::conditions`]), the parameters that
//! fill the template, and the place in the statement where it arose. Every interface shows the same four things.

use std::fmt;
use std::sync::Arc;

use unicode_width::UnicodeWidthStr;

use crate::conditions::{self, Condition};
use crate::span::Span;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One word wide, so that `Result<T>` stays small.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    condition: &'static Condition,
    parameters: Vec<(&'static str, String)>,
    span: Option<Span>,
    /// What the span points into where it is not the statement's own text.
    text: Option<Arc<str>>,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(condition: &'static Condition) -> Self {
        Self(Box::new(Inner { condition, parameters: Vec::new(), span: None, text: None, hint: None, source: None }))
    }

    /// A mistake of ours, never of the user's.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(&conditions::INTERNAL_ERROR).with("message", message)
    }

    /// Adds a parameter of the message template.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.parameters.push((name, value.into()));
        self
    }

    /// Gives a parameter another value; who knows more words it better.
    pub fn replace(mut self, name: &str, value: impl Into<String>) -> Self {
        if let Some((_, known)) = self.0.parameters.iter_mut().find(|(known, _)| *known == name) {
            *known = value.into();
        }
        self
    }

    /// Gives every parameter another text.
    pub fn map_parameters(mut self, map: impl Fn(String) -> String) -> Self {
        for (_, value) in &mut self.0.parameters {
            *value = map(std::mem::take(value));
        }
        self
    }

    /// Says which text the place is in: one that the statement runs, say. The innermost is kept.
    pub fn in_text(mut self, text: &Arc<str>) -> Self {
        self.0.text.get_or_insert_with(|| Arc::clone(text));
        self
    }

    /// The text that the place points into, where it is not the statement's own.
    pub fn text(&self) -> Option<&str> {
        self.0.text.as_deref()
    }

    /// Forgets where: for statements that have no text.
    pub fn without_place(mut self) -> Self {
        self.0.span = None;
        self
    }

    /// Says where instead of what was said: a place in another text (a view's) means nothing in this one.
    pub fn moved_to(mut self, span: Span) -> Self {
        self.0.span = Some(span);
        self.0.text = None;
        self
    }

    /// Says where; an inner, more precise place is kept.
    pub fn at(mut self, span: Span) -> Self {
        self.0.span.get_or_insert(span);
        self
    }

    pub fn at_opt(self, span: Option<Span>) -> Self {
        match span {
            Some(span) => self.at(span),
            None => self,
        }
    }

    /// What may have been meant: shown below the place, no part of the message.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub fn condition(&self) -> &'static Condition {
        self.0.condition
    }

    pub fn is(&self, condition: &'static Condition) -> bool {
        self.0.condition.name == condition.name
    }

    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.0.parameters
    }

    pub fn span(&self) -> Option<Span> {
        self.0.span
    }

    /// The template with its parameters filled in.
    pub fn message(&self) -> String {
        let mut message = String::new();
        let mut rest = self.0.condition.template;
        // Each value is put in once and not looked at again: it is the user's text and may contain anything.
        while let Some((before, after)) = rest.split_once('<') {
            message.push_str(before);
            let named = after.split_once('>').and_then(|(name, after)| Some((self.parameter(name)?, after)));
            rest = match named {
                Some((value, after)) => {
                    message.push_str(value);
                    after
                }
                None => {
                    message.push('<');
                    after
                }
            };
        }
        message + rest
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.0.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Everything a person needs: condition, message, SQLSTATE, the line with a caret when the text is known, and a hint.
    pub fn render(&self, text: Option<&str>) -> String {
        let mut out = self.to_string();
        if let (Some(text), Some(span)) = (self.text().or(text), self.0.span) {
            out.push_str(&place(text, span));
        }
        if let Some(hint) = &self.0.hint {
            out.push_str(&format!("\n{hint}"));
        }
        out
    }
}

/// The line around a span, and carets below it.
fn place(text: &str, span: Span) -> String {
    let (line, column) = span.line_and_column(text);
    let source_line = text.lines().nth(line - 1).unwrap_or("");
    // A window of the line around the place, so that a line of megabytes does not flood the screen. What a terminal would
    // act upon is shown as a blank, as wide as the caret below assumes.
    let skip = column.saturating_sub(60);
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let window: String = source_line.chars().skip(skip).take(120).map(shown).collect();
    let columns = |text: &str| UnicodeWidthStr::width(text);
    let (before, from_here) =
        window.split_at(window.char_indices().nth(column - 1 - skip).map_or(window.len(), |(at, _)| at));
    let marked: String =
        span.slice(text).chars().take_while(|c| *c != '\n').take(from_here.chars().count()).map(shown).collect();
    let (indent, carets) = (" ".repeat(columns(before)), "^".repeat(columns(&marked).max(1)));
    format!("\n== SQL (line {line}, position {column}) ==\n{window}\n{indent}{carets}")
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.0.condition.name, self.message())?;
        match self.0.condition.sql_state {
            "" => Ok(()),
            state => write!(f, " SQLSTATE: {state}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// Returns an internal error: `internal!("no column {id}")`.
#[macro_export]
macro_rules! internal {
    ($($arg:tt)*) => { $crate::error::Error::internal(format!($($arg)*)) };
}

/// Leaves the function with an error: `bail!(DIVIDE_BY_ZERO, config = "...")`.
#[macro_export]
macro_rules! bail {
    ($condition:ident $(, $name:ident = $value:expr)* $(,)?) => {
        return Err($crate::error!($condition $(, $name = $value)*))
    };
}

/// Builds an error from a condition's constant and its parameters: `error!(TABLE_OR_VIEW_NOT_FOUND, relationName = name)`.
#[macro_export]
macro_rules! error {
    ($condition:ident $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::error::Error::new(&$crate::conditions::$condition)$(.with(stringify!($name), $value))*
    };
}

impl From<arrow_schema::ArrowError> for Error {
    /// Kernels report through Arrow's error; what has a condition of its own keeps it.
    fn from(source: arrow_schema::ArrowError) -> Self {
        use arrow_schema::ArrowError;
        match source {
            ArrowError::ExternalError(inner) => match inner.downcast::<Error>() {
                Ok(own) => *own,
                Err(other) => Error::internal(other.to_string()),
            },
            ArrowError::DivideByZero => {
                crate::error!(DIVIDE_BY_ZERO, config = "\"spark.sql.ansi.enabled\"")
            }
            other => Error::internal(other.to_string()).caused_by(other),
        }
    }
}

impl From<datafusion_common::DataFusionError> for Error {
    fn from(source: datafusion_common::DataFusionError) -> Self {
        match source {
            datafusion_common::DataFusionError::External(inner) => match inner.downcast::<Error>() {
                Ok(own) => *own,
                Err(other) => Error::internal(other.to_string()),
            },
            other => Error::internal(other.to_string()),
        }
    }
}

impl From<Error> for datafusion_common::DataFusionError {
    fn from(own: Error) -> Self {
        datafusion_common::DataFusionError::External(Box::new(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn render_points_at_the_place() {
        let text = "select 1 +\n  foo";
        let error = crate::error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = "`foo`").at(Span::new(13, 16));
        assert!(
            error.render(Some(text)).ends_with("== SQL (line 2, position 3) ==\n  foo\n  ^^^"),
            "{}",
            error.render(Some(text))
        );
    }

    #[test]
    fn carets_stand_below_wide_characters_and_tabs() {
        let text = "select '日本',\tfoo";
        let at = text.find("foo").unwrap_or_default();
        let error = crate::error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = "`foo`").at(Span::new(at, at + 3));
        let rendered = error.hint("Did you mean `fo`?").render(Some(text));
        assert!(
            rendered.ends_with("position 14) ==\nselect '日本', foo\n               ^^^\nDid you mean `fo`?"),
            "{rendered}"
        );
    }

    #[test]
    fn parameters_are_not_filled_in_twice() {
        let error = crate::error!(PARSE_SYNTAX_ERROR, error = "'<hint>' < <b>", hint = "!");
        assert_eq!(error.message(), "Syntax error at or near '<hint>' < <b>!.");
    }

    #[test]
    fn an_error_survives_foreign_borders() {
        let foreign: datafusion_common::DataFusionError = Error::new(&conditions::DIVIDE_BY_ZERO).into();
        assert!(Error::from(foreign).is(&conditions::DIVIDE_BY_ZERO));
    }
}
