//! What a disjunction over both sides of a join says of each side alone.
//!
//! ```text
//! Join(l, r) on (l.a = 1 AND r.b = 2) OR (l.a = 3 AND r.b = 4)
//!     ⇒  the same over Filter(l.a = 1 OR l.a = 3) over l, Filter(r.b = 2 OR r.b = 4) over r
//! ```
//! The disjunction stays. A side whose rows come out without partner is left alone.

use super::prelude::*;
use crate::known;

pub const RULE: Rule =
    Rule { name: "derive_from_or", looks_for: NodeKinds::JOIN, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Join(join) = &plan.node else { return Ok(None) };
    let Some(filter) = &join.filter else { return Ok(None) };
    let (to_left, to_right) = match join.kind {
        JoinKind::Inner | JoinKind::LeftSemi => (true, true),
        JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => (false, true),
        JoinKind::Right => (true, false),
        _ => (false, false),
    };
    let mut new = join.clone();
    for term in filter.conjuncts().iter().filter(|term| known::may_move(term)) {
        if to_left {
            new.left = narrowed(&new.left, term)?;
        }
        if to_right {
            new.right = narrowed(&new.right, term)?;
        }
    }
    let changed = !Arc::ptr_eq(&new.left, &join.left) || !Arc::ptr_eq(&new.right, &join.right);
    Ok(changed.then(|| LogicalPlan::new(Node::Join(new))))
}

/// The side filtered by what every branch says of it, if every branch says something.
fn narrowed(side: &PlanRef, term: &ExprRef) -> Result<PlanRef> {
    let Some(branches) = term.as_call("or") else { return Ok(Arc::clone(side)) };
    let mut derived = Vec::with_capacity(branches.len());
    for branch in branches {
        let own = |term: &ExprRef| !term.columns().is_empty() && side.schema().covers(term);
        let own: Vec<_> = branch.conjuncts().into_iter().filter(own).collect();
        if own.is_empty() {
            return Ok(Arc::clone(side));
        }
        derived.push(Expr::and(own)?);
    }
    let term = super::simplify_in::simplified(&Expr::or(derived)?)?;
    if known::holds(side, &term) {
        return Ok(Arc::clone(side));
    }
    known::filtered(side, vec![term])
}
