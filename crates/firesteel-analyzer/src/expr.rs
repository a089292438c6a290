//! Expressions: names become columns, operators and functions become calls over arguments of the right types.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use firesteel_common::{ColumnId, Result, Span, SqlType, error};
use firesteel_expr::{CastMode, Expr, ExprRef, Literal, cast, registry};
use firesteel_plan::parsed::{
    self, BinaryOp, CaseBranch, ExprKind, FunctionCall, Ident, IsTest, Like, LikeKind, LikeQuantifier, UnaryOp,
};
use hashbrown::HashMap;
use recursive::recursive;

use crate::aggregates::AggregateCalls;
use crate::constant::as_written;
use crate::env::Env;
use crate::grouping_sets::GroupingCall;
use crate::literal::{self, LiteralContext};
use crate::names::Namer;
use crate::scope::{Found, Scope};
use crate::subquery::{self, Pending};
use crate::window::Windows;
use crate::{Analyzer, errors, unsupported, variables};

/// The function behind `struct.field`: a struct and the field's name.
pub(crate) const GET_FIELD: &str = "get_field";
/// The function behind `array.field`: the field of each struct.
const GET_ARRAY_FIELD: &str = "get_array_field";
/// The function behind `operand[index]`: an element by position from 0, or a value by key.
const SUBSCRIPT: &str = "[]";

/// Where an expression stands; decides what is said about an aggregate that may not stand there.
#[derive(Clone, Copy)]
pub(crate) enum Clause<'r> {
    Where(&'r parsed::Expr),
    GroupBy,
    AggregateArgument,
    /// Aggregates may stand in here only inside of windows.
    Qualify,
    /// Named for messages: `JOIN condition`, `VALUES`.
    Other(&'static str),
}

/// Turns the expressions of one place into typed ones.
#[derive(Clone)]
pub(crate) struct Resolver<'r, 'a> {
    pub(crate) analyzer: &'r Analyzer<'a>,
    pub(crate) env: Env<'r>,
    /// In order of preference: a name that one knows is not looked for in the next.
    pub(crate) scopes: Vec<&'r Scope>,
    /// What arguments of aggregates see, where that differs: no aliases.
    pub(crate) argument_scopes: Option<Vec<&'r Scope>>,
    pub(crate) clause: Clause<'r>,
    /// Where aggregate calls go; None where they may not stand.
    pub(crate) aggregates: Option<&'r RefCell<AggregateCalls>>,
    /// Where calls of `grouping` and `grouping_id` go; None where they may not stand.
    pub(crate) groupings: Option<&'r RefCell<Vec<GroupingCall>>>,
    /// Where calls over windows go, and the windows that have names; None where they may not stand.
    pub(crate) windows: Option<&'r Windows<'r>>,
    /// Aliases of the select list so far, where they may be used.
    pub(crate) laterals: Option<&'r Scope>,
    /// Where scalar subqueries go; None where they may not stand.
    pub(crate) subqueries: Option<&'r RefCell<Vec<Pending>>>,
    /// The columns that were named outside of arguments of aggregates; None where nobody asks.
    pub(crate) named: Option<&'r RefCell<Vec<(ColumnId, Vec<Ident>)>>>,
    /// Where dates, timestamps and intervals stand: names of sums depend on them.
    pub(crate) datetimes: Rc<RefCell<HashMap<Span, SqlType>>>,
    /// Of calls over windows what Spark writes behind OVER, of subqueries the columns around them that they use.
    pub(crate) shown_texts: Rc<RefCell<HashMap<Span, String>>>,
}

impl<'r, 'a> Resolver<'r, 'a> {
    /// For places that know neither aggregates nor subqueries.
    pub(crate) fn plain(analyzer: &'r Analyzer<'a>, env: Env<'r>, scopes: Vec<&'r Scope>, place: &'static str) -> Self {
        let clause = Clause::Other(place);
        Self {
            analyzer,
            env,
            scopes,
            argument_scopes: None,
            clause,
            aggregates: None,
            groupings: None,
            windows: None,
            laterals: None,
            subqueries: None,
            named: None,
            datetimes: Rc::default(),
            shown_texts: Rc::default(),
        }
    }

    #[recursive]
    pub(crate) fn resolve(&self, expr: &parsed::Expr) -> Result<ExprRef> {
        let resolved = self.resolve_kind(expr).map_err(|error| error.at(expr.span))?;
        self.note_datetime(expr.span, resolved.data_type());
        Ok(resolved)
    }

    fn note_datetime(&self, span: Span, data_type: &SqlType) {
        if data_type.is_datetime() || data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval {
            self.datetimes.borrow_mut().insert(span, data_type.clone());
        }
    }

    pub(crate) fn resolve_all<'e>(&self, exprs: impl IntoIterator<Item = &'e parsed::Expr>) -> Result<Vec<ExprRef>> {
        exprs.into_iter().map(|expr| self.resolve(expr)).collect()
    }

    /// Operands of AND, OR and NOT: among them a bare NULL is an unknown truth.
    fn booleans(&self, terms: &[parsed::Expr]) -> Result<Vec<ExprRef>> {
        let unknown = |term: ExprRef| match term.data_type() {
            SqlType::Void => Expr::literal(Literal::null(SqlType::Boolean)),
            _ => term,
        };
        terms.iter().map(|term| self.resolve(term).map(unknown)).collect()
    }

    fn resolve_kind(&self, expr: &parsed::Expr) -> Result<ExprRef> {
        match &expr.kind {
            ExprKind::Literal(written) => Ok(Expr::literal(literal::resolve(written, expr.span, self.literals())?)),
            ExprKind::Column(name) => self.column(name),
            ExprKind::Outer(operand) => {
                Resolver { scopes: Vec::new(), laterals: None, ..self.clone() }.resolve(operand)
            }
            ExprKind::Unary { op, operand } => self.unary(*op, operand, expr),
            ExprKind::Binary { first, rest } => self.chain(first, rest, expr),
            ExprKind::And(terms) => self.call("and", self.booleans(terms)?, expr),
            ExprKind::Or(terms) => self.call("or", self.booleans(terms)?, expr),
            ExprKind::Not(operand) => match (self.test(expr)?, subquery::negated(operand)) {
                (Some(test), _) => Ok(test),
                (None, Some(negated)) => self.resolve(&negated),
                (None, None) => self.call("not", self.booleans(std::slice::from_ref(operand.as_ref()))?, expr),
            },
            ExprKind::Is { operand, negated, test } => self.is_test(operand, *negated, *test, expr),
            ExprKind::IsDistinctFrom { left, right, negated } => {
                let equal = self.call("<=>", self.resolve_all([left.as_ref(), right])?, expr)?;
                self.negate(equal, !negated, expr)
            }
            ExprKind::Between { operand, negated, low, high } => {
                let within = self.call("between", self.resolve_all([operand.as_ref(), low, high])?, expr)?;
                self.negate(within, *negated, expr)
            }
            ExprKind::InList { operand, negated, list } => {
                let args = self.resolve_all(std::iter::once(operand.as_ref()).chain(list))?;
                self.negate(self.call("in", args, expr)?, *negated, expr)
            }
            ExprKind::Like(like) => self.like(like, expr),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), expr)
            }
            ExprKind::Cast { operand, data_type, is_try } => {
                let mode = if *is_try { CastMode::Try } else { CastMode::Ansi };
                self.cast(self.resolve(operand)?, data_type, mode, expr)
            }
            ExprKind::Function(call) => self.function(call, expr),
            ExprKind::Subquery(query) => self.scalar_subquery(query, expr.span),
            ExprKind::Subscript { operand, index } => {
                self.call(SUBSCRIPT, self.resolve_all([operand.as_ref(), index])?, expr)
            }
            ExprKind::Field { operand, name } => self.field(self.resolve(operand)?, name),
            ExprKind::Row(items) => self.row(items, expr),
            ExprKind::InSubquery { .. } | ExprKind::Exists(_) => {
                self.test(expr)?.ok_or_else(|| firesteel_common::internal!("a test of a subquery that is none"))
            }
            ExprKind::Star(_) => Err(unsupported("* in this place", expr.span)),
            ExprKind::Parameter(parameter) => {
                // Spark calls a `?` by where it stands.
                let name = match parameter {
                    parsed::Parameter::Positional(_) => format!("_{}", expr.span.start),
                    parsed::Parameter::Named(name) => name.clone(),
                };
                Err(error!(UNBOUND_SQL_PARAMETER, name = name).at(expr.span))
            }
            ExprKind::Lambda { .. } => Err(unsupported("a lambda that is no argument of a function", expr.span)),
            ExprKind::Collate { .. } => Err(unsupported("collations", expr.span)),
            ExprKind::VariantPath { .. } => Err(unsupported("paths into VARIANT values", expr.span)),
            ExprKind::TableArgument(_) => Err(unsupported("tables as arguments", expr.span)),
        }
    }

    /// A call of a function; an error about its arguments shows the text of `written`.
    pub(crate) fn call(&self, name: &str, args: Vec<ExprRef>, written: &parsed::Expr) -> Result<ExprRef> {
        let functions = self.analyzer.context.functions;
        let call = match functions.scalar(name) {
            Some(_) => functions.call(name, args).unwrap_or_else(|| Err(registry::not_found(name))),
            None => registry::call(name, args),
        };
        let call = call.map_err(|error| {
            errors::in_words(error, self.analyzer.ids(), &|| self.name_of(written)).at(written.span)
        })?;
        Ok(call.written_at(self.env.place(written.span)))
    }

    fn negate(&self, operand: ExprRef, negated: bool, written: &parsed::Expr) -> Result<ExprRef> {
        if negated { self.call("not", vec![operand], written) } else { Ok(operand) }
    }

    pub(crate) fn literals(&self) -> LiteralContext<'r> {
        LiteralContext { eval: &self.analyzer.context.eval, settings: &self.analyzer.context.settings }
    }

    /// The name that a column of this expression gets: a cast of a column keeps the column's, a field has its own.
    pub(crate) fn column_name_of(&self, expr: &parsed::Expr) -> String {
        match &expr.kind {
            ExprKind::Cast { operand, .. } if matches!(operand.kind, ExprKind::Column(_)) => self.name_of(operand),
            ExprKind::Column(name) => match (self.find_fields(name), name.last()) {
                (Some([_, ..]), Some(field)) => field.value.clone(),
                (None, Some(last)) if self.find_variable(name).is_some() => last.value.clone(),
                _ => self.name_of(expr),
            },
            _ => self.name_of(expr),
        }
    }

    /// The expression's text.
    pub(crate) fn name_of(&self, expr: &parsed::Expr) -> String {
        self.text_of(expr, &|name| self.column_text(name))
    }

    /// The expression's text with its columns' relations.
    pub(crate) fn qualified_name_of(&self, expr: &parsed::Expr) -> String {
        self.text_of(expr, &|name| self.qualified_text(name))
    }

    fn qualified_text(&self, name: &[Ident]) -> String {
        let found = self.scopes.iter().find_map(|scope| match scope.find(name) {
            Found::Column(column, []) => Some(column.parts().join(".")),
            _ => None,
        });
        found.unwrap_or_else(|| self.column_text(name))
    }

    fn text_of(&self, expr: &parsed::Expr, column: &dyn Fn(&[Ident]) -> String) -> String {
        self.with_namer(column, |namer| namer.name(expr))
    }

    fn with_namer(&self, column: &dyn Fn(&[Ident]) -> String, name: impl Fn(Namer<'_>) -> String) -> String {
        let datetime = &|span| self.datetimes.borrow().get(&span).cloned();
        let shown = &|span| self.shown_texts.borrow().get(&span).cloned();
        let columns = &|qualifier: &[Ident]| {
            let columns = self.scopes.first().into_iter().flat_map(|scope| scope.visible());
            let of_relation = columns.filter(|column| column.is_of(qualifier));
            of_relation.map(|column| column.name.to_string()).collect::<Vec<_>>().join(", ")
        };
        name(Namer { literals: self.literals(), column, columns, datetime, shown, lambdas_resolved: true })
    }

    /// The call's text without its window.
    pub(crate) fn call_text(&self, call: &FunctionCall) -> String {
        self.with_namer(&|name| self.column_text(name), |namer| namer.function(call))
    }

    /// As [`Resolver::call_text`], with its columns' relations.
    pub(crate) fn qualified_call_text(&self, call: &FunctionCall) -> String {
        self.with_namer(&|name| self.qualified_text(name), |namer| namer.function(call))
    }

    /// The alias of the select list that one of the expressions uses, if any does.
    pub(crate) fn lateral_alias<'e>(&self, exprs: impl IntoIterator<Item = &'e ExprRef>) -> Option<String> {
        let aliases = self.laterals?;
        let mut used = exprs.into_iter().flat_map(|expr| expr.columns());
        let alias = used.find_map(|id| aliases.columns.iter().find(|alias| alias.column.id == *id))?;
        Some(firesteel_common::names::quote(&alias.name))
    }

    /// The expression's text before its lambdas' parameters are known to be such.
    pub(crate) fn name_as_written(&self, expr: &parsed::Expr) -> String {
        self.with_namer(&|name| self.column_text(name), |namer| Namer { lambdas_resolved: false, ..namer }.name(expr))
    }

    /// Without the relation; fields stay.
    fn column_text(&self, name: &[Ident]) -> String {
        let fields = self.find_fields(name).map(<[Ident]>::len);
        if let ([only], None) = (name, fields)
            && let Some(function) = bare_function(&only.value)
        {
            return format!("{function}()");
        }
        if let (None, Some((variable, value, fields))) = (fields, self.find_variable(name)) {
            let value = as_written(value).map(|value| value.to_string()).unwrap_or_default();
            let fields: String = fields.iter().map(|field| format!(".{}", field.value)).collect();
            return format!("variablereference({}.{variable}={value}){fields}", variables::HOME.join("."));
        }
        let start = name.len().saturating_sub(1 + fields.unwrap_or(0));
        name[start..].iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".")
    }

    /// Of a name that a column has, the names of fields that follow it.
    fn find_fields<'n>(&self, name: &'n [Ident]) -> Option<&'n [Ident]> {
        self.scopes.iter().find_map(|scope| match scope.find(name) {
            Found::Column(_, fields) => Some(fields),
            _ => None,
        })
    }

    fn column(&self, name: &[Ident]) -> Result<ExprRef> {
        if let Some((parameter, fields)) = self.env.find_parameter(name) {
            return fields.iter().try_fold(parameter.column.to_expr(), |operand, field| self.field(operand, field));
        }
        for scope in &self.scopes {
            match scope.find(name) {
                Found::Nothing => {}
                Found::Ambiguous(columns) => return Err(errors::ambiguous(name, &columns)),
                Found::Column(column, fields) => {
                    if let Some(named) = self.named {
                        named.borrow_mut().push((column.column.id, name.to_vec()));
                    }
                    return fields
                        .iter()
                        .try_fold(column.column.to_expr(), |operand, field| self.field(operand, field));
                }
            }
        }
        if let [only] = name
            && let Some(function) = bare_function(&only.value)
        {
            return registry::call(function, Vec::new()).map_err(|error| error.at(only.span));
        }
        self.outer_column(name)
    }

    /// A column of the nearest query around this one that knows the name.
    fn outer_column(&self, name: &[Ident]) -> Result<ExprRef> {
        for scope in self.env.outer_scopes() {
            match scope.find(name) {
                Found::Nothing => {}
                Found::Ambiguous(columns) => return Err(errors::ambiguous(name, &columns)),
                Found::Column(column, fields) => {
                    let column = column.column.to_expr();
                    return fields.iter().try_fold(column, |operand, field| self.field(operand, field));
                }
            }
        }
        if let Some((_, value, fields)) = variables::find(self.analyzer.context.variables, name) {
            let value = Expr::literal(value.clone());
            return fields.iter().try_fold(value, |operand, field| self.field(operand, field));
        }
        Err(errors::unresolved_column(name, self.scopes.first().copied()))
    }

    /// The variable that a name means, and names of fields that follow it: where no column has that name.
    fn find_variable<'n>(&self, name: &'n [Ident]) -> Option<(&'r str, &'r Literal, &'n [Ident])> {
        let found = variables::find(self.analyzer.context.variables, name)?;
        let scopes = self.scopes.iter().copied().chain(self.env.outer_scopes());
        let of_column = self.env.find_parameter(name).is_some()
            || scopes.map(|scope| scope.find(name)).any(|found| !matches!(found, Found::Nothing));
        (!of_column).then_some(found)
    }

    fn field(&self, operand: ExprRef, field: &Ident) -> Result<ExprRef> {
        let base = || format!("\"{}\"", errors::labelled(&operand.to_string(), self.analyzer.ids()));
        let element = match operand.data_type() {
            SqlType::Array { element, .. } => element.as_ref(),
            other => other,
        };
        match element {
            SqlType::Struct(fields) => {
                let known = fields.iter().find(|known| firesteel_common::names::same_name(&known.name, &field.value));
                let Some(known) = known else {
                    let names: Vec<_> =
                        fields.iter().map(|field| firesteel_common::names::quote(&field.name)).collect();
                    let name = firesteel_common::names::quote(&field.value);
                    return Err(error!(FIELD_NOT_FOUND, fieldName = name, fields = names.join(", ")).at(field.span));
                };
                let name = Expr::literal(Literal::string(known.name.as_ref()));
                let function = if std::ptr::eq(element, operand.data_type()) { GET_FIELD } else { GET_ARRAY_FIELD };
                registry::call(function, vec![Arc::clone(&operand), name]).map_err(|error| error.at(field.span))
            }
            _ if matches!(operand.data_type(), SqlType::Map { .. } | SqlType::Array { .. }) => {
                let key = Expr::literal(Literal::string(field.value.as_str()));
                registry::call(SUBSCRIPT, vec![Arc::clone(&operand), key]).map_err(|error| error.at(field.span))
            }
            _ => {
                let other = operand.data_type().quoted_sql();
                Err(error!(INVALID_EXTRACT_BASE_FIELD_TYPE, base = base(), other = other).at(field.span))
            }
        }
    }

    fn unary(&self, op: UnaryOp, operand: &parsed::Expr, expr: &parsed::Expr) -> Result<ExprRef> {
        if let (UnaryOp::Minus, ExprKind::Literal(written)) = (op, &operand.kind)
            && let Some(negated) = literal::negated(written)
        {
            return Ok(Expr::literal(literal::resolve(&negated, expr.span, self.literals())?));
        }
        let function = match op {
            UnaryOp::Plus => "positive",
            UnaryOp::Minus => "negative",
            UnaryOp::BitNot => "~",
        };
        self.call(function, vec![self.resolve(operand)?], expr)
    }

    /// Left to right; an error shows the chain up to where it arose.
    fn chain(&self, first: &parsed::Expr, rest: &[(BinaryOp, parsed::Expr)], expr: &parsed::Expr) -> Result<ExprRef> {
        let mut left = self.resolve(first)?;
        for (at, (op, operand)) in rest.iter().enumerate() {
            let args = vec![left, self.resolve(operand)?];
            left = registry::call(&op.to_string().to_lowercase(), args).map_err(|error| {
                let kind = ExprKind::Binary { first: Box::new(first.clone()), rest: rest[..=at].to_vec() };
                let so_far = parsed::Expr::new(expr.span, kind);
                errors::in_words(error, self.analyzer.ids(), &|| self.name_of(&so_far)).at(first.span.to(operand.span))
            })?;
            let so_far = first.span.to(operand.span);
            self.note_datetime(so_far, left.data_type());
            left = left.written_at(self.env.place(so_far));
        }
        Ok(left)
    }

    fn is_test(&self, operand: &parsed::Expr, negated: bool, test: IsTest, expr: &parsed::Expr) -> Result<ExprRef> {
        let operand = self.resolve(operand)?;
        let value = match test {
            IsTest::Null | IsTest::Unknown => {
                let function = if negated { "isnotnull" } else { "isnull" };
                return self.call(function, vec![operand], expr);
            }
            IsTest::True => true,
            IsTest::False => false,
        };
        let equal = self.call("<=>", vec![operand, Expr::literal(Literal::boolean(value))], expr)?;
        self.negate(equal, negated, expr)
    }

    fn like(&self, like: &Like, expr: &parsed::Expr) -> Result<ExprRef> {
        let operand = self.resolve(&like.operand)?;
        let function = match like.kind {
            LikeKind::Like => "like",
            LikeKind::Ilike => "ilike",
            LikeKind::Rlike => "rlike",
        };
        let mut matches = Vec::with_capacity(like.patterns.len());
        for pattern in &like.patterns {
            let mut args = vec![operand.clone(), self.resolve(pattern)?];
            args.extend(like.escape.map(|escape| Expr::literal(Literal::string(escape))));
            matches.push(self.negate(self.call(function, args, expr)?, like.negated, expr)?);
        }
        match (like.quantifier, matches.len()) {
            (_, 1) => Ok(matches.swap_remove(0)),
            (LikeQuantifier::Any, _) => self.call("or", matches, expr),
            _ => self.call("and", matches, expr),
        }
    }

    /// `CASE x WHEN v` is `CASE WHEN x = v`.
    fn case(
        &self,
        operand: Option<&parsed::Expr>,
        branches: &[CaseBranch],
        otherwise: Option<&parsed::Expr>,
        expr: &parsed::Expr,
    ) -> Result<ExprRef> {
        let operand = operand.map(|operand| self.resolve(operand)).transpose()?;
        let mut args = Vec::with_capacity(2 * branches.len() + 1);
        for branch in branches {
            let when = self.resolve(&branch.when)?;
            args.push(match &operand {
                Some(operand) => self.call("=", vec![operand.clone(), when], expr)?,
                None => when,
            });
            args.push(self.resolve(&branch.then)?);
        }
        if let Some(otherwise) = otherwise {
            args.push(self.resolve(otherwise)?);
        }
        self.call("when", args, expr)
    }

    pub(crate) fn cast(
        &self,
        operand: ExprRef,
        to: &SqlType,
        mode: CastMode,
        written: &parsed::Expr,
    ) -> Result<ExprRef> {
        // In expressions both CHAR and VARCHAR are STRING.
        let to = match to {
            SqlType::Char(_) | SqlType::Varchar(_) => &SqlType::STRING,
            to => to,
        };
        if let Some(function) = conversion_function(operand.data_type(), to) {
            return Err(error!(
                DATATYPE_MISMATCH_CAST_WITH_FUNC_SUGGESTION,
                sqlExpr = format!("\"{}\"", self.name_of(written)),
                srcType = operand.data_type().quoted_sql(),
                targetType = to.quoted_sql(),
                functionNames = format!("`{function}`")
            ));
        }
        if !cast::is_allowed(operand.data_type(), to) {
            return Err(error!(
                DATATYPE_MISMATCH_CAST_WITHOUT_SUGGESTION,
                sqlExpr = format!("\"{}\"", self.name_of(written)),
                srcType = operand.data_type().quoted_sql(),
                targetType = to.quoted_sql()
            ));
        }
        Ok(Expr::cast(operand, to.clone(), mode).written_at(self.env.place(written.span)))
    }

    /// `(a, 1)`: a struct whose fields are named after columns, or `col1`, `col2`, ….
    fn row(&self, items: &[parsed::Expr], expr: &parsed::Expr) -> Result<ExprRef> {
        let mut args = Vec::with_capacity(2 * items.len());
        for (at, item) in items.iter().enumerate() {
            let name = match &item.kind {
                ExprKind::Column(name) => name.last().map(|part| part.value.clone()),
                _ => None,
            };
            let name = name.unwrap_or_else(|| format!("col{}", at + 1));
            args.push(Expr::literal(Literal::string(name)));
            args.push(self.resolve(item)?);
        }
        self.call("named_struct", args, expr)
    }
}

/// The function that converts between types where no cast does.
fn conversion_function(from: &SqlType, to: &SqlType) -> Option<&'static str> {
    match (from, to) {
        (SqlType::Date, to) if to.is_numeric() => Some("UNIX_DATE"),
        (from, SqlType::Date) if from.is_numeric() => Some("DATE_FROM_UNIX_DATE"),
        _ => None,
    }
}

/// Functions that may be called without parentheses; a column of that name wins.
fn bare_function(name: &str) -> Option<&'static str> {
    const NAMES: &[&str] = &[
        "current_catalog",
        "current_database",
        "current_date",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "localtimestamp",
        "session_user",
        "user",
    ];
    NAMES.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}
