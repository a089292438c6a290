//! Outer joins whose rows without partner are dropped above are inner joins.
//!
//! ```text
//! Filter(r.b > 1) over Left join(l, r)        ⇒  Filter(r.b > 1) over Inner join(l, r)
//! Filter(l.a = 1) over Full join(l, r)        ⇒  Filter(l.a = 1) over Left join(l, r)
//! Inner join(Left join(l, r), s) on r.b = s.b ⇒  Inner join(Inner join(l, r), s)
//! ```
//! Carries down which columns must not be NULL for a row to survive.

use hashbrown::HashSet;

use super::prelude::*;
use crate::executor::map_children;
use crate::nulls;

pub const RULE: Rule =
    Rule { name: "eliminate_outer_join", looks_for: NodeKinds::JOIN, order: Traversal::Whole, required: false, apply };

/// Columns that are not NULL in any row that survives above.
pub(super) type NotNull = HashSet<ColumnId>;

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = walk(plan, &NotNull::new(), None)?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

/// `filter` is the predicate right above, if there is one.
#[recursive::recursive]
fn walk(plan: &PlanRef, not_null: &NotNull, filter: Option<&ExprRef>) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::JOIN) {
        return Ok(Arc::clone(plan));
    }
    match &plan.node {
        Node::Filter(node) => {
            let mut below = not_null.clone();
            below.extend(rejected(&node.predicate, nulls::rejects));
            map_children(plan, |child| walk(child, &below, Some(&node.predicate)))
        }
        Node::Sort(_) => map_children(plan, |child| walk(child, not_null, None)),
        Node::Project(Project { exprs, .. }) | Node::Aggregate(Aggregate { keys: exprs, .. }) => {
            let mut below = NotNull::new();
            for (_, expr) in exprs.iter().filter(|(id, _)| not_null.contains(id)) {
                below.extend(rejected(expr, nulls::is_null_with));
            }
            map_children(plan, |child| walk(child, &below, None))
        }
        Node::Union(union) => {
            let mut inputs = union.inputs.iter();
            map_children(plan, |child| {
                let ids = inputs.next().map(|(_, ids)| ids.as_slice()).unwrap_or_default();
                let pairs = union.columns.iter().zip(ids).filter(|(column, _)| not_null.contains(&column.id));
                walk(child, &pairs.map(|(_, id)| *id).collect(), None)
            })
        }
        Node::Join(join) => walk_join(plan, join, not_null, filter),
        _ => map_children(plan, |child| walk(child, &NotNull::new(), None)),
    }
}

/// The columns of which each alone, being NULL, satisfies the test.
fn rejected(expr: &Expr, test: fn(&Expr, &dyn Fn(ColumnId) -> bool) -> bool) -> Vec<ColumnId> {
    expr.columns().iter().copied().filter(|column| test(expr, &|id| id == *column)).collect()
}

fn walk_join(plan: &PlanRef, join: &Join, not_null: &NotNull, filter: Option<&ExprRef>) -> Result<PlanRef> {
    let dropped = |side: &PlanRef| {
        side.schema().columns.iter().any(|column| not_null.contains(&column.id))
            || filter.is_some_and(|filter| nulls::rejects(filter, &|id| side.schema().contains(id)))
    };
    let kind = match (join.kind, dropped(&join.left), dropped(&join.right)) {
        (JoinKind::Left, _, true) | (JoinKind::Right, true, _) | (JoinKind::Full, true, true) => JoinKind::Inner,
        (JoinKind::Full, true, false) => JoinKind::Left,
        (JoinKind::Full, false, true) => JoinKind::Right,
        (kind, _, _) => kind,
    };
    let (left, right) = below(join, kind, not_null);
    let children = [walk(&join.left, &left, None)?, walk(&join.right, &right, None)?];
    if kind == join.kind && Arc::ptr_eq(&children[0], &join.left) && Arc::ptr_eq(&children[1], &join.right) {
        return Ok(Arc::clone(plan));
    }
    let [left, right] = children;
    Ok(LogicalPlan::new(Node::Join(Join { kind, left, right, ..join.clone() })))
}

/// What must not be NULL in rows of either side, for them to matter.
fn below(join: &Join, kind: JoinKind, not_null: &NotNull) -> (NotNull, NotNull) {
    let matching = matching(join);
    let (pairs_only_left, pairs_only_right) = match kind {
        JoinKind::Inner | JoinKind::LeftSemi => (true, true),
        JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => (false, true),
        JoinKind::Right => (true, false),
        _ => return (NotNull::new(), NotNull::new()),
    };
    let of = |side: &PlanRef, pairs_only: bool, other_keeps: bool| {
        let ids = side.schema().columns.iter().map(|column| column.id);
        // What is dropped above anyway need not come from a side whose rows are not filled with NULL here.
        ids.filter(|id| (pairs_only && matching.contains(id)) || (!other_keeps && not_null.contains(id))).collect()
    };
    (of(&join.left, pairs_only_left, kind.keeps_right()), of(&join.right, pairs_only_right, kind.keeps_left()))
}

/// The columns that are not NULL in any pair: it needs its keys, and what makes its condition TRUE.
pub(super) fn matching(join: &Join) -> NotNull {
    let mut matching: NotNull = join.filter.iter().flat_map(|filter| rejected(filter, nulls::rejects)).collect();
    let strict = join.keys.iter().filter(|key| !key.nulls_match);
    for key in strict.flat_map(|key| [&key.left, &key.right]) {
        matching.extend(rejected(key, nulls::is_null_with));
    }
    matching
}
