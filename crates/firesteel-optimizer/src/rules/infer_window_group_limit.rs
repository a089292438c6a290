//! Who wants the first rows of each partition lets go of the others before they are ranked.
//!
//! ```text
//! Filter(rank <= 3) over Window(rank() AS rank)
//!   ⇒  Filter(rank <= 3) over Window(rank() AS rank) over WindowGroupLimit(rank() <= 3)
//! ```
//! Only if every call of the window looks back: at the first rows they are what they were. The filter stays, since the limit
//! need not drop every row that it could. (Spark: `InferWindowGroupLimit`.)

use firesteel_expr::function::Volatility;
use firesteel_expr::window::{Bound, Ranking, WindowCall, WindowFunction};

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "infer_window_group_limit",
    looks_for: NodeKinds::FILTER,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

/// More rows than that of each partition are not worth looking for (Spark: `windowGroupLimitThreshold`).
const COUNT_MAX: i64 = 1000;

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Filter(filter) = &plan.node else { return Ok(None) };
    let Node::Window(window) = &filter.input.node else { return Ok(None) };
    let keys = || window.partition_by.iter().chain(window.order_by.iter().map(|key| &key.expr));
    let is_done = matches!(window.input.node, Node::WindowGroupLimit(_));
    if is_done || keys().any(|key| key.volatility() == Volatility::Volatile) {
        return Ok(None);
    }
    if !window.calls.iter().all(|(_, call)| looks_back(call)) {
        return Ok(None);
    }
    let limits = filter.predicate.conjuncts().into_iter().filter_map(|term| limit(&term, window));
    let Some((ranking, count)) = limits.min_by_key(|(_, count)| *count) else { return Ok(None) };
    let limited = LogicalPlan::new(Node::WindowGroupLimit(WindowGroupLimit {
        input: Arc::clone(&window.input),
        partition_by: window.partition_by.clone(),
        order_by: window.order_by.clone(),
        ranking,
        count,
    }));
    Ok(Some(plan.with_children(vec![filter.input.with_children(vec![limited])])))
}

/// Whether rows further behind change nothing: all of a rank's and of a frame's rows are rows with a rank as low.
fn looks_back(call: &WindowCall) -> bool {
    match &call.function {
        WindowFunction::Ranking(ranking) => ranking.counts_up(),
        WindowFunction::Aggregate(_) | WindowFunction::Value { .. } => {
            matches!(&call.frame.end, Bound::Rows(offset) if *offset <= 0)
        }
        WindowFunction::Offset { .. } => false,
    }
}

/// What a term asks of a rank.
fn limit(term: &Expr, window: &Window) -> Option<(Ranking, u64)> {
    let (id, comparison, literal) = term.as_column_and_literal()?;
    let (_, call) = window.calls.iter().find(|(known, _)| *known == id)?;
    let WindowFunction::Ranking(ranking) = call.function else { return None };
    let bound = literal.as_integer()?;
    let count = match comparison {
        "=" | "<=" => bound,
        "<" => bound - 1,
        _ => return None,
    };
    (1..=COUNT_MAX).contains(&count).then_some((ranking, count as u64))
}
