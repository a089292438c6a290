//! Logic with constants, and conditions that are decided.
//!
//! ```text
//! a AND true  ⇒  a          a AND false  ⇒  false        a AND a  ⇒  a
//! a OR false  ⇒  a          a OR true    ⇒  true         NOT (NOT a)  ⇒  a
//! NOT (a < b) ⇒  a >= b     a IN (1)     ⇒  a = 1        isnotnull(x) of what is never NULL  ⇒  true
//! (a AND b) OR (a AND c)  ⇒  a AND (b OR c)
//! ```
//! What could raise an error is only dropped behind its guard: `false AND x` drops x, `x AND false` keeps it.

use hashbrown::HashSet;

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "simplify_booleans",
    looks_for: NodeKinds::FILTER.or(NodeKinds::JOIN).or(NodeKinds::PROJECT).or(NodeKinds::AGGREGATE),
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = plan.map_expressions(&mut |expr| expr.rewrite(&mut |node| simplify(node)))?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

fn simplify(node: &ExprRef) -> Result<Option<ExprRef>> {
    if let Some(args) = node.as_call("and") {
        return simplify_n_ary(args, false);
    }
    if let Some(args) = node.as_call("or") {
        return match simplify_n_ary(args, true)? {
            Some(simpler) => Ok(Some(simpler)),
            None => factor_out(args),
        };
    }
    if let Some([arg]) = node.as_call("not") {
        return negate(arg);
    }
    if let Some([needle, only]) = node.as_call("in") {
        return Expr::call_named("=", vec![Arc::clone(needle), Arc::clone(only)]).map(Some);
    }
    let null_test = [("isnotnull", true), ("isnull", false)].into_iter();
    for (name, value) in null_test {
        if let Some([arg]) = node.as_call(name)
            && !arg.nullable()
            && !arg.can_fail()
        {
            return Ok(Some(Expr::literal(Literal::boolean(value))));
        }
    }
    Ok(None)
}

/// AND with `decides` = false, OR with `decides` = true: the constant that decides alone; its opposite says nothing.
fn simplify_n_ary(args: &[ExprRef], decides: bool) -> Result<Option<ExprRef>> {
    let mut kept: Vec<ExprRef> = Vec::with_capacity(args.len());
    let mut seen: HashSet<&ExprRef> = HashSet::new();
    let mut decided = false;
    for arg in args {
        match arg.as_literal().and_then(Literal::as_boolean) {
            Some(value) if value == decides => {
                kept.push(Arc::clone(arg));
                decided = true;
                break;
            }
            Some(_) => {}
            None if seen.insert(arg) => kept.push(Arc::clone(arg)),
            None => {}
        }
    }
    // Terms before the deciding one still have to raise their errors.
    if decided && kept.len() > 1 && !kept.iter().any(|term| term.can_fail()) {
        kept.drain(..kept.len() - 1);
    }
    if kept.len() == args.len() {
        return Ok(None);
    }
    let rebuilt = if decides { Expr::or(kept)? } else { Expr::and(kept)? };
    Ok(Some(rebuilt))
}

fn negate(arg: &ExprRef) -> Result<Option<ExprRef>> {
    if let Some([inner]) = arg.as_call("not") {
        return Ok(Some(Arc::clone(inner)));
    }
    for (name, opposite) in [("=", "!="), ("!=", "="), ("<", ">="), (">=", "<"), (">", "<="), ("<=", ">")] {
        if let Some(args) = arg.as_call(name) {
            return Expr::call_named(opposite, args.to_vec()).map(Some);
        }
    }
    Ok(None)
}

/// Terms that all branches share come out of the OR, where equi-joins and scans can see them.
fn factor_out(branches: &[ExprRef]) -> Result<Option<ExprRef>> {
    let conjuncts: Vec<Vec<ExprRef>> = branches.iter().map(|branch| branch.conjuncts()).collect();
    if conjuncts.iter().flatten().any(|term| term.can_fail()) {
        return Ok(None);
    }
    let Some((first, others)) = conjuncts.split_first() else { return Ok(None) };
    let common: Vec<ExprRef> =
        first.iter().filter(|term| others.iter().all(|branch| branch.contains(term))).cloned().collect();
    if common.is_empty() {
        return Ok(None);
    }
    let rests = conjuncts
        .iter()
        .map(|branch| Expr::and(branch.iter().filter(|term| !common.contains(term)).cloned().collect()));
    let rest = Expr::or(rests.collect::<Result<_>>()?)?;
    let mut terms = common;
    terms.push(rest);
    Expr::and(terms).map(Some)
}
