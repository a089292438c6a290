//! The one resolved, typed expression tree of logical and physical plans.
//!
//! ```text
//! Expr = what is computed (column, literal, call, cast) + its type + facts, computed once when the node is made
//! ```
//! Operators, CASE and AND are calls like any other; subqueries and aggregates are plan nodes and never occur in here.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use firesteel_common::{ColumnId, ColumnIds, Result, Span, SqlType, internal};
use recursive::recursive;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::function::{FunctionRef, Volatility};
use crate::literal::Literal;
use crate::registry;

pub type ExprRef = Arc<Expr>;

#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Expr {
    pub kind: ExprKind,
    data_type: SqlType,
    nullable: bool,
    facts: Facts,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub enum ExprKind {
    Column(ColumnId),
    Literal(Literal),
    Call(FunctionRef, Vec<ExprRef>),
    Cast(ExprRef, CastMode),
    /// A function as an argument of a call: its body, over parameters and columns from around it.
    Lambda(Arc<[Parameter]>, ExprRef),
}

/// What a lambda is given; its id occurs nowhere but in the lambda's body.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Parameter {
    pub id: ColumnId,
    pub data_type: SqlType,
    pub nullable: bool,
}

impl Parameter {
    pub fn to_expr(&self) -> ExprRef {
        Expr::column(self.id, self.data_type.clone(), self.nullable)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CastMode {
    /// Raises what cannot be converted.
    Ansi,
    /// NULL for what cannot be converted: TRY_CAST.
    Try,
}

/// What is true of a whole expression. All of it follows from the node, but for the place, which means nothing to it:
/// facts have no part in equality.
#[derive(Debug, Clone)]
struct Facts {
    /// Sorted, without repeats.
    columns: Arc<[ColumnId]>,
    can_fail: bool,
    volatility: Volatility,
    depth: u32,
    /// Where it was written: what an error of its evaluation points to.
    span: Option<Span>,
}

impl PartialEq for Facts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Facts {}

impl Hash for Facts {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Expr {
    pub fn column(id: ColumnId, data_type: SqlType, nullable: bool) -> ExprRef {
        let columns = Arc::from([id]);
        let facts = Facts { columns, can_fail: false, volatility: Volatility::Immutable, depth: 1, span: None };
        Arc::new(Self { kind: ExprKind::Column(id), data_type, nullable, facts })
    }

    pub fn literal(literal: Literal) -> ExprRef {
        let facts =
            Facts { columns: Arc::from([]), can_fail: false, volatility: Volatility::Immutable, depth: 1, span: None };
        let (data_type, nullable) = (literal.data_type().clone(), literal.is_null());
        Arc::new(Self { kind: ExprKind::Literal(literal), data_type, nullable, facts })
    }

    /// A call over arguments that are already of the types that the function takes.
    pub fn call(function: &FunctionRef, args: Vec<ExprRef>) -> Result<ExprRef> {
        let types = || args.iter().map(|arg| arg.data_type.clone()).collect::<Vec<_>>();
        let data_type = match (function.user(), function.returns_for) {
            (Some(user), _) => user.returns(&types())?,
            (None, Some(returns)) => returns(&args)?,
            (None, None) => (function.returns)(&types())?,
        };
        let nullable = function.call_nullable(&args);
        let facts = Facts::of(&args, function.call_can_fail(&args), function.volatility);
        Ok(Arc::new(Self { kind: ExprKind::Call(function.clone(), args), data_type, nullable, facts }))
    }

    /// A call of a function that is known to exist, arguments of the right types: what rules build with.
    pub fn call_named(name: &str, args: Vec<ExprRef>) -> Result<ExprRef> {
        let function = registry::scalar(name).ok_or_else(|| internal!("no function {name}"))?;
        Self::call(&function, args)
    }

    /// The input itself when it already has the type.
    pub fn cast(input: ExprRef, to: SqlType, mode: CastMode) -> ExprRef {
        if input.data_type == to {
            return input;
        }
        let can_fail = mode == CastMode::Ansi && crate::cast::can_fail(&input.data_type, &to);
        let nullable = input.nullable || crate::cast::can_give_null(&input.data_type, &to) || mode == CastMode::Try;
        let facts = Facts::of(std::slice::from_ref(&input), can_fail, Volatility::Immutable);
        Arc::new(Self { kind: ExprKind::Cast(input, mode), data_type: to, nullable, facts })
    }

    /// A function of parameters. Its type is its body's; the parameters are none of its columns.
    pub fn lambda(parameters: impl Into<Arc<[Parameter]>>, body: ExprRef) -> ExprRef {
        let parameters = parameters.into();
        let mut facts = Facts::of(std::slice::from_ref(&body), false, Volatility::Immutable);
        let is_outer = |id: &&ColumnId| parameters.iter().all(|parameter| parameter.id != **id);
        facts.columns = facts.columns.iter().filter(is_outer).copied().collect();
        let (data_type, nullable) = (body.data_type.clone(), body.nullable);
        Arc::new(Self { kind: ExprKind::Lambda(parameters, body), data_type, nullable, facts })
    }

    /// All of them hold; nested conjunctions are flattened, one is itself, none is TRUE.
    pub fn and(conjuncts: Vec<ExprRef>) -> Result<ExprRef> {
        Self::n_ary("and", conjuncts, true)
    }

    /// One of them holds; nested disjunctions are flattened, one is itself, none is FALSE.
    pub fn or(disjuncts: Vec<ExprRef>) -> Result<ExprRef> {
        Self::n_ary("or", disjuncts, false)
    }

    fn n_ary(name: &'static str, args: Vec<ExprRef>, neutral: bool) -> Result<ExprRef> {
        let mut flat = Vec::with_capacity(args.len());
        for arg in args {
            match arg.as_call(name) {
                Some(inner) => flat.extend(inner.iter().cloned()),
                None => flat.push(arg),
            }
        }
        match flat.len() {
            0 => Ok(Self::literal(Literal::boolean(neutral))),
            1 => Ok(flat.swap_remove(0)),
            _ => Self::call_named(name, flat),
        }
    }

    /// The terms of a conjunction; the expression itself when it is none.
    pub fn conjuncts(self: &Arc<Self>) -> Vec<ExprRef> {
        match self.as_call("and") {
            Some(args) => args.to_vec(),
            None => vec![Arc::clone(self)],
        }
    }

    pub fn data_type(&self) -> &SqlType {
        &self.data_type
    }

    pub fn nullable(&self) -> bool {
        self.nullable
    }

    /// The columns used, sorted, without repeats.
    pub fn columns(&self) -> &[ColumnId] {
        &self.facts.columns
    }

    /// Whether evaluation can raise an error for some row.
    pub fn can_fail(&self) -> bool {
        self.facts.can_fail
    }

    pub fn volatility(&self) -> Volatility {
        self.facts.volatility
    }

    /// Whether it has one value that planning may compute: no columns, nothing volatile, no function.
    pub fn is_foldable(&self) -> bool {
        !matches!(self.kind, ExprKind::Lambda(..))
            && self.facts.columns.is_empty()
            && self.facts.volatility != Volatility::Volatile
    }

    pub fn as_column(&self) -> Option<ColumnId> {
        match self.kind {
            ExprKind::Column(id) => Some(id),
            _ => None,
        }
    }

    pub fn as_literal(&self) -> Option<&Literal> {
        match &self.kind {
            ExprKind::Literal(literal) => Some(literal),
            _ => None,
        }
    }

    /// The arguments when it is a call of that function.
    pub fn as_call(&self, name: &str) -> Option<&[ExprRef]> {
        match &self.kind {
            ExprKind::Call(function, args) if function.name == name => Some(args),
            _ => None,
        }
    }

    /// `(column, comparison, literal)` when it compares the two, turned so that the column stands left.
    pub fn as_column_and_literal(&self) -> Option<(ColumnId, &'static str, &Literal)> {
        for (name, flipped) in [("=", "="), ("<", ">"), ("<=", ">="), (">", "<"), (">=", "<=")] {
            let Some([left, right]) = self.as_call(name) else { continue };
            return match (left.as_column(), right.as_literal(), left.as_literal(), right.as_column()) {
                (Some(id), Some(value), _, _) => Some((id, name, value)),
                (_, _, Some(value), Some(id)) => Some((id, flipped, value)),
                _ => None,
            };
        }
        None
    }

    pub fn children(&self) -> &[ExprRef] {
        match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => &[],
            ExprKind::Call(_, args) => args,
            ExprKind::Cast(input, _) => std::slice::from_ref(input),
            ExprKind::Lambda(_, body) => std::slice::from_ref(body),
        }
    }

    /// The same node over other children, facts computed anew.
    pub fn with_children(&self, children: Vec<ExprRef>) -> Result<ExprRef> {
        let new = match &self.kind {
            ExprKind::Column(_) | ExprKind::Literal(_) => Arc::new(self.clone()),
            ExprKind::Call(function, _) => Self::call(function, children)?,
            ExprKind::Cast(_, mode) => {
                let input = children.into_iter().next().ok_or_else(|| internal!("a cast of nothing"))?;
                Self::cast(input, self.data_type.clone(), *mode)
            }
            ExprKind::Lambda(parameters, _) => {
                let body = children.into_iter().next().ok_or_else(|| internal!("a lambda without a body"))?;
                Self::lambda(Arc::clone(parameters), body)
            }
        };
        Ok(match self.facts.span {
            Some(span) => new.written_at(span),
            None => new,
        })
    }

    /// Says where it was written, if it can fail and nobody said so before.
    pub fn written_at(mut self: Arc<Self>, span: Span) -> ExprRef {
        if self.facts.can_fail && self.facts.span.is_none() {
            Arc::make_mut(&mut self).facts.span = Some(span);
        }
        self
    }

    /// Where it was written, as far as an error would point there.
    pub fn span(&self) -> Option<Span> {
        self.facts.span
    }

    /// Applies `map` to every node, children first. Nodes for which it answers `None` stay, and so does their `Arc`.
    #[recursive]
    pub fn rewrite(self: &Arc<Self>, map: &mut dyn FnMut(&ExprRef) -> Result<Option<ExprRef>>) -> Result<ExprRef> {
        let mut changed = false;
        let mut children = Vec::with_capacity(self.children().len());
        for child in self.children() {
            let new = child.rewrite(map)?;
            changed |= !Arc::ptr_eq(&new, child);
            children.push(new);
        }
        let node = if changed { self.with_children(children)? } else { Arc::clone(self) };
        Ok(map(&node)?.unwrap_or(node))
    }

    /// Puts expressions in the place of columns; columns for which `map` answers `None` stay.
    pub fn replace_columns(self: &Arc<Self>, map: &dyn Fn(ColumnId) -> Option<ExprRef>) -> Result<ExprRef> {
        self.rewrite(&mut |node| Ok(node.as_column().and_then(map)))
    }

    /// Whether some node satisfies the test.
    #[recursive]
    pub fn any(&self, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
        test(self) || self.children().iter().any(|child| child.any(test))
    }

    /// With labels: `(a#1 + 1)`.
    pub fn display<'a>(&'a self, ids: &'a ColumnIds) -> impl fmt::Display + 'a {
        Labelled { expr: self, ids }
    }
}

impl Facts {
    fn of(children: &[ExprRef], can_fail: bool, volatility: Volatility) -> Self {
        let mut columns: Vec<ColumnId> = Vec::new();
        for child in children {
            columns.extend_from_slice(child.columns());
        }
        columns.sort_unstable();
        columns.dedup();
        // A unary chain shares its child's set.
        let columns = match children {
            [only] => Arc::clone(&only.facts.columns),
            _ => Arc::from(columns),
        };
        Self {
            columns,
            can_fail: can_fail || children.iter().any(|child| child.facts.can_fail),
            volatility: children.iter().map(|child| child.facts.volatility).fold(volatility, Ord::max),
            depth: 1 + children.iter().map(|child| child.facts.depth).max().unwrap_or(0),
            span: None,
        }
    }
}

/// Deep trees are dropped on a grown stack.
impl Drop for Expr {
    fn drop(&mut self) {
        if self.facts.depth < 200 {
            return;
        }
        let kind = std::mem::replace(&mut self.kind, ExprKind::Column(ColumnId(u32::MAX)));
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || drop(kind));
    }
}

struct Labelled<'a> {
    expr: &'a Expr,
    ids: &'a ColumnIds,
}

impl fmt::Display for Labelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_expr(self.expr, &|id| self.ids.display(id)))
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_expr(self, &|id| id.to_string()))
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[recursive]
fn write_expr(expr: &Expr, column: &dyn Fn(ColumnId) -> String) -> String {
    match &expr.kind {
        ExprKind::Column(id) => column(*id),
        ExprKind::Literal(literal) => literal.to_string(),
        ExprKind::Call(function, args) => {
            let args: Vec<_> = args.iter().map(|arg| write_expr(arg, column)).collect();
            (function.display)(function.name, &args)
        }
        ExprKind::Cast(input, mode) => {
            let name = if *mode == CastMode::Try { "try_cast" } else { "cast" };
            format!("{name}({} as {})", write_expr(input, column), expr.data_type)
        }
        ExprKind::Lambda(parameters, body) => {
            let names: Vec<_> = parameters.iter().map(|parameter| column(parameter.id)).collect();
            format!("({}) -> {}", names.join(", "), write_expr(body, column))
        }
    }
}

/// The wire form: kind and type; facts are recomputed by the constructors.
#[derive(Serialize, Deserialize)]
enum Wire {
    Column(ColumnId, SqlType, bool),
    Literal(Literal),
    Call(FunctionRef, Vec<ExprRef>),
    Cast(ExprRef, SqlType, CastMode),
    Lambda(Arc<[Parameter]>, ExprRef),
}

impl Serialize for Expr {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match &self.kind {
            ExprKind::Column(id) => Wire::Column(*id, self.data_type.clone(), self.nullable),
            ExprKind::Literal(literal) => Wire::Literal(literal.clone()),
            ExprKind::Call(function, args) => Wire::Call(function.clone(), args.clone()),
            ExprKind::Cast(input, mode) => Wire::Cast(Arc::clone(input), self.data_type.clone(), *mode),
            ExprKind::Lambda(parameters, body) => Wire::Lambda(Arc::clone(parameters), Arc::clone(body)),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Expr {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let expr = match Wire::deserialize(deserializer)? {
            Wire::Column(id, data_type, nullable) => Expr::column(id, data_type, nullable),
            Wire::Literal(literal) => Expr::literal(literal),
            Wire::Call(function, args) => Expr::call(&function, args).map_err(de::Error::custom)?,
            Wire::Cast(input, to, mode) => Expr::cast(input, to, mode),
            Wire::Lambda(parameters, body) => Expr::lambda(parameters, body),
        };
        Ok(Expr::clone(&expr))
    }
}
