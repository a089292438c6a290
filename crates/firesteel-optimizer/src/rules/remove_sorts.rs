//! Orders that nobody sees.
//!
//! ```text
//! Sort(a) over Sort(b)                       ⇒  Sort(a)
//! Aggregate, join, union, … over Sort        ⇒  the same without it
//! Sort over at most one row                  ⇒  that row
//! Sort(1, a, a DESC)                         ⇒  Sort(a)
//! ```
//! An order is seen by the client, by a limit and by aggregates that depend on it (`first`, `collect_list`).

use super::prelude::*;
use super::push_down_limit::rows_max;
use crate::executor::map_children;
use firesteel_expr::function::Volatility;
use firesteel_plan::logical::SortKey;

pub const RULE: Rule =
    Rule { name: "remove_sorts", looks_for: NodeKinds::SORT, order: Traversal::Whole, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = walk(plan, true)?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

/// `seen`: whether somebody above sees the order of these rows.
#[recursive::recursive]
fn walk(plan: &PlanRef, seen: bool) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::SORT) {
        return Ok(Arc::clone(plan));
    }
    match &plan.node {
        Node::Sort(sort) => {
            let keys = useful(&sort.keys);
            let quiet = sort.keys.iter().all(|key| !key.expr.can_fail());
            if quiet && (!seen || keys.is_empty() || at_most_one(&sort.input)) {
                return walk(&sort.input, seen);
            }
            let input = walk(&sort.input, false)?;
            if keys.len() == sort.keys.len() && Arc::ptr_eq(&input, &sort.input) {
                return Ok(Arc::clone(plan));
            }
            Ok(LogicalPlan::new(Node::Sort(Sort { input, keys })))
        }
        Node::Project(_) | Node::Filter(_) => map_children(plan, |child| walk(child, seen)),
        Node::Limit(_) => map_children(plan, |child| walk(child, true)),
        Node::Aggregate(aggregate) => {
            let seen = aggregate.aggregates.iter().any(|(_, call)| call.function.order_dependent);
            map_children(plan, |child| walk(child, seen))
        }
        Node::Join(_) | Node::Union(_) => map_children(plan, |child| walk(child, false)),
        // What others make of an order they know.
        _ => map_children(plan, |child| walk(child, true)),
    }
}

fn at_most_one(plan: &LogicalPlan) -> bool {
    rows_max(plan).is_some_and(|most| most <= 1)
}

/// Keys that tell rows apart which those before them do not.
fn useful(keys: &[SortKey]) -> Vec<SortKey> {
    let mut kept: Vec<SortKey> = Vec::with_capacity(keys.len());
    for key in keys {
        let constant = key.expr.as_literal().is_some();
        let known = key.expr.volatility() != Volatility::Volatile && kept.iter().any(|other| other.expr == key.expr);
        if !constant && !known {
            kept.push(key.clone());
        }
    }
    kept
}
