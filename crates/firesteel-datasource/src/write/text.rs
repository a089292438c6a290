//! One file of plain text: the one column, a line per row.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray};
use firesteel_common::{Result, bail};
use firesteel_expr::EvalContext;

use super::{Column, FileWriter, TextFile, WriteFormat};
use crate::options::FileOptions;

pub(crate) const FORMAT: WriteFormat =
    WriteFormat { suffix: |options| super::text_suffix("txt", options), check, create };

fn check(columns: &[Column]) -> Result<()> {
    match columns {
        [(_, data_type)] if data_type.is_string() => Ok(()),
        [(_, data_type)] => {
            bail!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "Text", columnType = data_type.quoted_sql())
        }
        _ => bail!(UNSUPPORTED_FEATURE, feature = format!("text files of {} columns: they have one", columns.len())),
    }
}

struct Lines {
    file: TextFile,
    end: String,
    lines: String,
}

fn create(path: &Path, _: &[Column], options: &FileOptions, _: &Arc<EvalContext>) -> Result<Box<dyn FileWriter>> {
    let end = options.get("lineSep").unwrap_or("\n").to_owned();
    Ok(Box::new(Lines { file: TextFile::create(path, options)?, end, lines: String::new() }))
}

impl FileWriter for Lines {
    fn write(&mut self, columns: &[ArrayRef], _rows: usize) -> Result<()> {
        for text in columns.iter().flat_map(|column| column.as_string_view()) {
            self.lines.push_str(text.unwrap_or_default());
            self.lines.push_str(&self.end);
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
