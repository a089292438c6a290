//! What is known of one side's join key holds for the other side's.
//!
//! ```text
//! Join(Filter(a = 5) over t, u) on a = k       ⇒  Join(Filter(a = 5) over t, Filter(k = 5) over u) on a = k
//! Left join(Filter(a > 5) over t, u) on a = k  ⇒  u filtered by k > 5        (rows of t stay as they are)
//! ```
//! A side whose rows come out without partner learns nothing. Nothing is inferred that is said already.

use super::prelude::*;
use crate::known;

pub const RULE: Rule =
    Rule { name: "infer_filters", looks_for: NodeKinds::JOIN, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Join(join) = &plan.node else { return Ok(None) };
    let (to_right, to_left) = directions(join.kind);
    let mut new = join.clone();
    if to_right {
        for term in known::terms(&join.left) {
            if let Some(term) = mirrored(&term, join, true)? {
                new.right = add(&new.right, &term)?;
            }
        }
    }
    if to_left {
        for term in known::terms(&join.right) {
            if let Some(term) = mirrored(&term, join, false)? {
                new.left = add(&new.left, &term)?;
            }
        }
    }
    let changed = !Arc::ptr_eq(&new.left, &join.left) || !Arc::ptr_eq(&new.right, &join.right);
    Ok(changed.then(|| LogicalPlan::new(Node::Join(new))))
}

/// Whether rows of the right side, and of the left side, are of use only when they match.
fn directions(kind: JoinKind) -> (bool, bool) {
    match kind {
        JoinKind::Inner | JoinKind::LeftSemi => (true, true),
        JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => (true, false),
        JoinKind::Right => (false, true),
        _ => (false, false),
    }
}

/// The term over the other side's keys, when it uses nothing but keys that are plain columns.
fn mirrored(term: &ExprRef, join: &Join, to_right: bool) -> Result<Option<ExprRef>> {
    // A key that is NULL matches nothing: nobody has to be told.
    if term.as_call("isnotnull").is_some() || term.columns().is_empty() {
        return Ok(None);
    }
    let partner = |id: ColumnId| {
        let pairs =
            join.keys.iter().map(|key| if to_right { (&key.left, &key.right) } else { (&key.right, &key.left) });
        let mut partners = pairs.filter(|(from, to)| from.as_column() == Some(id) && to.as_column().is_some());
        partners.next().map(|(_, to)| Arc::clone(to))
    };
    if !term.columns().iter().all(|id| partner(*id).is_some()) {
        return Ok(None);
    }
    term.replace_columns(&partner).map(Some)
}

/// The plan filtered by the term, as deep below inner joins as it goes, so that their other keys learn of it too.
#[recursive::recursive]
fn add(plan: &PlanRef, term: &ExprRef) -> Result<PlanRef> {
    if known::holds(plan, term) {
        return Ok(Arc::clone(plan));
    }
    let Node::Join(join) = &plan.node else { return known::filtered(plan, vec![Arc::clone(term)]) };
    let mut new = join.clone();
    if join.kind == JoinKind::Inner && join.left.schema().covers(term) {
        new.left = add(&join.left, term)?;
        if let Some(term) = mirrored(term, join, true)? {
            new.right = add(&join.right, &term)?;
        }
    } else if join.kind == JoinKind::Inner && join.right.schema().covers(term) {
        new.right = add(&join.right, term)?;
        if let Some(term) = mirrored(term, join, false)? {
            new.left = add(&join.left, &term)?;
        }
    } else {
        return known::filtered(plan, vec![Arc::clone(term)]);
    }
    Ok(LogicalPlan::new(Node::Join(new)))
}
