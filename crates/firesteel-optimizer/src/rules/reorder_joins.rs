//! Orders inner joins by how many rows they give.
//!
//! ```text
//! Join(Join(lineitem, orders), customer)  ⇒  Join(lineitem, Join(orders, customer))
//! ```
//! Greedy operator ordering (Fegaras, 1998): of all pairs the one that gives the fewest rows is joined first; pairs
//! without a predicate between them only when nothing else is left. Cardinalities come from the plans' own statistics.

use super::prelude::*;
use firesteel_plan::Schema;

pub const RULE: Rule =
    Rule { name: "reorder_joins", looks_for: NodeKinds::JOIN, order: Traversal::Whole, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = reorder(plan)?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

#[recursive::recursive]
fn reorder(plan: &PlanRef) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::JOIN) {
        return Ok(Arc::clone(plan));
    }
    let mut inputs = Vec::new();
    let mut terms = Vec::new();
    collect(plan, &mut inputs, &mut terms)?;
    if inputs.len() < 3 {
        return crate::executor::map_children(plan, reorder);
    }
    let inputs = inputs.iter().map(reorder).collect::<Result<Vec<_>>>()?;
    let joined = greedy(inputs, terms)?;
    if joined.schema().ids() == plan.schema().ids() {
        return Ok(if joined == *plan { Arc::clone(plan) } else { joined });
    }
    let exprs = plan.schema().columns.iter().map(|column| (column.id, column.to_expr())).collect();
    Ok(LogicalPlan::new(Node::Project(Project { input: joined, exprs })))
}

/// The inputs of a tree of inner joins, and every predicate in it.
fn collect(plan: &PlanRef, inputs: &mut Vec<PlanRef>, terms: &mut Vec<ExprRef>) -> Result<()> {
    match &plan.node {
        Node::Join(join) if join.kind == JoinKind::Inner => {
            collect(&join.left, inputs, terms)?;
            collect(&join.right, inputs, terms)?;
            for key in &join.keys {
                terms.push(key.to_expr()?);
            }
            terms.extend(join.filter.iter().flat_map(|filter| filter.conjuncts()));
        }
        _ => inputs.push(Arc::clone(plan)),
    }
    Ok(())
}

fn greedy(mut inputs: Vec<PlanRef>, mut terms: Vec<ExprRef>) -> Result<PlanRef> {
    while inputs.len() > 1 {
        let mut best: Option<(bool, f64, usize, usize, PlanRef)> = None;
        for a in 0..inputs.len() {
            for b in a + 1..inputs.len() {
                let Some(plan) = join(&inputs[a], &inputs[b], &terms)? else { continue };
                let connected =
                    matches!(&plan.node, Node::Join(join) if !join.keys.is_empty() || join.filter.is_some());
                let rows = plan.statistics().rows.value;
                let better = best.as_ref().is_none_or(|(known, least, ..)| (!connected, rows) < (!known, *least));
                if better {
                    best = Some((connected, rows, a, b, plan));
                }
            }
        }
        let Some((_, _, a, b, plan)) = best else { break };
        terms.retain(|term| !used_in(term, plan.schema()));
        inputs.remove(b);
        inputs[a] = plan;
    }
    let plan = inputs.swap_remove(0);
    // Predicates over no column at all.
    if terms.is_empty() {
        return Ok(plan);
    }
    Ok(LogicalPlan::new(Node::Filter(Filter { input: plan, predicate: Expr::and(terms)? })))
}

fn used_in(term: &Expr, schema: &Schema) -> bool {
    !term.columns().is_empty() && schema.covers(term)
}

/// The join of two inputs by every term that both are needed for.
fn join(left: &PlanRef, right: &PlanRef, terms: &[ExprRef]) -> Result<Option<PlanRef>> {
    let both = |term: &&ExprRef| {
        let known = |id: &ColumnId| left.schema().contains(*id) || right.schema().contains(*id);
        !term.columns().is_empty() && term.columns().iter().all(known)
    };
    let filter: Vec<_> = terms.iter().filter(both).cloned().collect();
    let filter = if filter.is_empty() { None } else { Some(Expr::and(filter)?) };
    let plan = LogicalPlan::new(Node::Join(Join {
        left: Arc::clone(left),
        right: Arc::clone(right),
        kind: JoinKind::Inner,
        keys: Vec::new(),
        filter,
    }));
    let keyed = super::extract_join_keys::extract(&plan)?;
    Ok(Some(keyed.unwrap_or(plan)))
}
