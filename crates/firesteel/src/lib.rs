//! Firesteel's public API: a [`Session`] takes SQL or DataFrames and gives Arrow batches and rows.
//!
//! ```
//! use firesteel::prelude::*;
//!
//! # fn main() -> Result<()> {
//! let session = Session::builder().get_or_create()?;
//! let trips = session.create_dataframe([("Ulm", 3), ("Bonn", 1), ("Ulm", 2)], ["city", "km"])?;
//! trips.create_or_replace_temp_view("trips")?;
//! let by_sql = session.sql("SELECT city, sum(km) AS km FROM trips GROUP BY city ORDER BY city")?;
//! let by_methods = trips.group_by("city").agg(functions::sum("km").alias("km"))?.order_by("city")?;
//! let rows: Vec<(String, i64)> = by_methods.collect_rows()?;
//! assert_eq!(rows, [("Bonn".to_owned(), 1), ("Ulm".to_owned(), 5)]);
//! assert_eq!(rows, by_sql.collect_rows::<(String, i64)>()?);
//! # Ok(())
//! # }
//! ```
//! In reading order: [`session`] (the door) with `builder`, `sources`,
//! `parameters`, `cache`, `read` and `conf`; [`frame`] (DataFrames), [`mod@column`],
//! [`functions`], [`window`], [`rows`]; [`planning`] (parsed → physical plan, with times), [`result`] (what comes back),
//! `edge` (Arrow types for clients), [`extend`] (what programs add), [`catalog`] (names, paths), `files` (functions that
//! read files), [`mod@write`] (rows into files), `commands` (statements that are no queries).

mod builder;
mod cache;
pub mod catalog;
pub mod column;
mod commands;
pub mod conf;
pub mod display;
mod edge;
pub mod extend;
pub(crate) mod files;
pub mod frame;
pub mod functions;
mod parameters;
pub mod planning;
pub mod prelude;
mod read;
pub mod result;
pub mod rows;
pub mod session;
mod sources;
pub mod window;
pub mod write;

pub use builder::SessionBuilder;
pub use column::Column;
pub use commands::settings::{KnownSetting, settings};
pub use firesteel_common::{Error, Result, Span, SqlType};
pub use firesteel_datasource::{FileOptions, FileSource};
pub use firesteel_expr::Batch;
pub use firesteel_sql as sql;
pub use frame::{DataFrame, DataFrameWriter};
pub use parameters::{IntoParameter, IntoParameters, Parameters};
pub use read::DataFrameReader;
pub use result::{Progress, QueryResult};
pub use rows::Row;
pub use session::{Session, SessionOptions};
pub use sources::IntoRow;
pub use window::{Window, WindowSpec};
pub use write::{SaveMode, WriteTarget};

pub use firesteel_common::settings::SESSION_TIME_ZONE;

/// The error of a file that cannot be read or written.
///
/// ```
/// # use firesteel::prelude::*;
/// let error = firesteel::file_error("/tmp/x", "the disk is full");
/// assert_eq!(error.condition().name, "FAILED_READ_FILE.NO_HINT");
/// # Ok::<(), Error>(())
/// ```
pub fn file_error(path: &str, reason: &str) -> Error {
    firesteel_common::error!(CANNOT_READ_FILE, path = path, reason = reason)
}
