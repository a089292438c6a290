//! TABLESAMPLE: some rows of a relation.
//!
//! ```text
//! t TABLESAMPLE (10 PERCENT)           → Sample 0.1        t TABLESAMPLE (5 ROWS) → Limit 5
//! t TABLESAMPLE (BUCKET 1 OUT OF 4)    → Sample 0.25
//! ```

use firesteel_common::{Result, SqlType, error};
use firesteel_expr::{CastMode, Expr, eval};
use firesteel_plan::logical::{Limit, Node, Sample};
use firesteel_plan::parsed::{self, SampleSize};
use firesteel_plan::{LogicalPlan, PlanRef};

use crate::Analyzer;
use crate::env::Env;
use crate::expr::Resolver;
use crate::scope::Relation;

impl Analyzer<'_> {
    pub(crate) fn sampled(&self, relation: Relation, sample: &parsed::Sample, env: Env<'_>) -> Result<Relation> {
        let plan = self.sampled_plan(relation.plan, sample, env).map_err(|error| error.at(sample.span))?;
        Ok(Relation { plan, scope: relation.scope })
    }

    fn sampled_plan(&self, input: PlanRef, sample: &parsed::Sample, env: Env<'_>) -> Result<PlanRef> {
        let fraction = match &sample.size {
            SampleSize::Rows(count) => {
                let count = self.sample_number(count, &SqlType::BigInt, env)?.max(0.0) as u64;
                return Ok(LogicalPlan::new(Node::Limit(Limit { input, offset: 0, count: Some(count) })));
            }
            SampleSize::Percent(percent) => self.sample_number(percent, &SqlType::Double, env)? / 100.0,
            SampleSize::Bucket { bucket, of } => *bucket as f64 / *of as f64,
        };
        if !(0.0..=1.0).contains(&fraction) {
            return Err(error!(INVALID_TABLESAMPLE_FRACTION, fraction = format!("{fraction:?}")));
        }
        let seed = sample.seed.as_ref().map(|seed| self.sample_number(seed, &SqlType::BigInt, env)).transpose()?;
        let seed = seed.map(|seed| seed as i64 as u64);
        Ok(LogicalPlan::new(Node::Sample(Sample { input, fraction, seed })))
    }

    /// A constant.
    fn sample_number(&self, written: &parsed::Expr, data_type: &SqlType, env: Env<'_>) -> Result<f64> {
        let resolver = Resolver::plain(self, env, Vec::new(), "TABLESAMPLE");
        let value = resolver.cast(resolver.resolve(written)?, data_type, CastMode::Ansi, written)?;
        let value = Expr::cast(value, SqlType::Double, CastMode::Ansi);
        let value = eval::evaluate_constant(&value, &self.context.eval)?;
        match value.value() {
            datafusion_common::ScalarValue::Float64(Some(number)) => Ok(*number),
            _ => Err(error!(INVALID_TABLESAMPLE_FRACTION, fraction = "NULL")),
        }
    }
}
