//! One SELECT: from its clauses, in the order in which they mean something, to one plan.
//!
//! ```text
//! FROM → WHERE → [GROUP BY: Aggregate → HAVING: Filter] → select list: Project → DISTINCT → ORDER BY: Sort
//! ```
//! All clauses are resolved first, over the columns of FROM; then, if the query aggregates, what they compute is rewritten
//! to use the Aggregate's columns. Keys of ORDER BY that are not selected ride along in the Project and are dropped after
//! the Sort.

use std::cell::RefCell;
use std::sync::Arc;

use firesteel_common::conditions::MISSING_AGGREGATION;
use firesteel_common::settings::Setting;
use firesteel_common::{ColumnId, Error, Result, Span, error};
use firesteel_expr::ExprRef;
use firesteel_plan::logical::{Aggregate, Filter, Node, Sort, SortKey};
use firesteel_plan::parsed::{self, GroupBy, GroupingItem, Ident, Select, SelectItemKind, SortItem};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};
use hashbrown::HashSet;

use crate::aggregates::{AggregateCalls, Grouping};
use crate::env::Env;
use crate::expr::{Clause, Resolver};
use crate::order::{self, OrderKey};
use crate::projection::{self, Item};
use crate::scope::{Relation, Scope, ScopeColumn, qualifier, unqualified};
use crate::subquery::{self, Pending};
use crate::{Analyzer, errors, unsupported};

/// Whether GROUP BY may name aliases of the select list; off for the SQL standard's scoping.
pub(crate) const GROUP_BY_ALIASES: Setting<bool> = Setting {
    key: "spark.sql.groupByAliases",
    default: true,
    doc: "Whether GROUP BY may name aliases of the select list. Turned off where the standard's scoping is wanted.",
};

/// The clauses of a SELECT, resolved over the columns of FROM and the ids of items.
struct Clauses<'q> {
    items: Vec<Item>,
    /// None without GROUP BY.
    keys: Option<Vec<(ColumnId, ExprRef)>>,
    having: Option<Having>,
    order: Vec<OrderKey<'q>>,
    calls: AggregateCalls,
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
}

impl Analyzer<'_> {
    pub(crate) fn select(&self, select: &Select, order_by: &[SortItem], env: Env<'_>) -> Result<Relation> {
        check_supported(select)?;
        let mut input = self.from(&select.from, env)?;
        if let Some(condition) = &select.selection {
            let subqueries = RefCell::default();
            let resolver = Resolver {
                clause: Clause::Where(condition),
                subqueries: Some(&subqueries),
                ..Resolver::plain(self, env, vec![&input.scope], "WHERE")
            };
            input.plan = resolver.filter(&input, condition)?;
        }
        let clauses = self.clauses(select, order_by, &input.scope, env)?;
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
        let over_input = Resolver {
            aggregates: Some(&calls),
            subqueries: Some(&subqueries),
            ..Resolver::plain(self, env, vec![input], "this place")
        };
        let items = self.items(&select.projection, input, &over_input)?;
        check_lateral_aliases(&items, &calls.borrow(), select.span)?;
        let outputs = projection::output_scope(&items);
        let keys = self.grouping_keys(select, input, &outputs, &items, &calls, &over_input)?;
        let over_both =
            Resolver { scopes: vec![&outputs, input], argument_scopes: Some(vec![input]), ..over_input.clone() };
        let having = match &select.having {
            Some(having) => {
                let named = RefCell::default();
                let resolver = Resolver { named: Some(&named), ..over_both.clone() };
                let condition = resolver.condition(having)?;
                let candidates = having_candidates(&items, input);
                Some(Having { condition, span: having.span, named: named.take(), candidates })
            }
            None => None,
        };
        let order = self.order_keys(select, order_by, &items, &outputs, over_both)?;
        Ok(Clauses { items, keys, having, order, calls: calls.take(), subqueries: subqueries.take() })
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
        let mut keys = order::keys(order_by, outputs, &resolver)?;
        for key in &mut keys {
            key.expr = as_item(&key.expr, items);
            if select.distinct && !uses_only(&key.expr, items) {
                let only_outputs = Resolver { scopes: vec![outputs], ..resolver.clone() };
                only_outputs.resolve(&key.item.expr)?;
            }
        }
        Ok(keys)
    }

    fn grouping_keys(
        &self,
        select: &Select,
        input: &Scope,
        outputs: &Scope,
        items: &[Item],
        calls: &RefCell<AggregateCalls>,
        over_input: &Resolver<'_, '_>,
    ) -> Result<Option<Vec<(ColumnId, ExprRef)>>> {
        let mut keys: Vec<(ColumnId, ExprRef)> = Vec::new();
        let mut add = |name: &dyn Fn() -> String, expr: ExprRef, span: Span| {
            if !order::is_groupable(expr.data_type()) {
                return Err(unsupported(format!("GROUP BY values of type {}", expr.data_type().sql()), span));
            }
            if keys.iter().all(|(_, known)| *known != expr) {
                keys.push((self.ids().fresh(name()), expr));
            }
            Ok(())
        };
        match &select.group_by {
            GroupBy::None => return Ok(None),
            GroupBy::All(span) => {
                for item in items {
                    let expr = projection::expand(&item.expr, items)?;
                    if !calls.borrow().used_by(&expr) {
                        add(&|| item.name.to_string(), expr, item.span)?;
                    }
                }
                self.check_group_by_all(&keys, items, &calls.borrow(), input, *span)?;
            }
            GroupBy::Items(grouping) => {
                let by_alias = self.context.settings.get(&GROUP_BY_ALIASES);
                let resolver = Resolver {
                    aggregates: None,
                    clause: Clause::GroupBy,
                    scopes: if by_alias { vec![input, outputs] } else { vec![input] },
                    ..over_input.clone()
                };
                for item in grouping {
                    let GroupingItem::Expr(written) = item else {
                        return Err(unsupported("ROLLUP, CUBE and GROUPING SETS", select.span));
                    };
                    check_star_by_position(select, written)?;
                    let expr = grouping_key(written, items, &calls.borrow(), &resolver)?;
                    add(&|| resolver.name_of(written), expr, written.span)?;
                }
            }
        }
        Ok(Some(keys))
    }

    /// Beside aggregates GROUP BY ALL must find every column that an item needs among the keys.
    fn check_group_by_all(
        &self,
        keys: &[(ColumnId, ExprRef)],
        items: &[Item],
        calls: &AggregateCalls,
        input: &Scope,
        span: Span,
    ) -> Result<()> {
        let allowed = allowed_above(items, calls, &[]);
        let grouping = Grouping { keys, allowed, ids: self.ids(), input, select: span };
        match items.iter().all(|item| grouping.above(&item.expr, item.span).is_ok()) {
            true => Ok(()),
            false => Err(error!(UNRESOLVED_ALL_IN_GROUP_BY).at(span)),
        }
    }

    fn assemble(&self, select: &Select, input: Relation, mut clauses: Clauses<'_>) -> Result<Relation> {
        let mut plan = match clauses.aggregates() {
            true => self.aggregate(select, input, &mut clauses)?,
            false => input.plan,
        };
        plan = subquery::attach(plan, std::mem::take(&mut clauses.subqueries));
        if let Some(having) = &clauses.having {
            let predicate = projection::expand(&having.condition, &clauses.items)?;
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
        let aggregates = std::mem::take(&mut clauses.calls);
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
        let input = subquery::attach(plan, below);

        let allowed = allowed_above(&clauses.items, &aggregates, &clauses.subqueries);
        let grouping = Grouping { keys: &keys, allowed, ids: self.ids(), input: &scope, select: select.span };
        for item in &mut clauses.items {
            item.expr = grouping.above(&item.expr, item.span)?;
        }
        for key in &mut clauses.order {
            key.expr = grouping.above(&key.expr, key.item.expr.span)?;
        }
        if let Some(having) = &mut clauses.having {
            let above = grouping.above(&having.condition, having.span);
            having.condition = above.map_err(|error| having.explain(error, &grouping))?;
        }
        let subqueries = std::mem::take(&mut clauses.subqueries).into_iter();
        clauses.subqueries = subqueries.map(|pending| pending.above(&grouping, &input)).collect::<Result<_>>()?;
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

/// Nobody can count the items of a `*`.
fn check_star_by_position(select: &Select, written: &parsed::Expr) -> Result<()> {
    let has_star = select.projection.iter().any(|item| matches!(item.kind, SelectItemKind::Wildcard { .. }));
    match has_star && order::ordinal(written).is_some() {
        true => Err(error!(STAR_GROUP_BY_POS).at(written.span)),
        false => Ok(()),
    }
}

/// One entry of GROUP BY: an ordinal, an expression over the input, or an alias.
fn grouping_key(
    written: &parsed::Expr,
    items: &[Item],
    calls: &AggregateCalls,
    resolver: &Resolver<'_, '_>,
) -> Result<ExprRef> {
    if let Some(index) = order::ordinal(written) {
        let at = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
        let Some(item) = at.and_then(|at| items.get(at)) else {
            let (index, size) = (index.to_string(), items.len().to_string());
            return Err(error!(GROUP_BY_POS_OUT_OF_RANGE, index = index, size = size).at(written.span));
        };
        let expr = projection::expand(&item.expr, items)?;
        if calls.used_by(&expr) {
            let (index, text) = (index.to_string(), item.name.to_string());
            return Err(error!(GROUP_BY_POS_AGGREGATE, index = index, aggExpr = text).at(written.span));
        }
        return Ok(expr);
    }
    let expr = projection::expand(&resolver.resolve(written)?, items)?;
    match calls.used_by(&expr) {
        true => Err(error!(GROUP_BY_AGGREGATE, sqlExpr = resolver.qualified_name_of(written)).at(written.span)),
        false => Ok(expr),
    }
}

/// What the clauses above an Aggregate may use besides its keys.
fn allowed_above(items: &[Item], calls: &AggregateCalls, subqueries: &[Pending]) -> HashSet<ColumnId> {
    let items = items.iter().map(|item| item.id);
    items.chain(calls.calls.iter().map(|(id, _)| *id)).chain(subqueries.iter().flat_map(Pending::columns)).collect()
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

/// Arguments of aggregates are computed below the select list, aliases above.
fn check_lateral_aliases(items: &[Item], calls: &AggregateCalls, span: Span) -> Result<()> {
    let is_item = |id: &ColumnId| items.iter().any(|item| item.id == *id);
    match calls.calls.iter().any(|(_, call)| call.inputs().any(|input| input.columns().iter().any(is_item))) {
        true => Err(unsupported("aliases of the select list in arguments of its aggregates", span)),
        false => Ok(()),
    }
}

fn check_supported(select: &Select) -> Result<()> {
    if let Some(view) = select.lateral_views.first() {
        return Err(unsupported("LATERAL VIEW", view.span));
    }
    if let Some(qualify) = &select.qualify {
        return Err(unsupported("QUALIFY", qualify.span));
    }
    Ok(())
}
