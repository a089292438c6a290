//! Functions that make several rows of one, wherever they stand.
//!
//! ```text
//! SELECT a, explode(b) FROM t               → Project [a, col] over Generate explode(b) over t
//! FROM t LATERAL VIEW explode(b) v AS c     → Generate explode(b) over t, its column named v.c
//! FROM t, LATERAL explode(t.b) AS v(c)      → the same, as a dependent join at first
//! FROM explode(array(1, 2))                 → Generate over one row without columns
//! ```

use std::sync::Arc;

use firesteel_common::{Result, Span, SqlType, error};
use firesteel_expr::{CastMode, Expr, ExprRef, Literal, coerce, eval, registry};
use firesteel_plan::logical::{Generate, Generator, Node};
use firesteel_plan::parsed::{self, ExprKind, FunctionCall, Ident, LateralView};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};

use crate::env::Env;
use crate::expr::Resolver;
use crate::function::is_builtin_path;
use crate::scope::{Qualifier, Relation, Scope, ScopeColumn, qualifier, unqualified};
use crate::{Analyzer, arguments, errors, unsupported};

const NAMES: &[&str] =
    &["explode", "explode_outer", "inline", "inline_outer", "json_tuple", "posexplode", "posexplode_outer", "stack"];

/// Whether the function gives several rows.
pub(crate) fn is_generator(call: &FunctionCall) -> bool {
    is_builtin_path(&call.name) && NAMES.iter().any(|known| known.eq_ignore_ascii_case(call.name.last()))
}

/// The call, if the expression is one of a generator.
pub(crate) fn as_generator(expr: &parsed::Expr) -> Option<&FunctionCall> {
    match &expr.kind {
        ExprKind::Function(call) if is_generator(call) => Some(call),
        _ => None,
    }
}

/// A generator, and its columns by name.
#[derive(Clone)]
pub(crate) struct Generated {
    pub(crate) generator: Generator,
    pub(crate) outer: bool,
    pub(crate) columns: Vec<(Arc<str>, PlanColumn)>,
    /// As Spark writes it.
    pub(crate) text: String,
}

impl Generated {
    /// The node that adds the columns to a plan.
    pub(crate) fn over(self, input: PlanRef) -> PlanRef {
        let columns = self.columns.iter().enumerate().map(|(at, (_, column))| (at, column.id)).collect();
        LogicalPlan::new(Node::Generate(Generate { input, generator: self.generator, outer: self.outer, columns }))
    }

    pub(crate) fn scope_columns(&self, qualifier: &Qualifier) -> Vec<ScopeColumn> {
        let columns = self.columns.iter();
        columns.map(|(name, column)| ScopeColumn::new(qualifier, Arc::clone(name), column.clone())).collect()
    }

    /// The input's columns, then these.
    fn beside(self, input: Relation, qualifier: &Qualifier) -> Relation {
        let mut scope = input.scope;
        scope.columns.extend(self.scope_columns(qualifier));
        Relation { plan: self.over(input.plan), scope }
    }
}

impl Resolver<'_, '_> {
    /// What a call of a generator means. `aliases` name its columns; without any they have names of their own.
    pub(crate) fn generated(&self, call: &FunctionCall, aliases: &[Ident], span: Span) -> Result<Generated> {
        if call.distinct || call.filter.is_some() || call.over.is_some() || !call.order_by.is_empty() {
            return Err(unsupported("DISTINCT, FILTER, OVER or WITHIN GROUP with a generator", span));
        }
        let name = call.name.last().to_lowercase();
        let (plain, outer) = match name.strip_suffix("_outer") {
            Some(plain) => (plain, true),
            None => (name.as_str(), false),
        };
        let written = self.plain_call(call, plain, span)?;
        let generator = self.generator(plain, &written).map_err(|error| error.at(span))?;
        let all = generator.columns();
        if !aliases.is_empty() && aliases.len() != all.len() {
            let names = aliases.iter().map(|alias| alias.value.as_str()).collect::<Vec<_>>().join(",");
            return Err(
                error!(UDTF_ALIAS_NUMBER_MISMATCH, aliasesSize = all.len().to_string(), aliasesNames = names).at(span)
            );
        }
        let column = |(at, column): (usize, firesteel_plan::logical::GeneratedColumn)| {
            let name: Arc<str> = Arc::from(aliases.get(at).map_or(column.name.as_str(), |alias| alias.value.as_str()));
            let nullable = column.nullable || outer;
            let id = self.analyzer.ids().fresh(Arc::clone(&name));
            (name, PlanColumn { id, data_type: column.data_type, nullable })
        };
        let columns = all.into_iter().enumerate().map(column).collect();
        Ok(Generated { generator, outer, columns, text: self.name_of(&written) })
    }

    /// The call as messages show it: of the function without `_outer`, its arguments in order.
    fn plain_call(&self, call: &FunctionCall, name: &str, span: Span) -> Result<parsed::Expr> {
        let parameters: &[&str] = match name {
            "explode" | "posexplode" => &["collection"],
            "inline" => &["input"],
            _ => &[],
        };
        let mut plain = call.clone();
        plain.arguments = arguments::in_order(call, parameters, span)?;
        for part in plain.name.parts.last_mut().into_iter() {
            part.value = name.to_owned();
        }
        Ok(parsed::Expr::new(span, ExprKind::Function(Box::new(plain))))
    }

    fn generator(&self, name: &str, written: &parsed::Expr) -> Result<Generator> {
        let ExprKind::Function(call) = &written.kind else { return Err(unsupported("this generator", written.span)) };
        let args: Vec<&parsed::Expr> = call.arguments.iter().map(|argument| &argument.value).collect();
        if args.iter().any(|arg| as_generator(arg).is_some()) {
            let expression = format!("\"{}\"", self.name_of(written));
            return Err(error!(UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS, expression = expression));
        }
        match name {
            "stack" => self.stack(&args, written),
            "json_tuple" => self.json_tuple(&args, written),
            _ => {
                let [arg] = args.as_slice() else { return Err(wrong_number(name, "1", args.len())) };
                let value = self.resolve(arg)?;
                let structs = |element: &SqlType| matches!(element, SqlType::Struct(_));
                match (name, value.data_type()) {
                    ("inline", SqlType::Array { element, .. }) if structs(element) => Ok(Generator::Inline(value)),
                    ("inline", _) => Err(self.wrong_input(written, arg, &value, "\"ARRAY<STRUCT>\"")),
                    (_, SqlType::Array { .. } | SqlType::Map { .. }) => {
                        Ok(Generator::Explode { collection: value, position: name == "posexplode" })
                    }
                    _ => Err(self.wrong_input(written, arg, &value, "(\"ARRAY\" or \"MAP\")")),
                }
            }
        }
    }

    fn wrong_input(
        &self,
        written: &parsed::Expr,
        arg: &parsed::Expr,
        value: &ExprRef,
        required: &str,
    ) -> firesteel_common::Error {
        error!(
            DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE,
            sqlExpr = format!("\"{}\"", self.name_of(written)),
            paramIndex = "first",
            requiredType = required,
            inputSql = format!("\"{}\"", self.name_of(arg)),
            inputType = value.data_type().quoted_sql()
        )
    }

    /// `json_tuple(text, 'a', 'b')`: one row of the object's members of these names, in columns `c0`, `c1`, ….
    fn json_tuple(&self, args: &[&parsed::Expr], written: &parsed::Expr) -> Result<Generator> {
        if args.len() < 2 {
            return Err(wrong_number("json_tuple", "> 1", args.len()));
        }
        let args = self.resolve_all(args.iter().copied())?;
        if args.iter().any(|arg| !arg.data_type().is_string() && *arg.data_type() != SqlType::Void) {
            let text = format!("\"{}\"", self.name_of(written));
            return Err(error!(DATATYPE_MISMATCH_NON_STRING_TYPE, sqlExpr = text, funcName = "`json_tuple`"));
        }
        let mut fields = Vec::with_capacity(2 * args.len());
        for (at, name) in args[1..].iter().enumerate() {
            fields.push(Expr::literal(Literal::string(format!("c{at}"))));
            fields.push(registry::call("json_field", vec![args[0].clone(), name.clone()])?);
        }
        let row = registry::call("named_struct", fields)?;
        Ok(Generator::Inline(registry::call("array", vec![row])?))
    }

    /// `stack(2, a, b, c, d)`: rows (a, b) and (c, d).
    fn stack(&self, args: &[&parsed::Expr], written: &parsed::Expr) -> Result<Generator> {
        let [rows, cells @ ..] = args else { return Err(wrong_number("stack", "> 1", 0)) };
        if cells.is_empty() {
            return Err(wrong_number("stack", "> 1", args.len()));
        }
        let count = self.stack_rows(rows, written)?;
        let mut cells = self.resolve_all(cells.iter().copied())?;
        let width = cells.len().div_ceil(count);
        for at in 0..width {
            let types: Vec<_> = cells.iter().skip(at).step_by(width).map(|cell| cell.data_type().clone()).collect();
            let known = types.iter().position(|data_type| *data_type != SqlType::Void).unwrap_or(0);
            if let Some(other) = types.iter().position(|data_type| !fits(data_type, &types[known])) {
                return Err(error!(
                    DATATYPE_MISMATCH_STACK_COLUMN_DIFF_TYPES,
                    sqlExpr = format!("\"{}\"", self.name_of(written)),
                    columnIndex = at.to_string(),
                    leftParamIndex = (known * width + at + 1).to_string(),
                    leftType = types[known].quoted_sql(),
                    rightParamIndex = (other * width + at + 1).to_string(),
                    rightType = types[other].quoted_sql()
                ));
            }
            let common = coerce::common_type_of(&types).unwrap_or_else(|| types[known].clone());
            for cell in cells.iter_mut().skip(at).step_by(width) {
                *cell = Expr::cast(cell.clone(), common.clone(), CastMode::Ansi);
            }
        }
        Ok(Generator::Stack { rows: count, args: cells })
    }

    fn stack_rows(&self, rows: &parsed::Expr, written: &parsed::Expr) -> Result<usize> {
        let text = || format!("\"{}\"", self.name_of(written));
        let value = self.resolve(rows)?;
        if !value.data_type().is_integral() && *value.data_type() != SqlType::Void {
            return Err(self.wrong_input(written, rows, &value, "\"INT\""));
        }
        if !value.is_foldable() {
            return Err(error!(
                DATATYPE_MISMATCH_NON_FOLDABLE_INPUT,
                sqlExpr = text(),
                inputName = "`n`",
                inputType = "\"INT\"",
                inputExpr = format!("\"{}\"", self.name_of(rows))
            ));
        }
        let count = eval::evaluate_constant(&value, &self.analyzer.context.eval)?.as_integer();
        match count.and_then(|count| i32::try_from(count).ok()).filter(|count| *count > 0) {
            Some(count) => Ok(count as usize),
            None => Err(error!(
                VALUE_OUT_OF_RANGE_POSITION,
                sqlExpr = text(),
                exprName = "`n`",
                valueRange = "(0, 2147483647]",
                currentValue = count.map_or_else(|| "NULL".to_owned(), |count| count.to_string())
            )),
        }
    }
}

/// Alike but for where NULLs may be; a bare NULL fits anything.
fn fits(data_type: &SqlType, column: &SqlType) -> bool {
    *data_type == SqlType::Void
        || data_type == column
        || (data_type.is_nested() && coerce::common_type(data_type, column).is_some())
}

fn wrong_number(name: &str, expected: &str, actual: usize) -> firesteel_common::Error {
    coerce::errors::wrong_num_args(name, expected, actual)
}

impl Analyzer<'_> {
    /// `LATERAL VIEW [OUTER] f(…) table AS columns`: the relation with the generator's columns.
    pub(crate) fn lateral_view(&self, input: Relation, view: &LateralView, env: Env<'_>) -> Result<Relation> {
        if !is_generator(&view.call) {
            let name = firesteel_common::names::quote(&view.call.name.last().to_lowercase());
            return Err(error!(
                UNSUPPORTED_GENERATOR_NOT_GENERATOR,
                functionName = name,
                classCanonicalName = "org.apache.spark.sql.catalyst.expressions.Expression"
            )
            .at(view.span));
        }
        let resolver = Resolver::plain(self, env, vec![&input.scope], "LATERAL VIEW");
        let mut generated = resolver.generated(&view.call, &view.columns, view.span)?;
        generated.outer |= view.outer;
        let relation = generated.beside(input, &qualifier(&view.table.value));
        Ok(Relation { scope: relation.scope.refreshed(&relation.plan), plan: relation.plan })
    }

    /// A generator in FROM; what it sees of others is in `env`.
    pub(crate) fn generator_relation(&self, call: &FunctionCall, span: Span, env: Env<'_>) -> Result<Relation> {
        let nothing = Relation { plan: LogicalPlan::one_row(), scope: Scope::default() };
        let resolver = Resolver::plain(self, env, Vec::new(), "FROM");
        Ok(resolver.generated(call, &[], span)?.beside(nothing, &unqualified()))
    }
}

/// As many names as columns, if there are names.
pub(crate) fn check_alias_count(call: &FunctionCall, names: &[Ident], columns: usize, span: Span) -> Result<()> {
    if names.is_empty() || names.len() == columns {
        return Ok(());
    }
    let function = firesteel_common::names::quote_parts(&call.name.values());
    Err(error!(
        NUM_TABLE_VALUE_ALIASES_MISMATCH,
        funcName = function,
        aliasesNum = names.len().to_string(),
        outColsNum = columns.to_string()
    )
    .at(span))
}

/// Generators of a SELECT that aggregates: Spark takes one.
pub(crate) fn check_only_one(generators: &[Generated], span: Span) -> Result<()> {
    if generators.len() < 2 {
        return Ok(());
    }
    let texts: Vec<_> = generators.iter().map(|generated| format!("\"{}\"", generated.text)).collect();
    Err(error!(UNSUPPORTED_GENERATOR_MULTI_GENERATOR, num = texts.len().to_string(), generators = texts.join(", "))
        .at(span))
}

/// A generator below another expression, said of the whole of it.
pub(crate) fn nested_in(error: firesteel_common::Error, whole: &dyn Fn() -> String) -> firesteel_common::Error {
    match error.is(&firesteel_common::conditions::UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS) {
        true => error.replace("expression", format!("\"{}\"", whole())),
        false => error,
    }
}

/// A generator in a clause other than the select list.
pub(crate) fn outside_select(error: firesteel_common::Error, plan: &dyn Fn() -> String) -> firesteel_common::Error {
    match error.is(&firesteel_common::conditions::UNSUPPORTED_GENERATOR_NESTED_IN_EXPRESSIONS) {
        true => error!(UNSUPPORTED_GENERATOR_OUTSIDE_SELECT, plan = plan()).at_opt(error.span()),
        false => error,
    }
}

/// GROUP BY cannot name what is made after grouping.
pub(crate) fn check_key(expr: &ExprRef, written: &parsed::Expr, generators: &[Generated], input: &Scope) -> Result<()> {
    let made = |id| generators.iter().any(|generated| generated.columns.iter().any(|(_, column)| column.id == id));
    match (&written.kind, expr.columns().iter().any(|id| made(*id))) {
        (_, false) => Ok(()),
        (ExprKind::Column(name), true) => Err(errors::unresolved_column(name, Some(input))),
        _ => Err(unsupported("GROUP BY over the columns of a generator", written.span)),
    }
}
