//! What is sure of every row of a plan because a filter below says so.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result};
use firesteel_expr::{Expr, ExprRef, function::Volatility};
use firesteel_plan::logical::{Filter, Join, JoinKind, Node};
use firesteel_plan::{LogicalPlan, PlanRef};
use recursive::recursive;

/// Whether a predicate may stand elsewhere than where it was written.
pub(crate) fn may_move(term: &ExprRef) -> bool {
    !term.can_fail() && term.volatility() != Volatility::Volatile
}

/// Whether rows come out of a join's left or right side only when they did before: what holds below holds above.
fn keeps(join: &Join) -> (bool, bool) {
    match join.kind {
        JoinKind::Inner => (true, true),
        JoinKind::Left | JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => {
            (true, false)
        }
        JoinKind::Right => (false, true),
        _ => (false, false),
    }
}

/// Whether the predicate holds for every row, as some filter below says in just these words.
#[recursive]
pub(crate) fn holds(plan: &LogicalPlan, term: &ExprRef) -> bool {
    match &plan.node {
        Node::Filter(filter) => says(&filter.predicate, term) || holds(&filter.input, term),
        Node::Relation(relation) => relation.filters.contains(term),
        Node::Sort(sort) => holds(&sort.input, term),
        Node::Window(window) => holds(&window.input, term),
        Node::Limit(limit) => holds(&limit.input, term),
        Node::Project(project) => through(&project.exprs, term).is_some_and(|term| holds(&project.input, &term)),
        Node::Aggregate(aggregate) => through(&aggregate.keys, term).is_some_and(|term| holds(&aggregate.input, &term)),
        Node::Join(join) => {
            let (left, right) = keeps(join);
            (left && join.left.schema().covers(term) && holds(&join.left, term))
                || (right && join.right.schema().covers(term) && holds(&join.right, term))
                || (join.kind == JoinKind::Inner && join.filter.as_ref().is_some_and(|filter| says(filter, term)))
        }
        _ => false,
    }
}

fn says(predicate: &ExprRef, term: &ExprRef) -> bool {
    predicate == term || predicate.as_call("and").is_some_and(|args| args.contains(term))
}

/// The term over what a projection reads, when it only uses columns that are passed through.
fn through(exprs: &[(ColumnId, ExprRef)], term: &ExprRef) -> Option<ExprRef> {
    let source = |id: ColumnId| exprs.iter().find(|(known, _)| *known == id).map(|(_, expr)| expr);
    if term.columns().is_empty()
        || !term.columns().iter().all(|id| source(*id).is_some_and(|e| e.as_column().is_some()))
    {
        return None;
    }
    term.replace_columns(&|id| source(id).cloned()).ok()
}

/// Predicates that hold for every row and may be repeated elsewhere.
pub(crate) fn terms(plan: &LogicalPlan) -> Vec<ExprRef> {
    let mut found = Vec::new();
    collect(plan, &mut found);
    found.retain(may_move);
    found
}

#[recursive]
fn collect(plan: &LogicalPlan, found: &mut Vec<ExprRef>) {
    match &plan.node {
        Node::Filter(filter) => {
            found.extend(filter.predicate.conjuncts());
            collect(&filter.input, found);
        }
        Node::Relation(relation) => found.extend(relation.filters.iter().cloned()),
        Node::Sort(sort) => collect(&sort.input, found),
        Node::Limit(limit) => collect(&limit.input, found),
        Node::Window(window) => collect(&window.input, found),
        Node::Project(project) => found.extend(raised(&project.input, &project.exprs)),
        Node::Aggregate(aggregate) => found.extend(raised(&aggregate.input, &aggregate.keys)),
        Node::Join(join) => {
            let (left, right) = keeps(join);
            if left {
                collect(&join.left, found);
            }
            if right {
                collect(&join.right, found);
            }
        }
        _ => {}
    }
}

/// What is sure of the rows of a plan, in terms of the columns that pass them on.
fn raised(plan: &LogicalPlan, exprs: &[(ColumnId, ExprRef)]) -> Vec<ExprRef> {
    let mut below = Vec::new();
    collect(plan, &mut below);
    let passed_on = |id: ColumnId| {
        let (to, expr) = exprs.iter().find(|(_, expr)| expr.as_column() == Some(id))?;
        Some(Expr::column(*to, expr.data_type().clone(), expr.nullable()))
    };
    below.retain(|term| !term.columns().is_empty() && term.columns().iter().all(|id| passed_on(*id).is_some()));
    below.iter().filter_map(|term| term.replace_columns(&passed_on).ok()).collect()
}

/// The plan's rows for which the terms are TRUE.
pub(crate) fn filtered(input: &PlanRef, terms: Vec<ExprRef>) -> Result<PlanRef> {
    if terms.is_empty() {
        return Ok(Arc::clone(input));
    }
    let predicate = Expr::and(terms)?;
    Ok(LogicalPlan::new(Node::Filter(Filter { input: Arc::clone(input), predicate })))
}
