//! Parsed → logical: names become column ids, every expression gets its type, and what makes no sense is refused with the
//! place where it stands.
//!
//! ```text
//! parsed::Query ──one pass, bottom-up, with scopes──▶ logical plan + the names and types of its columns
//! ```
//! In reading order:
//!
//! - [`query`]: WITH, ORDER BY, LIMIT around a body; `recursion`: WITH RECURSIVE; `set_operation`: UNION, EXCEPT, INTERSECT.
//! - `from`, `join`, `inline`, `pivot`, `sample`, `files`: what stands in FROM; `subquery`: queries inside of expressions, as joins.
//! - `select`: one SELECT; `projection`, `aggregates`, `group_by`, `grouping_sets`, `window` and
//!   `order` are its parts.
//! - `scope`: which column a name means; `env`: which CTEs and which outer queries are in sight.
//! - `generator`: functions that make several rows of one; `arguments`: their arguments, and others', by name.
//! - `expr`, `function`, `within_group`, `lambda`, `schema`, `literal`, `interval`: expressions.
//! - `variables`, `constant`: session variables, and expressions that are known before any table is.
//! - `names`: the name of a column without an alias; `errors`: messages with suggestions.
//!
//! Metadata is fetched through [`Catalog::lookup`]; apart from that the pass reads and writes nothing.

mod aggregates;
mod arguments;
mod constant;
mod env;
mod errors;
mod expr;
mod files;
mod from;
mod function;
mod generator;
mod group_by;
mod grouping_sets;
mod inline;
mod interval;
mod inverse_distribution;
mod join;
mod lambda;
mod literal;
mod names;
mod order;
mod pivot;
mod projection;
mod query;
mod recursion;
mod sample;
mod schema;
mod scope;
mod select;
mod set_operation;
mod subquery;
#[cfg(test)]
mod tests;
mod variables;
mod window;
mod window_frame;
mod window_function;
mod within_group;

pub use constant::{as_written, constant, shown};
pub use from::CACHED;
pub use recursion::{CTE_RECURSION_LEVEL_LIMIT, CTE_RECURSION_ROW_LIMIT, Most};

pub use variables::{HOME as VARIABLES_HOME, Variables};

use std::cell::Cell;
use std::sync::Arc;

use firesteel_catalog::Catalog;
use firesteel_common::settings::Settings;
use firesteel_common::{ColumnId, ColumnIds, Result, Span, SqlType, error};
use firesteel_expr::EvalContext;
use firesteel_expr::registry::SessionFunctions;
use firesteel_plan::{PlanRef, parsed};

use env::Env;

/// What analysis may know of the world around a statement.
pub struct AnalyzerContext<'a> {
    pub catalog: &'a dyn Catalog,
    /// Functions that only this session knows.
    pub functions: &'a SessionFunctions,
    pub variables: &'a Variables,
    /// Reads the text of a view.
    pub parse_query: &'a dyn Fn(&str) -> Result<parsed::Query>,
    pub ids: ColumnIds,
    pub settings: Settings,
    /// For what must be known while planning: LIMIT, special dates, the session's zone.
    pub eval: Arc<EvalContext>,
}

/// What a query means.
#[derive(Debug)]
pub struct Analyzed {
    /// Its schema is exactly `columns`, in this order.
    pub plan: PlanRef,
    pub columns: Vec<OutputColumn>,
}

/// A column of the result. Names need not be unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputColumn {
    pub name: String,
    pub id: ColumnId,
    pub data_type: SqlType,
    pub nullable: bool,
}

/// Analyzes a query.
pub fn analyze(query: &parsed::Query, context: &AnalyzerContext<'_>) -> Result<Analyzed> {
    firesteel_functions::install();
    let analyzer = Analyzer::new(context);
    let relation = analyzer.query(query, Env::default())?.exact();
    let column = |column: &scope::ScopeColumn| OutputColumn {
        name: column.name.to_string(),
        id: column.column.id,
        data_type: column.column.data_type.clone(),
        nullable: column.column.nullable,
    };
    Ok(Analyzed { columns: relation.scope.columns.iter().map(column).collect(), plan: relation.plan })
}

/// More references than this come from CTEs or views that multiply each other, not from a person.
const RELATIONS_MAX: usize = 20_000;

struct Analyzer<'a> {
    context: &'a AnalyzerContext<'a>,
    relations: Cell<usize>,
    /// How many common tables have been named.
    common_tables: Cell<u32>,
}

impl<'a> Analyzer<'a> {
    fn new(context: &'a AnalyzerContext<'a>) -> Self {
        Self { context, relations: Cell::new(0), common_tables: Cell::new(0) }
    }
}

impl Analyzer<'_> {
    fn ids(&self) -> &ColumnIds {
        &self.context.ids
    }

    /// Views and CTEs are analyzed anew at each reference; a few lines can thus ask for millions.
    fn count_relation(&self, span: Span) -> Result<()> {
        self.relations.set(self.relations.get() + 1);
        match self.relations.get() {
            count if count > RELATIONS_MAX => {
                let reason = format!("more than {RELATIONS_MAX} references to tables, views and CTEs");
                Err(error!(STATEMENT_TOO_COMPLEX, reason = reason).at(span))
            }
            _ => Ok(()),
        }
    }
}

/// What this version does not do yet.
fn unsupported(feature: impl Into<String>, span: Span) -> firesteel_common::Error {
    error!(UNSUPPORTED_FEATURE, feature = feature).at(span)
}
