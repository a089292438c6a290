//! Common tables: which are computed once, and which are part of whoever reads them.
//!
//! ```text
//! WithCTE [a] over … CTERelationRef a …                 ⇒  the definition in its place     (read once, or cheap)
//! WithCTE [a] over … CTERelationRef a … CTERelationRef a ⇒  stays, at the root of the plan  (joins, aggregates, …)
//! ```
//! Spark inlines every deterministic CTE and finds equal exchanges again later; here what is kept stays one from the start.
//!
//! Required: a definition that looks at a query around it can only be computed there.

use firesteel_expr::function::Volatility;
use firesteel_plan::logical::{CommonTableId, CommonTables, free_columns, renumbered};
use hashbrown::HashMap;
use recursive::recursive;

use super::prelude::*;

pub const RULE: Rule =
    Rule { name: "common_tables", looks_for: NodeKinds::COMMON_TABLES, order: Traversal::Whole, required: true, apply };

fn apply(plan: &PlanRef, context: &RuleContext) -> Result<Option<PlanRef>> {
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLES) {
        return Ok(None);
    }
    let mut definitions = Vec::new();
    let input = lift(plan, &mut definitions)?;
    let inlined = choose(&definitions, &input);
    let mut inliner = Inliner { context, inlined: HashMap::new() };
    let mut kept = Vec::new();
    for (id, definition) in definitions {
        let definition = inliner.inline(&definition)?;
        match inlined.contains(&id) {
            true => drop(inliner.inlined.insert(id, definition)),
            false => kept.push((id, definition)),
        }
    }
    let input = inliner.inline(&input)?;
    let new = match kept.is_empty() {
        true => input,
        false => LogicalPlan::new(Node::CommonTables(CommonTables { definitions: kept, input })),
    };
    Ok((new != *plan).then_some(new))
}

/// The plan without its definitions, which are gathered so that each stands behind those that it reads.
#[recursive]
fn lift(plan: &PlanRef, definitions: &mut Vec<(CommonTableId, PlanRef)>) -> Result<PlanRef> {
    if !plan.kinds().intersects(NodeKinds::COMMON_TABLES) {
        return Ok(Arc::clone(plan));
    }
    let Node::CommonTables(tables) = &plan.node else {
        return crate::executor::map_children(plan, |child| lift(child, definitions));
    };
    for (id, definition) in &tables.definitions {
        let definition = lift(definition, definitions)?;
        definitions.push((*id, definition));
    }
    lift(&tables.input, definitions)
}

/// The tables that become part of their readers. From the last definition to the first: how often one is read depends on
/// what becomes of those behind it.
fn choose(definitions: &[(CommonTableId, PlanRef)], input: &PlanRef) -> Vec<CommonTableId> {
    let mut reads: HashMap<CommonTableId, usize> = HashMap::new();
    count(input, 1, &mut reads);
    let mut inlined = Vec::new();
    for (id, definition) in definitions.iter().rev() {
        let times = reads.get(id).copied().unwrap_or(0);
        let inline = times < 2 || is_cheap(definition) || !free_columns(definition).is_empty();
        if inline {
            inlined.push(*id);
        }
        count(definition, if inline { times } else { 1 }, &mut reads);
    }
    inlined
}

#[recursive]
fn count(plan: &LogicalPlan, times: usize, reads: &mut HashMap<CommonTableId, usize>) {
    if let Node::CommonTableScan(scan) = &plan.node {
        *reads.entry(scan.table).or_default() += times;
    }
    plan.children().iter().for_each(|child| count(child, times, reads));
}

/// Reading it again costs no more than keeping it would.
fn is_cheap(plan: &LogicalPlan) -> bool {
    let volatile = plan.expressions().iter().any(|expr| expr.volatility() == Volatility::Volatile);
    let cheap = matches!(
        plan.node,
        Node::Relation(_)
            | Node::Values(_)
            | Node::Materialized(_)
            | Node::CommonTableScan(_)
            | Node::Project(_)
            | Node::Filter(_)
    );
    cheap && !volatile && plan.children().into_iter().all(|child| is_cheap(child))
}

struct Inliner<'a> {
    context: &'a RuleContext,
    inlined: HashMap<CommonTableId, PlanRef>,
}

impl Inliner<'_> {
    #[recursive]
    fn inline(&self, plan: &PlanRef) -> Result<PlanRef> {
        if !plan.kinds().intersects(NodeKinds::COMMON_TABLE_SCAN) {
            return Ok(Arc::clone(plan));
        }
        let Node::CommonTableScan(scan) = &plan.node else {
            return crate::executor::map_children(plan, |child| self.inline(child));
        };
        let Some(definition) = self.inlined.get(&scan.table) else { return Ok(Arc::clone(plan)) };
        let input = renumbered(definition, &self.context.ids)?;
        let pairs = scan.columns.iter().zip(&input.schema().columns);
        let exprs = pairs.map(|(own, column)| (own.id, column.to_expr())).collect();
        Ok(LogicalPlan::new(Node::Project(Project { input, exprs })))
    }
}
