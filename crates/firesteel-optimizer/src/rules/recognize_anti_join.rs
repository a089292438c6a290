//! Rows that an outer join is asked for because they have no partner are those of an anti join.
//!
//! ```text
//! Filter(r.k IS NULL) over Left join(l, r) on l.a = r.k
//!   ⇒  Project(l.*, NULL AS r.*) over Left anti join(l, r) on l.a = r.k
//! ```
//! Only if the column is not NULL in any pair: a pair needs its keys, and what makes its condition TRUE. An anti join looks
//! for no pairs, is estimated better, and may change places with the joins around it.

use super::eliminate_outer_join::matching;
use super::prelude::*;
use crate::known::filtered;

pub const RULE: Rule = Rule {
    name: "recognize_anti_join",
    looks_for: NodeKinds::FILTER,
    order: Traversal::BottomUp,
    required: false,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let Node::Filter(filter) = &plan.node else { return Ok(None) };
    let Node::Join(join) = &filter.input.node else { return Ok(None) };
    let join = match join.kind {
        JoinKind::Left => join.clone(),
        JoinKind::Right => Join {
            left: Arc::clone(&join.right),
            right: Arc::clone(&join.left),
            keys: join.keys.iter().map(JoinKey::swapped).collect(),
            ..join.clone()
        },
        _ => return Ok(None),
    };
    let in_pairs = matching(&join);
    let asks_for_none = |term: &ExprRef| {
        let column = term.as_call("isnull").and_then(|args| args[0].as_column());
        let column = column.and_then(|id| join.right.schema().get(id));
        column.is_some_and(|column| !column.nullable || in_pairs.contains(&column.id))
    };
    let (none, rest): (Vec<_>, Vec<_>) = filter.predicate.conjuncts().into_iter().partition(asks_for_none);
    if none.is_empty() {
        return Ok(None);
    }
    let columns = filter.input.schema().columns.iter().map(|column| {
        let expr = match join.left.schema().contains(column.id) {
            true => column.to_expr(),
            false => Expr::literal(Literal::null(column.data_type.clone())),
        };
        (column.id, expr)
    });
    let exprs = columns.collect();
    let input = LogicalPlan::new(Node::Join(Join { kind: JoinKind::LeftAnti, ..join }));
    filtered(&LogicalPlan::new(Node::Project(Project { input, exprs })), rest).map(Some)
}
