//! From a parsed query to a physical plan, each step timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firesteel_analyzer::{Analyzed, AnalyzerContext};
use firesteel_common::settings::Settings;
use firesteel_common::{ColumnIds, Result, error};
use firesteel_expr::EvalContext;
use firesteel_optimizer::Effect;
use firesteel_plan::parsed::{Query, StatementKind};
use firesteel_plan::{PhysicalRef, PlanRef};

use crate::catalog::SessionCatalog;

/// A query, planned; every form it went through is kept for EXPLAIN.
pub struct Planned {
    pub analyzed: Analyzed,
    pub optimized: PlanRef,
    pub physical: PhysicalRef,
    pub ids: ColumnIds,
    /// What each effective rule did, if it was asked for.
    pub effects: Vec<Effect>,
    pub times: PlanningTimes,
}

#[derive(Debug, Clone, Copy, Default)]
pub struct PlanningTimes {
    pub analysis: Duration,
    pub optimization: Duration,
    pub physical: Duration,
}

pub(crate) fn plan(
    query: &Query,
    catalog: &SessionCatalog,
    settings: &Settings,
    eval: &Arc<EvalContext>,
    observe: bool,
) -> Result<Planned> {
    let ids = ColumnIds::default();
    let start = Instant::now();
    let context = AnalyzerContext {
        catalog,
        parse_query: &parse_query,
        ids: ids.clone(),
        settings: settings.clone(),
        eval: Arc::clone(eval),
    };
    let analyzed = firesteel_analyzer::analyze(query, &context)?;
    let analysis = start.elapsed();

    let start = Instant::now();
    let mut context = firesteel_optimizer::context(&ids, settings, eval);
    context.observe = observe;
    let (optimized, effects) = firesteel_optimizer::optimize(&analyzed.plan, &context)?;
    let optimization = start.elapsed();

    let start = Instant::now();
    let physical = firesteel_optimizer::plan_physical(&optimized, &context)?;
    let times = PlanningTimes { analysis, optimization, physical: start.elapsed() };
    Ok(Planned { analyzed, optimized, physical, ids, effects, times })
}

/// A view's text.
pub(crate) fn parse_query(text: &str) -> Result<Query> {
    match firesteel_sql::parse_statement(text)?.kind {
        StatementKind::Query(query) => Ok(*query),
        _ => Err(error!(PARSE_SYNTAX_ERROR, error = "statement", hint = ": a view's text is a query")),
    }
}
