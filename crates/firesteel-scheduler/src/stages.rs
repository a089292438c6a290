//! Cuts a physical plan into stages at its exchanges and recursions.
//!
//! ```text
//! HashJoin                              stage 1 (result):  HashJoin
//! :- Scan lineitem              ⇒                          :- Scan lineitem
//! +- Exchange local                                        +- StageInput stage 0
//!    +- Scan orders                     stage 0 (local):   Scan orders
//! ```
//! A common table is a stage that several others may read. A recursion is two stages:
//!
//! ```text
//! UnionLoop                             stage 0 (anchor):  anchor
//! :- anchor                     ⇒       stage 1 (round):   Project n + 1 over StageInput stage 0
//! +- Project n + 1 over WorkingTable    who reads the UnionLoop reads stage 1: the rows of all rounds
//! ```

use firesteel_common::ColumnId;
use firesteel_plan::logical::{CommonTableId, RecursionId, RecursionLimits};
use firesteel_plan::physical::{Partitioning, PhysicalOp, Project, Recursion, StageId, StageInput};
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
    /// Of a stage that is a round: what drives it.
    pub rounds: Option<Rounds>,
}

impl Stage {
    /// Of a stage that is a round: the others that each round runs.
    pub fn inner_stages(&self) -> impl Iterator<Item = StageId> {
        let body = self.rounds.iter().flat_map(|rounds| rounds.body.iter().copied());
        body.filter(|stage| *stage != self.id)
    }
}

/// How the rounds of a recursion go on.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounds {
    /// Gives round 0; its output is the working table.
    pub anchor: StageId,
    /// The stages of a round: those that read the working table or each other, and the round itself.
    pub body: Vec<StageId>,
    pub limits: RecursionLimits,
}

/// Where a stage's rows go.
#[derive(Debug, Clone, PartialEq)]
pub enum StageOutput {
    /// To the client.
    Result,
    /// Into the block store, by this partitioning.
    Exchange(Partitioning),
    /// They are the first working table, and the first rows of the recursion whose rounds that stage runs.
    Anchor { rounds: StageId },
    /// Added to this stage's own; they are the next working table, in the place of what the anchor's stage gave.
    Round { anchor: StageId },
}

/// The stages in an order in which they may run, numbered from `first`; the last one gives the result.
pub fn cut(plan: &PhysicalRef, first: StageId) -> Vec<Stage> {
    let mut cutter = Cutter { first: first.0, ..Cutter::default() };
    let mut inputs = Vec::new();
    let root = cutter.below(plan, &mut inputs);
    cutter.add(root, StageOutput::Result, inputs, None);
    cutter.stages
}

#[derive(Default)]
struct Cutter {
    first: u32,
    stages: Vec<Stage>,
    /// The stages that hold common tables.
    tables: HashMap<CommonTableId, StageId>,
    /// The stages that stand for the working tables of the recursions around.
    anchors: HashMap<RecursionId, StageId>,
}

impl Cutter {
    fn add(
        &mut self,
        plan: PhysicalRef,
        output: StageOutput,
        mut inputs: Vec<StageId>,
        logical: Option<PlanRef>,
    ) -> StageId {
        let id = StageId(self.first + self.stages.len() as u32);
        inputs.sort_unstable();
        inputs.dedup();
        self.stages.push(Stage { id, plan, output, inputs, logical, rounds: None });
        id
    }

    fn stage_mut(&mut self, id: StageId) -> &mut Stage {
        &mut self.stages[(id.0 - self.first) as usize]
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
            PhysicalOp::Recursion(recursion) => {
                let stage = self.recursion(plan, recursion);
                read(plan, stage, inputs)
            }
            PhysicalOp::WorkingTable(table) => match self.anchors.get(&table.recursion) {
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

    /// The stage of its rounds.
    fn recursion(&mut self, plan: &PhysicalRef, recursion: &Recursion) -> StageId {
        // A recursion has two children.
        let child = |at: usize| plan.children.get(at).unwrap_or(plan);
        let mut inputs = Vec::new();
        let below = self.below(child(0), &mut inputs);
        // The number of the rounds' stage is known when those of the step are.
        let anchor = self.add(in_order(plan, below, &recursion.anchor), StageOutput::Result, inputs, None);
        self.anchors.insert(recursion.id, anchor);
        let mut inputs = vec![anchor];
        let below = self.below(child(1), &mut inputs);
        let step = in_order(plan, below, &recursion.step);
        let rounds = self.add(step, StageOutput::Round { anchor }, inputs, plan.logical.clone());
        self.stage_mut(anchor).output = StageOutput::Anchor { rounds };
        let mut body: Vec<StageId> = Vec::new();
        for stage in self.stages.iter().filter(|stage| stage.id > anchor) {
            if stage.id == rounds || stage.inputs.iter().any(|input| *input == anchor || body.contains(input)) {
                body.push(stage.id);
                // A recursion inside of the step begins anew.
                body.extend(stage.rounds.iter().map(|inner| inner.anchor));
                body.extend(stage.rounds.iter().flat_map(|inner| inner.body.iter().copied()));
            }
        }
        body.sort_unstable();
        body.dedup();
        self.stage_mut(rounds).rounds = Some(Rounds { anchor, body, limits: recursion.limits });
        rounds
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

/// An input's columns as those of the recursion.
fn in_order(plan: &PhysicalRef, input: PhysicalRef, columns: &[ColumnId]) -> PhysicalRef {
    let outputs = plan.schema.columns.iter().zip(columns);
    let exprs = outputs.filter_map(|(output, id)| Some((output.id, input.schema.get(*id)?.to_expr()))).collect();
    let rows = input.rows;
    PhysicalPlan::new(PhysicalOp::Project(Project { exprs }), vec![input], plan.schema.clone(), rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_catalog::Estimate;
    use firesteel_plan::Schema;
    use firesteel_plan::physical::{Exchange, Union, Values, WorkingTable};

    fn node(op: PhysicalOp, children: Vec<PhysicalRef>) -> PhysicalRef {
        PhysicalPlan::new(op, children, Schema::new(Vec::new()), Estimate::exact(0.0))
    }

    fn exchange(child: PhysicalRef) -> PhysicalRef {
        node(PhysicalOp::Exchange(Exchange { partitioning: Partitioning::Local }), vec![child])
    }

    /// Of a step's stages those run again that depend on the working table.
    #[test]
    fn a_round_is_what_reads_the_working_table() {
        let values = || node(PhysicalOp::Values(Values { rows: Vec::new() }), Vec::new());
        let table = || node(PhysicalOp::WorkingTable(WorkingTable { recursion: RecursionId(7) }), Vec::new());
        let union = |children| node(PhysicalOp::Union(Union { inputs: Vec::new() }), children);
        let step = union(vec![exchange(values()), exchange(exchange(table()))]);
        let limits = RecursionLimits { levels_max: None, rows_max: None, rows_wanted: None };
        let recursion = Recursion { id: RecursionId(7), anchor: Vec::new(), step: Vec::new(), limits };
        let plan = node(PhysicalOp::Recursion(recursion), vec![exchange(values()), step]);
        let stages = cut(&plan, StageId(0));
        let ids = |ids: &[u32]| ids.iter().map(|id| StageId(*id)).collect::<Vec<_>>();
        assert_eq!(stages.len(), 7);
        assert_eq!(stages[1].output, StageOutput::Anchor { rounds: StageId(5) });
        assert_eq!(stages[1].inputs, ids(&[0]));
        assert_eq!(stages[5].inputs, ids(&[1, 2, 4]));
        let rounds = stages[5].rounds.as_ref().expect("rounds");
        assert_eq!((rounds.anchor, &rounds.body), (StageId(1), &ids(&[3, 4, 5])));
        assert_eq!(stages[6].inputs, ids(&[5]));
        assert!(stages[6].rounds.is_none());
    }
}
