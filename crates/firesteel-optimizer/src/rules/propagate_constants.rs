//! Columns that a filter makes constant are constants, and NULL goes up through what it makes NULL.
//!
//! ```text
//! a = 5 AND b = a + 1          ⇒  a = 5 AND b = 5 + 1
//! a + NULL                     ⇒  NULL
//! Filter(a > 1 AND NULL)       ⇒  Filter(false)         (a filter takes NULL for false)
//! Filter(a > 1 OR NULL)        ⇒  Filter(a > 1)
//! ```

use hashbrown::HashMap;

use super::prelude::*;
use crate::known::may_move;
use firesteel_common::SqlType;
use firesteel_expr::ExprKind;

pub const RULE: Rule =
    Rule { name: "propagate_constants", looks_for: NodeKinds::ALL, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let mut new = plan.map_expressions(&mut |expr| expr.rewrite(&mut null_in_null_out))?;
    if let Node::Filter(filter) = &new.node {
        let predicate = without_null(&with_constants(&filter.predicate)?)?;
        if !Arc::ptr_eq(&predicate, &filter.predicate) {
            new = LogicalPlan::new(Node::Filter(Filter { input: Arc::clone(&filter.input), predicate }));
        }
    }
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

/// A strict call of NULL, which is not computed, if no other argument could still raise an error.
fn null_in_null_out(node: &ExprRef) -> Result<Option<ExprRef>> {
    let ExprKind::Call(function, args) = &node.kind else { return Ok(None) };
    let is_null = |arg: &ExprRef| arg.as_literal().is_some_and(Literal::is_null);
    let found = function.is_strict() && args.iter().any(is_null) && args.iter().all(may_move);
    Ok(found.then(|| Expr::literal(Literal::null(node.data_type().clone()))))
}

/// Whether equal values of a type are the same value: not so for 0.0 and -0.0, nor for texts under a collation.
fn equal_is_same(data_type: &SqlType) -> bool {
    match data_type {
        SqlType::Float | SqlType::Double => false,
        SqlType::String(_) => *data_type == SqlType::STRING,
        other => !other.is_nested(),
    }
}

/// Conjuncts in which columns that another conjunct pins to a constant are that constant.
fn with_constants(predicate: &ExprRef) -> Result<ExprRef> {
    let Some(conjuncts) = predicate.as_call("and") else { return Ok(Arc::clone(predicate)) };
    let mut constants: HashMap<ColumnId, &ExprRef> = HashMap::new();
    let mut pins = vec![false; conjuncts.len()];
    for (at, conjunct) in conjuncts.iter().enumerate() {
        if let Some((id, constant)) = pinned(conjunct) {
            // Pinned twice: the second is a comparison of constants.
            pins[at] = !constants.contains_key(&id);
            constants.entry(id).or_insert(constant);
        }
    }
    if constants.is_empty() {
        return Ok(Arc::clone(predicate));
    }
    let mut changed = false;
    let mut new = Vec::with_capacity(conjuncts.len());
    for (conjunct, pin) in conjuncts.iter().zip(pins) {
        let replaced = match pin || equates_columns(conjunct) {
            true => Arc::clone(conjunct),
            false => conjunct.replace_columns(&|id| constants.get(&id).map(|constant| Arc::clone(constant)))?,
        };
        changed |= !Arc::ptr_eq(&replaced, conjunct);
        new.push(replaced);
    }
    if changed { Expr::and(new) } else { Ok(Arc::clone(predicate)) }
}

/// `a = b` may be what two relations are joined by.
fn equates_columns(conjunct: &ExprRef) -> bool {
    conjunct.as_call("=").is_some_and(|args| args.iter().all(|arg| arg.as_column().is_some()))
}

fn pinned(conjunct: &ExprRef) -> Option<(ColumnId, &ExprRef)> {
    let [left, right] = conjunct.as_call("=")? else { return None };
    let (column, constant) = if right.as_literal().is_some() { (left, right) } else { (right, left) };
    let fits = !constant.as_literal()?.is_null() && equal_is_same(column.data_type());
    (fits && column.data_type() == constant.data_type()).then_some((column.as_column()?, constant))
}

/// The predicate of a filter, which does not tell NULL from false.
fn without_null(predicate: &ExprRef) -> Result<ExprRef> {
    if predicate.as_literal().is_some_and(Literal::is_null) {
        return Ok(Expr::literal(Literal::boolean(false)));
    }
    for (name, build) in [("and", Expr::and as fn(Vec<ExprRef>) -> Result<ExprRef>), ("or", Expr::or)] {
        let Some(args) = predicate.as_call(name) else { continue };
        let new = args.iter().map(without_null).collect::<Result<Vec<_>>>()?;
        let same = new.iter().zip(args).all(|(new, arg)| Arc::ptr_eq(new, arg));
        return if same { Ok(Arc::clone(predicate)) } else { build(new) };
    }
    Ok(Arc::clone(predicate))
}
