//! EXECUTE IMMEDIATE: a statement whose text is computed, with values for its markers.
//!
//! ```text
//! EXECUTE IMMEDIATE 'SELECT … WHERE a = :x' USING 5 AS x          what the text gives
//! EXECUTE IMMEDIATE '…' INTO v, w                                 its one row goes to variables
//! ```
//! Places in errors point into the text that is run.

use std::sync::Arc;

use firesteel_analyzer::as_written;
use firesteel_common::names::{quote, quote_parts};
use firesteel_common::{Result, Span, bail, error};
use firesteel_plan::parsed::{AliasedExpr, ExecuteImmediate, Expr, ExprKind, StatementKind};

use super::variables;
use crate::parameters::Values;
use crate::result::QueryResult;
use crate::session::Session;

pub(crate) fn execute(session: &Session, execute: &ExecuteImmediate, statement: Span) -> Result<QueryResult> {
    let unknown = |name: &firesteel_plan::parsed::Name| {
        error!(UNRESOLVED_COLUMN_WITHOUT_SUGGESTION, objectName = quote_parts(&name.values())).at(execute.into_span)
    };
    let text = text(session, &execute.text)?;
    let values = arguments(session, execute)?;
    let in_text = |error: firesteel_common::Error| error.in_text(&text);
    let bound = session.bind(&text, &values).map_err(in_text)?;
    let unnamed: Vec<_> = execute.arguments.iter().filter(|argument| name(argument).is_none()).collect();
    if bound.markers.named && !unnamed.is_empty() {
        let shown = unnamed.iter().map(|argument| format!("\"{}\"", session.shown(&argument.expr)));
        bail!(ALL_PARAMETERS_MUST_BE_NAMED, exprs = shown.collect::<Vec<_>>().join(", "));
    }
    if execute.into.is_empty() {
        return Ok(session.execute(&bound.statement).map_err(in_text)?.of_text(&text));
    }
    let StatementKind::Query(query) = &bound.statement.kind else {
        bail!(INVALID_STATEMENT_FOR_EXECUTE_INTO, sqlString = text.to_uppercase());
    };
    let targets = variables::targets(session, &execute.into, unknown)?;
    let row = variables::row(session, &variables::over(query), targets.len()).map_err(in_text)?;
    variables::assign(session, targets, row, statement)
}

fn text(session: &Session, expr: &Expr) -> Result<Arc<str>> {
    let shown = || quote(&session.shown(expr));
    let Some(constant) = session.constant(expr)? else {
        return Err(error!(UNSUPPORTED_EXPR_FOR_PARAMETER, invalidExprSql = format!("\"{}\"", session.shown(expr)))
            .at(expr.span));
    };
    match (constant.as_str(), constant.data_type()) {
        (Some(text), _) => Ok(Arc::from(text)),
        (None, data_type) if data_type.is_string() => {
            Err(error!(NULL_QUERY_STRING_EXECUTE_IMMEDIATE, varName = shown()))
        }
        (None, other) => Err(error!(INVALID_EXPR_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE, exprType = other.quoted_sql())),
    }
}

/// The name of the marker that an argument is for: its alias, or a variable's own name.
fn name(argument: &AliasedExpr) -> Option<&str> {
    match (&argument.alias, &argument.expr.kind) {
        (Some(alias), _) => Some(&alias.value),
        (None, ExprKind::Column(parts)) => parts.last().map(|part| part.value.as_str()),
        _ => None,
    }
}

fn arguments(session: &Session, execute: &ExecuteImmediate) -> Result<Values> {
    let mut values = Values::default();
    let mut names: Vec<&str> = Vec::new();
    for argument in &execute.arguments {
        let expr = &argument.expr;
        let Some(value) = session.constant(expr)? else {
            let shown = format!("\"{}\"", session.shown(expr));
            return Err(error!(UNSUPPORTED_EXPR_FOR_PARAMETER, invalidExprSql = shown).at(expr.span));
        };
        let name = name(argument);
        if let Some(name) = name {
            if names.contains(&name) {
                let aliases = quote(name);
                return Err(error!(EXEC_IMMEDIATE_DUPLICATE_ARGUMENT_ALIASES, aliases = aliases).at(execute.using_span));
            }
            names.push(name);
        }
        values.add(name.map(str::to_owned), as_written(&value)?);
    }
    Ok(values)
}
