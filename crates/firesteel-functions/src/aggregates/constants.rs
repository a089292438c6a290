//! Arguments that are known while planning: checked, and folded to literals.

use std::sync::Arc;

use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::coerce::errors;
use firesteel_expr::eval::evaluate_constant;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::{EvalContext, Literal};

/// The call as errors show it.
fn call(name: &str, args: &[ExprRef]) -> String {
    let args: Vec<_> = args.iter().map(|arg| errors::sql_text(arg)).collect();
    format!("\"{name}({})\"", args.join(", "))
}

/// Argument `at` as a literal of type `to`; it must not be NULL. `what` is the parameter's name.
pub(super) fn folded(
    name: &'static str,
    args: &[ExprRef],
    at: usize,
    what: &'static str,
    to: &SqlType,
) -> Result<Literal> {
    let arg = &args[at];
    if !arg.is_foldable() {
        return Err(error!(
            DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
            sqlExpr = call(name, args),
            inputName = format!("`{what}`"),
            inputType = to.quoted_sql(),
            inputExpr = format!("\"{}\"", errors::sql_text(arg))
        ));
    }
    let cast = Expr::cast(arg.clone(), to.clone(), CastMode::Ansi);
    let literal = evaluate_constant(&cast, &Arc::new(EvalContext::default()))?;
    if literal.is_null() {
        bail!(DATATYPE_MISMATCH_UNEXPECTED_NULL, sqlExpr = call(name, args), exprName = what);
    }
    Ok(literal)
}

pub(super) fn out_of_range(
    name: &'static str,
    args: &[ExprRef],
    what: &str,
    range: &str,
    value: String,
) -> firesteel_common::Error {
    error!(
        VALUE_OUT_OF_RANGE_POSITION,
        sqlExpr = call(name, args),
        exprName = what,
        valueRange = range,
        currentValue = value
    )
}

/// A percentage or an array of them, each between 0 and 1.
pub(super) fn percentages(name: &'static str, args: &[ExprRef], at: usize) -> Result<ExprRef> {
    let to = match args[at].data_type() {
        SqlType::Array { .. } => SqlType::array(SqlType::Double, false),
        _ => SqlType::Double,
    };
    let from = args[at].data_type();
    let numeric = |data_type: &SqlType| data_type.is_numeric() || *data_type == SqlType::Void || data_type.is_string();
    let fits = match from {
        SqlType::Array { element, .. } => numeric(element),
        other => numeric(other),
    };
    if !fits {
        return Err(errors::unexpected_input(name, args, at, "(\"DOUBLE\" or \"ARRAY<DOUBLE>\")".to_owned()));
    }
    let literal = folded(name, args, at, "percentage", &to)?;
    let values = super::lists::doubles(&literal.to_array()?)?;
    if values.iter().any(|value| !(0.0..=1.0).contains(value)) {
        let shown: Vec<_> = values.iter().map(|v| firesteel_expr::cast::to_string::format_double(*v) + "D").collect();
        return Err(out_of_range(name, args, "percentage", "[0.0, 1.0]", shown.join(",")));
    }
    Ok(Expr::literal(literal))
}
