//! JSON, in reading order:
//!
//! - [`value`]: objects and arrays one level deep, what is inside as text.
//! - [`parser`]: records as rows; [`mod@column`]: one member of all rows as a column, level by level.
//! - [`infer`]: the type that holds what a sample has; [`table`]: JSON files as a table.
//!
//! Nothing is parsed that no column asks for: a member stays text until its column wants it.

pub(crate) mod column;
pub(crate) mod infer;
pub(crate) mod parser;
pub(crate) mod table;
pub(crate) mod value;

use std::sync::Arc;

use firesteel_common::Result;
use firesteel_exec::contract::SourceFactory;
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use crate::csv::dialect;
use crate::registry::Format;
use crate::rows::lines::RecordEnd;
use crate::rows::scan::{self, RowFormat};
use crate::write;

pub(crate) const FORMAT: Format = Format {
    name: "json",
    suffixes: &["json", "jsonl", "ndjson"],
    open: table::open,
    scan: open,
    write: write::json::FORMAT,
};

const ROWS: RowFormat = RowFormat {
    record_end: |options| match options.flag("multiLine", false)? {
        true => Ok(RecordEnd::File),
        false => dialect::record_end(options),
    },
    parser: parser::open,
    has_corrupt_column: true,
};

fn open(
    scan: &Scan,
    schema: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<Arc<dyn SourceFactory>> {
    scan::open(&ROWS, scan, schema, query, metrics)
}
