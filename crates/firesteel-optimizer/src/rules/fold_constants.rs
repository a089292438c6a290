//! Computes expressions without columns while planning.
//!
//! ```text
//! a > 1 + 2  ⇒  a > 3
//! ```
//! An expression that fails stays as it is: it may never be reached at run time.

use super::prelude::*;
use firesteel_expr::eval::evaluate_constant;

pub const RULE: Rule =
    Rule { name: "fold_constants", looks_for: NodeKinds::ALL, order: Traversal::BottomUp, required: false, apply };

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    let new = plan.map_expressions(&mut |expr| fold(expr, context))?;
    Ok((!Arc::ptr_eq(&new, plan)).then_some(new))
}

fn fold(expr: &ExprRef, context: &RuleContext) -> Result<ExprRef> {
    if expr.as_literal().is_some() || expr.as_column().is_some() {
        return Ok(Arc::clone(expr));
    }
    if expr.is_foldable() {
        // Failing, it may still have parts that fold.
        if let Ok(literal) = evaluate_constant(expr, &context.eval) {
            return Ok(Expr::literal(literal));
        }
    }
    expr.rewrite(&mut |node| {
        if node.as_literal().is_some() || !node.is_foldable() {
            return Ok(None);
        }
        Ok(evaluate_constant(node, &context.eval).ok().map(Expr::literal))
    })
}
