//! DISTINCT aggregates over the same arguments become plain ones over distinct rows: both levels are hashed by all workers,
//! however few groups there are in the end.
//!
//! ```text
//! Aggregate [k], [count(DISTINCT a), sum(DISTINCT a), max(b)] over t
//!     ⇒  Aggregate [k], [count(a), sum(a), max(m)] over Aggregate [k, a], [max(b) AS m] over t
//! ```
//! Beside them may stand what does not mind duplicates. All else, and FILTER, is left to the operator's own sets.

use firesteel_expr::AggregateCall;
use firesteel_plan::PlanColumn;

use super::prelude::*;

pub const RULE: Rule = Rule {
    name: "split_distinct",
    looks_for: NodeKinds::AGGREGATE,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Aggregate(aggregate) = &plan.node else { return Ok(None) };
    let Some(args) = distinct_args(aggregate) else { return Ok(None) };
    let column = |label: String, expr: &ExprRef| (context.ids.fresh(label), Arc::clone(expr));
    let keys = aggregate.keys.iter().map(|(id, key)| column(context.ids.label(*id).to_string(), key));
    let inner_keys: Vec<_> = keys.chain(args.iter().map(|arg| column("distinct".to_owned(), arg))).collect();
    let (outer_keys, inner_args) = inner_keys.split_at(aggregate.keys.len());
    let to_expr = |(id, expr): &(ColumnId, ExprRef)| PlanColumn::of(*id, expr).to_expr();
    let inner_args: Vec<_> = inner_args.iter().map(to_expr).collect();

    let (mut inner_calls, mut outer_calls) = (Vec::new(), Vec::with_capacity(aggregate.aggregates.len()));
    for (id, call) in &aggregate.aggregates {
        let args = match call.distinct {
            true => inner_args.clone(),
            false => {
                let inner = context.ids.fresh_like(*id);
                inner_calls.push((inner, call.clone()));
                vec![Expr::column(inner, call.data_type.clone(), call.nullable)]
            }
        };
        outer_calls.push((*id, AggregateCall::new(call.function.clone(), args, false, None)?));
    }
    let keys = aggregate.keys.iter().zip(outer_keys).map(|((id, _), inner)| (*id, to_expr(inner))).collect();
    let input = Arc::clone(&aggregate.input);
    let input = LogicalPlan::new(Node::Aggregate(Aggregate { input, keys: inner_keys, aggregates: inner_calls }));
    Ok(Some(LogicalPlan::new(Node::Aggregate(Aggregate { input, keys, aggregates: outer_calls }))))
}

/// The arguments of all DISTINCT calls, if they are the same and the other calls do not mind duplicates.
fn distinct_args(aggregate: &Aggregate) -> Option<&[ExprRef]> {
    let calls = || aggregate.aggregates.iter().map(|(_, call)| call);
    let args = calls().find(|call| call.distinct)?.args.as_slice();
    let fits = |call: &AggregateCall| {
        let mergeable = call.function.ignores_duplicates && call.args.len() == 1;
        let any_order = call.order_by.is_empty() && !call.function.order_dependent;
        any_order && call.filter.is_none() && if call.distinct { call.args == args } else { mergeable }
    };
    (!args.is_empty() && calls().all(fits)).then_some(args)
}
