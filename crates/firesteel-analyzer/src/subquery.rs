//! Queries inside of expressions, as joins with the query around them.
//!
//! ```text
//! WHERE x IN (q)      → LeftSemi join on x = q        WHERE EXISTS (q)      → LeftSemi join
//! WHERE x NOT IN (q)  → LeftAnti join, NULLs match    WHERE NOT EXISTS (q)  → LeftAnti join
//! anywhere else       → Mark join, whose column says whether there is a partner
//! (q) as a value      → join with the one row that q gives; Single if nothing proves that it is one
//! ```
//! A query that looks at the one around it makes the join a dependent one; the optimizer unnests it.

use std::sync::Arc;

use firesteel_common::{ColumnId, Result, Span, SqlType, error};
use firesteel_expr::{Expr, ExprRef, Literal, registry};
use firesteel_plan::logical::{Aggregate, DependentJoin, Filter, Join, JoinKind, Node, free_columns};
use firesteel_plan::parsed::{self, ExprKind, Query};
use firesteel_plan::{LogicalPlan, PlanColumn, PlanRef};
use hashbrown::HashSet;

use crate::aggregates::Grouping;
use crate::env::OuterFrame;
use crate::expr::Resolver;
use crate::scope::{Relation, Scope};
use crate::unsupported;

/// A subquery that some expression uses: to be joined below that expression.
pub(crate) struct Pending {
    plan: PlanRef,
    kind: JoinKind,
    /// Over both sides' columns.
    condition: Option<ExprRef>,
    /// Where it was written.
    span: Span,
}

impl Pending {
    /// The columns that expressions may use: the subquery's, or whether there is a partner.
    pub(crate) fn columns(&self) -> Vec<ColumnId> {
        match self.kind {
            JoinKind::Mark(id) => vec![id],
            _ => self.plan.schema().ids(),
        }
    }

    pub(crate) fn gives(&self, used: &HashSet<ColumnId>) -> bool {
        self.columns().iter().any(|id| used.contains(id))
    }

    /// The columns that it takes from what it is joined to.
    pub(crate) fn uses(&self) -> Vec<ColumnId> {
        let own = self.plan.schema();
        let in_condition = self.condition.iter().flat_map(|condition| condition.columns().iter().copied());
        in_condition.filter(|id| !own.contains(*id)).chain(free_columns(&self.plan)).collect()
    }

    /// The same above an Aggregate: what it takes from around must be grouped by.
    pub(crate) fn above(self, grouping: &Grouping<'_>, input: &PlanRef) -> Result<Pending> {
        let condition = self.condition.map(|condition| grouping.above(&condition, self.span)).transpose()?;
        let mut keys = Vec::new();
        for id in free_columns(&self.plan) {
            if let Some(column) = input.schema().get(id) {
                keys.push((id, grouping.above(&column.to_expr(), self.span)?));
            }
        }
        let key = |id| keys.iter().find(|(known, _)| *known == id).map(|(_, key)| Arc::clone(key));
        let plan = if keys.is_empty() { self.plan } else { replace_columns(&self.plan, &key)? };
        Ok(Pending { plan, condition, ..self })
    }
}

/// Expressions in the place of columns, in all of a plan's expressions.
#[recursive::recursive]
fn replace_columns(plan: &PlanRef, map: &dyn Fn(ColumnId) -> Option<ExprRef>) -> Result<PlanRef> {
    let children = plan.children().into_iter().map(|child| replace_columns(child, map)).collect::<Result<_>>()?;
    plan.with_children(children).map_expressions(&mut |expr| expr.replace_columns(map))
}

/// Joins the subqueries to the plan.
pub(crate) fn attach(plan: PlanRef, pending: impl IntoIterator<Item = Pending>) -> PlanRef {
    pending.into_iter().fold(plan, |plan, subquery| join(plan, subquery.plan, subquery.kind, subquery.condition))
}

/// A dependent join if the right side uses columns of the left one.
pub(crate) fn join(left: PlanRef, right: PlanRef, kind: JoinKind, filter: Option<ExprRef>) -> PlanRef {
    let dependent = free_columns(&right).into_iter().any(|id| left.schema().contains(id));
    LogicalPlan::new(match dependent {
        true => Node::DependentJoin(DependentJoin { left, right, kind, filter }),
        false => Node::Join(Join { left, right, kind, keys: Vec::new(), filter }),
    })
}

/// A condition of WHERE that is a subquery.
struct Test<'q> {
    /// Where EXISTS or IN stands, without the NOTs before it.
    span: Span,
    query: &'q Query,
    /// None: EXISTS.
    operand: Option<&'q parsed::Expr>,
    negated: bool,
}

impl<'q> Test<'q> {
    fn of(expr: &'q parsed::Expr) -> Option<Test<'q>> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Exists(query) => Some(Test { span, query, operand: None, negated: false }),
            ExprKind::InSubquery { operand, negated, query } => {
                Some(Test { span, query, operand: Some(operand), negated: *negated })
            }
            ExprKind::Not(inner) => Test::of(inner).map(|test| Test { negated: !test.negated, ..test }),
            _ => None,
        }
    }
}

/// `NOT operand` with the NOT moved to the tests inside, where it says whether the unknown counts as a partner; `None` if
/// there are none. Spark's BooleanSimplification does the same before it rewrites subqueries.
pub(crate) fn negated(operand: &parsed::Expr) -> Option<parsed::Expr> {
    let not = |term: &parsed::Expr| parsed::Expr::new(term.span, ExprKind::Not(Box::new(term.clone())));
    let kind = match &operand.kind {
        _ if !has_test(operand) => return None,
        ExprKind::And(terms) => ExprKind::Or(terms.iter().map(not).collect()),
        ExprKind::Or(terms) => ExprKind::And(terms.iter().map(not).collect()),
        ExprKind::Not(inner) => return Some(parsed::Expr::clone(inner)),
        _ => return None,
    };
    Some(parsed::Expr::new(operand.span, kind))
}

fn has_test(expr: &parsed::Expr) -> bool {
    match &expr.kind {
        ExprKind::And(terms) | ExprKind::Or(terms) => terms.iter().any(has_test),
        ExprKind::Not(operand) => has_test(operand),
        _ => Test::of(expr).is_some(),
    }
}

/// What `x IN (q)` compares.
struct Membership {
    inner: Relation,
    operands: Vec<ExprRef>,
    /// `x = q`, column by column.
    matches: ExprRef,
}

impl Membership {
    /// One column, nothing correlated: NULLs can be counted once for all rows.
    fn counts_nulls(&self) -> bool {
        self.operands.len() == 1 && free_columns(&self.inner.plan).is_empty()
    }
}

impl Resolver<'_, '_> {
    /// The rows of the relation for which WHERE's condition is TRUE.
    pub(crate) fn filter(&self, relation: &Relation, condition: &parsed::Expr) -> Result<PlanRef> {
        let conjuncts = match &condition.kind {
            ExprKind::And(terms) => terms.as_slice(),
            _ => std::slice::from_ref(condition),
        };
        let plain = conjuncts.iter().filter(|conjunct| Test::of(conjunct).is_none());
        // A bare NULL is no condition, but one among conjuncts.
        let plain = plain.map(|conjunct| match (&conjunct.kind, conjuncts.len()) {
            (ExprKind::Literal(parsed::Literal::Null), 2..) => Ok(Expr::literal(Literal::null(SqlType::Boolean))),
            _ => self.condition(conjunct),
        });
        let plain = plain.collect::<Result<Vec<_>>>()?;
        let mut plan = self.attach_pending(relation.plan.clone());
        if !plain.is_empty() {
            plan = filtered(plan, Expr::and(plain)?);
        }
        for conjunct in conjuncts {
            if let Some(test) = Test::of(conjunct) {
                plan = self.join_test(plan, test, conjunct).map_err(|error| error.at(conjunct.span))?;
            }
        }
        Ok(plan)
    }

    /// Joins what was met so far.
    fn attach_pending(&self, plan: PlanRef) -> PlanRef {
        attach(plan, self.subqueries.map(|subqueries| subqueries.take()).unwrap_or_default())
    }

    /// A condition, which must be boolean.
    pub(crate) fn condition(&self, condition: &parsed::Expr) -> Result<ExprRef> {
        let resolved = self.resolve(condition)?;
        match resolved.data_type() {
            SqlType::Boolean => Ok(resolved),
            other => {
                let text = format!("\"{}\"", self.name_of(condition));
                Err(error!(
                    DATATYPE_MISMATCH_FILTER_NOT_BOOLEAN,
                    sqlExpr = text.clone(),
                    filter = text,
                    type = other.quoted_sql()
                )
                .at(condition.span))
            }
        }
    }

    fn join_test(&self, plan: PlanRef, test: Test<'_>, written: &parsed::Expr) -> Result<PlanRef> {
        let kind = |negated| if negated { JoinKind::LeftAnti } else { JoinKind::LeftSemi };
        let Test { query, operand, negated, .. } = test;
        let Some(operand) = operand else {
            let inner = self.subquery(query)?;
            return Ok(join(plan, inner.plan, kind(negated), None));
        };
        let membership = self.membership(operand, query, written)?;
        let plan = self.attach_pending(plan);
        match negated && membership.matches.nullable() {
            true => self.not_in(plan, membership),
            false => Ok(join(plan, membership.inner.plan, kind(negated), Some(membership.matches))),
        }
    }

    /// A row whose comparison is NULL is not "not in".
    fn not_in(&self, mut plan: PlanRef, membership: Membership) -> Result<PlanRef> {
        let anti =
            |plan, condition| join(plan, Arc::clone(&membership.inner.plan), JoinKind::LeftAnti, Some(condition));
        if !membership.counts_nulls() {
            // Pairs that may be equal count as partners.
            let may_match = [Arc::clone(&membership.matches), call("isnull", [&membership.matches])?];
            return Ok(anti(plan, Expr::or(may_match.to_vec())?));
        }
        // No rows at all, or neither side's NULL.
        let (counts, all, known) = self.null_counts(&membership)?;
        plan = attach(plan, [counts]);
        let none = call("=", [&all, &zero()])?;
        let no_nulls = Expr::and(vec![call("isnotnull", [&membership.operands[0]])?, call("=", [&all, &known])?])?;
        Ok(anti(filtered(plan, Expr::or(vec![none, no_nulls])?), membership.matches))
    }

    /// `x IN (q)`, `NOT EXISTS (q)` and their kin as a value. As in Spark it is FALSE where the standard says NULL.
    pub(crate) fn test(&self, written: &parsed::Expr) -> Result<Option<ExprRef>> {
        let Some(Test { span, query, operand, negated }) = Test::of(written) else { return Ok(None) };
        let Some(operand) = operand else {
            let inner = self.subquery(query)?;
            self.note_outer_columns(span, &inner.plan);
            return not_if(negated, self.mark(&inner.plan, None, written.span)?).map(Some);
        };
        let membership = self.membership(operand, query, written)?;
        self.note_outer_columns(span, &membership.inner.plan);
        let value = match negated && membership.matches.nullable() {
            true => self.not_in_value(membership, written.span)?,
            false => not_if(negated, self.mark(&membership.inner.plan, Some(membership.matches), written.span)?)?,
        };
        Ok(Some(value))
    }

    /// Spark names a subquery by the columns around it that it uses.
    fn note_outer_columns(&self, span: Span, plan: &PlanRef) {
        let labels: Vec<_> = free_columns(plan).into_iter().map(|id| self.analyzer.ids().label(id)).collect();
        if !labels.is_empty() {
            let text = labels.iter().map(|label| label.as_ref()).collect::<Vec<_>>().join(", ");
            self.shown_texts.borrow_mut().insert(span, text);
        }
    }

    fn not_in_value(&self, membership: Membership, span: Span) -> Result<ExprRef> {
        let plan = &membership.inner.plan;
        if !membership.counts_nulls() {
            let may_match = Expr::or(vec![Arc::clone(&membership.matches), call("isnull", [&membership.matches])?])?;
            return not_if(true, self.mark(plan, Some(may_match), span)?);
        }
        let is_member = self.mark(plan, Some(Arc::clone(&membership.matches)), span)?;
        let (counts, all, known) = self.null_counts(&membership)?;
        self.pend(counts, span)?;
        let none = call("=", [&all, &zero()])?;
        let no_nulls = Expr::and(vec![call("isnotnull", [&membership.operands[0]])?, call("=", [&all, &known])?])?;
        Expr::and(vec![not_if(true, is_member)?, Expr::or(vec![none, no_nulls])?])
    }

    /// The column that says whether the plan has a row for which the condition is TRUE.
    fn mark(&self, plan: &PlanRef, condition: Option<ExprRef>, span: Span) -> Result<ExprRef> {
        let id = self.analyzer.ids().fresh("exists");
        let pending = Pending { plan: Arc::clone(plan), kind: JoinKind::Mark(id), condition, span };
        self.pend(pending, span)?;
        Ok(Expr::column(id, SqlType::Boolean, false))
    }

    fn membership(&self, operand: &parsed::Expr, query: &Query, written: &parsed::Expr) -> Result<Membership> {
        let inner = self.subquery(query)?;
        let operands = match &operand.kind {
            ExprKind::Row(items) => items.as_slice(),
            _ => std::slice::from_ref(operand),
        };
        if operands.len() != inner.scope.columns.len() {
            return Err(self.length_mismatch(operands, &inner.scope, written));
        }
        let operands = self.resolve_all(operands)?;
        let pairs = operands.iter().zip(&inner.scope.columns);
        let terms =
            pairs.map(|(operand, column)| self.call("=", vec![Arc::clone(operand), column.column.to_expr()], written));
        let matches = Expr::and(terms.collect::<Result<_>>()?)?;
        Ok(Membership { inner, operands, matches })
    }

    fn length_mismatch(
        &self,
        operands: &[parsed::Expr],
        inner: &Scope,
        written: &parsed::Expr,
    ) -> firesteel_common::Error {
        let left: Vec<_> = operands.iter().map(|operand| format!("\"{}\"", self.name_of(operand))).collect();
        let right: Vec<_> = inner.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        error!(
            DATATYPE_MISMATCH_IN_SUBQUERY_LENGTH_MISMATCH,
            sqlExpr = format!("\"{}\"", self.name_of(written)),
            leftLength = left.len().to_string(),
            rightLength = right.len().to_string(),
            leftColumns = left.join(", "),
            rightColumns = right.join(", ")
        )
        .at(written.span)
    }

    /// One row: how many rows the subquery has, and in how many its column is known.
    fn null_counts(&self, membership: &Membership) -> Result<(Pending, ExprRef, ExprRef)> {
        let column = membership.inner.scope.columns[0].column.to_expr();
        let mut aggregates = Vec::with_capacity(2);
        let mut results = Vec::with_capacity(2);
        for (label, arg) in [("rows", Expr::literal(Literal::int(1))), ("known", column)] {
            let call = registry::call_aggregate("count", vec![arg], false, None)?;
            let id = self.analyzer.ids().fresh(label);
            results.push(Expr::column(id, call.data_type.clone(), call.nullable));
            aggregates.push((id, call));
        }
        let input = Arc::clone(&membership.inner.plan);
        let plan = LogicalPlan::new(Node::Aggregate(Aggregate { input, keys: Vec::new(), aggregates }));
        let [all, known] =
            <[ExprRef; 2]>::try_from(results).map_err(|_| firesteel_common::internal!("two counts are not two"))?;
        let pending = Pending { plan, kind: JoinKind::Inner, condition: None, span: Span::default() };
        Ok((pending, all, known))
    }

    /// The inner query, which may name columns of the clause in which it stands.
    fn subquery(&self, query: &Query) -> Result<Relation> {
        let none = Scope::default();
        let scopes = self.argument_scopes.as_ref().unwrap_or(&self.scopes);
        let frame = OuterFrame::new(scopes.first().copied().unwrap_or(&none), self.env);
        let frame = frame.with_aggregates(self.aggregates);
        Ok(self.analyzer.query(query, self.env.with_outer(&frame))?.exact())
    }

    fn pend(&self, pending: Pending, span: Span) -> Result<()> {
        match self.subqueries {
            Some(subqueries) => {
                subqueries.borrow_mut().push(pending);
                Ok(())
            }
            None => Err(unsupported("a subquery in this place", span)),
        }
    }

    pub(crate) fn scalar_subquery(&self, query: &Query, span: Span) -> Result<ExprRef> {
        let inner = self.subquery(query)?;
        let [column] = inner.scope.columns.as_slice() else {
            let number = inner.scope.columns.len().to_string();
            return Err(error!(SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN, number = number).at(span));
        };
        let PlanColumn { id, data_type, nullable } = column.column.clone();
        let correlated = !free_columns(&inner.plan).is_empty();
        self.note_outer_columns(span, &inner.plan);
        let kind = match rows(&inner.plan) {
            Rows::One if !correlated => JoinKind::Inner,
            Rows::AtMostOne if !correlated => JoinKind::Left,
            _ => JoinKind::Single,
        };
        let expr = Expr::column(id, data_type, nullable || kind != JoinKind::Inner);
        self.pend(Pending { plan: inner.plan, kind, condition: None, span }, span)?;
        Ok(expr)
    }
}

fn filtered(input: PlanRef, predicate: ExprRef) -> PlanRef {
    LogicalPlan::new(Node::Filter(Filter { input, predicate }))
}

fn not_if(negated: bool, expr: ExprRef) -> Result<ExprRef> {
    if negated { call("not", [&expr]) } else { Ok(expr) }
}

fn zero() -> ExprRef {
    Expr::literal(Literal::bigint(0))
}

fn call<const N: usize>(name: &str, args: [&ExprRef; N]) -> Result<ExprRef> {
    registry::call(name, args.into_iter().cloned().collect())
}

#[derive(Clone, Copy, PartialEq)]
enum Rows {
    One,
    AtMostOne,
    Any,
}

/// What the plan's shape says about the number of its rows.
fn rows(plan: &PlanRef) -> Rows {
    match &plan.node {
        Node::Aggregate(aggregate) if aggregate.keys.is_empty() => Rows::One,
        Node::Values(values) if values.rows.len() == 1 => Rows::One,
        Node::Values(values) if values.rows.is_empty() => Rows::AtMostOne,
        Node::Project(project) => rows(&project.input),
        Node::Sort(sort) => rows(&sort.input),
        Node::Filter(filter) if rows(&filter.input) != Rows::Any => Rows::AtMostOne,
        Node::Limit(limit) if limit.count.is_some_and(|count| count <= 1) => Rows::AtMostOne,
        Node::Limit(limit) if rows(&limit.input) != Rows::Any => Rows::AtMostOne,
        // Joins with scalar subqueries and with EXISTS.
        Node::Join(Join { left, right, kind, filter, keys }) => match kind {
            JoinKind::Mark(_) | JoinKind::Single => rows(left),
            JoinKind::Inner if filter.is_none() && keys.is_empty() => match (rows(left), rows(right)) {
                (Rows::One, Rows::One) => Rows::One,
                (Rows::Any, _) | (_, Rows::Any) => Rows::Any,
                _ => Rows::AtMostOne,
            },
            JoinKind::Left if rows(right) != Rows::Any => rows(left),
            _ => Rows::Any,
        },
        Node::DependentJoin(join) if matches!(join.kind, JoinKind::Mark(_) | JoinKind::Single) => rows(&join.left),
        _ => Rows::Any,
    }
}
