//! A stage's physical plan becomes pipelines.
//!
//! ```text
//! HashJoin                     pipeline 0:  Scan right ──────────────────▶ build sink
//! :- Filter                    pipeline 1:  Scan left ─▶ Filter ─▶ probe ─▶ output      after sink 0
//! :  +- Scan left              pipeline 2:  unmatched build rows ─────────▶ output      after pipeline 1 (outer joins)
//! +- Scan right
//! ```
//! A plan node that streams adds an operator to the pipelines that are open below it; one that has to see all its input
//! closes them with a sink and opens new ones from its source.

use std::sync::Arc;

use firesteel_common::{Result, internal};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::{EvalContext, Evaluator};
use firesteel_plan::physical::{JoinSide, PhysicalOp, Project, Scan, StageId, Union, Values, Write};
use firesteel_plan::{PhysicalPlan, PhysicalRef, Schema};
use hashbrown::HashMap;
use recursive::recursive;

use crate::contract::{OperatorFactory, SinkFactory, SourceFactory};
use crate::metrics::OperatorId;
use crate::operators::expand::ExpandFactory;
use crate::operators::filter::FilterFactory;
use crate::operators::generate::GenerateFactory;
use crate::operators::join::JoinParts;
use crate::operators::limit::{LimitFactory, RowRange};
use crate::operators::project::ProjectFactory;
use crate::operators::range::RangeSource;
use crate::operators::sample::SampleFactory;
use crate::operators::union::UnionInputFactory;
use crate::operators::values::BatchesSource;
use crate::operators::window::group_limit::GroupLimitFactory;
use crate::operators::{hash_aggregate, hash_join, nested_loop_join, sort, top_n, window};
use crate::pipeline::{Dependency, Pipeline, PipelineGraph, PipelineId, SinkId};
use crate::query::QueryContext;

/// Opens what lies outside of this crate: tables through their readers, files through their writers, other stages' output.
pub trait InputOpener {
    fn scan(&self, scan: &Scan, schema: &Schema, operator: OperatorId) -> Result<Arc<dyn SourceFactory>>;
    fn write(&self, write: &Write, operator: OperatorId) -> Result<Arc<dyn SinkFactory>>;
    fn stage(&self, stage: StageId, schema: &Schema) -> Result<Arc<dyn SourceFactory>>;
}

/// Pipelines of a plan whose output is still open.
pub struct Streams {
    builder: Builder,
    open: Vec<Open>,
}

/// The pipelines of `plan` up to its output. Its operators are numbered in preorder from `first_operator`; the number
/// behind the last one is taken as well ([`operator_numbers`]). A LIMIT at the root is an operator, unless the sink counts
/// ([`Streams::range`]).
pub fn build(
    plan: &PhysicalRef,
    inputs: &dyn InputOpener,
    query: &Arc<QueryContext>,
    first_operator: u32,
    sink_counts: bool,
) -> Result<Streams> {
    let mut builder = Builder {
        query: Arc::clone(query),
        graph: PipelineGraph::default(),
        next_operator: first_operator,
        next_open: 0,
        added: HashMap::new(),
        range: None,
        spare: OperatorId(first_operator + plan.preorder().len() as u32),
    };
    let open = match sink_counts {
        true => builder.build_root(plan, inputs)?,
        false => builder.build(plan, inputs)?,
    };
    Ok(Streams { builder, open })
}

/// How many operator numbers a plan takes.
pub fn operator_numbers(plan: &PhysicalRef) -> u32 {
    plan.preorder().len() as u32 + 1
}

impl Streams {
    /// The rows that the plan's last LIMIT lets pass, counted in order: the sink's affair, which alone sees the order.
    pub fn range(&self) -> Option<RowRange> {
        self.builder.range
    }

    /// Ends the plan in `sink`.
    pub fn into_sink(mut self, operator: u32, sink: Arc<dyn SinkFactory>) -> Result<PipelineGraph> {
        self.builder.close(self.open, OperatorId(operator), sink)?;
        Ok(self.builder.graph)
    }
}

/// A pipeline without a sink.
struct Open {
    /// Names it before the graph does.
    number: usize,
    operator: OperatorId,
    source: Arc<dyn SourceFactory>,
    operators: Vec<(OperatorId, Arc<dyn OperatorFactory>)>,
    after_sinks: Vec<SinkId>,
    /// Open pipelines, closed before this one, whose end it waits for.
    after_open: Vec<usize>,
    ordered: bool,
    one_worker: bool,
}

struct Builder {
    query: Arc<QueryContext>,
    graph: PipelineGraph,
    next_operator: u32,
    next_open: usize,
    added: HashMap<usize, PipelineId>,
    range: Option<RowRange>,
    /// The account of machines that no plan node stands for.
    spare: OperatorId,
}

/// Whether a plan gives rows in an order that means something: that of a sort, of a table's files, of VALUES.
pub fn keeps_order(plan: &PhysicalPlan) -> bool {
    match &plan.op {
        PhysicalOp::Sort(_) | PhysicalOp::TopN(_) | PhysicalOp::Scan(_) => true,
        PhysicalOp::Values(_) | PhysicalOp::Range(_) => true,
        PhysicalOp::Project(_)
        | PhysicalOp::Filter(_)
        | PhysicalOp::Limit(_)
        | PhysicalOp::Generate(_)
        | PhysicalOp::Sample(_) => plan.children.first().is_some_and(|child| keeps_order(child)),
        _ => false,
    }
}

impl Builder {
    /// Projections over a limit at the root: the limit is left to the sink.
    fn build_root(&mut self, plan: &PhysicalPlan, inputs: &dyn InputOpener) -> Result<Vec<Open>> {
        match &plan.op {
            PhysicalOp::Limit(limit) => {
                self.next_operator += 1;
                self.range = Some(RowRange::new(limit.offset, limit.count));
                self.build(child(plan, 0)?, inputs)
            }
            PhysicalOp::Project(project) => {
                let operator = OperatorId(self.next_operator);
                self.next_operator += 1;
                let open = self.build_root(child(plan, 0)?, inputs)?;
                self.project(plan, project, operator, open)
            }
            _ => self.build(plan, inputs),
        }
    }

    fn project(
        &self,
        plan: &PhysicalPlan,
        project: &Project,
        operator: OperatorId,
        open: Vec<Open>,
    ) -> Result<Vec<Open>> {
        let exprs: Vec<_> = project.exprs.iter().map(|(_, expr)| Arc::clone(expr)).collect();
        then(open, operator, ProjectFactory::new(&exprs, &child(plan, 0)?.schema.ids(), &self.query.eval)?)
    }

    /// Every plan node takes its number before its children take theirs.
    #[recursive]
    fn build(&mut self, plan: &PhysicalPlan, inputs: &dyn InputOpener) -> Result<Vec<Open>> {
        let operator = OperatorId(self.next_operator);
        self.next_operator += 1;
        let query = Arc::clone(&self.query);
        match &plan.op {
            PhysicalOp::Scan(scan) => {
                let source = inputs.scan(scan, &plan.schema, operator)?;
                Ok(vec![self.open(operator, source)])
            }
            PhysicalOp::StageInput(input) => {
                let source = inputs.stage(input.stage, &plan.schema)?;
                Ok(vec![self.open(operator, source)])
            }
            PhysicalOp::Values(values) => {
                let batch = literal_rows(values, plan.schema.len(), &query.eval)?;
                let source = Arc::new(BatchesSource::new(vec![batch], query.batch_rows));
                Ok(vec![self.open(operator, source)])
            }
            PhysicalOp::Project(project) => {
                let open = self.build(child(plan, 0)?, inputs)?;
                self.project(plan, project, operator, open)
            }
            PhysicalOp::Filter(filter) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                then(open, operator, FilterFactory::new(Arc::clone(&filter.predicate), child.schema.ids(), &query.eval))
            }
            PhysicalOp::Limit(limit) => {
                let mut open = self.build(child(plan, 0)?, inputs)?;
                // Rows are counted as they come: in order only with one worker.
                open.iter_mut().filter(|open| open.ordered).for_each(|open| open.one_worker = true);
                then(open, operator, LimitFactory::new(limit.offset, limit.count))
            }
            PhysicalOp::HashAggregate(aggregate) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                let metrics = query.metrics.operator(operator);
                let machines = hash_aggregate::build(aggregate, &child.schema, &query, &metrics)?;
                self.breaker(open, operator, machines, false)
            }
            PhysicalOp::Sort(sort) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                let metrics = query.metrics.operator(operator);
                self.breaker(open, operator, sort::build(sort, &child.schema, &query, &metrics)?, true)
            }
            PhysicalOp::TopN(top) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                self.breaker(open, operator, top_n::build(top, &child.schema, &query)?, true)
            }
            PhysicalOp::HashJoin(join) => {
                let (left, right) = (child(plan, 0)?, child(plan, 1)?);
                let metrics = query.metrics.operator(operator);
                let parts = hash_join::build(join, &left.schema, &right.schema, &query, &metrics)?;
                self.join(plan, operator, parts, join.build, inputs)
            }
            PhysicalOp::NestedLoopJoin(join) => {
                let (left, right) = (child(plan, 0)?, child(plan, 1)?);
                let parts = nested_loop_join::build(join, &left.schema, &right.schema, &query)?;
                self.join(plan, operator, parts, JoinSide::Right, inputs)
            }
            PhysicalOp::Union(union) => self.union(plan, operator, union, inputs),
            PhysicalOp::Sample(sample) => {
                let mut open = self.build(child(plan, 0)?, inputs)?;
                // Rows are numbered as they come: the same ones only with one worker.
                open.iter_mut().filter(|_| sample.seed.is_some()).for_each(|open| open.one_worker = true);
                then(open, operator, SampleFactory::new(sample))
            }
            PhysicalOp::Exchange(_)
            | PhysicalOp::CommonTables(_)
            | PhysicalOp::CommonTableScan(_)
            | PhysicalOp::Recursion(_)
            | PhysicalOp::WorkingTable(_) => Err(internal!("{} inside of a stage", plan.name())),
            PhysicalOp::Generate(generate) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                then(open, operator, GenerateFactory::new(generate, &child.schema, &plan.schema, &query)?)
            }
            PhysicalOp::Range(range) => {
                Ok(vec![self.open(operator, Arc::new(RangeSource::new(range, query.batch_rows)))])
            }
            PhysicalOp::Expand(expand) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                then(open, operator, ExpandFactory::new(expand, &child.schema, &query.eval)?)
            }
            PhysicalOp::Window(window) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                let metrics = query.metrics.operator(operator);
                self.breaker(open, operator, window::build(window, &child.schema, &query, &metrics)?, false)
            }
            PhysicalOp::WindowGroupLimit(limit) => {
                let child = child(plan, 0)?;
                let open = self.build(child, inputs)?;
                then(open, operator, GroupLimitFactory::new(limit, &child.schema, &query)?)
            }
            PhysicalOp::Write(write) => {
                let mut open = self.build(child(plan, 0)?, inputs)?;
                // Rows that are in order stay so: in one file.
                open.iter_mut().filter(|open| open.ordered).for_each(|open| open.one_worker = true);
                let written = self.close(open, operator, inputs.write(write, operator)?)?;
                let nothing = self.open(operator, Arc::new(BatchesSource::new(Vec::new(), query.batch_rows)));
                Ok(vec![Open { after_sinks: vec![written], ..nothing }])
            }
        }
    }

    fn open(&mut self, operator: OperatorId, source: Arc<dyn SourceFactory>) -> Open {
        self.next_open += 1;
        Open {
            number: self.next_open,
            operator,
            source,
            operators: Vec::new(),
            after_sinks: Vec::new(),
            after_open: Vec::new(),
            ordered: false,
            one_worker: false,
        }
    }

    /// All input into a sink, then out of a source.
    fn breaker(
        &mut self,
        input: Vec<Open>,
        operator: OperatorId,
        (sink, source): (Arc<dyn SinkFactory>, Arc<dyn SourceFactory>),
        ordered: bool,
    ) -> Result<Vec<Open>> {
        let sink = self.close(input, operator, sink)?;
        let open = self.open(operator, source);
        Ok(vec![Open { after_sinks: vec![sink], ordered, ..open }])
    }

    fn join(
        &mut self,
        plan: &PhysicalPlan,
        operator: OperatorId,
        parts: JoinParts,
        build: JoinSide,
        inputs: &dyn InputOpener,
    ) -> Result<Vec<Open>> {
        // Operators are numbered left to right, whichever side builds.
        let left = self.build(child(plan, 0)?, inputs)?;
        let right = self.build(child(plan, 1)?, inputs)?;
        let (probe, held) = match build {
            JoinSide::Left => (right, left),
            JoinSide::Right => (left, right),
        };
        let sink = self.close(held, operator, parts.build_sink)?;
        let mut open = probe;
        for open in &mut open {
            open.operators.push((operator, Arc::clone(&parts.probe)));
            open.after_sinks.push(sink);
            open.ordered = false;
        }
        if let Some(source) = parts.unmatched {
            let after_open = open.iter().map(|open| open.number).collect();
            let unmatched = self.open(operator, source);
            open.push(Open { after_sinks: vec![sink], after_open, ..unmatched });
        }
        self.keep_columns(plan, open)
    }

    /// A join gives the columns of both sides; the plan says which of them anybody needs.
    fn keep_columns(&self, plan: &PhysicalPlan, open: Vec<Open>) -> Result<Vec<Open>> {
        let kind = match &plan.op {
            PhysicalOp::HashJoin(join) => join.kind,
            PhysicalOp::NestedLoopJoin(join) => join.kind,
            _ => return Err(internal!("{} is no join", plan.name())),
        };
        let mut all = child(plan, 0)?.schema.ids();
        if kind.gives_right() {
            all.extend(child(plan, 1)?.schema.ids());
        }
        all.extend(kind.mark().map(|mark| mark.id));
        if all == plan.schema.ids() {
            return Ok(open);
        }
        let exprs: Vec<_> = plan.schema.columns.iter().map(|column| column.to_expr()).collect();
        then(open, self.spare, ProjectFactory::new(&exprs, &all, &self.query.eval)?)
    }

    fn union(
        &mut self,
        plan: &PhysicalPlan,
        operator: OperatorId,
        union: &Union,
        inputs: &dyn InputOpener,
    ) -> Result<Vec<Open>> {
        let mut all = Vec::new();
        for (child, columns) in plan.children.iter().zip(&union.inputs) {
            let open = self.build(child, inputs)?;
            let mut open = then(open, operator, UnionInputFactory::new(columns, &child.schema.ids())?)?;
            open.iter_mut().for_each(|open| open.ordered = false);
            all.append(&mut open);
        }
        Ok(all)
    }

    fn close(&mut self, open: Vec<Open>, operator: OperatorId, sink: Arc<dyn SinkFactory>) -> Result<SinkId> {
        let sink = self.graph.add_sink(operator, sink);
        for open in open {
            let mut pipeline = Pipeline::new(open.operator, open.source, sink);
            for (operator, factory) in open.operators {
                pipeline = pipeline.then(operator, factory);
            }
            for sink in open.after_sinks {
                pipeline = pipeline.after(sink);
            }
            for number in &open.after_open {
                let id =
                    self.added.get(number).ok_or_else(|| internal!("a pipeline waits for one that comes later"))?;
                pipeline = pipeline.after(Dependency::Ended(*id));
            }
            if open.one_worker {
                pipeline = pipeline.with_workers_max(1);
            }
            self.added.insert(open.number, self.graph.add_pipeline(pipeline));
        }
        Ok(sink)
    }
}

fn child(plan: &PhysicalPlan, at: usize) -> Result<&PhysicalRef> {
    plan.children.get(at).ok_or_else(|| internal!("{} without its input {at}", plan.name()))
}

/// Adds one operator to every open pipeline; what its workers share they share across pipelines.
fn then(mut open: Vec<Open>, operator: OperatorId, factory: impl OperatorFactory + 'static) -> Result<Vec<Open>> {
    let factory: Arc<dyn OperatorFactory> = Arc::new(factory);
    for open in &mut open {
        open.operators.push((operator, Arc::clone(&factory)));
    }
    Ok(open)
}

/// Rows of expressions without columns, as one batch.
fn literal_rows(values: &Values, columns: usize, context: &Arc<EvalContext>) -> Result<Batch> {
    let one_row = Batch::new(Vec::new(), 1);
    let mut cells: Vec<Vec<Column>> = vec![Vec::with_capacity(values.rows.len()); columns];
    for row in &values.rows {
        let row = Evaluator::new(row, &[], context)?.evaluate(&one_row)?;
        for (column, cell) in cells.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let column = |(cells, expr): (&Vec<Column>, &ExprRef)| {
        let cells = cells.iter().map(|cell| cell.flat_as(expr.data_type())).collect::<Result<Vec<_>>>()?;
        let cells: Vec<_> = cells.iter().map(|cell| cell.as_ref()).collect();
        Ok(Column::Array(arrow::compute::concat(&cells)?))
    };
    let Some(first) = values.rows.first() else { return Ok(Batch::new(Vec::new(), 0)) };
    Ok(Batch::new(cells.iter().zip(first).map(column).collect::<Result<_>>()?, values.rows.len()))
}
