//! Which column a name means.
//!
//! ```text
//! a        a column a of any relation          t.a      column a of relation t, else field a of column t
//! db.t.a   qualified further                   a.f.g    field g of field f of column a
//! ```
//! Names match without case. The longest qualifier that fits wins.

use std::sync::Arc;

use firesteel_common::names::{quote_parts, same_name};
use firesteel_plan::logical::{Node, Project};
use firesteel_plan::parsed::Ident;
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};

pub(crate) type Qualifier = Arc<[Arc<str>]>;

/// A column that can be named.
#[derive(Debug, Clone)]
pub(crate) struct ScopeColumn {
    /// `spark_catalog`, `default`, `t`: each suffix of it may stand before the name. Empty for computed columns.
    pub(crate) qualifier: Qualifier,
    pub(crate) name: Arc<str>,
    pub(crate) column: PlanColumn,
    /// Only for who names its relation: the other side's column of a USING join. `*` leaves it out.
    pub(crate) hidden: bool,
}

/// The columns in sight, in the order in which `*` gives them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    pub(crate) columns: Vec<ScopeColumn>,
}

/// A plan and the names of its columns. The plan may have more columns than the scope.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) plan: PlanRef,
    pub(crate) scope: Scope,
}

/// What a name was found to be.
pub(crate) enum Found<'s, 'n> {
    Nothing,
    /// A column, and the names that follow it: fields of it.
    Column(&'s ScopeColumn, &'n [Ident]),
    /// Columns of several relations.
    Ambiguous(Vec<&'s ScopeColumn>),
}

impl ScopeColumn {
    pub(crate) fn new(qualifier: &Qualifier, name: Arc<str>, column: PlanColumn) -> Self {
        Self { qualifier: Arc::clone(qualifier), name, column, hidden: false }
    }

    /// Qualifier and name.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.qualifier.iter().chain([&self.name]).map(|part| part.as_ref()).collect()
    }

    pub(crate) fn quoted(&self) -> String {
        quote_parts(&self.parts())
    }

    pub(crate) fn is_of(&self, qualifier: &[Ident]) -> bool {
        let Some(skip) = self.qualifier.len().checked_sub(qualifier.len()) else { return false };
        self.qualifier[skip..].iter().zip(qualifier).all(|(own, wanted)| same_name(own, &wanted.value))
    }
}

impl Scope {
    pub(crate) fn find<'n>(&self, name: &'n [Ident]) -> Found<'_, 'n> {
        for qualifiers in (0..name.len()).rev() {
            let (qualifier, rest) = name.split_at(qualifiers);
            let Some((wanted, fields)) = rest.split_first() else { continue };
            let mut hits: Vec<&ScopeColumn> = Vec::new();
            for column in &self.columns {
                let visible = !column.hidden || qualifiers > 0;
                let hit = visible && same_name(&column.name, &wanted.value) && column.is_of(qualifier);
                if hit && hits.iter().all(|other| other.column.id != column.column.id) {
                    hits.push(column);
                }
            }
            match hits.as_slice() {
                [] => {}
                [one] => return Found::Column(one, fields),
                _ => return Found::Ambiguous(hits),
            }
        }
        Found::Nothing
    }

    pub(crate) fn visible(&self) -> impl Iterator<Item = &ScopeColumn> {
        self.columns.iter().filter(|column| !column.hidden)
    }

    /// The same columns under another relation name.
    pub(crate) fn renamed(self, qualifier: &Qualifier) -> Scope {
        let columns = self.columns.into_iter().filter(|column| !column.hidden);
        Scope { columns: columns.map(|column| ScopeColumn { qualifier: Arc::clone(qualifier), ..column }).collect() }
    }

    /// Types and nullability as the plan has them now.
    pub(crate) fn refreshed(mut self, plan: &PlanRef) -> Scope {
        for column in &mut self.columns {
            if let Some(now) = plan.schema().get(column.column.id) {
                column.column = now.clone();
            }
        }
        self
    }
}

impl Relation {
    /// A plan whose columns are exactly those of the scope.
    pub(crate) fn exact(self) -> Relation {
        let Relation { plan, scope } = self;
        let scope = Scope { columns: scope.columns.into_iter().filter(|column| !column.hidden).collect() };
        let wanted: Vec<_> = scope.columns.iter().map(|column| column.column.id).collect();
        if plan.schema().ids() == wanted {
            return Relation { plan, scope };
        }
        let exprs = scope.columns.iter().map(|column| (column.column.id, column.column.to_expr())).collect();
        Relation { plan: LogicalPlan::new(Node::Project(Project { input: plan, exprs })), scope }
    }
}

/// A qualifier of one part.
pub(crate) fn qualifier(name: &str) -> Qualifier {
    Arc::from([Arc::from(name)])
}

/// No qualifier.
pub(crate) fn unqualified() -> Qualifier {
    Arc::from([])
}
