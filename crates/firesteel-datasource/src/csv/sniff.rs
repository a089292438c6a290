//! A file's dialect from its looks, for whoever names a file and nothing else.
//!
//! - A first line that begins with `#` is a comment, as are all that do.
//! - The separator is the one that cuts most of the first lines into equally many fields, more than one.
//! - The first record is a header if its fields are distinct names, and it differs from what follows: a column below holds
//!   something other than text, or none of its words comes again below it.

use std::sync::Arc;

use firesteel_catalog::Split;
use firesteel_common::Result;
use hashbrown::HashSet;

use super::dialect::Dialect;
use super::fields;
use super::infer::ColumnGuess;
use super::table::field_text;
use crate::options::FileOptions;
use crate::remote::Access;
use crate::rows::cells::CellFormats;
use crate::rows::sample::each_record;

const SEPARATORS: [(u8, &str); 4] = [(b',', ","), (b'\t', "\t"), (b';', ";"), (b'|', "|")];
/// Records looked at; types are learned from more.
const RECORDS: usize = 256;

/// Fills in what nobody has said.
pub(crate) fn fill(files: &[Split], access: &Arc<Access>, options: &mut FileOptions) -> Result<()> {
    let mut records = Vec::new();
    let record_end = (super::ROWS.record_end)(options)?;
    each_record(files.get(..1).unwrap_or(&[]), access, record_end, RECORDS, |_, record| {
        records.push(record.to_owned());
        Ok(())
    })?;
    if options.get("comment").is_none() && records.first().is_some_and(|first| first.starts_with('#')) {
        options.set("comment", "#");
    }
    if options.get("sep").is_none() && options.get("delimiter").is_none() {
        options.set("sep", separator(&records, options)?);
    }
    // Most of the world doubles quotes, where Spark writes a backslash.
    if options.get("escape").is_none() && !records.iter().any(|record| record.contains("\\\"")) {
        options.set("escape", "\"");
    }
    if options.get("header").is_none() {
        options.set("header", has_header(&records, options)?.to_string());
    }
    if options.get("inferSchema").is_none() {
        options.set("inferSchema", "true");
    }
    Ok(())
}

fn rows(records: &[String], dialect: &Dialect) -> Vec<Vec<Option<String>>> {
    let mut scratch = String::new();
    let mut row = |record: &String| {
        let mut cells = Vec::new();
        let mut found = Vec::new();
        fields::split(record, (0, record.len()), dialect, &mut scratch, |field| found.push(field));
        cells.extend(found.iter().map(|field| field_text(record, &scratch, *field, dialect).map(str::to_owned)));
        cells
    };
    records.iter().filter(|record| !dialect.is_blank(record)).map(&mut row).collect()
}

fn separator(records: &[String], options: &FileOptions) -> Result<&'static str> {
    let mut best = (0, 0, SEPARATORS[0].1);
    for (byte, text) in SEPARATORS {
        let dialect = Dialect { separator: byte, ..Dialect::of(options)? };
        let widths: Vec<usize> = rows(records, &dialect).iter().map(Vec::len).collect();
        let width = widths.first().copied().unwrap_or(1);
        let same = widths.iter().filter(|other| **other == width).count();
        if width > 1 && (same, width) > (best.0, best.1) {
            best = (same, width, text);
        }
    }
    Ok(best.2)
}

fn has_header(records: &[String], options: &FileOptions) -> Result<bool> {
    let rows = rows(records, &Dialect::of(options)?);
    let Some((first, below)) = rows.split_first() else { return Ok(false) };
    let names: Vec<&str> = first.iter().flatten().map(String::as_str).collect();
    let distinct: HashSet<String> = names.iter().map(|name| name.to_lowercase()).collect();
    if names.len() != first.len() || distinct.len() != names.len() || !names.iter().all(|name| is_name(name)) {
        return Ok(false);
    }
    let formats = CellFormats::of(options);
    let mut comes_again = false;
    for (at, name) in names.iter().enumerate() {
        let mut guess = ColumnGuess::default();
        for cell in below.iter().filter_map(|row| row.get(at)?.as_deref()) {
            guess.add(cell, &formats);
            comes_again |= cell == *name;
        }
        if !guess.is_text() {
            return Ok(true);
        }
    }
    Ok(!comes_again)
}

/// Something that a person would call a column: begins with a letter and is not too long.
fn is_name(text: &str) -> bool {
    text.len() <= 64 && text.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sniffed(text: &str) -> (String, bool) {
        let records: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut options = FileOptions::default();
        let found = separator(&records, &options).expect("a separator");
        options.set("sep", found);
        (found.to_owned(), has_header(&records, &options).expect("an answer"))
    }

    #[test]
    fn separators_and_headers() {
        assert_eq!(sniffed("id,name\n1,a\n2,b\n"), (",".to_owned(), true));
        assert_eq!(sniffed("1;a,b\n2;c,d,e\n"), (";".to_owned(), false));
        assert_eq!(sniffed("city\tcountry\nParis\tFrance\n"), ("\t".to_owned(), true));
        assert_eq!(sniffed("a|b\nb|a\na|c\n"), ("|".to_owned(), false));
        assert_eq!(sniffed("just text\nmore\n"), (",".to_owned(), true));
        assert_eq!(sniffed("x,x\n1,2\n"), (",".to_owned(), false));
        assert_eq!(sniffed("2024-01-01,5\n2024-01-02,6\n"), (",".to_owned(), false));
    }
}
