//! Columns that nobody above needs are neither read nor computed.
//!
//! ```text
//! Project(a) over Join(t, u) on t.k = u.k  ⇒  the same with t read for [a, k], u for [k]
//! ```

use hashbrown::HashSet;

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "prune_columns", looks_for: NodeKinds::ALL, order: Traversal::Whole, required: false, apply };

type Needed = HashSet<ColumnId>;

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let needed = plan.schema().ids().into_iter().collect();
    let new = prune(plan, &needed);
    Ok((new != *plan).then_some(new))
}

#[recursive::recursive]
fn prune(plan: &PlanRef, needed: &Needed) -> PlanRef {
    match &plan.node {
        Node::Relation(relation) => prune_relation(relation, needed),
        Node::Values(values) => prune_values(values, needed),
        Node::Materialized(_) => Arc::clone(plan),
        Node::Project(project) => {
            let exprs: Vec<_> = project.exprs.iter().filter(|(id, _)| needed.contains(id)).cloned().collect();
            let below = exprs.iter().flat_map(|(_, expr)| expr.columns().iter().copied()).collect();
            LogicalPlan::new(Node::Project(Project { input: prune(&project.input, &below), exprs }))
        }
        Node::Aggregate(aggregate) => prune_aggregate(aggregate, needed),
        Node::Union(union) => prune_union(union, needed),
        Node::Filter(_) | Node::Sort(_) | Node::Limit(_) | Node::Join(_) | Node::DependentJoin(_) => {
            let mut below = needed.clone();
            below.extend(plan.expressions().iter().flat_map(|expr| expr.columns().iter().copied()));
            let children = plan.children().into_iter().map(|child| prune(child, &below)).collect();
            plan.with_children(children)
        }
    }
}

fn prune_relation(relation: &Relation, needed: &Needed) -> PlanRef {
    let in_filter = |id: &ColumnId| relation.filters.iter().any(|filter| filter.columns().contains(id));
    let columns = relation.columns.iter().filter(|(_, id)| needed.contains(id) || in_filter(id)).copied().collect();
    LogicalPlan::new(Node::Relation(Relation { columns, ..relation.clone() }))
}

fn prune_values(values: &Values, needed: &Needed) -> PlanRef {
    let keep: Vec<bool> = values.columns.iter().map(|column| needed.contains(&column.id)).collect();
    fn kept<T: Clone>(items: &[T], keep: &[bool]) -> Vec<T> {
        items.iter().zip(keep).filter(|(_, keep)| **keep).map(|(item, _)| item.clone()).collect()
    }
    let rows = values.rows.iter().map(|row| kept(row, &keep)).collect();
    LogicalPlan::new(Node::Values(Values { columns: kept(&values.columns, &keep), rows }))
}

fn prune_aggregate(aggregate: &Aggregate, needed: &Needed) -> PlanRef {
    let aggregates: Vec<_> = aggregate.aggregates.iter().filter(|(id, _)| needed.contains(id)).cloned().collect();
    let inputs = aggregates.iter().flat_map(|(_, call)| call.inputs());
    let below = aggregate.keys.iter().map(|(_, key)| key).chain(inputs);
    let below = below.flat_map(|expr| expr.columns().iter().copied()).collect();
    let input = prune(&aggregate.input, &below);
    LogicalPlan::new(Node::Aggregate(Aggregate { input, keys: aggregate.keys.clone(), aggregates }))
}

fn prune_union(union: &Union, needed: &Needed) -> PlanRef {
    let keep: Vec<usize> = (0..union.columns.len()).filter(|at| needed.contains(&union.columns[*at].id)).collect();
    let inputs = union.inputs.iter().map(|(input, ids)| {
        let ids: Vec<_> = keep.iter().map(|at| ids[*at]).collect();
        (prune(input, &ids.iter().copied().collect()), ids)
    });
    let columns = keep.iter().map(|at| union.columns[*at].clone()).collect();
    LogicalPlan::new(Node::Union(Union { inputs: inputs.collect(), columns }))
}
