//! `f(…) WITHIN GROUP (ORDER BY …)`: the order in which an aggregate sees the rows of a group.

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::{AggregateCall, ExprKind, ExprRef, GroupOrder, registry};
use firesteel_plan::parsed::{self, FunctionCall};

use crate::expr::Resolver;

/// The aggregates that take WITHIN GROUP.
const ORDERED: &[&str] = &["listagg"];

/// Refuses WITHIN GROUP where the function does not take it.
pub(crate) fn check(call: &FunctionCall, written: &parsed::Expr) -> Result<()> {
    let name = registry::aggregate(call.name.last()).map(|function| function.name);
    if call.order_by.is_empty() || name.is_some_and(|name| ORDERED.contains(&name)) {
        return Ok(());
    }
    let name = name.map_or_else(|| call.name.last().to_lowercase(), str::to_owned);
    let (name, syntax) = (format!("`{name}`"), "WITHIN GROUP (ORDER BY ...)");
    Err(error!(FUNCTION_WITH_UNSUPPORTED_SYNTAX, prettyName = name, syntax = syntax).at(written.span))
}

impl Resolver<'_, '_> {
    /// The call with its rows in the order that was written.
    pub(crate) fn within_group(&self, call: &FunctionCall, resolved: AggregateCall) -> Result<AggregateCall> {
        if call.order_by.is_empty() {
            return Ok(resolved);
        }
        let mut keys = Vec::with_capacity(call.order_by.len());
        for item in &call.order_by {
            let expr = self.resolve(&item.expr)?;
            if !expr.data_type().is_orderable() {
                let (text, data_type) = (self.name_of(&item.expr), expr.data_type().quoted_sql());
                return Err(error!(
                    DATATYPE_MISMATCH_INVALID_ORDERING_TYPE,
                    sqlExpr = format!("\"{text} {}\"", direction(item)),
                    functionName = "`sortorder`",
                    dataType = data_type
                )
                .at(item.expr.span));
            }
            let nulls_first = item.nulls_first.unwrap_or(!item.descending);
            keys.push(GroupOrder { expr, descending: item.descending, nulls_first });
        }
        if resolved.distinct {
            self.check_distinct(call, &resolved, &keys)?;
        }
        Ok(resolved.ordered_by(keys))
    }

    /// Rows of equal arguments are one row: only the argument says where it stands.
    fn check_distinct(&self, call: &FunctionCall, resolved: &AggregateCall, keys: &[GroupOrder]) -> Result<()> {
        let (Some(argument), Some(written)) = (resolved.args.first(), call.arguments.first()) else { return Ok(()) };
        let name = format!("`{}`", resolved.function.name);
        let cast = cast_input(argument);
        if let [key] = keys {
            if key.expr == *argument {
                return Ok(());
            }
            if let Some(input) = cast
                && key.expr == *input
            {
                return match keeps_apart(input.data_type()) {
                    true => Ok(()),
                    false => Err(error!(
                        MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST,
                        funcName = name,
                        inputType = input.data_type().quoted_sql(),
                        castType = argument.data_type().quoted_sql()
                    )),
                };
            }
        }
        let keys: Vec<_> = call.order_by.iter().map(|item| format!("\"{}\"", self.name_of(&item.expr))).collect();
        Err(error!(
            MISMATCH_WITH_DISTINCT_INPUT,
            funcName = name,
            funcArg = format!("\"{}\"", self.name_of(&written.value)),
            orderingExpr = keys.join(", ")
        ))
    }
}

/// What an argument was before it became text.
fn cast_input(argument: &ExprRef) -> Option<&ExprRef> {
    match &argument.kind {
        ExprKind::Cast(input, _) => Some(input),
        _ => None,
    }
}

/// Whether different values have different texts.
fn keeps_apart(data_type: &SqlType) -> bool {
    !matches!(data_type, SqlType::Float | SqlType::Double | SqlType::Timestamp)
}

/// `ASC NULLS FIRST`.
pub(crate) fn direction(item: &parsed::SortItem) -> &'static str {
    match (item.descending, item.nulls_first.unwrap_or(!item.descending)) {
        (false, true) => "ASC NULLS FIRST",
        (false, false) => "ASC NULLS LAST",
        (true, true) => "DESC NULLS FIRST",
        (true, false) => "DESC NULLS LAST",
    }
}
