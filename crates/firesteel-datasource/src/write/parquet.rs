//! One Parquet file.

use std::path::Path;
use std::sync::Arc;

use arrow::array::ArrayRef;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::EvalContext;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};

use super::{Column, FileWriter, WriteFormat};
use crate::options::FileOptions;
use crate::parquet::ParquetWriter;

pub(crate) const FORMAT: WriteFormat = WriteFormat { suffix, check, create };

/// The compression and what file names get from it.
fn codec(options: &FileOptions) -> Result<(Compression, &'static str)> {
    let name = options.get("compression").or_else(|| options.get("parquet.compression")).unwrap_or("snappy");
    Ok(match name.to_ascii_lowercase().as_str() {
        "none" | "uncompressed" => (Compression::UNCOMPRESSED, ""),
        "snappy" => (Compression::SNAPPY, ".snappy"),
        "gzip" => (Compression::GZIP(GzipLevel::default()), ".gz"),
        "lz4" | "lz4_raw" => (Compression::LZ4_RAW, ".lz4raw"),
        "zstd" => (Compression::ZSTD(ZstdLevel::default()), ".zstd"),
        _ => bail!(
            CODEC_NOT_AVAILABLE,
            codecName = name,
            availableCodecs = "uncompressed, snappy, gzip, lz4_raw, zstd, none"
        ),
    })
}

fn suffix(options: &FileOptions) -> Result<String> {
    Ok(format!("{}.parquet", codec(options)?.1))
}

fn check(columns: &[Column]) -> Result<()> {
    let is_unknown = |data_type: &SqlType| {
        matches!(
            data_type,
            SqlType::Void
                | SqlType::CalendarInterval
                | SqlType::Variant
                | SqlType::DayTimeInterval(..)
                | SqlType::YearMonthInterval(..)
        )
    };
    match columns.iter().find(|(_, data_type)| is_unknown(data_type)) {
        Some((_, data_type)) => {
            bail!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "Parquet", columnType = data_type.quoted_sql())
        }
        None => Ok(()),
    }
}

fn create(path: &Path, columns: &[Column], options: &FileOptions, _: &Arc<EvalContext>) -> Result<Box<dyn FileWriter>> {
    let columns: Vec<(String, SqlType)> = columns.iter().map(|(name, t)| (name.to_string(), t.clone())).collect();
    Ok(Box::new(ParquetWriter::create_with(path, &columns, codec(options)?.0)?))
}

impl FileWriter for ParquetWriter {
    fn write(&mut self, columns: &[ArrayRef], _rows: usize) -> Result<()> {
        self.write_arrays(columns.to_vec())
    }

    fn bytes_held(&self) -> usize {
        self.memory_size()
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        self.finish_bytes()
    }
}
