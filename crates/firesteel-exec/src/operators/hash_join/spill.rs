//! Both sides on disk: when memory does not hold the build, its rows and those of the probe go to partitions by the hash of
//! their keys, and partitions are joined one by one after the probe.
//!
//! ```text
//! build rows ──by partition──▶ segments ┐
//! probe rows ──by partition──▶ segments ┴─▶ [rest] a partition's build in memory ──its probe rows past it──▶ output
//!                                                        └─ still too large: both sides, by the next bits ──▶ 32 partitions
//! ```
//! All partners of a row are in its partition, so that each partition is a join of its own, outer and semi joins included.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::task::{Context, Poll, ready};

use firesteel_common::Result;
use firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

use super::matcher::HashMatcher;
use super::{Built, ProbeFactory, build_bytes};
use crate::contract::{Operator, Source, SourceFactory, WorkerId};
use crate::operators::join::disk::{Cutter, Partition};
use crate::operators::join::probe::Probe;
use crate::operators::join::unmatched::UnmatchedSource;
use crate::pages::Pages;
use crate::spill::Segment;
use crate::spill::partition::{Frames, LEVELS, PARTITIONS};
use crate::steps::{Step, poll_source};

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
                    let pages = disk.build_pages();
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
                if of_build.holds_memory() {
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
                    let (build, probe) = *cutters;
                    disk.cut(level, build, probe);
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
                let mut pages = disk.build_pages();
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
