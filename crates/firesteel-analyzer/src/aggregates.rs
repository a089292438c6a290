//! Aggregation: the calls that a SELECT and its clauses contain, gathered into one node, and what may stand beside them.
//!
//! ```text
//! SELECT a + 1, sum(b) / 2 … GROUP BY a + 1
//! ──▶ Aggregate [a + 1 AS k], [sum(b) AS s]   then   Project [k, s / 2]
//! ```

use firesteel_common::{ColumnId, ColumnIds, Error, Result, Span, error};
use firesteel_expr::{AggregateCall, Expr, ExprRef};
use firesteel_plan::PlanColumn;
use hashbrown::HashSet;
use recursive::recursive;

use crate::scope::Scope;

/// Aggregate calls found so far, equal ones once.
#[derive(Default)]
pub(crate) struct AggregateCalls {
    pub(crate) calls: Vec<(ColumnId, AggregateCall)>,
}

impl AggregateCalls {
    /// The column of the call's result.
    pub(crate) fn add(&mut self, call: AggregateCall, ids: &ColumnIds, label: &dyn Fn() -> String) -> ExprRef {
        let known = self.calls.iter().find(|(_, known)| *known == call).map(|(id, _)| *id);
        let (data_type, nullable) = (call.data_type.clone(), call.nullable);
        let id = known.unwrap_or_else(|| {
            let id = ids.fresh(label());
            self.calls.push((id, call));
            id
        });
        Expr::column(id, data_type, nullable)
    }

    /// Whether the expression uses the result of some call.
    pub(crate) fn used_by(&self, expr: &Expr) -> bool {
        expr.columns().iter().any(|id| self.calls.iter().any(|(call, _)| call == id))
    }
}

/// What expressions above an Aggregate node may use.
pub(crate) struct Grouping<'g> {
    pub(crate) keys: &'g [(ColumnId, ExprRef)],
    /// Columns that come from elsewhere than the aggregate's input: its calls, aliases, subqueries.
    pub(crate) allowed: HashSet<ColumnId>,
    pub(crate) ids: &'g ColumnIds,
    /// The columns of the aggregate's input; others that are not allowed are of a query around.
    pub(crate) input: &'g Scope,
    /// The whole SELECT.
    pub(crate) select: Span,
    /// Columns that stand for something else above: calls of `grouping`.
    pub(crate) meanings: Vec<(ColumnId, ExprRef)>,
    /// With grouping sets any key may be NULL.
    pub(crate) nullable_keys: bool,
    /// Aliases that have become nullable by that.
    pub(crate) nullable: HashSet<ColumnId>,
}

impl<'g> Grouping<'g> {
    pub(crate) fn over(
        keys: &'g [(ColumnId, ExprRef)],
        allowed: HashSet<ColumnId>,
        ids: &'g ColumnIds,
        input: &'g Scope,
        select: Span,
    ) -> Self {
        let (meanings, nullable) = (Vec::new(), HashSet::new());
        Self { keys, allowed, ids, input, select, meanings, nullable_keys: false, nullable }
    }

    /// The expression with grouping keys in the place of what they compute; an error if it needs anything else.
    pub(crate) fn above(&self, expr: &ExprRef, span: Span) -> Result<ExprRef> {
        self.replace(expr).map_err(|error| error.at(span))
    }

    /// From the top down: `a + 1` as a key goes before `a` as a key.
    #[recursive]
    fn replace(&self, expr: &ExprRef) -> Result<ExprRef> {
        if let Some((id, key)) = self.keys.iter().find(|(_, key)| key == expr) {
            let column = PlanColumn::of(*id, key);
            return Ok(if self.nullable_keys { column.as_nullable().to_expr() } else { column.to_expr() });
        }
        if let Some(id) = expr.as_column() {
            if let Some((_, meaning)) = self.meanings.iter().find(|(known, _)| *known == id) {
                return Ok(meaning.clone());
            }
            if self.nullable.contains(&id) {
                return Ok(Expr::column(id, expr.data_type().clone(), true));
            }
            let of_input = self.input.columns.iter().any(|column| column.column.id == id);
            let allowed = self.allowed.contains(&id) || !of_input;
            return if allowed { Ok(expr.clone()) } else { Err(self.missing(id)) };
        }
        // What needs no column of the input stays, and so do long chains of what is allowed.
        if expr.columns().iter().all(|id| self.allowed.contains(id) && !self.nullable.contains(id))
            && self.keys.iter().all(|(_, key)| !key.columns().is_empty())
        {
            return Ok(expr.clone());
        }
        let mut changed = false;
        let mut children = Vec::with_capacity(expr.children().len());
        for child in expr.children() {
            let new = self.replace(child)?;
            changed |= !std::sync::Arc::ptr_eq(&new, child);
            children.push(new);
        }
        if changed { expr.with_children(children) } else { Ok(expr.clone()) }
    }

    /// Whether the column may be used as it is.
    pub(crate) fn knows(&self, id: ColumnId) -> bool {
        self.allowed.contains(&id) || self.keys.iter().any(|(_, key)| key.as_column() == Some(id))
    }

    fn missing(&self, id: ColumnId) -> Error {
        if self.keys.is_empty() {
            return error!(MISSING_GROUP_BY).at(self.select);
        }
        let name = self.ids.label(id);
        error!(
            MISSING_AGGREGATION,
            expression = format!("\"{name}\""),
            expressionAnyValue = format!("\"any_value({name})\"")
        )
    }
}
