//! The names that a statement may use: temporary views and registered tables, and beside them files by their path.
//!
//! ```text
//! t, default.t, spark_catalog.default.t     views and tables of the session
//! parquet.`/data/x/*.parquet`               files in a format
//! `/data/x.parquet`, './x.parquet'          files whose name tells the format
//! ```

use std::sync::Arc;

use firesteel_catalog::catalog::{Entry, Listing};
use firesteel_catalog::{Catalog, MemoryCatalog};
use firesteel_common::Result;
use firesteel_common::names::same_name;
use firesteel_datasource::ParquetTable;

/// A session's catalog; paths are looked at when a statement names them.
#[derive(Debug, Default)]
pub struct SessionCatalog {
    pub(crate) names: MemoryCatalog,
}

impl Catalog for SessionCatalog {
    fn lookup(&self, name: &[String]) -> Result<Option<Entry>> {
        if let Some(entry) = self.names.lookup(name)? {
            return Ok(Some(entry));
        }
        let path = match name {
            [format, path] if same_name(format, "parquet") => path,
            [path] if looks_like_parquet(path) => path,
            _ => return Ok(None),
        };
        ParquetTable::open(path).map(|table| Some(Entry::Table(table)))
    }

    fn list(&self) -> Result<Vec<Listing>> {
        self.names.list()
    }
}

fn looks_like_parquet(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with(".parquet") || (lower.contains('/') && lower.contains(".parquet"))
}

impl SessionCatalog {
    pub(crate) fn register_parquet(&self, name: &str, path: &str) -> Result<()> {
        self.names.register_table(name, ParquetTable::open(path)?);
        Ok(())
    }

    pub(crate) fn register(&self, name: &str, table: Arc<dyn firesteel_catalog::Table>) {
        self.names.register_table(name, table);
    }
}
