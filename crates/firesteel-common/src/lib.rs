//! What every other crate stands on, in reading order:
//!
//! - [`ids`]: the small numbers that plans are made of ([`ColumnId`]) and where they come from.
//! - [`types`]: [`SqlType`], Spark's type, and its one canonical Arrow type.
//! - [`span`]: a place in the text of a statement.
//! - [`mod@error`] and [`conditions`]: an error is a condition from one table, with parameters and a place.
//! - [`settings`]: typed settings, each a constant beside the code that reads it.
//! - [`names`]: case-insensitive names, back-tick quoting, 'did you mean'.

pub mod conditions;
pub mod error;
pub mod ids;
pub mod names;
pub mod settings;
pub mod span;
pub mod types;

pub use error::{Error, Result};
pub use ids::{ColumnId, ColumnIds};
pub use span::Span;
pub use types::{SqlType, StructField};
