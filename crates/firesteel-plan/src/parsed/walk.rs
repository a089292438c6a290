//! The expressions inside of an expression, and of a query.

use firesteel_common::Span;
use recursive::recursive;

use super::{
    AsOf, Expr, ExprKind, FrameBound, FunctionCall, GroupBy, GroupingItem, GroupingSet, JoinCondition, Query,
    QueryBody, QueryBodyKind, SampleSize, Select, SelectItemKind, SortItem, TableFactor, TableFactorKind, TableRef,
    Window, WindowSpec,
};

impl Expr {
    /// The expressions directly inside; queries have scopes of their own and are left out.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Literal(_)
            | ExprKind::Column(_)
            | ExprKind::Star(_)
            | ExprKind::Parameter(_)
            | ExprKind::Exists(_)
            | ExprKind::Subquery(_)
            | ExprKind::TableArgument(_) => Vec::new(),
            ExprKind::Unary { operand, .. }
            | ExprKind::Outer(operand)
            | ExprKind::Not(operand)
            | ExprKind::Is { operand, .. }
            | ExprKind::InSubquery { operand, .. }
            | ExprKind::Cast { operand, .. }
            | ExprKind::Field { operand, .. }
            | ExprKind::Collate { operand, .. }
            | ExprKind::VariantPath { operand, .. }
            | ExprKind::Lambda { body: operand, .. } => vec![operand],
            ExprKind::Binary { first, rest } => {
                std::iter::once(first.as_mut()).chain(rest.iter_mut().map(|(_, operand)| operand)).collect()
            }
            ExprKind::And(terms) | ExprKind::Or(terms) | ExprKind::Row(terms) => terms.iter_mut().collect(),
            ExprKind::IsDistinctFrom { left, right, .. } => vec![left, right],
            ExprKind::Between { operand, low, high, .. } => vec![operand, low, high],
            ExprKind::InList { operand, list, .. } => std::iter::once(operand.as_mut()).chain(list).collect(),
            ExprKind::Subscript { operand, index } => vec![operand, index],
            ExprKind::Like(like) => std::iter::once(&mut like.operand).chain(&mut like.patterns).collect(),
            ExprKind::Case { operand, branches, otherwise } => {
                let branches = branches.iter_mut().flat_map(|branch| [&mut branch.when, &mut branch.then]);
                operand
                    .iter_mut()
                    .map(Box::as_mut)
                    .chain(branches)
                    .chain(otherwise.iter_mut().map(Box::as_mut))
                    .collect()
            }
            ExprKind::Function(call) => of_call(call),
        }
    }

    /// Itself and all expressions inside of it as if they stood there.
    #[recursive]
    pub fn place_at(&mut self, span: Span) {
        self.span = span;
        self.children_mut().into_iter().for_each(|child| child.place_at(span));
    }
}

fn of_call(call: &mut FunctionCall) -> Vec<&mut Expr> {
    let mut out: Vec<&mut Expr> = call.arguments.iter_mut().map(|argument| &mut argument.value).collect();
    out.extend(sorted(&mut call.order_by));
    out.extend(&mut call.filter);
    if let Some(Window::Spec(spec)) = &mut call.over {
        out.extend(of_window(spec));
    }
    out
}

fn of_window(spec: &mut WindowSpec) -> Vec<&mut Expr> {
    let mut out: Vec<&mut Expr> = spec.partition_by.iter_mut().chain(sorted(&mut spec.order_by)).collect();
    if let Some(frame) = &mut spec.frame {
        for bound in [&mut frame.start, &mut frame.end] {
            if let FrameBound::Preceding(count) | FrameBound::Following(count) = bound {
                out.push(count);
            }
        }
    }
    out
}

fn sorted(items: &mut [SortItem]) -> impl Iterator<Item = &mut Expr> {
    items.iter_mut().map(|item| &mut item.expr)
}

impl Query {
    /// Calls for each expression that stands in a clause of the query or of a query in its WITH or FROM. Subqueries inside
    /// of expressions are the caller's.
    #[recursive]
    pub fn for_each_expr_mut(&mut self, call: &mut dyn FnMut(&mut Expr)) {
        let ctes = self.with.iter_mut().flat_map(|with| &mut with.ctes);
        ctes.for_each(|cte| cte.query.for_each_expr_mut(call));
        of_body(&mut self.body, call);
        sorted(&mut self.order_by).chain(sorted(&mut self.sort_by)).for_each(&mut *call);
        self.distribute_by.iter_mut().chain(&mut self.cluster_by).for_each(&mut *call);
        self.limit.iter_mut().chain(&mut self.offset).for_each(call);
    }
}

#[recursive]
fn of_body(body: &mut QueryBody, call: &mut dyn FnMut(&mut Expr)) {
    match &mut body.kind {
        QueryBodyKind::Select(select) => of_select(select, call),
        QueryBodyKind::SetOperation { first, rest } => {
            of_body(first, call);
            rest.iter_mut().for_each(|operand| of_body(&mut operand.body, call));
        }
        QueryBodyKind::Values(values) => values.rows.iter_mut().flatten().for_each(call),
        QueryBodyKind::Table(_) => {}
        QueryBodyKind::Query(query) => query.for_each_expr_mut(call),
    }
}

fn of_select(select: &mut Select, call: &mut dyn FnMut(&mut Expr)) {
    select.hints.iter_mut().flat_map(|hint| &mut hint.arguments).for_each(&mut *call);
    for item in &mut select.projection {
        match &mut item.kind {
            SelectItemKind::Expr { expr, .. } | SelectItemKind::MultiAlias { expr, .. } => call(expr),
            SelectItemKind::Wildcard { .. } => {}
        }
    }
    select.from.iter_mut().for_each(|entry| of_table_ref(entry, call));
    select.lateral_views.iter_mut().flat_map(|view| of_call(&mut view.call)).for_each(&mut *call);
    select.selection.iter_mut().for_each(&mut *call);
    match &mut select.group_by {
        GroupBy::None | GroupBy::All(_) => {}
        GroupBy::Items(items) => items.iter_mut().for_each(|item| of_grouping(item, call)),
        GroupBy::KeysAndSets { keys, sets } => {
            keys.iter_mut().for_each(&mut *call);
            sets.iter_mut().for_each(|set| of_grouping_set(set, call));
        }
    }
    select.having.iter_mut().chain(&mut select.qualify).for_each(&mut *call);
    select.windows.iter_mut().flat_map(|window| of_window(&mut window.spec)).for_each(call);
}

#[recursive]
fn of_grouping(item: &mut GroupingItem, call: &mut dyn FnMut(&mut Expr)) {
    match item {
        GroupingItem::Expr(expr) => call(expr),
        GroupingItem::Rollup(steps) | GroupingItem::Cube(steps) => steps.iter_mut().flatten().for_each(call),
        GroupingItem::GroupingSets(sets) => sets.iter_mut().for_each(|set| of_grouping_set(set, call)),
    }
}

fn of_grouping_set(set: &mut GroupingSet, call: &mut dyn FnMut(&mut Expr)) {
    match set {
        GroupingSet::Columns(columns) => columns.iter_mut().for_each(call),
        GroupingSet::Nested(item) => of_grouping(item, call),
    }
}

fn of_table_ref(entry: &mut TableRef, call: &mut dyn FnMut(&mut Expr)) {
    of_factor(&mut entry.relation, call);
    for join in &mut entry.joins {
        of_factor(&mut join.relation, call);
        if let JoinCondition::On(condition) = &mut join.condition {
            call(condition);
        }
    }
}

#[recursive]
fn of_factor(factor: &mut TableFactor, call: &mut dyn FnMut(&mut Expr)) {
    match &mut factor.kind {
        TableFactorKind::Table { as_of, .. } => {
            if let Some(AsOf::Version(expr) | AsOf::Timestamp(expr)) = as_of {
                call(expr);
            }
        }
        TableFactorKind::Subquery { query, .. } => query.for_each_expr_mut(call),
        TableFactorKind::Function { call: function, .. } => of_call(function).into_iter().for_each(&mut *call),
        TableFactorKind::Values(values) => values.rows.iter_mut().flatten().for_each(&mut *call),
        TableFactorKind::Nested(inner) => of_table_ref(inner, call),
        TableFactorKind::Pivot(pivot) => {
            of_factor(&mut pivot.source, call);
            let exprs = pivot.aggregates.iter_mut().chain(&mut pivot.values).map(|aliased| &mut aliased.expr);
            exprs.for_each(&mut *call);
        }
        TableFactorKind::Unpivot(unpivot) => of_factor(&mut unpivot.source, call),
    }
    if let Some(sample) = &mut factor.sample {
        if let SampleSize::Percent(size) | SampleSize::Rows(size) = &mut sample.size {
            call(size);
        }
        sample.seed.iter_mut().for_each(call);
    }
}
