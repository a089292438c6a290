//! Runs batches of rules: owns traversal, change tracking, timing and checks.
//!
//! In debug builds it validates the plan after each effective rule, that `Once` batches are idempotent, and that fixed
//! points are reached: a rule that breaks a plan is named by the first test that meets it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firesteel_common::{Result, internal};
use firesteel_plan::{PlanRef, explain, validate};
use recursive::recursive;

use crate::OPTIONAL_RULES;
use crate::rule::{Batch, Rule, RuleContext, Strategy, Traversal};

/// What one effective run of a rule did.
#[derive(Debug, Clone)]
pub struct Effect {
    pub batch: &'static str,
    pub rule: &'static str,
    pub before: String,
    pub after: String,
    pub took: Duration,
}

pub struct RuleExecutor<'a> {
    batches: &'a [Batch],
}

impl<'a> RuleExecutor<'a> {
    pub fn new(batches: &'a [Batch]) -> Self {
        Self { batches }
    }

    pub fn run(&self, plan: &PlanRef, context: &RuleContext) -> Result<(PlanRef, Vec<Effect>)> {
        let mut effects = Vec::new();
        let mut plan = Arc::clone(plan);
        for batch in self.batches {
            plan = run_batch(batch, plan, context, &mut effects)?;
        }
        Ok((plan, effects))
    }
}

fn run_batch(batch: &Batch, mut plan: PlanRef, context: &RuleContext, effects: &mut Vec<Effect>) -> Result<PlanRef> {
    let rounds_max = match batch.strategy {
        Strategy::Once => 1,
        Strategy::FixedPoint { iterations_max } => iterations_max,
    };
    for _ in 0..rounds_max {
        let new = run_round(batch, &plan, context, effects)?;
        if Arc::ptr_eq(&new, &plan) {
            return Ok(plan);
        }
        plan = new;
    }
    if cfg!(debug_assertions) {
        check_settled(batch, &plan, context)?;
    }
    Ok(plan)
}

fn run_round(batch: &Batch, plan: &PlanRef, context: &RuleContext, effects: &mut Vec<Effect>) -> Result<PlanRef> {
    let optional = context.settings.get(&OPTIONAL_RULES);
    let mut plan = Arc::clone(plan);
    for rule in batch.rules.iter().filter(|rule| optional || rule.required) {
        let start = Instant::now();
        let new = apply(rule, &plan, context)?;
        if Arc::ptr_eq(&new, &plan) {
            continue;
        }
        if cfg!(debug_assertions) {
            check_effect(rule, &plan, &new)?;
        }
        if context.observe {
            effects.push(Effect {
                batch: batch.name,
                rule: rule.name,
                before: explain::logical(&plan, &context.ids),
                after: explain::logical(&new, &context.ids),
                took: start.elapsed(),
            });
        }
        plan = new;
    }
    Ok(plan)
}

fn check_effect(rule: &Rule, before: &PlanRef, after: &PlanRef) -> Result<()> {
    let checked = validate::check(after).and_then(|()| validate::check_same_output(before.schema(), after.schema()));
    checked.map_err(|error| internal!("rule {} broke the plan: {}", rule.name, error.message()))
}

/// After the last round another one must change nothing.
fn check_settled(batch: &Batch, plan: &PlanRef, context: &RuleContext) -> Result<()> {
    let again = run_round(batch, plan, context, &mut Vec::new())?;
    if Arc::ptr_eq(&again, plan) || again == *plan {
        return Ok(());
    }
    Err(internal!("batch {} does not settle:\n{plan:?}\nbecomes\n{again:?}", batch.name))
}

/// The plan itself when the rule does nothing.
pub fn apply(rule: &Rule, plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    match rule.order {
        Traversal::TopDown => top_down(rule, plan, context),
        Traversal::BottomUp => bottom_up(rule, plan, context),
        Traversal::Whole => Ok((rule.apply)(plan, context)?.unwrap_or_else(|| Arc::clone(plan))),
    }
}

#[recursive]
fn top_down(rule: &Rule, plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    if !plan.kinds().intersects(rule.looks_for) {
        return Ok(Arc::clone(plan));
    }
    let plan = at_node(rule, plan, context)?;
    map_children(&plan, |child| top_down(rule, child, context))
}

#[recursive]
fn bottom_up(rule: &Rule, plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    if !plan.kinds().intersects(rule.looks_for) {
        return Ok(Arc::clone(plan));
    }
    let plan = map_children(plan, |child| bottom_up(rule, child, context))?;
    at_node(rule, &plan, context)
}

fn at_node(rule: &Rule, plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    if !plan.node.kind().intersects(rule.looks_for) {
        return Ok(Arc::clone(plan));
    }
    Ok((rule.apply)(plan, context)?.unwrap_or_else(|| Arc::clone(plan)))
}

/// The node over mapped children; the node itself when no child changed.
pub fn map_children(plan: &PlanRef, mut map: impl FnMut(&PlanRef) -> Result<PlanRef>) -> Result<PlanRef> {
    let mut changed = false;
    let mut children = Vec::new();
    for child in plan.children() {
        let new = map(child)?;
        changed |= !Arc::ptr_eq(&new, child);
        children.push(new);
    }
    Ok(if changed { plan.with_children(children) } else { Arc::clone(plan) })
}
