//! Compares a column as it is stored, not as it was widened.
//!
//! ```text
//! CAST(a AS BIGINT) < 5L                       ⇒  a < 5         (a INT, 5 fits INT exactly)
//! CAST(d AS DECIMAL(16,2)) >= 0.05BD           ⇒  d >= 0.05     (scale kept, value fits)
//! ```
//! Only casts that lose nothing; then scans can use min and max, and kernels the narrow form.

use super::prelude::*;
use firesteel_common::SqlType;
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::{CastMode, ExprKind};

pub const RULE: Rule = Rule {
    name: "unwrap_casts",
    looks_for: NodeKinds::FILTER.or(NodeKinds::JOIN),
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let new = plan.map_expressions(&mut |expr| expr.rewrite(&mut |node| unwrap(node, context)))?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

fn unwrap(node: &ExprRef, context: &RuleContext) -> Result<Option<ExprRef>> {
    for name in ["=", "<", "<=", ">", ">=", "!=", "<=>"] {
        let Some([left, right]) = node.as_call(name) else { continue };
        if let Some((inner, literal)) = narrowed(left, right, context) {
            return Expr::call_named(name, vec![inner, literal]).map(Some);
        }
        if let Some((inner, literal)) = narrowed(right, left, context) {
            return Expr::call_named(name, vec![literal, inner]).map(Some);
        }
    }
    if let Some([needle, list @ ..]) = node.as_call("in") {
        let narrowed: Option<Vec<_>> = list.iter().map(|item| narrowed(needle, item, context)).collect();
        if let Some(narrowed) = narrowed
            && let Some((inner, _)) = narrowed.first().cloned()
        {
            let args = std::iter::once(inner).chain(narrowed.into_iter().map(|(_, item)| item)).collect();
            return Expr::call_named("in", args).map(Some);
        }
    }
    Ok(None)
}

/// The expression under the cast and the literal in its type, if the value is the same there.
fn narrowed(cast: &ExprRef, literal: &ExprRef, context: &RuleContext) -> Option<(ExprRef, ExprRef)> {
    let ExprKind::Cast(inner, CastMode::Ansi) = &cast.kind else { return None };
    let value = literal.as_literal()?;
    if value.is_null() || !loses_nothing(inner.data_type(), cast.data_type()) {
        return None;
    }
    let convert = |value: &ExprRef, to: &SqlType| {
        let cast = Expr::cast(Arc::clone(value), to.clone(), CastMode::Try);
        evaluate_constant(&cast, &context.eval).ok()
    };
    let narrow = Expr::literal(convert(literal, inner.data_type())?);
    let back = convert(&narrow, cast.data_type())?;
    (back == *value).then(|| (Arc::clone(inner), narrow))
}

/// Whether every value keeps its identity and its order.
pub(crate) fn loses_nothing(from: &SqlType, to: &SqlType) -> bool {
    use SqlType::{BigInt, Date, Decimal, Double, Float, Int, SmallInt, TimestampNtz, TinyInt};
    match (from, to) {
        (TinyInt, SmallInt | Int | BigInt) | (SmallInt, Int | BigInt) | (Int, BigInt | Double) => true,
        (TinyInt | SmallInt, Double) | (Float, Double) | (Date, TimestampNtz) => true,
        (Decimal { precision: p1, scale: s1 }, Decimal { precision: p2, scale: s2 }) => {
            s2 >= s1 && i16::from(*p2) - i16::from(*s2) >= i16::from(*p1) - i16::from(*s1)
        }
        (TinyInt | SmallInt | Int | BigInt, Decimal { precision, scale }) => {
            let digits = match from {
                TinyInt => 3,
                SmallInt => 5,
                Int => 10,
                _ => 19,
            };
            i16::from(*precision) - i16::from(*scale) >= digits
        }
        _ => false,
    }
}
