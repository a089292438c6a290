//! GROUP BY: the keys, and which of them each grouping set has.

use std::cell::RefCell;

use firesteel_common::settings::Setting;
use firesteel_common::{ColumnId, Error, Result, Span, error};
use firesteel_expr::ExprRef;
use firesteel_plan::parsed::{self, GroupBy, GroupingItem, Select, SelectItemKind};
use hashbrown::{HashMap, HashSet};

use crate::aggregates::{AggregateCalls, Grouping};
use crate::expr::{Clause, Resolver};
use crate::generator::{self, Generated};
use crate::grouping_sets::{self, GroupingSets};
use crate::projection::{self, Item};
use crate::scope::Scope;
use crate::select::allowed_above;
use crate::window::Windowed;
use crate::{Analyzer, order, unsupported};

/// Whether GROUP BY may name aliases of the select list; off for the SQL standard's scoping.
pub(crate) const GROUP_BY_ALIASES: Setting<bool> = Setting {
    key: "spark.sql.groupByAliases",
    default: true,
    doc: "Whether GROUP BY may name aliases of the select list. Turned off where the standard's scoping is wanted.",
};

/// What is grouped by, and under which columns the values come out.
pub(crate) type Keys = Vec<(ColumnId, ExprRef)>;

impl Analyzer<'_> {
    /// None without GROUP BY; the sets only where it has some.
    pub(crate) fn grouping_keys(
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
        let windows = over_input.windows.map_or_else(Vec::new, |windows| windows.calls.borrow().clone());
        let mut add_written = |written: &parsed::Expr| {
            check_star_by_position(select, written)?;
            let mut places = Vec::new();
            for expr in grouping_key(written, items, generators, &calls.borrow(), &resolver)? {
                if let Some(window) = window_in(&expr, &windows) {
                    return Err(grouped_by_window(window, select, over_input).at(written.span));
                }
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
                    let calls = calls.borrow();
                    let window = window_in(&expr, &windows);
                    let over_groups = window.is_some_and(|window| window.expressions().any(|expr| calls.used_by(expr)));
                    if let Some(window) = window.filter(|_| !over_groups && !calls.used_by(&expr)) {
                        return Err(grouped_by_window(window, select, over_input).at(*span));
                    }
                    if window.is_none() && !calls.used_by(&expr) {
                        add(&|| item.name.to_string(), expr, item.span)?;
                    }
                }
                let calls = calls.borrow();
                let mut allowed = allowed_above(items, generators, &calls, &[]);
                allowed.extend(windows.iter().map(|window| window.id));
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
}

/// The call over a window that an expression has in it.
fn window_in<'w>(expr: &ExprRef, windows: &'w [Windowed]) -> Option<&'w Windowed> {
    windows.iter().find(|window| expr.columns().contains(&window.id))
}

/// Windows are over groups; there are no groups before them.
fn grouped_by_window(window: &Windowed, select: &Select, resolver: &Resolver<'_, '_>) -> Error {
    let covers = |span: Span| span.start <= window.span.start && window.span.end <= span.end;
    let written = select.projection.iter().find_map(|item| match &item.kind {
        SelectItemKind::Expr { expr, .. } if covers(item.span) => Some(resolver.name_of(expr)),
        _ => None,
    });
    let text = format!("\"{}\"", written.unwrap_or_default());
    error!(UNSUPPORTED_EXPR_FOR_OPERATOR, invalidExprSqls = text, operator = "Aggregate")
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
