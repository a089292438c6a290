//! Cuts a physical plan into stages at its exchanges.
//!
//! ```text
//! HashJoin                              stage 1 (result):  HashJoin
//! :- Scan lineitem              ⇒                          :- Scan lineitem
//! +- Exchange local                                        +- StageInput stage 0
//!    +- Scan orders                     stage 0 (local):   Scan orders
//! ```

use firesteel_plan::physical::{Partitioning, PhysicalOp, StageId, StageInput};
use firesteel_plan::{PhysicalPlan, PhysicalRef, PlanRef};

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
    let mut stages = Vec::new();
    let mut inputs = Vec::new();
    let root = cut_below(plan, &mut stages, &mut inputs);
    let id = StageId(stages.len() as u32);
    stages.push(Stage { id, plan: root, output: StageOutput::Result, inputs, logical: None });
    stages
}

/// The plan with stage inputs in the place of exchanges; `inputs` collects what it reads.
fn cut_below(plan: &PhysicalRef, stages: &mut Vec<Stage>, inputs: &mut Vec<StageId>) -> PhysicalRef {
    let PhysicalOp::Exchange(exchange) = &plan.op else {
        if let PhysicalOp::StageInput(input) = &plan.op {
            inputs.push(input.stage);
        }
        let children = plan.children.iter().map(|child| cut_below(child, stages, inputs)).collect();
        return plan.with_children(children);
    };
    let mut own_inputs = Vec::new();
    let mut children = plan.children.iter().map(|child| cut_below(child, stages, &mut own_inputs));
    // An exchange has one child.
    let below = children.next().unwrap_or_else(|| plan.clone());
    drop(children);
    let id = StageId(stages.len() as u32);
    stages.push(Stage {
        id,
        plan: below,
        output: StageOutput::Exchange(exchange.partitioning.clone()),
        inputs: own_inputs,
        logical: plan.logical.clone(),
    });
    inputs.push(id);
    PhysicalPlan::new(PhysicalOp::StageInput(StageInput { stage: id }), Vec::new(), plan.schema.clone(), plan.rows)
}
