//! A rule is a value: its name, what it looks for, and a function that sees one node.

use std::sync::Arc;

use firesteel_common::settings::Settings;
use firesteel_common::{ColumnIds, Result};
use firesteel_expr::EvalContext;
use firesteel_plan::PlanRef;
use firesteel_plan::logical::NodeKinds;

/// A rewrite. `apply` answers `None` when there is nothing to do; who changes nothing must say so, or batches never end.
pub struct Rule {
    pub name: &'static str,
    /// Nodes of other kinds are not shown to it, and subtrees without these kinds not visited.
    pub looks_for: NodeKinds,
    pub order: Traversal,
    /// Whether plans cannot run without it.
    pub required: bool,
    pub apply: fn(&PlanRef, &RuleContext) -> Result<Option<PlanRef>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traversal {
    /// A node before its children; the children of the new node follow.
    TopDown,
    /// A node after its children.
    BottomUp,
    /// The root only: the rule walks by itself, because it carries something along.
    Whole,
}

/// Rules that run together.
pub struct Batch {
    pub name: &'static str,
    pub strategy: Strategy,
    pub rules: &'static [Rule],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Each rule once; running the batch again must change nothing.
    Once,
    /// Each rule once; run again it might choose otherwise, for what it chooses by is estimated from the plan's shape.
    ByCost,
    /// Round after round until nothing changes.
    FixedPoint { iterations_max: usize },
}

/// What rules may know.
#[derive(Debug, Clone)]
pub struct RuleContext {
    /// Where new columns come from.
    pub ids: ColumnIds,
    pub settings: Settings,
    pub eval: Arc<EvalContext>,
    /// Whether the executor shall keep what each effective rule did, for EXPLAIN RULES.
    pub observe: bool,
}
