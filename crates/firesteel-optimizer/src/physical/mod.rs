//! From a logical plan to operators, in three steps:
//!
//! ```text
//! strategies            which operator implements a node, which side builds, which columns come out
//! runtime filters       which scans a join's complete build can spare work
//! ensure_requirements   exchanges (and sorts) where an operator asks for what its input does not have
//! ```

mod ensure_requirements;
mod runtime_filters;
mod strategies;

use firesteel_common::Result;
use firesteel_plan::{PhysicalRef, PlanRef};

use crate::rule::RuleContext;

pub use ensure_requirements::{ADAPTIVE_ENABLED, ADAPTIVE_ROWS_MIN};
pub use runtime_filters::first_free as first_free_filter;

/// The physical plan; its columns are those of the logical plan, in that order.
pub fn plan(plan: &PlanRef, context: &RuleContext) -> Result<PhysicalRef> {
    plan_from(plan, 0, context)
}

/// The same for the rest of a query: stages that have begun use the slots below `first_filter`.
pub fn plan_from(plan: &PlanRef, first_filter: u32, context: &RuleContext) -> Result<PhysicalRef> {
    let physical = strategies::plan_root(plan, context)?;
    let physical = runtime_filters::place(&physical, first_filter);
    ensure_requirements::apply(&physical, context)
}
