//! Results as text.

mod delimited;
mod json;
mod table;

use std::io::{IsTerminal, Write};

use arrow::array::ArrayRef;
use clap::ValueEnum;
use firesteel::{Batch, Column, QueryResult, Result, SqlType};

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
        Format::Table => table::write(result, zone, table::Style::Box { width: terminal_width() }, out)?,
        Format::Markdown => table::write(result, zone, table::Style::Markdown, out)?,
        Format::Csv => delimited::write(result, zone, ',', out)?,
        Format::Tsv => delimited::write(result, zone, '\t', out)?,
        Format::Json => json::write(result, zone, true, out)?,
        Format::Jsonl => json::write(result, zone, false, out)?,
    };
    written.or_else(ignore_closed)
}

/// Of the terminal that is written to, if it is one.
fn terminal_width() -> Option<usize> {
    let (columns, _) = std::io::stdout().is_terminal().then(crossterm::terminal::size)?.ok()?;
    // Some tell nothing.
    Some(usize::from(columns)).filter(|columns| *columns > 0)
}

/// Writing may stop early when nobody reads; a query that fails is another matter.
type Written = std::result::Result<(), std::io::Error>;

/// The cells of a batch's rows as text; `None` is NULL.
fn text_rows(batch: &Batch, columns: &[Column], zone: &str) -> Result<Vec<Vec<Option<String>>>> {
    let types: Vec<_> = columns.iter().map(|column| column.data_type.clone()).collect();
    let arrays = flat_columns(batch, &types)?;
    let texts =
        arrays.iter().zip(&types).map(|(array, data_type)| firesteel::display::column_text(array, data_type, zone));
    let columns = texts.collect::<Result<Vec<_>>>()?;
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    let row = |_| columns.iter_mut().map(|column| column.next().flatten()).collect();
    Ok((0..batch.rows()).map(row).collect())
}

/// A batch's columns, each in its type's canonical form.
fn flat_columns(batch: &Batch, types: &[SqlType]) -> Result<Vec<ArrayRef>> {
    let flat = |(at, data_type)| batch.compact_column(at)?.flat_as(data_type);
    types.iter().enumerate().map(flat).collect()
}
