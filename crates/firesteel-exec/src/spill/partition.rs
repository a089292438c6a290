//! Rows by parts of their keys' hash, a segment for each part.

use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use firesteel_common::Result;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::{PIECE_ROWS, Segment, SpillFile, SpillSpace};
use crate::metrics::OperatorMetrics;
use crate::pages::without_waste;

const BITS: u32 = 5;
/// So many partitions rows are cut into at once.
pub(crate) const PARTITIONS: usize = 1 << BITS;
/// Partitions of partitions go so deep.
pub(crate) const LEVELS: u32 = 6;
/// The lowest bits tag keys in hash tables, the highest place them.
const SHIFT: u32 = 12;

/// Segments by partition.
pub(crate) type Parts = Vec<Vec<Segment>>;

pub(crate) fn no_parts() -> Parts {
    (0..PARTITIONS).map(|_| Vec::new()).collect()
}

/// Writes rows by partition. One writer has one file.
pub(crate) struct PartitionWriter {
    level: u32,
    /// None before the first rows.
    file: Option<SpillFile>,
    parts: Parts,
}

impl PartitionWriter {
    pub(crate) fn new(level: u32) -> Self {
        Self { level, file: None, parts: no_parts() }
    }

    pub(crate) fn level(&self) -> u32 {
        self.level
    }

    pub(crate) fn write(
        &mut self,
        columns: &[ArrayRef],
        hashes: &[u64],
        space: &Arc<SpillSpace>,
        metrics: &Arc<OperatorMetrics>,
    ) -> Result<()> {
        let mut chosen: Vec<Vec<u32>> = vec![Vec::new(); PARTITIONS];
        for (row, hash) in hashes.iter().enumerate() {
            chosen[(hash >> (SHIFT + BITS * self.level)) as usize & (PARTITIONS - 1)].push(row as u32);
        }
        for (parts, chosen) in self.parts.iter_mut().zip(chosen).filter(|(_, chosen)| !chosen.is_empty()) {
            let file = match self.file.take() {
                Some(file) => file,
                None => SpillFile::create(space, metrics)?,
            };
            let mut writer = file.begin();
            for piece in chosen.chunks(PIECE_ROWS) {
                let rows = UInt32Array::from(piece.to_vec());
                let taken = columns.iter().map(|column| Ok(without_waste(arrow::compute::take(column, &rows, None)?)));
                writer = writer.write(taken.collect::<Result<_>>()?, piece.len())?;
            }
            let (file, segment) = writer.finish()?;
            self.file = Some(file);
            parts.push(segment);
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Parts {
        self.parts
    }
}

/// The batches of some segments, one after the other.
pub(crate) struct Frames {
    segments: std::vec::IntoIter<Segment>,
    current: Option<super::SegmentReader>,
}

impl Frames {
    pub(crate) fn new(segments: Vec<Segment>) -> Self {
        Self { segments: segments.into_iter(), current: None }
    }

    pub(crate) fn next(&mut self) -> Result<Option<Batch>> {
        loop {
            if let Some(frame) = self.current.as_mut().and_then(Iterator::next) {
                let frame = frame?;
                let columns = frame.columns().iter().map(|array| Column::Array(Arc::clone(array))).collect();
                return Ok(Some(Batch::new(columns, frame.num_rows())));
            }
            let Some(segment) = self.segments.next() else { return Ok(None) };
            self.current = Some(segment.read()?);
        }
    }
}
