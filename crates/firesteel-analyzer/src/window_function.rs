//! Which function a call over a window means, and the frame that it needs.
//!
//! ```text
//! sum(x), first(x)        the frame that was written, else up to the current row's peers, or everything without an order
//! rank(), ntile(4)        no frame but the one that is theirs
//! lag(x, 2), lead(x)      no frame at all
//! ```

use std::sync::Arc;

use firesteel_common::names::quote;
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::window::{Frame, Place, Ranking, WindowDescriptor, WindowFunction, WindowKind, function};
use firesteel_expr::{AggregateCall, CastMode, Expr, ExprRef, Literal, coerce, eval, registry};
use firesteel_plan::parsed::{self, FunctionCall, NullTreatment};

use crate::expr::Resolver;
use crate::window::Over;
use crate::{errors, unsupported};

impl Resolver<'_, '_> {
    /// The function with its frame, and the frame's text.
    pub(crate) fn window_function(
        &self,
        call: &FunctionCall,
        over: &Over,
        expr: &parsed::Expr,
    ) -> Result<(WindowFunction, Frame, String)> {
        let name = call.name.last();
        if let Some(descriptor) = function(name) {
            return self.window_only_function(descriptor, call, over, expr);
        }
        let own = self.analyzer.context.functions;
        if registry::aggregate(name).is_none() && own.aggregate(name).is_none() {
            if registry::scalar(name).is_some() || own.scalar(name).is_some() {
                let text = format!("\"{}\"", self.call_text(call));
                return Err(error!(UNSUPPORTED_EXPR_FOR_WINDOW, sqlExpr = text).at(expr.span));
            }
            return Err(registry::not_found(name).at(call.name.span));
        }
        let (frame, text) = over.frame_or_default();
        if call.distinct {
            let text = format!("\"{} OVER {}\"", self.call_text(call), over.text(text));
            return Err(error!(DISTINCT_WINDOW_FUNCTION_UNSUPPORTED, windowExpr = text).at(expr.span));
        }
        let aggregate = self.aggregate_call(call, expr)?;
        Ok((as_value(aggregate, &self.analyzer.context.eval), frame, text.to_owned()))
    }

    fn window_only_function(
        &self,
        descriptor: &'static WindowDescriptor,
        call: &FunctionCall,
        over: &Over,
        expr: &parsed::Expr,
    ) -> Result<(WindowFunction, Frame, String)> {
        if over.order_by.is_empty() {
            let text = self.qualified_call_text(call);
            let error = error!(WINDOW_FUNCTION_FRAME_NOT_ORDERED, wf_name = descriptor.name, wf_expr = text);
            return Err(error.at(expr.span));
        }
        let takes_nulls = matches!(descriptor.kind, WindowKind::Lag | WindowKind::Lead | WindowKind::NthValue);
        if call.nulls == Some(NullTreatment::Ignore) && !takes_nulls {
            return Err(errors::unsupported_syntax(descriptor.name, "IGNORE NULLS").at(expr.span));
        }
        if call.distinct || call.filter.is_some() {
            let syntax = if call.distinct { "DISTINCT" } else { "FILTER clause" };
            return Err(errors::unsupported_syntax(descriptor.name, syntax).at(expr.span));
        }
        let args = self.arguments(call)?;
        let ((fewest, most), given) = (descriptor.arguments, args.len());
        if given < fewest || given > most {
            let expected = if fewest == most { fewest.to_string() } else { format!("[{fewest}, {most}]") };
            return Err(coerce::errors::wrong_num_args(descriptor.name, expected, given).at(expr.span));
        }
        let arguments = Arguments { resolver: self, descriptor, args, call, expr };
        arguments
            .function(over)
            .map_err(|error| errors::in_words(error, self.analyzer.ids(), &|| self.call_text(call)).at(expr.span))
    }
}

/// `first`, `last` and `any_value` look at one row of the frame.
fn as_value(call: AggregateCall, context: &Arc<eval::EvalContext>) -> WindowFunction {
    let place = match call.function.name {
        "first" | "any_value" => Place::First,
        "last" => Place::Last,
        _ => return WindowFunction::Aggregate(call),
    };
    let ignore_nulls = match call.args.get(1) {
        None => Some(false),
        Some(flag) if flag.is_foldable() => {
            eval::evaluate_constant(flag, context).ok().map(|flag| flag.as_boolean() == Some(true))
        }
        Some(_) => None,
    };
    match (ignore_nulls, call.filter.is_none(), call.args.first()) {
        (Some(ignore_nulls), true, Some(input)) => WindowFunction::Value { input: input.clone(), place, ignore_nulls },
        _ => WindowFunction::Aggregate(call),
    }
}

pub(crate) fn result_of(function: &WindowFunction) -> (SqlType, bool) {
    match function {
        WindowFunction::Aggregate(call) => (call.data_type.clone(), call.nullable),
        WindowFunction::Value { input, .. } => (input.data_type().clone(), true),
        WindowFunction::Offset { input, default, .. } => {
            (input.data_type().clone(), input.nullable() || default.nullable())
        }
        WindowFunction::Ranking(ranking) => (ranking.data_type(), false),
    }
}

/// The arguments of a function that exists over windows only.
struct Arguments<'r, 'a> {
    resolver: &'r Resolver<'r, 'a>,
    descriptor: &'static WindowDescriptor,
    args: Vec<ExprRef>,
    call: &'r FunctionCall,
    expr: &'r parsed::Expr,
}

impl Arguments<'_, '_> {
    fn function(&self, over: &Over) -> Result<(WindowFunction, Frame, String)> {
        const RUNNING: &str = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
        let ranking = match self.descriptor.kind {
            WindowKind::Ranking(ranking) => ranking,
            WindowKind::Ntile => Ranking::Ntile(self.buckets()?),
            WindowKind::NthValue => {
                let (frame, text) = over.frame_or_default();
                return Ok((self.nth_value()?, frame, text.to_owned()));
            }
            WindowKind::Lag => return self.offset(over, -1),
            WindowKind::Lead => return self.offset(over, 1),
        };
        let (required, internal) = match ranking {
            Ranking::CumeDist => ("RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", "RangeFrame"),
            _ => (RUNNING, "RowFrame"),
        };
        if let Some(written) = over.frame.as_ref().filter(|written| written.text != required) {
            let required = format!("specifiedwindowframe({internal}, unboundedpreceding$(), currentrow$())");
            bail!(WINDOW_FRAME_NOT_REQUIRED, wf = written.internal.clone(), required = required);
        }
        Ok((WindowFunction::Ranking(ranking), Frame::WHOLE, required.to_owned()))
    }

    /// A constant of the call, as a whole number.
    fn constant(&self, at: usize, name: &str, shown: &dyn Fn(String) -> String) -> Result<i64> {
        let arg = &self.args[at];
        let text = |expr: &ExprRef| errors::labelled(&coerce::errors::sql_text(expr), self.resolver.analyzer.ids());
        if !arg.is_foldable() {
            bail!(
                DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
                sqlExpr = format!("\"{}\"", self.resolver.call_text(self.call)),
                inputName = quote(name),
                inputType = arg.data_type().quoted_sql(),
                inputExpr = format!("\"{}\"", shown(text(arg)))
            );
        }
        if !arg.data_type().is_integral() {
            return Err(coerce::errors::unexpected_input(self.descriptor.name, &self.args, at, "\"INT\"".to_owned()));
        }
        let value = eval::evaluate_constant(arg, &self.resolver.analyzer.context.eval)?.as_integer();
        value.ok_or_else(|| unsupported(format!("NULL as the {name} of {}", self.descriptor.name), self.expr.span))
    }

    fn out_of_range(&self, name: &str, range: &str, value: String) -> firesteel_common::Error {
        error!(
            VALUE_OUT_OF_RANGE_POSITION,
            sqlExpr = format!("\"{}\"", self.resolver.call_text(self.call)),
            exprName = name,
            valueRange = range,
            currentValue = value
        )
    }

    fn buckets(&self) -> Result<u32> {
        if self.args.is_empty() {
            return Ok(1);
        }
        let buckets = self.constant(0, "buckets", &|text| text)?;
        match i32::try_from(buckets) {
            Ok(buckets) if buckets > 0 => Ok(buckets.unsigned_abs()),
            _ => Err(self.out_of_range("buckets", "(0, 2147483647]", buckets.to_string())),
        }
    }

    fn ignore_nulls(&self) -> bool {
        self.call.nulls == Some(NullTreatment::Ignore)
    }

    fn nth_value(&self) -> Result<WindowFunction> {
        let nth = self.constant(1, "offset", &|text| text)?;
        if nth <= 0 {
            return Err(self.out_of_range("offset", "(0, 9223372036854775807]", format!("{nth}L")));
        }
        let place = Place::Nth(nth.unsigned_abs());
        Ok(WindowFunction::Value { input: self.args[0].clone(), place, ignore_nulls: self.ignore_nulls() })
    }

    fn offset(&self, over: &Over, direction: i64) -> Result<(WindowFunction, Frame, String)> {
        if over.frame.is_some() {
            bail!(CANNOT_SPECIFY_WINDOW_FRAME, prettyName = self.descriptor.name);
        }
        let shown = |text: String| if direction < 0 { format!("(- {text})") } else { text };
        let offset = match self.args.len() {
            0 | 1 => direction,
            _ => self.constant(1, "offset", &shown)?.saturating_mul(direction),
        };
        let null = || Expr::literal(Literal::null(SqlType::Void));
        let mut input = self.args.first().cloned().unwrap_or_else(null);
        let mut default = self.args.get(2).cloned().unwrap_or_else(null);
        if *input.data_type() == SqlType::Void {
            input = Expr::cast(input, default.data_type().clone(), CastMode::Ansi);
        }
        default = self.resolver.cast(default, input.data_type(), CastMode::Ansi, self.expr)?;
        let function = WindowFunction::Offset { input, offset, default, ignore_nulls: self.ignore_nulls() };
        Ok((function, Frame::WHOLE, format!("ROWS BETWEEN {offset} FOLLOWING AND {offset} FOLLOWING")))
    }
}
