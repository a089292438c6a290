//! What every logical plan must satisfy; the rule executor checks it after each effective rule in tests and debug builds.

use firesteel_common::{ColumnId, Result, SqlType, internal};
use hashbrown::HashSet;
use recursive::recursive;

use crate::logical::{JoinKey, LogicalPlan, Node};
use crate::schema::{PlanColumn, Schema};

/// References bound by the children, ids unique, predicates boolean, join keys of one type.
pub fn check(plan: &LogicalPlan) -> Result<()> {
    check_within(plan, &HashSet::new())
}

/// `around`: the columns of dependent joins on whose right side the plan stands.
#[recursive]
fn check_within(plan: &LogicalPlan, around: &HashSet<ColumnId>) -> Result<()> {
    match &plan.node {
        Node::DependentJoin(join) => {
            check_within(&join.left, around)?;
            let ids = around.iter().copied().chain(join.left.schema().ids());
            check_within(&join.right, &ids.collect())?;
        }
        _ => plan.children().into_iter().try_for_each(|child| check_within(child, around))?,
    }
    check_unique(plan.schema())?;
    let available: HashSet<ColumnId> = match &plan.node {
        Node::Relation(relation) => relation.columns.iter().map(|(_, id)| *id).collect(),
        _ => plan.children().iter().flat_map(|child| child.schema().ids()).collect(),
    };
    for expr in plan.expressions() {
        if let Some(id) = expr.columns().iter().find(|id| !available.contains(*id) && !around.contains(*id)) {
            return Err(internal!("{expr} uses {id}, which no child gives:\n{plan:?}"));
        }
    }
    match &plan.node {
        Node::Filter(filter) => check_boolean(filter.predicate.data_type(), plan),
        Node::Join(join) => {
            for JoinKey { left, right, .. } in &join.keys {
                if !join.left.schema().covers(left) || !join.right.schema().covers(right) {
                    return Err(internal!("join keys {left} = {right} are of the wrong sides:\n{plan:?}"));
                }
                if left.data_type() != right.data_type() {
                    return Err(internal!("join keys {left} = {right} differ in type:\n{plan:?}"));
                }
            }
            join.filter.as_ref().map_or(Ok(()), |filter| check_boolean(filter.data_type(), plan))
        }
        Node::DependentJoin(join) => {
            join.filter.as_ref().map_or(Ok(()), |filter| check_boolean(filter.data_type(), plan))
        }
        Node::Union(union) => match union.inputs.iter().all(|input| fits(input, &union.columns)) {
            true => Ok(()),
            false => Err(internal!("a union of inputs that do not fit:\n{plan:?}")),
        },
        Node::Recursion(recursion) => {
            match [&recursion.anchor, &recursion.step].iter().all(|input| fits(input, &recursion.columns)) {
                true => Ok(()),
                false => Err(internal!("a recursion of inputs that do not fit:\n{plan:?}")),
            }
        }
        _ => Ok(()),
    }
}

/// Whether the input has the columns that become these.
fn fits((input, ids): &(crate::PlanRef, Vec<ColumnId>), columns: &[PlanColumn]) -> bool {
    let same = |(id, column): (&ColumnId, &PlanColumn)| {
        input.schema().get(*id).is_some_and(|input| input.data_type == column.data_type)
    };
    ids.len() == columns.len() && ids.iter().zip(columns).all(same)
}

fn check_boolean(data_type: &SqlType, plan: &LogicalPlan) -> Result<()> {
    match data_type {
        SqlType::Boolean | SqlType::Void => Ok(()),
        other => Err(internal!("a predicate of type {other}:\n{plan:?}")),
    }
}

fn check_unique(schema: &Schema) -> Result<()> {
    let mut seen = HashSet::new();
    match schema.columns.iter().find(|column| !seen.insert(column.id)) {
        Some(column) => Err(internal!("column {} occurs twice in a schema", column.id)),
        None => Ok(()),
    }
}

/// A rewrite must give the same columns: ids and types in order. It may learn that a column is never NULL.
pub fn check_same_output(before: &Schema, after: &Schema) -> Result<()> {
    let same = before.len() == after.len()
        && before.columns.iter().zip(&after.columns).all(|(a, b)| a.id == b.id && a.data_type == b.data_type);
    match same {
        true => Ok(()),
        false => Err(internal!("a rewrite changed the output from {before:?} to {after:?}")),
    }
}
