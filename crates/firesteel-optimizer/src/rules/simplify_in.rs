//! Equalities with several constants as a list, lists without repeats.
//!
//! ```text
//! a = 1 OR a = 2 OR b > 3   ⇒  a IN (1, 2) OR b > 3
//! a IN (1, 2) OR a = 3      ⇒  a IN (1, 2, 3)
//! a IN (1, 2, 1)            ⇒  a IN (1, 2)
//! ```
//! A list is looked up at once, and readers skip data by it.

use hashbrown::HashSet;

use super::prelude::*;
use crate::known::may_move;
use firesteel_common::SqlType;

pub const RULE: Rule = Rule {
    name: "simplify_in",
    looks_for: NodeKinds::FILTER.or(NodeKinds::JOIN).or(NodeKinds::PROJECT).or(NodeKinds::AGGREGATE),
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = plan.map_expressions(&mut simplified)?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

/// What the rule makes of an expression.
pub(crate) fn simplified(expr: &ExprRef) -> Result<ExprRef> {
    expr.rewrite(&mut |node| match (node.as_call("or"), node.as_call("in")) {
        (Some(branches), _) => merged(branches),
        (_, Some(args)) => without_repeats(args),
        _ => Ok(None),
    })
}

/// The needle and the constants of `needle = constant` and `needle IN (constants)`.
fn membership(term: &ExprRef) -> Option<(&ExprRef, Vec<&ExprRef>)> {
    // Collated text is compared by its own rules.
    let plain =
        |needle: &ExprRef| !matches!(needle.data_type(), SqlType::String(_)) || *needle.data_type() == SqlType::STRING;
    if let Some([left, right]) = term.as_call("=") {
        let (needle, constant) = if right.as_literal().is_some() { (left, right) } else { (right, left) };
        let fits = constant.as_literal().is_some() && needle.as_literal().is_none() && plain(needle);
        return (fits && needle.data_type() == constant.data_type()).then(|| (needle, vec![constant]));
    }
    let (needle, list) = term.as_call("in")?.split_first()?;
    let fits = list.iter().all(|item| item.as_literal().is_some()) && plain(needle);
    fits.then(|| (needle, list.iter().collect()))
}

/// Branches over the same needle become one, in the place of the first.
fn merged(branches: &[ExprRef]) -> Result<Option<ExprRef>> {
    let mut kept: Vec<(ExprRef, Option<Vec<ExprRef>>)> = Vec::with_capacity(branches.len());
    for branch in branches {
        let Some((needle, constants)) = membership(branch).filter(|(needle, _)| may_move(needle)) else {
            kept.push((Arc::clone(branch), None));
            continue;
        };
        let constants = constants.into_iter().cloned();
        let known = kept.iter_mut().find(|(known, list)| list.is_some() && known == needle);
        match known {
            Some((_, Some(list))) => list.extend(constants),
            _ => kept.push((Arc::clone(needle), Some(constants.collect()))),
        }
    }
    if kept.len() == branches.len() {
        return Ok(None);
    }
    let branch = |(needle, list): (ExprRef, Option<Vec<ExprRef>>)| match list {
        None => Ok(needle),
        Some(list) => listed(needle, list),
    };
    Expr::or(kept.into_iter().map(branch).collect::<Result<_>>()?).map(Some)
}

fn listed(needle: ExprRef, list: Vec<ExprRef>) -> Result<ExprRef> {
    let mut seen = HashSet::new();
    let list: Vec<_> = list.into_iter().filter(|item| seen.insert(Arc::clone(item))).collect();
    let name = if list.len() == 1 { "=" } else { "in" };
    Expr::call_named(name, std::iter::once(needle).chain(list).collect())
}

fn without_repeats(args: &[ExprRef]) -> Result<Option<ExprRef>> {
    let Some((needle, list)) = args.split_first() else { return Ok(None) };
    let mut seen = HashSet::new();
    if list.iter().all(|item| item.as_literal().is_none() || seen.insert(item)) {
        return Ok(None);
    }
    let mut seen = HashSet::new();
    let first = |item: &&ExprRef| item.as_literal().is_none() || seen.insert(Arc::clone(item));
    let list: Vec<_> = list.iter().filter(first).cloned().collect();
    Expr::call_named("in", std::iter::once(Arc::clone(needle)).chain(list).collect()).map(Some)
}
