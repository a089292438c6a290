//! Joins by comparing every pair: each row of the left side with every row of the right side, which is held.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use arrow::array::ArrayRef;
use firesteel_common::{ColumnId, Result, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_plan::Schema;
use firesteel_plan::physical::{JoinSide, NestedLoopJoin};

pub use super::join::JoinParts;
use super::join::JoinShape;
use super::join::held::{Complete, Held, HeldSink, RowMarks};
use super::join::probe::{Matcher, PairFilter, Pairs, Probe};
use super::join::unmatched::UnmatchedSource;
use crate::contract::{Operator, OperatorFactory, WorkerId};
use crate::memory::Reservation;
use crate::query::QueryContext;

/// `left` and `right`: the columns of the children. The right side is the held one.
pub fn build(plan: &NestedLoopJoin, left: &Schema, right: &Schema, query: &Arc<QueryContext>) -> Result<JoinParts> {
    let shape = Arc::new(JoinShape::new(plan.kind, JoinSide::Right, left, right));
    let build = Arc::new(Build { shape: Arc::clone(&shape), held: OnceLock::new() });
    let side = (right.ids(), shape.held_types());
    let build_sink = HeldSink::new("NestedLoopJoin build", side, Vec::new(), query, Arc::clone(&build));
    let unmatched = shape.marks_held().then(|| {
        let (build, shape) = (Arc::clone(&build), Arc::clone(&shape));
        let held = move || build.held.get().cloned();
        let next = Arc::new(AtomicUsize::new(0));
        Arc::new(UnmatchedSource { shape, held, batch_rows: query.batch_rows, next }) as _
    });
    let (left, right, filter) = (left.ids(), right.ids(), plan.filter.clone());
    let probe = ProbeFactory { build, left, right, filter, query: Arc::clone(query) };
    Ok(JoinParts { build_sink: Arc::new(build_sink), probe: Arc::new(probe), unmatched })
}

struct Build {
    shape: Arc<JoinShape>,
    held: OnceLock<Arc<Held>>,
}

impl Complete for Build {
    fn complete(&self, columns: Vec<ArrayRef>, rows: usize, mut memory: Reservation) -> Result<()> {
        let matched = match self.shape.marks_held() {
            true => Some(RowMarks::new(rows, &mut memory)?),
            false => None,
        };
        let held = Arc::new(Held { columns, rows, matched, _memory: memory });
        self.held.set(held).map_err(|_| internal!("a nested-loop join was built twice"))
    }
}

struct ProbeFactory {
    build: Arc<Build>,
    left: Vec<ColumnId>,
    right: Vec<ColumnId>,
    filter: Option<ExprRef>,
    query: Arc<QueryContext>,
}

impl OperatorFactory for ProbeFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        let held = self.build.held.get().ok_or_else(|| internal!("a join is probed before it is built"))?;
        let filter = self.filter.as_ref();
        let filter = filter.map(|filter| PairFilter::new(filter, &self.left, &self.right, &self.query.eval));
        let matcher = EveryPair { held_rows: held.rows as u32, ..EveryPair::default() };
        let shape = &self.build.shape;
        Ok(Box::new(Probe::new(shape, matcher, filter.transpose()?, Arc::clone(held), self.query.batch_rows)))
    }
}

/// Counts through all pairs.
#[derive(Default)]
struct EveryPair {
    held_rows: u32,
    probe_rows: u32,
    /// The next pair.
    probe: u32,
    held: u32,
}

impl Matcher for EveryPair {
    fn begin(&mut self, batch: &Batch) -> Result<()> {
        self.probe_rows = if self.held_rows == 0 { 0 } else { batch.rows() as u32 };
        (self.probe, self.held) = (0, 0);
        Ok(())
    }

    fn next(&mut self, max: usize, settled: Option<&[bool]>, pairs: &mut Pairs) -> bool {
        while self.probe < self.probe_rows && pairs.len() < max {
            if settled.is_some_and(|settled| settled[self.probe as usize]) {
                (self.probe, self.held) = (self.probe + 1, 0);
                continue;
            }
            let now = (max - pairs.len()).min((self.held_rows - self.held) as usize) as u32;
            pairs.probe.extend(std::iter::repeat_n(self.probe, now as usize));
            pairs.held.extend(self.held..self.held + now);
            self.held += now;
            if self.held == self.held_rows {
                (self.probe, self.held) = (self.probe + 1, 0);
            }
        }
        self.probe < self.probe_rows
    }
}
