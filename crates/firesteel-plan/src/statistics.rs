//! How much data a logical node gives: derived bottom-up from what tables and finished stages know.
//!
//! Selectivities without knowledge follow System R (Selinger et al., 1979): equality 1/distinct, ranges by interpolation
//! between min and max, else one third; conjuncts multiply.

use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, Source};
use firesteel_common::ColumnId;
use firesteel_expr::{Expr, ExprRef};
use hashbrown::HashMap;

use crate::logical::{Aggregate, Expand, Generate, Generator, Join, JoinKind, LogicalPlan, Node, Range, Relation};

/// Rows, and what is known of each column by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Statistics {
    pub rows: Estimate,
    pub columns: HashMap<ColumnId, ColumnStatistics>,
}

impl Statistics {
    pub fn of_rows(rows: Estimate) -> Self {
        Self { rows, columns: HashMap::new() }
    }

    /// Distinct values of a column, at most the rows.
    pub fn distinct(&self, id: ColumnId) -> Option<f64> {
        let known = self.columns.get(&id).and_then(|column| column.distinct.or_else(|| integer_span(column)));
        known.map(|distinct| distinct.value.min(self.rows.value).max(1.0))
    }
}

/// An integer or date column has at most as many values as lie between its bounds.
fn integer_span(column: &ColumnStatistics) -> Option<Estimate> {
    let (min, max) = (number(column.min.as_ref()?)?, number(column.max.as_ref()?)?);
    let whole = !matches!(column.min, Some(ScalarValue::Float32(_) | ScalarValue::Float64(_)));
    whole.then_some(Estimate { value: max - min + 1.0, source: Source::Derived })
}

fn number(value: &ScalarValue) -> Option<f64> {
    Some(match value {
        ScalarValue::Int8(Some(value)) => f64::from(*value),
        ScalarValue::Int16(Some(value)) => f64::from(*value),
        ScalarValue::Int32(Some(value)) | ScalarValue::Date32(Some(value)) => f64::from(*value),
        ScalarValue::Int64(Some(value)) | ScalarValue::TimestampMicrosecond(Some(value), _) => *value as f64,
        ScalarValue::Float32(Some(value)) => f64::from(*value),
        ScalarValue::Float64(Some(value)) => *value,
        ScalarValue::Decimal128(Some(value), _, _) => *value as f64,
        _ => return None,
    })
}

pub(crate) fn derive(plan: &LogicalPlan) -> Statistics {
    match &plan.node {
        Node::Relation(relation) => of_relation(relation),
        Node::Values(values) => Statistics::of_rows(Estimate::exact(values.rows.len() as f64)),
        Node::Materialized(leaf) => Statistics::clone(&leaf.statistics),
        Node::Project(project) => {
            let input = project.input.statistics();
            let known = |(id, expr): &(ColumnId, ExprRef)| Some((*id, input.columns.get(&expr.as_column()?)?.clone()));
            Statistics { rows: input.rows, columns: project.exprs.iter().filter_map(known).collect() }
        }
        Node::Filter(filter) => {
            let input = filter.input.statistics();
            filtered(input, &filter.predicate.conjuncts())
        }
        Node::Aggregate(aggregate) => of_aggregate(aggregate),
        Node::Join(join) => of_join(join),
        Node::CommonTables(tables) => Statistics::clone(tables.input.statistics()),
        Node::CommonTableScan(scan) => Statistics::clone(&scan.statistics),
        // Gone before anybody estimates.
        Node::DependentJoin(join) => Statistics::clone(join.left.statistics()),
        Node::Sort(sort) => Statistics::clone(sort.input.statistics()),
        Node::Window(window) => Statistics::clone(window.input.statistics()),
        Node::Expand(expand) => of_expand(expand),
        Node::Limit(limit) => {
            let input = limit.input.statistics();
            let left = (input.rows.value - limit.offset as f64).max(0.0);
            let value = limit.count.map_or(left, |count| left.min(count as f64));
            Statistics { rows: Estimate { value, source: input.rows.source }, columns: input.columns.clone() }
        }
        Node::Union(union) => {
            let sum = |sum: Estimate, input: &(crate::PlanRef, Vec<ColumnId>)| {
                let rows = input.0.statistics().rows;
                Estimate { value: sum.value + rows.value, source: sum.source.max(rows.source) }
            };
            Statistics::of_rows(union.inputs.iter().fold(Estimate::exact(0.0), sum))
        }
        Node::Generate(generate) => of_generate(generate),
        Node::Range(range) => of_range(range),
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
    Statistics { rows, columns: input.columns.clone() }
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
    Statistics { rows: Estimate::exact(range.count as f64), columns: [(range.id, column)].into_iter().collect() }
}

fn of_relation(relation: &Relation) -> Statistics {
    let table = relation.table.statistics();
    let columns = relation.columns.iter().filter_map(|(at, id)| Some((*id, table.columns.get(*at)?.clone())));
    let all = Statistics { rows: table.rows, columns: columns.collect() };
    filtered(&all, &relation.filters)
}

fn filtered(input: &Statistics, conjuncts: &[ExprRef]) -> Statistics {
    if conjuncts.is_empty() {
        return input.clone();
    }
    let factor = all_of(conjuncts, input);
    Statistics { rows: input.rows.combine(factor, |rows, factor| rows * factor), columns: input.columns.clone() }
}

/// Conjuncts are taken as independent.
fn all_of(conjuncts: &[ExprRef], input: &Statistics) -> Estimate {
    let one = Estimate { value: 1.0, source: Source::Derived };
    conjuncts.iter().map(|conjunct| selectivity(conjunct, input)).fold(one, |a, b| a.combine(b, |a, b| a * b))
}

/// The share of rows for which a predicate is TRUE, 0 to 1; guessed where nothing is known.
pub fn selectivity(predicate: &Expr, input: &Statistics) -> Estimate {
    let derived = |value: f64| Estimate { value, source: Source::Derived };
    if let Some(literal) = predicate.as_literal() {
        return derived(if literal.as_boolean() == Some(true) { 1.0 } else { 0.0 });
    }
    if let Some(args) = predicate.as_call("and") {
        return all_of(args, input);
    }
    if let Some(args) = predicate.as_call("or") {
        let none = args
            .iter()
            .map(|arg| selectivity(arg, input))
            .fold(derived(1.0), |none, arg| none.combine(arg, |none, arg| none * (1.0 - arg)));
        return Estimate { value: 1.0 - none.value, ..none };
    }
    if let Some([arg]) = predicate.as_call("not") {
        let inner = selectivity(arg, input);
        return Estimate { value: 1.0 - inner.value, ..inner };
    }
    if let Some([arg]) = predicate.as_call("isnotnull") {
        return if arg.nullable() { Estimate::guessed(0.95) } else { derived(1.0) };
    }
    if let Some([needle, list @ ..]) = predicate.as_call("in") {
        let one = equality(needle.as_column(), input);
        return Estimate { value: (one.value * list.len() as f64).min(1.0), ..one };
    }
    comparison(predicate, input).unwrap_or(Estimate::guessed(1.0 / 3.0))
}

/// One value of a column: 1 / distinct.
fn equality(id: Option<ColumnId>, input: &Statistics) -> Estimate {
    match id.and_then(|id| input.distinct(id)) {
        Some(distinct) => Estimate { value: 1.0 / distinct, source: Source::Derived },
        None => Estimate::guessed(0.1),
    }
}

fn comparison(predicate: &Expr, input: &Statistics) -> Option<Estimate> {
    for (name, flipped) in [("=", "="), ("<", ">"), ("<=", ">="), (">", "<"), (">=", "<=")] {
        let Some([left, right]) = predicate.as_call(name) else { continue };
        let (id, value, name) = match (left.as_column(), right.as_literal(), left.as_literal(), right.as_column()) {
            (Some(id), Some(value), _, _) => (id, value, name),
            (_, _, Some(value), Some(id)) => (id, value, flipped),
            _ => return (name == "=").then_some(Estimate::guessed(0.1)),
        };
        if name == "=" {
            return Some(equality(Some(id), input));
        }
        let column = input.columns.get(&id)?;
        let (min, max) = (number(column.min.as_ref()?)?, number(column.max.as_ref()?)?);
        let below = ((number(value.value())? - min) / (max - min).max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        let value = if name.starts_with('<') { below } else { 1.0 - below };
        return Some(Estimate { value, source: Source::Derived });
    }
    None
}

fn of_aggregate(aggregate: &Aggregate) -> Statistics {
    let input = aggregate.input.statistics();
    if aggregate.keys.is_empty() {
        return Statistics::of_rows(Estimate::exact(1.0));
    }
    let distinct = |(_, key): &(ColumnId, ExprRef)| match key.as_column().and_then(|id| input.distinct(id)) {
        Some(value) => Estimate { value, source: input.rows.source.max(Source::Derived) },
        None => Estimate::guessed(input.rows.value.powf(0.75)),
    };
    let one = Estimate { value: 1.0, source: Source::Derived };
    let groups = aggregate.keys.iter().map(distinct).fold(one, |a, b| a.combine(b, |a, b| a * b));
    let known = |(id, key): &(ColumnId, ExprRef)| Some((*id, input.columns.get(&key.as_column()?)?.clone()));
    Statistics {
        rows: Estimate { value: groups.value.min(input.rows.value), source: groups.source },
        columns: aggregate.keys.iter().filter_map(known).collect(),
    }
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
    Statistics { rows: input.rows.scaled(expand.sets.len() as f64), columns }
}

fn of_join(join: &Join) -> Statistics {
    let (left, right) = (join.left.statistics(), join.right.statistics());
    // |L| * |R| / max(distinct) for the most selective key; further keys are taken as half independent.
    let mut shares: Vec<f64> = join
        .keys
        .iter()
        .map(|key| {
            let l = key.left.as_column().and_then(|id| left.distinct(id)).unwrap_or(left.rows.value);
            let r = key.right.as_column().and_then(|id| right.distinct(id)).unwrap_or(right.rows.value);
            1.0 / l.max(r).max(1.0)
        })
        .collect();
    shares.sort_unstable_by(f64::total_cmp);
    let share: f64 = shares.iter().enumerate().map(|(at, share)| share.powf(0.5_f64.powi(at as i32))).product();
    let mut columns = left.columns.clone();
    columns.extend(right.columns.iter().map(|(id, column)| (*id, column.clone())));
    let pairs = left.rows.combine(right.rows, |l, r| l * r);
    let inner = Statistics { rows: pairs.scaled(share), columns };
    let inner = filtered(&inner, join.filter.as_slice());
    let matched = |side: f64| (inner.rows.value / side.max(1.0)).min(1.0) * side;
    let value = match join.kind {
        JoinKind::Inner => inner.rows.value,
        JoinKind::Left => inner.rows.value.max(left.rows.value),
        JoinKind::Right => inner.rows.value.max(right.rows.value),
        JoinKind::Full => inner.rows.value.max(left.rows.value).max(right.rows.value),
        JoinKind::LeftSemi => matched(left.rows.value),
        JoinKind::LeftAnti => left.rows.value - matched(left.rows.value),
        JoinKind::Mark(_) | JoinKind::Single => left.rows.value,
    };
    Statistics { rows: Estimate { value, source: inner.rows.source }, columns: inner.columns }
}
