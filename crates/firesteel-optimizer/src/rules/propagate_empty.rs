//! What reads no rows gives none.
//!
//! ```text
//! Filter, Project, Sort, Limit, Window, Expand
//!   over no rows                                  ⇒  no rows
//! inner join with no rows on a side               ⇒  no rows
//! left join with no rows on the right             ⇒  the left rows, NULL in the right columns
//! anti join with no rows on the right             ⇒  the left rows; a mark join ⇒  the left rows, none marked
//! Aggregate with keys over no rows                ⇒  no rows     (without keys it still gives one)
//! union                                           ⇒  without its empty inputs; one input left ⇒  that input
//! ```

use super::prelude::*;
use firesteel_catalog::Estimate;

pub const RULE: Rule =
    Rule { name: "propagate_empty", looks_for: NodeKinds::ALL, order: Traversal::BottomUp, required: false, apply };

fn is_empty(plan: &LogicalPlan) -> bool {
    match &plan.node {
        Node::Values(values) => values.rows.is_empty(),
        Node::Materialized(leaf) => leaf.statistics.rows == Estimate::exact(0.0),
        _ => false,
    }
}

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let empty = match &plan.node {
        Node::Filter(Filter { input, .. })
        | Node::Project(Project { input, .. })
        | Node::Sort(Sort { input, .. })
        | Node::Generate(Generate { input, .. })
        | Node::Sample(Sample { input, .. })
        | Node::Limit(Limit { input, .. })
        | Node::Expand(Expand { input, .. })
        | Node::Window(Window { input, .. })
        | Node::WindowGroupLimit(WindowGroupLimit { input, .. }) => is_empty(input),
        Node::Aggregate(aggregate) => !aggregate.keys.is_empty() && is_empty(&aggregate.input),
        Node::Join(join) => return Ok(join_without_rows(plan, join)),
        Node::Union(union) => return Ok(without_empty_inputs(plan, union)),
        Node::Range(range) => range.count == 0,
        Node::Recursion(recursion) => is_empty(&recursion.anchor.0),
        _ => false,
    };
    Ok(empty.then(|| LogicalPlan::empty(plan.schema())))
}

fn join_without_rows(plan: &PlanRef, join: &Join) -> Option<PlanRef> {
    let (left, right) = (is_empty(&join.left), is_empty(&join.right));
    let no_rows = || Some(LogicalPlan::empty(plan.schema()));
    match (join.kind, left, right) {
        (_, false, false) => None,
        (JoinKind::Inner | JoinKind::LeftSemi, _, _) => no_rows(),
        (JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single, true, _) => no_rows(),
        (JoinKind::Right, _, true) => no_rows(),
        (JoinKind::Full, true, true) => no_rows(),
        (JoinKind::LeftAnti, false, true) => Some(Arc::clone(&join.left)),
        (JoinKind::Left | JoinKind::Single | JoinKind::Mark(_) | JoinKind::Full, false, true) => {
            Some(with_nulls(plan, &join.left))
        }
        (JoinKind::Right | JoinKind::Full, true, false) => Some(with_nulls(plan, &join.right)),
    }
}

/// The plan's columns from the one side that has rows, NULL for the others; a mark is false.
fn with_nulls(plan: &PlanRef, side: &PlanRef) -> PlanRef {
    let expr = |column: &firesteel_plan::PlanColumn| match side.schema().get(column.id) {
        Some(own) => (column.id, own.to_expr()),
        None if column.nullable => (column.id, Expr::literal(Literal::null(column.data_type.clone()))),
        None => (column.id, Expr::literal(Literal::boolean(false))),
    };
    let exprs = plan.schema().columns.iter().map(expr).collect();
    LogicalPlan::new(Node::Project(Project { input: Arc::clone(side), exprs }))
}

fn without_empty_inputs(plan: &PlanRef, union: &Union) -> Option<PlanRef> {
    let inputs: Vec<_> = union.inputs.iter().filter(|(input, _)| !is_empty(input)).cloned().collect();
    match inputs.as_slice() {
        [] => Some(LogicalPlan::empty(plan.schema())),
        [(input, ids)] => {
            let pairs = union.columns.iter().zip(ids);
            let exprs = pairs.filter_map(|(column, id)| Some((column.id, input.schema().get(*id)?.to_expr())));
            let exprs = exprs.collect();
            Some(LogicalPlan::new(Node::Project(Project { input: Arc::clone(input), exprs })))
        }
        left if left.len() == union.inputs.len() => None,
        _ => Some(LogicalPlan::new(Node::Union(Union { inputs, columns: union.columns.clone() }))),
    }
}
