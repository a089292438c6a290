//! The names that a statement may use: temporary views and registered tables, and beside them files by their path.
//!
//! ```text
//! t, default.t, spark_catalog.default.t     views and tables of the session
//! csv.`/data/x/*.gz`                        files in a format, read with Spark's defaults
//! `/data/x.parquet`, './x.csv', '-'         files whose name tells the format; header and types are found out
//! read_files('x.csv', header => true)       the same with options
//! ```

use std::sync::Arc;

use firesteel_catalog::catalog::{Entry, Listing};
use firesteel_catalog::{Catalog, MemoryCatalog, Table};
use firesteel_common::Result;
use firesteel_common::names::same_name;
use firesteel_datasource::{FileSource, format_names};

use crate::files;

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
        let source = match name {
            [format, path] if format_names().any(|known| same_name(known, format)) => {
                FileSource::of_format(format, path)
            }
            [path] if firesteel_datasource::is_path(path) => FileSource::of_path(path),
            _ => return Ok(None),
        };
        source.open().map(|table| Some(Entry::Table(table)))
    }

    fn is_file_function(&self, name: &str) -> bool {
        files::is_function(name)
    }

    fn read_files(&self, function: &str, arguments: &[(Option<String>, String)]) -> Result<Arc<dyn Table>> {
        files::source_of_call(function, arguments)?.open()
    }

    fn list(&self) -> Result<Vec<Listing>> {
        self.names.list()
    }
}

impl SessionCatalog {
    pub(crate) fn register_files(&self, name: &str, source: &FileSource) -> Result<()> {
        self.names.register_table(name, source.open()?);
        Ok(())
    }

    pub(crate) fn register(&self, name: &str, table: Arc<dyn Table>) {
        self.names.register_table(name, table);
    }
}
