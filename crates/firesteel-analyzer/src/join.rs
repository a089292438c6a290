//! Joins: two relations side by side, their condition, and the columns that come out.
//!
//! ```text
//! a JOIN b ON c        a's columns, b's columns
//! a JOIN b USING (k)   k once, then a's others, then b's others; a.k and b.k remain for who says so
//! NATURAL              USING over all names that both sides have
//! ```

use std::cell::RefCell;
use std::sync::Arc;

use firesteel_common::names::{quote, same_name};
use firesteel_common::{Result, SqlType, error};
use firesteel_expr::{Expr, ExprRef, registry};
use firesteel_plan::logical::{Filter, JoinKind, Node, Project};
use firesteel_plan::parsed::{self, Ident, JoinCondition};
use firesteel_plan::{LogicalPlan, PlanColumn};

use crate::env::Env;
use crate::errors;
use crate::expr::Resolver;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::subquery::{self, Pending};
use crate::{Analyzer, unsupported};

/// Every pair of rows.
pub(crate) fn cross(left: Relation, right: Relation, kind: JoinKind) -> Relation {
    joined(left, right, kind, None)
}

fn joined(left: Relation, right: Relation, kind: JoinKind, filter: Option<ExprRef>) -> Relation {
    let mut columns = left.scope.columns;
    if kind.gives_right() {
        columns.extend(right.scope.columns);
    }
    let plan = subquery::join(left.plan, right.plan, kind, filter);
    Relation { scope: Scope { columns }.refreshed(&plan), plan }
}

impl Analyzer<'_> {
    pub(crate) fn join(
        &self,
        mut left: Relation,
        mut right: Relation,
        join: &parsed::Join,
        env: Env<'_>,
    ) -> Result<Relation> {
        let kind = match join.kind {
            parsed::JoinKind::Inner | parsed::JoinKind::Cross => JoinKind::Inner,
            parsed::JoinKind::LeftOuter => JoinKind::Left,
            parsed::JoinKind::RightOuter => JoinKind::Right,
            parsed::JoinKind::FullOuter => JoinKind::Full,
            parsed::JoinKind::LeftSemi => JoinKind::LeftSemi,
            parsed::JoinKind::LeftAnti => JoinKind::LeftAnti,
        };
        match &join.condition {
            JoinCondition::None => Ok(cross(left, right, kind)),
            JoinCondition::On(condition) => {
                let (filter, over_both) = self.join_condition(&mut left, &mut right, kind, condition, env)?;
                if over_both.is_empty() {
                    return Ok(joined(left, right, kind, Some(filter)));
                }
                let pairs = cross(left, right, kind);
                let input = subquery::attach(pairs.plan, over_both);
                let plan = LogicalPlan::new(Node::Filter(Filter { input, predicate: filter }));
                Ok(Relation { plan, scope: pairs.scope })
            }
            JoinCondition::Using(names) => self.join_using(left, right, kind, names),
            JoinCondition::Natural => {
                let on_right = |name: &str| right.scope.visible().any(|column| same_name(&column.name, name));
                let mut names: Vec<Ident> = Vec::new();
                for column in left.scope.visible().filter(|column| on_right(&column.name)) {
                    if !names.iter().any(|known| same_name(&known.value, &column.name)) {
                        names.push(Ident::new(column.name.as_ref(), join.span));
                    }
                }
                match names.is_empty() {
                    true => Ok(cross(left, right, kind)),
                    false => self.join_using(left, right, kind, &names),
                }
            }
        }
    }

    /// The condition, and the subqueries in it that look at both sides; those that look at one are joined to it.
    fn join_condition(
        &self,
        left: &mut Relation,
        right: &mut Relation,
        kind: JoinKind,
        condition: &parsed::Expr,
        env: Env<'_>,
    ) -> Result<(ExprRef, Vec<Pending>)> {
        let both = Scope { columns: left.scope.columns.iter().chain(&right.scope.columns).cloned().collect() };
        let subqueries = RefCell::default();
        let plain = Resolver::plain(self, env, vec![&both], "a JOIN condition");
        let resolver = Resolver { subqueries: Some(&subqueries), ..plain };
        let resolved = resolver.resolve(condition)?;
        let mut over_both = Vec::new();
        for pending in subqueries.take() {
            let uses = pending.uses();
            let within = |side: &Relation| uses.iter().all(|id| side.plan.schema().contains(*id));
            if within(left) {
                left.plan = subquery::attach(left.plan.clone(), [pending]);
            } else if within(right) {
                right.plan = subquery::attach(right.plan.clone(), [pending]);
            } else if kind == JoinKind::Inner {
                over_both.push(pending);
            } else {
                let feature = format!("a subquery over both sides of a {} join", kind.name());
                return Err(unsupported(feature, condition.span));
            }
        }
        match resolved.data_type() {
            SqlType::Boolean | SqlType::Void => Ok((resolved, over_both)),
            other => {
                let text = format!("\"{}\"", resolver.name_of(condition));
                let other = other.quoted_sql();
                Err(error!(JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE, joinCondition = text, conditionType = other)
                    .at(condition.span))
            }
        }
    }

    fn join_using(&self, left: Relation, right: Relation, kind: JoinKind, names: &[Ident]) -> Result<Relation> {
        let mut pairs = Vec::with_capacity(names.len());
        let mut equal = Vec::with_capacity(names.len());
        for name in names {
            let (l, r) = (side(&left.scope, name, "left")?, side(&right.scope, name, "right")?);
            let args = vec![left.scope.columns[l].column.to_expr(), right.scope.columns[r].column.to_expr()];
            equal.push(registry::call("=", args).map_err(|error| {
                let written = || format!("({} = {})", name.value, name.value);
                errors::in_words(error, self.ids(), &written).at(name.span)
            })?);
            pairs.push((l, r));
        }
        let left_width = left.scope.columns.len();
        let mut joined = joined(left, right, kind, Some(Expr::and(equal)?));
        let pairs: Vec<_> = pairs.into_iter().map(|(l, r)| (l, left_width + r)).collect();
        let keys = match kind {
            JoinKind::Full => self.merged_keys(&mut joined, &pairs)?,
            _ => {
                let of_right = kind == JoinKind::Right;
                pairs.iter().map(|(l, r)| joined.scope.columns[if of_right { *r } else { *l }].clone()).collect()
            }
        };
        let shown: Vec<_> = keys.iter().map(|key| key.column.id).collect();
        let mut columns = keys;
        for (at, column) in joined.scope.columns.into_iter().enumerate() {
            let is_key = pairs.iter().any(|(l, r)| *l == at || *r == at);
            if !shown.contains(&column.column.id) {
                columns.push(ScopeColumn { hidden: column.hidden || is_key, ..column });
            }
        }
        Ok(Relation { scope: Scope { columns }, plan: joined.plan })
    }

    /// In a full join either side's key may be the NULL of a row without partner.
    fn merged_keys(&self, joined: &mut Relation, pairs: &[(usize, usize)]) -> Result<Vec<ScopeColumn>> {
        let mut exprs: Vec<_> =
            joined.plan.schema().columns.iter().map(|column| (column.id, column.to_expr())).collect();
        let mut keys = Vec::with_capacity(pairs.len());
        for (l, r) in pairs {
            let (left, right) = (&joined.scope.columns[*l], &joined.scope.columns[*r]);
            let merged = registry::call("coalesce", vec![left.column.to_expr(), right.column.to_expr()])?;
            let id = self.ids().fresh(Arc::clone(&left.name));
            keys.push(ScopeColumn::new(&unqualified(), Arc::clone(&left.name), PlanColumn::of(id, &merged)));
            exprs.push((id, merged));
        }
        joined.plan = LogicalPlan::new(Node::Project(Project { input: joined.plan.clone(), exprs }));
        Ok(keys)
    }
}

/// The place of the first column of that name: as in Spark the keys of USING and NATURAL are never ambiguous.
fn side(scope: &Scope, name: &Ident, side: &'static str) -> Result<usize> {
    let is_named = |column: &ScopeColumn| !column.hidden && same_name(&column.name, &name.value);
    (0..scope.columns.len()).find(|at| is_named(&scope.columns[*at])).ok_or_else(|| {
        let known: Vec<_> = scope.visible().map(|column| quote(&column.name)).collect();
        let (column, suggestion) = (quote(&name.value), known.join(", "));
        error!(UNRESOLVED_USING_COLUMN_FOR_JOIN, colName = column, side = side, suggestion = suggestion).at(name.span)
    })
}
