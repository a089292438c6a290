//! `percentile_cont(p) WITHIN GROUP (ORDER BY v)` and its kin: the order is of the value that they are about, not of rows.
//!
//! ```text
//! percentile_cont(p) WITHIN GROUP (ORDER BY v DESC)  ⇒  percentile_cont(v, p, true)
//! mode()             WITHIN GROUP (ORDER BY v)       ⇒  mode_within_group(v, false)
//! ```

use firesteel_common::{Result, error};
use firesteel_expr::coerce::errors::wrong_num_args;
use firesteel_expr::{Expr, ExprRef, Literal};
use firesteel_plan::parsed::{self, FunctionCall};

use crate::expr::Resolver;

/// The aggregate that such a call is one of, by the name that the registry has for it.
pub(crate) fn of(call: &FunctionCall) -> Option<&'static str> {
    match call.name.last().to_lowercase().as_str() {
        "percentile_cont" => Some("percentile_cont"),
        "percentile_disc" => Some("percentile_disc"),
        "mode" if !call.order_by.is_empty() => Some("mode_within_group"),
        _ => None,
    }
}

impl Resolver<'_, '_> {
    /// The value, the call's own arguments, whether descending.
    pub(crate) fn inverse_distribution(&self, call: &FunctionCall, written: &parsed::Expr) -> Result<Vec<ExprRef>> {
        let name = call.name.last().to_lowercase();
        let quoted = format!("`{name}`");
        let expected = if name == "mode" { 0 } else { 1 };
        if call.arguments.len() != expected {
            return Err(wrong_num_args(&name, expected.to_string(), call.arguments.len()).at(written.span));
        }
        if call.distinct {
            return Err(error!(WITHIN_GROUP_DISTINCT_UNSUPPORTED, funcName = quoted).at(written.span));
        }
        let item = match call.order_by.as_slice() {
            [] => return Err(error!(WITHIN_GROUP_MISSING, funcName = quoted).at(written.span)),
            [item] => item,
            several => {
                let (actual, expected) = (several.len().to_string(), "1");
                return Err(error!(
                    WITHIN_GROUP_WRONG_NUM_ORDERINGS,
                    funcName = quoted,
                    actualNum = actual,
                    expectedNum = expected
                )
                .at(written.span));
            }
        };
        let mut args = vec![self.resolve(&item.expr)?];
        for argument in &call.arguments {
            args.push(self.resolve(&argument.value)?);
        }
        args.push(Expr::literal(Literal::boolean(item.descending)));
        Ok(args)
    }
}
