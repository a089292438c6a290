//! EXPLAIN in its modes. One row of text, as in Spark.

use std::sync::Arc;

use firesteel_common::{ColumnIds, Result, error};
use firesteel_exec::metrics::MetricsSnapshot;
use firesteel_expr::EvalContext;
use firesteel_plan::explain;
use firesteel_plan::parsed::{ExplainMode, Query, Statement, StatementKind};
use firesteel_scheduler::{Replanned, StageOutput};

use crate::planning::Planned;
use crate::result::QueryResult;
use crate::session::Session;
use crate::write::under_write;

pub(crate) fn execute(session: &Session, mode: ExplainMode, statement: &Statement) -> Result<QueryResult> {
    let (query, target) = match &statement.kind {
        StatementKind::Query(query) => (query, None),
        StatementKind::InsertDirectory(insert) if mode != ExplainMode::Analyze => {
            (&insert.query, Some(super::write::target(insert)?))
        }
        _ => {
            let feature = "EXPLAIN of statements that are no queries";
            return Err(error!(UNSUPPORTED_FEATURE, feature = feature).at(statement.span));
        }
    };
    let text = match mode {
        ExplainMode::Analyze => analyze(session, query)?,
        _ => {
            let mut planned = session.plan_in(query, &session.eval_context(), mode == ExplainMode::Rules)?;
            if let Some(target) = target {
                planned = under_write(planned, &target)?;
            }
            written(mode, &planned)?
        }
    };
    Ok(QueryResult::text("plan", [text]))
}

pub(crate) fn written(mode: ExplainMode, planned: &Planned) -> Result<String> {
    let ids = &planned.ids;
    let physical = explain::physical(&planned.physical, ids, &|_| None);
    Ok(match mode {
        ExplainMode::Simple | ExplainMode::Formatted | ExplainMode::Analyze => {
            format!("== Physical Plan ==\n{physical}")
        }
        ExplainMode::Extended => format!(
            "== Analyzed Logical Plan ==\n{}\n== Optimized Logical Plan ==\n{}\n== Physical Plan ==\n{physical}",
            explain::logical(&planned.analyzed.plan, ids),
            explain::logical(&planned.optimized, ids),
        ),
        ExplainMode::Cost => format!(
            "== Optimized Logical Plan ==\n{}\n== Physical Plan ==\n{}",
            explain::logical_with_cost(&planned.optimized, ids),
            with_rows(planned),
        ),
        ExplainMode::Codegen => {
            return Err(error!(UNSUPPORTED_FEATURE, feature = "EXPLAIN CODEGEN: no code is generated"));
        }
        ExplainMode::Rules => rules(planned),
    })
}

/// The physical plan with the rows that each operator is expected to give.
fn with_rows(planned: &Planned) -> String {
    let operators = planned.physical.preorder();
    let rows = |at: usize| operators.get(at).map(|plan| format!(" (rows={})", explain::estimate(plan.rows)));
    explain::physical(&planned.physical, &planned.ids, &rows)
}

/// What stages taught about the rest of the query, and the lines of its plan that became others.
fn decision(replanned: &Replanned, ids: &ColumnIds) -> String {
    let learned = replanned.learned.iter().map(|learned| {
        format!(
            "stage {} gave {} rows, {} expected",
            learned.stage.0,
            learned.rows,
            explain::estimate(learned.expected)
        )
    });
    let learned = learned.collect::<Vec<_>>().join("; ");
    if !replanned.changed() {
        return format!("== Planned anew: nothing better ==\n{learned}\n");
    }
    let text = |plan| explain::physical(plan, ids, &|_| None);
    let lines = changed_lines(&text(&replanned.before), &text(&replanned.after));
    format!("== Planned anew ==\n{learned}\n{lines}")
}

/// The lines that one text has and the other has not, wherever in the tree they stand.
fn changed_lines(before: &str, after: &str) -> String {
    let lines =
        |text: &'_ str| text.lines().map(|line| line.trim_start_matches([' ', ':', '+', '-']).to_owned()).collect();
    let (before, after): (Vec<String>, Vec<String>) = (lines(before), lines(after));
    let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("- {line}\n"));
    let new = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+ {line}\n"));
    gone.chain(new).collect()
}

/// Each rule that changed the plan: when, how long, and the lines that differ.
fn rules(planned: &Planned) -> String {
    let mut out = format!("== Analyzed Logical Plan ==\n{}", explain::logical(&planned.analyzed.plan, &planned.ids));
    for effect in &planned.effects {
        out.push_str(&format!("\n== {} / {} ({:?}) ==\n", effect.batch, effect.rule, effect.took));
        out.push_str(&changed_lines(&effect.before, &effect.after));
    }
    out
}

fn analyze(session: &Session, query: &Query) -> Result<String> {
    let eval = session.eval_context();
    analyzed(session, &session.plan_in(query, &eval, false)?, &eval)
}

/// Runs the query, throws its rows away and shows what every operator did.
pub(crate) fn analyzed(session: &Session, planned: &Planned, eval: &Arc<EvalContext>) -> Result<String> {
    let context = session.query_context(eval);
    let start = std::time::Instant::now();
    let (result, job) = session.run_watched(planned, &context);
    let rows = result.count_rows()?;
    let took = start.elapsed();
    let metrics = context.metrics.snapshot();
    let report = job.report();
    let mut out = String::new();
    for (first, stage) in &report.stages {
        let output = match &stage.output {
            StageOutput::Result => "result".to_owned(),
            StageOutput::Exchange(partitioning) => format!("{partitioning:?}").to_lowercase(),
            StageOutput::Anchor { rounds } => format!("anchor of stage {}", rounds.0),
            StageOutput::Round { anchor } => format!("rounds over stage {}", anchor.0),
        };
        let counted = |at: usize| metrics.get(*first as usize + at).map(counters);
        out.push_str(&format!("== Stage {} ({output}) ==\n", stage.id.0));
        out.push_str(&explain::physical(&stage.plan, &planned.ids, &counted));
    }
    out.extend(report.replanned.iter().map(|replanned| decision(replanned, &planned.ids)));
    let planning = planned.times.analysis + planned.times.optimization + planned.times.physical;
    let memory = session.executor().memory().peak();
    out.push_str(&format!(
        "\nPlanning: {planning:.1?}\nExecution: {took:.1?}\nRows: {rows}\nPeak memory: {memory} bytes\n"
    ));
    out.push_str(&remote(&metrics));
    Ok(out)
}

/// What all scans asked of object stores; nothing when there was nothing.
fn remote(metrics: &[MetricsSnapshot]) -> String {
    let scans = || metrics.iter().filter(|metrics| metrics.requests > 0);
    let sum = |counter: fn(&MetricsSnapshot) -> u64| scans().map(counter).sum::<u64>();
    let (requests, bytes, retries) = (sum(|m| m.requests), sum(|m| m.bytes), sum(|m| m.retries));
    match requests {
        0 => String::new(),
        _ => format!("Object stores: {requests} requests, {bytes} bytes, {retries} retries\n"),
    }
}

fn counters(metrics: &MetricsSnapshot) -> String {
    let mut out = format!(" (rows={}, time={:.1?}", metrics.rows_out, metrics.time);
    let named = [
        ("bytes", metrics.bytes),
        ("memory", metrics.memory_peak),
        ("spilled", metrics.spill_bytes),
        ("files pruned", metrics.files_pruned),
        ("row groups pruned", metrics.groups_pruned),
        ("requests", metrics.requests),
        ("retries", metrics.retries),
    ];
    for (name, value) in named.into_iter().filter(|(_, value)| *value > 0) {
        out.push_str(&format!(", {name}={value}"));
    }
    out.push(')');
    out
}
