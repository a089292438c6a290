//! Relations without a table: VALUES, and functions that give rows.

use std::sync::Arc;

use firesteel_common::{Result, Span, SqlType, error};
use firesteel_expr::{CastMode, Expr, ExprRef, Literal, cast, coerce, eval};
use firesteel_plan::logical::{Node, Values};
use firesteel_plan::parsed::{self, FunctionCall, Ident};
use firesteel_plan::{LogicalPlan, PlanColumn};

use crate::env::Env;
use crate::expr::Resolver;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, unsupported};

/// `range` becomes rows of the plan up to this many.
const RANGE_ROWS_MAX: u64 = 10_000;

impl Analyzer<'_> {
    /// Columns `col1`, `col2`, …, or as named; each of the least common type of its values. `span` is what messages show.
    pub(crate) fn values(
        &self,
        values: &parsed::Values,
        names: &[Ident],
        span: Span,
        env: Env<'_>,
    ) -> Result<Relation> {
        let nothing = Scope::default();
        let resolver = Resolver::plain(self, env, vec![&nothing], "VALUES");
        let width = match names {
            [] => values.rows.first().map_or(0, Vec::len),
            names => names.len(),
        };
        let mut rows = Vec::with_capacity(values.rows.len());
        for (at, row) in values.rows.iter().enumerate() {
            if row.len() != width {
                return Err(error!(
                    INVALID_INLINE_TABLE_NUM_COLUMNS_MISMATCH,
                    expectedNumCols = width.to_string(),
                    actualNumCols = row.len().to_string(),
                    rowIndex = at.to_string()
                )
                .at(span));
            }
            rows.push(row.iter().map(|cell| constant(&resolver, cell)).collect::<Result<Vec<_>>>()?);
        }
        let mut columns = Vec::with_capacity(width);
        for at in 0..width {
            let name = names.get(at).map_or_else(|| format!("col{}", at + 1), |name| name.value.clone());
            columns.push(self.values_column(&mut rows, at, name).map_err(|error| error.at(span))?);
        }
        Ok(relation(columns, rows))
    }

    /// Casts the column's values to their common type.
    fn values_column(&self, rows: &mut [Vec<ExprRef>], at: usize, name: String) -> Result<ScopeColumn> {
        let types: Vec<_> = rows.iter().map(|row| row[at].data_type().clone()).collect();
        let incompatible = || {
            let name = firesteel_common::names::quote(&name);
            error!(INVALID_INLINE_TABLE_INCOMPATIBLE_TYPES, colName = name)
        };
        // Unlike elsewhere, text is not read as the type beside it.
        let (texts, others): (Vec<_>, Vec<_>) =
            types.iter().filter(|data_type| **data_type != SqlType::Void).partition(|data_type| data_type.is_string());
        if !texts.is_empty() && !others.is_empty() {
            return Err(incompatible());
        }
        let common = coerce::common_type_of(&types).ok_or_else(incompatible)?;
        for row in rows.iter_mut() {
            if !cast::is_allowed(row[at].data_type(), &common) {
                return Err(incompatible());
            }
            row[at] = Expr::cast(row[at].clone(), common.clone(), CastMode::Ansi);
        }
        let nullable = rows.iter().any(|row| row[at].nullable());
        let column = PlanColumn { id: self.ids().fresh(name.as_str()), data_type: common, nullable };
        Ok(ScopeColumn::new(&unqualified(), Arc::from(name), column))
    }

    pub(crate) fn table_function(&self, call: &FunctionCall, env: Env<'_>) -> Result<Relation> {
        match call.name.last().to_lowercase().as_str() {
            "range" => self.range(call, env),
            other => Err(unsupported(format!("the table function {other}"), call.name.span)),
        }
    }

    /// `range(end)`, `range(start, end[, step[, partitions]])`: one column `id`.
    fn range(&self, call: &FunctionCall, env: Env<'_>) -> Result<Relation> {
        let nothing = Scope::default();
        let resolver = Resolver::plain(self, env, vec![&nothing], "range");
        let mut bounds = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let value = resolver.resolve(&argument.value)?;
            let value = resolver.cast(value, &SqlType::BigInt, CastMode::Ansi, &argument.value)?;
            let value = eval::evaluate_constant(&value, &self.context.eval);
            bounds.push(value.map_err(|error| error.at(argument.value.span))?.as_integer());
        }
        let (start, end, step) = match bounds.as_slice() {
            [Some(end)] => (0, *end, 1),
            [Some(start), Some(end)] => (*start, *end, 1),
            [Some(start), Some(end), Some(step)] | [Some(start), Some(end), Some(step), _] if *step != 0 => {
                (*start, *end, *step)
            }
            _ => return Err(unsupported("range with these arguments", call.name.span)),
        };
        // In i128 no difference of bounds overflows.
        let distance = (i128::from(end) - i128::from(start)) * i128::from(step.signum());
        let count = (distance.max(0) as u128).div_ceil(u128::from(step.unsigned_abs()));
        let Some(count) = u64::try_from(count).ok().filter(|count| *count <= RANGE_ROWS_MAX) else {
            return Err(unsupported(format!("range of more than {RANGE_ROWS_MAX} rows"), call.name.span));
        };
        let row = |at: u64| vec![Expr::literal(Literal::bigint(start.wrapping_add(step.wrapping_mul(at as i64))))];
        let rows = (0..count).map(row).collect();
        let column = PlanColumn { id: self.ids().fresh("id"), data_type: SqlType::BigInt, nullable: false };
        Ok(relation(vec![ScopeColumn::new(&unqualified(), Arc::from("id"), column)], rows))
    }
}

fn constant(resolver: &Resolver<'_, '_>, cell: &parsed::Expr) -> Result<ExprRef> {
    let value = resolver.resolve(cell)?;
    if !value.is_foldable() {
        let text = format!("\"{}\"", resolver.name_of(cell));
        return Err(error!(INVALID_INLINE_TABLE_CANNOT_EVALUATE, expr = text).at(cell.span));
    }
    Ok(value)
}

fn relation(columns: Vec<ScopeColumn>, rows: Vec<Vec<ExprRef>>) -> Relation {
    let plan_columns = columns.iter().map(|column| column.column.clone()).collect();
    let plan = LogicalPlan::new(Node::Values(Values { columns: plan_columns, rows }));
    Relation { plan, scope: Scope { columns } }
}
