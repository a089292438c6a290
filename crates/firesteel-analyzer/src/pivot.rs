//! PIVOT: aggregates of the rows of each value side by side. UNPIVOT: columns below each other.
//!
//! ```text
//! t PIVOT (sum(x) FOR p IN (1, 2 AS two))    → Aggregate [all other columns of t],
//!                                                  [sum(x) FILTER (p <=> 1) AS `1`, sum(x) FILTER (p <=> 2) AS two]
//! t UNPIVOT (v FOR n IN (a, b))              → Filter v IS NOT NULL over Generate stack(2, 'a', a, 'b', b) over t
//! ```
//! A number that no row of a group counts for is NULL, even a count.

use std::cell::RefCell;
use std::sync::Arc;

use firesteel_common::names::quote;
use firesteel_common::{ColumnId, Result, Span, SqlType, error};
use firesteel_expr::{AggregateCall, CastMode, Expr, ExprRef, Literal, cast, coerce, eval, registry};
use firesteel_plan::logical::{Aggregate, Filter, Generate, Generator, Node, Project};
use firesteel_plan::parsed::{self, AliasedExpr, ExprKind, Name, Pivot, Unpivot, UnpivotColumns};
use firesteel_plan::{LogicalPlan, PlanColumn};
use hashbrown::HashSet;

use crate::aggregates::AggregateCalls;
use crate::env::Env;
use crate::expr::Resolver;
use crate::order::is_groupable;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, unsupported};

/// An expression over aggregate calls, and its name.
struct Measure {
    name: String,
    expr: ExprRef,
}

/// One entry of PIVOT's IN list.
struct PivotValue {
    name: String,
    /// When a row counts for it.
    condition: ExprRef,
}

impl Analyzer<'_> {
    pub(crate) fn pivot(&self, pivot: &Pivot, env: Env<'_>) -> Result<Relation> {
        let source = self.factor(&pivot.source, None, env)?;
        let calls = RefCell::<AggregateCalls>::default();
        let resolver = Resolver::plain(self, env, vec![&source.scope], "PIVOT");
        let over_calls = Resolver { aggregates: Some(&calls), ..resolver.clone() };
        let measures = pivot.aggregates.iter().map(|aggregate| measure(aggregate, &over_calls));
        let measures = measures.collect::<Result<Vec<_>>>()?;
        let calls = calls.take();
        let columns = pivot.columns.iter().map(|name| pivot_column(name, &resolver)).collect::<Result<Vec<_>>>()?;
        let values = pivot.values.iter().map(|value| self.pivot_value(value, &columns, &resolver));
        let values = values.collect::<Result<Vec<_>>>()?;

        let inputs = calls.calls.iter().flat_map(|(_, call)| call.inputs());
        let used: HashSet<ColumnId> = inputs.chain(&columns).flat_map(|expr| expr.columns().iter().copied()).collect();
        let grouped = source.scope.visible().filter(|column| !used.contains(&column.column.id));
        let grouped: Vec<_> = grouped.cloned().collect();
        if let Some(column) = grouped.iter().find(|column| !is_groupable(&column.column.data_type)) {
            let data_type = column.column.data_type.sql();
            return Err(unsupported(format!("GROUP BY values of type {data_type}"), pivot.source.span));
        }
        let keys = grouped.iter().map(|column| (self.ids().fresh(Arc::clone(&column.name)), column.column.to_expr()));
        let keys: Vec<_> = keys.collect();

        let mut aggregates = Vec::new();
        let mut exprs: Vec<_> = keys.iter().map(|(id, key)| (*id, PlanColumn::of(*id, key).to_expr())).collect();
        let output = grouped
            .iter()
            .zip(&keys)
            .map(|(column, (id, key))| ScopeColumn { column: PlanColumn::of(*id, key), ..column.clone() });
        let mut output: Vec<_> = output.collect();
        for value in &values {
            for (measure, expr) in measures.iter().zip(self.of_value(value, &measures, &calls, &mut aggregates)?) {
                let name = match measures.len() {
                    1 => value.name.clone(),
                    _ => format!("{}_{}", value.name, measure.name),
                };
                let id = self.ids().fresh(name.as_str());
                output.push(ScopeColumn::new(&unqualified(), Arc::from(name), PlanColumn::of(id, &expr)));
                exprs.push((id, expr));
            }
        }
        let plan = LogicalPlan::new(Node::Aggregate(Aggregate { input: source.plan, keys, aggregates }));
        let plan = LogicalPlan::new(Node::Project(Project { input: plan, exprs }));
        Ok(Relation { plan, scope: Scope { columns: output } })
    }

    fn pivot_value(&self, value: &AliasedExpr, columns: &[ExprRef], resolver: &Resolver<'_, '_>) -> Result<PivotValue> {
        let parts = match &value.expr.kind {
            ExprKind::Row(items) if columns.len() > 1 => items.as_slice(),
            _ => std::slice::from_ref(&value.expr),
        };
        let text = |expr: &parsed::Expr| resolver.name_of(expr);
        let mismatch = |value_type: String, pivot_type: String| {
            error!(
                PIVOT_VALUE_DATA_TYPE_MISMATCH,
                value = text(&value.expr),
                valueType = value_type,
                pivotType = pivot_type
            )
            .at(value.expr.span)
        };
        if parts.len() != columns.len() {
            let given = resolver.resolve(&value.expr)?.data_type().quoted_sql();
            let wanted: Vec<_> = columns.iter().map(|column| column.data_type().sql()).collect();
            return Err(mismatch(given, format!("\"STRUCT<{}>\"", wanted.join(", "))));
        }
        let (mut equal, mut names) = (Vec::with_capacity(parts.len()), Vec::with_capacity(parts.len()));
        for (part, column) in parts.iter().zip(columns) {
            let written = resolver.resolve(part)?;
            if !written.is_foldable() {
                let expression = format!("\"{}\"", text(part));
                return Err(error!(NON_LITERAL_PIVOT_VALUES, expression = expression).at(part.span));
            }
            if !cast::is_allowed(written.data_type(), column.data_type()) {
                return Err(mismatch(written.data_type().quoted_sql(), column.data_type().quoted_sql()));
            }
            let constant = Expr::cast(written, column.data_type().clone(), CastMode::Ansi);
            let constant = eval::evaluate_constant(&constant, &self.context.eval)?;
            let name = Expr::cast(Expr::literal(constant.clone()), SqlType::STRING, CastMode::Ansi);
            let name = eval::evaluate_constant(&name, &self.context.eval)?;
            names.push(name.as_str().unwrap_or("null").to_owned());
            equal.push(registry::call("<=>", vec![column.clone(), Expr::literal(constant)])?);
        }
        let name = match (&value.alias, names.as_slice()) {
            (Some(alias), _) => alias.value.clone(),
            (None, [one]) => one.clone(),
            (None, many) => format!("{{{}}}", many.join(", ")),
        };
        Ok(PivotValue { name, condition: Expr::and(equal)? })
    }

    /// The measures over the rows that count for the value; their calls are added to `aggregates`.
    fn of_value(
        &self,
        value: &PivotValue,
        measures: &[Measure],
        calls: &AggregateCalls,
        aggregates: &mut Vec<(ColumnId, AggregateCall)>,
    ) -> Result<Vec<ExprRef>> {
        let mut add = |call: AggregateCall| {
            let id = self.ids().fresh(call.function.name);
            let column = Expr::column(id, call.data_type.clone(), call.nullable);
            aggregates.push((id, call));
            column
        };
        let mut of_call = Vec::with_capacity(calls.calls.len());
        for (id, call) in &calls.calls {
            let filter = Expr::and(call.filter.iter().cloned().chain([value.condition.clone()]).collect())?;
            of_call.push((*id, add(AggregateCall { filter: Some(filter), ..call.clone() })));
        }
        let mut seen = None;
        let mut exprs = Vec::with_capacity(measures.len());
        for measure in measures {
            let find = |id| of_call.iter().find(|(known, _)| *known == id).map(|(_, column)| column.clone());
            let expr = measure.expr.replace_columns(&find)?;
            let is_null_without_rows = expr.as_column().is_some() && expr.nullable();
            if is_null_without_rows || !is_picked(expr.data_type()) {
                exprs.push(expr);
                continue;
            }
            if seen.is_none() {
                let one = vec![Expr::literal(Literal::int(1))];
                let rows = add(registry::call_aggregate("count", one, false, Some(value.condition.clone()))?);
                seen = Some(registry::call(">", vec![rows, Expr::literal(Literal::bigint(0))])?);
            }
            let null = Expr::literal(Literal::null(expr.data_type().clone()));
            exprs.push(match &seen {
                Some(seen) => registry::call("if", vec![seen.clone(), expr, null])?,
                None => expr,
            });
        }
        Ok(exprs)
    }

    pub(crate) fn unpivot(&self, unpivot: &Unpivot, span: Span, env: Env<'_>) -> Result<Relation> {
        let source = self.factor(&unpivot.source, None, env)?;
        let resolver = Resolver::plain(self, env, vec![&source.scope], "UNPIVOT");
        let width = unpivot.values.len();
        let mut rows = Vec::with_capacity(unpivot.columns.len());
        for columns in &unpivot.columns {
            if columns.columns.len() != width {
                return Err(error!(UNPIVOT_VALUE_SIZE_MISMATCH, names = width.to_string()).at(span));
            }
            rows.push(columns.columns.iter().map(|name| column(name, &resolver)).collect::<Result<Vec<_>>>()?);
        }
        for at in 0..width {
            let types: Vec<_> = rows.iter().map(|row| row[at].data_type().clone()).collect();
            // Text is not read as the type beside it.
            let (texts, others): (Vec<_>, Vec<_>) = types
                .iter()
                .filter(|data_type| **data_type != SqlType::Void)
                .partition(|data_type| data_type.is_string());
            let mixed = !texts.is_empty() && !others.is_empty();
            let Some(common) = coerce::common_type_of(&types).filter(|_| !mixed) else {
                return Err(error!(UNPIVOT_VALUE_DATA_TYPE_MISMATCH, types = type_list(unpivot, &rows, at)).at(span));
            };
            for row in &mut rows {
                row[at] = Expr::cast(row[at].clone(), common.clone(), CastMode::Ansi);
            }
        }
        let used: HashSet<ColumnId> = rows.iter().flatten().flat_map(|value| value.columns().iter().copied()).collect();
        let mut columns: Vec<_> =
            source.scope.visible().filter(|column| !used.contains(&column.column.id)).cloned().collect();

        let named = unpivot.columns.iter().zip(rows).map(|(columns, row)| {
            let name = Expr::literal(Literal::string(row_name(columns)));
            std::iter::once(name).chain(row).collect::<Vec<_>>()
        });
        let cells: Vec<Vec<ExprRef>> = named.collect();
        let generator = Generator::Stack { rows: cells.len(), args: cells.into_iter().flatten().collect() };
        let names = std::iter::once(&unpivot.name).chain(&unpivot.values);
        let made = names.zip(generator.columns()).map(|(name, column)| {
            let id = self.ids().fresh(name.value.as_str());
            let column = PlanColumn { id, data_type: column.data_type, nullable: column.nullable };
            ScopeColumn::new(&unqualified(), Arc::from(name.value.as_str()), column)
        });
        let made: Vec<_> = made.collect();
        let ids = made.iter().enumerate().map(|(at, column)| (at, column.column.id)).collect();
        let mut plan =
            LogicalPlan::new(Node::Generate(Generate { input: source.plan, generator, outer: false, columns: ids }));
        if !unpivot.include_nulls {
            let known = made[1..].iter().map(|column| registry::call("isnotnull", vec![column.column.to_expr()]));
            let predicate = Expr::or(known.collect::<Result<_>>()?)?;
            plan = LogicalPlan::new(Node::Filter(Filter { input: plan, predicate }));
        }
        columns.extend(made);
        Ok(Relation { plan, scope: Scope { columns } }.exact())
    }
}

fn measure(aggregate: &AliasedExpr, resolver: &Resolver<'_, '_>) -> Result<Measure> {
    let written = &aggregate.expr;
    let expr = resolver.resolve(written)?;
    let calls = resolver.aggregates.map(|calls| calls.borrow());
    let is_call = |id: &ColumnId| calls.iter().any(|calls| calls.calls.iter().any(|(call, _)| call == id));
    if expr.columns().is_empty() || !expr.columns().iter().all(is_call) {
        return Err(error!(AGGREGATE_EXPECTED_IN_PIVOT, sql = resolver.qualified_name_of(written)).at(written.span));
    }
    let name = aggregate.alias.as_ref().map_or_else(|| resolver.name_of(written), |alias| alias.value.clone());
    Ok(Measure { name, expr })
}

/// Types of which Spark picks a value that is there, so that without one there is NULL.
fn is_picked(data_type: &SqlType) -> bool {
    data_type.is_numeric() || *data_type == SqlType::Boolean
}

fn column(name: &Name, resolver: &Resolver<'_, '_>) -> Result<ExprRef> {
    resolver.resolve(&parsed::Expr::new(name.span, ExprKind::Column(name.parts.clone())))
}

fn pivot_column(name: &Name, resolver: &Resolver<'_, '_>) -> Result<ExprRef> {
    let column = column(name, resolver)?;
    match column.data_type().is_orderable() {
        true => Ok(column),
        false => Err(error!(INCOMPARABLE_PIVOT_COLUMN, columnName = quote(name.last())).at(name.span)),
    }
}

/// What the new name column says of the columns.
fn row_name(columns: &UnpivotColumns) -> String {
    match &columns.alias {
        Some(alias) => alias.value.clone(),
        None => columns.columns.iter().map(|name| name.last()).collect::<Vec<_>>().join("_"),
    }
}

/// `"INT" (`a`, `b`), "STRING" (`c`)`
fn type_list(unpivot: &Unpivot, rows: &[Vec<ExprRef>], at: usize) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for (columns, row) in unpivot.columns.iter().zip(rows) {
        let (data_type, name) = (row[at].data_type().quoted_sql(), quote(columns.columns[at].last()));
        match groups.iter_mut().find(|(known, _)| *known == data_type) {
            Some((_, names)) => names.push(name),
            None => groups.push((data_type, vec![name])),
        }
    }
    let group = |(data_type, names): &(String, Vec<String>)| {
        let more = if names.len() > 3 { ", ..." } else { "" };
        format!("{data_type} ({}{more})", names[..names.len().min(3)].join(", "))
    };
    groups.iter().map(group).collect::<Vec<_>>().join(", ")
}
