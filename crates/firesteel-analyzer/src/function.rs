//! Function calls: scalar functions, casts in the form of functions, aggregates.

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::{AggregateCall, CastMode, Expr, ExprRef, Literal, registry, window};
use firesteel_plan::parsed::{self, ExprKind, FunctionCall, NullTreatment};

use crate::expr::{Clause, Resolver};
use crate::generator::is_generator;
use crate::lambda::check_no_lambda;
use crate::{arguments, errors, inverse_distribution, schema, unsupported, within_group};

impl Resolver<'_, '_> {
    pub(crate) fn function(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<ExprRef> {
        if let (Some(window), true) = (&call.over, is_builtin_path(&call.name)) {
            return self.windowed(call, window, expr);
        }
        if call.name.last().eq_ignore_ascii_case("struct") && is_builtin_path(&call.name) {
            return self.structure(call, expr);
        }
        if call.name.last().eq_ignore_ascii_case("arrays_zip") && is_builtin_path(&call.name) {
            return self.zipped(call, expr);
        }
        let name = call.name.last();
        if !is_builtin_path(&call.name) {
            return Err(unknown(&call.name));
        }
        if call.arguments.iter().any(|argument| argument.name.is_some()) && !is_generator(call) {
            arguments::in_order(call, &[], expr.span)?;
        }
        let own = self.analyzer.context.functions;
        if registry::aggregate(name).is_some() || own.aggregate(name).is_some() {
            return self.aggregate(call, expr);
        }
        if window::function(name).is_some() {
            let text = format!("\"{}\"", self.call_text(call));
            return Err(error!(WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE, funcName = text).at(expr.span));
        }
        if let Some(resolved) = self.grouping_call(call, expr) {
            return resolved;
        }
        if let (Some(to), None, [argument]) = (cast_function(name), registry::scalar(name), call.arguments.as_slice()) {
            return self.cast(self.resolve(&argument.value)?, &to, CastMode::Ansi, expr);
        }
        if is_generator(call) {
            let expression = format!("\"{}\"", self.name_of(expr));
            return Err(error!(UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, expression = expression).at(expr.span));
        }
        let known = registry::scalar(name).or_else(|| own.scalar(name).cloned());
        let Some(function) = known else { return Err(unknown(&call.name)) };
        within_group::check(call, expr)?;
        if call.distinct || call.filter.is_some() || call.nulls.is_some() || !call.order_by.is_empty() {
            let feature = "DISTINCT, FILTER, IGNORE NULLS or WITHIN GROUP with a function that is no aggregate";
            return Err(unsupported(feature, expr.span));
        }
        if let Some(rule) = &function.higher_order {
            return self.higher_order(call, &function, rule, expr);
        }
        check_no_lambda(call, expr)?;
        if function.name == schema::FROM_JSON && call.arguments.len() > 1 {
            let args = self.with_schema(call, expr)?;
            return self.call(name, args, expr);
        }
        let args = self.arguments(call)?;
        self.call(name, args, expr)
    }

    /// `struct(a, b AS c, 1)`: fields named after columns and aliases, else `col1`, `col2`, ….
    fn structure(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<ExprRef> {
        let mut args = Vec::with_capacity(2 * call.arguments.len());
        for (at, argument) in call.arguments.iter().enumerate() {
            let name = match (&argument.name, &argument.value.kind) {
                (Some(alias), _) => alias.value.clone(),
                (None, ExprKind::Column(name)) => name.last().map(|part| part.value.clone()).unwrap_or_default(),
                (None, ExprKind::Field { name, .. }) => name.value.clone(),
                (None, ExprKind::Star(_)) => return Err(unsupported("* in struct()", argument.value.span)),
                _ => format!("col{}", at + 1),
            };
            args.push(Expr::literal(Literal::string(name)));
            args.push(self.resolve(&argument.value)?);
        }
        self.call("named_struct", args, expr)
    }

    /// `arrays_zip(a, t.b, array(1))`: fields named after columns, else `0`, `1`, ….
    fn zipped(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<ExprRef> {
        let mut args = Vec::with_capacity(2 * call.arguments.len());
        for (at, argument) in call.arguments.iter().enumerate() {
            let name = match &argument.value.kind {
                ExprKind::Column(name) => name.last().map(|part| part.value.clone()).unwrap_or_default(),
                ExprKind::Field { name, .. } => name.value.clone(),
                _ => at.to_string(),
            };
            args.push(Expr::literal(Literal::string(name)));
            args.push(self.resolve(&argument.value)?);
        }
        self.call("arrays_zip", args, expr)
    }

    /// Arguments; `*` and `t.*` become the columns that they stand for.
    pub(crate) fn arguments(&self, call: &FunctionCall) -> Result<Vec<ExprRef>> {
        let mut args = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            match &argument.value.kind {
                ExprKind::Star(qualifier) => {
                    let columns = self.scopes.first().into_iter().flat_map(|scope| scope.visible());
                    args.extend(columns.filter(|column| column.is_of(qualifier)).map(|column| column.column.to_expr()));
                }
                _ => args.push(self.resolve(&argument.value)?),
            }
        }
        Ok(args)
    }

    fn aggregate(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<ExprRef> {
        if let Some(outer) = self.outer_aggregate(call, expr)? {
            return Ok(outer);
        }
        let Some(aggregates) = self.aggregates.filter(|_| !matches!(self.clause, Clause::Qualify)) else {
            return Err(self.misplaced_aggregate(expr));
        };
        let scopes = self.argument_scopes.clone().unwrap_or_else(|| self.scopes.clone());
        let (clause, env) = (Clause::AggregateArgument, self.env.outside_lambdas());
        let inner = Resolver { env, named: None, aggregates: None, windows: None, clause, scopes, ..self.clone() };
        let resolved = inner.aggregate_call(call, expr)?;
        if let Some(alias) = self.lateral_alias(resolved.inputs()) {
            let text = format!("\"{}\"", self.name_of(expr));
            return Err(error!(LATERAL_COLUMN_ALIAS_IN_AGGREGATE_FUNC, lca = alias, aggFunc = text).at(expr.span));
        }
        let label = || self.name_of(expr);
        Ok(aggregates.borrow_mut().add(resolved, self.analyzer.ids(), &label))
    }

    /// The call of an aggregate over arguments that stand in this place.
    pub(crate) fn aggregate_call(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<AggregateCall> {
        let inverse = inverse_distribution::of(call);
        if inverse.is_none() {
            within_group::check(call, expr)?;
        }
        check_no_lambda(call, expr)?;
        let counts_rows = !call.distinct
            && call.name.last().eq_ignore_ascii_case("count")
            && matches!(call.arguments.as_slice(), [star] if matches!(&star.value.kind, ExprKind::Star(q) if q.is_empty()));
        let mut args = match counts_rows {
            true => vec![Expr::literal(Literal::int(1))],
            false if inverse.is_some() => self.inverse_distribution(call, expr)?,
            false => self.arguments(call)?,
        };
        if call.nulls == Some(NullTreatment::Ignore) {
            let name = call.name.last().to_lowercase();
            if !matches!(name.as_str(), "first" | "first_value" | "last" | "last_value" | "any_value") {
                return Err(errors::unsupported_syntax(&name, "IGNORE NULLS").at(expr.span));
            }
            args.truncate(1);
            args.push(Expr::literal(Literal::boolean(true)));
        }
        let filter = call.filter.as_ref().map(|filter| self.aggregate_filter(filter)).transpose()?;
        let name = inverse.unwrap_or(call.name.last());
        let functions = self.analyzer.context.functions;
        let resolved = functions
            .call_aggregate(name, args, call.distinct, filter)
            .map_err(|error| errors::in_words(error, self.analyzer.ids(), &|| self.call_text(call)).at(expr.span))?;
        if inverse.is_some() { Ok(resolved) } else { self.within_group(call, resolved) }
    }

    /// An aggregate over nothing but columns of the query around is that query's.
    fn outer_aggregate(&self, call: &FunctionCall, expr: &parsed::Expr) -> Result<Option<ExprRef>> {
        let plain = !call.distinct && call.filter.is_none() && call.nulls.is_none() && call.order_by.is_empty();
        if !plain || !self.env.has_outer_aggregates() {
            return Ok(None);
        }
        let clause = Clause::AggregateArgument;
        let inner = Resolver { named: None, aggregates: None, windows: None, clause, ..self.clone() };
        let Ok(args) = inner.arguments(call) else { return Ok(None) };
        let columns: Vec<_> = args.iter().flat_map(|arg| arg.columns().iter().copied()).collect();
        let Some(aggregates) = self.env.outer_aggregates(&columns) else { return Ok(None) };
        let functions = self.analyzer.context.functions;
        let resolved = functions
            .call_aggregate(call.name.last(), args, false, None)
            .map_err(|error| errors::in_words(error, self.analyzer.ids(), &|| self.name_of(expr)).at(expr.span))?;
        Ok(Some(aggregates.borrow_mut().add(resolved, self.analyzer.ids(), &|| self.name_of(expr))))
    }

    fn aggregate_filter(&self, filter: &parsed::Expr) -> Result<ExprRef> {
        let resolved = self.resolve(filter)?;
        match resolved.data_type() {
            SqlType::Boolean | SqlType::Void => Ok(resolved),
            _ => {
                let text = format!("\"{}\"", self.name_of(filter));
                Err(error!(INVALID_AGGREGATE_FILTER_NOT_BOOLEAN, filterExpr = text).at(filter.span))
            }
        }
    }

    fn misplaced_aggregate(&self, expr: &parsed::Expr) -> firesteel_common::Error {
        match self.clause {
            Clause::Where(condition) => error!(
                INVALID_WHERE_CONDITION,
                condition = format!("\"{}\"", self.name_of(condition)),
                expressionList = self.qualified_name_of(expr)
            )
            .at(expr.span),
            Clause::GroupBy => error!(GROUP_BY_AGGREGATE, sqlExpr = self.qualified_name_of(expr)).at(expr.span),
            Clause::AggregateArgument => error!(NESTED_AGGREGATE_FUNCTION).at(expr.span),
            Clause::Qualify => {
                let text = format!("\"{}\"", self.name_of(expr));
                error!(QUALIFY_AGGREGATE_NOT_ALLOWED, aggregateExpr = text).at(expr.span)
            }
            Clause::Other(place) => unsupported(format!("aggregate functions in {place}"), expr.span),
        }
    }
}

/// `f`, `builtin.f`, `system.builtin.f`.
pub(crate) fn is_builtin_path(name: &parsed::Name) -> bool {
    let values = name.values();
    let path: Vec<_> = values[..values.len().saturating_sub(1)].iter().map(|part| part.to_lowercase()).collect();
    matches!(path.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), [] | ["builtin"] | ["system", "builtin"])
}

fn unknown(name: &parsed::Name) -> firesteel_common::Error {
    let quoted = firesteel_common::names::quote_parts(&name.values());
    let error = registry::not_found(name.last());
    error.replace("routineName", quoted).at(name.span)
}

/// `int(x)`: casts that are called like functions.
pub(crate) fn cast_function(name: &str) -> Option<SqlType> {
    Some(match name.to_lowercase().as_str() {
        "boolean" => SqlType::Boolean,
        "tinyint" => SqlType::TinyInt,
        "smallint" => SqlType::SmallInt,
        "int" => SqlType::Int,
        "bigint" => SqlType::BigInt,
        "float" => SqlType::Float,
        "double" => SqlType::Double,
        "decimal" => SqlType::DECIMAL_USER_DEFAULT,
        "date" => SqlType::Date,
        "timestamp" => SqlType::Timestamp,
        "binary" => SqlType::Binary,
        "string" => SqlType::STRING,
        _ => return None,
    })
}
