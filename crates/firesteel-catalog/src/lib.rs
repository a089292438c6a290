//! What the engine knows of tables before it reads them, in reading order:
//!
//! - [`table`]: a table's columns, statistics and where its data lies, as plain data that travels to executors.
//! - [`statistics`]: numbers, each with its source; [`analyzed`]: a table of which more is known than its files say.
//! - [`catalog`]: tables by name; [`memory`]: the catalog of a session.

pub mod analyzed;
pub mod catalog;
pub mod memory;
pub mod statistics;
pub mod table;

pub use catalog::Catalog;
pub use memory::MemoryCatalog;
pub use statistics::{ColumnStatistics, Estimate, Source, TableStatistics};
pub use table::{ScanSource, Split, Table, TableColumn};
