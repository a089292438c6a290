//! What a query means: a tree of relational nodes over resolved expressions.
//!
//! ```text
//! LogicalPlan = header (schema, kinds of the nodes below, statistics when asked) + one node of the enum
//! ```
//! Plans are immutable and shared; a rewrite makes new nodes and keeps the `Arc`s of what did not change.

mod expand;
mod free_columns;
mod generator;
mod kinds;
mod nodes;
mod recursion;
mod renumber;
mod window;

use std::fmt;
use std::sync::{Arc, OnceLock};

pub use expand::Expand;
pub use free_columns::free_columns;
pub use generator::{GeneratedColumn, Generator};
pub use kinds::NodeKinds;
pub use nodes::{
    Aggregate, CommonTableId, CommonTableScan, CommonTables, DependentJoin, Filter, Generate, Join, JoinKey, JoinKind,
    Limit, Materialized, Project, Range, Relation, Sample, Sort, SortKey, Union, Values,
};
pub use window::{Window, WindowGroupLimit};

pub use renumber::renumbered;

pub use recursion::{Recursion, RecursionId, RecursionLimits, WorkingTable};

use firesteel_common::Result;
use firesteel_expr::ExprRef;

use crate::schema::{Schema, SchemaRef};
use crate::statistics::{self, Statistics};

pub type PlanRef = Arc<LogicalPlan>;

/// A node with what is true of it.
pub struct LogicalPlan {
    pub node: Node,
    schema: SchemaRef,
    kinds: NodeKinds,
    depth: u32,
    statistics: OnceLock<Arc<Statistics>>,
}

/// The kinds of nodes. A new one is: a struct in `nodes.rs`, a variant here, its bit in `kinds.rs`, and the arms that the
/// compiler then asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    Relation(Relation),
    Values(Values),
    Materialized(Materialized),
    Project(Project),
    Filter(Filter),
    Aggregate(Aggregate),
    Join(Join),
    DependentJoin(DependentJoin),
    CommonTables(CommonTables),
    CommonTableScan(CommonTableScan),
    Sort(Sort),
    Limit(Limit),
    Union(Union),
    Generate(Generate),
    Range(Range),
    Recursion(Recursion),
    WorkingTable(WorkingTable),
    Sample(Sample),
    Expand(Expand),
    Window(Window),
    WindowGroupLimit(WindowGroupLimit),
}

impl LogicalPlan {
    /// Computes the header; the only way to make a plan.
    pub fn new(node: Node) -> PlanRef {
        let schema = node.schema();
        let children = node.children();
        let kinds = children.iter().fold(node.kind(), |kinds, child| kinds | child.kinds);
        let depth = 1 + children.iter().map(|child| child.depth).max().unwrap_or(0);
        Arc::new(Self { node, schema, kinds, depth, statistics: OnceLock::new() })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The kinds of this node and all below it.
    pub fn kinds(&self) -> NodeKinds {
        self.kinds
    }

    pub fn children(&self) -> Vec<&PlanRef> {
        self.node.children()
    }

    /// The same node over other children, header computed anew.
    pub fn with_children(&self, children: Vec<PlanRef>) -> PlanRef {
        Self::new(self.node.with_children(children))
    }

    /// How much data it gives; derived when first asked for.
    pub fn statistics(&self) -> &Arc<Statistics> {
        self.statistics.get_or_init(|| Arc::new(statistics::derive(self)))
    }

    /// The node's own expressions, in a fixed order.
    pub fn expressions(&self) -> Vec<&ExprRef> {
        self.node.expressions()
    }

    /// The same node over other expressions; `self` when none changed.
    pub fn map_expressions(self: &Arc<Self>, map: &mut dyn FnMut(&ExprRef) -> Result<ExprRef>) -> Result<PlanRef> {
        let mut changed = false;
        let node = self.node.map_expressions(&mut |expr| {
            let new = map(expr)?;
            changed |= !Arc::ptr_eq(&new, expr);
            Ok(new)
        })?;
        Ok(if changed { Self::new(node) } else { Arc::clone(self) })
    }

    /// No rows of this shape.
    pub fn empty(schema: &Schema) -> PlanRef {
        Self::new(Node::Values(Values { columns: schema.columns.clone(), rows: Vec::new() }))
    }

    /// One row without columns: what SELECT without FROM reads.
    pub fn one_row() -> PlanRef {
        Self::new(Node::Values(Values { columns: Vec::new(), rows: vec![Vec::new()] }))
    }
}

impl PartialEq for LogicalPlan {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl fmt::Debug for LogicalPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::explain::logical(self, &firesteel_common::ColumnIds::default()))
    }
}

/// Deep trees are dropped on a grown stack.
impl Drop for LogicalPlan {
    fn drop(&mut self) {
        if self.depth < 200 {
            return;
        }
        let leaf = Node::Values(Values { columns: Vec::new(), rows: Vec::new() });
        let node = std::mem::replace(&mut self.node, leaf);
        stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || drop(node));
    }
}
