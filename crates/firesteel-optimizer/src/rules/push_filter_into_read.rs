//! Hands predicates to the reader, which can skip what they exclude.
//!
//! ```text
//! Filter(a > 1 AND 1 / b > 0) over Relation t  ⇒  Filter(1 / b > 0) over Relation t, filters [a > 1]
//! ```
//! What can raise an error stays above: a reader orders and repeats its filters as it likes.

use super::prelude::*;
use firesteel_expr::function::Volatility;

pub const RULE: Rule = Rule {
    name: "push_filter_into_read",
    looks_for: NodeKinds::FILTER,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Filter(filter) = &plan.node else { return Ok(None) };
    let Node::Relation(relation) = &filter.input.node else { return Ok(None) };
    let (read, stay): (Vec<_>, Vec<_>) =
        filter.predicate.conjuncts().into_iter().partition(|term| {
            !term.can_fail() && term.volatility() != Volatility::Volatile && !term.columns().is_empty()
        });
    if read.is_empty() {
        return Ok(None);
    }
    let filters = relation.filters.iter().cloned().chain(read).collect();
    let input = LogicalPlan::new(Node::Relation(Relation { filters, ..relation.clone() }));
    Ok(Some(match stay.is_empty() {
        true => input,
        false => LogicalPlan::new(Node::Filter(Filter { input, predicate: Expr::and(stay)? })),
    }))
}
