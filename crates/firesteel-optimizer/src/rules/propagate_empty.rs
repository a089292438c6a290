//! What reads no rows gives none.
//!
//! ```text
//! Filter, Project, Sort, Limit, Window, Expand
//!   over no rows                                  ⇒  no rows
//! inner join with no rows on a side               ⇒  no rows
//! Aggregate with keys over no rows                ⇒  no rows     (without keys it still gives one)
//! union                                           ⇒  without its empty inputs
//! ```

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "propagate_empty", looks_for: NodeKinds::ALL, order: Traversal::BottomUp, required: false, apply };

fn is_empty(plan: &LogicalPlan) -> bool {
    matches!(&plan.node, Node::Values(values) if values.rows.is_empty())
}

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let empty = match &plan.node {
        Node::Filter(Filter { input, .. })
        | Node::Project(Project { input, .. })
        | Node::Sort(Sort { input, .. })
        | Node::Generate(Generate { input, .. })
        | Node::Limit(Limit { input, .. })
        | Node::Expand(Expand { input, .. })
        | Node::Window(Window { input, .. }) => is_empty(input),
        Node::Aggregate(aggregate) => !aggregate.keys.is_empty() && is_empty(&aggregate.input),
        Node::Join(join) => match join.kind {
            JoinKind::Inner | JoinKind::LeftSemi => is_empty(&join.left) || is_empty(&join.right),
            JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => is_empty(&join.left),
            JoinKind::Right => is_empty(&join.right),
            JoinKind::Full => is_empty(&join.left) && is_empty(&join.right),
        },
        Node::Union(union) => return Ok(without_empty_inputs(plan, union)),
        Node::Relation(_)
        | Node::Values(_)
        | Node::Materialized(_)
        | Node::DependentJoin(_)
        | Node::CommonTables(_)
        | Node::CommonTableScan(_) => false,
        Node::Range(range) => range.count == 0,
    };
    Ok(empty.then(|| LogicalPlan::empty(plan.schema())))
}

fn without_empty_inputs(plan: &PlanRef, union: &Union) -> Option<PlanRef> {
    let inputs: Vec<_> = union.inputs.iter().filter(|(input, _)| !is_empty(input)).cloned().collect();
    match inputs.len() {
        0 => Some(LogicalPlan::empty(plan.schema())),
        left if left == union.inputs.len() => None,
        _ => Some(LogicalPlan::new(Node::Union(Union { inputs, columns: union.columns.clone() }))),
    }
}
