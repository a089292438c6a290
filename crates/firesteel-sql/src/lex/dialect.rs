//! How Spark's text differs from standard SQL's, as sqlparser's tokenizer asks it.

use std::any::TypeId;

use sqlparser::dialect::{Dialect, GenericDialect};

/// Spark SQL, for the tokenizer.
#[derive(Debug)]
pub(crate) struct SparkDialect;

impl Dialect for SparkDialect {
    /// The tokenizer knows raw strings (`r'…'`) only for dialects that it knows by type.
    fn dialect(&self) -> TypeId {
        TypeId::of::<GenericDialect>()
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '`'
    }

    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn supports_string_literal_backslash_escape(&self) -> bool {
        true
    }

    fn supports_nested_comments(&self) -> bool {
        true
    }
}
