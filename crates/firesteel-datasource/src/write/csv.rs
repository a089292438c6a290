//! One CSV file.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, StringViewArray};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::EvalContext;

use super::texts::Texts;
use super::{Column, FileWriter, TextFile, WriteFormat};
use crate::csv::dialect::Dialect;
use crate::options::FileOptions;

pub(crate) const FORMAT: WriteFormat =
    WriteFormat { suffix: |options| super::text_suffix("csv", options), check, create };

fn check(columns: &[Column]) -> Result<()> {
    match columns.iter().find(|(_, data_type)| data_type.is_nested() || *data_type == SqlType::Variant) {
        Some((_, data_type)) => {
            bail!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "CSV", columnType = data_type.quoted_sql())
        }
        None => Ok(()),
    }
}

struct CsvFile {
    file: TextFile,
    dialect: Dialect,
    quote_all: bool,
    texts: Vec<Texts>,
    lines: String,
}

fn create(
    path: &Path,
    columns: &[Column],
    options: &FileOptions,
    context: &Arc<EvalContext>,
) -> Result<Box<dyn FileWriter>> {
    let mut dialect = Dialect::of(options)?;
    // Other defaults than for reading.
    dialect.trim_start = options.flag("ignoreLeadingWhiteSpace", true)?;
    dialect.trim_end = options.flag("ignoreTrailingWhiteSpace", true)?;
    dialect.empty = options.get("emptyValue").unwrap_or("\"\"").to_owned();
    let mut csv = CsvFile {
        file: TextFile::create(path, options)?,
        quote_all: options.flag("quoteAll", false)?,
        texts: columns.iter().map(|(_, t)| Texts::of_file(t, options, context)).collect::<Result<_>>()?,
        lines: String::new(),
        dialect,
    };
    if csv.dialect.header {
        let names: Vec<Option<&str>> = columns.iter().map(|(name, _)| Some(name.as_ref())).collect();
        csv.line(&names);
        csv.file.write(&std::mem::take(&mut csv.lines))?;
    }
    Ok(Box::new(csv))
}

impl CsvFile {
    fn line(&mut self, cells: &[Option<&str>]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.lines.push(self.dialect.separator.into());
            }
            match cell {
                None if self.quote_all && !self.dialect.null.is_empty() => self.quoted(&self.dialect.null.clone()),
                None => self.lines.push_str(&self.dialect.null),
                Some("") => self.lines.push_str(&self.dialect.empty),
                Some(text) => self.cell(text),
            }
        }
        self.lines.push('\n');
    }

    fn cell(&mut self, text: &str) {
        let text = if self.dialect.trim_start { text.trim_start_matches([' ', '\t']) } else { text };
        let text = if self.dialect.trim_end { text.trim_end_matches([' ', '\t']) } else { text };
        let special = |byte: u8| {
            byte == self.dialect.separator || Some(byte) == self.dialect.quote || matches!(byte, b'\n' | b'\r')
        };
        let like_comment = self.dialect.comment.is_some_and(|comment| text.as_bytes().first() == Some(&comment));
        match self.quote_all || like_comment || text.bytes().any(special) {
            true => self.quoted(text),
            false => self.lines.push_str(text),
        }
    }

    fn quoted(&mut self, text: &str) {
        let Some(quote) = self.dialect.quote.map(char::from) else {
            self.lines.push_str(text);
            return;
        };
        let escape = self.dialect.escape.map_or(quote, char::from);
        self.lines.push(quote);
        for c in text.chars() {
            if c == quote || c == escape {
                self.lines.push(escape);
            }
            self.lines.push(c);
        }
        self.lines.push(quote);
    }
}

impl FileWriter for CsvFile {
    fn write(&mut self, columns: &[ArrayRef], rows: usize) -> Result<()> {
        let pairs = self.texts.iter_mut().zip(columns);
        let columns: Vec<StringViewArray> = pairs.map(|(texts, column)| texts.of(column)).collect::<Result<_>>()?;
        for row in 0..rows {
            let cells: Vec<Option<&str>> =
                columns.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect();
            self.line(&cells);
        }
        self.file.write(&self.lines)?;
        self.lines.clear();
        Ok(())
    }

    fn bytes_held(&self) -> usize {
        self.lines.capacity()
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        self.file.finish()
    }
}
