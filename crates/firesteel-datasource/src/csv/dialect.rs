//! How a CSV file is written.

use firesteel_common::{Result, error};

use crate::options::{self, FileOptions};
use crate::rows::lines::RecordEnd;

/// Separators, quotes and what means NULL. The defaults are Spark's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dialect {
    pub(crate) separator: u8,
    pub(crate) quote: Option<u8>,
    pub(crate) escape: Option<u8>,
    /// Lines that begin with it are none.
    pub(crate) comment: Option<u8>,
    pub(crate) null: String,
    /// What `""` stands for.
    pub(crate) empty: String,
    pub(crate) trim_start: bool,
    pub(crate) trim_end: bool,
    pub(crate) header: bool,
    pub(crate) record_end: RecordEnd,
}

impl Dialect {
    pub(crate) fn of(options: &FileOptions) -> Result<Dialect> {
        check_encoding(options)?;
        let key = if options.get("sep").is_some() { "sep" } else { "delimiter" };
        let separator = options.byte(key, b',')?;
        let separator = separator.ok_or_else(|| options::invalid(key, "", "a separator cannot be empty"))?;
        Ok(Dialect {
            separator,
            quote: options.byte("quote", b'"')?,
            escape: options.byte("escape", b'\\')?,
            comment: options.get("comment").map_or(Ok(None), |_| options.byte("comment", b'#'))?,
            null: options.get("nullValue").unwrap_or("").to_owned(),
            empty: options.get("emptyValue").unwrap_or("").to_owned(),
            trim_start: options.flag("ignoreLeadingWhiteSpace", false)?,
            trim_end: options.flag("ignoreTrailingWhiteSpace", false)?,
            header: options.flag("header", false)?,
            record_end: record_end(options)?,
        })
    }

    /// Whether a line holds no record.
    pub(crate) fn is_blank(&self, line: &str) -> bool {
        line.trim().is_empty() || self.comment.is_some_and(|comment| line.as_bytes().first() == Some(&comment))
    }
}

/// `lineSep` as one byte, else lines.
pub(crate) fn record_end(options: &FileOptions) -> Result<RecordEnd> {
    Ok(match options.get("lineSep") {
        None | Some("\n" | "\\n" | "\r\n" | "\\r\\n") => RecordEnd::Line,
        Some("\r" | "\\r") => RecordEnd::Byte(b'\r'),
        Some(_) => options.byte("lineSep", b'\n')?.map_or(RecordEnd::Line, RecordEnd::Byte),
    })
}

pub(crate) fn check_encoding(options: &FileOptions) -> Result<()> {
    let given = options.get("encoding").or_else(|| options.get("charset")).unwrap_or("UTF-8");
    match given.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => Ok(()),
        _ => Err(error!(UNSUPPORTED_FEATURE, feature = format!("files in the encoding {given}: only UTF-8 is read"))),
    }
}
