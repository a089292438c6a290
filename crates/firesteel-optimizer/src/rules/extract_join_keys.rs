//! Equalities between the sides of a join become its keys.
//!
//! ```text
//! Join on l.a = r.b AND l.c < r.d  ⇒  Join keys [l.a = r.b], filter l.c < r.d
//! Join on l.a <=> r.b              ⇒  Join keys [l.a <=> r.b]     (= where one of them is never NULL)
//! ```
//! Required: without keys a join compares every pair.

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "extract_join_keys", looks_for: NodeKinds::JOIN, order: Traversal::BottomUp, required: true, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    extract(plan)
}

/// What the rule does; `reorder_joins` builds its joins with it.
pub(crate) fn extract(plan: &PlanRef) -> Result<Option<PlanRef>> {
    let Node::Join(join) = &plan.node else { return Ok(None) };
    let Some(filter) = &join.filter else { return Ok(None) };
    let mut keys = join.keys.clone();
    let mut rest = Vec::new();
    for term in filter.conjuncts() {
        match key_of(&term, join) {
            Some(key) if keys.contains(&key) => {}
            Some(key) => keys.push(key),
            None => rest.push(term),
        }
    }
    if keys.len() == join.keys.len() {
        return Ok(None);
    }
    let filter = if rest.is_empty() { None } else { Some(Expr::and(rest)?) };
    Ok(Some(LogicalPlan::new(Node::Join(Join { keys, filter, ..join.clone() }))))
}

fn key_of(term: &Expr, join: &Join) -> Option<JoinKey> {
    let equal = term.as_call("=");
    let [a, b] = equal.or_else(|| term.as_call("<=>"))? else { return None };
    let nulls_match = equal.is_none() && a.nullable() && b.nullable();
    if term.can_fail() || a.columns().is_empty() || b.columns().is_empty() || a.data_type() != b.data_type() {
        return None;
    }
    let (left, right) = (join.left.schema(), join.right.schema());
    let key = |left: &ExprRef, right: &ExprRef| JoinKey { left: left.clone(), right: right.clone(), nulls_match };
    if left.covers(a) && right.covers(b) {
        Some(key(a, b))
    } else if left.covers(b) && right.covers(a) {
        Some(key(b, a))
    } else {
        None
    }
}
