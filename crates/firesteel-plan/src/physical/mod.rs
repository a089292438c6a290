//! How a query is done: small structs of plain data, one file each, that travel to executors.
//!
//! ```text
//! PhysicalPlan = operator (data only) + children + schema + the rows expected
//! ```
//! Children stand beside the operator, so that a plan is written to the wire as a flat list of nodes with child indices.

mod common_tables;
mod exchange;
mod expand;
mod filter;
mod generate;
mod hash_aggregate;
mod hash_join;
mod limit;
mod nested_loop_join;
mod project;
mod range;
mod recursion;
mod sample;
mod scan;
mod sort;
mod stage_input;
mod top_n;
mod union;
mod values;
mod window;
pub mod wire;
mod write;

use std::sync::Arc;

pub use common_tables::{CommonTableScan, CommonTables};
pub use exchange::{Exchange, Partitioning};
pub use expand::Expand;
pub use filter::Filter;
pub use generate::Generate;
pub use hash_aggregate::HashAggregate;
pub use hash_join::{HashJoin, JoinSide};
pub use limit::Limit;
pub use nested_loop_join::NestedLoopJoin;
pub use project::Project;
pub use range::Range;
pub use recursion::{Recursion, WorkingTable};
pub use sample::Sample;
pub use scan::{RuntimeFilterId, RuntimeFilterSource, RuntimeFilterTarget, Scan};
pub use sort::Sort;
pub use stage_input::{StageId, StageInput};
pub use top_n::TopN;
pub use union::Union;
pub use values::Values;
pub use window::{Window, WindowGroupLimit};
pub use write::Write;

use firesteel_catalog::Estimate;
use serde::{Deserialize, Serialize};

use crate::logical::PlanRef;
use crate::schema::SchemaRef;

pub type PhysicalRef = Arc<PhysicalPlan>;

/// An operator over its inputs.
#[derive(Debug, Clone)]
pub struct PhysicalPlan {
    pub op: PhysicalOp,
    pub children: Vec<PhysicalRef>,
    pub schema: SchemaRef,
    /// Rows that planning expects.
    pub rows: Estimate,
    /// The logical node that this implements: what re-planning puts a finished stage in the place of. Stays at home.
    pub logical: Option<PlanRef>,
}

/// A new operator is: its file here, a variant, its name below, and its machine in `firesteel-exec`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PhysicalOp {
    Scan(Scan),
    Values(Values),
    StageInput(StageInput),
    Project(Project),
    Filter(Filter),
    HashAggregate(HashAggregate),
    HashJoin(HashJoin),
    NestedLoopJoin(NestedLoopJoin),
    Sort(Sort),
    TopN(TopN),
    Limit(Limit),
    Union(Union),
    Generate(Generate),
    Range(Range),
    Recursion(Recursion),
    WorkingTable(WorkingTable),
    Sample(Sample),
    Exchange(Exchange),
    CommonTables(CommonTables),
    CommonTableScan(CommonTableScan),
    Expand(Expand),
    Window(Window),
    WindowGroupLimit(WindowGroupLimit),
    Write(Write),
}

impl PhysicalPlan {
    pub fn new(op: PhysicalOp, children: Vec<PhysicalRef>, schema: SchemaRef, rows: Estimate) -> PhysicalRef {
        Arc::new(Self { op, children, schema, rows, logical: None })
    }

    pub fn with_logical(mut self: Arc<Self>, logical: &PlanRef) -> PhysicalRef {
        Arc::make_mut(&mut self).logical = Some(Arc::clone(logical));
        self
    }

    /// The same operator over other inputs.
    pub fn with_children(&self, children: Vec<PhysicalRef>) -> PhysicalRef {
        Arc::new(Self { children, ..self.clone() })
    }

    /// This node and all below, parents before children: an operator's number in EXPLAIN ANALYZE is its place in here.
    pub fn preorder(self: &Arc<Self>) -> Vec<PhysicalRef> {
        let mut nodes = vec![Arc::clone(self)];
        for child in &self.children {
            nodes.extend(child.preorder());
        }
        nodes
    }

    /// The node's name, Spark's where the meaning is Spark's.
    pub fn name(&self) -> &'static str {
        match &self.op {
            PhysicalOp::Scan(_) => "Scan",
            PhysicalOp::Values(_) => "LocalTableScan",
            PhysicalOp::StageInput(_) => "StageInput",
            PhysicalOp::Project(_) => "Project",
            PhysicalOp::Filter(_) => "Filter",
            PhysicalOp::HashAggregate(_) => "HashAggregate",
            PhysicalOp::HashJoin(_) => "HashJoin",
            PhysicalOp::NestedLoopJoin(_) => "NestedLoopJoin",
            PhysicalOp::Sort(_) => "Sort",
            PhysicalOp::TopN(_) => "TakeOrdered",
            PhysicalOp::Limit(_) => "Limit",
            PhysicalOp::Union(_) => "Union",
            PhysicalOp::Generate(_) => "Generate",
            PhysicalOp::Range(_) => "Range",
            PhysicalOp::Recursion(_) => "UnionLoop",
            PhysicalOp::WorkingTable(_) => "WorkingTable",
            PhysicalOp::Sample(_) => "Sample",
            PhysicalOp::Exchange(_) => "Exchange",
            PhysicalOp::CommonTables(_) => "WithCTE",
            PhysicalOp::CommonTableScan(_) => "CTERelationRef",
            PhysicalOp::Expand(_) => "Expand",
            PhysicalOp::Window(_) => "Window",
            PhysicalOp::WindowGroupLimit(_) => "WindowGroupLimit",
            PhysicalOp::Write(_) => "Write",
        }
    }
}
