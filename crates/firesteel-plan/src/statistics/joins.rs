//! How many rows joins give.
//!
//! The smaller side's keys are taken to be among the larger one's (containment): `|L| * |R| / max(distinct)`. Keys of
//! several columns have no more combinations than the smaller of the two tables has rows: that is what makes
//! `lineitem JOIN partsupp ON partkey AND suppkey` give lineitem's rows and not a few of them.

use firesteel_catalog::Estimate;
use firesteel_expr::ExprRef;

use super::{Statistics, distinct_of};
use crate::logical::{Join, JoinKey, JoinKind};

/// Of how many values a key of one side is; what nobody knows counts as unique.
fn distinct(key: &ExprRef, side: &Statistics) -> Estimate {
    distinct_of(key, side).unwrap_or(Estimate::guessed(side.rows.value.max(1.0)))
}

/// Rows of the table that all of these keys were read from, if it is one table.
fn table_rows<'a>(keys: impl Iterator<Item = &'a ExprRef>, side: &Statistics) -> Option<f64> {
    let mut origins = keys.map(|key| key.as_column().and_then(|id| side.origins.get(&id)));
    let first = origins.next()??;
    origins.all(|origin| origin.is_some_and(|origin| origin.table == first.table)).then_some(first.rows)
}

/// Pairs with equal keys.
pub fn pairs(left: &Statistics, right: &Statistics, keys: &[JoinKey]) -> Estimate {
    let all = left.rows.combine(right.rows, |l, r| l * r);
    let domain = keys
        .iter()
        .map(|key| {
            let (l, r) = (distinct(&key.left, left), distinct(&key.right, right));
            l.combine(r, f64::max)
        })
        .reduce(|a, b| a.combine(b, |a, b| a * b));
    let Some(domain) = domain else { return all };
    let mut value = domain.value.max(1.0);
    let tables =
        (table_rows(keys.iter().map(|key| &key.left), left), table_rows(keys.iter().map(|key| &key.right), right));
    if let (Some(of_left), Some(of_right)) = tables
        && keys.len() > 1
    {
        // At least what the most selective key alone says.
        let larger = |key: &JoinKey| distinct(&key.left, left).value.max(distinct(&key.right, right).value);
        let least = keys.iter().map(larger).fold(1.0, f64::max);
        value = value.min(of_left.min(of_right).max(least));
    }
    all.combine(Estimate { value, ..domain }, |all, domain| all / domain)
}

/// The share of the left side's rows that have a partner, 0 to 1.
pub fn matched(left: &Statistics, right: &Statistics, keys: &[JoinKey]) -> Estimate {
    let one = Estimate::exact(1.0);
    let share = keys.iter().map(|key| {
        let (l, r) = (distinct(&key.left, left), distinct(&key.right, right));
        l.combine(r, |l, r| (r / l).min(1.0))
    });
    // Of several keys the one that lets the fewest through; more would count the same rows twice.
    share.reduce(|a, b| if b.value < a.value { b } else { a }).unwrap_or(one)
}

/// Rows of a join whose inner join has `inner` rows; `matched` of the left ones find a partner by their keys.
pub fn rows(kind: JoinKind, left: &Statistics, right: &Statistics, inner: Estimate, matched: Estimate) -> Estimate {
    let value = rows_of_kind(kind, left.rows.value, right.rows.value, inner.value, matched.value);
    Estimate { value, source: inner.source }
}

/// As [`rows`], of numbers.
pub fn rows_of_kind(kind: JoinKind, left: f64, right: f64, inner: f64, matched: f64) -> f64 {
    match kind {
        JoinKind::Inner => inner,
        JoinKind::Left => inner.max(left),
        JoinKind::Right => inner.max(right),
        JoinKind::Full => inner.max(left).max(right),
        JoinKind::LeftSemi => (left * matched).min(inner),
        JoinKind::Mark(_) | JoinKind::Single => left,
        // That nothing is left is never certain.
        JoinKind::LeftAnti => (left - (left * matched).min(inner)).max(0.1 * left),
    }
}

/// What identifies a row of the join's result.
pub(super) fn unique(join: &Join) -> Vec<Vec<firesteel_common::ColumnId>> {
    let (left, right) = (join.left.statistics(), join.right.statistics());
    let left_keys: Vec<_> = join.keys.iter().filter_map(|key| key.left.as_column()).collect();
    let right_keys: Vec<_> = join.keys.iter().filter_map(|key| key.right.as_column()).collect();
    // Each row of the one side finds at most one of the other.
    let (one_right, one_left) = (right.is_unique(&right_keys), left.is_unique(&left_keys));
    let mut unique = Vec::new();
    match join.kind {
        JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => return left.unique.clone(),
        JoinKind::Inner => {
            unique.extend(left.unique.iter().filter(|_| one_right).cloned());
            unique.extend(right.unique.iter().filter(|_| one_left).cloned());
        }
        JoinKind::Left => unique.extend(left.unique.iter().filter(|_| one_right).cloned()),
        JoinKind::Right => unique.extend(right.unique.iter().filter(|_| one_left).cloned()),
        // Rows without a partner are NULL on the other side: there no key tells them apart.
        JoinKind::Full => return unique,
    }
    if unique.is_empty()
        && let (Some(l), Some(r)) = (left.unique.first(), right.unique.first())
    {
        unique.push(l.iter().chain(r).copied().collect());
    }
    unique
}
