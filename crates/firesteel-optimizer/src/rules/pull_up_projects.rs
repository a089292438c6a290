//! Renamings between joins go above them, so that all joins are one tree to be ordered.
//!
//! ```text
//! Join(Project(a AS x) over Join(t, u), v) on x = k  ⇒  Project(a AS x, …) over Join(Join(t, u), v) on a = k
//! ```
//! Only plain columns: what is computed is computed where it was written.

use hashbrown::HashMap;

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "pull_up_projects", looks_for: NodeKinds::JOIN, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Join(join) = &plan.node else { return Ok(None) };
    let mut names: HashMap<ColumnId, ColumnId> = HashMap::new();
    let left = below_renaming(&join.left, &mut names);
    let right = below_renaming(&join.right, &mut names);
    // Unnesting reads the same columns on both sides, apart by the names that a projection gives them.
    let both = left.schema().columns.iter().any(|column| right.schema().get(column.id).is_some());
    if names.is_empty() || both {
        return Ok(None);
    }
    let rename = |expr: &ExprRef| {
        expr.rewrite(&mut |node| {
            let Some(id) = node.as_column().and_then(|id| names.get(&id)) else { return Ok(None) };
            Ok(Some(Expr::column(*id, node.data_type().clone(), node.nullable())))
        })
    };
    let rename_key = |key: &JoinKey| {
        Ok(JoinKey { left: rename(&key.left)?, right: rename(&key.right)?, nulls_match: key.nulls_match })
    };
    let keys = join.keys.iter().map(rename_key).collect::<Result<_>>()?;
    let filter = join.filter.as_ref().map(rename).transpose()?;
    let new = LogicalPlan::new(Node::Join(Join { left, right, kind: join.kind, keys, filter }));
    let expr = |column: &firesteel_plan::PlanColumn| {
        let source = names.get(&column.id).copied().unwrap_or(column.id);
        Some((column.id, new.schema().get(source)?.to_expr()))
    };
    let exprs = plan.schema().columns.iter().filter_map(expr).collect();
    Ok(Some(LogicalPlan::new(Node::Project(Project { input: new, exprs }))))
}

/// What a renaming projection reads, if that is joins; `names` learns what its columns are called there.
fn below_renaming(side: &PlanRef, names: &mut HashMap<ColumnId, ColumnId>) -> PlanRef {
    let Node::Project(project) = &side.node else { return Arc::clone(side) };
    let sources: Option<Vec<_>> = project.exprs.iter().map(|(id, expr)| Some((*id, expr.as_column()?))).collect();
    match sources {
        Some(sources)
            if matches!(project.input.node, Node::Join(_)) && sources.iter().any(|(id, source)| id != source) =>
        {
            names.extend(sources);
            Arc::clone(&project.input)
        }
        _ => Arc::clone(side),
    }
}
