//! GROUP BY with grouping sets: which keys there are and which of them each set groups by.
//!
//! ```text
//! ROLLUP (a, b)         [a, b] [a] []                   CUBE (a, b)   [a, b] [a] [b] []
//! a, ROLLUP (b)         every combination: [a, b] [a]   GROUPING SETS (a, CUBE (b))   [a] [b] []
//!
//! Aggregate [a, b, grouping id] over Expand [a, b] into the sets over the input
//! ```
//! `grouping(a)` is a bit of the grouping id. Sets that occur twice give their rows twice: their place is one more key.

use std::sync::Arc;

use firesteel_common::{ColumnId, ColumnIds, Result, Span, SqlType, bail, error};
use firesteel_expr::{Expr, ExprRef, Literal};
use firesteel_plan::logical::{Expand, Node};
use firesteel_plan::parsed::{self, FunctionCall, GroupBy, GroupingItem, GroupingSet};
use firesteel_plan::{LogicalPlan, PlanRef};

use crate::aggregates::AggregateCalls;
use crate::expr::{Clause, Resolver};

/// Bits of a grouping id.
const KEYS_MAX: usize = 64;
/// A cube of 16 keys; more sets come from a mistake.
const SETS_MAX: usize = 1 << 16;

/// A set as it was written.
type WrittenSet<'q> = Vec<&'q parsed::Expr>;

/// The sets of a GROUP BY clause and the keys it names before them (Hive's form); None without grouping sets.
pub(crate) fn written_sets(group_by: &GroupBy) -> Result<Option<(Vec<WrittenSet<'_>>, &[parsed::Expr])>> {
    match group_by {
        GroupBy::KeysAndSets { keys, sets } => Ok(Some((all_of(sets)?, keys))),
        GroupBy::Items(items) if items.iter().any(|item| !matches!(item, GroupingItem::Expr(_))) => {
            let mut product: Vec<WrittenSet<'_>> = vec![Vec::new()];
            for item in items {
                let sets = sets_of(item)?;
                check_number(product.len().saturating_mul(sets.len()))?;
                let pairs = product.iter().flat_map(|set| sets.iter().map(move |more| (set, more)));
                product = pairs.map(|(set, more)| [set.as_slice(), more].concat()).collect();
            }
            Ok(Some((product, &[])))
        }
        _ => Ok(None),
    }
}

fn check_number(sets: usize) -> Result<()> {
    if sets > SETS_MAX {
        bail!(STATEMENT_TOO_COMPLEX, reason = format!("more than {SETS_MAX} grouping sets"));
    }
    Ok(())
}

fn sets_of(item: &GroupingItem) -> Result<Vec<WrittenSet<'_>>> {
    match item {
        GroupingItem::Expr(expr) => Ok(vec![vec![expr]]),
        GroupingItem::Rollup(steps) => Ok((0..=steps.len()).rev().map(|kept| joined(&steps[..kept])).collect()),
        GroupingItem::Cube(steps) => {
            check_number(1_usize.checked_shl(steps.len() as u32).unwrap_or(usize::MAX))?;
            let subset = |left_out: usize| {
                let kept = steps.iter().enumerate().filter(|(at, _)| left_out >> (steps.len() - 1 - at) & 1 == 0);
                kept.flat_map(|(_, step)| step).collect()
            };
            Ok((0..1 << steps.len()).map(subset).collect())
        }
        GroupingItem::GroupingSets(sets) => all_of(sets),
    }
}

fn all_of(sets: &[GroupingSet]) -> Result<Vec<WrittenSet<'_>>> {
    let mut all = Vec::new();
    for set in sets {
        match set {
            GroupingSet::Columns(columns) => all.push(columns.iter().collect()),
            GroupingSet::Nested(item) => all.extend(sets_of(item)?),
        }
        check_number(all.len())?;
    }
    Ok(all)
}

fn joined(steps: &[Vec<parsed::Expr>]) -> WrittenSet<'_> {
    steps.iter().flatten().collect()
}

/// A call of `grouping` or `grouping_id`, before the clause's sets are known.
pub(crate) struct GroupingCall {
    /// Stands for the call in expressions.
    id: ColumnId,
    /// None for `grouping_id`.
    grouping: Option<ExprRef>,
    arguments: Vec<ExprRef>,
    span: Span,
}

impl Resolver<'_, '_> {
    /// `grouping(key)` and `grouping_id([keys])`; None for other functions.
    pub(crate) fn grouping_call(&self, call: &FunctionCall, expr: &parsed::Expr) -> Option<Result<ExprRef>> {
        let is_grouping = call.name.last().eq_ignore_ascii_case("grouping");
        (is_grouping || call.name.last().eq_ignore_ascii_case("grouping_id"))
            .then(|| self.grouping_function(is_grouping, call, expr))
    }

    fn grouping_function(&self, is_grouping: bool, call: &FunctionCall, expr: &parsed::Expr) -> Result<ExprRef> {
        if is_grouping && call.arguments.len() != 1 {
            let error = firesteel_expr::coerce::errors::wrong_num_args("grouping", "1", call.arguments.len());
            return Err(error.at(expr.span));
        }
        let Some(groupings) = self.groupings else {
            return Err(error!(UNSUPPORTED_GROUPING_EXPRESSION).at(expr.span));
        };
        let scopes = self.argument_scopes.clone().unwrap_or_else(|| self.scopes.clone());
        let clause = Clause::Other("grouping");
        let inner = Resolver { named: None, aggregates: None, clause, scopes, ..self.clone() };
        let arguments = inner.resolve_all(call.arguments.iter().map(|argument| &argument.value))?;
        let (data_type, grouping) = match is_grouping {
            true => (SqlType::TinyInt, arguments.first().cloned()),
            false => (SqlType::BigInt, None),
        };
        let id = self.analyzer.ids().fresh(self.name_of(expr));
        groupings.borrow_mut().push(GroupingCall { id, grouping, arguments, span: expr.span });
        Ok(Expr::column(id, data_type, false))
    }
}

/// Without grouping sets there is nothing to ask about.
pub(crate) fn check_none(calls: &[GroupingCall]) -> Result<()> {
    match calls.first() {
        Some(call) => Err(error!(UNSUPPORTED_GROUPING_EXPRESSION).at(call.span)),
        None => Ok(()),
    }
}

/// The sets of a SELECT over its keys.
pub(crate) struct GroupingSets {
    /// Per set, which keys it groups by.
    pub(crate) sets: Vec<Vec<bool>>,
}

/// An Expand and what the Aggregate above it groups by.
pub(crate) struct Expanded {
    pub(crate) plan: PlanRef,
    /// The keys in their order, the grouping id, and the sets' places if some set occurs twice.
    pub(crate) keys: Vec<(ColumnId, ExprRef)>,
    grouping_id_below: ExprRef,
    grouping_id: ExprRef,
}

impl GroupingSets {
    pub(crate) fn new(sets: Vec<Vec<bool>>, keys: usize) -> Result<Self> {
        if keys > KEYS_MAX {
            bail!(GROUPING_SIZE_LIMIT_EXCEEDED, maxSize = KEYS_MAX.to_string());
        }
        Ok(Self { sets })
    }

    fn has_duplicates(&self) -> bool {
        let mut sorted: Vec<&Vec<bool>> = self.sets.iter().collect();
        sorted.sort_unstable();
        sorted.windows(2).any(|pair| pair[0] == pair[1])
    }

    pub(crate) fn expand(&self, input: PlanRef, keys: &[(ColumnId, ExprRef)], ids: &ColumnIds) -> Expanded {
        if keys.is_empty() && self.sets.len() == 1 {
            // GROUPING SETS (()): one group, rows or not.
            let zero = Expr::literal(Literal::bigint(0));
            return Expanded { plan: input, keys: Vec::new(), grouping_id_below: Arc::clone(&zero), grouping_id: zero };
        }
        let grouping_id = ids.fresh("spark_grouping_id");
        let position = self.has_duplicates().then(|| ids.fresh("_gen_grouping_pos"));
        let expand = Expand {
            input,
            keys: keys.iter().map(|(id, key)| (ids.fresh_like(*id), Arc::clone(key))).collect(),
            sets: self.sets.clone(),
            grouping_id,
            position,
        };
        let columns = expand.added_columns();
        let above = keys.iter().map(|(id, _)| *id).chain(columns.iter().skip(keys.len()).map(|c| ids.fresh_like(c.id)));
        let keys: Vec<_> = above.zip(&columns).map(|(id, column)| (id, column.to_expr())).collect();
        let number = |id: ColumnId| Expr::column(id, SqlType::BigInt, false);
        let above_id = keys.iter().find(|(_, expr)| expr.as_column() == Some(grouping_id)).map(|(id, _)| number(*id));
        Expanded {
            plan: LogicalPlan::new(Node::Expand(expand)),
            grouping_id: above_id.unwrap_or_else(|| number(grouping_id)),
            grouping_id_below: number(grouping_id),
            keys,
        }
    }
}

impl Expanded {
    /// What the calls mean above the Aggregate: over its grouping id.
    pub(crate) fn meanings(
        &self,
        calls: &[GroupingCall],
        keys: &[(ColumnId, ExprRef)],
        ids: &ColumnIds,
    ) -> Result<Vec<(ColumnId, ExprRef)>> {
        let meaning = |call: &GroupingCall| Ok((call.id, call.meaning(&self.grouping_id, keys, ids)?));
        calls.iter().map(meaning).collect()
    }

    /// Aggregates may ask for it row by row, below the Aggregate.
    pub(crate) fn put_into_arguments(
        &self,
        aggregates: &mut AggregateCalls,
        calls: &[GroupingCall],
        keys: &[(ColumnId, ExprRef)],
        ids: &ColumnIds,
    ) -> Result<()> {
        for (_, aggregate) in &mut aggregates.calls {
            for call in calls {
                let meaning = call.meaning(&self.grouping_id_below, keys, ids)?;
                *aggregate = aggregate.map_inputs(&mut |input| {
                    input.replace_columns(&|id| (id == call.id).then(|| Arc::clone(&meaning)))
                })?;
            }
        }
        Ok(())
    }
}

impl GroupingCall {
    fn meaning(&self, grouping_id: &ExprRef, keys: &[(ColumnId, ExprRef)], ids: &ColumnIds) -> Result<ExprRef> {
        let texts = |exprs: &mut dyn Iterator<Item = &ExprRef>| {
            exprs.map(|expr| expr.display(ids).to_string()).collect::<Vec<_>>().join(",")
        };
        let known = || texts(&mut keys.iter().map(|(_, key)| key));
        let Some(key) = &self.grouping else {
            if self.arguments.is_empty() || self.arguments.iter().eq(keys.iter().map(|(_, key)| key)) {
                return Ok(Arc::clone(grouping_id));
            }
            let asked = texts(&mut self.arguments.iter());
            bail!(GROUPING_ID_COLUMN_MISMATCH, groupingIdColumn = asked, groupByColumns = known());
        };
        let Some(at) = keys.iter().position(|(_, known)| known == key) else {
            let asked = key.display(ids).to_string();
            bail!(GROUPING_COLUMN_MISMATCH, grouping = asked, groupingColumns = known());
        };
        let bit = Expr::literal(Literal::bigint(1_i64.wrapping_shl((keys.len() - 1 - at) as u32)));
        let masked = Expr::call_named("&", vec![Arc::clone(grouping_id), bit])?;
        let kept = Expr::call_named("=", vec![masked, Expr::literal(Literal::bigint(0))])?;
        let tiny = |value: i8| Expr::literal(Literal::tinyint(value));
        Expr::call_named("when", vec![kept, tiny(0), tiny(1)])
    }
}
