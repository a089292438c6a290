//! One union of many.
//!
//! ```text
//! union(union(a, b), c)  ⇒  union(a, b, c)
//! ```
//! A projection between them that only picks and renames columns is no hindrance.

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "combine_unions", looks_for: NodeKinds::UNION, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Union(union) = &plan.node else { return Ok(None) };
    if !union.inputs.iter().any(|(input, ids)| inner(input, ids).is_some()) {
        return Ok(None);
    }
    let mut inputs = Vec::with_capacity(union.inputs.len());
    for (input, ids) in &union.inputs {
        let Some((inner, positions)) = inner(input, ids) else {
            inputs.push((Arc::clone(input), ids.clone()));
            continue;
        };
        for (input, ids) in &inner.inputs {
            inputs.push((Arc::clone(input), positions.iter().map(|at| ids[*at]).collect()));
        }
    }
    Ok(Some(LogicalPlan::new(Node::Union(Union { inputs, columns: union.columns.clone() }))))
}

/// The union that an input is, and where in it the columns come from.
fn inner<'a>(input: &'a PlanRef, ids: &[ColumnId]) -> Option<(&'a Union, Vec<usize>)> {
    let (union, exprs) = match &input.node {
        Node::Union(union) => (union, None),
        Node::Project(project) => match &project.input.node {
            Node::Union(union) => (union, Some(&project.exprs)),
            _ => return None,
        },
        _ => return None,
    };
    let position = |id: &ColumnId| {
        let source = match exprs {
            None => *id,
            Some(exprs) => exprs.iter().find(|(known, _)| known == id)?.1.as_column()?,
        };
        union.columns.iter().position(|column| column.id == source)
    };
    Some((union, ids.iter().map(position).collect::<Option<_>>()?))
}
