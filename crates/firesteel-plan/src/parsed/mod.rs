//! What was *said*: statements, queries and expressions as the user wrote them. Nothing is resolved here: names are text,
//! functions are names, and every node that an error may point to knows its place in the text ([`Span`]).
//!
//! - [`statement`]: what one may ask of a session.
//! - [`query`]: SELECT and everything around and below it.
//! - [`expr`]: expressions; long chains of operators are flat (see [`ExprKind::Binary`]), so that neither building nor
//!   walking nor dropping a chain of many thousand terms goes deep.
//! - `display`: a compact text of what was said, for messages and debugging; `walk`: expressions inside of expressions.
//!
//! The trees come from `firesteel-sql` and are read by the analyzer. They depend on nothing but types and spans.

mod display;
pub mod expr;
pub mod query;
pub mod statement;
mod walk;

use firesteel_common::Span;

pub use expr::*;
pub use query::*;
pub use statement::*;

/// An identifier as written. Names match without case; `quoted` says that it stood in back-ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ident {
    pub value: String,
    pub quoted: bool,
    pub span: Span,
}

/// A name of one or more parts: `t`, `db.t`, `` parquet.`/data/x` ``. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub span: Span,
    pub parts: Vec<Ident>,
}

impl Ident {
    pub fn new(value: impl Into<String>, span: Span) -> Self {
        Self { value: value.into(), quoted: false, span }
    }
}

impl Name {
    /// The parts' text, without quotes.
    pub fn values(&self) -> Vec<&str> {
        self.parts.iter().map(|part| part.value.as_str()).collect()
    }

    /// The last part, the object's own name; empty only for a name without parts, which nobody builds.
    pub fn last(&self) -> &str {
        self.parts.last().map_or("", |part| part.value.as_str())
    }
}

impl From<Ident> for Name {
    fn from(part: Ident) -> Self {
        Self { span: part.span, parts: vec![part] }
    }
}
