//! The columns that a plan uses and does not give: those of a query around it.

use firesteel_common::ColumnId;
use hashbrown::HashSet;
use recursive::recursive;

use super::{LogicalPlan, Node};

/// Columns that expressions of the plan use and nothing below them gives, in the order in which they are met.
pub fn free_columns(plan: &LogicalPlan) -> Vec<ColumnId> {
    let mut free = Vec::new();
    collect(plan, &mut free);
    let mut seen = HashSet::new();
    free.retain(|id| seen.insert(*id));
    free
}

#[recursive]
fn collect(plan: &LogicalPlan, free: &mut Vec<ColumnId>) {
    let start = free.len();
    let children = plan.children();
    children.iter().for_each(|child| collect(child, free));
    if let Node::DependentJoin(join) = &plan.node {
        // What the left side gives the right side may use.
        let bound = join.left.schema();
        let mut at = 0;
        free.retain(|id| {
            at += 1;
            at <= start || !bound.contains(*id)
        });
    }
    let given: HashSet<ColumnId> = match &plan.node {
        Node::Relation(relation) => relation.columns.iter().map(|(_, id)| *id).collect(),
        _ => children.iter().flat_map(|child| child.schema().ids()).collect(),
    };
    let used = plan.expressions().into_iter().flat_map(|expr| expr.columns().iter().copied());
    free.extend(used.filter(|id| !given.contains(id)));
}
