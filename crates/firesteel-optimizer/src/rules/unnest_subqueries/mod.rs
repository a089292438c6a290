//! Dependent joins become plain ones.
//!
//! ```text
//! DependentJoin(l, Filter(r.k = l.k) over r)                        ⇒  Join(l, r) on r.k = l.k           [pull_up]
//! DependentJoin(l, Aggregate(sum(r.v)) over Filter(r.k = l.k) over r)
//!                                    ⇒  LeftOuter Join(l, Aggregate(r.k; sum(r.v)) over r) on l.k = r.k   [domain]
//! DependentJoin(l, explode(l.a))     ⇒  Generate explode(l.a) over l                                      [generate]
//! DependentJoin(l, any)              ⇒  Join(l, any over the distinct values that it needs of l) on these  [domain]
//! ```
//! After Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015). Bottom up: the right side of a dependent join has none
//! left in it when its turn comes.
//!
//! Required: no operator runs a side anew for each row.

mod domain;
mod generate;
mod pull_up;

use firesteel_plan::Schema;
use firesteel_plan::logical::{DependentJoin, free_columns};

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "unnest_subqueries",
    looks_for: NodeKinds::DEPENDENT_JOIN,
    order: Traversal::BottomUp,
    required: true,
    apply,
};

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::DependentJoin(join) = &plan.node else { return Ok(None) };
    let join = match join.kind.gives_right() {
        true => join.clone(),
        false => DependentJoin { right: existence(&join.right, join.filter.is_none()), ..join.clone() },
    };
    let cheaply = match generate::generate(&join) {
        Some(unnested) => Some(unnested),
        None => pull_up::pull_up(&join)?,
    };
    let unnested = match cheaply {
        Some(unnested) => unnested,
        None => domain::unnest(&join, context)?,
    };
    Ok(Some(with_columns(unnested, plan.schema())))
}

/// Where only existence of a row counts (`any`: of any row at all), neither order nor duplicates do.
fn existence(plan: &PlanRef, any: bool) -> PlanRef {
    match &plan.node {
        Node::Sort(sort) => existence(&sort.input, any),
        Node::Limit(limit) if any && limit.offset == 0 && limit.count != Some(0) => existence(&limit.input, any),
        Node::Project(project) if any => existence(&project.input, any),
        Node::Project(project) => {
            let input = existence(&project.input, any);
            LogicalPlan::new(Node::Project(Project { input, exprs: project.exprs.clone() }))
        }
        Node::Aggregate(aggregate) if any && aggregate.keys.is_empty() => LogicalPlan::one_row(),
        Node::Aggregate(aggregate) if any => existence(&aggregate.input, any),
        Node::Aggregate(aggregate) if aggregate.aggregates.is_empty() && !aggregate.keys.is_empty() => {
            let input = existence(&aggregate.input, any);
            LogicalPlan::new(Node::Project(Project { input, exprs: aggregate.keys.clone() }))
        }
        _ => Arc::clone(plan),
    }
}

/// Just these columns.
fn with_columns(plan: PlanRef, schema: &Schema) -> PlanRef {
    if plan.schema().ids() == schema.ids() {
        return plan;
    }
    let column = |id| plan.schema().get(id).map(|column| (id, column.to_expr()));
    let exprs = schema.ids().into_iter().filter_map(column).collect();
    LogicalPlan::new(Node::Project(Project { input: plan, exprs }))
}

/// The columns of `left` that the plan uses and does not give.
fn outer_columns(plan: &LogicalPlan, left: &Schema) -> Vec<ColumnId> {
    free_columns(plan).into_iter().filter(|id| left.contains(*id)).collect()
}

fn touches(expr: &Expr, left: &Schema) -> bool {
    expr.columns().iter().any(|id| left.contains(*id))
}
