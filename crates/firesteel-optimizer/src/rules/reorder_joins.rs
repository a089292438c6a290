//! Orders joins by what they cost.
//!
//! ```text
//! Join(Join(lineitem, orders), customer)  ⇒  Join(lineitem, Join(orders, customer))
//! ```
//! Inner, outer, semi and anti joins alike, as far as they may change places; see [`crate::join_order`]. Cardinalities come
//! from the plans' own statistics.

use super::prelude::*;
use crate::executor::map_children;
use crate::join_order;

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
    let Some(inputs) = join_order::inputs(plan) else { return map_children(plan, reorder) };
    let inputs = inputs.iter().map(reorder).collect::<Result<Vec<_>>>()?;
    let plan = join_order::with_inputs(plan, inputs);
    let Some(joined) = join_order::order(&plan)? else { return Ok(plan) };
    if joined.schema().ids() == plan.schema().ids() {
        return Ok(joined);
    }
    let exprs = plan.schema().columns.iter().map(|column| (column.id, column.to_expr())).collect();
    Ok(LogicalPlan::new(Node::Project(Project { input: joined, exprs })))
}
