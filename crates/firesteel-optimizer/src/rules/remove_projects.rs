//! Drops projections that change nothing but the order of columns below a node that does not care for it.
//!
//! ```text
//! Join(Project(b, a) over Join(t, u), v)  ⇒  Join(Join(t, u), v)
//! ```
//! Columns are ids: order matters only to the root, to unions and to nobody else.

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "remove_projects", looks_for: NodeKinds::PROJECT, order: Traversal::Whole, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let new = below(plan)?;
    let new = match &new.node {
        // At the root the same columns must come out in the same order.
        Node::Project(project) if is_identity(project) => Arc::clone(&project.input),
        _ => new,
    };
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

fn is_identity(project: &Project) -> bool {
    let input = &project.input.schema().columns;
    input.len() == project.exprs.len()
        && project.exprs.iter().zip(input).all(|((id, expr), column)| *id == column.id && expr.as_column() == Some(*id))
}

/// Whether the projection only passes columns through under their own ids.
fn only_reorders(project: &Project) -> bool {
    project.exprs.len() == project.input.schema().len()
        && project.exprs.iter().all(|(id, expr)| expr.as_column() == Some(*id))
}

#[recursive::recursive]
fn below(plan: &PlanRef) -> Result<PlanRef> {
    let tolerant = matches!(plan.node, Node::Project(_) | Node::Aggregate(_) | Node::Union(_));
    crate::executor::map_children(plan, |child| {
        let child = below(child)?;
        match &child.node {
            Node::Project(project) if (tolerant && only_reorders(project)) || is_identity(project) => {
                Ok(Arc::clone(&project.input))
            }
            _ => Ok(child),
        }
    })
}
