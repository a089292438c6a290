//! Columns that nobody above needs are neither read nor computed.
//!
//! ```text
//! Project(a) over Join(t, u) on t.k = u.k  ⇒  the same with t read for [a, k], u for [k]
//! ```

use std::collections::BTreeSet;

use firesteel_plan::logical::{CommonTableId, CommonTableScan, CommonTables};
use hashbrown::{HashMap, HashSet};

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "prune_columns", looks_for: NodeKinds::ALL, order: Traversal::Whole, required: false, apply };

type Needed = HashSet<ColumnId>;

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    let needed = plan.schema().ids().into_iter().collect();
    let new = match &plan.node {
        Node::CommonTables(tables) => prune_common_tables(tables, &needed)?,
        _ => prune(plan, &needed),
    };
    Ok((new != *plan).then_some(new))
}

/// Readers first: of a definition only those columns are left that one of them needs.
fn prune_common_tables(tables: &CommonTables, needed: &Needed) -> Result<PlanRef> {
    let input = prune(&tables.input, needed);
    let mut wanted = Wanted::new();
    collect_wanted(&input, needed, &mut wanted);
    let mut definitions = Vec::with_capacity(tables.definitions.len());
    for (id, definition) in tables.definitions.iter().rev() {
        let columns = &definition.schema().columns;
        let places = wanted.get(id).cloned().unwrap_or_default();
        let exprs: Vec<_> = places.iter().map(|at| (columns[*at].id, columns[*at].to_expr())).collect();
        let needed: Needed = exprs.iter().map(|(id, _)| *id).collect();
        let mut definition = prune(definition, &needed);
        if definition.schema().ids() != exprs.iter().map(|(id, _)| *id).collect::<Vec<_>>() {
            definition = LogicalPlan::new(Node::Project(Project { input: definition, exprs }));
        }
        collect_wanted(&definition, &needed, &mut wanted);
        definitions.push((*id, definition));
    }
    definitions.reverse();
    for (_, definition) in &mut definitions {
        *definition = narrow_scans(definition, &wanted)?;
    }
    let input = narrow_scans(&input, &wanted)?;
    Ok(LogicalPlan::new(Node::CommonTables(CommonTables { definitions, input })))
}

/// By table: the places of the columns that somebody needs.
type Wanted = HashMap<CommonTableId, BTreeSet<usize>>;

#[recursive::recursive]
fn collect_wanted(plan: &PlanRef, needed: &Needed, wanted: &mut Wanted) {
    if let Node::CommonTableScan(scan) = &plan.node {
        let places = scan.columns.iter().enumerate().filter(|(_, column)| needed.contains(&column.id));
        wanted.entry(scan.table).or_default().extend(places.map(|(at, _)| at));
        return;
    }
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLE_SCAN) {
        return;
    }
    let below = needed_below(plan, needed);
    plan.children().into_iter().for_each(|child| collect_wanted(child, &below, wanted));
}

/// What a pruned plan takes from its inputs.
fn needed_below(plan: &PlanRef, needed: &Needed) -> Needed {
    let own = plan.expressions().into_iter().flat_map(|expr| expr.columns().iter().copied());
    match &plan.node {
        Node::Project(_) | Node::Aggregate(_) => own.collect(),
        Node::Union(union) => union.inputs.iter().flat_map(|(_, ids)| ids.iter().copied()).collect(),
        Node::Recursion(recursion) => recursion.anchor.1.iter().chain(&recursion.step.1).copied().collect(),
        _ => own.chain(needed.iter().copied()).collect(),
    }
}

#[recursive::recursive]
fn narrow_scans(plan: &PlanRef, wanted: &Wanted) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLE_SCAN) {
        return Ok(Arc::clone(plan));
    }
    let Node::CommonTableScan(scan) = &plan.node else {
        return crate::executor::map_children(plan, |child| narrow_scans(child, wanted));
    };
    let places = wanted.get(&scan.table).into_iter().flatten();
    let columns = places.map(|at| scan.columns[*at].clone()).collect();
    Ok(LogicalPlan::new(Node::CommonTableScan(CommonTableScan { columns, ..scan.clone() })))
}

#[recursive::recursive]
fn prune(plan: &PlanRef, needed: &Needed) -> PlanRef {
    match &plan.node {
        Node::Relation(relation) => prune_relation(relation, needed),
        Node::Values(values) => prune_values(values, needed),
        Node::Materialized(_) | Node::CommonTableScan(_) | Node::Range(_) | Node::WorkingTable(_) => Arc::clone(plan),
        Node::Project(project) => {
            let exprs: Vec<_> = project.exprs.iter().filter(|(id, _)| needed.contains(id)).cloned().collect();
            let below = exprs.iter().flat_map(|(_, expr)| expr.columns().iter().copied()).collect();
            LogicalPlan::new(Node::Project(Project { input: prune(&project.input, &below), exprs }))
        }
        Node::Aggregate(aggregate) => prune_aggregate(aggregate, needed),
        Node::Union(union) => prune_union(union, needed),
        Node::Generate(generate) => prune_generate(generate, needed),
        // The next round may need what nobody else does.
        Node::Recursion(recursion) => {
            let all = |(input, ids): &(PlanRef, Vec<ColumnId>)| prune(input, &ids.iter().copied().collect());
            plan.with_children(vec![all(&recursion.anchor), all(&recursion.step)])
        }
        Node::Expand(expand) => prune_expand(expand, needed),
        Node::Window(window) => prune_window(window, needed),
        Node::Filter(_)
        | Node::Sort(_)
        | Node::Limit(_)
        | Node::Sample(_)
        | Node::WindowGroupLimit(_)
        | Node::Join(_)
        | Node::DependentJoin(_)
        | Node::CommonTables(_) => {
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

fn prune_generate(generate: &Generate, needed: &Needed) -> PlanRef {
    let columns = generate.columns.iter().filter(|(_, id)| needed.contains(id)).copied().collect();
    let mut below = needed.clone();
    below.extend(generate.generator.args().iter().flat_map(|arg| arg.columns().iter().copied()));
    LogicalPlan::new(Node::Generate(Generate { input: prune(&generate.input, &below), columns, ..generate.clone() }))
}

/// A key that nobody needs still says which rows there are.
fn prune_expand(expand: &Expand, needed: &Needed) -> PlanRef {
    let mut below = needed.clone();
    below.extend(expand.keys.iter().flat_map(|(_, key)| key.columns().iter().copied()));
    LogicalPlan::new(Node::Expand(Expand { input: prune(&expand.input, &below), ..expand.clone() }))
}

/// Without calls a window is nothing.
fn prune_window(window: &Window, needed: &Needed) -> PlanRef {
    let calls: Vec<_> = window.calls.iter().filter(|(id, _)| needed.contains(id)).cloned().collect();
    if calls.is_empty() {
        return prune(&window.input, needed);
    }
    let keys = window.partition_by.iter().chain(window.order_by.iter().map(|key| &key.expr));
    let used = keys.chain(calls.iter().flat_map(|(_, call)| call.inputs()));
    let mut below = needed.clone();
    below.extend(used.flat_map(|expr| expr.columns().iter().copied()));
    LogicalPlan::new(Node::Window(Window { input: prune(&window.input, &below), calls, ..window.clone() }))
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
