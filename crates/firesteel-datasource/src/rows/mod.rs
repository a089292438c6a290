//! Formats of rows in text: what CSV, JSON lines and plain text share, in reading order:
//!
//! - [`input`]: the bytes of a file or of a range of it, decompressed; [`lines`]: cut into records.
//! - [`mode`]: what becomes of records that are malformed.
//! - [`sample`]: what columns are learned from; [`table`]: files of rows as a table of the catalog; [`scan`]: its ranges handed out to workers.
//! - [`cells`]: texts as values of a column's type, where a cell may fail without failing the query.
//!
//! ```text
//! files ──ranges──▶ units ──input──▶ bytes ──lines──▶ records ──the format's parser──▶ columns + which rows are bad ──mode──▶ batch
//! ```
//! A format brings a [`RowParser`] and how to learn columns from a sample.

pub(crate) mod cells;
pub(crate) mod input;
pub(crate) mod lines;
pub(crate) mod mode;
pub(crate) mod sample;
pub(crate) mod scan;
pub(crate) mod table;

use arrow::array::ArrayRef;
use firesteel_common::Result;

use lines::Block;

/// Records as columns.
pub(crate) struct Parsed {
    /// The columns asked for, in that order.
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) rows: usize,
    /// Of each row that is malformed: its number, the record that it comes from, and why.
    pub(crate) bad: Vec<BadRow>,
}

pub(crate) struct BadRow {
    pub(crate) row: usize,
    pub(crate) record: usize,
}

/// Turns records into columns; belongs to one worker.
pub(crate) trait RowParser: Send {
    /// The first record of a file stands at the front of `block` if `starts_file`.
    fn parse(&mut self, block: &Block, starts_file: bool) -> Result<Parsed>;
}
