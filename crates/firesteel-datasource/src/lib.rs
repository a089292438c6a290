//! Tables outside of the engine, in reading order:
//!
//! - [`files`]: paths, a format and [`options`] as a table; [`registry`]: formats and readers by name.
//! - [`listing`]: which files a path means; [`partitions`]: folders `k=v` as columns; [`stdin`]; [`data_dir`]: a folder as a
//!   set of tables.
//! - [`remote`]: files in object stores and behind HTTP.
//! - [`parquet`]: Parquet files as tables, their scan, and a writer.
//! - [`rows`]: what formats of rows in text share; [`csv`], [`json`], [`text`].
//! - [`mod@write`]: rows into files of every format.
//! - [`memory_table`]: record batches in memory as a table; [`external`]: tables that a program brings.
//! - [`filter`], [`prune`]: what scans do with filters, on values and on bounds of values; [`conform`]: types of files as
//!   types of plans.

mod conform;
pub(crate) mod csv;
pub mod data_dir;
pub mod external;
pub mod files;
mod filter;
pub(crate) mod json;
pub mod listing;
pub mod memory_table;
pub mod options;
pub mod parquet;
pub(crate) mod partitions;
mod prune;
pub mod registry;
pub(crate) mod remote;
pub(crate) mod rows;
pub(crate) mod stdin;
pub(crate) mod text;
pub(crate) mod write;

pub use data_dir::tables_in;
pub use external::ExternalTable;
pub use files::FileSource;
pub use memory_table::MemoryTable;
pub use options::FileOptions;
pub use parquet::{ParquetTable, ParquetWriter};
pub use registry::{ReaderRegistry, format_names, is_file_format, is_path};
pub use remote::request::{RemoteTotals, totals as remote_totals};
pub use remote::settings::{
    ATTEMPTS, PARALLEL_REQUESTS, S3_ACCESS_KEY, S3_CREDENTIALS_PROVIDER, S3_ENDPOINT, S3_PATH_STYLE, S3_REGION,
    S3_SECRET_KEY, S3_SESSION_TOKEN, S3_SSL, TIMEOUT,
};
pub use write::{Target, check_target};
