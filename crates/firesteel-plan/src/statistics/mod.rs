//! How much data a logical node gives: derived bottom-up from what tables and finished stages know.
//!
//! ```text
//! tables (footers, ANALYZE) ──▶ rows, per column: bounds, NULLs, distinct values ──node by node──▶ the same of the plan
//! ```
//! - [`mod@selectivity`]: predicates, and what they leave of the columns they speak of.
//! - [`joins`]: pairs of rows, also without a plan at hand: what the join order asks for thousands of times.
//! - [`groups`]: distinct values of expressions and of lists of them.
//!
//! Every number carries its source; whoever combines two is as unsure as the less sure one.

pub mod groups;
pub mod joins;
pub mod selectivity;

use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, Source};
use firesteel_common::ColumnId;
use firesteel_expr::ExprRef;
use firesteel_expr::window::{Ranking, WindowCall, WindowFunction};
use hashbrown::HashMap;

use crate::logical::{
    Aggregate, Expand, Generate, Generator, Join, JoinKey, JoinKind, Limit, LogicalPlan, Node, Project, Range,
    Relation, Union, Values, Window, WindowGroupLimit,
};
use crate::schema::PlanColumn;

pub use groups::distinct_of;
pub use selectivity::{filtered, selectivity};

/// Rows, and what is known of each column by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    pub rows: Estimate,
    pub columns: HashMap<ColumnId, ColumnStatistics>,
    /// Lists of columns, each of which no two rows have alike. Proven by the plan's shape, never estimated.
    pub unique: Vec<Vec<ColumnId>>,
    /// The tables that columns were read from.
    pub origins: HashMap<ColumnId, Origin>,
}

/// A table read: no table has more combinations of its columns than rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Origin {
    /// Its first column, which names this read of it.
    pub table: ColumnId,
    /// Before any filter.
    pub rows: f64,
}

impl Statistics {
    pub fn new(rows: Estimate, columns: HashMap<ColumnId, ColumnStatistics>) -> Self {
        Self { rows, columns, unique: Vec::new(), origins: HashMap::new() }
    }

    pub fn of_rows(rows: Estimate) -> Self {
        Self::new(rows, HashMap::new())
    }

    /// Distinct values of a column: at most the rows, and as many as lie between its bounds.
    pub fn distinct(&self, id: ColumnId) -> Option<Estimate> {
        let column = self.columns.get(&id);
        let (counted, span) = (column.and_then(|column| column.distinct), column.and_then(integer_span));
        let known = match (counted, span) {
            (Some(counted), Some(span)) if span.value < counted.value => span,
            (Some(known), _) | (None, Some(known)) => known,
            (None, None) if self.is_unique(&[id]) => self.rows,
            (None, None) => return None,
        };
        Some(Estimate { value: known.value.min(self.rows.value).max(1.0), source: known.source })
    }

    /// Whether no two rows agree in all of these columns.
    pub fn is_unique(&self, columns: &[ColumnId]) -> bool {
        self.unique.iter().any(|key| key.iter().all(|id| columns.contains(id)))
    }

    /// Whether the column looks like a key: about as many distinct values as rows.
    pub fn looks_unique(&self, id: ColumnId) -> bool {
        self.is_unique(&[id])
            || self
                .distinct(id)
                .is_some_and(|distinct| distinct.value >= 0.9 * self.rows.value && self.rows.value > 1.0)
    }

    /// What is known of some of the columns, under other ids, when there are this many rows. `columns` have the new ids.
    pub fn of_columns(
        &self,
        rows: Estimate,
        rename: impl Fn(ColumnId) -> ColumnId,
        columns: &[PlanColumn],
    ) -> Statistics {
        let kept = |id: ColumnId| Some(rename(id)).filter(|new| columns.iter().any(|column| column.id == *new));
        let all = self.with_rows(rows);
        let mut new = Statistics::new(
            rows,
            all.columns.into_iter().filter_map(|(id, column)| Some((kept(id)?, column))).collect(),
        );
        let key = |key: &Vec<ColumnId>| key.iter().map(|id| kept(*id)).collect::<Option<Vec<_>>>();
        new.unique = all.unique.iter().filter_map(key).collect();
        new.origins = all.origins.into_iter().filter_map(|(id, origin)| Some((kept(id)?, origin))).collect();
        new
    }

    /// The same with this many rows, `unique` and all: distinct values shrink with the rows that hold them.
    fn with_rows(&self, rows: Estimate) -> Self {
        let mut new = self.clone();
        if rows.value < self.rows.value {
            for column in new.columns.values_mut() {
                shrink(column, self.rows.value, rows.value);
            }
        }
        new.rows = rows;
        new
    }
}

/// What is left of a column when only `after` of `before` rows are, whichever they are.
fn shrink(column: &mut ColumnStatistics, before: f64, after: f64) {
    if let Some(distinct) = &mut column.distinct {
        let value = groups::seen(distinct.value.min(before), after);
        *distinct = Estimate { value, source: distinct.source.max(Source::Derived) };
    }
    if let Some(nulls) = &mut column.nulls
        && nulls.value > 0.0
    {
        *nulls = nulls.scaled(after / before.max(1.0));
    }
}

/// An integer or date column has at most as many values as lie between its bounds.
fn integer_span(column: &ColumnStatistics) -> Option<Estimate> {
    let whole = matches!(
        column.min.as_ref()?,
        ScalarValue::Int8(_)
            | ScalarValue::Int16(_)
            | ScalarValue::Int32(_)
            | ScalarValue::Int64(_)
            | ScalarValue::Date32(_)
            | ScalarValue::Decimal128(..)
    );
    let (min, max) = (number(column.min.as_ref()?)?, usual_max(column)?);
    let unit = match column.min {
        Some(ScalarValue::Decimal128(_, _, scale)) => 10_f64.powi(i32::from(scale)),
        _ => 1.0,
    };
    whole.then_some(Estimate { value: (max - min) * unit + 1.0, source: Source::Derived })
}

/// Where values are to be looked for: at the upper end, on the number line.
fn usual_max(column: &ColumnStatistics) -> Option<f64> {
    let max = number(column.max.as_ref()?)?;
    Some(column.usual_max.map_or(max, |usual| usual.min(max)))
}

/// The smallest and largest value of an integral column, as far as they are known: no value lies outside.
pub fn integer_bounds(statistics: &Statistics, id: ColumnId) -> Option<(i128, i128)> {
    let whole = |value: &ScalarValue| match value {
        ScalarValue::Int8(value) => value.map(i128::from),
        ScalarValue::Int16(value) => value.map(i128::from),
        ScalarValue::Int32(value) => value.map(i128::from),
        ScalarValue::Int64(value) => value.map(i128::from),
        _ => None,
    };
    let column = statistics.columns.get(&id)?;
    Some((whole(column.min.as_ref()?)?, whole(column.max.as_ref()?)?))
}

/// A value on the number line, in whole units of its type: days, microseconds, decimals as what they mean.
pub(crate) fn number(value: &ScalarValue) -> Option<f64> {
    Some(match value {
        ScalarValue::Int8(Some(value)) => f64::from(*value),
        ScalarValue::Int16(Some(value)) => f64::from(*value),
        ScalarValue::Int32(Some(value)) | ScalarValue::Date32(Some(value)) => f64::from(*value),
        ScalarValue::Int64(Some(value)) | ScalarValue::TimestampMicrosecond(Some(value), _) => *value as f64,
        ScalarValue::Float32(Some(value)) => f64::from(*value),
        ScalarValue::Float64(Some(value)) => *value,
        ScalarValue::Decimal128(Some(value), _, scale) => *value as f64 / 10_f64.powi(i32::from(*scale)),
        ScalarValue::Utf8View(Some(text)) => text_number(text),
        _ => return None,
    })
}

/// The first bytes as a fraction: in the order of the texts, coarse.
fn text_number(text: &str) -> f64 {
    let bytes = text.bytes().chain(std::iter::repeat(0)).take(6);
    bytes.fold(0.0, |number, byte| number * 256.0 + f64::from(byte))
}

pub(crate) fn derive(plan: &LogicalPlan) -> Statistics {
    match &plan.node {
        Node::Relation(relation) => of_relation(relation),
        Node::Values(values) => of_values(values),
        Node::Materialized(leaf) => Statistics::clone(&leaf.statistics),
        Node::Project(project) => of_project(project),
        Node::Filter(filter) => filtered(filter.input.statistics(), &filter.predicate.conjuncts()),
        Node::Aggregate(aggregate) => of_aggregate(aggregate),
        Node::Join(join) => of_join(join),
        // Gone before anybody estimates.
        Node::DependentJoin(join) => Statistics::clone(join.left.statistics()),
        Node::Sort(sort) => Statistics::clone(sort.input.statistics()),
        Node::Limit(limit) => of_limit(limit),
        Node::Union(union) => of_union(union),
        Node::CommonTables(tables) => Statistics::clone(tables.input.statistics()),
        Node::CommonTableScan(scan) => Statistics::clone(&scan.statistics),
        Node::Window(window) => of_window(window),
        Node::WindowGroupLimit(limit) => of_group_limit(limit),
        Node::Expand(expand) => of_expand(expand),
        Node::Generate(generate) => of_generate(generate),
        Node::Range(range) => of_range(range),
        Node::Recursion(recursion) => {
            let (anchor, step) = (recursion.anchor.0.statistics(), recursion.step.0.statistics());
            Statistics::of_rows(Estimate::guessed(anchor.rows.value + 10.0 * step.rows.value))
        }
        Node::Sample(sample) => {
            let input = sample.input.statistics();
            Statistics { rows: input.rows.scaled(sample.fraction), ..Statistics::clone(input) }
        }
        Node::WorkingTable(_) => Statistics::of_rows(Estimate::guessed(1000.0)),
    }
}

/// Without knowledge of a collection's size it is taken to be four.
fn of_generate(generate: &Generate) -> Statistics {
    let input = generate.input.statistics();
    let rows = match &generate.generator {
        Generator::Stack { rows, .. } => input.rows.scaled(*rows as f64),
        Generator::Replicate(_) => Estimate::guessed(input.rows.value),
        Generator::Explode { .. } | Generator::Inline(_) => Estimate::guessed(4.0 * input.rows.value),
    };
    Statistics::new(rows, input.columns.clone())
}

fn of_range(range: &Range) -> Statistics {
    let bound = |value: i64| Some(ScalarValue::Int64(Some(value)));
    let last = range.last().unwrap_or(range.start);
    let column = ColumnStatistics {
        min: bound(range.start.min(last)),
        max: bound(range.start.max(last)),
        distinct: Some(Estimate::exact(range.count as f64)),
        ..ColumnStatistics::default()
    };
    Statistics::new(Estimate::exact(range.count as f64), [(range.id, column)].into_iter().collect())
}

/// Every row once per set; a key has one value more.
fn of_expand(expand: &Expand) -> Statistics {
    let input = expand.input.statistics();
    let known = |(id, key): &(ColumnId, ExprRef)| {
        let known = input.columns.get(&key.as_column()?)?;
        let distinct = known.distinct.map(|distinct| Estimate { value: distinct.value + 1.0, ..distinct });
        Some((*id, ColumnStatistics { distinct, nulls: None, ..known.clone() }))
    };
    let mut columns = input.columns.clone();
    columns.extend(expand.keys.iter().filter_map(known));
    Statistics::new(input.rows.scaled(expand.sets.len() as f64), columns)
}

fn of_relation(relation: &Relation) -> Statistics {
    let table = relation.table.statistics();
    let columns = relation.columns.iter().filter_map(|(at, id)| Some((*id, table.columns.get(*at)?.clone())));
    let mut all = Statistics::new(table.rows, columns.collect());
    if let Some((_, first)) = relation.columns.first() {
        let origin = Origin { table: *first, rows: table.rows.value };
        all.origins = relation.columns.iter().map(|(_, id)| (*id, origin)).collect();
    }
    filtered(&all, &relation.filters)
}

fn of_values(values: &Values) -> Statistics {
    let rows = values.rows.len();
    let mut statistics = Statistics::of_rows(Estimate::exact(rows as f64));
    if rows <= 1 {
        statistics.unique.push(Vec::new());
    }
    // Long lists are not worth reading twice.
    if rows <= 1000 {
        let column = |(at, id): (usize, ColumnId)| Some((id, known_values(values.rows.iter().map(|row| &row[at]))?));
        let ids = values.columns.iter().map(|column| column.id).enumerate();
        statistics.columns = ids.filter_map(column).collect();
    }
    statistics
}

/// What is to be said of a column whose values are written down; `None` when some are not literals.
fn known_values<'a>(values: impl Iterator<Item = &'a ExprRef>) -> Option<ColumnStatistics> {
    let literals = values.map(|value| value.as_literal()).collect::<Option<Vec<_>>>()?;
    let mut distinct: Vec<&ScalarValue> = literals.iter().map(|l| l.value()).filter(|v| !v.is_null()).collect();
    let nulls = literals.len() - distinct.len();
    distinct.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    distinct.dedup();
    let bounded = distinct.iter().all(|value| number(value).is_some_and(|number| !number.is_nan()));
    let bound = |value: Option<&&ScalarValue>| value.filter(|_| bounded).map(|value| ScalarValue::clone(value));
    Some(ColumnStatistics {
        min: bound(distinct.first()),
        max: bound(distinct.last()),
        nulls: Some(Estimate::exact(nulls as f64)),
        distinct: Some(Estimate::exact(distinct.len() as f64)),
        ..ColumnStatistics::default()
    })
}

fn of_project(project: &Project) -> Statistics {
    let input = project.input.statistics();
    let mut statistics = Statistics::of_rows(input.rows);
    let mut renamed: HashMap<ColumnId, ColumnId> = HashMap::new();
    for (id, expr) in &project.exprs {
        match expr.as_column() {
            Some(column) => {
                renamed.entry(column).or_insert(*id);
                statistics.columns.extend(input.columns.get(&column).map(|known| (*id, known.clone())));
                statistics.origins.extend(input.origins.get(&column).map(|origin| (*id, *origin)));
            }
            None => {
                let distinct = distinct_of(expr, input);
                let known =
                    distinct.map(|distinct| ColumnStatistics { distinct: Some(distinct), ..Default::default() });
                statistics.columns.extend(known.map(|known| (*id, known)));
            }
        }
    }
    let key = |key: &Vec<ColumnId>| key.iter().map(|id| renamed.get(id).copied()).collect::<Option<Vec<_>>>();
    statistics.unique = input.unique.iter().filter_map(key).collect();
    statistics
}

fn of_aggregate(aggregate: &Aggregate) -> Statistics {
    let input = aggregate.input.statistics();
    if aggregate.keys.is_empty() {
        let mut one = Statistics::of_rows(Estimate::exact(1.0));
        one.unique.push(Vec::new());
        return one;
    }
    let keys: Vec<&ExprRef> = aggregate.keys.iter().map(|(_, key)| key).collect();
    let rows = groups::combinations(&keys, input);
    let mut statistics = Statistics::of_rows(rows);
    for (id, key) in &aggregate.keys {
        let mut known = key.as_column().and_then(|id| input.columns.get(&id).cloned()).unwrap_or_default();
        known.distinct = known.distinct.or_else(|| distinct_of(key, input));
        // One group holds all the NULLs.
        known.nulls = known.nulls.filter(|nulls| nulls.value == 0.0);
        statistics.columns.insert(*id, known);
        let origin = key.as_column().and_then(|id| input.origins.get(&id));
        statistics.origins.extend(origin.map(|origin| (*id, *origin)));
    }
    statistics.unique.push(aggregate.keys.iter().map(|(id, _)| *id).collect());
    statistics
}

fn of_limit(limit: &Limit) -> Statistics {
    let input = limit.input.statistics();
    let left = (input.rows.value - limit.offset as f64).max(0.0);
    let value = limit.count.map_or(left, |count| left.min(count as f64));
    let mut statistics = input.with_rows(Estimate { value, source: input.rows.source });
    if limit.count.is_some_and(|count| count <= 1) {
        statistics.unique.push(Vec::new());
    }
    statistics
}

/// Ranks are at least one and at most what a partition may have, usually as many as it has.
fn of_window(window: &Window) -> Statistics {
    let input = window.input.statistics();
    let mut statistics = Statistics::clone(input);
    let partitions = groups::combinations(&window.partition_by.iter().collect::<Vec<_>>(), input);
    let rank = ColumnStatistics {
        min: Some(ScalarValue::Int32(Some(1))),
        max: Some(ScalarValue::Int32(Some(Ranking::MAX))),
        usual_max: Some((input.rows.value / partitions.value.max(1.0)).max(1.0)),
        nulls: Some(Estimate::exact(0.0)),
        ..ColumnStatistics::default()
    };
    let counts = |call: &WindowCall| matches!(call.function, WindowFunction::Ranking(ranking) if ranking.counts_up());
    let ranks = window.calls.iter().filter(|(_, call)| counts(call));
    statistics.columns.extend(ranks.map(|(id, _)| (*id, rank.clone())));
    statistics
}

/// As many of each partition, where ranks do not tie.
fn of_group_limit(limit: &WindowGroupLimit) -> Statistics {
    let input = limit.input.statistics();
    let partitions = groups::combinations(&limit.partition_by.iter().collect::<Vec<_>>(), input);
    input.with_rows(partitions.scaled(limit.count as f64).combine(input.rows, f64::min))
}

fn of_union(union: &Union) -> Statistics {
    let inputs: Vec<&Statistics> = union.inputs.iter().map(|(input, _)| input.statistics().as_ref()).collect();
    let add = |a: Estimate, b: Estimate| Estimate { value: a.value + b.value, source: a.source.max(b.source) };
    let rows = inputs.iter().map(|input| input.rows).fold(Estimate::exact(0.0), add);
    let column = |at: usize| -> Option<ColumnStatistics> {
        let mut known = union.inputs.iter().map(|(input, ids)| input.statistics().columns.get(&ids[at]).cloned());
        let first = known.next()??;
        known.try_fold(first, |all, next| Some(either(all, next?)))
    };
    let columns = union.columns.iter().enumerate().filter_map(|(at, plan)| Some((plan.id, column(at)?)));
    Statistics::new(rows, columns.collect())
}

/// What holds of a column that has the values of both.
fn either(a: ColumnStatistics, b: ColumnStatistics) -> ColumnStatistics {
    let sum = |a: Option<Estimate>, b: Option<Estimate>| Some(a?.combine(b?, |a, b| a + b));
    let pick = |a: Option<ScalarValue>, b: Option<ScalarValue>, smaller: bool| {
        let (a, b) = (a?, b?);
        Some(if (a < b) == smaller { a } else { b })
    };
    ColumnStatistics {
        min: pick(a.min, b.min, true),
        max: pick(a.max, b.max, false),
        nulls: sum(a.nulls, b.nulls),
        distinct: sum(a.distinct, b.distinct),
        ..ColumnStatistics::default()
    }
}

fn of_join(join: &Join) -> Statistics {
    let (left, right) = (join.left.statistics(), join.right.statistics());
    let pairs = joins::pairs(left, right, &join.keys);
    let mut both = left.columns.clone();
    both.extend(right.columns.iter().map(|(id, column)| (*id, column.clone())));
    let inner = filtered(&Statistics::new(pairs, both), join.filter.as_slice());
    let rows = joins::rows(join.kind, left, right, inner.rows, joins::matched(left, right, &join.keys));
    let mut statistics = match join.kind {
        JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_) => left.with_rows(rows),
        _ => {
            let mut new = left.with_rows(Estimate { value: rows.value.min(left.rows.value), ..left.rows });
            let right = right.with_rows(Estimate { value: rows.value.min(right.rows.value), ..right.rows });
            new.columns.extend(right.columns);
            new.origins.extend(right.origins);
            new.rows = rows;
            new
        }
    };
    if join.kind == JoinKind::Inner {
        equate(&mut statistics, &join.keys);
    }
    statistics.unique = joins::unique(join);
    statistics
}

/// Both columns of a pair of keys have the values that both had.
fn equate(statistics: &mut Statistics, keys: &[JoinKey]) {
    for key in keys {
        let (Some(left), Some(right)) = (key.left.as_column(), key.right.as_column()) else { continue };
        let (Some(l), Some(r)) = (statistics.distinct(left), statistics.distinct(right)) else { continue };
        let distinct = Some(if l.value <= r.value { l } else { r });
        for id in [left, right] {
            let column = statistics.columns.entry(id).or_default();
            column.distinct = distinct;
            if !key.nulls_match {
                column.nulls = Some(Estimate::exact(0.0));
            }
        }
    }
}

#[cfg(test)]
mod tests;
