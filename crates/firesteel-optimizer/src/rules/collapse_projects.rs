//! Makes one projection of two, where no expression would be computed twice.
//!
//! ```text
//! Project(x + 1 AS y) over Project(a * 2 AS x) over t  ⇒  Project(a * 2 + 1 AS y) over t
//! ```
//! Kept apart: an inner expression that is not a plain column or literal and is used more than once, or is volatile.

use hashbrown::HashMap;

use super::prelude::*;
use firesteel_expr::function::Volatility;

pub const RULE: Rule = Rule {
    name: "collapse_projects",
    looks_for: NodeKinds::PROJECT,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Project(outer) = &plan.node else { return Ok(None) };
    let Node::Project(inner) = &outer.input.node else { return Ok(None) };
    let inner_exprs: HashMap<ColumnId, &ExprRef> = inner.exprs.iter().map(|(id, expr)| (*id, expr)).collect();
    if !inner.exprs.iter().all(|(id, expr)| is_cheap(expr) || may_move(*id, expr, &outer.exprs)) {
        return Ok(None);
    }
    let mut exprs = Vec::with_capacity(outer.exprs.len());
    for (id, expr) in &outer.exprs {
        let merged = expr.replace_columns(&|column| inner_exprs.get(&column).map(|expr| Arc::clone(expr)))?;
        exprs.push((*id, merged));
    }
    Ok(Some(LogicalPlan::new(Node::Project(Project { input: Arc::clone(&inner.input), exprs }))))
}

fn is_cheap(expr: &Expr) -> bool {
    expr.as_column().is_some() || expr.as_literal().is_some()
}

/// Not volatile, and used by one reference at most.
fn may_move(id: ColumnId, expr: &Expr, users: &[(ColumnId, ExprRef)]) -> bool {
    let uses: usize = users.iter().map(|(_, user)| count_uses(user, id)).sum();
    expr.volatility() != Volatility::Volatile && uses <= 1
}

fn count_uses(expr: &Expr, id: ColumnId) -> usize {
    if expr.columns().binary_search(&id).is_err() {
        return 0;
    }
    let mut uses = 0;
    expr.any(&mut |node| {
        uses += usize::from(node.as_column() == Some(id));
        false
    });
    uses
}
