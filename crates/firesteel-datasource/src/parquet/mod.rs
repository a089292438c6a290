//! Parquet files, in reading order:
//!
//! - [`footer_cache`]: what a file says of itself, read once per process; [`schema`] and [`bounds`] translate it,
//!   [`distinct`] guesses from dictionaries how many values columns have.
//! - [`table`]: several files as one table of the catalog.
//! - [`scan`]: row groups handed out to workers; [`worker`]: one worker decoding them, filter columns first where that
//!   pays by the row group's [`plan`]; [`chunks`]: the bytes of column chunks.
//! - [`opening`]: a scan whose footers must come from an object store first; [`ahead`]: row groups fetched from there while
//!   others are decoded.
//! - [`writer`]: batches into one file.

mod ahead;
pub(crate) mod bounds;
pub(crate) mod chunks;
mod distinct;
pub(crate) mod footer_cache;
mod opening;
mod plan;
pub(crate) mod scan;
pub(crate) mod schema;
pub mod table;
mod worker;
pub mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};

use firesteel_common::{Error, Result, error};

use crate::listing;
use crate::registry::Format;
use crate::write;

pub use table::ParquetTable;
pub use writer::ParquetWriter;

/// The name by which plans ask for this reader.
pub const READER: &str = "parquet";

pub(crate) const FORMAT: Format = Format {
    name: READER,
    suffixes: &["parquet", "parq", "pq"],
    open: table::open,
    scan: scan::open,
    write: write::parquet::FORMAT,
};

pub(crate) fn unreadable(path: &str, reason: impl ToString) -> Error {
    error!(CANNOT_READ_FILE, path = listing::display(path), reason = reason.to_string())
}

/// Runs the decoder over bytes that anyone may have written: its errors, and its panics too, become an error that names
/// the file. Errors of ours pass.
pub(crate) fn guarded<T, E: Into<DecodeError>>(path: &str, decode: impl FnOnce() -> Result<T, E>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => match error.into() {
            DecodeError::Ours(error) => Err(error),
            DecodeError::Theirs(reason) => Err(unreadable(path, reason)),
        },
        Err(_) => Err(unreadable(path, "its contents are corrupt")),
    }
}

pub(crate) enum DecodeError {
    Ours(Error),
    Theirs(String),
}

impl From<Error> for DecodeError {
    fn from(error: Error) -> Self {
        DecodeError::Ours(error)
    }
}

impl From<parquet::errors::ParquetError> for DecodeError {
    fn from(error: parquet::errors::ParquetError) -> Self {
        DecodeError::Theirs(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for DecodeError {
    fn from(error: arrow::error::ArrowError) -> Self {
        DecodeError::Theirs(error.to_string())
    }
}

impl From<std::io::Error> for DecodeError {
    fn from(error: std::io::Error) -> Self {
        DecodeError::Theirs(error.to_string())
    }
}
