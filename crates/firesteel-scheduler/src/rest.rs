//! The part of a query that has not begun, planned anew from what the finished part has shown.
//!
//! ```text
//! logical plan                 stage 0 gave 12 rows, 40000 expected             logical plan
//! Join                        ─────────────────────────────────────▶            Join
//! :- Join                                                                       :- Join
//! :  :- Relation a                                                              :  :- Relation a
//! :  +- Relation b                                                              :  +- Relation b
//! +- Filter .. (runs as stage 0)                                                +- Materialized stage 0 (12 rows, exact)
//!                                                                                  │ optimizer: joins in order, empty
//!                                                                                  ▼ parts dropped, strategies
//!                                          another physical plan, whose stages take the place of those that wait
//! ```
//! A stage that runs but has not ended is a leaf, too: what has begun is never planned anew. Column ids stay what they are.

use std::sync::Arc;

use firesteel_catalog::{Estimate, Source};
use firesteel_common::{ColumnId, Result};
use firesteel_optimizer::RuleContext;
use firesteel_optimizer::physical::{ADAPTIVE_ROWS_MIN, first_free_filter};
use firesteel_plan::logical::{CommonTableId, CommonTables, Materialized, Node};
use firesteel_plan::physical::{self, HashJoin, PhysicalOp, Scan, StageId, StageInput};
use firesteel_plan::statistics::Statistics;
use firesteel_plan::{LogicalPlan, PhysicalPlan, PhysicalRef, PlanColumn, PlanRef};
use hashbrown::HashMap;
use recursive::recursive;

use crate::stages::Stage;

/// What is left of a query, as far as planning it anew needs it.
#[derive(Debug)]
pub struct Rest {
    /// Of which `physical` was made; finished stages may still stand in it as what they computed.
    logical: PlanRef,
    physical: PhysicalRef,
    /// No plan of this query has declared a runtime filter of this number or above. A slot is filled once: a stage that has
    /// begun and one of a later plan must not share one.
    first_filter: u32,
    context: RuleContext,
}

/// A stage that has begun.
#[derive(Debug)]
pub(crate) struct Begun<'a> {
    pub(crate) stage: &'a Stage,
    /// Its rows, when it has ended.
    pub(crate) rows: Option<u64>,
}

/// One planning of the rest: what had turned out, and what became of the plan.
#[derive(Debug, Clone)]
pub struct Replanned {
    pub learned: Vec<Learned>,
    pub before: PhysicalRef,
    /// The same as before, when nothing better was found.
    pub after: PhysicalRef,
}

/// A stage whose rows were misjudged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Learned {
    pub stage: StageId,
    pub expected: Estimate,
    pub rows: u64,
}

impl Learned {
    /// What an ended stage teaches; `None` when it gave about as many rows as expected.
    pub(crate) fn of(stage: &Stage, rows: u64) -> Option<Self> {
        let expected = stage.plan.rows;
        let (least, most) = (expected.value.max(1.0) / FACTOR, expected.value.max(1.0) * FACTOR);
        let is_new = rows == 0 || !(least..=most).contains(&(rows as f64));
        is_new.then_some(Self { stage: stage.id, expected, rows })
    }
}

/// Estimates that are off by less change no plan worth changing.
const FACTOR: f64 = 2.0;

impl Replanned {
    pub fn changed(&self) -> bool {
        !Arc::ptr_eq(&self.before, &self.after)
    }
}

impl Rest {
    /// Of a query whose optimized plan and physical plan these are.
    pub fn new(logical: PlanRef, physical: PhysicalRef, context: RuleContext) -> Self {
        let first_filter = first_free_filter(&physical);
        Self { logical, physical, first_filter, context }
    }

    /// Plans what has not begun, from what has. `None`: there is too little left to bother.
    pub(crate) fn plan(&mut self, learned: Vec<Learned>, begun: &[Begun<'_>]) -> Result<Option<Replanned>> {
        let leaves = Leaves::of(begun);
        let before = leaves.read_in(&self.physical, &mut HashMap::new());
        if rows_read(&before) < self.context.settings.get(&ADAPTIVE_ROWS_MIN) as f64 {
            return Ok(None);
        }
        let logical = leaves.put_into(&self.logical, &mut HashMap::new())?;
        // What wraps the query (a write) is in no logical plan.
        let (wrapper, query) = match &before.op {
            PhysicalOp::Write(_) => (Some(&before), before.children.first().unwrap_or(&before)),
            _ => (None, &before),
        };
        let (logical, physical) = firesteel_optimizer::plan_rest(&logical, self.first_filter, &self.context)?;
        if same_work(query, &physical) {
            return Ok(Some(Replanned { learned, before: Arc::clone(&before), after: before }));
        }
        self.first_filter = self.first_filter.max(first_free_filter(&physical));
        let after = match wrapper {
            Some(write) => write.with_children(vec![physical]),
            None => physical,
        };
        (self.logical, self.physical) = (logical, Arc::clone(&after));
        Ok(Some(Replanned { learned, before, after }))
    }
}

/// The stages that have begun, by the logical plan that each computes.
struct Leaves<'a> {
    of: HashMap<*const LogicalPlan, &'a Begun<'a>>,
}

impl<'a> Leaves<'a> {
    fn of(begun: &'a [Begun<'a>]) -> Self {
        Self { of: begun.iter().filter_map(|leaf| Some((Arc::as_ptr(leaf.stage.logical.as_ref()?), leaf))).collect() }
    }

    fn get(&self, plan: Option<&PlanRef>) -> Option<&'a Begun<'a>> {
        self.of.get(&Arc::as_ptr(plan?)).copied()
    }

    /// The logical plan with leaves in the place of what has begun.
    #[recursive]
    fn put_into(&self, plan: &PlanRef, tables: &mut HashMap<CommonTableId, &'a Begun<'a>>) -> Result<PlanRef> {
        if let Some(leaf) = self.get(Some(plan)) {
            return Ok(leaf.materialized(|id| id));
        }
        match &plan.node {
            Node::CommonTables(common) => {
                let mut definitions = Vec::new();
                for (id, definition) in &common.definitions {
                    match self.get(Some(definition)) {
                        Some(leaf) => _ = tables.insert(*id, leaf),
                        None => definitions.push((*id, self.put_into(definition, tables)?)),
                    }
                }
                let input = self.put_into(&common.input, tables)?;
                Ok(match definitions.is_empty() {
                    true => input,
                    false => LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input })),
                })
            }
            Node::CommonTableScan(scan) => Ok(match tables.get(&scan.table) {
                Some(leaf) => {
                    let theirs = leaf.stage.plan.schema.ids().into_iter();
                    let own: HashMap<_, _> = theirs.zip(scan.columns.iter().map(|column| column.id)).collect();
                    leaf.materialized(|id| own.get(&id).copied().unwrap_or(id))
                }
                None => Arc::clone(plan),
            }),
            _ => {
                let children = plan.children();
                let new = children.iter().map(|child| self.put_into(child, tables)).collect::<Result<Vec<_>>>()?;
                let same = new.iter().zip(children).all(|(new, old)| Arc::ptr_eq(new, old));
                Ok(if same { Arc::clone(plan) } else { plan.with_children(new) })
            }
        }
    }

    /// The physical plan that reads what has begun.
    #[recursive]
    fn read_in(&self, plan: &PhysicalRef, tables: &mut HashMap<CommonTableId, &'a Begun<'a>>) -> PhysicalRef {
        match (&plan.op, plan.children.as_slice()) {
            (PhysicalOp::Exchange(_), [child]) => {
                if let Some(leaf) = self.get(child.logical.as_ref()) {
                    return leaf.input(plan);
                }
            }
            (PhysicalOp::Recursion(_), _) => {
                if let Some(leaf) = self.get(plan.logical.as_ref()) {
                    return leaf.input(plan);
                }
            }
            (PhysicalOp::CommonTableScan(scan), _) => {
                if let Some(leaf) = tables.get(&scan.table) {
                    return leaf.input(plan);
                }
            }
            (PhysicalOp::CommonTables(common), [definitions @ .., input]) => {
                let (mut ids, mut children) = (Vec::new(), Vec::new());
                for (id, definition) in common.definitions.iter().zip(definitions) {
                    match self.get(definition.logical.as_ref()) {
                        Some(leaf) => _ = tables.insert(*id, leaf),
                        None => {
                            ids.push(*id);
                            children.push(self.read_in(definition, tables));
                        }
                    }
                }
                let input = self.read_in(input, tables);
                if ids.is_empty() {
                    return input;
                }
                children.push(input);
                let op = PhysicalOp::CommonTables(physical::CommonTables { definitions: ids });
                return Arc::new(PhysicalPlan { op, children, ..PhysicalPlan::clone(plan) });
            }
            _ => {}
        }
        plan.with_children(plan.children.iter().map(|child| self.read_in(child, tables)).collect())
    }
}

impl Begun<'_> {
    /// The leaf that stands for the stage, its columns under other ids.
    fn materialized(&self, rename: impl Fn(ColumnId) -> ColumnId) -> PlanRef {
        let renamed = |column: &PlanColumn| PlanColumn { id: rename(column.id), ..column.clone() };
        let columns: Vec<_> = self.stage.plan.schema.columns.iter().map(renamed).collect();
        let rows = match self.rows {
            Some(rows) => Estimate::exact(rows as f64),
            None => Estimate { source: Source::Derived, ..self.stage.plan.rows },
        };
        let known = self.stage.logical.as_ref().map(|plan| plan.statistics().of_columns(rows, &rename, &columns));
        let statistics = Arc::new(known.unwrap_or_else(|| Statistics::of_rows(rows)));
        LogicalPlan::new(Node::Materialized(Materialized { stage: self.stage.id.0, columns, statistics }))
    }

    /// Reads the stage in the place of `plan`.
    fn input(&self, plan: &PhysicalPlan) -> PhysicalRef {
        let op = PhysicalOp::StageInput(StageInput { stage: self.stage.id });
        let rows = self.rows.map_or(plan.rows, |rows| Estimate::exact(rows as f64));
        PhysicalPlan::new(op, Vec::new(), Arc::clone(&plan.schema), rows)
    }
}

/// Rows that a plan's leaves give.
#[recursive]
fn rows_read(plan: &PhysicalPlan) -> f64 {
    match plan.children.as_slice() {
        [] => plan.rows.value,
        children => children.iter().map(|child| rows_read(child)).sum(),
    }
}

/// Whether two plans differ in nothing but estimates and the numbers of runtime filters.
#[recursive]
fn same_work(a: &PhysicalPlan, b: &PhysicalPlan) -> bool {
    let same = match (&a.op, &b.op) {
        (PhysicalOp::HashJoin(a), PhysicalOp::HashJoin(b)) => {
            let plain = |join: &HashJoin| HashJoin { runtime_filters: Vec::new(), ..join.clone() };
            a.runtime_filters.len() == b.runtime_filters.len() && plain(a) == plain(b)
        }
        (PhysicalOp::Scan(a), PhysicalOp::Scan(b)) => {
            let plain = |scan: &Scan| Scan { runtime_filters: Vec::new(), ..scan.clone() };
            a.runtime_filters.len() == b.runtime_filters.len() && plain(a) == plain(b)
        }
        (a, b) => a == b,
    };
    same && a.schema.ids() == b.schema.ids()
        && a.children.len() == b.children.len()
        && a.children.iter().zip(&b.children).all(|(a, b)| same_work(a, b))
}
