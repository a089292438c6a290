//! Limits that say less.
//!
//! ```text
//! Limit(0)                       ⇒  no rows
//! Limit(m) over Limit(n)         ⇒  Limit(min(m, n))         (offsets added up)
//! Limit(n) over Project          ⇒  Project over Limit(n)    (then it meets a sort: top-n)
//! ```

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "simplify_limits", looks_for: NodeKinds::LIMIT, order: Traversal::TopDown, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Limit(limit) = &plan.node else { return Ok(None) };
    if limit.count == Some(0) {
        return Ok(Some(LogicalPlan::empty(plan.schema())));
    }
    if limit.offset == 0 && limit.count.is_none() {
        return Ok(Some(Arc::clone(&limit.input)));
    }
    match &limit.input.node {
        Node::Limit(inner) => {
            let left = inner.count.map(|count| count.saturating_sub(limit.offset));
            let count = match (left, limit.count) {
                (Some(left), Some(count)) => Some(left.min(count)),
                (left, count) => left.or(count),
            };
            let offset = inner.offset.saturating_add(limit.offset);
            Ok(Some(LogicalPlan::new(Node::Limit(Limit { input: Arc::clone(&inner.input), offset, count }))))
        }
        Node::Project(project) => {
            let input = LogicalPlan::new(Node::Limit(Limit { input: Arc::clone(&project.input), ..limit.clone() }));
            Ok(Some(LogicalPlan::new(Node::Project(Project { input, exprs: project.exprs.clone() }))))
        }
        _ => Ok(None),
    }
}
