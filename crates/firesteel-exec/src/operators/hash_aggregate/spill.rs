//! Groups on disk. Who is refused memory writes its groups by partition and begins anew; a partition comes back as a whole.
//!
//! ```text
//! groups ──by partition──▶ parts: a segment of keys and states, and one of each DISTINCT set
//! parts of one partition, of all workers ──frame by frame──▶ groups ──finish──▶ rows
//!                             └─ still too large: what is read and what is left, by the next bits ──▶ 32 partitions
//! ```

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use arrow::array::{ArrayRef, Int32Array, RecordBatch, UInt32Array};
use firesteel_common::{Result, internal};
use firesteel_expr::batch::Batch;

use super::Shared;
use super::partition::{LEVELS, PARTITIONS, Partitioned};
use super::update::{Exported, Groups, split_set};
use crate::contract::Source;
use crate::pages::{Slices, without_waste};
use crate::spill::{PIECE_ROWS, Segment, SegmentReader, SpillFile};
use crate::steps::{Step, poll_source};

/// Some groups of a partition, on disk.
pub(super) struct Part {
    groups: Segment,
    /// Frame by frame those of `groups`; numbers count within a frame.
    sets: Vec<Segment>,
    /// How many columns each call's state has.
    widths: Arc<[usize]>,
}

/// Groups that have one partition, at a level.
pub(super) struct Partition {
    level: u32,
    parts: Vec<Part>,
}

/// The partitions that nobody has read yet.
#[derive(Default)]
pub(super) struct Partitions(Mutex<Vec<Partition>>);

impl Partitions {
    /// Adds what one worker has written, by partition.
    pub(super) fn add(&self, level: u32, written: Vec<Vec<Part>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match level {
            // Of all workers.
            0 => {
                if all.is_empty() {
                    all.extend((0..PARTITIONS).map(|_| Partition { level, parts: Vec::new() }));
                }
                all.iter_mut().zip(written).for_each(|(partition, parts)| partition.parts.extend(parts));
            }
            _ => all.extend(written.into_iter().map(|parts| Partition { level, parts })),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn take(&self) -> Option<Partition> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Puts groups on disk, a partition at a time.
pub(super) struct Spiller {
    level: u32,
    /// None before the first groups.
    file: Option<SpillFile>,
    written: Vec<Vec<Part>>,
    /// What is being written, and the partition that is next.
    writing: Option<(Partitioned, usize)>,
}

impl Spiller {
    pub(super) fn new(level: u32) -> Self {
        Self { level, file: None, written: (0..PARTITIONS).map(|_| Vec::new()).collect(), writing: None }
    }

    pub(super) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// Whether anything was given to it.
    pub(super) fn has_begun(&self) -> bool {
        self.file.is_some() || self.is_writing()
    }

    /// Takes groups, when it is not writing.
    pub(super) fn begin(&mut self, exported: Exported, shared: &Shared) -> Result<()> {
        self.writing = Some((Partitioned::new(exported, &shared.key_types, self.level)?, 0));
        Ok(())
    }

    /// Writes the next partition of what was taken.
    pub(super) fn step(&mut self, shared: &Shared) -> Result<()> {
        let Some((groups, at)) = &mut self.writing else { return Ok(()) };
        let chosen = &groups.partitions[*at];
        if !chosen.is_empty() {
            let file = match self.file.take() {
                Some(file) => file,
                None => SpillFile::create(&shared.query.spill, &shared.metrics)?,
            };
            let (file, part) = write(file, &groups.exported, chosen)?;
            self.file = Some(file);
            self.written[*at].push(part);
        }
        *at += 1;
        if *at == PARTITIONS {
            self.writing = None;
        }
        Ok(())
    }

    /// All parts, by partition.
    pub(super) fn finish(self) -> Vec<Vec<Part>> {
        self.written
    }
}

fn take(array: &ArrayRef, rows: &UInt32Array) -> Result<ArrayRef> {
    Ok(without_waste(arrow::compute::take(array, rows, None)?))
}

/// The groups numbered `chosen`, frames of them at a time.
fn write(file: SpillFile, exported: &Exported, chosen: &UInt32Array) -> Result<(SpillFile, Part)> {
    let frames: Vec<UInt32Array> = (0..chosen.len())
        .step_by(PIECE_ROWS)
        .map(|start| chosen.slice(start, PIECE_ROWS.min(chosen.len() - start)))
        .collect();
    let mut writer = file.begin();
    for frame in &frames {
        let columns = exported.keys.iter().chain(exported.states.iter().flatten()).map(|column| take(column, frame));
        writer = writer.write(columns.collect::<Result<_>>()?, frame.len())?;
    }
    let (mut file, groups) = writer.finish()?;
    let mut sets = Vec::with_capacity(exported.sets.len());
    for entries in &exported.sets {
        let (next, segment) = write_set(file, entries, exported.groups, &frames)?;
        file = next;
        sets.push(segment);
    }
    let widths = exported.states.iter().map(Vec::len).collect();
    Ok((file, Part { groups, sets, widths }))
}

/// The entries of each frame's groups, which are numbered within the frame.
fn write_set(
    file: SpillFile,
    entries: &[ArrayRef],
    groups: usize,
    frames: &[UInt32Array],
) -> Result<(SpillFile, Segment)> {
    let (numbers, args) = split_set(entries)?;
    const ELSEWHERE: (u32, i32) = (u32::MAX, 0);
    let mut places = vec![ELSEWHERE; groups];
    for (frame, chosen) in frames.iter().enumerate() {
        for (at, group) in chosen.values().iter().enumerate() {
            places[*group as usize] = (frame as u32, at as i32);
        }
    }
    let mut rows: Vec<(Vec<u32>, Vec<i32>)> = vec![Default::default(); frames.len()];
    for (row, number) in numbers.into_iter().enumerate() {
        let (frame, at) = places[number];
        if let Some((rows, numbers)) = rows.get_mut(frame as usize) {
            rows.push(row as u32);
            numbers.push(at);
        }
    }
    let mut writer = file.begin();
    for (rows, numbers) in rows {
        let rows = UInt32Array::from(rows);
        let numbers: ArrayRef = Arc::new(Int32Array::from(numbers));
        let args = args.iter().map(|arg| take(arg, &rows));
        writer = writer.write(std::iter::once(Ok(numbers)).chain(args).collect::<Result<_>>()?, rows.len())?;
    }
    writer.finish()
}

/// The frames of some parts, one after the other.
struct Frames {
    parts: std::vec::IntoIter<Part>,
    current: Option<(SegmentReader, Vec<SegmentReader>, Arc<[usize]>)>,
}

impl Frames {
    fn new(parts: Vec<Part>) -> Self {
        Self { parts: parts.into_iter(), current: None }
    }

    fn next(&mut self, keys: usize) -> Result<Option<Exported>> {
        loop {
            if let Some((groups, sets, widths)) = &mut self.current {
                if let Some(frame) = groups.next() {
                    return exported(&frame?, sets, keys, widths).map(Some);
                }
                self.current = None;
            }
            let Some(part) = self.parts.next() else { return Ok(None) };
            let sets = part.sets.iter().map(Segment::read).collect::<Result<_>>()?;
            self.current = Some((part.groups.read()?, sets, part.widths));
        }
    }
}

fn exported(frame: &RecordBatch, sets: &mut [SegmentReader], keys: usize, widths: &[usize]) -> Result<Exported> {
    let mut columns = frame.columns().iter().cloned();
    let keys = columns.by_ref().take(keys).collect();
    let states = widths.iter().map(|width| columns.by_ref().take(*width).collect()).collect();
    let set = |reader: &mut SegmentReader| {
        let entries = reader.next().ok_or_else(|| internal!("a set on disk has fewer frames than its groups"))??;
        Ok(entries.columns().to_vec())
    };
    let sets = sets.iter_mut().map(set).collect::<Result<_>>()?;
    Ok(Exported { keys, states, sets, groups: frame.num_rows(), _memory: None })
}

/// Gives the groups of partitions that no other worker has taken.
pub(super) struct SpilledSource {
    shared: Arc<Shared>,
    state: State,
}

enum State {
    Idle,
    Merging {
        level: u32,
        frames: Frames,
        groups: Groups,
    },
    /// A partition that memory does not hold is cut.
    Cutting {
        frames: Frames,
        spiller: Spiller,
    },
    Giving(Slices),
}

impl SpilledSource {
    pub(super) fn new(shared: &Arc<Shared>) -> Self {
        Self { shared: Arc::clone(shared), state: State::Idle }
    }

    /// A step: at most a frame is read, or a batch given.
    fn step(&mut self) -> Result<Step> {
        let shared = &self.shared;
        self.state = match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => match shared.spilled.take() {
                None => return Ok(Step::End),
                Some(Partition { level, parts }) => {
                    State::Merging { level, frames: Frames::new(parts), groups: Groups::new(shared, usize::MAX)? }
                }
            },
            State::Merging { level, mut frames, mut groups } => match frames.next(shared.key_types.len())? {
                None if groups.len() == 0 => State::Idle,
                None => {
                    let (batch, memory) = groups.finish(shared)?;
                    State::Giving(Slices::new(batch, memory))
                }
                Some(frame) => {
                    let everything = UInt32Array::from_iter_values(0..frame.groups as u32);
                    match groups.merge(&frame, &everything)? {
                        true => State::Merging { level, frames, groups },
                        // One group alone cannot be cut.
                        false if level + 1 == LEVELS || groups.len() == 1 => return Err(groups.refusal()),
                        false => {
                            let mut spiller = Spiller::new(level + 1);
                            spiller.begin(groups.export()?, shared)?;
                            State::Cutting { frames, spiller }
                        }
                    }
                }
            },
            State::Cutting { mut frames, mut spiller } => {
                if spiller.is_writing() {
                    spiller.step(shared)?;
                    State::Cutting { frames, spiller }
                } else if let Some(frame) = frames.next(shared.key_types.len())? {
                    spiller.begin(frame, shared)?;
                    State::Cutting { frames, spiller }
                } else {
                    shared.spilled.add(spiller.level, spiller.finish());
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
}

impl Source for SpilledSource {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        poll_source(self.step(), cx)
    }
}
