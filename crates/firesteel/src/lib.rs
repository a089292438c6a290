//! Firesteel's public API: a [`Session`] takes SQL and gives Arrow batches.
//!
//! ```no_run
//! # fn main() -> firesteel::Result<()> {
//! use firesteel::{Session, SessionOptions};
//!
//! let session = Session::new(SessionOptions::default())?;
//! session.register_parquet("trips", "/data/trips/*.parquet")?;
//! for batch in session.sql("SELECT city, count(*) FROM trips GROUP BY city")?.collect()? {
//!     println!("{} rows", batch.num_rows());
//! }
//! # Ok(())
//! # }
//! ```
//! In reading order: [`session`] (the door), [`planning`] (text → physical plan, with times), [`result`] (what comes back),
//! [`catalog`] (names, paths), `files` (functions that read files), `commands` (statements that are no queries), [`write`] (rows into files).

pub mod catalog;
mod commands;
pub mod display;
pub(crate) mod files;
pub mod planning;
pub mod result;
pub mod session;
pub mod write;

pub use commands::settings::{KnownSetting, settings};
pub use firesteel_common::{Error, Result, Span, SqlType};
pub use firesteel_datasource::{FileOptions, FileSource};
pub use firesteel_expr::Batch;
pub use firesteel_sql as sql;
pub use result::{Column, Progress, QueryResult};
pub use session::{Session, SessionOptions};
pub use write::{SaveMode, WriteTarget};

pub use firesteel_common::settings::SESSION_TIME_ZONE;

/// The error of a file that cannot be read or written.
pub fn file_error(path: &str, reason: &str) -> Error {
    firesteel_common::error!(CANNOT_READ_FILE, path = path, reason = reason)
}
