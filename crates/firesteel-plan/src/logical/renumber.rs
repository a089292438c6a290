//! A second reference to the same plan: the same nodes with column ids of their own.

use firesteel_common::{ColumnId, ColumnIds, Result};
use firesteel_expr::{Expr, ExprRef};
use hashbrown::HashMap;
use recursive::recursive;

use super::{LogicalPlan, PlanRef};

/// A copy in which every column that the plan makes has a fresh id. What it takes from a query around stays.
pub fn renumbered(plan: &PlanRef, ids: &ColumnIds) -> Result<PlanRef> {
    let mut fresh = HashMap::new();
    collect(plan, ids, &mut fresh);
    copy(plan, &fresh)
}

#[recursive]
fn collect(plan: &LogicalPlan, ids: &ColumnIds, fresh: &mut HashMap<ColumnId, ColumnId>) {
    plan.children().iter().for_each(|child| collect(child, ids, fresh));
    for column in &plan.schema().columns {
        fresh.entry(column.id).or_insert_with(|| ids.fresh_like(column.id));
    }
}

#[recursive]
fn copy(plan: &PlanRef, fresh: &HashMap<ColumnId, ColumnId>) -> Result<PlanRef> {
    let children = plan.children().into_iter().map(|child| copy(child, fresh)).collect::<Result<_>>()?;
    let map = |id: ColumnId| fresh.get(&id).copied().unwrap_or(id);
    let node = plan.node.with_children(children).map_ids(&map);
    let column = |expr: &ExprRef| {
        let id = expr.as_column()?;
        let new = map(id);
        (new != id).then(|| Expr::column(new, expr.data_type().clone(), expr.nullable()))
    };
    let node = node.map_expressions(&mut |expr| expr.rewrite(&mut |node| Ok(column(node))))?;
    Ok(LogicalPlan::new(node))
}
