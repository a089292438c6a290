//! The general way: the right side is computed once for all outer rows, with columns that say for which.
//!
//! ```text
//! keys:     outer column ─▶ a column of the rewritten side that equals it
//! Filter    r.k = l.k is such a column already; for others the side is joined with the distinct values of l
//! Aggregate groups by the keys too; without groups of its own it also gave a row where there is nothing to group:
//!           those values are `missing`, and whoever finds no partner takes them (the COUNT bug)
//! Limit     numbers the rows within each value of the keys, and keeps the first
//! Join      of two sides with keys must agree on them
//! ```

use firesteel_common::error;
use firesteel_expr::AggregateCall;
use firesteel_expr::window::{Bound, Frame, Ranking, WindowCall, WindowFunction};
use firesteel_plan::logical::{DependentJoin, SortKey};
use firesteel_plan::{PlanColumn, Schema};
use hashbrown::HashMap;
use recursive::recursive;

use super::super::prelude::*;
use super::outer_columns;

pub(super) fn unnest(join: &DependentJoin, context: &RuleContext) -> Result<PlanRef> {
    let domain = Domain { left: &join.left, context };
    let mut right = domain.push(&join.right)?;
    if right.missing.is_some() && (join.filter.is_some() || !join.kind.gives_right()) {
        right = domain.complete(right)?;
    }
    let mut terms: Vec<ExprRef> = join.filter.iter().flat_map(|filter| filter.conjuncts()).collect();
    for key in &right.keys {
        terms.push(key.equals(domain.outer(key.outer)?)?);
    }
    let plan = |right, kind| -> Result<PlanRef> {
        let (left, filter) = (Arc::clone(&join.left), Some(Expr::and(terms.clone())?));
        Ok(LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter })))
    };
    let Some(missing) = &right.missing else { return plan(right.plan, join.kind) };
    // One row for each outer row, found or missing.
    let (found, marker) = domain.marked(&right.plan);
    let joined = plan(found, JoinKind::Left)?;
    let columns = joined.schema().columns.iter().map(|column| match missing.get(&column.id) {
        Some(value) => Ok((column.id, found_or(&marker, column, value)?)),
        None => Ok((column.id, column.to_expr())),
    });
    let exprs = columns.collect::<Result<_>>()?;
    Ok(LogicalPlan::new(Node::Project(Project { input: joined, exprs })))
}

/// The outer rows, as far as the right side looks at them.
struct Domain<'a> {
    left: &'a PlanRef,
    context: &'a RuleContext,
}

/// A plan that gives its rows for all outer rows at once.
struct Correlated {
    plan: PlanRef,
    keys: Vec<Key>,
    /// Where no row is given for an outer row, there is one with these values (over outer columns).
    missing: Option<HashMap<ColumnId, ExprRef>>,
}

/// A column of the plan that says for which outer rows a row is.
#[derive(Clone)]
struct Key {
    outer: ColumnId,
    column: PlanColumn,
    /// Comes from `=`: there are no rows for an outer NULL.
    strict: bool,
}

impl Key {
    fn equals(&self, other: ExprRef) -> Result<ExprRef> {
        Expr::call_named(if self.strict { "=" } else { "<=>" }, vec![other, self.column.to_expr()])
    }
}

impl Correlated {
    fn key(&self, outer: ColumnId) -> Option<&Key> {
        self.keys.iter().find(|key| key.outer == outer)
    }
}

/// The expression over the keys' columns.
fn bound(expr: &ExprRef, keys: &[Key]) -> Result<ExprRef> {
    expr.replace_columns(&|id| keys.iter().find(|key| key.outer == id).map(|key| key.column.to_expr()))
}

/// What the other side's row gives, or the value for when there is none.
fn found_or(marker: &ExprRef, column: &PlanColumn, missing: &ExprRef) -> Result<ExprRef> {
    if missing.as_literal().is_some_and(Literal::is_null) {
        return Ok(column.to_expr());
    }
    let found = Expr::call_named("isnotnull", vec![Arc::clone(marker)])?;
    Expr::call_named("when", vec![found, column.to_expr(), Arc::clone(missing)])
}

/// Without the rows whose key is the NULL that `=` never asks for.
fn null_safe(mut correlated: Correlated) -> Result<Correlated> {
    let mut known = Vec::new();
    for key in &mut correlated.keys {
        if std::mem::take(&mut key.strict) {
            known.push(Expr::call_named("isnotnull", vec![key.column.to_expr()])?);
        }
    }
    if !known.is_empty() {
        let predicate = Expr::and(known)?;
        correlated.plan = LogicalPlan::new(Node::Filter(Filter { input: correlated.plan, predicate }));
    }
    Ok(correlated)
}

/// What an aggregate gives over no rows.
fn of_no_rows(call: &AggregateCall) -> Result<ExprRef> {
    let mut accumulator = call.accumulator()?;
    accumulator.resize(1);
    Ok(Expr::literal(Literal::from_array(&accumulator.finish()?, call.data_type.clone())?))
}

impl Domain<'_> {
    fn outer(&self, id: ColumnId) -> Result<ExprRef> {
        let column = self.left.schema().get(id).map(PlanColumn::to_expr);
        column.ok_or_else(|| firesteel_common::internal!("{id} is not of the outer query"))
    }

    fn own_columns<'e>(&self, exprs: impl IntoIterator<Item = &'e ExprRef>) -> Vec<ColumnId> {
        let left: &Schema = self.left.schema();
        let ids = exprs.into_iter().flat_map(|expr| expr.columns().iter().copied());
        let mut ids: Vec<_> = ids.filter(|id| left.contains(*id)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    #[recursive]
    fn push(&self, plan: &PlanRef) -> Result<Correlated> {
        if outer_columns(plan, self.left.schema()).is_empty() {
            return Ok(Correlated { plan: Arc::clone(plan), keys: Vec::new(), missing: None });
        }
        match &plan.node {
            Node::Filter(filter) => self.filter(filter),
            Node::Project(project) => self.project(project),
            Node::Aggregate(aggregate) => self.aggregate(aggregate),
            Node::Join(join) => self.join(join),
            Node::Union(union) => self.union(union),
            Node::Generate(generate) => self.generate(generate),
            Node::Expand(_) | Node::Window(_) => self.keeping(plan),
            Node::Limit(limit) => self.limit(limit),
            // Only a limit cares for the order.
            Node::Sort(sort) => self.push(&sort.input),
            _ => Err(error!(
                UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY_ACCESSING_OUTER_QUERY_COLUMN_IS_NOT_ALLOWED,
                treeNode = firesteel_plan::explain::logical(plan, &self.context.ids)
            )),
        }
    }

    /// With its missing rows.
    fn settled(&self, plan: &PlanRef) -> Result<Correlated> {
        let correlated = self.push(plan)?;
        if correlated.missing.is_some() { self.complete(correlated) } else { Ok(correlated) }
    }

    /// The distinct values of outer columns.
    fn values(&self, outer: &[ColumnId]) -> Result<(PlanRef, Vec<Key>)> {
        let mut keys = Vec::with_capacity(outer.len());
        let mut exprs = Vec::with_capacity(outer.len());
        for outer in outer {
            let expr = self.outer(*outer)?;
            let id = self.context.ids.fresh_like(*outer);
            keys.push(Key { outer: *outer, column: PlanColumn::of(id, &expr), strict: false });
            exprs.push((id, expr));
        }
        let input = Arc::clone(self.left);
        Ok((LogicalPlan::new(Node::Aggregate(Aggregate { input, keys: exprs, aggregates: Vec::new() })), keys))
    }

    /// With a key for each of these outer columns.
    fn covering(&self, mut correlated: Correlated, outer: &[ColumnId]) -> Result<Correlated> {
        let lacking: Vec<_> = outer.iter().copied().filter(|id| correlated.key(*id).is_none()).collect();
        if lacking.is_empty() {
            return Ok(correlated);
        }
        let (left, keys) = self.values(&lacking)?;
        correlated.keys.extend(keys);
        let (right, kind) = (correlated.plan, JoinKind::Inner);
        correlated.plan = LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter: None }));
        Ok(correlated)
    }

    /// The plan with a column that is never NULL.
    fn marked(&self, plan: &PlanRef) -> (PlanRef, ExprRef) {
        let (id, value) = (self.context.ids.fresh("found"), Expr::literal(Literal::boolean(true)));
        let columns = plan.schema().columns.iter().map(|column| (column.id, column.to_expr()));
        let exprs = columns.chain([(id, Arc::clone(&value))]).collect();
        let marked = LogicalPlan::new(Node::Project(Project { input: Arc::clone(plan), exprs }));
        (marked, Expr::column(id, value.data_type().clone(), true))
    }

    /// Missing rows become rows.
    fn complete(&self, correlated: Correlated) -> Result<Correlated> {
        let Some(missing) = correlated.missing else { return Ok(correlated) };
        let outer: Vec<_> = correlated.keys.iter().map(|key| key.outer).collect();
        let (left, keys) = self.values(&outer)?;
        let (right, marker) = self.marked(&correlated.plan);
        let equal = correlated.keys.iter().zip(&keys).map(|(own, all)| own.equals(all.column.to_expr()));
        let filter = Some(Expr::and(equal.collect::<Result<_>>()?)?);
        let kind = JoinKind::Left;
        let joined = LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter }));
        let mut exprs: Vec<_> = keys.iter().map(|key| (key.column.id, key.column.to_expr())).collect();
        for column in &correlated.plan.schema().columns {
            let now = column.as_nullable();
            let value =
                missing.get(&column.id).map(|value| found_or(&marker, &now, &bound(value, &keys)?)).transpose()?;
            exprs.push((column.id, value.unwrap_or_else(|| now.to_expr())));
        }
        let plan = LogicalPlan::new(Node::Project(Project { input: joined, exprs }));
        Ok(Correlated { plan, keys, missing: None })
    }

    fn filter(&self, filter: &Filter) -> Result<Correlated> {
        let mut input = self.settled(&filter.input)?;
        let mut terms = filter.predicate.conjuncts();
        for outer in self.own_columns(&terms) {
            if input.key(outer).is_none()
                && let Some(at) = terms.iter().position(|term| self.key_of(term, outer, &input.plan).is_some())
                && let Some(expr) = self.key_of(&terms[at], outer, &input.plan)
            {
                terms.remove(at);
                input = self.with_key(input, outer, expr);
            }
        }
        let input = self.covering(input, &self.own_columns(&terms))?;
        let terms = terms.iter().map(|term| bound(term, &input.keys)).collect::<Result<Vec<_>>>()?;
        let plan = match terms.is_empty() {
            true => input.plan,
            false => LogicalPlan::new(Node::Filter(Filter { input: input.plan, predicate: Expr::and(terms)? })),
        };
        Ok(Correlated { plan, ..input })
    }

    /// The side of `outer = own` that is over the plan's columns.
    fn key_of(&self, term: &ExprRef, outer: ColumnId, plan: &PlanRef) -> Option<ExprRef> {
        let [a, b] = term.as_call("=")? else { return None };
        let own = match (a.as_column(), b.as_column()) {
            (Some(id), _) if id == outer => b,
            (_, Some(id)) if id == outer => a,
            _ => return None,
        };
        let fits = !own.can_fail() && a.data_type() == b.data_type() && plan.schema().covers(own);
        (fits && !own.columns().is_empty()).then(|| Arc::clone(own))
    }

    fn with_key(&self, mut correlated: Correlated, outer: ColumnId, expr: ExprRef) -> Correlated {
        let known = expr.as_column().and_then(|id| correlated.plan.schema().get(id));
        let column = match known {
            Some(column) => column.clone(),
            None => {
                let id = self.context.ids.fresh_like(outer);
                let columns = correlated.plan.schema().columns.iter().map(|column| (column.id, column.to_expr()));
                let exprs = columns.chain([(id, Arc::clone(&expr))]).collect();
                correlated.plan = LogicalPlan::new(Node::Project(Project { input: correlated.plan, exprs }));
                PlanColumn::of(id, &expr)
            }
        };
        correlated.keys.push(Key { outer, column, strict: true });
        correlated
    }

    fn project(&self, project: &Project) -> Result<Correlated> {
        let mut input = self.push(&project.input)?;
        let own = self.own_columns(project.exprs.iter().map(|(_, expr)| expr));
        if input.missing.is_some() && own.iter().any(|id| input.key(*id).is_none()) {
            input = self.complete(input)?;
        }
        let input = self.covering(input, &own)?;
        let mut exprs = Vec::with_capacity(project.exprs.len() + input.keys.len());
        for (id, expr) in &project.exprs {
            exprs.push((*id, bound(expr, &input.keys)?));
        }
        for key in &input.keys {
            if exprs.iter().all(|(id, _)| *id != key.column.id) {
                exprs.push((key.column.id, key.column.to_expr()));
            }
        }
        let missing = match &input.missing {
            Some(values) => {
                let value =
                    |(id, expr): &(ColumnId, ExprRef)| Ok((*id, expr.replace_columns(&|id| values.get(&id).cloned())?));
                Some(project.exprs.iter().map(value).collect::<Result<_>>()?)
            }
            None => None,
        };
        let plan = LogicalPlan::new(Node::Project(Project { input: input.plan, exprs }));
        Ok(Correlated { plan, keys: input.keys, missing })
    }

    /// Nodes that keep the rows of their input, and its columns. Windows stay within the rows of one outer row.
    fn keeping(&self, plan: &PlanRef) -> Result<Correlated> {
        let children = plan.children();
        let [child] = children.as_slice() else {
            return Err(firesteel_common::internal!("a node that keeps rows has not one input"));
        };
        let input = self.covering(self.settled(child)?, &self.own_columns(plan.expressions()))?;
        let plan = plan.map_expressions(&mut |expr| bound(expr, &input.keys))?;
        let mut plan = plan.with_children(vec![Arc::clone(&input.plan)]);
        if let Node::Window(window) = &plan.node {
            let keys = input.keys.iter().map(|key| key.column.to_expr());
            let partition_by = window.partition_by.iter().cloned().chain(keys).collect();
            plan = LogicalPlan::new(Node::Window(Window { partition_by, ..window.clone() }));
        }
        Ok(Correlated { plan, keys: input.keys, missing: None })
    }

    /// So many rows for each outer row: those are numbered, and the first numbers kept.
    fn limit(&self, limit: &Limit) -> Result<Correlated> {
        let (input, order_by) = match &limit.input.node {
            Node::Project(project) => {
                let below = LogicalPlan::new(Node::Limit(Limit { input: Arc::clone(&project.input), ..limit.clone() }));
                return self.project(&Project { input: below, exprs: project.exprs.clone() });
            }
            Node::Sort(sort) => (&sort.input, sort.keys.as_slice()),
            _ => (&limit.input, [].as_slice()),
        };
        let own = self.own_columns(order_by.iter().map(|key| &key.expr));
        let input = self.covering(self.settled(input)?, &own)?;
        let key = |key: &SortKey| Ok(SortKey { expr: bound(&key.expr, &input.keys)?, ..key.clone() });
        let number = PlanColumn {
            id: self.context.ids.fresh("number"),
            data_type: Ranking::RowNumber.data_type(),
            nullable: false,
        };
        let call = WindowCall {
            function: WindowFunction::Ranking(Ranking::RowNumber),
            frame: Frame { start: Bound::Unbounded, end: Bound::Rows(0) },
            data_type: number.data_type.clone(),
            nullable: false,
        };
        let window = LogicalPlan::new(Node::Window(Window {
            input: Arc::clone(&input.plan),
            partition_by: input.keys.iter().map(|key| key.column.to_expr()).collect(),
            order_by: order_by.iter().map(key).collect::<Result<_>>()?,
            calls: vec![(number.id, call)],
        }));
        // No partition has more rows than an INT counts.
        let constant = |value: u64| Expr::literal(Literal::int(i32::try_from(value).unwrap_or(i32::MAX)));
        let mut terms = vec![Expr::call_named(">", vec![number.to_expr(), constant(limit.offset)])?];
        if let Some(count) = limit.count {
            let last = constant(limit.offset.saturating_add(count));
            terms.push(Expr::call_named("<=", vec![number.to_expr(), last])?);
        }
        let plan = LogicalPlan::new(Node::Filter(Filter { input: window, predicate: Expr::and(terms)? }));
        Ok(Correlated { plan, keys: input.keys, missing: None })
    }

    fn aggregate(&self, aggregate: &Aggregate) -> Result<Correlated> {
        let inputs = aggregate.aggregates.iter().flat_map(|(_, call)| call.inputs());
        let own = self.own_columns(aggregate.keys.iter().map(|(_, key)| key).chain(inputs));
        let input = self.covering(self.settled(&aggregate.input)?, &own)?;
        let mut keys = Vec::with_capacity(input.keys.len());
        let mut grouping = Vec::with_capacity(input.keys.len() + aggregate.keys.len());
        for key in &input.keys {
            let id = self.context.ids.fresh_like(key.outer);
            grouping.push((id, key.column.to_expr()));
            keys.push(Key { column: PlanColumn { id, ..key.column.clone() }, ..key.clone() });
        }
        for (id, key) in &aggregate.keys {
            grouping.push((*id, bound(key, &input.keys)?));
        }
        let mut aggregates = Vec::with_capacity(aggregate.aggregates.len());
        let mut missing = HashMap::new();
        for (id, call) in &aggregate.aggregates {
            missing.insert(*id, of_no_rows(call)?);
            aggregates.push((*id, call.map_inputs(&mut |input_expr| bound(input_expr, &input.keys))?));
        }
        let plan = LogicalPlan::new(Node::Aggregate(Aggregate { input: input.plan, keys: grouping, aggregates }));
        Ok(Correlated { plan, keys, missing: aggregate.keys.is_empty().then_some(missing) })
    }

    fn join(&self, join: &Join) -> Result<Correlated> {
        let own = self.own_columns(join.keys.iter().flat_map(|key| [&key.left, &key.right]).chain(&join.filter));
        let (mut left, mut right) = (self.settled(&join.left)?, self.settled(&join.right)?);
        let outer = |side: &Correlated| side.keys.iter().map(|key| key.outer).collect::<Vec<_>>();
        let all = [outer(&left), outer(&right), own.clone()].concat();
        match join.kind {
            JoinKind::Inner => {
                let lacking: Vec<_> = own.into_iter().filter(|id| right.key(*id).is_none()).collect();
                left = self.covering(left, &lacking)?;
            }
            // A side whose rows are kept must know for which outer rows it keeps them.
            JoinKind::Right => right = self.covering(right, &all)?,
            JoinKind::Full => {
                left = null_safe(self.covering(left, &all)?)?;
                right = null_safe(self.covering(right, &all)?)?;
            }
            _ => left = self.covering(left, &all)?,
        }
        let mut terms = Vec::new();
        for key in &right.keys {
            if let Some(other) = left.key(key.outer) {
                let strict = key.strict || other.strict;
                terms.push(Key { strict, ..key.clone() }.equals(other.column.to_expr())?);
            }
        }
        let (main, other) = if join.kind == JoinKind::Right { (&right, &left) } else { (&left, &right) };
        let mut keys = main.keys.clone();
        if join.kind == JoinKind::Inner {
            keys.extend(other.keys.iter().filter(|key| main.key(key.outer).is_none()).cloned());
        }
        for key in &join.keys {
            terms.push(bound(&key.to_expr()?, &keys)?);
        }
        if let Some(filter) = &join.filter {
            terms.extend(bound(filter, &keys)?.conjuncts());
        }
        let filter = if terms.is_empty() { None } else { Some(Expr::and(terms)?) };
        let kind = join.kind;
        let (left_keys, right_keys) = (left.keys, right.keys);
        let plan =
            LogicalPlan::new(Node::Join(Join { left: left.plan, right: right.plan, kind, keys: Vec::new(), filter }));
        match kind {
            JoinKind::Full => self.merged(plan, &left_keys, &right_keys),
            _ => Ok(Correlated { plan, keys, missing: None }),
        }
    }

    /// In a full join either side's key may be the NULL of a row without partner.
    fn merged(&self, plan: PlanRef, left: &[Key], right: &[Key]) -> Result<Correlated> {
        let mut exprs: Vec<_> = plan.schema().columns.iter().map(|column| (column.id, column.to_expr())).collect();
        let mut keys = Vec::with_capacity(left.len());
        for key in left {
            let Some(other) = right.iter().find(|other| other.outer == key.outer) else { continue };
            let both = vec![key.column.as_nullable().to_expr(), other.column.as_nullable().to_expr()];
            let either = Expr::call_named("coalesce", both)?;
            let id = self.context.ids.fresh_like(key.outer);
            keys.push(Key { outer: key.outer, column: PlanColumn::of(id, &either), strict: false });
            exprs.push((id, either));
        }
        let plan = LogicalPlan::new(Node::Project(Project { input: plan, exprs }));
        Ok(Correlated { plan, keys, missing: None })
    }

    fn generate(&self, generate: &Generate) -> Result<Correlated> {
        let own = self.own_columns(generate.generator.args());
        let input = self.covering(self.settled(&generate.input)?, &own)?;
        let generator = generate.generator.map_args(&mut |arg| bound(arg, &input.keys))?;
        let plan = Generate { input: input.plan, generator, ..generate.clone() };
        Ok(Correlated { plan: LogicalPlan::new(Node::Generate(plan)), keys: input.keys, missing: None })
    }

    fn union(&self, union: &Union) -> Result<Correlated> {
        let inputs = union.inputs.iter().map(|(input, _)| self.settled(input)).collect::<Result<Vec<_>>>()?;
        let mut outer: Vec<_> = inputs.iter().flat_map(|input| input.keys.iter().map(|key| key.outer)).collect();
        outer.sort_unstable();
        outer.dedup();
        let mut columns = union.columns.clone();
        let mut keys = Vec::with_capacity(outer.len());
        for outer in &outer {
            let id = self.context.ids.fresh_like(*outer);
            let column = PlanColumn { id, ..PlanColumn::of(id, self.outer(*outer)?.as_ref()) }.as_nullable();
            columns.push(column.clone());
            keys.push(Key { outer: *outer, column, strict: false });
        }
        let mut all = Vec::with_capacity(inputs.len());
        for (input, (_, ids)) in inputs.into_iter().zip(&union.inputs) {
            let input = null_safe(self.covering(input, &outer)?)?;
            let own = outer.iter().filter_map(|outer| input.key(*outer).map(|key| key.column.id));
            let ids = ids.iter().copied().chain(own).collect();
            all.push((input.plan, ids));
        }
        let plan = LogicalPlan::new(Node::Union(Union { inputs: all, columns }));
        Ok(Correlated { plan, keys, missing: None })
    }
}
