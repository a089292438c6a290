//! Cuts a physical plan into stages at its exchanges.
//!
//! ```text
//! HashJoin                              stage 1 (result):  HashJoin
//! :- Scan lineitem              ⇒                          :- Scan lineitem
//! +- Exchange local                                        +- StageInput stage 0
//!    +- Scan orders                     stage 0 (local):   Scan orders
//! ```
//! A common table is a stage that several others may read.

use firesteel_plan::logical::CommonTableId;
use firesteel_plan::physical::{Partitioning, PhysicalOp, StageId, StageInput};
use firesteel_plan::{PhysicalPlan, PhysicalRef, PlanRef};
use hashbrown::HashMap;

/// A part of a plan that runs without waiting for another part of itself.
#[derive(Debug, Clone)]
pub struct Stage {
    pub id: StageId,
    pub plan: PhysicalRef,
    pub output: StageOutput,
    /// Stages whose output this one reads; all smaller than its own number.
    pub inputs: Vec<StageId>,
    /// The logical plan whose rows this stage gives, when there is one.
    pub logical: Option<PlanRef>,
}

/// Where a stage's rows go.
#[derive(Debug, Clone, PartialEq)]
pub enum StageOutput {
    /// To the client.
    Result,
    /// Into the block store, by this partitioning.
    Exchange(Partitioning),
}

/// The stages in an order in which they may run; the last one gives the result.
pub fn cut(plan: &PhysicalRef) -> Vec<Stage> {
    let mut cutter = Cutter::default();
    let mut inputs = Vec::new();
    let root = cutter.below(plan, &mut inputs);
    cutter.add(root, StageOutput::Result, inputs, None);
    cutter.stages
}

#[derive(Default)]
struct Cutter {
    stages: Vec<Stage>,
    /// The stages that hold common tables.
    tables: HashMap<CommonTableId, StageId>,
}

impl Cutter {
    fn add(
        &mut self,
        plan: PhysicalRef,
        output: StageOutput,
        mut inputs: Vec<StageId>,
        logical: Option<PlanRef>,
    ) -> StageId {
        let id = StageId(self.stages.len() as u32);
        inputs.sort_unstable();
        inputs.dedup();
        self.stages.push(Stage { id, plan, output, inputs, logical });
        id
    }

    /// The plan with stage inputs in the place of exchanges; `inputs` collects what it reads.
    fn below(&mut self, plan: &PhysicalRef, inputs: &mut Vec<StageId>) -> PhysicalRef {
        match &plan.op {
            PhysicalOp::Exchange(exchange) => {
                // An exchange has one child.
                let child = plan.children.first().unwrap_or(plan);
                let stage = self.stage(child, exchange.partitioning.clone(), plan.logical.clone());
                read(plan, stage, inputs)
            }
            PhysicalOp::CommonTables(tables) => {
                for (table, child) in tables.definitions.iter().zip(&plan.children) {
                    let stage = self.stage(child, Partitioning::Local, child.logical.clone());
                    self.tables.insert(*table, stage);
                }
                self.below(plan.children.last().unwrap_or(plan), inputs)
            }
            PhysicalOp::CommonTableScan(scan) => match self.tables.get(&scan.table) {
                Some(stage) => read(plan, *stage, inputs),
                None => plan.clone(),
            },
            op => {
                if let PhysicalOp::StageInput(input) = op {
                    inputs.push(input.stage);
                }
                let children = plan.children.iter().map(|child| self.below(child, inputs)).collect();
                plan.with_children(children)
            }
        }
    }

    fn stage(&mut self, plan: &PhysicalRef, partitioning: Partitioning, logical: Option<PlanRef>) -> StageId {
        let mut inputs = Vec::new();
        let plan = self.below(plan, &mut inputs);
        self.add(plan, StageOutput::Exchange(partitioning), inputs, logical)
    }
}

/// Reads a stage's rows under the columns of the node that it stands for.
fn read(plan: &PhysicalRef, stage: StageId, inputs: &mut Vec<StageId>) -> PhysicalRef {
    inputs.push(stage);
    PhysicalPlan::new(PhysicalOp::StageInput(StageInput { stage }), Vec::new(), plan.schema.clone(), plan.rows)
}
