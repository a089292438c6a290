//! Both sides on disk: when memory does not hold the build, its rows and those of the probe go to partitions by the hash of
//! their keys, and partitions are joined one by one after the probe.
//!
//! ```text
//! build rows ──by partition──▶ segments ┐
//! probe rows ──by partition──▶ segments ┴─▶ [rest] a partition's build in memory ──its probe rows past it──▶ output
//!                                                        └─ still too large: both sides, by the next bits ──▶ 32 partitions
//! ```
//! All partners of a row are in its partition, so that each partition is a join of its own, outer and semi joins included.

use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use arrow::array::ArrayRef;
use firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::Evaluator;

use super::matcher::HashMatcher;
use super::{Built, ProbeFactory, build_bytes};
use crate::contract::{Operator, Source, SourceFactory, WorkerId};
use crate::hash::hash_columns;
use crate::keys::canonical;
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::operators::join::probe::Probe;
use crate::operators::join::unmatched::UnmatchedSource;
use crate::pages::Pages;
use crate::query::QueryContext;
use crate::spill::Segment;
use crate::spill::partition::{Frames, LEVELS, PARTITIONS, PartitionWriter, Parts, no_parts};
use crate::steps::{Step, poll_source};

/// So many rows are cut into partitions at once.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// What is on disk of one join.
pub(crate) struct JoinDisk {
    pub(super) query: Arc<QueryContext>,
    metrics: Arc<OperatorMetrics>,
    build: Side,
    probe: Side,
    is_used: AtomicBool,
    written: Mutex<(Parts, Parts)>,
    /// What nobody has joined yet; made when the probe has ended.
    partitions: Mutex<Option<Vec<Partition>>>,
}

/// How rows of a side are cut.
struct Side {
    types: Arc<[SqlType]>,
    keys: Keys,
    key_types: Vec<SqlType>,
}

enum Keys {
    /// They are among the columns.
    Places(Vec<usize>),
    Computed(Vec<ExprRef>, Vec<ColumnId>),
}

struct Partition {
    level: u32,
    build: Vec<Segment>,
    probe: Vec<Segment>,
}

impl JoinDisk {
    pub(super) fn new(
        query: &Arc<QueryContext>,
        metrics: &Arc<OperatorMetrics>,
        (build, places): (Vec<SqlType>, Vec<usize>),
        (probe, keys, ids): (Vec<SqlType>, Vec<ExprRef>, Vec<ColumnId>),
    ) -> Self {
        let types = |keys: &[ExprRef]| keys.iter().map(|key| key.data_type().clone()).collect::<Vec<_>>();
        let key_types = types(&keys);
        Self {
            query: Arc::clone(query),
            metrics: Arc::clone(metrics),
            build: Side { types: build.into(), keys: Keys::Places(places), key_types: key_types.clone() },
            probe: Side { types: probe.into(), keys: Keys::Computed(keys, ids), key_types },
            is_used: AtomicBool::new(false),
            written: Mutex::new((no_parts(), no_parts())),
            partitions: Mutex::default(),
        }
    }

    /// Whether the build is on disk, and all of it will be.
    pub(crate) fn is_used(&self) -> bool {
        self.is_used.load(Acquire)
    }

    fn reserve(&self) -> Reservation {
        self.query.memory.reserve(format!("HashJoin build of {:?}", self.query.id))
    }

    fn add(&self, build: bool, parts: Parts) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let side = if build { &mut written.0 } else { &mut written.1 };
        side.iter_mut().zip(parts).for_each(|(all, parts)| all.extend(parts));
    }

    /// The next partition; the probe has ended.
    fn take(&self) -> Option<Partition> {
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        let all = partitions.get_or_insert_with(|| {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let (build, probe) = std::mem::take(&mut *written);
            build.into_iter().zip(probe).map(|(build, probe)| Partition { level: 0, build, probe }).collect()
        });
        all.pop()
    }

    fn cut(&self, level: u32, (build, probe): (Parts, Parts)) {
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        let parts = build.into_iter().zip(probe).map(|(build, probe)| Partition { level, build, probe });
        partitions.get_or_insert_default().extend(parts);
    }
}

/// Rows on their way to the disk, and the segments that they became.
pub(crate) struct Cutter {
    build: bool,
    evaluator: Option<Evaluator>,
    /// Rows that wait, in batches.
    waiting: Vec<Batch>,
    writer: PartitionWriter,
    /// Given back when nothing waits any more.
    memory: Option<Reservation>,
}

impl Cutter {
    fn new(disk: &JoinDisk, build: bool, level: u32) -> Result<Self> {
        let side = if build { &disk.build } else { &disk.probe };
        let evaluator = match &side.keys {
            Keys::Places(_) => None,
            Keys::Computed(keys, ids) => Some(Evaluator::new(keys, ids, &disk.query.eval)?),
        };
        Ok(Self { build, evaluator, waiting: Vec::new(), writer: PartitionWriter::new(level), memory: None })
    }

    /// For the build's rows.
    pub(crate) fn of_build(disk: &JoinDisk) -> Result<Self> {
        Self::new(disk, true, 0)
    }

    pub(crate) fn is_writing(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// From now on the build is on disk.
    pub(crate) fn begin(&mut self, pages: Pages, disk: &JoinDisk) {
        disk.is_used.store(true, Release);
        let (batches, memory) = pages.into_batches();
        self.waiting = batches;
        self.memory = Some(memory);
    }

    /// Takes rows that come one batch after the other: the more are cut at once, the fewer and larger are the segments.
    fn push(&mut self, batch: Batch, disk: &JoinDisk) -> Result<()> {
        self.waiting.push(batch);
        match self.waiting.iter().map(Batch::rows).sum::<usize>() >= ROWS_AT_ONCE {
            true => self.step(disk),
            false => Ok(()),
        }
    }

    /// Writes some of the rows that wait.
    pub(crate) fn step(&mut self, disk: &JoinDisk) -> Result<()> {
        let mut rows = 0;
        let from = self.waiting.iter().rposition(|batch| {
            rows += batch.rows();
            rows >= ROWS_AT_ONCE
        });
        let batches = self.waiting.split_off(from.unwrap_or(0));
        let types = if self.build { &disk.build.types } else { &disk.probe.types };
        let columns = types.iter().enumerate().map(|(at, data_type)| {
            let arrays = batches.iter().map(|batch| canonical(&batch.columns[at], data_type));
            let arrays = arrays.collect::<Result<Vec<_>>>()?;
            Ok(arrow::compute::concat(&arrays.iter().map(|array| array.as_ref()).collect::<Vec<_>>())?)
        });
        self.write(columns.collect::<Result<_>>()?, batches.iter().map(Batch::rows).sum(), disk)?;
        if self.waiting.is_empty() {
            self.memory = None;
        }
        Ok(())
    }

    /// Writes rows now, flat ones.
    fn write(&mut self, columns: Vec<ArrayRef>, rows: usize, disk: &JoinDisk) -> Result<()> {
        let side = if self.build { &disk.build } else { &disk.probe };
        let keys = match (&mut self.evaluator, &side.keys) {
            (Some(evaluator), _) => {
                let batch = Batch::new(columns.iter().map(|array| Column::Array(Arc::clone(array))).collect(), rows);
                evaluator.evaluate(&batch)?
            }
            (None, Keys::Places(places)) => places.iter().map(|at| Column::Array(Arc::clone(&columns[*at]))).collect(),
            (None, Keys::Computed(..)) => return Err(internal!("a join's keys without what computes them")),
        };
        let mut hashes = Vec::new();
        hash_columns(&keys.iter().zip(&side.key_types).collect::<Vec<_>>(), rows, &mut hashes)?;
        self.writer.write(&columns, &hashes, &disk.query.spill, &disk.metrics)
    }

    /// The build's rows are all written.
    pub(crate) fn finish(self, disk: &JoinDisk) {
        disk.add(self.build, self.writer.finish());
    }
}

/// In place of the probe when the build is on disk: rows go there too.
pub(super) struct ProbeCutter {
    disk: Arc<JoinDisk>,
    /// None once finished.
    cutter: Option<Cutter>,
}

impl ProbeCutter {
    pub(super) fn new(disk: &Arc<JoinDisk>) -> Result<Self> {
        Ok(Self { disk: Arc::clone(disk), cutter: Some(Cutter::new(disk, false, 0)?) })
    }
}

impl Operator for ProbeCutter {
    fn push(&mut self, input: Batch) -> Result<()> {
        let batch = input.compact()?;
        self.cutter.as_mut().map_or(Ok(()), |cutter| cutter.push(batch, &self.disk))
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        Ok(None)
    }

    fn finish(&mut self) -> Result<()> {
        let Some(mut cutter) = self.cutter.take() else { return Ok(()) };
        while cutter.is_writing() {
            cutter.step(&self.disk)?;
        }
        cutter.finish(&self.disk);
        Ok(())
    }
}

/// What is left after the probe: the held side's own rows, and all that is on disk.
pub(super) struct RestSource {
    pub(super) probe: Arc<ProbeFactory>,
    pub(super) unmatched: Arc<AtomicUsize>,
}

impl RestSource {
    /// The held side's own rows, when memory has it.
    fn in_memory(&self) -> Option<UnmatchedSource<impl Fn() -> Option<Arc<super::Held>> + Send + Sync + use<>>> {
        let (build, shape) = (Arc::clone(&self.probe.build), Arc::clone(&self.probe.shape));
        let held = move || build.built.get().map(|built| Arc::clone(&built.held));
        let batch_rows = self.probe.build.query.batch_rows;
        let next = Arc::clone(&self.unmatched);
        self.probe.shape.marks_held().then_some(UnmatchedSource { shape, held, batch_rows, next })
    }
}

impl SourceFactory for RestSource {
    fn open(&self, worker: WorkerId) -> Result<Box<dyn Source>> {
        match self.probe.build.disk.is_used() {
            true => Ok(Box::new(PartitionJoin { probe: Arc::clone(&self.probe), state: State::Idle })),
            false => self.in_memory().map_or_else(|| Ok(Box::new(Nothing) as _), |rows| rows.open(worker)),
        }
    }

    fn workers_max(&self) -> usize {
        match self.probe.build.disk.is_used() {
            true => PARTITIONS,
            false => self.in_memory().map_or(1, |rows| rows.workers_max()),
        }
    }

    fn rows_hint(&self) -> Option<u64> {
        match self.probe.build.disk.is_used() {
            true => None,
            false => self.in_memory().map_or(Some(0), |rows| rows.rows_hint()),
        }
    }
}

struct Nothing;

impl Source for Nothing {
    fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        Poll::Ready(Ok(None))
    }
}

/// Joins partitions that no other worker has taken.
struct PartitionJoin {
    probe: Arc<ProbeFactory>,
    state: State,
}

enum State {
    Idle,
    Loading { level: u32, pages: Pages, build: Frames, probe: Vec<Segment> },
    Probing { built: Built, operator: Box<Probe<HashMatcher>>, probe: Frames },
    Unmatched(Box<dyn Source>),
    Cutting { level: u32, cutters: Box<(Cutter, Cutter)>, build: Frames, probe: Frames },
}

impl PartitionJoin {
    /// At most a frame is read, or a batch given.
    fn step(&mut self, cx: &mut Context<'_>) -> Poll<Result<Step>> {
        let build = &self.probe.build;
        let disk = &build.disk;
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Idle => {
                let Some(Partition { level, build: held, probe }) = disk.take() else {
                    return Poll::Ready(Ok(Step::End));
                };
                let no_probe = probe.is_empty() && !self.probe.shape.marks_held();
                let gives_nothing = no_probe || held.is_empty() && self.probe.shape.needs_held();
                if !gives_nothing {
                    let pages = Pages::new(Arc::clone(&disk.build.types), disk.reserve());
                    self.state = State::Loading { level, pages, build: Frames::new(held), probe };
                }
            }
            State::Loading { level, mut pages, mut build, probe } => match build.next()? {
                Some(frame) => {
                    self.state = match pages.add(frame)? {
                        true => State::Loading { level, pages, build, probe },
                        false => self.cutting(level, pages, build, probe)?,
                    }
                }
                None => self.state = self.loaded(level, pages, build, probe)?,
            },
            State::Probing { built, mut operator, mut probe } => {
                let next = match operator.pull()? {
                    Some(batch) => Step::Batch(batch),
                    None => match probe.next()? {
                        Some(frame) => {
                            operator.push(frame)?;
                            Step::More
                        }
                        None => {
                            if self.probe.shape.marks_held() {
                                self.state = State::Unmatched(self.unmatched(&built)?);
                            }
                            return Poll::Ready(Ok(Step::More));
                        }
                    },
                };
                self.state = State::Probing { built, operator, probe };
                return Poll::Ready(Ok(next));
            }
            State::Unmatched(mut source) => {
                if let Some(batch) = ready!(source.poll_next(cx))? {
                    self.state = State::Unmatched(source);
                    return Poll::Ready(Ok(Step::Batch(batch)));
                }
            }
            State::Cutting { level, mut cutters, mut build, mut probe } => {
                let (of_build, of_probe) = &mut *cutters;
                if of_build.memory.is_some() {
                    // What is in memory goes first: others need it.
                    of_build.step(disk)?;
                } else if let Some(frame) = build.next()? {
                    of_build.push(frame, disk)?;
                } else if let Some(frame) = probe.next()? {
                    of_probe.push(frame, disk)?;
                } else if of_build.is_writing() {
                    of_build.step(disk)?;
                } else if of_probe.is_writing() {
                    of_probe.step(disk)?;
                } else {
                    disk.cut(level, (cutters.0.writer.finish(), cutters.1.writer.finish()));
                    return Poll::Ready(Ok(Step::More));
                }
                self.state = State::Cutting { level, cutters, build, probe };
            }
        }
        Poll::Ready(Ok(Step::More))
    }

    /// All of the partition's build is in memory: its table, if there is memory for that too.
    fn loaded(&self, level: u32, mut pages: Pages, build: Frames, probe: Vec<Segment>) -> Result<State> {
        let bytes = pages.bytes() + build_bytes(pages.rows());
        if !pages.reservation().could_grow(bytes) {
            return self.cutting(level, pages, build, probe);
        }
        // The table asks for itself. That others are faster happens: then the rows are cut after all.
        let rows = pages.rows();
        let (columns, memory) = pages.into_columns_unasked()?;
        let built = match self.probe.build.built_of(columns.clone(), rows, memory) {
            Err(error) if error.is(&MEMORY_LIMIT_EXCEEDED) => {
                let disk = &self.probe.build.disk;
                let mut pages = Pages::new(Arc::clone(&disk.build.types), disk.reserve());
                // Refused or not: they are on their way to the disk.
                let _ = pages.add(Batch::new(columns.into_iter().map(Column::Array).collect(), rows))?;
                return self.cutting(level, pages, build, probe);
            }
            built => built?,
        };
        let operator = Box::new(self.probe.operator(&built)?);
        Ok(State::Probing { built, operator, probe: Frames::new(probe) })
    }

    fn cutting(&self, level: u32, pages: Pages, build: Frames, probe: Vec<Segment>) -> Result<State> {
        let disk = &self.probe.build.disk;
        if level + 1 == LEVELS {
            return Err(pages.refusal(0));
        }
        let mut cutters = Box::new((Cutter::new(disk, true, level + 1)?, Cutter::new(disk, false, level + 1)?));
        cutters.0.begin(pages, disk);
        Ok(State::Cutting { level: level + 1, cutters, build, probe: Frames::new(probe) })
    }

    fn unmatched(&self, built: &Built) -> Result<Box<dyn Source>> {
        let held = Arc::clone(&built.held);
        let source = UnmatchedSource {
            shape: Arc::clone(&self.probe.shape),
            held: move || Some(Arc::clone(&held)),
            batch_rows: self.probe.build.query.batch_rows,
            next: Arc::default(),
        };
        source.open(WorkerId(0))
    }
}

impl Source for PartitionJoin {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Batch>>> {
        let step = ready!(self.step(cx)).map(|step| match step {
            Step::Batch(batch) => Step::Batch(batch.with_morsel(0)),
            other => other,
        });
        poll_source(step, cx)
    }
}
