//! Readers by the name that plans carry.

use std::sync::Arc;

use firesteel_common::{Result, internal};
use firesteel_exec::contract::{ScanOpener, SourceFactory};
use firesteel_exec::query::QueryContext;
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use crate::{memory_table, parquet};

/// The readers of this crate.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReaderRegistry;

impl ScanOpener for ReaderRegistry {
    fn open(&self, scan: &Scan, schema: &Schema, query: &Arc<QueryContext>) -> Result<Arc<dyn SourceFactory>> {
        match scan.source.reader.as_ref() {
            parquet::READER => parquet::scan::open(scan, schema, query),
            memory_table::READER => memory_table::open(scan, schema, query),
            other => Err(internal!("no reader is called {other}")),
        }
    }
}
