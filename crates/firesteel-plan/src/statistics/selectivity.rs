//! The share of rows for which a predicate is TRUE, and what is then known of its columns.
//!
//! Without knowledge System R's rules of thumb hold (Selinger et al., 1979): equality 1/distinct, ranges by interpolation
//! between min and max, else one third. Conjuncts over different columns are taken as half dependent each: the most
//! selective counts fully, the next by its square root, and so on (exponential back-off). Two ranges over one column are
//! one range.

use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, Source};
use firesteel_common::ColumnId;
use firesteel_expr::{Expr, ExprRef, Literal};
use hashbrown::HashMap;

use super::{Statistics, distinct_of, integer_span, number, shrink, usual_max};

/// Texts that begin, end or contain something: rules of thumb.
const LIKE_PREFIX: f64 = 0.05;
const LIKE_CONTAINS: f64 = 0.1;
const NOT_NULL: f64 = 0.95;

/// Further conjuncts are taken to follow from these.
const BACK_OFF_TERMS: usize = 4;

/// What passes a filter of these conjuncts.
pub fn filtered(input: &Statistics, conjuncts: &[ExprRef]) -> Statistics {
    if conjuncts.is_empty() {
        return input.clone();
    }
    let mut narrowed = Narrowed::default();
    let mut others = Vec::new();
    for conjunct in conjuncts {
        if !narrowed.add(conjunct, input) {
            others.push(selectivity(conjunct, input));
        }
    }
    let (columns, mut shares) = narrowed.finish(input);
    shares.extend(others);
    let share = together(shares);
    // A row is as good as none, and does not make what is above it free.
    let rows = input.rows.combine(share, |rows, share| (rows * share).max(rows.min(1.0)));
    let mut statistics = Statistics { rows, ..input.clone() };
    for (id, column) in &mut statistics.columns {
        if !columns.contains_key(id) {
            shrink(column, input.rows.value, rows.value);
        }
    }
    statistics.columns.extend(columns);
    equal_columns(&mut statistics, conjuncts);
    statistics
}

/// The share that passes all of them, which may depend on each other.
fn together(mut shares: Vec<Estimate>) -> Estimate {
    shares.sort_unstable_by(|a, b| a.value.total_cmp(&b.value));
    let one = Estimate { value: 1.0, source: Source::Derived };
    let weighted = shares
        .iter()
        .take(BACK_OFF_TERMS)
        .enumerate()
        .map(|(at, share)| Estimate { value: share.value.powf(0.5_f64.powi(at as i32)), source: share.source });
    weighted.fold(one, |a, b| a.combine(b, |a, b| a * b))
}

/// `a = b` leaves the values that both have.
fn equal_columns(statistics: &mut Statistics, conjuncts: &[ExprRef]) {
    for conjunct in conjuncts {
        let Some([left, right]) = conjunct.as_call("=") else { continue };
        let (Some(left), Some(right)) = (left.as_column(), right.as_column()) else { continue };
        let (Some(l), Some(r)) = (statistics.distinct(left), statistics.distinct(right)) else { continue };
        let least = if l.value < r.value { l } else { r };
        for id in [left, right] {
            statistics.columns.entry(id).or_default().distinct = Some(least);
        }
    }
}

/// The share of rows for which a predicate is TRUE, 0 to 1; guessed where nothing is known.
pub fn selectivity(predicate: &Expr, input: &Statistics) -> Estimate {
    if let Some(literal) = predicate.as_literal() {
        return derived(if literal.as_boolean() == Some(true) { 1.0 } else { 0.0 });
    }
    if let Some(args) = predicate.as_call("and") {
        let all = filtered(input, args);
        return Estimate { value: (all.rows.value / input.rows.value.max(1.0)).min(1.0), ..all.rows };
    }
    if let Some(args) = predicate.as_call("or") {
        return one_of(args, input);
    }
    if let Some([arg]) = predicate.as_call("not") {
        let inner = selectivity(arg, input);
        return Estimate { value: 1.0 - inner.value, ..inner };
    }
    if let Some([arg]) = predicate.as_call("isnotnull") {
        let nulls = null_share(arg, input);
        return nulls.map_or(Estimate::guessed(NOT_NULL), |nulls| Estimate { value: 1.0 - nulls.value, ..nulls });
    }
    if let Some([arg]) = predicate.as_call("isnull") {
        return null_share(arg, input).unwrap_or(Estimate::guessed(1.0 - NOT_NULL));
    }
    if let Some([needle, list @ ..]) = predicate.as_call("in") {
        let one = equality(needle, input);
        return Estimate { value: (one.value * list.len() as f64).min(1.0), ..one };
    }
    if let Some([_, pattern, ..]) = predicate.as_call("like").or_else(|| predicate.as_call("ilike")) {
        return like(pattern);
    }
    let mut narrowed = Narrowed::default();
    if narrowed.add_part(predicate, input) {
        let (_, shares) = narrowed.finish(input);
        return together(shares);
    }
    compared(predicate, input)
}

/// Disjuncts hide each other as far as they are independent; equalities of one column exclude each other.
fn one_of(args: &[ExprRef], input: &Statistics) -> Estimate {
    let each: Vec<_> = args.iter().map(|arg| selectivity(arg, input)).collect();
    let exclusive = args
        .first()
        .and_then(|first| equated(first))
        .filter(|first| args.iter().all(|arg| equated(arg).as_ref() == Some(first)));
    let value = match exclusive {
        Some(_) => each.iter().map(|share| share.value).sum::<f64>().min(1.0),
        None => 1.0 - each.iter().map(|share| 1.0 - share.value).product::<f64>(),
    };
    let source = each.iter().map(|share| share.source).fold(Source::Derived, Ord::max);
    Estimate { value, source }
}

/// The column of `column = literal`.
fn equated(expr: &Expr) -> Option<ColumnId> {
    let (id, name, _) = expr.as_column_and_literal()?;
    (name == "=").then_some(id)
}

fn derived(value: f64) -> Estimate {
    Estimate { value, source: Source::Derived }
}

fn null_share(arg: &Expr, input: &Statistics) -> Option<Estimate> {
    if !arg.nullable() {
        return Some(derived(0.0));
    }
    let nulls = input.columns.get(&arg.as_column()?)?.nulls?;
    Some(nulls.combine(input.rows, |nulls, rows| (nulls / rows.max(1.0)).min(1.0)))
}

/// One value of an expression: 1 / distinct.
fn equality(expr: &Expr, input: &Statistics) -> Estimate {
    match distinct_of(expr, input) {
        Some(distinct) => {
            Estimate { value: 1.0 / distinct.value.max(1.0), source: distinct.source.max(Source::Derived) }
        }
        None => Estimate::guessed(0.1),
    }
}

fn like(pattern: &Expr) -> Estimate {
    let Some(pattern) = pattern.as_literal().and_then(Literal::as_str) else { return Estimate::guessed(LIKE_CONTAINS) };
    let plain = pattern.chars().filter(|char| !matches!(char, '%' | '_')).count();
    Estimate::guessed(match () {
        // Only wildcards: nearly everything.
        () if plain == 0 => NOT_NULL,
        () if pattern.starts_with('%') => LIKE_CONTAINS,
        () => LIKE_PREFIX,
    })
}

/// Comparisons that no bounds can judge.
fn compared(predicate: &Expr, input: &Statistics) -> Estimate {
    for name in ["=", "<=>"] {
        let Some([left, right]) = predicate.as_call(name) else { continue };
        let (l, r) = (equality(left, input), equality(right, input));
        // Literals are one value; the other side decides.
        return match (left.as_literal(), right.as_literal()) {
            (None, None) => l.combine(r, f64::min),
            (Some(_), _) => r,
            (_, Some(_)) => l,
        };
    }
    if let Some([left, right]) = predicate.as_call("!=") {
        let (l, r) = (equality(left, input), equality(right, input));
        let one = if left.as_literal().is_some() { r } else { l };
        return Estimate { value: 1.0 - one.value, ..one };
    }
    Estimate::guessed(1.0 / 3.0)
}

/// What comparisons with literals leave of columns.
#[derive(Default)]
struct Narrowed {
    columns: HashMap<ColumnId, Bounds>,
}

/// What is left of one column.
#[derive(Default)]
struct Bounds {
    above: Option<ScalarValue>,
    below: Option<ScalarValue>,
    /// Values that may be left, when they are listed.
    values: Option<Vec<ScalarValue>>,
}

impl Narrowed {
    /// Whether the conjunct says nothing but what is kept here.
    fn add(&mut self, conjunct: &Expr, input: &Statistics) -> bool {
        self.add_part(conjunct, input) || self.add_list(conjunct, input)
    }

    fn add_part(&mut self, conjunct: &Expr, input: &Statistics) -> bool {
        let Some((id, name, value)) = conjunct.as_column_and_literal() else { return false };
        match name {
            "=" => self.list(id, vec![value.value().clone()], input),
            _ => self.bound(id, name, value, input),
        }
    }

    fn add_list(&mut self, conjunct: &Expr, input: &Statistics) -> bool {
        let Some([needle, list @ ..]) = conjunct.as_call("in") else { return false };
        let Some(id) = needle.as_column() else { return false };
        let values = list.iter().map(|item| item.as_literal().map(|literal| literal.value().clone()));
        values.collect::<Option<Vec<_>>>().is_some_and(|values| self.list(id, values, input))
    }

    fn list(&mut self, id: ColumnId, mut values: Vec<ScalarValue>, input: &Statistics) -> bool {
        if input.distinct(id).is_none() {
            return false;
        }
        values.retain(|value| !value.is_null());
        let bounds = self.columns.entry(id).or_default();
        if let Some(known) = &bounds.values {
            values.retain(|value| known.contains(value));
        }
        bounds.values = Some(values);
        true
    }

    fn bound(&mut self, id: ColumnId, name: &str, value: &Literal, input: &Statistics) -> bool {
        let Some(column) = input.columns.get(&id) else { return false };
        let known = |bound: &Option<ScalarValue>| bound.as_ref().and_then(number).is_some();
        if !known(&column.min) || !known(&column.max) || number(value.value()).is_none() {
            return false;
        }
        let bounds = self.columns.entry(id).or_default();
        let (end, smaller) = match name {
            "<" | "<=" => (&mut bounds.below, true),
            _ => (&mut bounds.above, false),
        };
        let value = value.value();
        if end.as_ref().is_none_or(|end| (value < end) == smaller) {
            *end = Some(value.clone());
        }
        true
    }

    /// The columns as they are afterwards, and the share that each lets pass.
    fn finish(self, input: &Statistics) -> (HashMap<ColumnId, ColumnStatistics>, Vec<Estimate>) {
        let narrowed = self.columns.into_iter().map(|(id, bounds)| {
            let column = input.columns.get(&id).cloned().unwrap_or_default();
            let (column, share) = bounds.apply(column, input.distinct(id), input.rows.value);
            ((id, column), share)
        });
        narrowed.unzip()
    }
}

impl Bounds {
    fn apply(
        self,
        mut column: ColumnStatistics,
        distinct: Option<Estimate>,
        rows: f64,
    ) -> (ColumnStatistics, Estimate) {
        let not_null = column.nulls.map_or(1.0, |nulls| 1.0 - (nulls.value / rows.max(1.0)).min(1.0));
        column.nulls = Some(Estimate::exact(0.0));
        if let (Some(values), Some(distinct)) = (&self.values, distinct) {
            let left: Vec<_> = values.iter().filter(|value| lies_within(value, &column)).cloned().collect();
            let value = (left.len() as f64 / distinct.value).min(1.0) * not_null;
            column.distinct = Some(derived((left.len() as f64).min(distinct.value)));
            if let (Some(min), Some(max)) = (extreme(&left, true), extreme(&left, false)) {
                (column.min, column.max) = (Some(min), Some(max));
            }
            return (column, Estimate { value, source: distinct.source.max(Source::Derived) });
        }
        let share = self.share_of(&column, distinct);
        column.distinct = column
            .distinct
            .map(|distinct| Estimate { value: (distinct.value * share).max(1.0), ..distinct.scaled(1.0) });
        let tighter = |new: Option<ScalarValue>, old: Option<ScalarValue>, larger: bool| match (new, old) {
            (Some(new), Some(old)) => Some(if (new > old) == larger { new } else { old }),
            (new, old) => new.or(old),
        };
        column.min = tighter(self.above, column.min, true);
        column.max = tighter(self.below, column.max, false);
        (column, derived(share * not_null))
    }

    /// By interpolation between the column's own bounds; never less than one of its values.
    fn share_of(&self, column: &ColumnStatistics, distinct: Option<Estimate>) -> f64 {
        let (Some(min), Some(max)) = (column.min.as_ref().and_then(number), usual_max(column)) else {
            return 1.0 / 3.0;
        };
        let above = self.above.as_ref().and_then(number).unwrap_or(min).max(min);
        let below = self.below.as_ref().and_then(number).unwrap_or(max).min(max);
        if above > below {
            return 0.0;
        }
        let least = distinct.or_else(|| integer_span(column)).map_or(0.001, |distinct| 1.0 / distinct.value.max(1.0));
        ((below - above) / (max - min).max(f64::MIN_POSITIVE)).clamp(least.min(1.0), 1.0)
    }
}

fn lies_within(value: &ScalarValue, column: &ColumnStatistics) -> bool {
    let not = |bound: &Option<ScalarValue>, outside: fn(&ScalarValue, &ScalarValue) -> bool| {
        bound.as_ref().is_none_or(|bound| !outside(value, bound))
    };
    not(&column.min, |value, min| value < min) && not(&column.max, |value, max| value > max)
}

fn extreme(values: &[ScalarValue], smallest: bool) -> Option<ScalarValue> {
    let better = |a: &ScalarValue, b: &ScalarValue| (a < b) == smallest;
    values.iter().cloned().reduce(|best, next| if better(&next, &best) { next } else { best })
}
