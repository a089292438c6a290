//! One strategy per logical node. Columns that nobody above needs do not come out of scans, joins and projections.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result, internal};
use firesteel_expr::Expr;
use firesteel_plan::logical::{
    CommonTables, Expand, Generate, Join, JoinKey, JoinKind, Limit, Node, Relation, Sort, Window,
};
use firesteel_plan::physical::{self, HashJoin, JoinSide, NestedLoopJoin, PhysicalOp, Scan, StageId, StageInput, TopN};
use firesteel_plan::statistics::joins;
use firesteel_plan::{LogicalPlan, PhysicalPlan, PhysicalRef, PlanColumn, PlanRef, Schema};
use hashbrown::HashSet;
use recursive::recursive;

use crate::join_order::{BUILD, probed};
use crate::rule::RuleContext;

type Needed = HashSet<ColumnId>;

pub(super) fn plan_root(plan: &PlanRef, context: &RuleContext) -> Result<PhysicalRef> {
    let physical = strategy(plan, &plan.schema().ids().into_iter().collect(), context)?;
    if physical.schema.ids() == plan.schema().ids() {
        return Ok(physical);
    }
    let exprs = plan.schema().columns.iter().map(|column| (column.id, column.to_expr())).collect();
    let op = PhysicalOp::Project(physical::Project { exprs });
    let rows = physical.rows;
    Ok(PhysicalPlan::new(op, vec![physical], Arc::clone(plan.schema()), rows).with_logical(plan))
}

#[recursive]
fn strategy(plan: &PlanRef, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    let made = match &plan.node {
        Node::Relation(relation) => scan(plan, relation, needed),
        Node::Values(values) => {
            let op = PhysicalOp::Values(physical::Values { rows: values.rows.clone() });
            node(plan, op, Vec::new(), Arc::clone(plan.schema()))
        }
        Node::Materialized(leaf) => {
            let op = PhysicalOp::StageInput(StageInput { stage: StageId(leaf.stage) });
            node(plan, op, Vec::new(), Arc::clone(plan.schema()))
        }
        Node::Project(project) => {
            let exprs: Vec<_> = project.exprs.iter().filter(|(id, _)| needed.contains(id)).cloned().collect();
            let below = columns_of(exprs.iter().map(|(_, expr)| expr.as_ref()));
            let input = strategy(&project.input, &below, context)?;
            let schema = Schema::new(exprs.iter().map(|(id, expr)| PlanColumn::of(*id, expr)).collect());
            node(plan, PhysicalOp::Project(physical::Project { exprs }), vec![input], schema)
        }
        Node::Filter(filter) => {
            let input = strategy(&filter.input, &with(needed, [filter.predicate.as_ref()]), context)?;
            let schema = Arc::clone(&input.schema);
            let op = PhysicalOp::Filter(physical::Filter { predicate: Arc::clone(&filter.predicate) });
            node(plan, op, vec![input], schema)
        }
        Node::Aggregate(aggregate) => {
            let below = columns_of(plan.expressions().into_iter().map(|expr| expr.as_ref()));
            let input = strategy(&aggregate.input, &below, context)?;
            let op = PhysicalOp::HashAggregate(physical::HashAggregate {
                keys: aggregate.keys.clone(),
                aggregates: aggregate.aggregates.clone(),
            });
            node(plan, op, vec![input], Arc::clone(plan.schema()))
        }
        Node::Join(join) => join_strategy(plan, join, needed, context)?,
        Node::CommonTables(tables) => common_tables(plan, tables, needed, context)?,
        Node::CommonTableScan(scan) => {
            let op = PhysicalOp::CommonTableScan(physical::CommonTableScan { table: scan.table });
            node(plan, op, Vec::new(), Arc::clone(plan.schema()))
        }
        Node::DependentJoin(_) => return Err(internal!("a dependent join outlived its rule:\n{plan:?}")),
        Node::Sort(sort) => {
            let input = strategy(&sort.input, &with_keys(needed, sort), context)?;
            let schema = Arc::clone(&input.schema);
            node(plan, PhysicalOp::Sort(physical::Sort { keys: sort.keys.clone() }), vec![input], schema)
        }
        Node::Limit(limit) => limit_strategy(plan, limit, needed, context)?,
        Node::Union(union) => {
            let inputs =
                union.inputs.iter().map(|(input, ids)| strategy(input, &ids.iter().copied().collect(), context));
            let children = inputs.collect::<Result<_>>()?;
            let op = PhysicalOp::Union(physical::Union {
                inputs: union.inputs.iter().map(|(_, ids)| ids.clone()).collect(),
            });
            node(plan, op, children, Arc::clone(plan.schema()))
        }
        Node::Generate(generate) => generate_strategy(plan, generate, needed, context)?,
        Node::Range(range) => {
            let op = PhysicalOp::Range(physical::Range { start: range.start, step: range.step, count: range.count });
            node(plan, op, Vec::new(), Arc::clone(plan.schema()))
        }
        Node::Expand(expand) => expand_strategy(plan, expand, needed, context)?,
        Node::Window(window) => window_strategy(plan, window, needed, context)?,
        Node::WindowGroupLimit(limit) => {
            let used = plan.expressions().into_iter().map(|expr| expr.as_ref());
            let input = strategy(&limit.input, &with(needed, used), context)?;
            let schema = Arc::clone(&input.schema);
            let op = PhysicalOp::WindowGroupLimit(physical::WindowGroupLimit {
                partition_by: limit.partition_by.clone(),
                order_by: limit.order_by.clone(),
                ranking: limit.ranking,
                count: limit.count,
            });
            node(plan, op, vec![input], schema)
        }
        Node::Recursion(recursion) => {
            let input =
                |(input, ids): &(PlanRef, Vec<ColumnId>)| strategy(input, &ids.iter().copied().collect(), context);
            let children = vec![input(&recursion.anchor)?, input(&recursion.step)?];
            let op = PhysicalOp::Recursion(physical::Recursion {
                id: recursion.id,
                anchor: recursion.anchor.1.clone(),
                step: recursion.step.1.clone(),
                limits: recursion.limits,
            });
            node(plan, op, children, Arc::clone(plan.schema()))
        }
        Node::Sample(sample) => {
            let input = strategy(&sample.input, needed, context)?;
            let schema = Arc::clone(&input.schema);
            let op = PhysicalOp::Sample(physical::Sample { fraction: sample.fraction, seed: sample.seed });
            node(plan, op, vec![input], schema)
        }
        Node::WorkingTable(table) => {
            let op = PhysicalOp::WorkingTable(physical::WorkingTable { recursion: table.recursion });
            node(plan, op, Vec::new(), Arc::clone(plan.schema()))
        }
    };
    Ok(made.with_logical(plan))
}

/// Definitions give all of their columns: readers find them by place.
fn common_tables(plan: &PlanRef, tables: &CommonTables, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    let mut children = Vec::with_capacity(tables.definitions.len() + 1);
    for (_, definition) in &tables.definitions {
        children.push(plan_root(definition, context)?);
    }
    let input = strategy(&tables.input, needed, context)?;
    let schema = Arc::clone(&input.schema);
    children.push(input);
    let definitions = tables.definitions.iter().map(|(id, _)| *id).collect();
    Ok(node(plan, PhysicalOp::CommonTables(physical::CommonTables { definitions }), children, schema))
}

fn node(plan: &PlanRef, op: PhysicalOp, children: Vec<PhysicalRef>, schema: Arc<Schema>) -> PhysicalRef {
    PhysicalPlan::new(op, children, schema, plan.statistics().rows)
}

fn columns_of<'a>(exprs: impl IntoIterator<Item = &'a Expr>) -> Needed {
    exprs.into_iter().flat_map(|expr| expr.columns().iter().copied()).collect()
}

fn with<'a>(needed: &Needed, exprs: impl IntoIterator<Item = &'a Expr>) -> Needed {
    let mut all = columns_of(exprs);
    all.extend(needed);
    all
}

fn with_keys(needed: &Needed, sort: &Sort) -> Needed {
    with(needed, sort.keys.iter().map(|key| key.expr.as_ref()))
}

/// What comes out first, then what only filters read.
fn scan(plan: &PlanRef, relation: &Relation, needed: &Needed) -> PhysicalRef {
    let name = |(at, id): (usize, ColumnId)| (Arc::clone(&relation.table.columns()[at].name), id);
    let (out, inner): (Vec<_>, Vec<_>) = relation.columns.iter().partition(|(_, id)| needed.contains(id));
    let in_filter = columns_of(relation.filters.iter().map(|filter| filter.as_ref()));
    let inner = inner.into_iter().filter(|(_, id)| in_filter.contains(id));
    let op = PhysicalOp::Scan(Scan {
        table: Arc::clone(&relation.name),
        source: relation.table.source(),
        columns: out.iter().copied().chain(inner).map(name).collect(),
        filters: relation.filters.clone(),
        runtime_filters: Vec::new(),
    });
    let columns = plan.schema().columns.iter().filter(|column| needed.contains(&column.id)).cloned().collect();
    node(plan, op, Vec::new(), Schema::new(columns))
}

fn generate_strategy(
    plan: &PlanRef,
    generate: &Generate,
    needed: &Needed,
    context: &RuleContext,
) -> Result<PhysicalRef> {
    let below = with(needed, generate.generator.args().iter().map(|arg| arg.as_ref()));
    let input = strategy(&generate.input, &restricted(&below, &generate.input), context)?;
    let kept = input.schema.columns.iter().filter(|column| needed.contains(&column.id)).cloned();
    let generated = generate.generated().into_iter().zip(&generate.columns);
    let generated: Vec<_> = generated.filter(|(column, _)| needed.contains(&column.id)).collect();
    let columns = kept.chain(generated.iter().map(|(column, _)| column.clone())).collect();
    let op = PhysicalOp::Generate(physical::Generate {
        generator: generate.generator.clone(),
        outer: generate.outer,
        columns: generated.iter().map(|(_, (at, _))| *at).collect(),
    });
    Ok(node(plan, op, vec![input], Schema::new(columns)))
}

fn join_strategy(plan: &PlanRef, join: &Join, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    let below = with(needed, plan.expressions().into_iter().map(|expr| expr.as_ref()));
    let left = strategy(&join.left, &restricted(&below, &join.left), context)?;
    let right = strategy(&join.right, &restricted(&below, &join.right), context)?;
    let columns = plan.schema().columns.iter().filter(|column| needed.contains(&column.id)).cloned().collect();
    let op = match join.keys.is_empty() {
        true => PhysicalOp::NestedLoopJoin(NestedLoopJoin { kind: join.kind, filter: join.filter.clone() }),
        false => PhysicalOp::HashJoin(HashJoin {
            kind: join.kind,
            build: build_side(join, &left, &right),
            keys: join.keys.clone(),
            filter: join.filter.clone(),
            runtime_filters: Vec::new(),
        }),
    };
    Ok(node(plan, op, vec![left, right], Schema::new(columns)))
}

fn restricted(needed: &Needed, side: &LogicalPlan) -> Needed {
    side.schema().columns.iter().map(|column| column.id).filter(|id| needed.contains(id)).collect()
}

/// The side that is cheaper to hold, on a tie the right one, as written. Rows of the other side that find no partner are
/// dropped by the runtime filter where they are read.
fn build_side(join: &Join, left: &PhysicalRef, right: &PhysicalRef) -> JoinSide {
    let bytes = |side: &PhysicalRef| side.rows.value * (side.schema.row_bytes() + 16.0);
    let (l, r) = (bytes(left), bytes(right));
    match join.kind {
        JoinKind::Inner => {
            let (of_left, of_right) = (join.left.statistics(), join.right.statistics());
            let backwards: Vec<_> = join.keys.iter().map(JoinKey::swapped).collect();
            let hold_right = BUILD * r + probed(l, joins::matched(of_left, of_right, &join.keys).value);
            let hold_left = BUILD * l + probed(r, joins::matched(of_right, of_left, &backwards).value);
            if hold_left < hold_right { JoinSide::Left } else { JoinSide::Right }
        }
        // Only a probing row can count its partners.
        JoinKind::Single => JoinSide::Right,
        // Probing with the outer side needs no second pass over the build; worth a build up to twice as large.
        JoinKind::Left | JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_) if r <= 2.0 * l => JoinSide::Right,
        JoinKind::Right if l <= 2.0 * r => JoinSide::Left,
        _ if l < r => JoinSide::Left,
        _ => JoinSide::Right,
    }
}

fn expand_strategy(plan: &PlanRef, expand: &Expand, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    let passed = restricted(needed, &expand.input);
    let keys = expand.keys.iter().map(|(_, key)| key.as_ref());
    let input = strategy(&expand.input, &with(&passed, keys), context)?;
    let mut columns: Vec<_> =
        input.schema.columns.iter().filter(|column| passed.contains(&column.id)).cloned().collect();
    let op = PhysicalOp::Expand(physical::Expand {
        passed: columns.iter().map(|column| column.id).collect(),
        keys: expand.keys.clone(),
        sets: expand.sets.clone(),
        with_position: expand.position.is_some(),
    });
    columns.extend(expand.added_columns());
    Ok(node(plan, op, vec![input], Schema::new(columns)))
}

fn window_strategy(plan: &PlanRef, window: &Window, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    let used = plan.expressions().into_iter().map(|expr| expr.as_ref());
    let input = strategy(&window.input, &with(&restricted(needed, &window.input), used), context)?;
    let added = plan.schema().columns.iter().skip(window.input.schema().len());
    let schema = Schema::new(input.schema.columns.iter().chain(added).cloned().collect());
    let op = PhysicalOp::Window(physical::Window {
        partition_by: window.partition_by.clone(),
        order_by: window.order_by.clone(),
        calls: window.calls.clone(),
    });
    Ok(node(plan, op, vec![input], schema))
}

/// A limit over an order keeps a heap instead of sorting all.
fn limit_strategy(plan: &PlanRef, limit: &Limit, needed: &Needed, context: &RuleContext) -> Result<PhysicalRef> {
    if let (Node::Sort(sort), Some(count)) = (&limit.input.node, limit.count)
        && limit.offset.saturating_add(count) <= TOP_N_ROWS_MAX
    {
        let input = strategy(&sort.input, &with_keys(needed, sort), context)?;
        let schema = Arc::clone(&input.schema);
        let op = PhysicalOp::TopN(TopN { keys: sort.keys.clone(), offset: limit.offset, count });
        return Ok(node(plan, op, vec![input], schema));
    }
    let input = strategy(&limit.input, needed, context)?;
    let schema = Arc::clone(&input.schema);
    let op = PhysicalOp::Limit(physical::Limit { offset: limit.offset, count: limit.count });
    Ok(node(plan, op, vec![input], schema))
}

/// Beyond so many rows a heap per worker costs more than a sort.
const TOP_N_ROWS_MAX: u64 = 100_000;
