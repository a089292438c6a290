//! Arithmetic that cannot overflow, as the bounds of its columns show, may not hold its predicate back.
//!
//! ```text
//! Filter(a = b - 53) over Join(t, u), b from 1 to 10436  ⇒  Filter(a = try_subtract(b, 53)) over Join(t, u)
//! ```
//! What can raise an error stays where it was written, above a product of whole tables if need be. The `try_` form gives the
//! same value, never fails, and so can become the join's key. Integers only, and only in conditions.

use super::prelude::*;
use firesteel_common::SqlType;
use firesteel_expr::ExprKind;
use firesteel_plan::statistics::{Statistics, integer_bounds};

pub const RULE: Rule = Rule {
    name: "prove_arithmetic",
    looks_for: NodeKinds::FILTER.or(NodeKinds::JOIN),
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    // Statistics only where they can help.
    if !plan.expressions().iter().any(|expr| expr.can_fail() && expr.any(&mut |node| twin(node).is_some())) {
        return Ok(None);
    }
    let known: Vec<_> = plan.children().into_iter().map(|child| Arc::clone(child.statistics())).collect();
    let bounds = |id: ColumnId| known.iter().find_map(|statistics: &Arc<Statistics>| integer_bounds(statistics, id));
    let new = plan.map_expressions(&mut |expr| {
        expr.rewrite(&mut |node| match twin(node) {
            Some(name) if range(node, &bounds).is_some() => Expr::call_named(name, node.children().to_vec()).map(Some),
            _ => Ok(None),
        })
    })?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

/// The function that does the same and never fails.
fn twin(node: &Expr) -> Option<&'static str> {
    let ExprKind::Call(function, _) = &node.kind else { return None };
    let name = match function.name {
        "+" => "try_add",
        "-" => "try_subtract",
        "*" => "try_multiply",
        _ => return None,
    };
    limits(node.data_type()).map(|_| name)
}

/// The smallest and largest value of an integral type.
fn limits(data_type: &SqlType) -> Option<(i128, i128)> {
    Some(match data_type {
        SqlType::TinyInt => (i128::from(i8::MIN), i128::from(i8::MAX)),
        SqlType::SmallInt => (i128::from(i16::MIN), i128::from(i16::MAX)),
        SqlType::Int => (i128::from(i32::MIN), i128::from(i32::MAX)),
        SqlType::BigInt => (i128::from(i64::MIN), i128::from(i64::MAX)),
        _ => return None,
    })
}

/// Between what the expression's values lie, if all of them fit its type.
#[recursive::recursive]
fn range(expr: &Expr, bounds: &dyn Fn(ColumnId) -> Option<(i128, i128)>) -> Option<(i128, i128)> {
    let (least, most) = limits(expr.data_type())?;
    let (low, high) = match &expr.kind {
        ExprKind::Column(id) => bounds(*id)?,
        ExprKind::Lambda(..) => return None,
        ExprKind::Literal(literal) => {
            let value = i128::from(literal.as_integer()?);
            (value, value)
        }
        ExprKind::Cast(inner, _) => range(inner, bounds)?,
        ExprKind::Call(function, args) => {
            let [left, right] = args.as_slice() else { return None };
            let ((a, b), (c, d)) = (range(left, bounds)?, range(right, bounds)?);
            match function.name {
                "+" | "try_add" => (a + c, b + d),
                "-" | "try_subtract" => (a - d, b - c),
                "*" | "try_multiply" => {
                    let products = [a.checked_mul(c)?, a.checked_mul(d)?, b.checked_mul(c)?, b.checked_mul(d)?];
                    (*products.iter().min()?, *products.iter().max()?)
                }
                _ => return None,
            }
        }
    };
    (least <= low && high <= most).then_some((low, high))
}
