//! Results as text.

mod delimited;
mod json;
mod table;

use std::io::Write;

use clap::ValueEnum;
use firesteel::{Column, QueryResult, Result};

use crate::run::ignore_closed;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Csv,
    Tsv,
    /// One array of objects.
    Json,
    /// One object a line.
    Jsonl,
    Markdown,
}

/// Writes all rows; formats that can write as rows come. Timestamps are shown in `zone`.
pub(crate) fn write(result: QueryResult, format: Format, zone: &str, out: &mut dyn Write) -> Result<()> {
    let written = match format {
        Format::Table => table::write(result, zone, table::Style::Box, out)?,
        Format::Markdown => table::write(result, zone, table::Style::Markdown, out)?,
        Format::Csv => delimited::write(result, zone, ',', out)?,
        Format::Tsv => delimited::write(result, zone, '\t', out)?,
        Format::Json => json::write(result, zone, true, out)?,
        Format::Jsonl => json::write(result, zone, false, out)?,
    };
    written.or_else(ignore_closed)
}

/// Writing may stop early when nobody reads; a query that fails is another matter.
type Written = std::result::Result<(), std::io::Error>;

/// The cells of a batch's rows as text; `None` is NULL.
fn text_rows(
    batch: &firesteel::Batch,
    columns: &[Column],
    zone: &str,
) -> Result<Vec<Vec<Option<String>>>> {
    let columns = columns.iter().enumerate().map(|(at, column)| {
        let array = batch.compact_column(at)?.flat_as(&column.data_type)?;
        firesteel::display::column_text(&array, &column.data_type, zone)
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let row = |_| columns.iter_mut().map(|column| column.next().flatten()).collect();
    Ok((0..batch.rows()).map(row).collect())
}
