//! Moves predicates towards the data.
//!
//! ```text
//! Filter(l.a = 1 AND l.b = r.b AND r.c > 2) over Join(l, r)
//!     ⇒  Join(Filter(a = 1) over l, Filter(c > 2) over r) on l.b = r.b
//! Filter over Project, Sort, Union, Aggregate (on its keys), Window (on its partition keys), Generate (on its input)
//!     ⇒  the same below
//! ```
//! Outer joins take only what their missing rows cannot change. A predicate that can raise an error stays where it is:
//! below a join or aggregate it would see rows that it never met.
//!
//! Required: a comma join without it is a product of whole tables.

use super::prelude::*;
use firesteel_expr::function::Volatility;
use firesteel_plan::Schema;

pub const RULE: Rule = Rule {
    name: "push_down_filter",
    looks_for: NodeKinds::FILTER.or(NodeKinds::JOIN),
    order: Traversal::TopDown,
    required: true,
    apply,
};

fn apply(plan: &PlanRef, _: &RuleContext) -> Result<Option<PlanRef>> {
    match &plan.node {
        Node::Filter(filter) => through(filter),
        Node::Join(join) => out_of_condition(join),
        _ => Ok(None),
    }
}

fn through(filter: &Filter) -> Result<Option<PlanRef>> {
    match &filter.input.node {
        Node::Project(project) => through_project(filter, project),
        Node::Sort(sort) => {
            let input = filtered(&sort.input, filter.predicate.conjuncts())?;
            Ok(Some(LogicalPlan::new(Node::Sort(Sort { input, keys: sort.keys.clone() }))))
        }
        Node::Aggregate(aggregate) => through_aggregate(filter, aggregate),
        Node::Union(union) => through_union(filter, union).map(Some),
        Node::Generate(generate) => through_generate(filter, generate),
        Node::Window(window) => through_window(filter, window),
        Node::Join(join) => into_join(filter, join),
        _ => Ok(None),
    }
}

fn through_project(filter: &Filter, project: &Project) -> Result<Option<PlanRef>> {
    if project.exprs.iter().any(|(_, expr)| expr.volatility() == Volatility::Volatile) {
        return Ok(None);
    }
    let predicate = filter.predicate.replace_columns(&|id| expr_of(&project.exprs, id))?;
    let input = filtered(&project.input, predicate.conjuncts())?;
    Ok(Some(LogicalPlan::new(Node::Project(Project { input, exprs: project.exprs.clone() }))))
}

fn expr_of(exprs: &[(ColumnId, ExprRef)], id: ColumnId) -> Option<ExprRef> {
    exprs.iter().find(|(known, _)| *known == id).map(|(_, expr)| Arc::clone(expr))
}

fn through_aggregate(filter: &Filter, aggregate: &Aggregate) -> Result<Option<PlanRef>> {
    let is_key = |id: &ColumnId| aggregate.keys.iter().any(|(key, _)| key == id);
    let (below, above): (Vec<_>, Vec<_>) = filter
        .predicate
        .conjuncts()
        .into_iter()
        .partition(|term| may_move(term) && !term.columns().is_empty() && term.columns().iter().all(is_key));
    if below.is_empty() || aggregate.keys.is_empty() {
        return Ok(None);
    }
    let below = below.iter().map(|term| term.replace_columns(&|id| expr_of(&aggregate.keys, id)));
    let input = filtered(&aggregate.input, below.collect::<Result<_>>()?)?;
    let plan = LogicalPlan::new(Node::Aggregate(Aggregate { input, ..aggregate.clone() }));
    filtered(&plan, above).map(Some)
}

fn through_generate(filter: &Filter, generate: &Generate) -> Result<Option<PlanRef>> {
    let input = generate.input.schema();
    let (below, above): (Vec<_>, Vec<_>) =
        filter.predicate.conjuncts().into_iter().partition(|term| may_move(term) && input.covers(term));
    if below.is_empty() {
        return Ok(None);
    }
    let input = filtered(&generate.input, below)?;
    let plan = LogicalPlan::new(Node::Generate(Generate { input, ..generate.clone() }));
    filtered(&plan, above).map(Some)
}

/// What decides on whole partitions decides as well before their rows are computed.
fn through_window(filter: &Filter, window: &Window) -> Result<Option<PlanRef>> {
    let is_key = |id: &ColumnId| window.partition_by.iter().any(|key| key.as_column() == Some(*id));
    let (below, above): (Vec<_>, Vec<_>) = filter
        .predicate
        .conjuncts()
        .into_iter()
        .partition(|term| may_move(term) && !term.columns().is_empty() && term.columns().iter().all(is_key));
    if below.is_empty() {
        return Ok(None);
    }
    let input = filtered(&window.input, below)?;
    let plan = LogicalPlan::new(Node::Window(Window { input, ..window.clone() }));
    filtered(&plan, above).map(Some)
}

fn through_union(filter: &Filter, union: &Union) -> Result<PlanRef> {
    let push = |(input, ids): &(PlanRef, Vec<ColumnId>)| {
        let column = |id: ColumnId| {
            let at = union.columns.iter().position(|column| column.id == id)?;
            input.schema().get(ids[at]).map(|column| column.to_expr())
        };
        let predicate = filter.predicate.replace_columns(&column)?;
        Ok((filtered(input, predicate.conjuncts())?, ids.clone()))
    };
    let inputs = union.inputs.iter().map(push).collect::<Result<_>>()?;
    Ok(LogicalPlan::new(Node::Union(Union { inputs, columns: union.columns.clone() })))
}

/// Terms sorted by where they can be decided.
#[derive(Default)]
struct Split {
    left: Vec<ExprRef>,
    right: Vec<ExprRef>,
    both: Vec<ExprRef>,
    stay: Vec<ExprRef>,
}

fn split(terms: Vec<ExprRef>, left: &Schema, right: &Schema) -> Split {
    let mut split = Split::default();
    for term in terms {
        let to = match () {
            () if !may_move(&term) => &mut split.stay,
            () if left.covers(&term) => &mut split.left,
            () if right.covers(&term) => &mut split.right,
            () => &mut split.both,
        };
        to.push(term);
    }
    split
}

/// WHERE above a join: what decides on one side goes there unless that side's rows may be missing.
fn into_join(filter: &Filter, join: &Join) -> Result<Option<PlanRef>> {
    use JoinKind::{Full, Inner, Right};
    let mut terms = split(filter.predicate.conjuncts(), join.left.schema(), join.right.schema());
    if matches!(join.kind, Right | Full) {
        terms.stay.append(&mut terms.left);
    }
    if !matches!(join.kind, Inner | Right) {
        terms.stay.append(&mut terms.right);
    }
    if join.kind != Inner {
        terms.stay.append(&mut terms.both);
    }
    if terms.left.is_empty() && terms.right.is_empty() && terms.both.is_empty() {
        return Ok(None);
    }
    let plan = LogicalPlan::new(Node::Join(Join {
        left: filtered(&join.left, terms.left)?,
        right: filtered(&join.right, terms.right)?,
        filter: joined(join.filter.as_ref(), terms.both)?,
        ..join.clone()
    }));
    filtered(&plan, terms.stay).map(Some)
}

/// ON of a join: what decides on one side goes there unless that side keeps its rows.
fn out_of_condition(join: &Join) -> Result<Option<PlanRef>> {
    use JoinKind::{Full, Inner, LeftSemi, Right};
    let Some(filter) = &join.filter else { return Ok(None) };
    let mut terms = split(filter.conjuncts(), join.left.schema(), join.right.schema());
    if !matches!(join.kind, Inner | Right | LeftSemi) {
        terms.both.append(&mut terms.left);
    }
    if matches!(join.kind, Right | Full) {
        terms.both.append(&mut terms.right);
    }
    debug_assert!(join.kind != Full || (terms.left.is_empty() && terms.right.is_empty()));
    if terms.left.is_empty() && terms.right.is_empty() {
        return Ok(None);
    }
    terms.both.append(&mut terms.stay);
    Ok(Some(LogicalPlan::new(Node::Join(Join {
        left: filtered(&join.left, terms.left)?,
        right: filtered(&join.right, terms.right)?,
        filter: joined(None, terms.both)?,
        ..join.clone()
    }))))
}

fn may_move(term: &Expr) -> bool {
    !term.can_fail() && term.volatility() != Volatility::Volatile
}

fn filtered(input: &PlanRef, terms: Vec<ExprRef>) -> Result<PlanRef> {
    if terms.is_empty() {
        return Ok(Arc::clone(input));
    }
    Ok(LogicalPlan::new(Node::Filter(Filter { input: Arc::clone(input), predicate: Expr::and(terms)? })))
}

fn joined(known: Option<&ExprRef>, more: Vec<ExprRef>) -> Result<Option<ExprRef>> {
    let terms: Vec<_> = known.into_iter().cloned().chain(more).collect();
    Ok(if terms.is_empty() { None } else { Some(Expr::and(terms)?) })
}
