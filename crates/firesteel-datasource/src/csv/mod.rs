//! CSV, in reading order:
//!
//! - [`dialect`]: separators and quotes, from Spark's options.
//! - [`fields`]: a record cut into fields; [`parser`]: records as columns.
//! - [`infer`]: the header and column types, from a sample; [`sniff`]: the dialect too, when nobody said it.
//! - [`table`]: CSV files as a table.

pub(crate) mod dialect;
pub(crate) mod fields;
pub(crate) mod infer;
pub(crate) mod parser;
pub(crate) mod sniff;
pub(crate) mod table;

use std::sync::Arc;

use firesteel_common::Result;
use firesteel_exec::contract::SourceFactory;
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use crate::registry::Format;
use crate::rows::lines::RecordEnd;
use crate::rows::scan::{self, RowFormat};
use crate::write;
use dialect::Dialect;

pub(crate) const FORMAT: Format =
    Format { name: "csv", suffixes: &["csv", "tsv"], open: table::open, scan: open, write: write::csv::FORMAT };

const ROWS: RowFormat = RowFormat {
    record_end: |options| {
        let dialect = Dialect::of(options)?;
        Ok(match (options.flag("multiLine", false)?, dialect.quote) {
            (true, Some(quote)) => RecordEnd::QuotedLine { quote, escape: dialect.escape },
            _ => dialect.record_end,
        })
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
