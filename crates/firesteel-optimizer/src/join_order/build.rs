//! The chosen tree as a plan.

use std::sync::Arc;

use firesteel_common::Result;
use firesteel_expr::Expr;
use firesteel_plan::logical::{Join, JoinKey, JoinKind, Node};
use firesteel_plan::{LogicalPlan, PlanRef};
use hashbrown::HashSet;
use recursive::recursive;

use super::graph::{Class, Graph, Operation, Operator, Tree};
use super::set::Set;
use crate::rules::extract_join_keys::extract;

/// `None` when some operator found no place in the tree.
pub(super) fn plan(graph: &Graph, tree: &Tree) -> Result<Option<PlanRef>> {
    let mut builder = Builder { graph, done: HashSet::new() };
    let built = builder.build(tree)?;
    Ok(built.map(|(_, plan)| plan).filter(|_| builder.done.len() == graph.operators.len()))
}

struct Builder<'a> {
    graph: &'a Graph,
    /// Operators that have their place.
    done: HashSet<usize>,
}

impl Builder<'_> {
    #[recursive]
    fn build(&mut self, tree: &Tree) -> Result<Option<(Set, PlanRef)>> {
        let sides = match tree {
            Tree::Relation(relation) => {
                return Ok(Some((Set::of(*relation), Arc::clone(&self.graph.relations[*relation].plan))));
            }
            Tree::Join(sides) => sides,
        };
        let (Some((left, left_plan)), Some((right, right_plan))) = (self.build(&sides.0)?, self.build(&sides.1)?)
        else {
            return Ok(None);
        };
        let plan = match self.graph.operation(left, right) {
            None => return Ok(None),
            Some(Operation::Inner) => self.inner((left, left_plan), (right, right_plan))?,
            Some(Operation::Outer { operator, swapped }) => {
                self.done.insert(operator);
                let operator = &self.graph.operators[operator];
                let (left, right) = if swapped { (right_plan, left_plan) } else { (left_plan, right_plan) };
                outer(operator, left, right)
            }
        };
        Ok(Some((left | right, plan)))
    }

    /// The larger side left: it streams past the other one.
    fn inner(&mut self, left: (Set, PlanRef), right: (Set, PlanRef)) -> Result<PlanRef> {
        let rows = |side: &PlanRef| side.statistics().rows.value;
        let ((left, left_plan), (right, right_plan)) =
            if rows(&left.1) < rows(&right.1) { (right, left) } else { (left, right) };
        let mut terms = Vec::new();
        for (at, operator) in self.graph.operators.iter().enumerate() {
            let needs = operator.needs();
            let here = (left | right).contains(needs) && !left.contains(needs) && !right.contains(needs);
            if operator.kind == JoinKind::Inner && here {
                self.done.insert(at);
                terms.extend(operator.filter.iter().cloned());
            }
        }
        let keys = self.keys(left, right);
        let filter = if terms.is_empty() { None } else { Some(Expr::and(terms)?) };
        let join = Join { left: left_plan, right: right_plan, kind: JoinKind::Inner, keys, filter };
        let plan = LogicalPlan::new(Node::Join(join));
        Ok(extract(&plan)?.unwrap_or(plan))
    }

    /// One pair per class with members on both sides: within each side its members are equal already. Of several members
    /// one of the relation that most pairs can be had of: keys of one table are known to go together.
    fn keys(&self, left: Set, right: Set) -> Vec<JoinKey> {
        let of = |class: &Class, side: Set| class.iter().any(|member| side.contains(Set::of(member.relation)));
        let crossing: Vec<&Class> =
            self.graph.classes.iter().filter(|class| of(class, left) && of(class, right)).collect();
        let uses = |relation: usize| crossing.iter().filter(|class| of(class, Set::of(relation))).count();
        let pick = |class: &Class, side: Set| {
            let members = class.iter().filter(|member| side.contains(Set::of(member.relation)));
            members
                .max_by_key(|member| (uses(member.relation), std::cmp::Reverse(member.relation)))
                .map(|m| Arc::clone(&m.expr))
        };
        let key =
            |class: &&Class| Some(JoinKey { left: pick(class, left)?, right: pick(class, right)?, nulls_match: false });
        crossing.iter().filter_map(key).collect()
    }
}

fn outer(operator: &Operator, left: PlanRef, right: PlanRef) -> PlanRef {
    LogicalPlan::new(Node::Join(Join {
        left,
        right,
        kind: operator.kind,
        keys: operator.keys.clone(),
        filter: operator.filter.clone(),
    }))
}
