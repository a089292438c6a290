//! The probe: pairs from a matcher, filtered, marked, and gathered once per output batch.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int32Array, UInt32Array};
use arrow::buffer::ScalarBuffer;
use firesteel_common::{ColumnId, Result, bail};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::{Batch, Selection};
use firesteel_expr::column::Column;
use firesteel_expr::eval::{EvalContext, Predicate};

use super::held::Held;
use super::{Emits, JoinShape};
use crate::contract::Operator;

/// Row numbers of both sides, side by side. Those of the probe side count the batch's selected rows and never fall.
#[derive(Default)]
pub(crate) struct Pairs {
    pub(crate) probe: Vec<u32>,
    pub(crate) held: Vec<u32>,
}

impl Pairs {
    pub(crate) fn len(&self) -> usize {
        self.probe.len()
    }

    fn clear(&mut self) {
        self.probe.clear();
        self.held.clear();
    }

    fn keep(&mut self, positions: &UInt32Array) {
        for side in [&mut self.probe, &mut self.held] {
            for (to, from) in positions.values().iter().enumerate() {
                side[to] = side[*from as usize];
            }
            side.truncate(positions.len());
        }
    }
}

/// Finds the pairs that may match.
pub(crate) trait Matcher: Send {
    fn begin(&mut self, batch: &Batch) -> Result<()>;

    /// Appends the next pairs, at most `max`; false when that was all. Rows that are `settled` need no more.
    fn next(&mut self, max: usize, settled: Option<&[bool]>, pairs: &mut Pairs) -> bool;
}

/// What else must hold for a pair.
pub(crate) struct PairFilter {
    predicate: Predicate,
    /// Only the columns that it looks at.
    columns: Vec<Place>,
}

#[derive(Clone, Copy)]
enum Place {
    Probe(usize),
    Held(usize),
}

impl PairFilter {
    pub(crate) fn new(
        filter: &ExprRef,
        probe: &[ColumnId],
        held: &[ColumnId],
        context: &Arc<EvalContext>,
    ) -> Result<Self> {
        let sides = probe.iter().enumerate().map(|(at, id)| (*id, Place::Probe(at)));
        let sides = sides.chain(held.iter().enumerate().map(|(at, id)| (*id, Place::Held(at))));
        let (ids, columns): (Vec<_>, Vec<_>) = sides.filter(|(id, _)| filter.columns().contains(id)).unzip();
        Ok(Self { predicate: Predicate::new(filter, &ids, context)?, columns })
    }

    fn apply(&mut self, batch: &Batch, held: &Held, pairs: &mut Pairs) -> Result<()> {
        let probe_rows = probe_rows(batch, &pairs.probe);
        let held_rows = UInt32Array::from(pairs.held.clone());
        let column = |place: &Place| match place {
            Place::Probe(at) => batch.columns[*at].take(&probe_rows),
            Place::Held(at) => gather(&held.columns[*at], &held_rows),
        };
        let columns = self.columns.iter().map(column).collect::<Result<_>>()?;
        let passed = self.predicate.filter(Batch::new(columns, pairs.len()))?;
        if let Some(selection) = passed.selection() {
            pairs.keep(selection.indices());
        }
        Ok(())
    }
}

/// Positions in the batch's columns.
fn probe_rows(batch: &Batch, rows: &[u32]) -> UInt32Array {
    match batch.selection() {
        Some(selection) => {
            let positions = selection.indices().values();
            UInt32Array::from_iter_values(rows.iter().map(|row| positions[*row as usize]))
        }
        None => UInt32Array::from(rows.to_vec()),
    }
}

fn gather(array: &ArrayRef, rows: &UInt32Array) -> Result<Column> {
    Ok(Column::Array(arrow::compute::take(array, rows, None)?))
}

/// Strings of more rows than that are gathered at once: they hardly come again.
const LATE_ROWS_MAX: usize = 256 * 1024;

fn gather_held<'h>(columns: impl Iterator<Item = &'h ArrayRef>, rows: &[u32]) -> Result<Vec<Column>> {
    let rows = UInt32Array::from(rows.to_vec());
    let numbers = Int32Array::new(ScalarBuffer::from(rows.values().inner().clone()), None);
    let column = |array: &ArrayRef| match array.len() <= LATE_ROWS_MAX {
        true => Column::late(array, &numbers),
        false => gather(array, &rows),
    };
    columns.map(column).collect()
}

pub(crate) struct Probe<M> {
    shape: Arc<JoinShape>,
    matcher: M,
    filter: Option<PairFilter>,
    held: Arc<Held>,
    batch_rows: usize,
    pairs: Pairs,
    /// By probe row of the current batch.
    matched: Vec<bool>,
    stage: Stage,
}

/// What is still to come from the current batch.
enum Stage {
    Nothing,
    Pairs(Batch),
    /// The probe side's own rows.
    Rest(Batch),
}

impl<M: Matcher> Probe<M> {
    pub(crate) fn new(
        shape: &Arc<JoinShape>,
        matcher: M,
        filter: Option<PairFilter>,
        held: Arc<Held>,
        batch_rows: usize,
    ) -> Self {
        let shape = Arc::clone(shape);
        let (pairs, matched) = (Pairs::default(), Vec::new());
        Self { shape, matcher, filter, held, batch_rows, pairs, matched, stage: Stage::Nothing }
    }

    /// The next piece of pairs. Empty when none of it comes out: the driver gets its turn between pieces.
    fn next_pairs(&mut self, batch: Batch) -> Result<Batch> {
        self.pairs.clear();
        let settled = self.shape.settles_probe().then_some(self.matched.as_slice());
        let more = self.matcher.next(self.batch_rows, settled, &mut self.pairs);
        if let Some(filter) = self.filter.as_mut().filter(|_| self.pairs.len() > 0) {
            filter.apply(&batch, &self.held, &mut self.pairs)?;
        }
        self.mark()?;
        let output = match self.shape.emits {
            Emits::Pairs { .. } => self.emit_pairs(&batch)?,
            _ => Batch::new(Vec::new(), 0),
        };
        self.stage = match more {
            true => Stage::Pairs(batch),
            false if self.shape.marks_probe() => Stage::Rest(batch),
            false => Stage::Nothing,
        };
        Ok(output)
    }

    fn mark(&mut self) -> Result<()> {
        if matches!(self.shape.emits, Emits::Pairs { single: true, .. }) {
            for row in &self.pairs.probe {
                if std::mem::replace(&mut self.matched[*row as usize], true) {
                    bail!(SCALAR_SUBQUERY_TOO_MANY_ROWS);
                }
            }
        } else if self.shape.marks_probe() {
            self.pairs.probe.iter().for_each(|row| self.matched[*row as usize] = true);
        }
        if let Some(marks) = &self.held.matched {
            self.pairs.held.iter().for_each(|row| marks.set(*row));
        }
        Ok(())
    }

    fn emit_pairs(&self, batch: &Batch) -> Result<Batch> {
        let rows = self.pairs.len();
        if rows == 0 {
            return Ok(Batch::new(Vec::new(), 0));
        }
        // Every row once: nothing to gather on this side.
        let all =
            rows == batch.physical_rows() && self.pairs.probe.iter().enumerate().all(|(at, row)| at == *row as usize);
        let probe = match all {
            true => batch.columns.clone(),
            false => {
                let positions = probe_rows(batch, &self.pairs.probe);
                Column::take_all(&batch.columns, &positions)?
            }
        };
        let held = self.held.columns.iter().take(self.shape.held_types().len());
        Ok(Batch::new(self.shape.order(probe, gather_held(held, &self.pairs.held)?), rows).with_morsel(batch.morsel))
    }

    /// The rows of the probe side that come out by themselves.
    fn rest(&self, batch: Batch) -> Result<Batch> {
        if self.shape.emits == Emits::ProbeMark {
            let mut batch = batch.compact()?;
            batch.columns.push(Column::Array(Arc::new(BooleanArray::from(self.matched.clone()))));
            return Ok(batch);
        }
        let wanted = matches!(self.shape.emits, Emits::Probe { matched: true });
        let mask: BooleanArray = self.matched.iter().map(|matched| Some(*matched == wanted)).collect();
        let chosen = Selection::from_mask(&mask);
        let selection = match batch.selection() {
            Some(outer) => outer.narrow(&chosen),
            None => chosen,
        };
        let rest = batch.with_selection(selection);
        if matches!(self.shape.emits, Emits::Probe { .. }) {
            return Ok(rest);
        }
        let rest = rest.compact()?;
        let rows = rest.rows();
        Ok(Batch::new(self.shape.order(rest.columns, self.shape.held_nulls(rows)), rows).with_morsel(rest.morsel))
    }
}

impl<M: Matcher> Operator for Probe<M> {
    fn push(&mut self, input: Batch) -> Result<()> {
        self.matched.clear();
        if self.shape.marks_probe() {
            self.matched.resize(input.rows(), false);
        }
        self.matcher.begin(&input)?;
        self.stage = Stage::Pairs(input);
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        match std::mem::replace(&mut self.stage, Stage::Nothing) {
            Stage::Nothing => Ok(None),
            Stage::Pairs(batch) => self.next_pairs(batch).map(Some),
            Stage::Rest(batch) => self.rest(batch).map(Some),
        }
    }

    fn is_done(&self) -> bool {
        self.held.rows == 0 && self.shape.needs_held()
    }
}
