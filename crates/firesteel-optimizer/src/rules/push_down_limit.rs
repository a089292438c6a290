//! Reads no more rows than a limit can use.
//!
//! ```text
//! Limit(n) over union(a, b)        ⇒  Limit(n) over union(Limit(n) over a, Limit(n) over b)
//! Limit(n) over left join(l, r)    ⇒  Limit(n) over left join(Limit(n) over l, r)     (each row of l comes out)
//! Limit(n) over cross join(l, r)   ⇒  the same with both sides limited
//! Limit(n) over at most n rows     ⇒  these rows
//! ```
//! The limit above stays; with an offset the rows to skip are needed below as well.

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "push_down_limit", looks_for: NodeKinds::LIMIT, order: Traversal::TopDown, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Limit(limit) = &plan.node else { return Ok(None) };
    let Some(count) = limit.count else { return Ok(None) };
    let needed = count.saturating_add(limit.offset);
    if limit.offset == 0 && rows_max(&limit.input).is_some_and(|most| most <= count) {
        return Ok(Some(Arc::clone(&limit.input)));
    }
    let input = match &limit.input.node {
        Node::Union(union) => limited_inputs(union, needed),
        Node::Join(join) => limited_sides(join, needed),
        _ => None,
    };
    Ok(input.map(|input| LogicalPlan::new(Node::Limit(Limit { input, ..limit.clone() }))))
}

/// The most rows a plan can give, where its shape says so.
pub(crate) fn rows_max(plan: &LogicalPlan) -> Option<u64> {
    match &plan.node {
        Node::Values(values) => Some(values.rows.len() as u64),
        Node::Aggregate(aggregate) if aggregate.keys.is_empty() => Some(1),
        Node::Limit(limit) => match (limit.count, rows_max(&limit.input)) {
            (Some(count), Some(most)) => Some(count.min(most)),
            (count, most) => count.or(most),
        },
        Node::Project(Project { input, .. })
        | Node::Filter(Filter { input, .. })
        | Node::Sort(Sort { input, .. })
        | Node::Aggregate(Aggregate { input, .. }) => rows_max(input),
        _ => None,
    }
}

/// `None` when the plan gives no more anyway.
fn limited(input: &PlanRef, count: u64) -> Option<PlanRef> {
    if rows_max(input).is_some_and(|most| most <= count) {
        return None;
    }
    Some(LogicalPlan::new(Node::Limit(Limit { input: Arc::clone(input), offset: 0, count: Some(count) })))
}

fn limited_inputs(union: &Union, count: u64) -> Option<PlanRef> {
    let new: Vec<_> = union.inputs.iter().map(|(input, _)| limited(input, count)).collect();
    if new.iter().all(Option::is_none) {
        return None;
    }
    let pairs = union.inputs.iter().zip(new);
    let inputs = pairs.map(|((input, ids), new)| (new.unwrap_or_else(|| Arc::clone(input)), ids.clone())).collect();
    Some(LogicalPlan::new(Node::Union(Union { inputs, columns: union.columns.clone() })))
}

fn limited_sides(join: &Join, count: u64) -> Option<PlanRef> {
    let product = join.kind == JoinKind::Inner && join.keys.is_empty() && join.filter.is_none();
    let left = (product || join.kind == JoinKind::Left).then(|| limited(&join.left, count)).flatten();
    let right = (product || join.kind == JoinKind::Right).then(|| limited(&join.right, count)).flatten();
    if left.is_none() && right.is_none() {
        return None;
    }
    Some(LogicalPlan::new(Node::Join(Join {
        left: left.unwrap_or_else(|| Arc::clone(&join.left)),
        right: right.unwrap_or_else(|| Arc::clone(&join.right)),
        ..join.clone()
    })))
}
