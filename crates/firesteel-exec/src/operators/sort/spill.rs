//! Runs on disk: when memory is refused, what a worker finds sorted is merged into one segment.
//!
//! ```text
//! runs in memory ──merge──▶ pieces: columns, and the key as bytes ──▶ segment
//! segments, a piece of each in memory ──heap of keys──▶ rows in order          many segments: first to fewer, larger ones
//! ```

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Release};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arrow::array::{Array, ArrayRef, AsArray, BinaryArray, GenericByteBuilder};
use arrow::datatypes::BinaryType;
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::keys::prefix;
use super::merge;
use super::output::Place;
use super::run::Run;
use crate::contract::{FinalizeUnit, Source};
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::pages::{array_bytes, gather, without_waste};
use crate::query::QueryContext;
use crate::spill::{PIECE_ROWS, Segment, SegmentReader, SegmentWriter, SpillFile};
use crate::unit::{Units, unit};

/// So many segments are merged at once.
const FAN_IN: usize = 32;
/// About so large is a piece, unless rows are larger.
const PIECE_BYTES: usize = 256 << 10;

/// What is written and read of one sort.
pub(super) struct Disk {
    pub(super) query: Arc<QueryContext>,
    pub(super) metrics: Arc<OperatorMetrics>,
    pub(super) types: Arc<[SqlType]>,
    /// Each in order.
    segments: Mutex<Vec<Segment>>,
    is_used: AtomicBool,
}

impl Disk {
    pub(super) fn new(query: &Arc<QueryContext>, metrics: &Arc<OperatorMetrics>, types: &Arc<[SqlType]>) -> Arc<Self> {
        Arc::new(Self {
            query: Arc::clone(query),
            metrics: Arc::clone(metrics),
            types: Arc::clone(types),
            segments: Mutex::default(),
            is_used: AtomicBool::new(false),
        })
    }

    fn add(&self, segment: Segment) {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner).push(segment);
        self.is_used.store(true, Release);
    }

    /// Whether anything was written.
    pub(super) fn is_used(&self) -> bool {
        self.is_used.load(Acquire)
    }

    fn take(&self) -> Vec<Segment> {
        std::mem::take(&mut *self.segments.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn begin(&self) -> Result<SegmentWriter> {
        Ok(SpillFile::create(&self.query.spill, &self.metrics)?.begin())
    }

    /// With little memory pieces are small, so that it holds those of all that is merged at once.
    fn piece_rows(&self, row_bytes: usize) -> usize {
        let bytes = PIECE_BYTES.min(self.query.memory.limit() / (4 * FAN_IN));
        (bytes / row_bytes.max(1)).clamp(1, PIECE_ROWS)
    }
}

/// Sorted runs on their way to disk, as one.
pub(super) struct Spilling {
    runs: Vec<Run>,
    places: Vec<Place>,
    next: usize,
    piece_rows: usize,
    writer: SegmentWriter,
}

impl Spilling {
    pub(super) fn new(mut runs: Vec<Run>, disk: &Disk) -> Result<Self> {
        // Narrow decimals go as wide ones: of all segments a column has one type.
        let flat = |(column, data_type): (&ArrayRef, &SqlType)| {
            crate::keys::canonical(&Column::Array(Arc::clone(column)), data_type)
        };
        for run in &mut runs {
            run.columns = run.columns.iter().zip(disk.types.iter()).map(flat).collect::<Result<_>>()?;
        }
        let places = merge::merge(&runs, runs.iter().map(|run| 0..run.len()).collect());
        let bytes: usize = runs.iter().map(Run::bytes).sum();
        let piece_rows = disk.piece_rows(bytes / places.len().max(1));
        Ok(Self { runs, places, next: 0, piece_rows, writer: disk.begin()? })
    }

    /// Writes a piece; `None` when that was the last one.
    pub(super) fn step(mut self, disk: &Disk) -> Result<Option<Self>> {
        let end = self.places.len().min(self.next + self.piece_rows);
        let places = &self.places[self.next..end];
        if places.is_empty() {
            disk.add(self.writer.finish()?.1);
            return Ok(None);
        }
        let runs: Vec<_> = self.runs.iter().map(|run| run.columns.as_slice()).collect();
        let columns = gather(&runs, places.iter().map(|place| (place.run, place.row)))?;
        let keys = BinaryArray::from_iter_values(
            places.iter().map(|place| self.runs[place.run as usize].key_of_row(place.row)),
        );
        self.writer = self.writer.write(with_keys(columns, keys), places.len())?;
        self.next = end;
        Ok(Some(self))
    }
}

fn with_keys(columns: Vec<ArrayRef>, keys: BinaryArray) -> Vec<ArrayRef> {
    let mut columns: Vec<ArrayRef> = columns.into_iter().map(without_waste).collect();
    columns.push(Arc::new(keys));
    columns
}

/// A piece of a segment: its rows, their keys.
struct Piece {
    columns: Vec<ArrayRef>,
    keys: BinaryArray,
    bytes: usize,
}

impl Piece {
    fn key(&self, row: usize) -> &[u8] {
        self.keys.value(row)
    }
}

/// The next row of a segment. The heap gives the greatest, so that the order is turned round.
struct Head {
    prefix: u64,
    piece: Arc<Piece>,
    row: usize,
    /// The number of the segment, and of the piece among those that rows are taken from.
    segment: usize,
    place: u32,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = || self.piece.key(self.row).cmp(other.piece.key(other.row));
        self.prefix.cmp(&other.prefix).then_with(keys).reverse()
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

/// The rows of some segments in order.
struct SegmentMerge {
    readers: Vec<SegmentReader>,
    heads: BinaryHeap<Head>,
    /// Pieces that rows were taken from, or may be.
    pieces: Vec<Arc<Piece>>,
    memory: Reservation,
}

impl SegmentMerge {
    fn new(segments: &[Segment], disk: &Disk) -> Result<Self> {
        let readers = segments.iter().map(Segment::read).collect::<Result<_>>()?;
        let memory = disk.query.memory.reserve(format!("Sort merge of {:?}", disk.query.id));
        let mut merge = Self { readers, heads: BinaryHeap::new(), pieces: Vec::new(), memory };
        for segment in 0..merge.readers.len() {
            if let Some(head) = merge.load(segment)? {
                merge.heads.push(head);
            }
        }
        Ok(merge)
    }

    /// The first row of a segment's next piece.
    fn load(&mut self, segment: usize) -> Result<Option<Head>> {
        let Some(batch) = self.readers[segment].next().transpose()? else { return Ok(None) };
        let bytes = batch.columns().iter().map(array_bytes).sum();
        self.memory.grow(bytes)?;
        let mut columns = batch.columns().to_vec();
        let keys = columns.pop().ok_or_else(|| internal!("rows on disk without keys"))?;
        let piece = Arc::new(Piece { columns, keys: keys.as_binary::<i32>().clone(), bytes });
        self.pieces.push(Arc::clone(&piece));
        let place = self.pieces.len() as u32 - 1;
        Ok(Some(Head { prefix: prefix(piece.key(0)), piece, row: 0, segment, place }))
    }

    /// Up to `rows_max` rows, with their keys if these are wanted too; `None` at the end.
    fn next(
        &mut self,
        rows_max: usize,
        with_keys: bool,
    ) -> Result<Option<(Vec<ArrayRef>, Option<BinaryArray>, usize)>> {
        let mut places = Vec::with_capacity(rows_max);
        let mut keys = GenericByteBuilder::<BinaryType>::new();
        while places.len() < rows_max {
            let Some(mut head) = self.heads.pop() else { break };
            places.push((head.place, head.row as u32));
            if with_keys {
                keys.append_value(head.piece.key(head.row));
            }
            head.row += 1;
            if head.row < head.piece.keys.len() {
                head.prefix = prefix(head.piece.key(head.row));
                self.heads.push(head);
            } else if let Some(next) = self.load(head.segment)? {
                self.heads.push(next);
            }
        }
        if places.is_empty() {
            return Ok(None);
        }
        let pieces: Vec<_> = self.pieces.iter().map(|piece| piece.columns.as_slice()).collect();
        let rows = places.len();
        let columns = gather(&pieces, places.into_iter())?;
        self.forget();
        Ok(Some((columns, with_keys.then(|| keys.finish()), rows)))
    }

    /// Lets go of the pieces that no head is in.
    fn forget(&mut self) {
        let mut heads = std::mem::take(&mut self.heads).into_vec();
        self.pieces.clear();
        for head in &mut heads {
            head.place = self.pieces.len() as u32;
            self.pieces.push(Arc::clone(&head.piece));
        }
        self.heads = heads.into();
        self.memory.shrink(self.memory.size() - self.pieces.iter().map(|piece| piece.bytes).sum::<usize>());
    }
}

/// Few enough segments that they can be merged while they are read: the rest of the runs goes to disk, then groups of
/// segments become one each, in rounds.
pub(super) fn finalize(disk: &Arc<Disk>, runs: Vec<Run>) -> Result<Units> {
    match runs.is_empty() {
        true => Ok(round(disk)),
        false => {
            let spilling = Spilling::new(runs, disk)?;
            Ok(vec![go_on(Arc::clone(disk), spilling)])
        }
    }
}

fn go_on(disk: Arc<Disk>, spilling: Spilling) -> Box<dyn FinalizeUnit> {
    unit(move || {
        Ok(match spilling.step(&disk)? {
            Some(spilling) => vec![go_on(disk, spilling)],
            None => round(&disk),
        })
    })
}

fn round(disk: &Arc<Disk>) -> Units {
    let segments = disk.take();
    if segments.len() <= FAN_IN {
        segments.into_iter().for_each(|segment| disk.add(segment));
        return Vec::new();
    }
    let groups: Vec<Vec<Segment>> = segments.chunks(FAN_IN).map(<[Segment]>::to_vec).collect();
    let left = Arc::new(AtomicUsize::new(groups.len()));
    let one = |segments: Vec<Segment>| {
        let (disk, left) = (Arc::clone(disk), Arc::clone(&left));
        unit(move || {
            let merge = SegmentMerge::new(&segments, &disk)?;
            let writer = disk.begin()?;
            Ok(vec![merge_on(disk, merge, writer, left)])
        })
    };
    groups.into_iter().map(one).collect()
}

fn merge_on(
    disk: Arc<Disk>,
    mut merge: SegmentMerge,
    writer: SegmentWriter,
    left: Arc<AtomicUsize>,
) -> Box<dyn FinalizeUnit> {
    unit(move || {
        let rows =
            merge.pieces.first().map_or(PIECE_ROWS, |piece| disk.piece_rows(piece.bytes / piece.keys.len().max(1)));
        Ok(match merge.next(rows, true)? {
            Some((columns, Some(keys), rows)) => {
                let writer = writer.write(with_keys(columns, keys), rows)?;
                vec![merge_on(disk, merge, writer, left)]
            }
            _ => {
                disk.add(writer.finish()?.1);
                if left.fetch_sub(1, AcqRel) > 1 { Vec::new() } else { round(&disk) }
            }
        })
    })
}

/// Gives the rows of all segments in order, to the one worker that opens it.
pub(super) struct MergeSource {
    disk: Arc<Disk>,
    merge: Option<SegmentMerge>,
    segments: Vec<Segment>,
    given: u64,
}

impl MergeSource {
    pub(super) fn new(disk: &Arc<Disk>) -> Self {
        Self { disk: Arc::clone(disk), merge: None, segments: disk.take(), given: 0 }
    }

    fn next(&mut self) -> Result<Option<Batch>> {
        let merge = match &mut self.merge {
            Some(merge) => merge,
            None => self.merge.insert(SegmentMerge::new(&std::mem::take(&mut self.segments), &self.disk)?),
        };
        let Some((columns, _, rows)) = merge.next(self.disk.query.batch_rows, false)? else { return Ok(None) };
        let number = self.given;
        self.given += 1;
        Ok(Some(Batch::new(columns.into_iter().map(Column::Array).collect(), rows).with_morsel(number)))
    }
}

impl Source for MergeSource {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        Poll::Ready(self.next())
    }
}
