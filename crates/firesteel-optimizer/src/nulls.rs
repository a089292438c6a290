//! What NULL does to expressions: what lets outer joins become inner ones and joins change places.

use firesteel_common::ColumnId;
use firesteel_expr::{Expr, ExprKind, ExprRef};
use recursive::recursive;

/// Whether the expression is surely NULL when the columns are.
#[recursive]
pub(crate) fn is_null_with(expr: &Expr, columns: &dyn Fn(ColumnId) -> bool) -> bool {
    match &expr.kind {
        ExprKind::Column(id) => columns(*id),
        ExprKind::Literal(literal) => literal.is_null(),
        ExprKind::Lambda(..) => false,
        ExprKind::Cast(inner, _) => is_null_with(inner, columns),
        ExprKind::Call(function, args) => match function.name {
            "and" | "or" | "coalesce" => args.iter().all(|arg| is_null_with(arg, columns)),
            "when" | "if" => case_is_null(args, columns),
            _ => function.is_strict() && args.iter().any(|arg| is_null_with(arg, columns)),
        },
    }
}

/// Of CASE: every branch that may be taken gives NULL, and so does what is left. Conditions and values take turns.
fn case_is_null(args: &[ExprRef], columns: &dyn Fn(ColumnId) -> bool) -> bool {
    args.chunks(2).all(|branch| match branch {
        [condition, value] => rejects(condition, columns) || is_null_with(value, columns),
        [otherwise] => is_null_with(otherwise, columns),
        _ => true,
    })
}

/// Whether the predicate is surely not TRUE when the columns are NULL: a filter by it drops such rows.
#[recursive]
pub(crate) fn rejects(predicate: &Expr, columns: &dyn Fn(ColumnId) -> bool) -> bool {
    if let Some(literal) = predicate.as_literal() {
        return literal.as_boolean() != Some(true);
    }
    if let Some(args) = predicate.as_call("and") {
        return args.iter().any(|arg| rejects(arg, columns));
    }
    if let Some(args) = predicate.as_call("or") {
        return args.iter().all(|arg| rejects(arg, columns));
    }
    if let Some([arg]) = predicate.as_call("isnotnull") {
        return is_null_with(arg, columns);
    }
    if let Some([needle, ..]) = predicate.as_call("in") {
        return is_null_with(needle, columns);
    }
    if let Some([arg]) = predicate.as_call("not") {
        return is_null_with(arg, columns)
            || matches!(arg.as_call("isnull"), Some([arg]) if is_null_with(arg, columns));
    }
    is_null_with(predicate, columns)
}
