//! Formats and readers by name.
//!
//! ```text
//! csv.`path`, USING json, 'x.parquet' ──▶ Format ──open──▶ a table          Scan { reader: "csv", .. } ──▶ its reader ──▶ a source
//! ```
//! A new format is its module and a line in [`FORMATS`].

use std::sync::Arc;

use firesteel_catalog::{Split, Table, TableColumn};
use firesteel_common::{Result, internal};
use firesteel_exec::contract::{ScanOpener, SinkFactory, SourceFactory};
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_plan::Schema;
use firesteel_plan::physical::{Scan, Write};

use crate::options::FileOptions;
use crate::remote::{self, Access};
use crate::rows::input::Compression;
use crate::write::{WriteFormat, WriteSinkFactory};
use crate::{csv, external, json, memory_table, parquet, text};

/// A file format.
pub(crate) struct Format {
    /// As SQL and plans call it.
    pub(crate) name: &'static str,
    /// What names of its files end in.
    pub(crate) suffixes: &'static [&'static str],
    pub(crate) open: fn(FileRequest) -> Result<Arc<dyn Table>>,
    pub(crate) scan: fn(&Scan, &Schema, &Arc<QueryContext>, &Arc<OperatorMetrics>) -> Result<Arc<dyn SourceFactory>>,
    pub(crate) write: WriteFormat,
}

const FORMATS: &[Format] = &[parquet::FORMAT, csv::FORMAT, json::FORMAT, text::FORMAT];

/// Files to make a table of.
pub(crate) struct FileRequest {
    pub(crate) splits: Vec<Split>,
    pub(crate) partitions: Vec<TableColumn>,
    pub(crate) options: FileOptions,
    /// What the files hold, if somebody says it; without partition columns.
    pub(crate) schema: Option<Vec<TableColumn>>,
    /// Nobody said how the files are written: look.
    pub(crate) sniff: bool,
    /// How files in object stores are reached.
    pub(crate) access: Arc<Access>,
}

pub(crate) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}

/// Whether a table of this provider is made of files.
pub fn is_file_format(provider: &str) -> bool {
    format(provider).is_some()
}

/// The format that a file's name tells, whatever it is compressed with.
pub(crate) fn format_of_file(path: &str) -> Option<&'static Format> {
    let (_, suffix) = Compression::strip(remote::without_query(path)).rsplit_once('.')?;
    FORMATS.iter().find(|format| format.suffixes.iter().any(|known| known.eq_ignore_ascii_case(suffix)))
}

/// Whether a name in FROM means files: it has folders, or ends as files do.
pub fn is_path(name: &str) -> bool {
    name == "-" || name.contains('/') || format_of_file(name).is_some()
}

/// The names of all formats that can be read.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The readers of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReaderRegistry;

impl ScanOpener for ReaderRegistry {
    fn open(
        &self,
        scan: &Scan,
        schema: &Schema,
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<Arc<dyn SourceFactory>> {
        match scan.source.reader.as_ref() {
            external::READER => external::open(scan, schema, query),
            memory_table::READER => memory_table::open(scan, schema, query),
            name => match format(name) {
                Some(format) => (format.scan)(scan, schema, query, metrics),
                None => Err(internal!("no reader is called {name}")),
            },
        }
    }

    fn open_write(
        &self,
        write: &Write,
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<Arc<dyn SinkFactory>> {
        match format(&write.format) {
            Some(format) => Ok(Arc::new(WriteSinkFactory::new(format, write, query, metrics)?)),
            None => Err(internal!("no writer is called {}", write.format)),
        }
    }
}
