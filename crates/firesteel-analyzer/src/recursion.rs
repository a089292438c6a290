//! WITH RECURSIVE: a CTE whose query names itself.
//!
//! ```text
//! t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5)
//!     → Recursion [n]
//!       :- Project 1                                     everything before the last UNION ALL
//!       +- Project n + 1 over Filter over WorkingTable   the operand that names the CTE
//! ```
//! A CTE that does not name itself is as any other, RECURSIVE or not.

use std::cell::Cell;
use std::sync::Arc;

use firesteel_common::settings::{Setting, SettingValue};
use firesteel_common::{ColumnId, Result, error};
use firesteel_plan::logical::{JoinKind, Node, Recursion, RecursionId, RecursionLimits, WorkingTable};
use firesteel_plan::parsed::{Cte, Ident, Query, QueryBody, QueryBodyKind, SetOp, SetOperand};
use firesteel_plan::{LogicalPlan, PlanColumn};
use recursive::recursive;

use crate::env::{CteFrame, Env, OwnName};
use crate::query::with_column_names;
use crate::scope::{Relation, Scope, ScopeColumn, qualifier, unqualified};
use crate::set_operation::common_types;
use crate::{Analyzer, unsupported};

/// A limit; -1 is none.
#[derive(Debug, Clone, Copy)]
pub struct Most(Option<u64>);

impl std::fmt::Display for Most {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(most) => write!(f, "{most}"),
            None => f.write_str("-1"),
        }
    }
}

impl SettingValue for Most {
    const TYPE_NAME: &'static str = "int";
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse::<i64>().ok().map(|number| Most(u64::try_from(number).ok()))
    }
}

/// Spark's guard against recursions without end.
pub const CTE_RECURSION_LEVEL_LIMIT: Setting<Most> = Setting {
    key: "spark.sql.cteRecursionLevelLimit",
    default: Most(Some(100)),
    doc: "How often a recursive CTE may recurse, -1 for any number. Raised for recursions that are deeper and do end.",
};

/// The same by the number of rows.
pub const CTE_RECURSION_ROW_LIMIT: Setting<Most> = Setting {
    key: "spark.sql.cteRecursionRowLimit",
    default: Most(Some(1_000_000)),
    doc: "How many rows a recursive CTE may give, -1 for any number. Raised for recursions that are larger and do end.",
};

/// What stands before the last operand of a chain, and that operand.
struct Parts<'q> {
    query: &'q Query,
    first: &'q QueryBody,
    before: &'q [SetOperand],
    last: &'q SetOperand,
}

impl<'q> Parts<'q> {
    /// Of a query that is a set operation and nothing more.
    fn of(query: &'q Query) -> Option<Self> {
        let plain = query.order_by.is_empty() && query.sort_by.is_empty() && query.cluster_by.is_empty();
        if !plain || !query.distribute_by.is_empty() || query.limit.is_some() || query.offset.is_some() {
            return None;
        }
        match &query.body.kind {
            QueryBodyKind::SetOperation { first, rest } => {
                let (last, before) = rest.split_last()?;
                Some(Self { query, first, before, last })
            }
            QueryBodyKind::Query(inner) if query.with.is_none() => Self::of(inner),
            _ => None,
        }
    }
}

impl Analyzer<'_> {
    /// The CTE's relation, under the names of its query; `frame` knows the CTEs before it.
    pub(crate) fn recursive_cte(&self, cte: &Cte, frame: CteFrame<'_>, around: Env<'_>) -> Result<Relation> {
        let forbidden = OwnName { name: &cte.name.value, table: None, used: Cell::new(false) };
        let plain = frame.with_own(&forbidden);
        let whole = || Ok(self.query(&cte.query, around.with_ctes(&plain))?.exact());
        let Some(parts) = Parts::of(&cte.query) else { return whole() };
        let anchor = self.inside(parts.query, around.with_ctes(&plain), &|env| {
            self.set_operations(parts.query.body.span, parts.first, parts.before, env)
        })?;
        let anchor = with_column_names(anchor.exact(), &cte.columns, cte.name.span)?;
        let id = RecursionId(self.ids().fresh(cte.name.value.as_str()).0);
        let own = OwnName { name: &cte.name.value, table: Some((id, &anchor.scope)), used: Cell::new(false) };
        let inside = frame.with_own(&own);
        let step = self.inside(parts.query, around.with_ctes(&inside), &|env| self.operand(&parts.last.body, env))?;
        if !own.used.get() {
            return whole();
        }
        match (parts.last.op, parts.last.all) {
            (SetOp::Union, true) if parts.last.by_name => {
                return Err(unsupported("UNION BY NAME in a recursive CTE", parts.last.body.span));
            }
            (SetOp::Union, true) => {}
            (SetOp::Union, false) => bail_at(error!(UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE), cte)?,
            _ => bail_at(error!(INVALID_RECURSIVE_CTE), cte)?,
        }
        if is_misplaced(&step.plan, id) {
            bail_at(error!(INVALID_RECURSIVE_REFERENCE_PLACE), cte)?;
        }
        let scope = Scope { columns: anchor.scope.columns.clone() };
        self.recursion(id, Relation { plan: anchor.plan, scope }, step, cte)
    }

    /// Inside of the query's own WITH clause, if it has one.
    fn inside(&self, query: &Query, env: Env<'_>, analyze: &dyn Fn(Env<'_>) -> Result<Relation>) -> Result<Relation> {
        match &query.with {
            Some(with) => self.with_ctes(with, env, analyze),
            None => analyze(env),
        }
    }

    fn recursion(&self, id: RecursionId, anchor: Relation, step: Relation, cte: &Cte) -> Result<Relation> {
        let common = common_types(&[&anchor, &step], "UNION", cte.name.span)?;
        let types: Vec<_> = anchor.scope.columns.iter().map(|column| column.column.data_type.clone()).collect();
        // What the anchor gives says what the working table is: it cannot grow with the step.
        if let Some(at) = (0..types.len()).find(|at| common[*at] != types[*at]) {
            let (left, right) = (types[at].quoted_sql(), common[at].quoted_sql());
            bail_at(error!(CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE, left = left, right = right), cte)?;
        }
        let step = self.cast_to(step, &types);
        let both = anchor.scope.columns.iter().zip(&step.scope.columns);
        let columns = both.map(|(anchor, step)| {
            let nullable = anchor.column.nullable || step.column.nullable;
            let id = self.ids().fresh(Arc::clone(&anchor.name));
            let column = PlanColumn { id, nullable, ..anchor.column.clone() };
            ScopeColumn::new(&unqualified(), Arc::clone(&anchor.name), column)
        });
        let columns: Vec<_> = columns.collect();
        let ids = |relation: &Relation| -> Vec<ColumnId> {
            relation.scope.columns.iter().map(|column| column.column.id).collect()
        };
        let limits = RecursionLimits {
            levels_max: cte.recursion_max.or(self.context.settings.get(&CTE_RECURSION_LEVEL_LIMIT).0),
            rows_max: self.context.settings.get(&CTE_RECURSION_ROW_LIMIT).0,
            rows_wanted: None,
        };
        let plan = LogicalPlan::new(Node::Recursion(Recursion {
            id,
            anchor: (Arc::clone(&anchor.plan), ids(&anchor)),
            step: (Arc::clone(&step.plan), ids(&step)),
            columns: columns.iter().map(|column| column.column.clone()).collect(),
            limits,
        }));
        Ok(Relation { plan, scope: Scope { columns } })
    }

    /// The CTE's name inside of its own query.
    pub(crate) fn working_table(&self, own: &OwnName<'_>, name: &Ident) -> Result<Relation> {
        own.used.set(true);
        let Some((recursion, scope)) = own.table else { return Err(error!(INVALID_RECURSIVE_CTE).at(name.span)) };
        let qualifier = qualifier(own.name);
        let columns = scope.columns.iter().map(|column| {
            // A later round may give NULLs where the anchor has none.
            let id = self.ids().fresh(Arc::clone(&column.name));
            let plan_column = PlanColumn { id, nullable: true, ..column.column.clone() };
            ScopeColumn::new(&qualifier, Arc::clone(&column.name), plan_column)
        });
        let columns: Vec<_> = columns.collect();
        let table = WorkingTable { recursion, columns: columns.iter().map(|column| column.column.clone()).collect() };
        Ok(Relation { plan: LogicalPlan::new(Node::WorkingTable(table)), scope: Scope { columns } })
    }
}

fn bail_at(error: firesteel_common::Error, cte: &Cte) -> Result<()> {
    Err(error.at(cte.name.span))
}

#[recursive]
fn reads(plan: &LogicalPlan, id: RecursionId) -> bool {
    matches!(&plan.node, Node::WorkingTable(table) if table.recursion == id)
        || plan.children().iter().any(|child| reads(child, id))
}

/// Whether the working table stands where more rows of it would take rows away: below an aggregate, on the side of an
/// outer join whose rows may be missing.
#[recursive]
fn is_misplaced(plan: &LogicalPlan, id: RecursionId) -> bool {
    let here = match &plan.node {
        Node::Aggregate(aggregate) => !aggregate.aggregates.is_empty() && reads(&aggregate.input, id),
        Node::Join(join) => match join.kind {
            JoinKind::Left => reads(&join.right, id),
            JoinKind::Right => reads(&join.left, id),
            JoinKind::Full => reads(&join.left, id) || reads(&join.right, id),
            _ => false,
        },
        _ => false,
    };
    here || plan.children().iter().any(|child| is_misplaced(child, id))
}
