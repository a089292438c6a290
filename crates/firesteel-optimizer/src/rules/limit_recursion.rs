//! Who wants only some rows of a recursion need not wait for its end, which may never come.
//!
//! ```text
//! Limit(10) over Project over Recursion  ⇒  the same over Recursion(until 10 rows)
//! ```
//! Required: what has no end gives rows only so.

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "limit_recursion", looks_for: NodeKinds::LIMIT, order: Traversal::BottomUp, required: true, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Limit(limit) = &plan.node else { return Ok(None) };
    let Some(count) = limit.count else { return Ok(None) };
    let input = wanting(&limit.input, limit.offset.saturating_add(count));
    Ok(input.map(|input| plan.with_children(vec![input])))
}

/// The plan with that said to the recursion that gives its rows one by one.
fn wanting(plan: &PlanRef, rows: u64) -> Option<PlanRef> {
    match &plan.node {
        Node::Project(project) => Some(plan.with_children(vec![wanting(&project.input, rows)?])),
        Node::Recursion(recursion) if recursion.limits.rows_wanted.is_none_or(|known| known > rows) => {
            let mut recursion = recursion.clone();
            recursion.limits.rows_wanted = Some(rows);
            Some(LogicalPlan::new(Node::Recursion(recursion)))
        }
        _ => None,
    }
}
