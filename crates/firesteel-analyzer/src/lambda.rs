//! Calls of functions that take functions: a lambda's parameters have the types that the function gives them, and hide
//! columns of their names.

use std::sync::Arc;

use firesteel_common::names::{quote, same_name};
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::coerce::{errors as type_errors, signature};
use firesteel_expr::function::{FunctionRef, HigherOrder};
use firesteel_expr::{Expr, ExprRef, Parameter};
use firesteel_plan::PlanColumn;
use firesteel_plan::parsed::{self, ExprKind, FunctionCall, Ident};

use crate::env::LambdaFrame;
use crate::errors;
use crate::expr::Resolver;
use crate::names::lambda_text;
use crate::scope::{Scope, ScopeColumn, unqualified};

/// How a parameter is shown, whatever its name.
pub(crate) const PARAMETER: &str = "namedlambdavariable()";

impl Resolver<'_, '_> {
    pub(crate) fn higher_order(
        &self,
        call: &FunctionCall,
        function: &FunctionRef,
        rule: &HigherOrder,
        expr: &parsed::Expr,
    ) -> Result<ExprRef> {
        let in_words = |error| errors::in_words(error, self.analyzer.ids(), &|| self.name_of(expr)).at(expr.span);
        let most = rule.values + rule.lambdas.len();
        let fewest = most - rule.lambdas.iter().filter(|lambda| lambda.optional).count();
        if !(fewest..=most).contains(&call.arguments.len()) {
            let expected = if fewest == most { most.to_string() } else { format!("[{fewest}, {most}]") };
            return Err(in_words(type_errors::wrong_num_args(function.name, expected, call.arguments.len())));
        }
        let (values, lambdas) = call.arguments.split_at(rule.values);
        let values = self.resolve_all(values.iter().map(|argument| &argument.value))?;
        let values = signature::apply(function.name, function.signature, values).map_err(|error| {
            errors::in_words(error, self.analyzer.ids(), &|| self.name_as_written(expr)).at(expr.span)
        })?;
        let mut args = values.clone();
        for (at, lambda) in lambdas.iter().enumerate() {
            args.push(self.lambda(&lambda.value, rule, &values, at)?);
        }
        let args = (rule.check)(function.name, args).map_err(|error| in_words(self.with_lambda(error, call, rule)))?;
        Ok(Expr::call(function, args).map_err(in_words)?.written_at(self.env.place(expr.span)))
    }

    /// An error about a lambda shows it as it was written, without casts.
    fn with_lambda(&self, error: Error, call: &FunctionCall, rule: &HigherOrder) -> Error {
        let index = error.parameters().iter().find(|(name, _)| *name == "paramIndex");
        let at =
            index.and_then(|(_, index)| ["first", "second", "third", "fourth"].iter().position(|word| word == index));
        let argument =
            at.and_then(|at| Some((call.arguments.get(at)?, rule.lambdas.get(at.checked_sub(rule.values)?)?)));
        let Some((argument, arity)) = argument else { return error };
        let text = match &argument.value.kind {
            ExprKind::Lambda { .. } => self.name_of(&argument.value),
            _ => lambda_text(&self.name_of(&argument.value), arity.usual),
        };
        error.replace("inputSql", format!("\"{text}\""))
    }

    /// What stands for a lambda without being one returns itself, whatever it is given.
    fn lambda(&self, written: &parsed::Expr, rule: &HigherOrder, values: &[ExprRef], at: usize) -> Result<ExprRef> {
        let (names, body): (Option<&[Ident]>, _) = match &written.kind {
            ExprKind::Lambda { parameters, body } => (Some(parameters), body.as_ref()),
            _ => (None, written),
        };
        let arity = rule.lambdas[at];
        let named = names.map_or(arity.usual, <[Ident]>::len);
        let count = if arity.or == Some(named) { named } else { arity.usual };
        let types = (rule.parameters)(values, at, count)?;
        if types.len() != named {
            let (expected, actual) = (named.to_string(), types.len().to_string());
            return Err(error!(
                INVALID_LAMBDA_FUNCTION_CALL_NUM_ARGS_MISMATCH,
                expectedNumArgs = expected,
                actualNumArgs = actual
            )
            .at(written.span));
        }
        let names = names.unwrap_or_default();
        check_distinct(names, written)?;
        let parameter = |(at, (data_type, nullable)): (usize, (SqlType, bool))| {
            let label = names.get(at).map_or(PARAMETER, |name| name.value.as_str());
            Parameter { id: self.analyzer.ids().fresh(label), data_type, nullable }
        };
        let parameters: Vec<Parameter> = types.into_iter().enumerate().map(parameter).collect();
        let column = |(name, parameter): (&Ident, &Parameter)| {
            let Parameter { id, data_type, nullable } = parameter.clone();
            ScopeColumn::new(&unqualified(), Arc::from(name.value.as_str()), PlanColumn { id, data_type, nullable })
        };
        let frame = LambdaFrame::new(Scope { columns: names.iter().zip(&parameters).map(column).collect() }, self.env);
        let inner = Resolver { env: self.env.with_lambda(&frame), subqueries: None, windows: None, ..self.clone() };
        Ok(Expr::lambda(parameters, inner.resolve(body)?))
    }
}

fn check_distinct(names: &[Ident], written: &parsed::Expr) -> Result<()> {
    let repeats = |(at, name): (usize, &Ident)| names[..at].iter().any(|other| same_name(&other.value, &name.value));
    if !names.iter().enumerate().any(repeats) {
        return Ok(());
    }
    let args: Vec<_> = names.iter().map(|name| quote(&name.value)).collect();
    let config = "\"spark.sql.caseSensitive\"";
    Err(error!(INVALID_LAMBDA_FUNCTION_CALL_DUPLICATE_ARG_NAMES, args = args.join(", "), caseSensitiveConfig = config)
        .at(written.span))
}

/// Refuses lambdas as arguments of a function that takes none.
pub(crate) fn check_no_lambda(call: &FunctionCall, expr: &parsed::Expr) -> Result<()> {
    match call.arguments.iter().any(|argument| matches!(argument.value.kind, ExprKind::Lambda { .. })) {
        true => {
            let name = call.name.last().to_lowercase();
            Err(error!(INVALID_LAMBDA_FUNCTION_CALL_NON_HIGHER_ORDER_FUNCTION, class = name).at(expr.span))
        }
        false => Ok(()),
    }
}
