//! A stream of batches into one Parquet file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, Schema as ArrowSchema, SchemaRef};
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Batch;
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use crate::listing;

/// A row group ends at this many bytes, encoded, whatever rows it has.
const GROUP_BYTES: usize = 64 << 20;

/// Writes one file; nothing is readable before [`ParquetWriter::finish`].
pub struct ParquetWriter {
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    path: PathBuf,
}

impl ParquetWriter {
    /// Creates the file, or empties it. Every column may hold NULL.
    pub fn create(path: &Path, columns: &[(String, SqlType)]) -> Result<Self> {
        Self::create_with(path, columns, Compression::SNAPPY)
    }

    pub(crate) fn create_with(path: &Path, columns: &[(String, SqlType)], compression: Compression) -> Result<Self> {
        let fields = columns.iter().map(|(name, data_type)| Field::new(name, data_type.to_arrow(), true));
        let schema = Arc::new(ArrowSchema::new(fields.collect::<Vec<_>>()));
        let file = File::create(path).map_err(|reason| failed(path, reason))?;
        let properties = WriterProperties::builder().set_compression(compression).build();
        // Readers go by the Parquet types, so the Arrow schema would only be in their way.
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, Arc::clone(&schema), options);
        Ok(Self { writer: writer.map_err(|reason| failed(path, reason))?, schema, path: path.to_owned() })
    }

    pub fn write(&mut self, batch: &Batch) -> Result<()> {
        let batch: RecordBatch = batch.to_record_batch(Arc::clone(&self.schema))?;
        self.writer.write(&batch).map_err(|reason| failed(&self.path, reason))
    }

    /// Rows as flat arrays of the canonical types.
    pub(crate) fn write_arrays(&mut self, columns: Vec<ArrayRef>) -> Result<()> {
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns)?;
        self.writer.write(&batch).map_err(|reason| failed(&self.path, reason))?;
        if self.writer.in_progress_size() > GROUP_BYTES {
            self.writer.flush().map_err(|reason| failed(&self.path, reason))?;
        }
        Ok(())
    }

    /// What is held of the row group that is not complete yet.
    pub(crate) fn memory_size(&self) -> usize {
        self.writer.memory_size()
    }

    /// Writes the footer; the length of the file.
    pub(crate) fn finish_bytes(mut self) -> Result<u64> {
        self.writer.finish().map_err(|reason| failed(&self.path, reason))?;
        Ok(self.writer.bytes_written() as u64)
    }

    /// Writes the footer; the number of rows written.
    pub fn finish(self) -> Result<u64> {
        let metadata = self.writer.close().map_err(|reason| failed(&self.path, reason))?;
        Ok(metadata.file_metadata().num_rows().max(0) as u64)
    }
}

fn failed(path: &Path, reason: impl ToString) -> Error {
    error!(CANNOT_WRITE_FILE, path = listing::display(&path.to_string_lossy()), reason = reason.to_string())
}
