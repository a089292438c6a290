//! Rows on disk: when memory does not hold all rows, they go there by the hash of their partition, unsorted, and come back
//! part by part.
//!
//! ```text
//! rows of a worker, of finished runs ──by hash──▶ 32 parts ──one by one──▶ a run ──▶ the calls' columns ──▶ output
//!                                                   └─ still too large: by the next bits ──▶ 32 parts
//! ```
//! One window partition has to be in memory as a whole: a frame may reach over all of it.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arrow::array::ArrayRef;
use firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED;
use firesteel_common::{Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::run::{Keys, RunBuilder};
use super::{Shared, compute};
use crate::contract::{FinalizeUnit, Source};
use crate::hash::hash_columns;
use crate::keys::canonical;
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::pages::Slices;
use crate::spill::Segment;
use crate::spill::partition::{Frames, LEVELS, PartitionWriter, Parts};
use crate::steps::{Step, poll_source};
use crate::unit::{Units, unit};

/// What is on disk of one window operator.
pub(super) struct WindowDisk {
    metrics: Arc<OperatorMetrics>,
    is_used: AtomicBool,
    parts: Mutex<Vec<Part>>,
}

/// Rows of whole window partitions.
struct Part {
    level: u32,
    segments: Vec<Segment>,
}

impl WindowDisk {
    pub(super) fn new(metrics: &Arc<OperatorMetrics>) -> Self {
        Self { metrics: Arc::clone(metrics), is_used: AtomicBool::new(false), parts: Mutex::default() }
    }

    /// Whether rows are there, and in the end all of them.
    pub(super) fn is_used(&self) -> bool {
        self.is_used.load(Acquire)
    }

    fn add(&self, level: u32, written: Parts) {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        if level == 0 && !parts.is_empty() {
            // Of another worker.
            parts.iter_mut().zip(written).for_each(|(part, segments)| part.segments.extend(segments));
            return;
        }
        parts.extend(written.into_iter().map(|segments| Part { level, segments }));
    }

    fn take(&self) -> Option<Part> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Rows and the hashes of their partitions.
pub(super) struct Loose {
    pub(super) columns: Vec<ArrayRef>,
    pub(super) hashes: Vec<u64>,
    pub(super) _memory: Reservation,
}

/// Puts rows on disk, a run's at a time.
pub(super) struct Spiller {
    writer: PartitionWriter,
    waiting: Vec<Loose>,
    has_begun: bool,
}

impl Spiller {
    pub(super) fn new(level: u32) -> Self {
        Self { writer: PartitionWriter::new(level), waiting: Vec::new(), has_begun: false }
    }

    pub(super) fn begin(&mut self, rows: impl IntoIterator<Item = Loose>, disk: &WindowDisk) {
        disk.is_used.store(true, Release);
        self.has_begun = true;
        self.waiting.extend(rows);
    }

    pub(super) fn is_writing(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(super) fn step(&mut self, shared: &Shared) -> Result<()> {
        let Some(Loose { columns, hashes, _memory }) = self.waiting.pop() else { return Ok(()) };
        let flat =
            |(column, data_type): (&ArrayRef, &SqlType)| canonical(&Column::Array(Arc::clone(column)), data_type);
        let columns = columns.iter().zip(shared.types.iter()).map(flat).collect::<Result<Vec<_>>>()?;
        self.writer.write(&columns, &hashes, &shared.query.spill, &shared.disk.metrics)
    }

    /// All rows are written.
    pub(super) fn finish(self, shared: &Shared) {
        if self.has_begun {
            shared.disk.add(self.writer.level(), self.writer.finish());
        }
    }
}

/// Writes what a worker left in memory.
pub(super) fn finalize(shared: &Arc<Shared>, rows: Vec<Loose>) -> Units {
    let mut spiller = Spiller::new(0);
    spiller.begin(rows, &shared.disk);
    vec![go_on(Arc::clone(shared), spiller)]
}

fn go_on(shared: Arc<Shared>, mut spiller: Spiller) -> Box<dyn FinalizeUnit> {
    unit(move || {
        if spiller.is_writing() {
            spiller.step(&shared)?;
            return Ok(vec![go_on(shared, spiller)]);
        }
        spiller.finish(&shared);
        Ok(Vec::new())
    })
}

/// Computes parts that no other worker has taken.
pub(super) struct DiskSource {
    shared: Arc<Shared>,
    keys: Keys,
    state: State,
}

enum State {
    Idle,
    Loading { level: u32, segments: Vec<Segment>, frames: Frames, building: RunBuilder },
    Giving(Slices),
    Cutting { frames: Frames, spiller: Spiller },
}

impl DiskSource {
    pub(super) fn new(shared: &Arc<Shared>) -> Result<Self> {
        Ok(Self { shared: Arc::clone(shared), keys: shared.keys()?, state: State::Idle })
    }

    /// At most a frame is read, a part computed, or a batch given.
    fn step(&mut self) -> Result<Step> {
        let shared = &self.shared;
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => match shared.disk.take() {
                None => return Ok(Step::End),
                Some(Part { level, segments }) => State::Loading {
                    level,
                    frames: Frames::new(segments.clone()),
                    segments,
                    building: shared.building(&self.keys),
                },
            },
            State::Loading { level, segments, mut frames, mut building } => match frames.next()? {
                Some(frame) => match building.add(&mut self.keys, frame)? {
                    true => State::Loading { level, segments, frames, building },
                    false => self.cutting(level, segments, building)?,
                },
                None if building.rows() == 0 => State::Idle,
                None => match building.sort().and_then(|run| compute(shared, &[run], 0, 0)) {
                    Ok(None) => State::Idle,
                    Ok(Some((batch, memory))) => State::Giving(Slices::new(batch, memory)),
                    Err(error) if error.is(&MEMORY_LIMIT_EXCEEDED) && level + 1 < LEVELS => Self::cut(level, segments),
                    Err(error) => return Err(error),
                },
            },
            State::Cutting { mut frames, mut spiller } => {
                if spiller.is_writing() {
                    spiller.step(shared)?;
                    State::Cutting { frames, spiller }
                } else if let Some(frame) = frames.next()? {
                    let rows = self.loose(frame)?;
                    spiller.begin([rows], &self.shared.disk);
                    State::Cutting { frames, spiller }
                } else {
                    spiller.finish(shared);
                    State::Idle
                }
            }
            State::Giving(mut rows) => match rows.next(shared.query.batch_rows) {
                Some(batch) => {
                    self.state = State::Giving(rows);
                    return Ok(Step::Batch(batch));
                }
                None => State::Idle,
            },
        };
        Ok(Step::More)
    }

    fn cutting(&self, level: u32, segments: Vec<Segment>, building: RunBuilder) -> Result<State> {
        match level + 1 < LEVELS {
            true => Ok(Self::cut(level, segments)),
            false => Err(building.refusal()),
        }
    }

    /// All that was read is read again: what is on disk is the part as a whole.
    fn cut(level: u32, segments: Vec<Segment>) -> State {
        State::Cutting { frames: Frames::new(segments), spiller: Spiller::new(level + 1) }
    }

    fn loose(&mut self, frame: Batch) -> Result<Loose> {
        let shared = &self.shared;
        let (keys, types) = self.keys.partition_columns(&frame)?;
        let mut hashes = Vec::new();
        hash_columns(&keys.iter().zip(types).collect::<Vec<_>>(), frame.rows(), &mut hashes)?;
        let columns = frame.columns.iter().map(Column::flat).collect::<Result<_>>()?;
        Ok(Loose { columns, hashes, _memory: shared.query.memory.reserve("Window on its way to disk") })
    }
}

impl Source for DiskSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        poll_source(self.step(), cx)
    }
}
