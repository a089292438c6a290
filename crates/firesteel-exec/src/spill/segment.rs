//! Segments of a spill file.

use std::io::BufReader;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use firesteel_common::Result;
use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};

use super::{Range, SpillFile, SpillSpace, Tail};

/// What is read from a file at once.
const READ_BYTES: usize = 64 << 10;

/// Writes one segment. All batches have the same columns, of the same Arrow types.
pub(crate) struct SegmentWriter {
    state: State,
    start: u64,
    space: Arc<SpillSpace>,
}

enum State {
    /// Nothing is written yet, and nobody knows of which types.
    Empty(SpillFile),
    Open(Box<StreamWriter<FrameEncoder<Tail>>>, SchemaRef),
}

impl SegmentWriter {
    pub(super) fn new(file: SpillFile) -> Self {
        Self { start: file.end, space: Arc::clone(&file.space), state: State::Empty(file) }
    }

    /// Writes rows; views should keep no more text alive than they show.
    pub(crate) fn write(self, columns: Vec<ArrayRef>, rows: usize) -> Result<Self> {
        let Self { state, start, space } = self;
        let failure = |reason| space.failure(reason);
        let (mut writer, schema) = match state {
            State::Open(writer, schema) => (writer, schema),
            State::Empty(file) => {
                let field =
                    |(at, column): (usize, &ArrayRef)| Field::new(at.to_string(), column.data_type().clone(), true);
                let schema = Arc::new(Schema::new(columns.iter().enumerate().map(field).collect::<Vec<_>>()));
                let frame = FrameInfo::new()
                    .block_size(BlockSize::Max64KB)
                    .block_mode(BlockMode::Independent)
                    .block_checksums(true);
                let frame = FrameEncoder::with_frame_info(frame, Tail(file));
                (Box::new(StreamWriter::try_new(frame, &schema).map_err(failure)?), schema)
            }
        };
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), columns, &options)?;
        writer.write(&batch).map_err(failure)?;
        Ok(Self { state: State::Open(writer, schema), start, space })
    }

    /// The file, for the next segment, and this one.
    pub(crate) fn finish(self) -> Result<(SpillFile, Segment)> {
        let file = match self.state {
            State::Empty(file) => file,
            State::Open(writer, _) => {
                let frame = writer.into_inner().map_err(|reason| self.space.failure(reason))?;
                frame.finish().map_err(|reason| self.space.failure(reason))?.0
            }
        };
        let segment =
            Segment { file: Arc::clone(&file.file), start: self.start, end: file.end, space: Arc::clone(&self.space) };
        Ok((file, segment))
    }
}

/// Rows on disk, whole: a few bytes in memory.
#[derive(Clone)]
pub(crate) struct Segment {
    file: Arc<std::fs::File>,
    start: u64,
    end: u64,
    space: Arc<SpillSpace>,
}

impl Segment {
    pub(crate) fn read(&self) -> Result<SegmentReader> {
        if self.start == self.end {
            return Ok(SegmentReader { stream: None, space: Arc::clone(&self.space) });
        }
        let range = Range { file: Arc::clone(&self.file), at: self.start, end: self.end };
        let frame = FrameDecoder::new(BufReader::with_capacity(READ_BYTES, range));
        let stream = StreamReader::try_new(frame, None).map_err(|reason| self.space.failure(reason))?;
        Ok(SegmentReader { stream: Some(Box::new(stream)), space: Arc::clone(&self.space) })
    }
}

/// The batches of a segment as they were written.
pub(crate) struct SegmentReader {
    stream: Option<Box<StreamReader<FrameDecoder<BufReader<Range>>>>>,
    space: Arc<SpillSpace>,
}

impl Iterator for SegmentReader {
    type Item = Result<RecordBatch>;

    fn next(&mut self) -> Option<Result<RecordBatch>> {
        let next = self.stream.as_mut()?.next()?;
        Some(next.map_err(|reason| self.space.failure(reason)))
    }
}
