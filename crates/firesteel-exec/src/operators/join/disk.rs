//! Both sides of a join as files: rows cut into partitions by the hash of their keys, and the partitions that nobody has
//! joined yet.
//!
//! ```text
//! pages of the held side ──Cutter──▶ 32 partitions, segments each ┐
//! batches of the probe ──ProbeCutter──▶ 32 partitions             ┴─▶ Partition: what joins it takes one after the other
//! ```

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::{Acquire, Release};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::Evaluator;

use crate::contract::Operator;
use crate::hash::hash_columns;
use crate::keys::canonical;
use crate::memory::Reservation;
use crate::metrics::OperatorMetrics;
use crate::pages::Pages;
use crate::query::QueryContext;
use crate::spill::Segment;
use crate::spill::partition::{PartitionWriter, Parts, no_parts};

/// So many rows are cut into partitions at once.
const ROWS_AT_ONCE: usize = 64 * 1024;

/// What is on disk of one join.
pub(crate) struct JoinDisk {
    query: Arc<QueryContext>,
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

/// Rows whose partners are all among them.
pub(crate) struct Partition {
    pub(crate) level: u32,
    pub(crate) build: Vec<Segment>,
    pub(crate) probe: Vec<Segment>,
}

impl JoinDisk {
    pub(crate) fn new(
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

    /// Room for rows of the build.
    pub(crate) fn build_pages(&self) -> Pages {
        let memory = self.query.memory.reserve(format!("HashJoin build of {:?}", self.query.id));
        Pages::new(Arc::clone(&self.build.types), memory)
    }

    fn add(&self, build: bool, parts: Parts) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let side = if build { &mut written.0 } else { &mut written.1 };
        side.iter_mut().zip(parts).for_each(|(all, parts)| all.extend(parts));
    }

    /// The next partition; the probe has ended.
    pub(crate) fn take(&self) -> Option<Partition> {
        let mut partitions = self.partitions.lock().unwrap_or_else(PoisonError::into_inner);
        let all = partitions.get_or_insert_with(|| {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            let (build, probe) = std::mem::take(&mut *written);
            build.into_iter().zip(probe).map(|(build, probe)| Partition { level: 0, build, probe }).collect()
        });
        all.pop()
    }

    /// Adds what one partition, which was too large, was cut into.
    pub(crate) fn cut(&self, level: u32, build: Cutter, probe: Cutter) {
        let (build, probe) = (build.writer.finish(), probe.writer.finish());
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
    pub(crate) fn new(disk: &JoinDisk, build: bool, level: u32) -> Result<Self> {
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
    pub(crate) fn push(&mut self, batch: Batch, disk: &JoinDisk) -> Result<()> {
        self.waiting.push(batch);
        match self.waiting.iter().map(Batch::rows).sum::<usize>() >= ROWS_AT_ONCE {
            true => self.step(disk),
            false => Ok(()),
        }
    }

    /// Whether rows that wait are still accounted for.
    pub(crate) fn holds_memory(&self) -> bool {
        self.memory.is_some()
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
pub(crate) struct ProbeCutter {
    disk: Arc<JoinDisk>,
    /// None once finished.
    cutter: Option<Cutter>,
}

impl ProbeCutter {
    pub(crate) fn new(disk: &Arc<JoinDisk>) -> Result<Self> {
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
