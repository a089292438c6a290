//! Conditionals whose conditions are known, and casts of casts.
//!
//! ```text
//! CASE WHEN false THEN a WHEN b THEN c ELSE d END   ⇒  CASE WHEN b THEN c ELSE d END
//! CASE WHEN a THEN b WHEN true THEN c … END         ⇒  CASE WHEN a THEN b ELSE c END
//! IF(a, b, b)                                       ⇒  b          (a cannot fail)
//! coalesce(NULL, a, 1, b)                           ⇒  coalesce(a, 1)
//! CAST(CAST(a AS BIGINT) AS INT)                    ⇒  a          (a INT)
//! ```

use super::prelude::*;
use super::unwrap_casts::loses_nothing;
use crate::known::may_move;
use firesteel_expr::ExprKind;

pub const RULE: Rule = Rule {
    name: "simplify_conditionals",
    looks_for: NodeKinds::ALL,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = plan.map_expressions(&mut |expr| expr.rewrite(&mut simplify))?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

fn simplify(node: &ExprRef) -> Result<Option<ExprRef>> {
    let new = match &node.kind {
        ExprKind::Call(function, args) => match function.name {
            "when" | "if" => decided(node, args)?,
            "coalesce" => first_of(args)?,
            _ => None,
        },
        ExprKind::Cast(inner, _) => cast_of_cast(node, inner),
        _ => None,
    };
    // A branch may be of a narrower type than the whole.
    Ok(new.filter(|new| new.data_type() == node.data_type()))
}

/// `[condition, value, …, else?]` without what never applies.
fn decided(node: &ExprRef, args: &[ExprRef]) -> Result<Option<ExprRef>> {
    let (mut kept, mut otherwise) = (Vec::with_capacity(args.len()), None);
    let mut pairs = args.chunks_exact(2);
    for pair in pairs.by_ref() {
        match pair[0].as_literal() {
            Some(literal) if literal.as_boolean() == Some(true) => {
                otherwise = Some(Arc::clone(&pair[1]));
                break;
            }
            Some(_) => {}
            None => kept.extend_from_slice(pair),
        }
    }
    let otherwise = otherwise.or_else(|| args.chunks_exact(2).remainder().first().cloned());
    let null = || Expr::literal(Literal::null(node.data_type().clone()));
    if kept.is_empty() {
        return Ok(Some(otherwise.unwrap_or_else(null)));
    }
    let same = otherwise
        .as_ref()
        .is_some_and(|otherwise| kept.chunks_exact(2).all(|pair| may_move(&pair[0]) && pair[1] == *otherwise));
    if same {
        return Ok(otherwise);
    }
    let removed = args.len() / 2 - kept.len() / 2;
    if removed == 0 {
        return Ok(None);
    }
    kept.extend(otherwise);
    Expr::call_named("when", kept).map(Some)
}

/// `coalesce` up to the first argument that is never NULL, without those that always are.
fn first_of(args: &[ExprRef]) -> Result<Option<ExprRef>> {
    let mut kept = Vec::with_capacity(args.len());
    for arg in args {
        if arg.as_literal().is_some_and(Literal::is_null) {
            continue;
        }
        kept.push(Arc::clone(arg));
        if !arg.nullable() {
            break;
        }
    }
    match kept.as_slice() {
        // All are NULL: folding says so.
        [] => Ok(None),
        [only] => Ok(Some(Arc::clone(only))),
        _ if kept.len() == args.len() => Ok(None),
        _ => Expr::call_named("coalesce", kept).map(Some),
    }
}

/// A detour over a type that holds every value.
fn cast_of_cast(node: &ExprRef, inner: &ExprRef) -> Option<ExprRef> {
    let ExprKind::Cast(source, _) = &inner.kind else { return None };
    if !loses_nothing(source.data_type(), inner.data_type()) || source.data_type() != node.data_type() {
        return None;
    }
    Some(Arc::clone(source))
}
