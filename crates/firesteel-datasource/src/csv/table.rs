//! CSV files as a table.
//!
//! ```text
//! files ──sniff, if nothing was said──▶ dialect ──first record──▶ names ──inferSchema──▶ types        (or a schema that was given)
//! ```

use std::sync::Arc;

use firesteel_catalog::{Table, TableColumn};
use firesteel_common::{Result, SqlType, bail};

use super::dialect::Dialect;
use super::fields::{self, Field};
use super::infer::ColumnGuess;
use super::{FORMAT, ROWS, sniff};
use crate::options::FileOptions;
use crate::registry::FileRequest;
use crate::remote::Access;
use crate::rows::cells::CellFormats;
use crate::rows::mode::{Mode, SAMPLED};
use crate::rows::sample::{Sampled, each_record};
use crate::rows::table::{RowTable, RowTableParts, column};

/// From so many rows types are learned when nothing was said.
const SAMPLE_ROWS: usize = 20_480;

pub(crate) fn open(request: FileRequest) -> Result<Arc<dyn Table>> {
    let FileRequest { splits, partitions, mut options, schema, sniff, access } = request;
    if sniff {
        sniff::fill(&splits, &access, &mut options)?;
    }
    Mode::of(&options)?;
    let (record, row_bytes) = match schema {
        Some(given) => (given, None),
        None => {
            let (record, sampled) = learn(&splits, &access, &mut options, if sniff { SAMPLE_ROWS } else { 0 })?;
            (record, sampled.row_bytes())
        }
    };
    RowTable::of(RowTableParts { reader: FORMAT.name, splits, record, partitions, options, row_bytes })
}

/// Names from the first record, types from the sample.
fn learn(
    splits: &[firesteel_catalog::Split],
    access: &Arc<Access>,
    options: &mut FileOptions,
    sample_rows: usize,
) -> Result<(Vec<TableColumn>, Sampled)> {
    let dialect = Dialect::of(options)?;
    let formats = CellFormats::of(options);
    let infers = options.flag("inferSchema", false)?;
    let records_max = match options.number("sampleRows", sample_rows)? {
        _ if !infers => 100,
        0 => usize::MAX,
        rows => rows,
    };
    let mut names: Option<Vec<String>> = None;
    let mut guesses: Vec<ColumnGuess> = Vec::new();
    let (mut scratch, mut found) = (String::new(), Vec::new());
    let mut header_of_file = false;
    let sampled = each_record(splits, access, (ROWS.record_end)(options)?, records_max, |number, record| {
        header_of_file |= number == 0 && dialect.header;
        if dialect.is_blank(record) {
            return Ok(());
        }
        scratch.clear();
        found.clear();
        fields::split(record, (0, record.len()), &dialect, &mut scratch, |field| found.push(field));
        let text = |field: &Field| field_text(record, &scratch, *field, &dialect);
        if names.is_none() {
            let cells: Vec<Option<&str>> = found.iter().map(text).collect();
            names = Some(column_names(&cells, dialect.header));
            guesses.resize_with(found.len(), ColumnGuess::default);
        }
        if std::mem::take(&mut header_of_file) || !infers {
            return Ok(());
        }
        for (guess, field) in guesses.iter_mut().zip(&found) {
            if let Some(cell) = text(field) {
                guess.add(cell, &formats);
            }
        }
        Ok(())
    })?;
    let Some(names) = names else { bail!(UNABLE_TO_INFER_SCHEMA, format = "CSV") };
    if sampled.is_part && infers {
        // A later value may not fit: better an error than a silent NULL, unless somebody asked for that.
        options.set(SAMPLED, sampled.records.to_string());
        if options.get("mode").is_none() {
            options.set("mode", "FAILFAST");
        }
    }
    let types = guesses.iter().map(|guess| if infers { guess.data_type() } else { SqlType::STRING });
    Ok((names.iter().zip(types).map(|(name, data_type)| column(name, data_type)).collect(), sampled))
}

/// The text of a field; `None` when it is NULL.
pub(crate) fn field_text<'a>(record: &'a str, scratch: &'a str, field: Field, dialect: &'a Dialect) -> Option<&'a str> {
    let text = match field {
        Field::Plain(start, end) => &record[start as usize..end as usize],
        Field::Unescaped(start, end) => &scratch[start as usize..end as usize],
        Field::Empty => dialect.empty.as_str(),
        Field::Missing => return None,
    };
    (text != dialect.null).then_some(text)
}

/// `_c0`, `_c1`, … for what has no name; names that are there twice get their positions.
fn column_names(first: &[Option<&str>], header: bool) -> Vec<String> {
    let is_twice =
        |name: &str| first.iter().flatten().filter(|other| other.to_lowercase() == name.to_lowercase()).count() > 1;
    let name = |(at, cell): (usize, &Option<&str>)| match cell.filter(|_| header) {
        None => format!("_c{at}"),
        Some(name) if is_twice(name) => format!("{name}{at}"),
        Some(name) => name.to_owned(),
    };
    first.iter().enumerate().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Spark 4 names them.
    #[test]
    fn every_column_has_a_name_of_its_own() {
        let first = [Some("a"), Some("A"), None, Some("a")];
        assert_eq!(column_names(&first, true), ["a0", "A1", "_c2", "a3"]);
        assert_eq!(column_names(&first, false), ["_c0", "_c1", "_c2", "_c3"]);
    }
}
