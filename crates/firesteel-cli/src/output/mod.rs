//! Results as text.
//!
//! ```text
//!              table, ascii ──▶ gather (first and last rows) ──▶ grid, or vertical when it is too wide (\x auto)
//! Rows ────────box, vertical ─▶ gather (all, or as many)     ──▶ grid, vertical
//!              csv, json, … ──▶ batch by batch, as rows come ──▶ lines
//! ```

mod delimited;
mod gather;
mod grid;
mod insert;
mod json;
mod markdown;
mod rows;
pub(crate) mod target;
pub(crate) mod text;
mod vertical;

use std::io::Write;
use std::time::Instant;

use arrow::array::ArrayRef;
use clap::ValueEnum;
use firesteel::result::Column;
use firesteel::{Batch, Error, Result, SqlType};

use gather::Gathered;
pub(crate) use rows::{Kept, Rows};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people, as much of it as fits the terminal.
    Table,
    Csv,
    Tsv,
    /// One array of objects.
    Json,
    /// One object a line.
    #[value(alias = "ndjson", alias = "jsonlines")]
    Jsonl,
    Markdown,
    /// A table with all its rows and columns.
    Box,
    /// A table drawn with ASCII characters only.
    Ascii,
    /// A line a value: `name = value`.
    Line,
    /// A line a value below a title for each row.
    Vertical,
    /// INSERT statements.
    Insert,
}

impl Format {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    pub(crate) fn names() -> Vec<String> {
        Self::value_variants().iter().map(|format| format.name()).collect()
    }
}

/// Whether each row is shown as lines of names and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expanded {
    Off,
    On,
    /// When the table is wider than the terminal.
    Auto,
}

/// How results are shown, as options and commands say.
#[derive(Debug, Clone)]
pub(crate) struct Display {
    pub(crate) format: Format,
    pub(crate) expanded: Expanded,
    /// What stands for NULL, if not the format's own.
    pub(crate) null: Option<String>,
    /// Of longer results the first and last rows are shown; 0: all rows.
    pub(crate) rows_max: usize,
    /// How wide the columns of tables are at most; 0: as the content asks.
    pub(crate) widths: Vec<usize>,
    /// Whether formats of lines begin with the columns' names.
    pub(crate) headers: bool,
    /// Whether tables end with a count of rows.
    pub(crate) footer: bool,
    /// The table that INSERT statements name.
    pub(crate) insert_into: String,
}

impl Display {
    pub(crate) fn new(format: Format) -> Self {
        Self {
            format,
            expanded: Expanded::Off,
            null: None,
            rows_max: 50,
            widths: Vec::new(),
            headers: true,
            footer: true,
            insert_into: "table".to_owned(),
        }
    }
}

/// Where a result is shown, and what of the statement its footer tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub(crate) display: &'a Display,
    /// Timestamps are shown in this zone.
    pub(crate) zone: &'a str,
    /// Of the terminal, if there is one.
    pub(crate) width: Option<usize>,
    pub(crate) color: bool,
    pub(crate) unicode: bool,
    /// Since when the statement runs, if its duration is told.
    pub(crate) since: Option<Instant>,
}

/// Why writing ended early: nobody reads any more, or the query failed.
pub(crate) enum Stop {
    Io(std::io::Error),
    Query(Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Query(error)
    }
}

type Written = std::result::Result<(), Stop>;

/// Writes a result; formats that can write as rows come.
pub(crate) fn write(result: Rows<'_>, scene: &Scene<'_>, out: &mut dyn Write) -> Written {
    match scene.display.format {
        Format::Csv => delimited::write(result, scene, ',', out),
        Format::Tsv => delimited::write(result, scene, '\t', out),
        Format::Json => json::write(result, scene.zone, true, out),
        Format::Jsonl => json::write(result, scene.zone, false, out),
        Format::Markdown => markdown::write(result, scene, out),
        Format::Insert => insert::write(result, scene, out),
        Format::Line => vertical::write_lines(result, scene, out),
        Format::Table | Format::Ascii => write_table(result, scene, scene.display.rows_max, scene.width, out),
        Format::Box => write_table(result, scene, 0, None, out),
        Format::Vertical => {
            let gathered = Gathered::of(result, scene.zone, scene.display.rows_max)?;
            vertical::write(&gathered, scene, out)
        }
    }
}

fn write_table(
    result: Rows<'_>,
    scene: &Scene<'_>,
    rows_max: usize,
    width: Option<usize>,
    out: &mut dyn Write,
) -> Written {
    let gathered = Gathered::of(result, scene.zone, rows_max)?;
    if let Some(text) = gathered.prose() {
        writeln!(out, "{}", text.trim_end())?;
        return Ok(());
    }
    let grid = grid::Grid::new(&gathered, scene);
    let vertical = match scene.display.expanded {
        Expanded::Off => false,
        Expanded::On => true,
        Expanded::Auto => scene.width.is_some_and(|width| grid.is_wider_than(width)),
    };
    match vertical {
        true => vertical::write(&gathered, scene, out),
        false => Ok(grid.write(width, out)?),
    }
}

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
