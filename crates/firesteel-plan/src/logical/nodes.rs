//! The nodes of a logical plan: plain data, each with its schema, children and expressions.

use std::sync::Arc;

use firesteel_catalog::Table;
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::{AggregateCall, Expr, ExprRef};
use serde::{Deserialize, Serialize};

use super::{Expand, Generator, Node, PlanRef, Recursion, Window, WindowGroupLimit};
use crate::schema::{PlanColumn, Schema, SchemaRef};
use crate::statistics::Statistics;

/// A table read: each reference has ids of its own.
#[derive(Debug, Clone)]
pub struct Relation {
    /// As EXPLAIN shows it.
    pub name: Arc<str>,
    pub table: Arc<dyn Table>,
    /// Position in the table and id here; pruning leaves out what nobody needs.
    pub columns: Vec<(usize, ColumnId)>,
    /// Conjuncts that the reader shall apply, over the columns above; those it can use it uses to skip data as well.
    pub filters: Vec<ExprRef>,
}

/// Two reads are the same only when they are the same reference.
impl PartialEq for Relation {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.table, &other.table) && self.columns == other.columns && self.filters == other.filters
    }
}

/// Rows written in the statement, or known to planning. Every row has one foldable expression per column.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    pub columns: Vec<PlanColumn>,
    pub rows: Vec<Vec<ExprRef>>,
}

/// What a finished stage gave: the leaf in whose place its subtree stood, with statistics that are exact.
#[derive(Debug, Clone)]
pub struct Materialized {
    /// The stage that holds the rows.
    pub stage: u32,
    pub columns: Vec<PlanColumn>,
    pub statistics: Arc<Statistics>,
}

impl PartialEq for Materialized {
    fn eq(&self, other: &Self) -> bool {
        self.stage == other.stage && self.columns == other.columns
    }
}

/// Computes columns. `(id, column of that id)` passes it through.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    pub input: PlanRef,
    pub exprs: Vec<(ColumnId, ExprRef)>,
}

/// Keeps the rows for which the predicate is TRUE.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    pub input: PlanRef,
    pub predicate: ExprRef,
}

/// One row per distinct value of the keys; without keys exactly one row. Output: keys, then aggregates.
/// Without aggregates it is DISTINCT.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    pub input: PlanRef,
    pub keys: Vec<(ColumnId, ExprRef)>,
    pub aggregates: Vec<(ColumnId, AggregateCall)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    LeftSemi,
    LeftAnti,
    /// Every row of the left side once, with a column that tells whether it has a partner; never NULL.
    Mark(ColumnId),
    /// As `Left`, but two partners of one row are an error: what a scalar subquery is joined with.
    Single,
}

impl JoinKind {
    /// Whether rows of the left side without a partner come out.
    pub fn keeps_left(self) -> bool {
        matches!(self, JoinKind::Left | JoinKind::Full | JoinKind::LeftAnti | JoinKind::Mark(_) | JoinKind::Single)
    }

    pub fn keeps_right(self) -> bool {
        matches!(self, JoinKind::Right | JoinKind::Full)
    }

    /// Whether the right side's columns come out.
    pub fn gives_right(self) -> bool {
        !matches!(self, JoinKind::LeftSemi | JoinKind::LeftAnti | JoinKind::Mark(_))
    }

    /// The column that it computes itself; the last of its output.
    pub fn mark(self) -> Option<PlanColumn> {
        match self {
            JoinKind::Mark(id) => Some(PlanColumn { id, data_type: SqlType::Boolean, nullable: false }),
            _ => None,
        }
    }

    /// Spark's name for it in plans.
    pub fn name(self) -> &'static str {
        match self {
            JoinKind::Inner => "Inner",
            JoinKind::Left => "LeftOuter",
            JoinKind::Right => "RightOuter",
            JoinKind::Full => "FullOuter",
            JoinKind::LeftSemi => "LeftSemi",
            JoinKind::LeftAnti => "LeftAnti",
            JoinKind::Mark(_) => "ExistenceJoin",
            JoinKind::Single => "LeftSingle",
        }
    }
}

/// What must be equal for a pair of rows: over the left side's columns, over the right side's, of one type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct JoinKey {
    pub left: ExprRef,
    pub right: ExprRef,
    /// Set for `<=>`: NULL equals NULL. Else NULL equals nothing.
    pub nulls_match: bool,
}

impl JoinKey {
    pub fn operator(&self) -> &'static str {
        if self.nulls_match { "<=>" } else { "=" }
    }

    /// The same, of the sides exchanged.
    pub fn swapped(&self) -> Self {
        Self { left: Arc::clone(&self.right), right: Arc::clone(&self.left), nulls_match: self.nulls_match }
    }

    /// As a predicate over both sides.
    pub fn to_expr(&self) -> Result<ExprRef> {
        Expr::call_named(self.operator(), vec![Arc::clone(&self.left), Arc::clone(&self.right)])
    }
}

/// Pairs of rows whose keys are equal and for which the filter is TRUE. Without keys and filter: every pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    pub left: PlanRef,
    pub right: PlanRef,
    pub kind: JoinKind,
    pub keys: Vec<JoinKey>,
    /// What else must hold for a pair, over both sides' columns.
    pub filter: Option<ExprRef>,
}

/// A join whose right side looks at the left one's row: it is computed anew for each. What correlated subqueries and LATERAL
/// mean; the optimizer leaves none (Neumann and Kemper, "Unnesting Arbitrary Queries", 2015).
#[derive(Debug, Clone, PartialEq)]
pub struct DependentJoin {
    pub left: PlanRef,
    /// Its expressions may use the left side's columns.
    pub right: PlanRef,
    /// Not `Right` or `Full`, for which there is no meaning.
    pub kind: JoinKind,
    pub filter: Option<ExprRef>,
}

/// Names a common table within its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CommonTableId(pub u32);

/// Tables that are computed once and read in several places: what WITH defines. A definition may read those before it.
#[derive(Debug, Clone, PartialEq)]
pub struct CommonTables {
    pub definitions: Vec<(CommonTableId, PlanRef)>,
    pub input: PlanRef,
}

/// Reads a common table. Each reader has ids of its own, one for each column of the definition, in its order.
#[derive(Debug, Clone)]
pub struct CommonTableScan {
    pub table: CommonTableId,
    pub columns: Vec<PlanColumn>,
    /// The definition's, as far as it is planned; under this reader's ids.
    pub statistics: Arc<Statistics>,
}

impl PartialEq for CommonTableScan {
    fn eq(&self, other: &Self) -> bool {
        self.table == other.table && self.columns == other.columns
    }
}

/// NULLs are smallest in Spark: first when ascending, last when descending, unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SortKey {
    pub expr: ExprRef,
    pub descending: bool,
    pub nulls_first: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    pub input: PlanRef,
    pub keys: Vec<SortKey>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    pub input: PlanRef,
    pub offset: u64,
    pub count: Option<u64>,
}

/// All rows of all inputs. It owns its output ids; `inputs[i].1` lists the input's columns in output order.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    pub inputs: Vec<(PlanRef, Vec<ColumnId>)>,
    pub columns: Vec<PlanColumn>,
}

/// Each input row beside each of the rows that the generator makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Generate {
    pub input: PlanRef,
    pub generator: Generator,
    /// An input row of which nothing is made comes out once, with NULLs.
    pub outer: bool,
    /// Those of the generator's columns that come out: position and id.
    pub columns: Vec<(usize, ColumnId)>,
}

/// The numbers `start`, `start + step`, …: `count` of them, as BIGINT.
#[derive(Debug, Clone, PartialEq)]
pub struct Range {
    pub id: ColumnId,
    pub start: i64,
    pub step: i64,
    pub count: u64,
}

/// Each row with this probability, 0 to 1. With a seed always the same rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub input: PlanRef,
    pub fraction: f64,
    pub seed: Option<u64>,
}

impl Node {
    pub(super) fn schema(&self) -> SchemaRef {
        match self {
            Node::Relation(relation) => Schema::new(relation.plan_columns()),
            Node::Values(values) => Schema::new(values.columns.clone()),
            Node::Materialized(leaf) => Schema::new(leaf.columns.clone()),
            Node::Project(project) => {
                Schema::new(project.exprs.iter().map(|(id, expr)| PlanColumn::of(*id, expr)).collect())
            }
            Node::Aggregate(aggregate) => aggregate.schema(),
            Node::Join(join) => join_schema(&join.left, &join.right, join.kind),
            Node::DependentJoin(join) => join_schema(&join.left, &join.right, join.kind),
            Node::Union(union) => Schema::new(union.columns.clone()),
            Node::CommonTables(tables) => Arc::clone(tables.input.schema()),
            Node::CommonTableScan(scan) => Schema::new(scan.columns.clone()),
            Node::Generate(generate) => generate.schema(),
            Node::Range(range) => Schema::new(vec![range.column()]),
            Node::Recursion(recursion) => Schema::new(recursion.columns.clone()),
            Node::WorkingTable(table) => Schema::new(table.columns.clone()),
            Node::Expand(expand) => expand.schema(),
            Node::Window(window) => window.schema(),
            Node::Filter(Filter { input, .. })
            | Node::Sort(Sort { input, .. })
            | Node::Limit(Limit { input, .. })
            | Node::Sample(Sample { input, .. })
            | Node::WindowGroupLimit(WindowGroupLimit { input, .. }) => Arc::clone(input.schema()),
        }
    }

    pub(super) fn children(&self) -> Vec<&PlanRef> {
        match self {
            Node::Relation(_) | Node::Values(_) | Node::Materialized(_) | Node::CommonTableScan(_) => Vec::new(),
            Node::Range(_) | Node::WorkingTable(_) => Vec::new(),
            Node::Project(Project { input, .. })
            | Node::Filter(Filter { input, .. })
            | Node::Aggregate(Aggregate { input, .. })
            | Node::Sort(Sort { input, .. })
            | Node::Generate(Generate { input, .. })
            | Node::Limit(Limit { input, .. })
            | Node::Expand(Expand { input, .. })
            | Node::Sample(Sample { input, .. })
            | Node::Window(Window { input, .. })
            | Node::WindowGroupLimit(WindowGroupLimit { input, .. }) => vec![input],
            Node::Join(join) => vec![&join.left, &join.right],
            Node::DependentJoin(join) => vec![&join.left, &join.right],
            Node::Union(union) => union.inputs.iter().map(|(input, _)| input).collect(),
            Node::Recursion(recursion) => vec![&recursion.anchor.0, &recursion.step.0],
            Node::CommonTables(tables) => {
                tables.definitions.iter().map(|(_, plan)| plan).chain([&tables.input]).collect()
            }
        }
    }

    /// `children` are as many as [`Node::children`] gives, in that order.
    pub(super) fn with_children(&self, children: Vec<PlanRef>) -> Node {
        let mut node = self.clone();
        let mut children = children.into_iter();
        let mut put = |slot: &mut PlanRef| {
            if let Some(child) = children.next() {
                *slot = child;
            }
        };
        match &mut node {
            Node::Relation(_) | Node::Values(_) | Node::Materialized(_) | Node::CommonTableScan(_) => {}
            Node::Range(_) | Node::WorkingTable(_) => {}
            Node::Project(Project { input, .. })
            | Node::Filter(Filter { input, .. })
            | Node::Aggregate(Aggregate { input, .. })
            | Node::Sort(Sort { input, .. })
            | Node::Generate(Generate { input, .. })
            | Node::Limit(Limit { input, .. })
            | Node::Expand(Expand { input, .. })
            | Node::Sample(Sample { input, .. })
            | Node::Window(Window { input, .. })
            | Node::WindowGroupLimit(WindowGroupLimit { input, .. }) => put(input),
            Node::Join(Join { left, right, .. }) | Node::DependentJoin(DependentJoin { left, right, .. }) => {
                put(left);
                put(right);
            }
            Node::Union(union) => union.inputs.iter_mut().for_each(|(input, _)| put(input)),
            Node::Recursion(Recursion { anchor, step, .. }) => {
                put(&mut anchor.0);
                put(&mut step.0);
            }
            Node::CommonTables(tables) => {
                tables.definitions.iter_mut().for_each(|(_, plan)| put(plan));
                put(&mut tables.input);
            }
        }
        node
    }

    pub(super) fn expressions(&self) -> Vec<&ExprRef> {
        match self {
            Node::Materialized(_)
            | Node::Limit(_)
            | Node::Union(_)
            | Node::CommonTables(_)
            | Node::CommonTableScan(_)
            | Node::Range(_) => Vec::new(),
            Node::Recursion(_) | Node::WorkingTable(_) | Node::Sample(_) => Vec::new(),
            Node::Relation(relation) => relation.filters.iter().collect(),
            Node::Values(values) => values.rows.iter().flatten().collect(),
            Node::Project(project) => project.exprs.iter().map(|(_, expr)| expr).collect(),
            Node::Filter(filter) => vec![&filter.predicate],
            Node::Aggregate(aggregate) => {
                let inputs = aggregate.aggregates.iter().flat_map(|(_, call)| call.inputs());
                aggregate.keys.iter().map(|(_, key)| key).chain(inputs).collect()
            }
            Node::Join(join) => {
                let (left, right): (Vec<_>, Vec<_>) = join.keys.iter().map(|key| (&key.left, &key.right)).unzip();
                left.into_iter().chain(right).chain(&join.filter).collect()
            }
            Node::DependentJoin(join) => join.filter.iter().collect(),
            Node::Sort(sort) => sort.keys.iter().map(|key| &key.expr).collect(),
            Node::Generate(generate) => generate.generator.args().iter().collect(),
            Node::Expand(expand) => expand.keys.iter().map(|(_, key)| key).collect(),
            Node::Window(window) => window.expressions(),
            Node::WindowGroupLimit(limit) => limit.expressions(),
        }
    }

    pub(super) fn map_expressions(&self, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<Node> {
        let mut node = self.clone();
        let mut put = |slot: &mut ExprRef| -> Result<()> {
            *slot = map(slot)?;
            Ok(())
        };
        match &mut node {
            Node::Materialized(_)
            | Node::Limit(_)
            | Node::Union(_)
            | Node::CommonTables(_)
            | Node::CommonTableScan(_)
            | Node::Range(_) => {}
            Node::Recursion(_) | Node::WorkingTable(_) | Node::Sample(_) => {}
            Node::Relation(relation) => relation.filters.iter_mut().try_for_each(put)?,
            Node::Values(values) => values.rows.iter_mut().flatten().try_for_each(put)?,
            Node::Project(project) => project.exprs.iter_mut().try_for_each(|(_, expr)| put(expr))?,
            Node::Filter(filter) => put(&mut filter.predicate)?,
            Node::Aggregate(aggregate) => {
                aggregate.keys.iter_mut().try_for_each(|(_, key)| put(key))?;
                for (_, call) in &mut aggregate.aggregates {
                    *call = call.map_inputs(map)?;
                }
            }
            Node::Join(join) => {
                join.keys.iter_mut().try_for_each(|key| put(&mut key.left).and_then(|()| put(&mut key.right)))?;
                join.filter.iter_mut().try_for_each(put)?;
            }
            Node::DependentJoin(join) => join.filter.iter_mut().try_for_each(put)?,
            Node::Sort(sort) => sort.keys.iter_mut().try_for_each(|key| put(&mut key.expr))?,
            Node::Generate(generate) => generate.generator = generate.generator.map_args(map)?,
            Node::Expand(expand) => expand.keys.iter_mut().try_for_each(|(_, key)| put(key))?,
            Node::Window(window) => *window = window.map_expressions(map)?,
            Node::WindowGroupLimit(limit) => limit.expressions_mut().try_for_each(put)?,
        }
        Ok(node)
    }
}

impl Node {
    /// The same node with other ids for the columns that it makes; what it uses is not touched.
    pub(super) fn map_ids(&self, map: &dyn Fn(ColumnId) -> ColumnId) -> Node {
        let mut node = self.clone();
        let rename = |columns: &mut Vec<PlanColumn>| columns.iter_mut().for_each(|column| column.id = map(column.id));
        match &mut node {
            Node::Relation(relation) => relation.columns.iter_mut().for_each(|(_, id)| *id = map(*id)),
            Node::Values(values) => rename(&mut values.columns),
            Node::Range(range) => range.id = map(range.id),
            Node::Recursion(Recursion { anchor, step, columns, .. }) => {
                anchor.1.iter_mut().chain(&mut step.1).for_each(|id| *id = map(*id));
                rename(columns);
            }
            Node::WorkingTable(table) => rename(&mut table.columns),
            Node::Expand(expand) => {
                expand.keys.iter_mut().for_each(|(id, _)| *id = map(*id));
                expand.grouping_id = map(expand.grouping_id);
                expand.position = expand.position.map(map);
            }
            Node::Window(window) => window.calls.iter_mut().for_each(|(id, _)| *id = map(*id)),
            Node::Generate(generate) => generate.columns.iter_mut().for_each(|(_, id)| *id = map(*id)),
            Node::Materialized(leaf) => rename(&mut leaf.columns),
            Node::CommonTableScan(scan) => rename(&mut scan.columns),
            Node::Project(project) => project.exprs.iter_mut().for_each(|(id, _)| *id = map(*id)),
            Node::Aggregate(aggregate) => {
                aggregate.keys.iter_mut().for_each(|(id, _)| *id = map(*id));
                aggregate.aggregates.iter_mut().for_each(|(id, _)| *id = map(*id));
            }
            Node::Join(Join { kind, .. }) | Node::DependentJoin(DependentJoin { kind, .. }) => {
                if let JoinKind::Mark(id) = kind {
                    *id = map(*id);
                }
            }
            Node::Union(union) => {
                union.inputs.iter_mut().flat_map(|(_, ids)| ids).for_each(|id| *id = map(*id));
                rename(&mut union.columns);
            }
            Node::Filter(_) | Node::Sort(_) | Node::Limit(_) | Node::Sample(_) => {}
            Node::WindowGroupLimit(_) | Node::CommonTables(_) => {}
        }
        node
    }
}

impl Relation {
    pub fn plan_columns(&self) -> Vec<PlanColumn> {
        let table = self.table.columns();
        let column = |(at, id): &(usize, ColumnId)| PlanColumn {
            id: *id,
            data_type: table[*at].data_type.clone(),
            nullable: table[*at].nullable,
        };
        self.columns.iter().map(column).collect()
    }
}

impl Aggregate {
    fn schema(&self) -> SchemaRef {
        let keys = self.keys.iter().map(|(id, key)| PlanColumn::of(*id, key));
        let calls = self.aggregates.iter().map(|(id, call)| PlanColumn {
            id: *id,
            data_type: call.data_type.clone(),
            nullable: call.nullable,
        });
        Schema::new(keys.chain(calls).collect())
    }
}

impl Generate {
    /// The generator's columns that come out.
    pub fn generated(&self) -> Vec<PlanColumn> {
        let all = self.generator.columns();
        let column = |(at, id): &(usize, ColumnId)| {
            let column = all.get(*at)?;
            let nullable = column.nullable || self.outer;
            Some(PlanColumn { id: *id, data_type: column.data_type.clone(), nullable })
        };
        self.columns.iter().filter_map(column).collect()
    }

    fn schema(&self) -> SchemaRef {
        Schema::new(self.input.schema().columns.iter().cloned().chain(self.generated()).collect())
    }
}

impl Range {
    pub fn column(&self) -> PlanColumn {
        PlanColumn { id: self.id, data_type: SqlType::BigInt, nullable: false }
    }

    /// The last number; none without rows.
    pub fn last(&self) -> Option<i64> {
        let steps = self.count.checked_sub(1)?;
        Some(self.start.wrapping_add(self.step.wrapping_mul(steps as i64)))
    }
}

/// The left side's columns, then the right side's or the mark; a side that may be missing has NULLs.
fn join_schema(left: &PlanRef, right: &PlanRef, kind: JoinKind) -> SchemaRef {
    let side = |side: &PlanRef, nullable: bool| -> Vec<PlanColumn> {
        let columns = side.schema().columns.iter();
        columns.map(|column| if nullable { column.as_nullable() } else { column.clone() }).collect()
    };
    let mut columns = side(left, kind.keeps_right());
    if kind.gives_right() {
        columns.extend(side(right, kind.keeps_left()));
    }
    columns.extend(kind.mark());
    Schema::new(columns)
}
