//! One SELECT: from its clauses, in the order in which they mean something, to one plan.
//!
//! ```text
//! FROM → WHERE → [GROUP BY: Aggregate → HAVING: Filter] → [Window → QUALIFY: Filter]
//!      → select list: Project → DISTINCT → ORDER BY: Sort
//! ```
//! All clauses are resolved first, over the columns of FROM; then, if the query aggregates, what they compute is rewritten
//! to use the Aggregate's columns. Keys of ORDER BY that are not selected ride along in the Project and are dropped after
//! the Sort.

use std::cell::RefCell;
use std::sync::Arc;

use firesteel_common::conditions::{MISSING_AGGREGATION, WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE};
use firesteel_common::{ColumnId, Error, Result, Span, error};
use firesteel_expr::ExprRef;
use firesteel_plan::logical::{Aggregate, Filter, Node, Sort, SortKey};
use firesteel_plan::parsed::{Ident, Select, SortItem};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};
use hashbrown::HashSet;

use crate::aggregates::{AggregateCalls, Grouping};
use crate::env::Env;
use crate::expr::{Clause, Resolver};
use crate::generator::{self, Generated};
use crate::group_by::Keys;
use crate::grouping_sets::{self, GroupingCall, GroupingSets};
use crate::order::{self, OrderKey};
use crate::projection::{self, Item};
use crate::scope::{Relation, Scope, ScopeColumn, qualifier, unqualified};
use crate::subquery::{self, Pending};
use crate::window::{self, Windowed, Windows};
use crate::{Analyzer, errors, unsupported};

/// The clauses of a SELECT, resolved over the columns of FROM and the ids of items.
struct Clauses<'q> {
    items: Vec<Item>,
    /// Above the aggregate, below the select list; each may use those before it.
    generators: Vec<Generated>,
    /// None without GROUP BY.
    keys: Option<Keys>,
    /// With grouping sets.
    sets: Option<GroupingSets>,
    having: Option<Having>,
    qualify: Option<ExprRef>,
    order: Vec<OrderKey<'q>>,
    calls: AggregateCalls,
    groupings: Vec<GroupingCall>,
    windows: Vec<Windowed>,
    subqueries: Vec<Pending>,
}

struct Having {
    condition: ExprRef,
    span: Span,
    /// The columns that it names beside aggregates, and how.
    named: Vec<(ColumnId, Vec<Ident>)>,
    /// What it could have named.
    candidates: Scope,
}

impl Having {
    /// To a column of the input that is not grouped by, HAVING is blind.
    fn explain(&self, error: Error, grouping: &Grouping<'_>) -> Error {
        let unknown = self.named.iter().find(|(id, _)| !grouping.knows(*id));
        match (error.is(&MISSING_AGGREGATION), unknown) {
            (true, Some((_, name))) => errors::unresolved_column(name, Some(&self.candidates)),
            _ => error,
        }
    }
}

impl Clauses<'_> {
    fn aggregates(&self) -> bool {
        self.keys.is_some() || self.having.is_some() || !self.calls.calls.is_empty()
    }

    /// Rewrites everything to stand above the Aggregate.
    fn lift(&mut self, grouping: &mut Grouping<'_>) -> Result<()> {
        for item in &mut self.items {
            let was_nullable = item.expr.nullable();
            item.expr = grouping.above(&item.expr, item.span)?;
            if item.expr.nullable() && !was_nullable {
                grouping.nullable.insert(item.id);
            }
        }
        for generated in &mut self.generators {
            generated.generator = generated.generator.map_args(&mut |arg| grouping.above(arg, grouping.select))?;
        }
        for window in &mut self.windows {
            let span = window.span;
            window.rewrite(&mut |expr| grouping.above(expr, span))?;
        }
        for key in &mut self.order {
            key.expr = grouping.above(&key.expr, key.item.expr.span)?;
        }
        if let Some(having) = &mut self.having {
            let above = grouping.above(&having.condition, having.span);
            having.condition = above.map_err(|error| having.explain(error, grouping))?;
        }
        if let Some(qualify) = &mut self.qualify {
            *qualify = grouping.above(qualify, grouping.select)?;
        }
        Ok(())
    }
}

impl Analyzer<'_> {
    pub(crate) fn select(&self, select: &Select, order_by: &[SortItem], env: Env<'_>) -> Result<Relation> {
        let mut input = self.from(&select.from, env)?;
        for view in &select.lateral_views {
            input = self.lateral_view(input, view, env)?;
        }
        if let Some(condition) = &select.selection {
            let subqueries = RefCell::default();
            let resolver = Resolver {
                clause: Clause::Where(condition),
                subqueries: Some(&subqueries),
                ..Resolver::plain(self, env, vec![&input.scope], "WHERE")
            };
            let plan = resolver.filter(&input, condition);
            let text = || format!("Filter {}", resolver.name_of(condition));
            input.plan = plan.map_err(|error| generator::outside_select(error, &text))?;
        }
        let clauses = self.clauses(select, order_by, &input.scope, env);
        // Of a function that asks for OVER, Spark shows the whole.
        let clauses = clauses.map_err(|error| match error.is(&WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE) {
            true => error.moved_to(select.span),
            false => error,
        })?;
        self.assemble(select, input, clauses)
    }

    fn clauses<'q>(
        &self,
        select: &Select,
        order_by: &'q [SortItem],
        input: &Scope,
        env: Env<'_>,
    ) -> Result<Clauses<'q>> {
        let (calls, subqueries) = (RefCell::<AggregateCalls>::default(), RefCell::<Vec<Pending>>::default());
        let groupings = RefCell::<Vec<GroupingCall>>::default();
        let windows = Windows::new(select).map_err(|error| error.at(select.span))?;
        let over_input = Resolver {
            aggregates: Some(&calls),
            groupings: Some(&groupings),
            windows: Some(&windows),
            subqueries: Some(&subqueries),
            ..Resolver::plain(self, env, vec![input], "this place")
        };
        let (items, generators) = self.items(&select.projection, input, &over_input)?;
        let outputs = projection::output_scope(&items);
        let selected = (items.as_slice(), generators.as_slice());
        let (keys, sets) = self.grouping_keys(select, input, &outputs, selected, &calls, &over_input)?.unzip();
        let over_both =
            Resolver { scopes: vec![&outputs, input], argument_scopes: Some(vec![input]), ..over_input.clone() };
        let having = match &select.having {
            Some(having) => {
                let named = RefCell::default();
                let clause = Clause::Other("HAVING");
                let resolver = Resolver { named: Some(&named), windows: None, clause, ..over_both.clone() };
                let condition = resolver.condition(having)?;
                let candidates = having_candidates(&items, input);
                Some(Having { condition, span: having.span, named: named.take(), candidates })
            }
            None => None,
        };
        let qualify = match &select.qualify {
            Some(qualify) => {
                let condition = Resolver { clause: Clause::Qualify, ..over_both.clone() }.condition(qualify)?;
                if windows.calls.borrow().is_empty() {
                    return Err(error!(QUALIFY_REQUIRES_WINDOW_FUNCTION).at(qualify.span));
                }
                Some(condition)
            }
            None => None,
        };
        let order = self.order_keys(select, order_by, &items, &outputs, over_both)?;
        let windows = windows.calls.into_inner();
        let (calls, groupings, subqueries) = (calls.take(), groupings.take(), subqueries.take());
        let sets = sets.flatten();
        Ok(Clauses { items, generators, keys, sets, having, qualify, order, calls, groupings, windows, subqueries })
    }

    /// After DISTINCT only what was selected can be sorted by.
    fn order_keys<'q>(
        &self,
        select: &Select,
        order_by: &'q [SortItem],
        items: &[Item],
        outputs: &Scope,
        resolver: Resolver<'_, '_>,
    ) -> Result<Vec<OrderKey<'q>>> {
        let keys = order::keys(order_by, outputs, &resolver);
        let text = || "Sort".to_owned();
        let mut keys = keys.map_err(|error| generator::outside_select(error, &text))?;
        for key in &mut keys {
            key.expr = as_item(&key.expr, items);
            if select.distinct && !uses_only(&key.expr, items) {
                let only_outputs = Resolver { scopes: vec![outputs], ..resolver.clone() };
                if !uses_only(&only_outputs.resolve(&key.item.expr)?, items) {
                    let feature = "ORDER BY what is not selected, under DISTINCT";
                    return Err(unsupported(feature, key.item.expr.span));
                }
            }
        }
        Ok(keys)
    }

    fn assemble(&self, select: &Select, input: Relation, mut clauses: Clauses<'_>) -> Result<Relation> {
        let mut plan = match clauses.aggregates() {
            true => self.aggregate(select, input, &mut clauses)?,
            false => {
                grouping_sets::check_none(&clauses.groupings)?;
                input.plan
            }
        };
        plan = subquery::attach(plan, std::mem::take(&mut clauses.subqueries));
        plan = std::mem::take(&mut clauses.generators).into_iter().fold(plan, |plan, generated| generated.over(plan));
        if let Some(having) = &clauses.having {
            let predicate = projection::expand(&having.condition, &clauses.items)?;
            plan = LogicalPlan::new(Node::Filter(Filter { input: plan, predicate }));
        }
        let windows = std::mem::take(&mut clauses.windows);
        plan = window::attach(plan, windows, &clauses.items)?;
        if let Some(qualify) = &clauses.qualify {
            let predicate = projection::expand(qualify, &clauses.items)?;
            plan = LogicalPlan::new(Node::Filter(Filter { input: plan, predicate }));
        }
        let Clauses { items, order, .. } = clauses;
        let mut all = items.clone();
        let keys: Vec<SortKey> = order.into_iter().map(|key| self.sort_key(key, &items, &mut all)).collect();
        plan = projection::project(plan, &all);
        let columns = items
            .iter()
            .map(|item| ScopeColumn::new(&unqualified(), Arc::clone(&item.name), PlanColumn::of(item.id, &item.expr)));
        let scope = Scope { columns: columns.collect() };
        if select.distinct {
            plan = self.distinct(Relation { plan, scope: scope.clone() }.exact().plan, select.span)?;
        }
        if !keys.is_empty() {
            plan = LogicalPlan::new(Node::Sort(Sort { input: plan, keys }));
        }
        Ok(Relation { scope: scope.refreshed(&plan), plan }.exact())
    }

    /// The key over the items' columns; what they do not give becomes one more item.
    fn sort_key(&self, key: OrderKey<'_>, items: &[Item], all: &mut Vec<Item>) -> SortKey {
        let sort_key = key.sort_key();
        let expr = as_item(&sort_key.expr, items);
        if uses_only(&expr, items) {
            return SortKey { expr, ..sort_key };
        }
        let id = self.ids().fresh("_order");
        let column = PlanColumn::of(id, &expr).to_expr();
        all.push(Item { id, name: Arc::from("_order"), expr, span: key.item.expr.span });
        SortKey { expr: column, ..sort_key }
    }

    /// The Aggregate node; all clauses are rewritten to stand above it.
    fn aggregate(&self, select: &Select, input: Relation, clauses: &mut Clauses<'_>) -> Result<PlanRef> {
        let Relation { plan, scope } = input;
        let keys = clauses.keys.take().unwrap_or_default();
        let (mut aggregates, groupings) = (std::mem::take(&mut clauses.calls), std::mem::take(&mut clauses.groupings));
        let inputs = aggregates.calls.iter().flat_map(|(_, call)| call.inputs()).chain(keys.iter().map(|(_, key)| key));
        let mut used_below: HashSet<ColumnId> = inputs.flat_map(|expr| expr.columns().iter().copied()).collect();
        let (mut below, mut above) = (Vec::new(), Vec::new());
        // Later subqueries may use what earlier ones give.
        for pending in std::mem::take(&mut clauses.subqueries).into_iter().rev() {
            let to = match pending.gives(&used_below) {
                true => {
                    used_below.extend(pending.uses());
                    &mut below
                }
                false => &mut above,
            };
            to.insert(0, pending);
        }
        clauses.subqueries = above;
        let mut input = subquery::attach(plan, below);

        generator::check_only_one(&clauses.generators, select.span)?;
        let mut allowed = allowed_above(&clauses.items, &clauses.generators, &aggregates, &clauses.subqueries);
        allowed.extend(clauses.windows.iter().map(|window| window.id));
        let mut grouping = Grouping::over(&keys, allowed, self.ids(), &scope, select.span);
        let expanded = clauses.sets.take().map(|sets| sets.expand(Arc::clone(&input), &keys, self.ids()));
        match &expanded {
            Some(expanded) => {
                grouping.nullable_keys = true;
                grouping.meanings = expanded.meanings(&groupings, &keys, self.ids()).map_err(|e| e.at(select.span))?;
                expanded.put_into_arguments(&mut aggregates, &groupings, &keys, self.ids())?;
                input = Arc::clone(&expanded.plan);
            }
            None => grouping_sets::check_none(&groupings)?,
        }
        clauses.lift(&mut grouping)?;
        let subqueries = std::mem::take(&mut clauses.subqueries).into_iter();
        clauses.subqueries = subqueries.map(|pending| pending.above(&grouping, &input)).collect::<Result<_>>()?;
        let keys = match expanded {
            Some(expanded) => expanded.keys,
            None => keys,
        };
        Ok(LogicalPlan::new(Node::Aggregate(Aggregate { input, keys, aggregates: aggregates.calls })))
    }
}

/// The select list as HAVING sees it: columns that are selected as they are keep their relation.
fn having_candidates(items: &[Item], input: &Scope) -> Scope {
    let columns = projection::output_scope(items).columns.into_iter().zip(items).map(|(output, item)| {
        let source = item.expr.as_column().and_then(|id| input.columns.iter().find(|column| column.column.id == id));
        match source.and_then(|source| source.qualifier.last()) {
            Some(relation) => ScopeColumn { qualifier: qualifier(relation), ..output },
            None => output,
        }
    });
    Scope { columns: columns.collect() }
}

/// What the clauses above an Aggregate may use besides its keys.
pub(crate) fn allowed_above(
    items: &[Item],
    generators: &[Generated],
    calls: &AggregateCalls,
    subqueries: &[Pending],
) -> HashSet<ColumnId> {
    let items = items.iter().map(|item| item.id);
    let generated = generators.iter().flat_map(|generated| generated.columns.iter().map(|(_, column)| column.id));
    let calls = calls.calls.iter().map(|(id, _)| *id);
    items.chain(generated).chain(calls).chain(subqueries.iter().flat_map(Pending::columns)).collect()
}

/// The item's column, if an item computes just this.
fn as_item(expr: &ExprRef, items: &[Item]) -> ExprRef {
    match items.iter().find(|item| item.expr == *expr) {
        Some(item) => PlanColumn::of(item.id, &item.expr).to_expr(),
        None => expr.clone(),
    }
}

fn uses_only(expr: &ExprRef, items: &[Item]) -> bool {
    expr.columns().iter().all(|id| items.iter().any(|item| item.id == *id))
}
