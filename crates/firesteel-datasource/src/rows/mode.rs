//! What becomes of malformed records: kept with NULLs, dropped, or the query fails.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, StringViewArray};
use arrow::compute::filter;
use firesteel_common::{Error, Result, error};

use super::Parsed;
use super::lines::Block;
use crate::listing;
use crate::options::{self, FileOptions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Permissive,
    DropMalformed,
    FailFast,
}

impl Mode {
    /// An unknown word counts as PERMISSIVE in Spark; here it is refused.
    pub(crate) fn of(file_options: &FileOptions) -> Result<Mode> {
        match file_options.get("mode").map(str::to_uppercase).as_deref() {
            None | Some("PERMISSIVE") => Ok(Mode::Permissive),
            Some("DROPMALFORMED") => Ok(Mode::DropMalformed),
            Some("FAILFAST") => Ok(Mode::FailFast),
            Some(other) => Err(options::invalid("mode", other, "PERMISSIVE, DROPMALFORMED or FAILFAST is expected")),
        }
    }
}

/// The option that says that types were learned from so many rows only.
pub(crate) const SAMPLED: &str = "sampledRows";

/// The name of the column that takes malformed records.
pub(crate) fn corrupt_column(options: &FileOptions) -> String {
    options.get("columnNameOfCorruptRecord").unwrap_or("_corrupt_record").to_owned()
}

/// Rows that stay, and if asked for the column of malformed records.
pub(crate) struct Settled {
    pub(crate) columns: Vec<ArrayRef>,
    pub(crate) rows: usize,
    pub(crate) corrupt: Option<ArrayRef>,
}

pub(crate) fn settle(
    parsed: Parsed,
    block: &Block,
    mode: Mode,
    wants_corrupt: bool,
    path: &str,
    options: &FileOptions,
) -> Result<Settled> {
    let Parsed { columns, rows, bad } = parsed;
    match (mode, bad.first()) {
        (Mode::FailFast, Some(first)) => Err(malformed(block.record(first.record), path, options)),
        (Mode::DropMalformed, Some(_)) => {
            let mut good = vec![true; rows];
            bad.iter().for_each(|bad| good[bad.row] = false);
            let good = BooleanArray::from(good);
            let columns = columns.iter().map(|column| filter(column, &good)).collect::<Result<_, _>>()?;
            let rows = good.true_count();
            Ok(Settled {
                columns,
                rows,
                corrupt: wants_corrupt.then(|| Arc::new(StringViewArray::new_null(rows)) as _),
            })
        }
        _ => {
            let corrupt = || {
                let mut records = vec![None; rows];
                bad.iter().for_each(|bad| records[bad.row] = Some(block.record(bad.record)));
                Arc::new(super::cells::texts(records.into_iter())) as ArrayRef
            };
            Ok(Settled { columns, rows, corrupt: wants_corrupt.then(corrupt) })
        }
    }
}

fn malformed(record: &str, path: &str, options: &FileOptions) -> Error {
    let error = error!(MALFORMED_RECORD_IN_PARSING, badRecord = shortened(record), failFastMode = "FAILFAST");
    match options.get(SAMPLED) {
        Some(rows) => error.hint(format!(
            "Column types were learned from the first {rows} rows of {}. Give them (schema => 'a INT, …'), learn from all \
             rows (sampleRows => 0), or read text (inferSchema => false).",
            listing::display(path)
        )),
        None => error.hint(format!("The record is in {}.", listing::display(path))),
    }
}

fn shortened(record: &str) -> String {
    const SHOWN: usize = 200;
    match record.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &record[..end]),
        None => record.to_owned(),
    }
}
