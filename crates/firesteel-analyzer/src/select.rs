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
use firesteel_common::settings::Setting;
use firesteel_common::{ColumnId, Error, Result, Span, error};
use firesteel_expr::ExprRef;
use firesteel_plan::logical::{Aggregate, Filter, Node, Sort, SortKey};
use firesteel_plan::parsed::{self, GroupBy, GroupingItem, Ident, Select, SelectItemKind, SortItem};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};
use hashbrown::{HashMap, HashSet};

use crate::aggregates::{AggregateCalls, Grouping};
use crate::env::Env;
use crate::expr::{Clause, Resolver};
use crate::generator::{self, Generated};
use crate::grouping_sets::{self, GroupingCall, GroupingSets};
use crate::order::{self, OrderKey};
use crate::projection::{self, Item};
use crate::scope::{Relation, Scope, ScopeColumn, qualifier, unqualified};
use crate::subquery::{self, Pending};
use crate::window::{self, Windowed, Windows};
use crate::{Analyzer, errors, unsupported};

/// Whether GROUP BY may name aliases of the select list; off for the SQL standard's scoping.
pub(crate) const GROUP_BY_ALIASES: Setting<bool> = Setting {
    key: "spark.sql.groupByAliases",
    default: true,
    doc: "Whether GROUP BY may name aliases of the select list. Turned off where the standard's scoping is wanted.",
};

type Keys = Vec<(ColumnId, ExprRef)>;

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

    fn grouping_keys(
        &self,
        select: &Select,
        input: &Scope,
        outputs: &Scope,
        (items, generators): (&[Item], &[Generated]),
        calls: &RefCell<AggregateCalls>,
        over_input: &Resolver<'_, '_>,
    ) -> Result<Option<(Keys, Option<GroupingSets>)>> {
        let mut keys = Keys::new();
        // Where the key is in the list.
        let mut add = |name: &dyn Fn() -> String, expr: ExprRef, span: Span| {
            if !order::is_groupable(expr.data_type()) {
                return Err(unsupported(format!("GROUP BY values of type {}", expr.data_type().sql()), span));
            }
            Ok(keys.iter().position(|(_, known)| *known == expr).unwrap_or_else(|| {
                keys.push((self.ids().fresh(name()), expr));
                keys.len() - 1
            }))
        };
        let by_alias = self.context.settings.get(&GROUP_BY_ALIASES);
        let resolver = Resolver {
            aggregates: None,
            groupings: None,
            windows: None,
            clause: Clause::GroupBy,
            scopes: if by_alias { vec![input, outputs] } else { vec![input] },
            ..over_input.clone()
        };
        let mut add_written = |written: &parsed::Expr| {
            check_star_by_position(select, written)?;
            let mut places = Vec::new();
            for expr in grouping_key(written, items, generators, &calls.borrow(), &resolver)? {
                generator::check_key(&expr, written, generators, input)?;
                places.push(add(&|| resolver.name_of(written), expr, written.span)?);
            }
            Ok::<_, Error>(places)
        };
        if let Some((written, first)) = grouping_sets::written_sets(&select.group_by).map_err(|e| e.at(select.span))? {
            let mut places: HashMap<Span, Vec<usize>> = HashMap::new();
            for key in first.iter().chain(written.iter().flatten().copied()) {
                if !places.contains_key(&key.span) {
                    places.insert(key.span, add_written(key)?);
                }
            }
            let mut sets = vec![vec![false; keys.len()]; written.len()];
            for (set, written) in sets.iter_mut().zip(&written) {
                written.iter().filter_map(|key| places.get(&key.span)).flatten().for_each(|at| set[*at] = true);
            }
            let sets = GroupingSets::new(sets, keys.len()).map_err(|error| error.at(select.span))?;
            return Ok(Some((keys, Some(sets))));
        }
        match &select.group_by {
            GroupBy::None => return Ok(None),
            GroupBy::All(span) => {
                for (item, expr) in grouped_by_all(items, generators)? {
                    if !calls.borrow().used_by(&expr) {
                        add(&|| item.name.to_string(), expr, item.span)?;
                    }
                }
                let calls = calls.borrow();
                let allowed = allowed_above(items, generators, &calls, &[]);
                self.check_group_by_all(&keys, items, allowed, input, *span)?;
            }
            GroupBy::Items(grouping) => {
                for item in grouping {
                    if let GroupingItem::Expr(written) = item {
                        add_written(written)?;
                    }
                }
            }
            GroupBy::KeysAndSets { .. } => {}
        }
        Ok(Some((keys, None)))
    }

    /// Beside aggregates GROUP BY ALL must find every column that an item needs among the keys.
    fn check_group_by_all(
        &self,
        keys: &[(ColumnId, ExprRef)],
        items: &[Item],
        allowed: HashSet<ColumnId>,
        input: &Scope,
        span: Span,
    ) -> Result<()> {
        let grouping = Grouping::over(keys, allowed, self.ids(), input, span);
        match items.iter().all(|item| grouping.above(&item.expr, item.span).is_ok()) {
            true => Ok(()),
            false => Err(error!(UNRESOLVED_ALL_IN_GROUP_BY).at(span)),
        }
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
    generators: &[Generated],
    calls: &AggregateCalls,
    resolver: &Resolver<'_, '_>,
) -> Result<Vec<ExprRef>> {
    if let Some(index) = order::ordinal(written) {
        let at = usize::try_from(index).ok().and_then(|index| index.checked_sub(1));
        let Some(item) = at.and_then(|at| items.get(at)) else {
            let (index, size) = (index.to_string(), items.len().to_string());
            return Err(error!(GROUP_BY_POS_OUT_OF_RANGE, index = index, size = size).at(written.span));
        };
        if let Some(args) = generator_args(item, generators) {
            return Ok(args.into_iter().filter(|arg| !calls.used_by(arg)).collect());
        }
        let expr = projection::expand(&item.expr, items)?;
        if calls.used_by(&expr) {
            let (index, text) = (index.to_string(), item.name.to_string());
            return Err(error!(GROUP_BY_POS_AGGREGATE, index = index, aggExpr = text).at(written.span));
        }
        return Ok(vec![expr]);
    }
    let expr = projection::expand(&resolver.resolve(written)?, items)?;
    match calls.used_by(&expr) {
        true => Err(error!(GROUP_BY_AGGREGATE, sqlExpr = resolver.qualified_name_of(written)).at(written.span)),
        false => Ok(vec![expr]),
    }
}

/// The arguments that vary, if the item is a column of a generator.
fn generator_args(item: &Item, generators: &[Generated]) -> Option<Vec<ExprRef>> {
    let id = item.expr.as_column()?;
    let made = |generated: &&Generated| generated.columns.iter().any(|(_, column)| column.id == id);
    let args = generators.iter().find(made)?.generator.args();
    Some(args.iter().filter(|arg| !arg.is_foldable()).cloned().collect())
}

/// What GROUP BY ALL looks at: each item's expression, and in the place of a generator's columns its arguments.
fn grouped_by_all<'i>(items: &'i [Item], generators: &[Generated]) -> Result<Vec<(&'i Item, ExprRef)>> {
    let mut exprs = Vec::with_capacity(items.len());
    for item in items {
        match generator_args(item, generators) {
            Some(args) => exprs.extend(args.into_iter().map(|arg| (item, arg))),
            None => exprs.push((item, projection::expand(&item.expr, items)?)),
        }
    }
    Ok(exprs)
}

/// What the clauses above an Aggregate may use besides its keys.
fn allowed_above(
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
