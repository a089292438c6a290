//! A generator over the outer row alone needs no join.
//!
//! ```text
//! DependentJoin Inner (l, Generate explode(l.a) over one row)      ⇒  Generate explode(l.a) over l
//! DependentJoin LeftOuter (l, Generate explode(l.a) over one row)  ⇒  Generate explode(l.a), outer over l
//! ```

use firesteel_plan::logical::DependentJoin;

use super::super::prelude::*;

pub(super) fn generate(join: &DependentJoin) -> Option<PlanRef> {
    let Node::Generate(generate) = &join.right.node else { return None };
    let left = matches!(join.kind, JoinKind::Left);
    if !is_one_row(&generate.input) || !(join.kind == JoinKind::Inner || (left && join.filter.is_none())) {
        return None;
    }
    let outer = generate.outer || left;
    let input = Arc::clone(&join.left);
    let plan = LogicalPlan::new(Node::Generate(Generate { input, outer, ..generate.clone() }));
    Some(match &join.filter {
        Some(filter) => LogicalPlan::new(Node::Filter(Filter { input: plan, predicate: Arc::clone(filter) })),
        None => plan,
    })
}

fn is_one_row(plan: &LogicalPlan) -> bool {
    matches!(&plan.node, Node::Values(values) if values.columns.is_empty() && values.rows.len() == 1)
}
