//! Session variables: DECLARE, SET VARIABLE, DROP TEMPORARY VARIABLE.
//!
//! ```text
//! DECLARE x INT = 1     x: INT, 1, default 1
//! SET VAR x = x + 1     SELECT x + 1  ──one row──▶  CAST(2 AS INT)  ──▶  x: INT, 2, default 1
//! ```

use std::sync::Arc;

use firesteel_analyzer::{VARIABLES_HOME, Variables, as_written};
use firesteel_common::names::{quote, quote_parts, same_name};
use firesteel_common::{Error, Result, Span, SqlType, bail, error, internal};
use firesteel_expr::Literal;
use firesteel_plan::parsed::{
    DeclareVariable, Expr, ExprKind, Ident, Name, Query, QueryBodyKind, SelectItem, SelectItemKind, TableFactor,
    TableFactorKind,
};
use hashbrown::{HashMap, HashSet};

use crate::frame::block::{self, Open};
use crate::result::QueryResult;
use crate::session::Session;

/// Where SET VARIABLE looks for a name.
const SEARCH_PATH: &str = "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]";

/// What a session's variables are now, and what DEFAULT makes of them. Replaced as a whole: a query sees one state.
#[derive(Default)]
pub(crate) struct SessionVariables {
    values: Arc<Variables>,
    defaults: HashMap<String, Expr>,
}

impl SessionVariables {
    pub(crate) fn values(&self) -> Arc<Variables> {
        Arc::clone(&self.values)
    }

    fn set(&mut self, key: &str, value: Literal) {
        Arc::make_mut(&mut self.values).insert(key.to_owned(), value);
    }
}

/// The key of a variable by a name that may be qualified by where variables live.
fn key(parts: &[Ident]) -> Option<String> {
    let (last, qualifier) = parts.split_last()?;
    let home = VARIABLES_HOME.get(VARIABLES_HOME.len().checked_sub(qualifier.len())?..)?;
    let fits = qualifier.iter().zip(home).all(|(part, home)| same_name(&part.value, home));
    fits.then(|| last.value.to_lowercase())
}

pub(crate) fn is_variable(session: &Session, parts: &[Ident]) -> bool {
    key(parts).is_some_and(|key| session.variables().values.contains_key(&key))
}

fn full_name(key: &str) -> String {
    quote_parts(&[VARIABLES_HOME[0], VARIABLES_HOME[1], key])
}

fn unresolved(name: &Name, search_path: &str) -> Error {
    error!(UNRESOLVED_VARIABLE, variableName = quote_parts(&name.values()), searchPath = search_path).at(name.span)
}

pub(crate) fn declare(session: &Session, declared: &DeclareVariable, statement: Span) -> Result<QueryResult> {
    let mut keys = Vec::new();
    for name in &declared.names {
        let home = format!("[{}]", quote_parts(&VARIABLES_HOME));
        let key = key(&name.parts).ok_or_else(|| unresolved(name, &home))?;
        if keys.contains(&key) {
            bail!(DUPLICATE_VARIABLE_NAME_INSIDE_DECLARE, variableName = full_name(&key));
        }
        keys.push(key);
    }
    let taken = |key: &&String| session.variables().values.contains_key(*key);
    if let Some(key) = keys.iter().find(taken).filter(|_| !declared.or_replace) {
        bail!(VARIABLE_ALREADY_EXISTS, variableName = full_name(key));
    }
    let null = || Expr::new(statement, ExprKind::Literal(firesteel_plan::parsed::Literal::Null));
    let default = match &declared.default {
        None => null(),
        Some((expr, text)) => match holds_query(expr) {
            false => expr.clone(),
            true => {
                let column = full_name(keys.first().map_or("", String::as_str));
                let statement = "DECLARE VARIABLE";
                bail!(
                    INVALID_DEFAULT_VALUE_SUBQUERY_EXPRESSION,
                    statement = statement,
                    colName = column,
                    defaultValue = text.as_str()
                );
            }
        },
    };
    let value = first(row(session, &select(vec![default.clone()]), 1)?)?;
    let value = match &declared.data_type {
        Some(data_type) => cast(session, value, data_type, statement)?,
        None => value,
    };
    let mut variables = session.variables();
    for key in keys {
        variables.set(&key, value.clone());
        variables.defaults.insert(key, default.clone());
    }
    Ok(QueryResult::nothing())
}

fn holds_query(expr: &Expr) -> bool {
    let is_query = matches!(expr.kind, ExprKind::Subquery(_) | ExprKind::Exists(_) | ExprKind::InSubquery { .. });
    is_query || expr.clone().children_mut().into_iter().any(|child| holds_query(child))
}

pub(crate) fn drop(session: &Session, name: &Name, if_exists: bool) -> Result<QueryResult> {
    let mut variables = session.variables();
    let key = key(&name.parts);
    let was_there = key.as_ref().is_some_and(|key| Arc::make_mut(&mut variables.values).remove(key).is_some());
    if let Some(key) = &key {
        variables.defaults.remove(key);
    }
    match was_there || if_exists {
        true => Ok(QueryResult::nothing()),
        false => {
            let full = key.map_or_else(|| quote_parts(&name.values()), |key| full_name(&key));
            Err(error!(VARIABLE_NOT_FOUND, variableName = full))
        }
    }
}

/// All right sides are computed before any variable changes.
pub(crate) fn set(session: &Session, assignments: &[(Name, Option<Expr>)], statement: Span) -> Result<QueryResult> {
    let targets = targets(session, assignments.iter().map(|(name, _)| name), |name| unresolved(name, SEARCH_PATH))?;
    let defaults = session.variables().defaults.clone();
    let value = |((_, value), (key, _)): (&(Name, Option<Expr>), &(String, SqlType))| match value {
        Some(value) => Ok(value.clone()),
        None => defaults.get(key).cloned().ok_or_else(|| internal!("a variable without default")),
    };
    let values = assignments.iter().zip(&targets).map(value).collect::<Result<_>>()?;
    assign(session, targets, row(session, &select(values), assignments.len())?, statement)
}

pub(crate) fn set_from(session: &Session, names: &[Name], query: &Query, statement: Span) -> Result<QueryResult> {
    let targets = targets(session, names, |name| unresolved(name, SEARCH_PATH))?;
    assign(session, targets, row(session, &over(query), names.len())?, statement)
}

/// The variables that are assigned to, each once, and their types.
pub(super) fn targets<'n>(
    session: &Session,
    names: impl IntoIterator<Item = &'n Name>,
    unknown: impl Fn(&Name) -> Error,
) -> Result<Vec<(String, SqlType)>> {
    let values = session.variables().values();
    let mut targets: Vec<(String, SqlType)> = Vec::new();
    let mut twice = HashSet::new();
    for name in names {
        let known = key(&name.parts).and_then(|key| values.get(&key).map(|value| (key, value.data_type().clone())));
        let (key, data_type) = known.ok_or_else(|| unknown(name))?;
        if targets.iter().any(|(other, _)| *other == key) {
            twice.insert(key.clone());
        }
        targets.push((key, data_type));
    }
    if let Some(key) = twice.iter().min() {
        bail!(DUPLICATE_ASSIGNMENTS, nameList = quote(key));
    }
    Ok(targets)
}

/// Gives the variables the values of a row, or NULL where there is none.
pub(super) fn assign(
    session: &Session,
    targets: Vec<(String, SqlType)>,
    row: Row,
    statement: Span,
) -> Result<QueryResult> {
    let values = match row {
        None => targets.iter().map(|(_, data_type)| Literal::null(data_type.clone())).collect(),
        Some(values) => {
            let typed = values.into_iter().zip(&targets);
            typed.map(|(value, (_, to))| cast(session, value, to, statement)).collect::<Result<Vec<_>>>()?
        }
    };
    let mut variables = session.variables();
    for ((key, _), value) in targets.iter().zip(values) {
        variables.set(key, value);
    }
    Ok(QueryResult::nothing())
}

fn cast(session: &Session, value: Literal, to: &SqlType, statement: Span) -> Result<Literal> {
    if value.data_type() == to {
        return Ok(value);
    }
    let operand = Box::new(as_written(&value)?);
    let mut expr = Expr::new(statement, ExprKind::Cast { operand, data_type: to.clone(), is_try: false });
    expr.place_at(statement);
    session.constant(&expr)?.ok_or_else(|| internal!("a cast of a value is no constant"))
}

/// At most one row of a query.
pub(super) type Row = Option<Vec<Literal>>;

/// Runs the query, which must have as many columns as there are targets; more than one row is refused.
pub(super) fn row(session: &Session, query: &Query, targets: usize) -> Result<Row> {
    let eval = session.eval_context();
    let planned = session.plan_in(query, &eval, false)?;
    let types: Vec<SqlType> = planned.analyzed.columns.iter().map(|column| column.data_type.clone()).collect();
    if types.len() != targets {
        bail!(ASSIGNMENT_ARITY_MISMATCH, numTarget = targets.to_string(), numExpr = types.len().to_string());
    }
    let result = session.run(&planned, &session.query_context(&eval))?;
    let mut values = None;
    for batch in result {
        let batch = batch?;
        if batch.rows() == 0 {
            continue;
        }
        if values.is_some() || batch.rows() > 1 {
            bail!(ROW_SUBQUERY_TOO_MANY_ROWS);
        }
        let literal = |(at, data_type): (usize, &SqlType)| {
            Literal::from_array(&batch.compact_column(at)?.flat_as(data_type)?, data_type.clone())
        };
        values = Some(types.iter().enumerate().map(literal).collect::<Result<Vec<_>>>()?);
    }
    Ok(values)
}

fn first(row: Row) -> Result<Literal> {
    let value = row.and_then(|values| values.into_iter().next());
    value.ok_or_else(|| internal!("a SELECT without FROM gave no row"))
}

/// `SELECT exprs`.
fn select(exprs: Vec<Expr>) -> Query {
    let item = |expr: Expr| SelectItem { span: expr.span, kind: SelectItemKind::Expr { expr, alias: None } };
    let projection = exprs.into_iter().map(item).collect();
    block::query(QueryBodyKind::Select(Box::new(block::select(projection))))
}

/// `SELECT * FROM (query) LIMIT 2`: more than two rows say no more than two.
pub(super) fn over(query: &Query) -> Query {
    let kind = TableFactorKind::Subquery { query: Box::new(query.clone()), lateral: false };
    let mut open = Open::of(TableFactor { span: query.span, kind, alias: None, sample: None }, Vec::new());
    open.limit = Some(crate::column::value::lit(2).expr);
    open.query()
}
