//! Distinct values of expressions, and of lists of expressions together.

use std::collections::BTreeMap;

use firesteel_catalog::{Estimate, Source};
use firesteel_common::ColumnId;
use firesteel_expr::{Expr, ExprKind, ExprRef};

use super::{Statistics, number};

/// How many of `distinct` values, each equally frequent, occur in `rows` rows (Cardenas, 1975).
pub fn seen(distinct: f64, rows: f64) -> f64 {
    if distinct <= 1.0 || rows <= 0.0 {
        return distinct.min(rows).max(0.0);
    }
    // (1 - 1/d)^n without losing its digits.
    let missed = (rows * (-1.0 / distinct).ln_1p()).exp();
    (distinct * (1.0 - missed)).min(rows)
}

/// How many values there are, when `rows` of their rows showed `distinct` of them: [`seen`] backwards. Infinite when none
/// came twice.
pub fn unseen(distinct: f64, rows: f64) -> f64 {
    if distinct >= rows {
        return f64::INFINITY;
    }
    let (mut low, mut high) = (distinct.max(1.0), distinct.max(1.0) * 2.0);
    while seen(high, rows) < distinct && high < 1e15 {
        high *= 2.0;
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if seen(middle, rows) < distinct { low = middle } else { high = middle }
    }
    high
}

/// Distinct values of an expression, where something is known.
pub fn distinct_of(expr: &Expr, input: &Statistics) -> Option<Estimate> {
    match &expr.kind {
        ExprKind::Column(id) => input.distinct(*id),
        ExprKind::Literal(_) => Some(Estimate::exact(1.0)),
        ExprKind::Cast(inner, _) => distinct_of(inner, input).map(derived),
        ExprKind::Lambda(..) => None,
        ExprKind::Call(function, args) => {
            if let Some(few) = calendar(function.name, args, input).or_else(|| remainders(function.name, args, input)) {
                return Some(few);
            }
            // A function gives no more values than it is given combinations.
            let each = args.iter().map(|arg| distinct_of(arg, input)).collect::<Option<Vec<_>>>()?;
            let all = each.into_iter().fold(Estimate::exact(1.0), |a, b| a.combine(b, |a, b| a * b));
            let most = if *expr.data_type() == firesteel_common::SqlType::Boolean { 2.0 } else { input.rows.value };
            Some(derived(Estimate { value: all.value.min(most).max(1.0), ..all }))
        }
    }
}

fn derived(estimate: Estimate) -> Estimate {
    estimate.scaled(1.0)
}

/// Parts of dates: as many as the calendar has, or as lie between the bounds.
fn calendar(name: &str, args: &[ExprRef], input: &Statistics) -> Option<Estimate> {
    let most = match name {
        "year" => {
            let column = input.columns.get(&args.first()?.as_column()?)?;
            let (min, max) = (column.min.as_ref()?, column.max.as_ref()?);
            let per_year = match min {
                datafusion_common::ScalarValue::Date32(_) => 365.25,
                datafusion_common::ScalarValue::TimestampMicrosecond(..) => 365.25 * 86_400e6,
                _ => return None,
            };
            ((number(max)? - number(min)?) / per_year).ceil().max(1.0)
        }
        "month" => 12.0,
        "quarter" => 4.0,
        "day" | "dayofmonth" => 31.0,
        "dayofweek" | "weekday" => 7.0,
        "hour" => 24.0,
        "minute" | "second" => 60.0,
        _ => return None,
    };
    Some(Estimate { value: most.min(input.rows.value).max(1.0), source: Source::Derived })
}

/// A whole number's remainders lie between the divisor and its negative.
fn remainders(name: &str, args: &[ExprRef], input: &Statistics) -> Option<Estimate> {
    let [dividend, divisor] = args else { return None };
    let divisor = number(divisor.as_literal()?.value())?.abs();
    let most = match name {
        "pmod" => divisor,
        "%" => 2.0 * divisor - 1.0,
        _ => return None,
    };
    let is_whole = divisor >= 1.0 && dividend.data_type().is_integral();
    is_whole.then(|| Estimate { value: most.min(input.rows.value).max(1.0), source: Source::Derived })
}

/// Groups of rows by several expressions: the product, at most the rows, at most what the table of several columns has.
pub fn combinations(exprs: &[&ExprRef], input: &Statistics) -> Estimate {
    let rows = input.rows.value.max(1.0);
    let columns: Vec<_> = exprs.iter().filter_map(|expr| expr.as_column()).collect();
    if input.is_unique(&columns) {
        return input.rows;
    }
    let unknown = Estimate::guessed(rows.powf(0.75));
    let mut product = Estimate::exact(1.0);
    let mut of_tables: BTreeMap<ColumnId, (Estimate, f64)> = BTreeMap::new();
    for expr in exprs {
        let distinct = distinct_of(expr, input).unwrap_or(unknown);
        match expr.as_column().and_then(|id| input.origins.get(&id)) {
            Some(origin) => {
                let (all, _) = of_tables.entry(origin.table).or_insert((Estimate::exact(1.0), origin.rows));
                *all = all.combine(distinct, |a, b| a * b);
            }
            None => product = product.combine(distinct, |a, b| a * b),
        }
    }
    for (all, rows) in of_tables.into_values() {
        product = product.combine(Estimate { value: all.value.min(rows.max(1.0)), ..all }, |a, b| a * b);
    }
    if product.value >= rows {
        return Estimate { value: input.rows.value, source: product.source.max(input.rows.source) };
    }
    // Rows fall into combinations as if at random: a few rows do not meet all of them.
    let value = if exprs.len() == 1 { product.value } else { seen(product.value, rows) };
    Estimate { value: value.min(input.rows.value), source: product.source.max(Source::Derived) }
}
