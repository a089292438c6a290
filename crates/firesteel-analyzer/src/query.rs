//! A query: its CTEs, its body, and ORDER BY, LIMIT and OFFSET around it.

use std::cell::OnceCell;
use std::sync::Arc;

use firesteel_common::{Result, Span, error};
use firesteel_expr::eval;
use firesteel_plan::logical::{CommonTables, Limit, Node, Sort};
use firesteel_plan::parsed::{self, Ident, Query, QueryBody, QueryBodyKind, SortItem, With};
use firesteel_plan::{LogicalPlan, PlanRef};
use recursive::recursive;

use crate::env::{CteFrame, Env};
use crate::expr::Resolver;
use crate::scope::Relation;
use crate::set_operation::check_comparable;
use crate::{Analyzer, order};

impl Analyzer<'_> {
    #[recursive]
    pub(crate) fn query(&self, query: &Query, env: Env<'_>) -> Result<Relation> {
        match &query.with {
            Some(with) => self.with_ctes(with, env, &|env| self.query_after_with(query, env)),
            None => self.query_after_with(query, env),
        }
    }

    /// What is analyzed inside of a WITH clause, below the definitions that it names.
    pub(crate) fn with_ctes(
        &self,
        with: &With,
        env: Env<'_>,
        analyze: &dyn Fn(Env<'_>) -> Result<Relation>,
    ) -> Result<Relation> {
        let definitions: Vec<_> = with.ctes.iter().map(|_| OnceCell::new()).collect();
        let frame = CteFrame::new(with, &definitions, env);
        let relation = analyze(env.with_ctes(&frame))?;
        let definitions = definitions.into_iter().filter_map(OnceCell::into_inner);
        let definitions: Vec<_> = definitions.map(|made| (made.table, made.relation.plan)).collect();
        if definitions.is_empty() {
            return Ok(relation);
        }
        let plan = LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input: relation.plan }));
        Ok(Relation { plan, scope: relation.scope })
    }

    fn query_after_with(&self, query: &Query, env: Env<'_>) -> Result<Relation> {
        // SORT BY and CLUSTER BY promise an order within a partition; one over all rows keeps that promise.
        let cluster: Vec<SortItem> = query.cluster_by.iter().map(ascending).collect();
        let order_by = match (query.order_by.as_slice(), query.sort_by.as_slice()) {
            ([], []) => cluster.as_slice(),
            ([], sort_by) => sort_by,
            (order_by, _) => order_by,
        };
        let mut relation = self.body(&query.body, order_by, env)?;
        if !query.distribute_by.is_empty() {
            Resolver::plain(self, env, vec![&relation.scope], "DISTRIBUTE BY").resolve_all(&query.distribute_by)?;
        }
        let offset = self.row_count(query.offset.as_ref(), "offset", &relation, env)?.unwrap_or(0);
        let count = self.row_count(query.limit.as_ref(), "limit", &relation, env)?;
        if count.is_some() || offset > 0 {
            relation.plan = LogicalPlan::new(Node::Limit(Limit { input: relation.plan, offset, count }));
        }
        Ok(relation)
    }

    #[recursive]
    fn body(&self, body: &QueryBody, order_by: &[SortItem], env: Env<'_>) -> Result<Relation> {
        let mut relation = match &body.kind {
            QueryBodyKind::Select(select) => return self.select(select, order_by, env),
            QueryBodyKind::SetOperation { first, rest } => self.set_operations(body.span, first, rest, env)?,
            QueryBodyKind::Values(values) => self.values(values, &[], values.span, env)?,
            QueryBodyKind::Table(name) => self.table(name, env)?,
            QueryBodyKind::Query(query) => self.query(query, env)?,
        };
        if !order_by.is_empty() {
            let resolver = Resolver::plain(self, env, vec![&relation.scope], "ORDER BY");
            let keys = order::keys(order_by, &relation.scope, &resolver)?;
            let keys = keys.into_iter().map(|key| key.sort_key()).collect();
            relation.plan = LogicalPlan::new(Node::Sort(Sort { input: relation.plan, keys }));
        }
        Ok(relation)
    }

    /// The body of a set operation's operand.
    pub(crate) fn operand(&self, body: &QueryBody, env: Env<'_>) -> Result<Relation> {
        Ok(self.body(body, &[], env)?.exact())
    }

    /// A constant of LIMIT or OFFSET.
    fn row_count(
        &self,
        written: Option<&parsed::Expr>,
        name: &'static str,
        relation: &Relation,
        env: Env<'_>,
    ) -> Result<Option<u64>> {
        let Some(written) = written else { return Ok(None) };
        let resolver = Resolver::plain(self, env, vec![&relation.scope], "LIMIT");
        let expr = resolver.resolve(written)?;
        let text = || format!("\"{}\"", resolver.name_of(written));
        if !expr.is_foldable() {
            return Err(error!(INVALID_LIMIT_IS_UNFOLDABLE, expr = text(), name = name).at(written.span));
        }
        if !expr.data_type().is_integral() {
            let data_type = expr.data_type().quoted_sql();
            return Err(
                error!(INVALID_LIMIT_DATA_TYPE, expr = text(), name = name, dataType = data_type).at(written.span)
            );
        }
        let value = eval::evaluate_constant(&expr, &self.context.eval).map_err(|error| error.at(written.span))?;
        match value.as_integer() {
            None => Err(error!(INVALID_LIMIT_IS_NULL, expr = text(), name = name).at(written.span)),
            Some(value) => match u64::try_from(value) {
                Ok(value) => Ok(Some(value)),
                Err(_) => {
                    let value = value.to_string();
                    Err(error!(INVALID_LIMIT_IS_NEGATIVE, expr = text(), name = name, v = value).at(written.span))
                }
            },
        }
    }

    /// One row per distinct row.
    pub(crate) fn distinct(&self, plan: PlanRef, span: Span) -> Result<PlanRef> {
        let columns = &plan.schema().columns;
        let labels: Vec<_> = columns.iter().map(|column| self.ids().label(column.id)).collect();
        check_comparable(labels.iter().map(|label| label.as_ref()).zip(columns), span)?;
        let keys = columns.iter().map(|column| (column.id, column.to_expr())).collect();
        let aggregates = Vec::new();
        Ok(LogicalPlan::new(Node::Aggregate(firesteel_plan::logical::Aggregate { input: plan, keys, aggregates })))
    }
}

fn ascending(expr: &parsed::Expr) -> SortItem {
    SortItem { expr: expr.clone(), descending: false, nulls_first: None }
}

/// Gives a relation's columns new names; there must be as many.
pub(crate) fn with_column_names(mut relation: Relation, names: &[Ident], span: Span) -> Result<Relation> {
    if names.is_empty() {
        return Ok(relation);
    }
    let visible = relation.scope.visible().count();
    if visible != names.len() {
        // For Spark the columns are assigned to, from the names.
        let (target, exprs) = (visible.to_string(), names.len().to_string());
        return Err(error!(ASSIGNMENT_ARITY_MISMATCH, numTarget = target, numExpr = exprs).at(span));
    }
    relation.scope.columns.retain(|column| !column.hidden);
    for (column, name) in relation.scope.columns.iter_mut().zip(names) {
        column.name = Arc::from(name.value.as_str());
    }
    Ok(relation)
}
