//! From a parsed query to a physical plan, each step timed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use firesteel_analyzer::{Analyzed, AnalyzerContext, Variables};
use firesteel_catalog::Catalog;
use firesteel_common::settings::Settings;
use firesteel_common::{ColumnIds, Result, error};
use firesteel_expr::EvalContext;
use firesteel_optimizer::Effect;
use firesteel_plan::parsed::{Query, StatementKind};
use firesteel_plan::{PhysicalRef, PlanRef};

use crate::catalog::SessionCatalog;
use crate::extend::Extensions;
use crate::frame::planning::Tables;

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

/// What surrounds a query.
pub(crate) struct World<'a> {
    pub(crate) catalog: &'a dyn Catalog,
    /// Reads what views say.
    pub(crate) views: &'a SessionCatalog,
    pub(crate) extensions: Arc<Extensions>,
    pub(crate) variables: Arc<Variables>,
    pub(crate) settings: Settings,
    pub(crate) eval: Arc<EvalContext>,
}

/// Calls with what analysis may know, for what names no column.
pub(crate) fn in_context<T>(world: &World<'_>, call: impl FnOnce(&AnalyzerContext<'_>) -> T) -> T {
    with_ids(world, &ColumnIds::default(), call)
}

/// Calls with what analysis may know.
fn with_ids<T>(world: &World<'_>, ids: &ColumnIds, call: impl FnOnce(&AnalyzerContext<'_>) -> T) -> T {
    let parse_query = |text: &str| view(world.views, text).map(|(query, _)| query);
    call(&AnalyzerContext {
        catalog: world.catalog,
        functions: &world.extensions.functions,
        variables: &world.variables,
        parse_query: &parse_query,
        ids: ids.clone(),
        settings: world.settings.clone(),
        eval: Arc::clone(&world.eval),
    })
}

pub(crate) fn analyze(query: &Query, world: &World<'_>) -> Result<Analyzed> {
    in_context(world, |context| firesteel_analyzer::analyze(query, context))
}

pub(crate) fn plan(query: &Query, world: World<'_>, observe: bool) -> Result<Planned> {
    let ids = ColumnIds::default();
    let start = Instant::now();
    let analyzed = with_ids(&world, &ids, |context| firesteel_analyzer::analyze(query, context))?;
    let analysis = start.elapsed();

    let start = Instant::now();
    let mut context = firesteel_optimizer::context(&ids, &world.settings, &world.eval);
    context.observe = observe;
    let (plan, mut effects) = world.extensions.optimize(&analyzed.plan, &context)?;
    let (optimized, more) = firesteel_optimizer::optimize(&plan, &context)?;
    effects.extend(more);
    let optimization = start.elapsed();

    let start = Instant::now();
    let physical = firesteel_optimizer::plan_physical(&optimized, &context)?;
    let times = PlanningTimes { analysis, optimization, physical: start.elapsed() };
    Ok(Planned { analyzed, optimized, physical, ids, effects, times })
}

/// What a view says, and the tables that only it knows.
pub(crate) fn view(views: &SessionCatalog, text: &str) -> Result<(Query, Tables)> {
    match views.frame_view(text) {
        Some(view) => Ok(view),
        None => parse_query(text).map(|query| (query, Tables::default())),
    }
}

/// A view's text.
pub(crate) fn parse_query(text: &str) -> Result<Query> {
    match firesteel_sql::parse_statement(text)?.kind {
        StatementKind::Query(query) => Ok(*query),
        _ => Err(error!(PARSE_SYNTAX_ERROR, error = "statement", hint = ": a view's text is a query")),
    }
}
