//! ORDER BY: what its keys mean.
//!
//! ```text
//! ORDER BY 2      the second output column       ORDER BY x     an output column x, else a column of the input
//! ORDER BY ALL    every output column in turn    ORDER BY x + 1 any expression over either
//! ```

use firesteel_common::{Result, SqlType, conditions, error};
use firesteel_expr::ExprRef;
use firesteel_plan::logical::SortKey;
use firesteel_plan::parsed::{self, ExprKind, IntegerSuffix, Literal, SortItem, UnaryOp};

use crate::expr::Resolver;
use crate::scope::{Found, Scope};

/// A key and how it was written.
pub(crate) struct OrderKey<'q> {
    pub(crate) expr: ExprRef,
    pub(crate) item: &'q SortItem,
}

impl OrderKey<'_> {
    /// NULLs are smallest.
    pub(crate) fn sort_key(&self) -> SortKey {
        let descending = self.item.descending;
        let nulls_first = self.item.nulls_first.unwrap_or(!descending);
        SortKey { expr: self.expr.clone(), descending, nulls_first }
    }
}

/// The keys, resolved; `outputs` are the columns that ordinals count.
pub(crate) fn keys<'q>(
    order_by: &'q [SortItem],
    outputs: &Scope,
    resolver: &Resolver<'_, '_>,
) -> Result<Vec<OrderKey<'q>>> {
    if let [item] = order_by
        && is_all(&item.expr, &resolver.scopes)
    {
        let columns = outputs.visible().map(|column| column.column.to_expr());
        return Ok(columns.map(|expr| OrderKey { expr, item }).collect());
    }
    order_by.iter().map(|item| key(item, outputs, resolver)).collect()
}

fn key<'q>(item: &'q SortItem, outputs: &Scope, resolver: &Resolver<'_, '_>) -> Result<OrderKey<'q>> {
    let expr = match ordinal(&item.expr) {
        Some(index) => {
            let size = outputs.visible().count();
            let at = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
            let column = at.and_then(|at| outputs.visible().nth(at)).ok_or_else(|| {
                error!(ORDER_BY_POS_OUT_OF_RANGE, index = index.to_string(), size = size.to_string()).at(item.expr.span)
            })?;
            column.column.to_expr()
        }
        None => return expression_key(item, resolver),
    };
    orderable(expr, item, resolver)
}

/// A key that is no ordinal.
pub(crate) fn expression_key<'q>(item: &'q SortItem, resolver: &Resolver<'_, '_>) -> Result<OrderKey<'q>> {
    let expr = match resolver.resolve(&item.expr) {
        // `SELECT d, CAST(d AS STRING) … ORDER BY d`: both outputs are called d, and the input's is meant.
        Err(error) if error.is(&conditions::AMBIGUOUS_REFERENCE) && resolver.scopes.len() > 1 => {
            let over_input = Resolver { scopes: resolver.scopes[1..].to_vec(), ..resolver.clone() };
            over_input.resolve(&item.expr).map_err(|_| error)?
        }
        resolved => resolved?,
    };
    orderable(expr, item, resolver)
}

fn orderable<'q>(expr: ExprRef, item: &'q SortItem, resolver: &Resolver<'_, '_>) -> Result<OrderKey<'q>> {
    if !expr.data_type().is_orderable() {
        let data_type = expr.data_type().quoted_sql();
        let direction = if item.descending { "DESC NULLS LAST" } else { "ASC NULLS FIRST" };
        let text = format!("\"{} {direction}\"", resolver.name_of(&item.expr));
        return Err(error!(
            DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
            sqlExpr = text,
            functionName = "`sortorder`",
            dataType = data_type
        )
        .at(item.expr.span));
    }
    Ok(OrderKey { expr, item })
}

/// Whether the name is ALL and no column's.
fn is_all(expr: &parsed::Expr, scopes: &[&Scope]) -> bool {
    match &expr.kind {
        ExprKind::Column(name) => match name.as_slice() {
            [only] if !only.quoted && only.value.eq_ignore_ascii_case("all") => {
                scopes.iter().all(|scope| matches!(scope.find(name), Found::Nothing))
            }
            _ => false,
        },
        _ => false,
    }
}

/// A plain integer: the position of a column in the select list.
pub(crate) fn ordinal(expr: &parsed::Expr) -> Option<i64> {
    match &expr.kind {
        ExprKind::Literal(Literal::Integer { text, suffix: None::<IntegerSuffix> }) => {
            text.parse::<i32>().ok().map(i64::from)
        }
        ExprKind::Unary { op: UnaryOp::Minus, operand } => ordinal(operand).map(|index| -index),
        _ => None,
    }
}

/// Whether rows can be grouped by values of the type.
pub(crate) fn is_groupable(data_type: &SqlType) -> bool {
    match data_type {
        SqlType::Map { .. } | SqlType::Variant => false,
        SqlType::Array { element, .. } => is_groupable(element),
        SqlType::Struct(fields) => fields.iter().all(|field| is_groupable(&field.data_type)),
        _ => true,
    }
}
