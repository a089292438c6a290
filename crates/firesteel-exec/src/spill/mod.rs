//! Rows on disk, for who would hold more than memory has.
//!
//! ```text
//! batches ──SegmentWriter──▶ segment: an Arrow IPC stream in an LZ4 frame with checksums ──SegmentReader──▶ batches
//! SpillFile: segment │ segment │ segment │ …          written one after the other, read in any order, by several at once
//! ```
//! A file has no name: the system takes it back with its last handle, even that of a process that was killed. Reads and
//! writes block for pieces of at most [`PIECE_ROWS`] rows.

pub(crate) mod partition;
mod segment;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::sync::Arc;

use firesteel_common::{Error, Result, error};

use crate::metrics::OperatorMetrics;

pub(crate) use segment::{Segment, SegmentReader, SegmentWriter};

/// So many rows are written, and come back, at once.
pub(crate) const PIECE_ROWS: usize = 4096;

/// Where queries put what memory does not hold, and when.
#[derive(Debug, Clone)]
pub struct SpillSpace {
    /// A folder on a disk with room.
    pub folder: PathBuf,
    /// An operator that holds more than so many bytes puts them on disk even if there is memory. Small in tests only.
    pub operator_bytes_max: usize,
}

impl Default for SpillSpace {
    /// The system's folder for temporary files, and only when memory is refused.
    fn default() -> Self {
        Self { folder: std::env::temp_dir(), operator_bytes_max: usize::MAX }
    }
}

impl SpillSpace {
    /// That rows could not be put there or got back.
    fn failure(&self, reason: impl ToString) -> Error {
        error!(SPILL_FAILED, folder = self.folder.display().to_string(), reason = reason.to_string())
    }
}

/// A file that grows by segments. One writer at a time, any number of readers of what is written.
pub(crate) struct SpillFile {
    file: Arc<File>,
    end: u64,
    space: Arc<SpillSpace>,
    metrics: Arc<OperatorMetrics>,
}

impl SpillFile {
    /// Bytes that are written count in `metrics`.
    pub(crate) fn create(space: &Arc<SpillSpace>, metrics: &Arc<OperatorMetrics>) -> Result<Self> {
        let file = tempfile::tempfile_in(&space.folder).map_err(|reason| space.failure(reason))?;
        Ok(Self { file: Arc::new(file), end: 0, space: Arc::clone(space), metrics: Arc::clone(metrics) })
    }

    /// Begins a segment behind those that there are.
    pub(crate) fn begin(self) -> SegmentWriter {
        SegmentWriter::new(self)
    }
}

/// The end of a file, to be written to.
struct Tail(SpillFile);

impl io::Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.file.write_all_at(bytes, self.0.end)?;
        self.0.end += bytes.len() as u64;
        self.0.metrics.add_spilled(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A part of a file, to be read.
struct Range {
    file: Arc<File>,
    at: u64,
    end: u64,
}

impl io::Read for Range {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(&mut buffer[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
