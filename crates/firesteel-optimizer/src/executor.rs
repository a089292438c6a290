//! Runs batches of rules: owns traversal, change tracking, timing and checks.
//!
//! A subtree that a rule has left alone is not shown to it again, however many rounds the rest of the plan takes.
//!
//! In debug builds it validates the plan after each effective rule, that `Once` batches are idempotent, and that fixed
//! points are reached: a rule that breaks a plan is named by the first test that meets it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firesteel_common::{Result, internal};
use firesteel_plan::{LogicalPlan, PlanRef, explain, validate};
use hashbrown::HashMap;
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
        let mut run = Run::default();
        let mut plan = Arc::clone(plan);
        for batch in self.batches {
            plan = run_batch(batch, plan, context, &mut run)?;
        }
        Ok((plan, run.effects))
    }
}

/// What one run of all batches remembers.
#[derive(Default)]
struct Run {
    effects: Vec<Effect>,
    settled: HashMap<&'static str, Settled>,
}

/// Subtrees that a rule has seen and left alone: it would do so again. They are kept alive, so that an address is a name.
#[derive(Default)]
struct Settled(HashMap<*const LogicalPlan, PlanRef>);

impl Settled {
    fn contains(&self, plan: &PlanRef) -> bool {
        self.0.contains_key(&Arc::as_ptr(plan))
    }

    fn insert(&mut self, plan: &PlanRef) {
        self.0.insert(Arc::as_ptr(plan), Arc::clone(plan));
    }
}

fn run_batch(batch: &Batch, mut plan: PlanRef, context: &RuleContext, run: &mut Run) -> Result<PlanRef> {
    let rounds_max = match batch.strategy {
        Strategy::Once | Strategy::ByCost => 1,
        Strategy::FixedPoint { iterations_max } => iterations_max,
    };
    for _ in 0..rounds_max {
        let new = run_round(batch, &plan, context, run)?;
        if Arc::ptr_eq(&new, &plan) {
            return Ok(plan);
        }
        plan = new;
    }
    if cfg!(debug_assertions) && batch.strategy != Strategy::ByCost {
        check_settled(batch, &plan, context)?;
    }
    Ok(plan)
}

fn run_round(batch: &Batch, plan: &PlanRef, context: &RuleContext, run: &mut Run) -> Result<PlanRef> {
    let optional = context.settings.get(&OPTIONAL_RULES);
    let mut plan = Arc::clone(plan);
    for rule in batch.rules.iter().filter(|rule| optional || rule.required) {
        let start = Instant::now();
        let new = apply_to(rule, &plan, context, run.settled.entry(rule.name).or_default())?;
        if Arc::ptr_eq(&new, &plan) {
            continue;
        }
        if cfg!(debug_assertions) {
            check_effect(rule, &plan, &new)?;
        }
        if context.observe {
            run.effects.push(Effect {
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
    let again = run_round(batch, plan, context, &mut Run::default())?;
    if Arc::ptr_eq(&again, plan) || again == *plan {
        return Ok(());
    }
    Err(internal!("batch {} does not settle:\n{plan:?}\nbecomes\n{again:?}", batch.name))
}

/// The plan itself when the rule does nothing.
pub fn apply(rule: &Rule, plan: &PlanRef, context: &RuleContext) -> Result<PlanRef> {
    apply_to(rule, plan, context, &mut Settled::default())
}

fn apply_to(rule: &Rule, plan: &PlanRef, context: &RuleContext, settled: &mut Settled) -> Result<PlanRef> {
    match rule.order {
        Traversal::TopDown => top_down(rule, plan, context, settled),
        Traversal::BottomUp => bottom_up(rule, plan, context, settled),
        Traversal::Whole => whole(rule, plan, context, settled),
    }
}

fn whole(rule: &Rule, plan: &PlanRef, context: &RuleContext, settled: &mut Settled) -> Result<PlanRef> {
    if !plan.kinds().intersects(rule.looks_for) || settled.contains(plan) {
        return Ok(Arc::clone(plan));
    }
    let new = (rule.apply)(plan, context)?;
    if new.is_none() {
        settled.insert(plan);
    }
    Ok(new.unwrap_or_else(|| Arc::clone(plan)))
}

#[recursive]
fn top_down(rule: &Rule, plan: &PlanRef, context: &RuleContext, settled: &mut Settled) -> Result<PlanRef> {
    if !plan.kinds().intersects(rule.looks_for) || settled.contains(plan) {
        return Ok(Arc::clone(plan));
    }
    let new = at_node(rule, plan, context)?;
    let new = map_children(&new, |child| top_down(rule, child, context, settled))?;
    if Arc::ptr_eq(&new, plan) {
        settled.insert(plan);
    }
    Ok(new)
}

#[recursive]
fn bottom_up(rule: &Rule, plan: &PlanRef, context: &RuleContext, settled: &mut Settled) -> Result<PlanRef> {
    if !plan.kinds().intersects(rule.looks_for) || settled.contains(plan) {
        return Ok(Arc::clone(plan));
    }
    let new = map_children(plan, |child| bottom_up(rule, child, context, settled))?;
    let new = at_node(rule, &new, context)?;
    if Arc::ptr_eq(&new, plan) {
        settled.insert(plan);
    }
    Ok(new)
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
