//! A scan's filters: conjuncts of the query and what joins learned meanwhile, applied batch by batch.
//!
//! ```text
//! batch ──static conjuncts──▶ ──runtime filters, while they are worth it──▶ the batch with a narrower selection
//! ```
//! Runtime filters come last: whether they have arrived must not decide which rows an expression that can fail sees.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use arrow::array::{Array, ArrayRef};
use firesteel_common::{ColumnId, Result, internal};
use firesteel_exec::query::{FilterSlot, QueryContext};
use firesteel_expr::{Batch, EvalContext, Expr, ExprRef, Predicate, Selection};
use firesteel_plan::physical::Scan;

use crate::prune::Test;

/// A runtime filter that lets more than this share through, in percent, rests …
const USELESS_PERCENT: u64 = 90;
/// … once it has seen so many rows …
const ROWS_TO_JUDGE: u64 = 65_536;
/// … until it is tried again on every so-many-th unit of work.
const RETRY_UNITS: u64 = 16;

/// What all workers of a scan share.
pub(crate) struct ScanFilters {
    /// In the order in which they are evaluated.
    conjuncts: Vec<ExprRef>,
    runtime: Vec<Watched>,
    context: Arc<EvalContext>,
    rate: PassRate,
}

/// A slot in which a filter may appear, and how well that filter does.
struct Watched {
    slot: FilterSlot,
    /// Position among the scan's columns.
    column: usize,
    rows_in: AtomicU64,
    rows_out: AtomicU64,
}

impl ScanFilters {
    pub(crate) fn new(scan: &Scan, query: &QueryContext) -> Result<Self> {
        let mut conjuncts: Vec<ExprRef> = scan.filters.iter().flat_map(Expr::conjuncts).collect();
        if !conjuncts.iter().any(|conjunct| conjunct.can_fail()) {
            // Stable: equals stay in the written order.
            conjuncts.sort_by_key(|conjunct| cost(conjunct));
        }
        let position = |id: ColumnId| scan.columns.iter().position(|(_, known)| *known == id);
        let watch = |target: &firesteel_plan::physical::RuntimeFilterTarget| {
            let column = position(target.column)
                .ok_or_else(|| internal!("a runtime filter on column {} that is not read", target.column))?;
            let slot = query.filters.slot(target.id);
            Ok(Watched { slot, column, rows_in: AtomicU64::new(0), rows_out: AtomicU64::new(0) })
        };
        let runtime = scan.runtime_filters.iter().map(watch).collect::<Result<_>>()?;
        Ok(Self { conjuncts, runtime, context: Arc::clone(&query.eval), rate: PassRate::default() })
    }

    /// Whether anything may be filtered in this unit of work: runtime filters count when they are there and not resting.
    pub(crate) fn any_active(&self, unit: u64) -> bool {
        !self.conjuncts.is_empty() || self.runtime.iter().any(|watched| watched.is_active(unit))
    }

    /// The positions of the columns that filters of this unit look at, sorted.
    pub(crate) fn columns_used(&self, columns: &[ColumnId], unit: u64) -> Vec<usize> {
        let ids = self.conjuncts.iter().flat_map(|conjunct| conjunct.columns());
        let mut used: Vec<usize> = ids.filter_map(|id| columns.iter().position(|known| known == id)).collect();
        used.extend(self.runtime.iter().filter(|watched| watched.is_active(unit)).map(|watched| watched.column));
        used.sort_unstable();
        used.dedup();
        used
    }

    /// What bounds of row groups can answer. Conjuncts behind one that can fail are left out: pruning by them would hide
    /// its errors.
    pub(crate) fn prune_tests(&self) -> Vec<Test> {
        self.conjuncts.iter().take_while(|conjunct| !conjunct.can_fail()).filter_map(|c| Test::of(c)).collect()
    }

    /// The filters published by now that may rule out whole row groups, each with the position of its column.
    pub(crate) fn pruning_runtime_filters(
        &self,
    ) -> impl Iterator<Item = (usize, &Arc<dyn firesteel_exec::contract::RuntimeFilter>)> {
        let may_fail = self.conjuncts.iter().any(|conjunct| conjunct.can_fail());
        let filters = self.runtime.iter().filter_map(|watched| Some((watched.column, watched.slot.get()?)));
        filters.filter(move |_| !may_fail)
    }

    /// Whether rows of a file may pass whose columns at some positions have one value each (one row, from its path).
    pub(crate) fn file_may_match(&self, values: &[(usize, ArrayRef)]) -> Result<bool> {
        for (position, filter) in self.pruning_runtime_filters() {
            let value = values.iter().find(|(known, value)| *known == position && value.is_valid(0));
            if let Some((_, value)) = value
                && !filter.may_match(value, value)?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The share of rows that passed lately; `None` before the first unit.
    pub(crate) fn pass_rate(&self) -> Option<f64> {
        self.rate.get()
    }

    pub(crate) fn report(&self, rows_in: u64, rows_out: u64) {
        self.rate.report(rows_in, rows_out);
    }
}

impl Watched {
    fn is_active(&self, unit: u64) -> bool {
        if self.slot.get().is_none() {
            return false;
        }
        let (rows_in, rows_out) = (self.rows_in.load(Relaxed), self.rows_out.load(Relaxed));
        rows_in < ROWS_TO_JUDGE || rows_out * 100 <= rows_in * USELESS_PERCENT || unit.is_multiple_of(RETRY_UNITS)
    }

    fn report(&self, rows_in: usize, rows_out: usize) {
        let seen = self.rows_in.fetch_add(rows_in as u64, Relaxed) + rows_in as u64;
        let passed = self.rows_out.fetch_add(rows_out as u64, Relaxed) + rows_out as u64;
        if seen > 8 * ROWS_TO_JUDGE {
            // What was long ago counts less and less. Workers may do so at once: these are estimates.
            self.rows_in.store(seen / 2, Relaxed);
            self.rows_out.store(passed / 2, Relaxed);
        }
    }
}

/// One worker's filters, bound to the scan's columns in their order.
pub(crate) struct BoundFilters {
    shared: Arc<ScanFilters>,
    predicate: Option<Predicate>,
}

impl BoundFilters {
    pub(crate) fn new(shared: &Arc<ScanFilters>, columns: &[ColumnId]) -> Result<Self> {
        let predicate = match shared.conjuncts.is_empty() {
            true => None,
            false => Some(Predicate::new(&Expr::and(shared.conjuncts.clone())?, columns, &shared.context)?),
        };
        Ok(Self { shared: Arc::clone(shared), predicate })
    }

    /// Narrows the batch's selection; columns that no active filter uses may be anything.
    pub(crate) fn apply(&mut self, batch: Batch, active: &[usize], unit: u64) -> Result<Batch> {
        let mut batch = match &mut self.predicate {
            Some(predicate) => predicate.filter(batch)?,
            None => batch,
        };
        for watched in &self.shared.runtime {
            // One that was published after the unit began may need a column that was not read.
            if batch.is_empty() || !active.contains(&watched.column) || !watched.is_active(unit) {
                continue;
            }
            let Some(filter) = watched.slot.get() else { continue };
            let passed = Selection::from_mask(&filter.test(&batch.compact_column(watched.column)?)?);
            watched.report(batch.rows(), passed.len());
            if passed.len() < batch.rows() {
                let narrowed = match batch.selection() {
                    Some(outer) => outer.narrow(&passed),
                    None => passed,
                };
                batch = batch.with_selection(narrowed);
            }
        }
        Ok(batch)
    }
}

/// The share of rows that pass, in millionths, recent units counting more.
struct PassRate(AtomicU32);

const UNKNOWN: u32 = u32::MAX;

impl Default for PassRate {
    fn default() -> Self {
        Self(AtomicU32::new(UNKNOWN))
    }
}

impl PassRate {
    fn get(&self) -> Option<f64> {
        match self.0.load(Relaxed) {
            UNKNOWN => None,
            millionths => Some(f64::from(millionths) / 1e6),
        }
    }

    fn report(&self, rows_in: u64, rows_out: u64) {
        if rows_in == 0 {
            return;
        }
        let now = rows_out as f64 / rows_in as f64;
        let mixed = self.get().map_or(now, |before| (before + now) / 2.0);
        // Workers may overwrite each other's report: the next one corrects it.
        self.0.store((mixed * 1e6) as u32, Relaxed);
    }
}

/// About what an expression costs per row: the nodes of the tree, text dearer than numbers.
fn cost(expr: &Expr) -> u32 {
    let own = match expr.data_type() {
        data_type if data_type.is_string() || data_type.is_nested() => 8,
        _ => 1,
    };
    expr.children().iter().map(|child| cost(child)).fold(own, u32::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pass_rate_follows_the_data() {
        let rate = PassRate::default();
        assert_eq!(rate.get(), None);
        rate.report(100, 80);
        assert_eq!(rate.get(), Some(0.8));
        rate.report(100, 0);
        assert_eq!(rate.get(), Some(0.4));
        rate.report(0, 0);
        assert_eq!(rate.get(), Some(0.4));
    }
}
