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

pub(super) fn apply(plan: &PhysicalRef, context: &RuleContext) -> Result<PhysicalRef> {
    Ok(match context.settings.get(&ADAPTIVE_ENABLED) {
        true => with_local_exchanges(plan),
        false => Arc::clone(plan),
    })
}

#[recursive]
fn with_local_exchanges(plan: &PhysicalRef) -> PhysicalRef {
    let mut children: Vec<_> = plan.children.iter().map(with_local_exchanges).collect();
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

fn is_uncertain(plan: &PhysicalPlan) -> bool {
    plan.rows.source == Source::Guessed
}
