//! The order of joins: a tree of joins becomes a graph, of whose trees the cheapest is built.
//!
//! ```text
//! tree of joins ──graph──▶ relations, equal columns, operators with what each needs ──dphyp──▶ cheapest tree ──build──▶ plan
//!                                                                                 └─too many─▶ greedy ─┘
//! ```
//! - [`set`]: sets of relations as bits. [`graph`]: what may be joined with what; outer, semi and anti joins among it, each
//!   with the conflicts that keep it from moving where it would mean something else.
//! - [`dphyp`]: every pair of connected sets once. [`greedy`]: the best pair first, where there are too many.
//! - [`cost`]: rows of a set, and what a join of two costs, the scan that a runtime filter spares among it.
//! - [`build`]: the chosen tree as a plan.

mod build;
mod cost;
mod dphyp;
mod graph;
mod greedy;
mod set;

use firesteel_common::Result;
use firesteel_plan::PlanRef;

pub(crate) use cost::{BUILD, probed};
use graph::Graph;

/// Pairs of sets looked at before the greedy way is taken: some milliseconds.
const PAIRS_MAX: usize = 10_000;
/// A tree is rebuilt only for a cost lower than that: estimates are no better, and what is ordered stays so.
const WORTH_IT: f64 = 0.99;

/// The joins at the top of the plan in the cheapest order; `None` when the order stays. Inputs of the joins are taken as
/// they are, in whatever order their own joins stand. The columns may come out in another order.
pub(crate) fn order(plan: &PlanRef) -> Result<Option<PlanRef>> {
    let Some(graph) = Graph::of(plan)? else { return Ok(None) };
    let written = cost::of_tree(&graph, &graph.written);
    let found = dphyp::cheapest(&graph, PAIRS_MAX).or_else(|| greedy::cheapest(&graph));
    match (found, written) {
        (Some((_, cost)), Some(written)) if cost >= WORTH_IT * written => Ok(None),
        (Some((tree, _)), _) => build::plan(&graph, &tree),
        (None, _) => Ok(None),
    }
}

/// The inputs of the joins at the top of the plan that [`order`] would order, or `None` when there is nothing to order.
pub(crate) fn inputs(plan: &PlanRef) -> Option<Vec<PlanRef>> {
    graph::inputs(plan)
}

/// The plan with these inputs in the place of those that [`inputs`] gave.
pub(crate) fn with_inputs(plan: &PlanRef, inputs: Vec<PlanRef>) -> PlanRef {
    graph::with_inputs(plan, &mut inputs.into_iter())
}
