//! What footers count needs no reading.
//!
//! ```text
//! count(*), count(a), min(a), max(a) over the whole of t  ⇒  one row of constants
//! ```
//! Only numbers that are exact: rows, NULLs, and bounds of integers and dates. Bounds of texts may be cut short, those of
//! floating-point numbers leave NaN out.

use super::prelude::*;
use datafusion_common::ScalarValue;
use firesteel_catalog::{Estimate, Source, TableStatistics};
use firesteel_common::SqlType;
use firesteel_expr::AggregateCall;

pub const RULE: Rule = Rule {
    name: "answer_from_statistics",
    looks_for: NodeKinds::AGGREGATE,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Aggregate(aggregate) = &plan.node else { return Ok(None) };
    if !aggregate.keys.is_empty() {
        return Ok(None);
    }
    let (relation, renamed) = match &aggregate.input.node {
        Node::Relation(relation) => (relation, None),
        Node::Project(project) => match &project.input.node {
            Node::Relation(relation) => (relation, Some(&project.exprs)),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    if !relation.filters.is_empty() {
        return Ok(None);
    }
    let source = |id: ColumnId| match renamed {
        None => Some(id),
        Some(exprs) => exprs.iter().find(|(known, _)| *known == id).and_then(|(_, expr)| expr.as_column()),
    };
    let Some(row) = aggregate.aggregates.iter().map(|(_, call)| answer(call, relation, &source)).collect::<Option<_>>()
    else {
        return Ok(None);
    };
    let columns = plan.schema().columns.clone();
    Ok(Some(LogicalPlan::new(Node::Values(Values { columns, rows: vec![row] }))))
}

fn answer(call: &AggregateCall, relation: &Relation, source: &dyn Fn(ColumnId) -> Option<ColumnId>) -> Option<ExprRef> {
    if call.filter.is_some() || (call.distinct && !call.function.ignores_duplicates) {
        return None;
    }
    let statistics = relation.table.statistics();
    let position = |arg: &Expr| {
        let id = source(arg.as_column()?)?;
        relation.columns.iter().find(|(_, known)| *known == id).map(|(at, _)| *at)
    };
    match (call.function.name, call.args.as_slice()) {
        ("count", args) => count(args, statistics, &position),
        ("min" | "max", [arg]) => {
            let column = statistics.columns.get(position(arg)?)?;
            let bound = if call.function.name == "min" { &column.min } else { &column.max };
            let value = bound.as_ref().filter(|value| is_exact(value, &call.data_type))?;
            Literal::new(value.clone(), call.data_type.clone()).ok().map(Expr::literal)
        }
        _ => None,
    }
}

fn count(args: &[ExprRef], statistics: &TableStatistics, position: &dyn Fn(&Expr) -> Option<usize>) -> Option<ExprRef> {
    let exact = |estimate: Estimate| (estimate.source == Source::Exact).then_some(estimate.value);
    let rows = exact(statistics.rows)?;
    let nulls = match args {
        [arg] if arg.as_literal().is_some_and(|literal| !literal.is_null()) => 0.0,
        [] => 0.0,
        [arg] => exact(statistics.columns.get(position(arg)?)?.nulls?)?,
        _ => return None,
    };
    Some(Expr::literal(Literal::bigint((rows - nulls) as i64)))
}

/// Whether a footer's bound of this type is a value that occurs.
fn is_exact(value: &ScalarValue, data_type: &SqlType) -> bool {
    !value.is_null()
        && matches!(
            data_type,
            SqlType::TinyInt | SqlType::SmallInt | SqlType::Int | SqlType::BigInt | SqlType::Date | SqlType::Timestamp
        )
}
