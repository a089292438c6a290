//! Grouping sets over groups, not over rows.
//!
//! ```text
//! Aggregate [a, b, id], [sum(x)] over Expand [a, b], [[a, b], [a], []] over t
//!     ⇒  Aggregate [a, b, id], [merge_sum(s)] over Expand over Aggregate [a, b], [partial_sum(x) AS s] over t
//! ```
//! Each row would go once into every set; so do now only the groups by all keys, where there are far fewer of them. Last among
//! what looks into calls of aggregates: no other rule has to know of their steps.

use firesteel_plan::PlanColumn;
use firesteel_plan::statistics::groups;

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "aggregate_before_expand",
    looks_for: NodeKinds::EXPAND,
    order: Traversal::Whole,
    required: false,
    apply,
};

/// How many rows a group by all keys has at least, on the average, for another grouping to pay.
const ROWS_PER_GROUP: f64 = 4.0;

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let new = below(plan, context)?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

#[recursive::recursive]
fn below(plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::EXPAND) {
        return Ok(Arc::clone(plan));
    }
    let plan = crate::executor::map_children(plan, |child| below(child, context))?;
    match &plan.node {
        Node::Aggregate(aggregate) => match &aggregate.input.node {
            Node::Expand(expand) if is_worth_it(aggregate, expand) => split(aggregate, expand, context),
            _ => Ok(plan),
        },
        _ => Ok(plan),
    }
}

fn is_worth_it(aggregate: &Aggregate, expand: &Expand) -> bool {
    let splits = aggregate.aggregates.iter().all(|(_, call)| call.can_be_split());
    // What a set adds is not known before it.
    let early = aggregate.aggregates.iter().flat_map(|(_, call)| call.inputs());
    let added = expand.added_columns();
    let late = aggregate.keys.iter().all(|(_, key)| key.columns().iter().all(|id| added.iter().any(|c| c.id == *id)));
    let statistics = expand.input.statistics();
    let keys: Vec<_> = expand.keys.iter().map(|(_, key)| key).collect();
    splits
        && late
        && early.into_iter().all(|input| expand.input.schema().covers(input))
        && ROWS_PER_GROUP * groups::combinations(&keys, statistics).value <= statistics.rows.value
}

fn split(aggregate: &Aggregate, expand: &Expand, context: &RuleContext) -> Result<PlanRef> {
    let ids = &context.ids;
    let keys: Vec<_> = expand.keys.iter().map(|(id, key)| (ids.fresh_like(*id), Arc::clone(key))).collect();
    let to_expr = |(id, expr): &(ColumnId, ExprRef)| PlanColumn::of(*id, expr).to_expr();
    let inner_keys: Vec<_> = keys.iter().map(to_expr).collect();
    let (mut partial, mut merged) = (Vec::new(), Vec::new());
    for (id, call) in &aggregate.aggregates {
        let (state, states) = (ids.fresh_like(*id), call.partial()?);
        merged.push((*id, call.merge(Expr::column(state, states.data_type.clone(), states.nullable))));
        partial.push((state, states));
    }
    let input = Arc::clone(&expand.input);
    let input = LogicalPlan::new(Node::Aggregate(Aggregate { input, keys, aggregates: partial }));
    let keys = expand.keys.iter().zip(inner_keys).map(|((id, _), key)| (*id, key)).collect();
    let input = LogicalPlan::new(Node::Expand(Expand { input, keys, ..expand.clone() }));
    Ok(LogicalPlan::new(Node::Aggregate(Aggregate { input, keys: aggregate.keys.clone(), aggregates: merged })))
}
