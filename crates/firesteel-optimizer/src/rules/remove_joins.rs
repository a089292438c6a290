//! Joins that only look something up which nobody asks for.
//!
//! ```text
//! Project(l.a) over left join(l, r), each l has one r at most   ⇒  Project(l.a) over l
//! DISTINCT l.a over left join(l, r)                             ⇒  DISTINCT l.a over l
//! Project(l.a) over mark join(l, r), the mark unused            ⇒  Project(l.a) over l
//! DISTINCT l.a over inner join(l, r)                            ⇒  DISTINCT l.a over semi join(l, r)
//! ```
//! That there is one at most is proven (grouped by the join's keys), not estimated. What DISTINCT is here is every aggregate
//! that duplicates do not change.

use super::prelude::*;
use crate::known::may_move;

pub const RULE: Rule = Rule {
    name: "remove_joins",
    looks_for: NodeKinds::PROJECT.or(NodeKinds::AGGREGATE),
    order: Traversal::TopDown,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    match &plan.node {
        Node::Project(project) => Ok(over(plan, &project.input, true)),
        Node::Aggregate(aggregate) => {
            let matter = aggregate.aggregates.iter().any(|(_, call)| !call.function.ignores_duplicates);
            let input = &aggregate.input;
            Ok(match &input.node {
                Node::Project(project) if input.expressions().into_iter().all(may_move) => {
                    over(input, &project.input, matter).map(|input| plan.with_children(vec![input]))
                }
                _ => over(plan, input, matter),
            })
        }
        _ => Ok(None),
    }
}

/// The plan, which reads the join, over less than the join.
fn over(plan: &PlanRef, input: &PlanRef, duplicates_matter: bool) -> Option<PlanRef> {
    let Node::Join(join) = &input.node else { return None };
    if !input.expressions().into_iter().all(may_move) {
        return None;
    }
    let only = |side: &PlanRef| plan.expressions().iter().all(|expr| side.schema().covers(expr));
    let new = if only(&join.left) {
        without_right(join, duplicates_matter)
    } else if only(&join.right) {
        swapped(join).and_then(|join| without_right(&join, duplicates_matter))
    } else {
        None
    };
    new.map(|input| plan.with_children(vec![input]))
}

/// The left rows that come out, when nobody asks for the right columns.
fn without_right(join: &Join, duplicates_matter: bool) -> Option<PlanRef> {
    let keys: Vec<ColumnId> = join.keys.iter().filter_map(|key| key.right.as_column()).collect();
    match join.kind {
        JoinKind::Left if !duplicates_matter => Some(Arc::clone(&join.left)),
        JoinKind::Left | JoinKind::Single if join.right.statistics().is_unique(&keys) => Some(Arc::clone(&join.left)),
        JoinKind::Mark(_) => Some(Arc::clone(&join.left)),
        JoinKind::Inner if !duplicates_matter => {
            Some(LogicalPlan::new(Node::Join(Join { kind: JoinKind::LeftSemi, ..join.clone() })))
        }
        _ => None,
    }
}

fn swapped(join: &Join) -> Option<Join> {
    let kind = match join.kind {
        JoinKind::Inner => JoinKind::Inner,
        JoinKind::Right => JoinKind::Left,
        _ => return None,
    };
    let keys = join.keys.iter().map(JoinKey::swapped).collect();
    let (left, right) = (Arc::clone(&join.right), Arc::clone(&join.left));
    Some(Join { left, right, kind, keys, filter: join.filter.clone() })
}
