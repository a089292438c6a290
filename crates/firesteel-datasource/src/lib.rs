//! Tables outside of the engine, in reading order:
//!
//! - [`listing`]: which files a path means; [`data_dir`]: a folder as a set of tables.
//! - [`parquet`]: Parquet files as tables, their scan, and a writer.
//! - [`memory_table`]: record batches in memory as a table.
//! - [`filter`], [`prune`]: what scans do with filters, on values and on bounds of values; [`conform`]: types of files as
//!   types of plans.
//! - [`registry`]: readers by the name that a plan carries.

mod conform;
pub mod data_dir;
mod filter;
pub mod listing;
pub mod memory_table;
pub mod parquet;
mod prune;
pub mod registry;

pub use data_dir::tables_in;
pub use memory_table::MemoryTable;
pub use parquet::{ParquetTable, ParquetWriter};
pub use registry::ReaderRegistry;
