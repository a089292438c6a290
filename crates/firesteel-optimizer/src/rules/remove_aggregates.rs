//! Grouping by what identifies a row already, and duplicates that nobody counts.
//!
//! ```text
//! DISTINCT over GROUP BY a giving a, n       ⇒  the groups as they are
//! semi join(l, DISTINCT over r)              ⇒  semi join(l, r)
//! ```
//! What identifies a row is proven by the plan's shape (groups, one row), not estimated.

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "remove_aggregates",
    looks_for: NodeKinds::AGGREGATE.or(NodeKinds::JOIN),
    order: Traversal::TopDown,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    match &plan.node {
        Node::Aggregate(aggregate) => Ok(distinct_of_distinct(aggregate)),
        Node::Join(join) if matches!(join.kind, JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_)) => {
            let Some(right) = with_duplicates(&join.right) else { return Ok(None) };
            Ok(Some(LogicalPlan::new(Node::Join(Join { right, ..join.clone() }))))
        }
        _ => Ok(None),
    }
}

fn distinct_of_distinct(aggregate: &Aggregate) -> Option<PlanRef> {
    if !aggregate.aggregates.is_empty() || aggregate.keys.is_empty() {
        return None;
    }
    let columns: Vec<ColumnId> = aggregate.keys.iter().filter_map(|(_, key)| key.as_column()).collect();
    aggregate.input.statistics().is_unique(&columns).then(|| without_grouping(aggregate))
}

fn without_grouping(aggregate: &Aggregate) -> PlanRef {
    LogicalPlan::new(Node::Project(Project { input: Arc::clone(&aggregate.input), exprs: aggregate.keys.clone() }))
}

/// A semi or anti join asks whether there is a row, not how many.
fn with_duplicates(plan: &PlanRef) -> Option<PlanRef> {
    match &plan.node {
        Node::Aggregate(aggregate) if aggregate.aggregates.is_empty() && !aggregate.keys.is_empty() => {
            Some(without_grouping(aggregate))
        }
        Node::Project(project) => {
            let input = with_duplicates(&project.input)?;
            Some(LogicalPlan::new(Node::Project(Project { input, exprs: project.exprs.clone() })))
        }
        _ => None,
    }
}
