//! Plain text: a line, or a whole file, is a row of the one column `value`.

use std::sync::Arc;

use firesteel_catalog::Table;
use firesteel_common::{Result, SqlType};
use firesteel_exec::contract::SourceFactory;
use firesteel_exec::metrics::OperatorMetrics;
use firesteel_exec::query::QueryContext;
use firesteel_plan::Schema;
use firesteel_plan::physical::Scan;

use crate::csv::dialect;
use crate::registry::{FileRequest, Format};
use crate::rows::lines::{Block, RecordEnd};
use crate::rows::scan::{self, RowFormat};
use crate::rows::table::{RowTable, RowTableParts, column};
use crate::rows::{Parsed, RowParser, cells};
use crate::write;

pub(crate) const FORMAT: Format =
    Format { name: "text", suffixes: &["txt", "text", "log"], open, scan: open_scan, write: write::text::FORMAT };

const ROWS: RowFormat = RowFormat {
    record_end: |options| match options.flag("wholetext", false)? {
        true => Ok(RecordEnd::File),
        false => dialect::record_end(options),
    },
    parser: |request| Ok(Box::new(TextParser { columns: request.wanted.len() })),
    has_corrupt_column: false,
};

fn open(request: FileRequest) -> Result<Arc<dyn Table>> {
    let FileRequest { splits, partitions, options, schema, .. } = request;
    dialect::check_encoding(&options)?;
    let record = schema.unwrap_or_else(|| vec![column("value", SqlType::STRING)]);
    RowTable::of(RowTableParts { reader: FORMAT.name, splits, record, partitions, options, row_bytes: None })
}

fn open_scan(
    scan: &Scan,
    schema: &Schema,
    query: &Arc<QueryContext>,
    metrics: &Arc<OperatorMetrics>,
) -> Result<Arc<dyn SourceFactory>> {
    scan::open(&ROWS, scan, schema, query, metrics)
}

struct TextParser {
    columns: usize,
}

impl RowParser for TextParser {
    fn parse(&mut self, block: &Block, _starts_file: bool) -> Result<Parsed> {
        let value = Arc::new(cells::texts(block.iter().map(Some)));
        let columns = (0..self.columns).map(|_| Arc::clone(&value) as _).collect();
        Ok(Parsed { columns, rows: block.records.len(), bad: Vec::new() })
    }
}
