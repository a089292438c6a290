//! The cheap way: what looks at the outer row becomes the join's condition.
//!
//! ```text
//! DependentJoin LeftSemi (l, Project(r.a) over Filter(r.k = l.k AND r.b > 0) over r)
//!     ⇒  Join LeftSemi (l, Project(r.a, r.k) over Filter(r.b > 0) over r) on r.k = l.k
//! ```
//! Works as long as nothing but projections, filters and joins that keep the rows apart lies above it.

use firesteel_expr::function::Volatility;
use firesteel_plan::Schema;
use firesteel_plan::logical::DependentJoin;

use super::super::prelude::*;
use super::{outer_columns, touches};

/// `None` when something in the way counts, cuts or merges rows.
pub(super) fn pull_up(join: &DependentJoin) -> Result<Option<PlanRef>> {
    let mut pulled = Pulled { left: join.left.schema(), terms: Vec::new(), computed: Vec::new() };
    let Some(right) = pulled.pull(&join.right)? else { return Ok(None) };
    // Of a missing row nothing is computed.
    if !pulled.computed.is_empty() && join.kind.gives_right() && join.kind != JoinKind::Inner {
        return Ok(None);
    }
    let mut terms = pulled.terms.clone();
    if let Some(filter) = &join.filter {
        terms.splice(0..0, pulled.replaced(filter)?.conjuncts());
    }
    let filter = if terms.is_empty() { None } else { Some(Expr::and(terms)?) };
    let (left, kind) = (Arc::clone(&join.left), join.kind);
    let plan = LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter }));
    if pulled.computed.is_empty() || !kind.gives_right() {
        return Ok(Some(plan));
    }
    let columns = plan.schema().columns.iter().map(|column| (column.id, column.to_expr()));
    let exprs = columns.chain(pulled.computed).collect();
    Ok(Some(LogicalPlan::new(Node::Project(Project { input: plan, exprs }))))
}

/// What was taken out of the right side.
struct Pulled<'a> {
    left: &'a Schema,
    terms: Vec<ExprRef>,
    /// Columns that projections made of the outer row's; whoever uses them computes them.
    computed: Vec<(ColumnId, ExprRef)>,
}

impl Pulled<'_> {
    /// The plan without the outer row's columns.
    fn pull(&mut self, plan: &PlanRef) -> Result<Option<PlanRef>> {
        if outer_columns(plan, self.left).is_empty() {
            return Ok(Some(Arc::clone(plan)));
        }
        match &plan.node {
            Node::Filter(filter) => self.pull_filter(filter),
            Node::Project(project) => self.pull_project(project),
            Node::Sort(sort) => self.pull(&sort.input),
            Node::Join(join) => self.pull_join(join),
            _ => Ok(None),
        }
    }

    fn replaced(&self, expr: &ExprRef) -> Result<ExprRef> {
        let computed = |id| self.computed.iter().find(|(known, _)| *known == id).map(|(_, expr)| Arc::clone(expr));
        expr.replace_columns(&computed)
    }

    /// Keeps the terms that look at the outer row, gives back the others.
    fn take_terms(&mut self, predicate: &ExprRef) -> Result<Vec<ExprRef>> {
        let terms = self.replaced(predicate)?.conjuncts().into_iter();
        let (outer, own): (Vec<_>, Vec<_>) = terms.partition(|term| touches(term, self.left));
        self.terms.extend(outer);
        Ok(own)
    }

    fn pull_filter(&mut self, filter: &Filter) -> Result<Option<PlanRef>> {
        let Some(input) = self.pull(&filter.input)? else { return Ok(None) };
        let own = self.take_terms(&filter.predicate)?;
        if own.is_empty() {
            return Ok(Some(input));
        }
        Ok(Some(LogicalPlan::new(Node::Filter(Filter { input, predicate: Expr::and(own)? }))))
    }

    fn pull_project(&mut self, project: &Project) -> Result<Option<PlanRef>> {
        let Some(input) = self.pull(&project.input)? else { return Ok(None) };
        let mut exprs = Vec::with_capacity(project.exprs.len());
        let mut computed = Vec::new();
        for (id, expr) in &project.exprs {
            let expr = self.replaced(expr)?;
            match touches(&expr, self.left) {
                true if expr.volatility() == Volatility::Volatile => return Ok(None),
                true => computed.push((*id, expr)),
                false => exprs.push((*id, expr)),
            }
        }
        self.computed.extend(computed);
        // What was pulled from below still needs its columns.
        let pulled = self.terms.iter().chain(self.computed.iter().map(|(_, expr)| expr));
        let used: Vec<ColumnId> = pulled.flat_map(|expr| expr.columns().iter().copied()).collect();
        for column in &input.schema().columns {
            if used.contains(&column.id) && exprs.iter().all(|(id, _)| *id != column.id) {
                exprs.push((column.id, column.to_expr()));
            }
        }
        Ok(Some(LogicalPlan::new(Node::Project(Project { input, exprs }))))
    }

    fn pull_join(&mut self, join: &Join) -> Result<Option<PlanRef>> {
        if join.keys.iter().any(|key| touches(&key.left, self.left) || touches(&key.right, self.left)) {
            return Ok(None);
        }
        let clean = |plan: &PlanRef| outer_columns(plan, self.left).is_empty();
        let clean_filter = !join.filter.as_ref().is_some_and(|filter| touches(filter, self.left));
        let may_pull = match join.kind {
            JoinKind::Inner => true,
            JoinKind::Right | JoinKind::Full => false,
            // The left side's rows come out as they are.
            _ => clean(&join.right) && clean_filter,
        };
        if !may_pull {
            return Ok(None);
        }
        let Some(left) = self.pull(&join.left)? else { return Ok(None) };
        let Some(right) = self.pull(&join.right)? else { return Ok(None) };
        let filter = match &join.filter {
            Some(filter) if join.kind == JoinKind::Inner => match self.take_terms(filter)? {
                own if own.is_empty() => None,
                own => Some(Expr::and(own)?),
            },
            Some(filter) if self.computed.is_empty() => Some(Arc::clone(filter)),
            Some(_) => return Ok(None),
            None => None,
        };
        Ok(Some(LogicalPlan::new(Node::Join(Join { left, right, filter, ..join.clone() }))))
    }
}
