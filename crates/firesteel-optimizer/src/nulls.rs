//! What NULL does to expressions: what lets outer joins become inner ones and joins change places.

use firesteel_common::ColumnId;
use firesteel_expr::{Expr, ExprKind};
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
            "and" | "or" => args.iter().all(|arg| is_null_with(arg, columns)),
            _ => function.is_strict() && args.iter().any(|arg| is_null_with(arg, columns)),
        },
    }
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
