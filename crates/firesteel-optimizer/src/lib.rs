//! From a logical plan to a better one, and on to a physical one:
//!
//! ```text
//! LogicalPlan ──batches of rules──▶ LogicalPlan ──strategies──▶ PhysicalPlan ──EnsureRequirements──▶ PhysicalPlan
//! ```
//! - [`rule`]: what a rule is; [`executor`]: who runs it, watches it and checks it.
//! - [`batches`]: the table of contents, every batch in order with its reason; [`rules`]: a file per rule; `join_order`:
//!   what one of them, `reorder_joins`, works with.
//! - [`physical`]: strategies (which operator does it), runtime filters, and the one rule that adds exchanges.
//!
//! Everything here is synchronous and pure: no IO, no clock but the one that times rules.

pub mod batches;
pub mod executor;
mod join_order;
mod known;
mod nulls;
pub mod physical;
pub mod rule;
pub mod rules;

use std::sync::Arc;

use firesteel_common::settings::{Setting, Settings};
use firesteel_common::{ColumnIds, Result};
use firesteel_expr::EvalContext;
use firesteel_plan::{PhysicalRef, PlanRef};

pub use executor::{Effect, RuleExecutor};
pub use rule::RuleContext;

/// For finding out which rule broke a plan.
pub const OPTIONAL_RULES: Setting<bool> = Setting {
    key: "firesteel.optimizer.optionalRules",
    default: true,
    doc: "Whether rules run that plans could do without. Off, only the required rules run: to find a faulty rule.",
};

/// Logical optimization: all batches in order. `effects` tells which rules did something, when the context asks for it.
pub fn optimize(plan: &PlanRef, context: &RuleContext) -> Result<(PlanRef, Vec<Effect>)> {
    RuleExecutor::new(batches::ALL).run(plan, context)
}

/// Physical planning of an optimized plan, whose columns come out in the order of its schema.
pub fn plan_physical(plan: &PlanRef, context: &RuleContext) -> Result<PhysicalRef> {
    physical::plan(plan, context)
}

/// Plans what is left of a query, whose finished stages stand in `rest` as `Materialized`; runtime filters are numbered
/// from `first_filter`.
pub fn plan_rest(rest: &PlanRef, first_filter: u32, context: &RuleContext) -> Result<(PlanRef, PhysicalRef)> {
    let (rest, _) = RuleExecutor::new(batches::REST).run(rest, context)?;
    let physical = physical::plan_from(&rest, first_filter, context)?;
    Ok((rest, physical))
}

/// What planning knows of the query and the session.
pub fn context(ids: &ColumnIds, settings: &Settings, eval: &Arc<EvalContext>) -> RuleContext {
    RuleContext { ids: ids.clone(), settings: settings.clone(), eval: Arc::clone(eval), observe: false }
}
