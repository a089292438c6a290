//! Relations without a table: VALUES, and functions that give rows.

use std::sync::Arc;

use firesteel_common::names::quote_parts;
use firesteel_common::{Result, Span, SqlType, error};
use firesteel_expr::function::Param;
use firesteel_expr::{CastMode, Expr, ExprRef, cast, coerce, eval};
use firesteel_plan::logical::{Node, Range, Values};
use firesteel_plan::parsed::{self, FunctionCall, Ident};
use firesteel_plan::{LogicalPlan, PlanColumn};

use crate::env::Env;
use crate::expr::Resolver;
use crate::generator::is_generator;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, arguments};

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

    pub(crate) fn table_function(&self, call: &FunctionCall, span: Span, env: Env<'_>) -> Result<Relation> {
        match call.name.last().to_lowercase().as_str() {
            "range" => self.range(call, span, env),
            _ if is_generator(call) => self.generator_relation(call, span, env),
            _ => match self.file_function(call, env)? {
                Some(files) => Ok(files),
                None => {
                    let name = quote_parts(&call.name.values());
                    Err(error!(UNRESOLVABLE_TABLE_VALUED_FUNCTION, name = name).at(span))
                }
            },
        }
    }

    /// `range(end)`, `range(start, end[, step[, partitions]])`: one column `id`.
    fn range(&self, call: &FunctionCall, span: Span, env: Env<'_>) -> Result<Relation> {
        let nothing = Scope::default();
        let resolver = Resolver::plain(self, env, vec![&nothing], "range");
        let names: &[&str] = if call.arguments.len() == 1 { &["end"] } else { &["start", "end", "step", "numSlices"] };
        let written = arguments::in_order(call, &names[..call.arguments.len().min(names.len())], span)?;
        if !(1..=4).contains(&written.len()) {
            return Err(coerce::errors::wrong_num_args("range", "[1, 2, 3, 4]", written.len()).at(span));
        }
        let mut bounds = Vec::with_capacity(written.len());
        for (at, argument) in written.iter().enumerate() {
            // An end alone is the second parameter: the start is 0.
            let at = if written.len() == 1 { 1 } else { at };
            bounds.push(self.range_bound(&resolver, at, &argument.value).map_err(|error| error.at(span))?);
        }
        let (start, end, step) = match bounds.as_slice() {
            [end] => (0, *end, 1),
            [start, end] => (*start, *end, 1),
            [start, end, step, ..] => (*start, *end, *step),
            [] => (0, 0, 1),
        };
        if step == 0 {
            let error = error!(FAILED_FUNCTION_CALL, funcName = "`range`").at(span);
            return Err(error.hint("The step must not be 0."));
        }
        // In i128 no difference of bounds overflows.
        let distance = (i128::from(end) - i128::from(start)) * i128::from(step.signum());
        let count = (distance.max(0) as u128).div_ceil(u128::from(step.unsigned_abs()));
        let range = Range { id: self.ids().fresh("id"), start, step, count: u64::try_from(count).unwrap_or(u64::MAX) };
        let columns = vec![ScopeColumn::new(&unqualified(), Arc::from("id"), range.column())];
        Ok(Relation { plan: LogicalPlan::new(Node::Range(range)), scope: Scope { columns } })
    }

    /// A whole number known now.
    fn range_bound(&self, resolver: &Resolver<'_, '_>, at: usize, written: &parsed::Expr) -> Result<i64> {
        let value = resolver.resolve(written)?;
        let wrong = || {
            error!(
                UNEXPECTED_INPUT_TYPE,
                functionName = "`range`",
                paramIndex = ["first", "second", "third", "fourth"][at.min(3)],
                requiredType = if at == 3 { "\"INT\"" } else { "\"BIGINT\"" },
                inputSql = format!("\"{}\"", resolver.name_of(written)),
                inputType = value.data_type().quoted_sql()
            )
        };
        if !value.is_foldable() || coerce::implicit_type(value.data_type(), Param::BigInt).is_none() {
            return Err(wrong());
        }
        let value = Expr::cast(value.clone(), SqlType::BigInt, CastMode::Ansi);
        eval::evaluate_constant(&value, &self.context.eval)?.as_integer().ok_or_else(wrong)
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
