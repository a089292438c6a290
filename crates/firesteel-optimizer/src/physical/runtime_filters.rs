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
    HashJoin, JoinSide, NestedLoopJoin, PhysicalOp, RuntimeFilterId, RuntimeFilterSource, RuntimeFilterTarget,
};
use firesteel_plan::{PhysicalPlan, PhysicalRef};
use recursive::recursive;
use std::sync::Arc;

/// The plan with slots declared in joins and scans, numbered from `first`.
pub(super) fn place(plan: &PhysicalRef, mut first: u32) -> PhysicalRef {
    place_below(plan, &mut first)
}

/// The number behind all that the plan's joins have declared.
#[recursive]
pub fn first_free(plan: &PhysicalPlan) -> u32 {
    let own = match &plan.op {
        PhysicalOp::HashJoin(join) => join.runtime_filters.iter().map(|slot| slot.id.0 + 1).max().unwrap_or(0),
        _ => 0,
    };
    plan.children.iter().map(|child| first_free(child)).fold(own, u32::max)
}

#[recursive]
fn place_below(plan: &PhysicalRef, next: &mut u32) -> PhysicalRef {
    let place = |(at, child): (usize, &PhysicalRef)| match &plan.op {
        // A filter is published once, but a step is built anew in every round.
        PhysicalOp::Recursion(_) if at == 1 => Arc::clone(child),
        _ => place_below(child, next),
    };
    let children: Vec<_> = plan.children.iter().enumerate().map(place).collect();
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
    for (at, key) in join.keys.iter().enumerate() {
        let expr = if probe == 0 { &key.left } else { &key.right };
        let Some(column) = expr.as_column() else { continue };
        let slot = Slot { id: RuntimeFilterId(*next), nulls_match: key.nulls_match };
        if let Some(child) = watch(&children[probe], slot, column) {
            children[probe] = child;
            join.runtime_filters.push(RuntimeFilterSource { id: slot.id, key: at });
            *next += 1;
        }
    }
    Arc::new(PhysicalPlan { op: PhysicalOp::HashJoin(join), children, ..PhysicalPlan::clone(plan) })
}

#[derive(Clone, Copy)]
struct Slot {
    id: RuntimeFilterId,
    /// Whether a NULL may have a partner.
    nulls_match: bool,
}

/// The plan with the slot declared in the scan that gives `column`; `None` when no scan may drop rows for it.
#[recursive]
fn watch(plan: &PhysicalRef, slot: Slot, column: ColumnId) -> Option<PhysicalRef> {
    match &plan.op {
        PhysicalOp::Scan(scan) => {
            scan.columns.iter().find(|(_, id)| *id == column)?;
            let mut scan = scan.clone();
            scan.runtime_filters.push(RuntimeFilterTarget { id: slot.id, column });
            Some(Arc::new(PhysicalPlan { op: PhysicalOp::Scan(scan), ..PhysicalPlan::clone(plan) }))
        }
        PhysicalOp::Filter(_) | PhysicalOp::Sort(_) | PhysicalOp::Generate(_) => watch_child(plan, 0, slot, column),
        PhysicalOp::Project(project) => {
            let (_, expr) = project.exprs.iter().find(|(id, _)| *id == column)?;
            watch_child(plan, 0, slot, expr.as_column()?)
        }
        // Dropping whole groups is dropping rows of the result.
        PhysicalOp::HashAggregate(aggregate) => {
            let (_, key) = aggregate.keys.iter().find(|(id, _)| *id == column)?;
            watch_child(plan, 0, slot, key.as_column()?)
        }
        // A row that loses its partner comes out with NULL for the key, which matches nothing above either, unless there
        // NULLs match.
        PhysicalOp::HashJoin(HashJoin { kind, .. }) | PhysicalOp::NestedLoopJoin(NestedLoopJoin { kind, .. }) => {
            let at = plan.children.iter().position(|child| child.schema.contains(column))?;
            let may_become_null = if at == 0 { kind.keeps_right() } else { kind.keeps_left() };
            (!(slot.nulls_match && may_become_null)).then(|| watch_child(plan, at, slot, column))?
        }
        _ => None,
    }
}

fn watch_child(plan: &PhysicalRef, at: usize, slot: Slot, column: ColumnId) -> Option<PhysicalRef> {
    let mut children = plan.children.clone();
    children[at] = watch(&children[at], slot, column)?;
    Some(plan.with_children(children))
}
