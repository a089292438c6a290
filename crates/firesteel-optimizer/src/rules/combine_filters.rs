//! Makes one filter of two.
//!
//! ```text
//! Filter(b) over Filter(a) over t  ⇒  Filter(a AND b) over t     (the inner one still guards the outer)
//! ```

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "combine_filters", looks_for: NodeKinds::FILTER, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Filter(outer) = &plan.node else { return Ok(None) };
    let Node::Filter(inner) = &outer.input.node else { return Ok(None) };
    let predicate = Expr::and(vec![Arc::clone(&inner.predicate), Arc::clone(&outer.predicate)])?;
    Ok(Some(LogicalPlan::new(Node::Filter(Filter { input: Arc::clone(&inner.input), predicate }))))
}
