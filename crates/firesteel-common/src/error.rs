//! An error is a condition (a name with SQLSTATE and message template, from [`crate::conditions`]), the parameters that
//! fill the template, and the place in the statement where it arose. Every interface shows the same four things.

use std::fmt;

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
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(condition: &'static Condition) -> Self {
        Self(Box::new(Inner { condition, parameters: Vec::new(), span: None, source: None }))
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

    /// Says where instead of what was said: a place in another text (a view's) means nothing in this one.
    pub fn moved_to(mut self, span: Span) -> Self {
        self.0.span = Some(span);
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
        let mut message = self.0.condition.template.to_owned();
        for (name, value) in &self.0.parameters {
            message = message.replace(&format!("<{name}>"), value);
        }
        message
    }

    /// Everything a person needs: condition, message, SQLSTATE, and the line with a caret when the text is known.
    pub fn render(&self, text: Option<&str>) -> String {
        let mut out = self.to_string();
        let (Some(text), Some(span)) = (text, self.0.span) else { return out };
        let (line, column) = span.line_and_column(text);
        let source_line = text.lines().nth(line - 1).unwrap_or("");
        // A window of the line around the place, so that a line of megabytes does not flood the screen.
        let skip = column.saturating_sub(60);
        let window: String = source_line.chars().skip(skip).take(120).collect();
        let width = span.slice(text).chars().take_while(|c| *c != '\n').count().clamp(1, 100);
        let indent = " ".repeat(column - 1 - skip);
        out.push_str(&format!("\n== SQL (line {line}, position {column}) ==\n{window}\n{indent}{}", "^".repeat(width)));
        out
    }
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
        assert!(error.render(Some(text)).ends_with("== SQL (line 2, position 3) ==\n  foo\n  ^^^"), "{}", error.render(Some(text)));
    }

    #[test]
    fn an_error_survives_foreign_borders() {
        let foreign: datafusion_common::DataFusionError = Error::new(&conditions::DIVIDE_BY_ZERO).into();
        assert!(Error::from(foreign).is(&conditions::DIVIDE_BY_ZERO));
    }
}
