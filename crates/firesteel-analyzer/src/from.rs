//! What stands in FROM: tables, views, CTEs, subqueries, and their aliases.

use std::sync::Arc;

use firesteel_catalog::catalog::{Entry, View};
use firesteel_catalog::{Estimate, Table};
use firesteel_common::names::quote_parts;
use firesteel_common::{Result, error};
use firesteel_plan::logical::{CommonTableId, CommonTableScan, JoinKind, Node, Relation as Read};
use firesteel_plan::parsed::{Ident, Name, TableFactor, TableFactorKind, TableRef};
use firesteel_plan::statistics::Statistics;
use firesteel_plan::{LogicalPlan, PlanColumn};
use recursive::recursive;

use crate::env::{Definition, Env, OuterFrame};
use crate::generator::check_alias_count;
use crate::query::with_column_names;
use crate::scope::{Qualifier, Relation, Scope, ScopeColumn, qualifier};
use crate::{Analyzer, errors, join, unsupported};

/// The provider of tables that keep rows of another; plans show it.
pub const CACHED: &str = "cached";

/// Deeper nesting than this is a view that names itself.
const VIEW_DEPTH_MAX: usize = 100;

impl Analyzer<'_> {
    /// Comma-separated entries, joined crosswise; without any, one row without columns.
    pub(crate) fn from(&self, entries: &[TableRef], env: Env<'_>) -> Result<Relation> {
        let mut joined: Option<Relation> = None;
        for entry in entries {
            let next = self.table_ref(entry, joined.as_ref(), env)?;
            joined = Some(match joined {
                None => next,
                Some(left) => join::cross(left, next, JoinKind::Inner),
            });
        }
        Ok(joined.unwrap_or_else(|| Relation { plan: LogicalPlan::one_row(), scope: Scope::default() }))
    }

    /// A relation and what is joined to it, left to right. `before`: what LATERAL entries may look at.
    #[recursive]
    fn table_ref(&self, entry: &TableRef, before: Option<&Relation>, env: Env<'_>) -> Result<Relation> {
        let first = self.factor(&entry.relation, before, env)?;
        entry.joins.iter().try_fold(first, |left, join| {
            let right = self.factor(&join.relation, Some(&left), env)?;
            self.join(left, right, join, env).map_err(|error| error.at(join.span))
        })
    }

    pub(crate) fn factor(&self, factor: &TableFactor, before: Option<&Relation>, env: Env<'_>) -> Result<Relation> {
        let relation = match &factor.kind {
            TableFactorKind::Table { name, as_of: None } => self.table(name, env)?,
            TableFactorKind::Table { .. } => return Err(unsupported("time travel", factor.span)),
            TableFactorKind::Subquery { query, lateral } => {
                let nothing = Scope::default();
                let frame = OuterFrame::new(before.map_or(&nothing, |before| &before.scope), env);
                let inner = self.query(query, if *lateral { env.with_outer(&frame) } else { env })?.exact();
                let scope = inner.scope.renamed(&crate::scope::unqualified());
                Relation { plan: inner.plan, scope }
            }
            TableFactorKind::Function { call, lateral } => {
                let nothing = Scope::default();
                let frame = OuterFrame::new(before.map_or(&nothing, |before| &before.scope), env);
                let env = if *lateral { env.with_outer(&frame) } else { env };
                let relation = self.table_function(call, factor.span, env)?;
                let names = factor.alias.as_ref().map_or(&[][..], |alias| &alias.columns);
                check_alias_count(call, names, relation.scope.columns.len(), factor.span)?;
                relation
            }
            TableFactorKind::Values(values) => {
                let names = factor.alias.as_ref().map_or(&[][..], |alias| &alias.columns);
                self.values(values, names, factor.span, env)?
            }
            TableFactorKind::Nested(inner) => self.table_ref(inner, before, env)?,
            TableFactorKind::Pivot(pivot) => self.pivot(pivot, env)?,
            TableFactorKind::Unpivot(unpivot) => self.unpivot(unpivot, factor.span, env)?,
        };
        let relation = match &factor.sample {
            Some(sample) => self.sampled(relation, sample, env)?,
            None => relation,
        };
        let Some(alias) = &factor.alias else { return Ok(relation) };
        let renamed = Relation { scope: relation.scope.renamed(&qualifier(&alias.name.value)), ..relation };
        with_column_names(renamed, &alias.columns, factor.span)
    }

    /// A CTE, a view or a table, in this order of precedence.
    pub(crate) fn table(&self, name: &Name, env: Env<'_>) -> Result<Relation> {
        self.count_relation(name.span)?;
        if let [only] = name.parts.as_slice()
            && let Some(relation) = self.cte(only, env)?
        {
            return Ok(relation);
        }
        let parts: Vec<String> = name.parts.iter().map(|part| part.value.clone()).collect();
        match self.context.catalog.lookup(&parts).map_err(|error| error.at(name.span))? {
            None => {
                let known: Vec<_> = self.context.catalog.list()?.into_iter().map(|listing| listing.name).collect();
                Err(errors::table_not_found(name, &known))
            }
            Some(Entry::Table(table)) => Ok(self.read(&parts, table)),
            Some(Entry::View(view)) => self.view(name, &view, env),
        }
    }

    /// A CTE is analyzed once; each reference reads it under columns of its own.
    fn cte(&self, name: &Ident, env: Env<'_>) -> Result<Option<Relation>> {
        if let Some(own) = env.find_own(&name.value) {
            return self.working_table(own, name).map(Some);
        }
        let Some(found) = env.find_cte(&name.value) else { return Ok(None) };
        let definition = match found.definition.get() {
            Some(definition) => definition,
            None => {
                let around = found.around(env.views);
                let relation = match found.frame.recursive {
                    true => self.recursive_cte(found.cte, found.frame, around)?,
                    false => self.query(&found.cte.query, around.with_ctes(&found.frame))?.exact(),
                };
                let table = CommonTableId(self.common_tables.replace(self.common_tables.get() + 1));
                found.definition.get_or_init(|| Definition { table, relation })
            }
        };
        let defined = &definition.relation;
        let columns = defined.scope.columns.iter().map(|column| {
            let id = self.ids().fresh(Arc::clone(&column.name));
            ScopeColumn { column: PlanColumn { id, ..column.column.clone() }, ..column.clone() }
        });
        let scope = Scope { columns: columns.collect() };
        let plan = LogicalPlan::new(Node::CommonTableScan(CommonTableScan {
            table: definition.table,
            columns: scope.columns.iter().map(|column| column.column.clone()).collect(),
            statistics: Arc::new(Statistics::of_rows(Estimate::guessed(1000.0))),
        }));
        let renamed = Relation { scope: scope.renamed(&qualifier(&found.cte.name.value)), plan };
        with_column_names(renamed, &found.cte.columns, found.cte.name.span).map(Some)
    }

    pub(crate) fn read(&self, name: &[String], table: Arc<dyn Table>) -> Relation {
        let ids: Vec<_> = table.columns().iter().map(|column| self.ids().fresh(Arc::clone(&column.name))).collect();
        let qualifier = table_qualifier(name);
        let columns = table.columns().iter().zip(&ids).map(|(column, id)| {
            let plan_column = PlanColumn { id: *id, data_type: column.data_type.clone(), nullable: column.nullable };
            ScopeColumn::new(&qualifier, Arc::clone(&column.name), plan_column)
        });
        let scope = Scope { columns: columns.collect() };
        let columns = ids.into_iter().enumerate().collect();
        let name = match (table.provider(), name) {
            // Names that no user wrote say nothing.
            (CACHED, [only]) if only.starts_with(char::is_control) => CACHED.to_owned(),
            (CACHED, _) => format!("{CACHED} {}", name.join(".")),
            _ => name.join("."),
        };
        let name = Arc::from(name.as_str());
        let plan = LogicalPlan::new(Node::Relation(Read { name, table, columns, filters: Vec::new() }));
        Relation { plan, scope }
    }

    /// The view's text is analyzed anew, in a world of its own; its places mean nothing in this statement's text.
    fn view(&self, name: &Name, view: &View, env: Env<'_>) -> Result<Relation> {
        if env.views >= VIEW_DEPTH_MAX {
            let view = quote_parts(&name.values());
            return Err(error!(RECURSIVE_VIEW, viewIdent = view.clone(), newPath = format!("{view} -> … -> {view}"))
                .at(name.span));
        }
        let analyze = || self.query(&(self.context.parse_query)(&view.text)?, env.of_view(name.span));
        let mut inner = analyze().map_err(|error| error.moved_to(name.span))?.exact();
        if view.columns.len() == inner.scope.columns.len() {
            for (column, name) in inner.scope.columns.iter_mut().zip(&view.columns) {
                column.name = Arc::from(name.as_str());
            }
        }
        let parts: Vec<Arc<str>> = name.values().into_iter().map(Arc::from).collect();
        Ok(Relation { scope: inner.scope.renamed(&Arc::from(parts)), plan: inner.plan })
    }
}

/// `t` and `default.t` are `spark_catalog.default.t`.
fn table_qualifier(name: &[String]) -> Qualifier {
    const HOME: [&str; 2] = ["spark_catalog", "default"];
    let given = name.iter().map(String::as_str);
    let missing = match name {
        [_] => &HOME[..],
        [namespace, _] if namespace.eq_ignore_ascii_case(HOME[1]) => &HOME[..1],
        _ => &[],
    };
    missing.iter().copied().chain(given).map(Arc::from).collect()
}
