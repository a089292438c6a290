//! Drops filters that always hold; a filter that never holds leaves no rows.
//!
//! ```text
//! Filter(true)        over t  ⇒  t
//! Filter(false, NULL) over t  ⇒  no rows     (WHERE keeps only TRUE)
//! ```

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "eliminate_filter", looks_for: NodeKinds::FILTER, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Filter(filter) = &plan.node else { return Ok(None) };
    let Some(literal) = filter.predicate.as_literal() else { return Ok(None) };
    Ok(Some(match literal.as_boolean() {
        Some(true) => Arc::clone(&filter.input),
        _ => LogicalPlan::empty(plan.schema()),
    }))
}
