//! The one rule that inserts exchanges and sorts.
//!
//! With one executor every distribution is single, so what remains are Local exchanges: under a join's build whose size
//! is only guessed, so that it is known exactly before the rest of the plan runs.
//!
//! ```text
//! HashJoin(.., BuildRight)                HashJoin(.., BuildRight)
//! :- probe                          ⇒     :- probe
//! +- build, rows guessed                  +- Exchange local
//!                                            +- build
//! ```

use std::sync::Arc;

use firesteel_catalog::Source;
use firesteel_common::Result;
use firesteel_common::settings::Setting;
use firesteel_plan::physical::{Exchange, JoinSide, Partitioning, PhysicalOp};
use firesteel_plan::{PhysicalPlan, PhysicalRef};
use recursive::recursive;

use crate::rule::RuleContext;

/// Spark's switch for re-planning at run time.
pub const ADAPTIVE_ENABLED: Setting<bool> = Setting {
    key: "spark.sql.adaptive.enabled",
    default: true,
    doc: "Whether uncertain parts of a plan run first and the rest is planned from what they gave.",
};

/// What planning the rest of a query anew must be able to save, in rows.
pub const ADAPTIVE_ROWS_MIN: Setting<usize> = Setting {
    key: "firesteel.adaptive.rowsMin",
    default: 100_000,
    doc: "The rest of a query is planned anew only when it reads at least so many rows. 0 plans anew after every stage whose \
          rows were misjudged, and lets every join's build that is more than a scan be such a stage: for tests.",
};

pub(super) fn apply(plan: &PhysicalRef, context: &RuleContext) -> Result<PhysicalRef> {
    if !context.settings.get(&ADAPTIVE_ENABLED) {
        return Ok(Arc::clone(plan));
    }
    let rows_min = context.settings.get(&ADAPTIVE_ROWS_MIN);
    Ok(with_local_exchanges(plan, &|build| is_uncertain(build, rows_min)))
}

#[recursive]
fn with_local_exchanges(plan: &PhysicalRef, is_uncertain: &dyn Fn(&PhysicalPlan) -> bool) -> PhysicalRef {
    let mut children: Vec<_> = plan.children.iter().map(|child| with_local_exchanges(child, is_uncertain)).collect();
    if let PhysicalOp::HashJoin(join) = &plan.op {
        let build = match join.build {
            JoinSide::Left => 0,
            JoinSide::Right => 1,
        };
        if is_uncertain(&children[build]) {
            let child = Arc::clone(&children[build]);
            let (schema, rows) = (Arc::clone(&child.schema), child.rows);
            let op = PhysicalOp::Exchange(Exchange { partitioning: Partitioning::Local });
            let logical = child.logical.clone();
            let exchange = PhysicalPlan::new(op, vec![child], schema, rows);
            children[build] = match logical {
                Some(logical) => exchange.with_logical(&logical),
                None => exchange,
            };
        }
    }
    plan.with_children(children)
}

/// Whether it is better known than estimated how many rows the plan gives. What another stage gave is.
fn is_uncertain(plan: &PhysicalPlan, rows_min: usize) -> bool {
    let is_leaf = plan.children.is_empty();
    !matches!(plan.op, PhysicalOp::StageInput(_))
        && (plan.rows.source == Source::Guessed || (rows_min == 0 && !is_leaf))
}
