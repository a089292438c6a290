//! Plans as text, columns as `name#id`.

use firesteel_catalog::{Estimate, Source};
use firesteel_common::{ColumnId, ColumnIds};
use firesteel_expr::window::Ranking;
use firesteel_expr::{AggregateCall, ExprRef, WindowCall};

use crate::logical::{Generator, JoinKey, LogicalPlan, Node, RecursionId, RecursionLimits, SortKey};
use crate::physical::{JoinSide, Partitioning, PhysicalOp, PhysicalPlan, PhysicalRef};

/// A logical plan, one node a line, children indented.
pub fn logical(plan: &LogicalPlan, ids: &ColumnIds) -> String {
    let mut out = String::new();
    write_logical(plan, ids, &[], true, false, &mut out);
    out
}

/// As [`logical`], with the numbers that planning goes by, each with how sure it is.
pub fn logical_with_cost(plan: &LogicalPlan, ids: &ColumnIds) -> String {
    let mut out = String::new();
    write_logical(plan, ids, &[], true, true, &mut out);
    out
}

/// A physical plan. `annotate` may add a text to each operator, by its place in preorder.
pub fn physical(plan: &PhysicalRef, ids: &ColumnIds, annotate: &dyn Fn(usize) -> Option<String>) -> String {
    let mut out = String::new();
    write_physical(plan, ids, &[], annotate, &mut 0, &mut out);
    out
}

fn write_logical(plan: &LogicalPlan, ids: &ColumnIds, last: &[bool], root: bool, cost: bool, out: &mut String) {
    indent(if root { &[] } else { last }, out);
    out.push_str(&logical_line(&plan.node, ids));
    if cost {
        out.push_str(&cost_of(plan, ids));
    }
    out.push('\n');
    let children = plan.children();
    for (at, child) in children.iter().enumerate() {
        let last = [last, &[at + 1 == children.len()]].concat();
        write_logical(child, ids, &last, false, cost, out);
    }
}

fn write_physical(
    plan: &PhysicalPlan,
    ids: &ColumnIds,
    last: &[bool],
    annotate: &dyn Fn(usize) -> Option<String>,
    number: &mut usize,
    out: &mut String,
) {
    indent(last, out);
    out.push_str(&physical_line(plan, ids));
    if let Some(text) = annotate(*number) {
        out.push_str(&text);
    }
    *number += 1;
    out.push('\n');
    for (at, child) in plan.children.iter().enumerate() {
        let last = [last, &[at + 1 == plan.children.len()]].concat();
        write_physical(child, ids, &last, annotate, number, out);
    }
}

/// Rows; of tables also what is known of their columns' distinct values.
fn cost_of(plan: &LogicalPlan, ids: &ColumnIds) -> String {
    let statistics = plan.statistics();
    let mut out = format!(", rows={}", estimate(statistics.rows));
    if let Node::Relation(relation) = &plan.node {
        let distinct = relation.columns.iter().filter_map(|(_, id)| Some((*id, statistics.distinct(*id)?)));
        let distinct: Vec<_> =
            distinct.map(|(id, value)| format!("{}: {}", ids.display(id), estimate(value))).collect();
        if !distinct.is_empty() {
            out.push_str(&format!(", distinct={}", list(distinct.into_iter())));
        }
    }
    out
}

/// `1500 (exact)`.
pub fn estimate(estimate: Estimate) -> String {
    format!("{:.0} ({})", estimate.value, source_name(estimate.source))
}

/// `:  +- `: one mark per ancestor, Spark's way.
fn indent(last: &[bool], out: &mut String) {
    let Some((own, ancestors)) = last.split_last() else { return };
    for ended in ancestors {
        out.push_str(if *ended { "   " } else { ":  " });
    }
    out.push_str(if *own { "+- " } else { ":- " });
}

fn source_name(source: Source) -> &'static str {
    match source {
        Source::Exact => "exact",
        Source::Measured => "measured",
        Source::Derived => "derived",
        Source::Guessed => "guessed",
    }
}

fn logical_line(node: &Node, ids: &ColumnIds) -> String {
    match node {
        Node::Relation(relation) => {
            let columns = list(relation.columns.iter().map(|(_, id)| ids.display(*id)));
            let filters = match relation.filters.as_slice() {
                [] => String::new(),
                filters => format!(", filters: {}", exprs(filters, ids)),
            };
            format!("Relation {} {columns}{filters}", relation.name)
        }
        Node::Values(values) => {
            let columns = list(values.columns.iter().map(|column| ids.display(column.id)));
            format!("LocalRelation {columns}, {} rows", values.rows.len())
        }
        Node::Materialized(leaf) => {
            let columns = list(leaf.columns.iter().map(|column| ids.display(column.id)));
            format!("Materialized stage {}, {columns}", leaf.stage)
        }
        Node::Project(project) => format!("Project {}", named(&project.exprs, ids)),
        Node::Filter(filter) => format!("Filter {}", filter.predicate.display(ids)),
        Node::Aggregate(aggregate) => {
            format!("Aggregate {}, {}", named(&aggregate.keys, ids), calls(&aggregate.aggregates, ids))
        }
        Node::Join(join) => join_line("Join", join.kind.name(), &join.keys, join.filter.as_ref(), ids),
        Node::CommonTables(tables) => {
            format!("WithCTE {}", list(tables.definitions.iter().map(|(id, _)| id.0.to_string())))
        }
        Node::CommonTableScan(scan) => {
            format!(
                "CTERelationRef {}, {}",
                scan.table.0,
                list(scan.columns.iter().map(|column| ids.display(column.id)))
            )
        }
        Node::DependentJoin(join) => join_line("DependentJoin", join.kind.name(), &[], join.filter.as_ref(), ids),
        Node::Sort(sort) => format!("Sort {}", sort_keys(&sort.keys, ids)),
        Node::Limit(limit) => limit_line(limit.offset, limit.count),
        Node::Union(_) => "Union".to_owned(),
        Node::Generate(generate) => {
            let columns = list(generate.columns.iter().map(|(_, id)| ids.display(*id)));
            generate_line(&generate.generator, generate.outer, &columns, ids)
        }
        Node::Range(range) => range_line(range.start, range.step, range.count),
        Node::Sample(sample) => format!("Sample {}", sample.fraction),
        Node::Recursion(recursion) => recursion_line(recursion.id, &recursion.limits),
        Node::WorkingTable(table) => {
            let columns = list(table.columns.iter().map(|column| ids.display(column.id)));
            format!("WorkingTable {}, {columns}", table.recursion)
        }
        Node::Expand(expand) => expand_line("Expand", &expand.keys, &expand.sets, ids),
        Node::Window(window) => window_line("Window", &window.calls, &window.partition_by, &window.order_by, ids),
        Node::WindowGroupLimit(limit) => {
            let (partition, order) = (&limit.partition_by, &limit.order_by);
            group_limit_line("WindowGroupLimit", partition, order, limit.ranking, limit.count, ids)
        }
    }
}

fn physical_line(plan: &PhysicalPlan, ids: &ColumnIds) -> String {
    let name = plan.name();
    match &plan.op {
        PhysicalOp::Scan(scan) => {
            let columns = list(scan.columns.iter().map(|(_, id)| ids.display(*id)));
            let mut line = format!("{name} {} {} {columns}", scan.source.reader, scan.table);
            if !scan.filters.is_empty() {
                line.push_str(&format!(", filters: {}", exprs(&scan.filters, ids)));
            }
            if !scan.runtime_filters.is_empty() {
                let slots =
                    scan.runtime_filters.iter().map(|slot| format!("{} <- rf{}", ids.display(slot.column), slot.id.0));
                line.push_str(&format!(", runtime filters: {}", list(slots)));
            }
            line
        }
        PhysicalOp::Write(write) => {
            let partitions = list(write.partition_by.iter().map(|at| write.columns[*at].0.to_string()));
            let verb = if write.replace { "overwrite" } else { "append" };
            format!("{name} {} {}, {verb}, partitions: {partitions}", write.format, write.path)
        }
        PhysicalOp::Values(values) => format!("{name} {} rows", values.rows.len()),
        PhysicalOp::StageInput(input) => format!("{name} stage {}", input.stage.0),
        PhysicalOp::Project(project) => format!("{name} {}", named(&project.exprs, ids)),
        PhysicalOp::Filter(filter) => format!("{name} {}", filter.predicate.display(ids)),
        PhysicalOp::HashAggregate(aggregate) => {
            format!("{name}(keys={}, functions={})", named(&aggregate.keys, ids), calls(&aggregate.aggregates, ids))
        }
        PhysicalOp::HashJoin(join) => {
            let side = match join.build {
                JoinSide::Left => "BuildLeft",
                JoinSide::Right => "BuildRight",
            };
            let kind = format!("{}, {side}", join.kind.name());
            let mut line = join_line(name, &kind, &join.keys, join.filter.as_ref(), ids);
            if !join.runtime_filters.is_empty() {
                let slots = join.runtime_filters.iter().map(|slot| format!("rf{} <- key {}", slot.id.0, slot.key));
                line.push_str(&format!(", runtime filters: {}", list(slots)));
            }
            line
        }
        PhysicalOp::NestedLoopJoin(join) => join_line(name, join.kind.name(), &[], join.filter.as_ref(), ids),
        PhysicalOp::Sort(sort) => format!("{name} {}", sort_keys(&sort.keys, ids)),
        PhysicalOp::TopN(top) => {
            let offset = if top.offset > 0 { format!(", offset={}", top.offset) } else { String::new() };
            format!("{name}(limit={}{offset}) {}", top.count, sort_keys(&top.keys, ids))
        }
        PhysicalOp::Limit(limit) => limit_line(limit.offset, limit.count),
        PhysicalOp::Union(_) => name.to_owned(),
        PhysicalOp::CommonTables(tables) => {
            format!("{name} {}", list(tables.definitions.iter().map(|id| id.0.to_string())))
        }
        PhysicalOp::CommonTableScan(scan) => {
            let columns = list(plan.schema.columns.iter().map(|column| ids.display(column.id)));
            format!("{name} {}, {columns}", scan.table.0)
        }
        PhysicalOp::Generate(generate) => {
            let inputs = plan.schema.len() - generate.columns.len();
            let columns = list(plan.schema.columns[inputs..].iter().map(|column| ids.display(column.id)));
            generate_line(&generate.generator, generate.outer, &columns, ids)
        }
        PhysicalOp::Range(range) => range_line(range.start, range.step, range.count),
        PhysicalOp::Sample(sample) => format!("{name} {}", sample.fraction),
        PhysicalOp::Recursion(recursion) => recursion_line(recursion.id, &recursion.limits),
        PhysicalOp::WorkingTable(table) => format!("{name} {}", table.recursion),
        PhysicalOp::Expand(expand) => expand_line(name, &expand.keys, &expand.sets, ids),
        PhysicalOp::Window(window) => window_line(name, &window.calls, &window.partition_by, &window.order_by, ids),
        PhysicalOp::WindowGroupLimit(limit) => {
            group_limit_line(name, &limit.partition_by, &limit.order_by, limit.ranking, limit.count, ids)
        }
        PhysicalOp::Exchange(exchange) => match &exchange.partitioning {
            Partitioning::Local => format!("{name} local"),
            Partitioning::Gather => format!("{name} SinglePartition"),
            Partitioning::Broadcast => format!("Broadcast{name}"),
            Partitioning::Hash { keys, partitions } => {
                format!("{name} hashpartitioning({}, {partitions})", exprs(keys, ids))
            }
            Partitioning::RoundRobin { partitions } => format!("{name} RoundRobinPartitioning({partitions})"),
        },
    }
}

fn join_line(name: &str, kind: &str, keys: &[JoinKey], filter: Option<&ExprRef>, ids: &ColumnIds) -> String {
    let mut line = format!("{name} {kind}");
    if !keys.is_empty() {
        let pairs =
            keys.iter().map(|key| format!("{} {} {}", key.left.display(ids), key.operator(), key.right.display(ids)));
        line.push_str(&format!(", {}", list(pairs)));
    }
    if let Some(filter) = filter {
        line.push_str(&format!(", condition: {}", filter.display(ids)));
    }
    line
}

fn generate_line(generator: &Generator, outer: bool, columns: &str, ids: &ColumnIds) -> String {
    let rows = match generator {
        Generator::Stack { rows, .. } => format!("{rows}, "),
        _ => String::new(),
    };
    let args: Vec<_> = generator.args().iter().map(|arg| arg.display(ids).to_string()).collect();
    let outer = if outer { ", outer" } else { "" };
    format!("Generate {}({rows}{}){outer}, {columns}", generator.name(), args.join(", "))
}

fn recursion_line(id: RecursionId, limits: &RecursionLimits) -> String {
    let wanted = limits.rows_wanted.map_or_else(String::new, |rows| format!(", until {rows} rows"));
    format!("UnionLoop {id}{wanted}")
}

fn range_line(start: i64, step: i64, count: u64) -> String {
    format!("Range ({count} rows from {start}, step={step})")
}

/// Each set by its keys: `[[a#1, b#2], [a#1], []]`.
fn expand_line(name: &str, keys: &[(ColumnId, ExprRef)], sets: &[Vec<bool>], ids: &ColumnIds) -> String {
    let set =
        |set: &Vec<bool>| list(set.iter().zip(keys).filter(|(kept, _)| **kept).map(|(_, (id, _))| ids.display(*id)));
    format!("{name} {}, {}", named(keys, ids), list(sets.iter().map(set)))
}

fn window_line(
    name: &str,
    calls: &[(ColumnId, WindowCall)],
    partition_by: &[ExprRef],
    order_by: &[SortKey],
    ids: &ColumnIds,
) -> String {
    let calls = list(calls.iter().map(|(id, call)| format!("{} AS {}", call.display(ids), ids.display(*id))));
    format!("{name} {calls}, {}, {}", exprs(partition_by, ids), sort_keys(order_by, ids))
}

fn group_limit_line(
    name: &str,
    partition_by: &[ExprRef],
    order_by: &[SortKey],
    ranking: Ranking,
    count: u64,
    ids: &ColumnIds,
) -> String {
    let (partition, order) = (exprs(partition_by, ids), sort_keys(order_by, ids));
    format!("{name} {partition}, {order}, {ranking:?} <= {count}")
}

fn limit_line(offset: u64, count: Option<u64>) -> String {
    match (offset, count) {
        (0, Some(count)) => format!("Limit {count}"),
        (offset, Some(count)) => format!("Limit {count}, offset {offset}"),
        (offset, None) => format!("Offset {offset}"),
    }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn exprs(items: &[ExprRef], ids: &ColumnIds) -> String {
    list(items.iter().map(|expr| expr.display(ids).to_string()))
}

fn named(items: &[(ColumnId, ExprRef)], ids: &ColumnIds) -> String {
    list(items.iter().map(|(id, expr)| match expr.as_column() {
        Some(column) if column == *id => ids.display(*id),
        _ => format!("{} AS {}", expr.display(ids), ids.display(*id)),
    }))
}

fn calls(items: &[(ColumnId, AggregateCall)], ids: &ColumnIds) -> String {
    list(items.iter().map(|(id, call)| {
        let distinct = if call.distinct { "DISTINCT " } else { "" };
        let args: Vec<_> = call.args.iter().map(|arg| arg.display(ids).to_string()).collect();
        let filter = call.filter.as_ref().map(|filter| format!(" FILTER (WHERE {})", filter.display(ids)));
        let filter = filter.unwrap_or_default();
        let order = order_keys(call.order_by.iter().map(|key| (&key.expr, key.descending, key.nulls_first)), ids);
        let order = match order.is_empty() {
            true => String::new(),
            false => format!(" WITHIN GROUP (ORDER BY {})", order.join(", ")),
        };
        format!("{}({distinct}{}){order}{filter} AS {}", call.name(), args.join(", "), ids.display(*id))
    }))
}

fn sort_keys(keys: &[SortKey], ids: &ColumnIds) -> String {
    list(order_keys(keys.iter().map(|key| (&key.expr, key.descending, key.nulls_first)), ids).into_iter())
}

fn order_keys<'k>(keys: impl Iterator<Item = (&'k ExprRef, bool, bool)>, ids: &ColumnIds) -> Vec<String> {
    let text = |(expr, descending, nulls_first): (&ExprRef, bool, bool)| {
        let direction = if descending { "DESC" } else { "ASC" };
        let nulls = if nulls_first { "FIRST" } else { "LAST" };
        format!("{} {direction} NULLS {nulls}", expr.display(ids))
    };
    keys.map(text).collect()
}
