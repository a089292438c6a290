//! Lets scans profit from joins: a complete build knows which keys exist, and a scan below the probe side may drop rows
//! whose key does not, wherever the key is a plain column of the scan.
//!
//! ```text
//! HashJoin(orders.o_custkey = customer.c_custkey, BuildRight)     publishes rf0 <- c_custkey
//! :- Scan orders                                                  watches   o_custkey <- rf0
//! +- Scan customer
//! ```

use firesteel_common::ColumnId;
use firesteel_plan::logical::JoinKind;
use firesteel_plan::physical::{
    HashJoin, JoinSide, PhysicalOp, RuntimeFilterId, RuntimeFilterSource, RuntimeFilterTarget,
};
use firesteel_plan::{PhysicalPlan, PhysicalRef};
use recursive::recursive;
use std::sync::Arc;

/// The plan with slots declared in joins and scans.
pub(super) fn place(plan: &PhysicalRef) -> PhysicalRef {
    place_below(plan, &mut 0)
}

#[recursive]
fn place_below(plan: &PhysicalRef, next: &mut u32) -> PhysicalRef {
    let children: Vec<_> = plan.children.iter().map(|child| place_below(child, next)).collect();
    let plan = plan.with_children(children);
    match &plan.op {
        PhysicalOp::HashJoin(join) if probe_loses_rows(join) => place_join(&plan, join, next),
        _ => plan,
    }
}

/// Whether rows of the probe side without a partner are dropped.
fn probe_loses_rows(join: &HashJoin) -> bool {
    match join.kind {
        JoinKind::Inner | JoinKind::LeftSemi => true,
        JoinKind::Left | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single => join.build == JoinSide::Left,
        JoinKind::Right => join.build == JoinSide::Right,
        JoinKind::Full => false,
    }
}

fn place_join(plan: &PhysicalRef, join: &HashJoin, next: &mut u32) -> PhysicalRef {
    let mut join = join.clone();
    let mut children = plan.children.clone();
    let probe = match join.build {
        JoinSide::Left => 1,
        JoinSide::Right => 0,
    };
    for (at, (left, right)) in join.keys.iter().enumerate() {
        let key = if probe == 0 { left } else { right };
        let Some(column) = key.as_column() else { continue };
        let target = RuntimeFilterTarget { id: RuntimeFilterId(*next), column };
        if let Some(child) = watch(&children[probe], &target, column) {
            children[probe] = child;
            join.runtime_filters.push(RuntimeFilterSource { id: target.id, key: at });
            *next += 1;
        }
    }
    Arc::new(PhysicalPlan { op: PhysicalOp::HashJoin(join), children, ..PhysicalPlan::clone(plan) })
}

/// The plan with the slot declared in the scan that gives `column`; `None` when no scan may drop rows for it.
#[recursive]
fn watch(plan: &PhysicalRef, target: &RuntimeFilterTarget, column: ColumnId) -> Option<PhysicalRef> {
    match &plan.op {
        PhysicalOp::Scan(scan) => {
            scan.columns.iter().find(|(_, id)| *id == column)?;
            let mut scan = scan.clone();
            scan.runtime_filters.push(RuntimeFilterTarget { column, ..target.clone() });
            Some(Arc::new(PhysicalPlan { op: PhysicalOp::Scan(scan), ..PhysicalPlan::clone(plan) }))
        }
        PhysicalOp::Filter(_) | PhysicalOp::Sort(_) => watch_child(plan, 0, target, column),
        PhysicalOp::Project(project) => {
            let (_, expr) = project.exprs.iter().find(|(id, _)| *id == column)?;
            watch_child(plan, 0, target, expr.as_column()?)
        }
        // Dropping whole groups is dropping rows of the result.
        PhysicalOp::HashAggregate(aggregate) => {
            let (_, key) = aggregate.keys.iter().find(|(id, _)| *id == column)?;
            watch_child(plan, 0, target, key.as_column()?)
        }
        // A row that loses its partner comes out with NULL for the key, which matches nothing above either.
        PhysicalOp::HashJoin(_) | PhysicalOp::NestedLoopJoin(_) => {
            let at = plan.children.iter().position(|child| child.schema.contains(column))?;
            watch_child(plan, at, target, column)
        }
        _ => None,
    }
}

fn watch_child(plan: &PhysicalRef, at: usize, target: &RuntimeFilterTarget, column: ColumnId) -> Option<PhysicalRef> {
    let mut children = plan.children.clone();
    children[at] = watch(&children[at], target, column)?;
    Some(plan.with_children(children))
}
