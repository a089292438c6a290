//! What is in sight from inside a query besides its own FROM: CTEs, and the columns of the queries around it.

use std::cell::{Cell, OnceCell, RefCell};

use firesteel_common::names::same_name;
use firesteel_common::{ColumnId, Span};
use firesteel_plan::logical::{CommonTableId, RecursionId};
use firesteel_plan::parsed::{Cte, Ident, With};

use crate::aggregates::AggregateCalls;
use crate::scope::{Found, Relation, Scope, ScopeColumn};

/// Where a query stands. Frames are linked lists on the stack.
#[derive(Clone, Copy, Default)]
pub(crate) struct Env<'e> {
    ctes: Option<&'e CteFrame<'e>>,
    outer: Option<&'e OuterFrame<'e>>,
    lambda: Option<&'e LambdaFrame<'e>>,
    /// How many views deep.
    pub(crate) views: usize,
    /// Inside of a view: where the statement names it. Places in the view's own text mean nothing in the statement's.
    view: Option<Span>,
}

/// A CTE whose query has been analyzed.
pub(crate) struct Definition {
    pub(crate) table: CommonTableId,
    pub(crate) relation: Relation,
}

/// One WITH clause: of its CTEs the first `visible` may be named.
#[derive(Clone, Copy)]
pub(crate) struct CteFrame<'e> {
    ctes: &'e [Cte],
    /// One for each CTE, made when it is first named.
    definitions: &'e [OnceCell<Definition>],
    visible: usize,
    /// WITH RECURSIVE.
    pub(crate) recursive: bool,
    /// Inside of one of them: what its own name means.
    own: Option<&'e OwnName<'e>>,
    /// Where the WITH clause stands.
    around: Env<'e>,
}

/// The name of a CTE within its own query.
pub(crate) struct OwnName<'e> {
    pub(crate) name: &'e str,
    /// The rows of the round before; where there are none the name must not occur.
    pub(crate) table: Option<(RecursionId, &'e Scope)>,
    pub(crate) used: Cell<bool>,
}

/// What a name in FROM was found to be.
pub(crate) struct FoundCte<'e> {
    pub(crate) cte: &'e Cte,
    pub(crate) definition: &'e OnceCell<Definition>,
    /// What its own query sees of the WITH clause.
    pub(crate) frame: CteFrame<'e>,
}

impl<'e> FoundCte<'e> {
    /// Where the WITH clause stands; `views` as deep as who names the CTE.
    pub(crate) fn around(&self, views: usize) -> Env<'e> {
        Env { views, ..self.frame.around }
    }
}

/// The columns of the query around a subquery.
pub(crate) struct OuterFrame<'e> {
    scope: &'e Scope,
    /// Where its aggregates go that a subquery names: `HAVING EXISTS (… WHERE x > max(outer.y))`.
    aggregates: Option<&'e RefCell<AggregateCalls>>,
    around: Option<&'e OuterFrame<'e>>,
}

/// The parameters of one lambda, and the lambda around it.
pub(crate) struct LambdaFrame<'e> {
    parameters: Scope,
    around: Option<&'e LambdaFrame<'e>>,
}

impl<'e> LambdaFrame<'e> {
    pub(crate) fn new(parameters: Scope, around: Env<'e>) -> Self {
        Self { parameters, around: around.lambda }
    }
}

impl<'e> CteFrame<'e> {
    pub(crate) fn new(with: &'e With, definitions: &'e [OnceCell<Definition>], around: Env<'e>) -> Self {
        let (visible, recursive) = (with.ctes.len(), with.recursive);
        Self { ctes: &with.ctes, definitions, visible, recursive, own: None, around }
    }

    pub(crate) fn with_own(self, own: &'e OwnName<'e>) -> Self {
        Self { own: Some(own), ..self }
    }

    /// The CTE of that name, with the frame for its own query, which sees the CTEs before it.
    fn find(&self, name: &str) -> Option<FoundCte<'e>> {
        let at = self.ctes[..self.visible].iter().rposition(|cte| same_name(&cte.name.value, name))?;
        let frame = CteFrame { visible: at, own: None, ..*self };
        Some(FoundCte { cte: &self.ctes[at], definition: &self.definitions[at], frame })
    }
}

impl<'e> OuterFrame<'e> {
    pub(crate) fn new(scope: &'e Scope, around: Env<'e>) -> Self {
        Self { scope, aggregates: None, around: around.outer }
    }

    pub(crate) fn with_aggregates(self, aggregates: Option<&'e RefCell<AggregateCalls>>) -> Self {
        Self { aggregates, ..self }
    }
}

impl<'e> Env<'e> {
    pub(crate) fn with_ctes(self, frame: &'e CteFrame<'e>) -> Env<'e> {
        Env { ctes: Some(frame), ..self }
    }

    pub(crate) fn with_outer(self, frame: &'e OuterFrame<'e>) -> Env<'e> {
        Env { outer: Some(frame), ..self }
    }

    pub(crate) fn with_lambda(self, frame: &'e LambdaFrame<'e>) -> Env<'e> {
        Env { lambda: Some(frame), ..self }
    }

    /// Where no parameter of a lambda is in sight.
    pub(crate) fn outside_lambdas(self) -> Env<'e> {
        Env { lambda: None, ..self }
    }

    /// The parameter that is meant, and the names of fields that follow it; inner lambdas win.
    pub(crate) fn find_parameter<'n>(self, name: &'n [Ident]) -> Option<(&'e ScopeColumn, &'n [Ident])> {
        let mut frames = std::iter::successors(self.lambda, |frame| frame.around);
        frames.find_map(|frame| match frame.parameters.find(name) {
            Found::Column(column, fields) => Some((column, fields)),
            _ => None,
        })
    }

    /// The CTE around of that name, whose own query this is part of, unless another definition comes first.
    pub(crate) fn find_own(self, name: &str) -> Option<&'e OwnName<'e>> {
        let mut next = self.ctes;
        while let Some(frame) = next {
            if let Some(own) = frame.own.filter(|own| same_name(own.name, name)) {
                return Some(own);
            }
            if frame.find(name).is_some() {
                return None;
            }
            next = frame.around.ctes;
        }
        None
    }

    /// The inside of a view sees nothing of the query that names it.
    pub(crate) fn of_view(self, named_at: Span) -> Env<'static> {
        Env { ctes: None, outer: None, lambda: None, views: self.views + 1, view: self.view.or(Some(named_at)) }
    }

    /// Where an error at run time points to for an expression that was written at `span`.
    pub(crate) fn place(self, span: Span) -> Span {
        self.view.unwrap_or(span)
    }

    /// The CTE of that name; inner definitions win.
    pub(crate) fn find_cte(self, name: &str) -> Option<FoundCte<'e>> {
        let mut next = self.ctes;
        while let Some(frame) = next {
            if let Some(found) = frame.find(name) {
                return Some(found);
            }
            next = frame.around.ctes;
        }
        None
    }

    pub(crate) fn has_outer_aggregates(self) -> bool {
        self.outer.is_some_and(|frame| frame.aggregates.is_some())
    }

    /// The aggregates of the query around this one, if all of the columns are that query's.
    pub(crate) fn outer_aggregates(self, columns: &[ColumnId]) -> Option<&'e RefCell<AggregateCalls>> {
        let frame = self.outer?;
        let of_frame = |id: &ColumnId| frame.scope.columns.iter().any(|column| column.column.id == *id);
        frame.aggregates.filter(|_| !columns.is_empty() && columns.iter().all(of_frame))
    }

    /// The scopes of the queries around this one, nearest first.
    pub(crate) fn outer_scopes(self) -> impl Iterator<Item = &'e Scope> {
        std::iter::successors(self.outer, |frame| frame.around).map(|frame| frame.scope)
    }
}
