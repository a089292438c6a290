//! Queries inside of expressions, as joins. None of them may look at the query around it yet.
//!
//! ```text
//! WHERE x IN (q)      → LeftSemi join on x = q        WHERE EXISTS (q)      → LeftSemi join
//! WHERE x NOT IN (q)  → LeftAnti join, NULLs match    WHERE NOT EXISTS (q)  → LeftAnti join
//! (q) as a value      → join with the one row that q gives
//! ```

use firesteel_common::{ColumnId, Result, Span, SqlType, error};
use firesteel_expr::{Expr, ExprRef, registry};
use firesteel_plan::logical::{Filter, Join, JoinKind, Node};
use firesteel_plan::parsed::{self, ExprKind, Query};
use firesteel_plan::{LogicalPlan, PlanRef};

use crate::env::OuterFrame;
use crate::expr::Resolver;
use crate::scope::{Relation, Scope};
use crate::unsupported;

/// A scalar subquery that some expression uses: to be joined below that expression.
pub(crate) struct Pending {
    pub(crate) id: ColumnId,
    plan: PlanRef,
    kind: JoinKind,
}

/// Joins the subqueries to the plan.
pub(crate) fn attach(plan: PlanRef, pending: impl IntoIterator<Item = Pending>) -> PlanRef {
    pending.into_iter().fold(plan, |plan, subquery| join(plan, subquery.plan, subquery.kind, None))
}

fn join(left: PlanRef, right: PlanRef, kind: JoinKind, filter: Option<ExprRef>) -> PlanRef {
    LogicalPlan::new(Node::Join(Join { left, right, kind, keys: Vec::new(), filter }))
}

/// A condition of WHERE that is a subquery.
enum Test<'q> {
    Exists { query: &'q Query, negated: bool },
    In { operand: &'q parsed::Expr, query: &'q Query, negated: bool },
}

impl<'q> Test<'q> {
    fn of(expr: &'q parsed::Expr) -> Option<Test<'q>> {
        match &expr.kind {
            ExprKind::Exists(query) => Some(Test::Exists { query, negated: false }),
            ExprKind::InSubquery { operand, negated, query } => Some(Test::In { operand, query, negated: *negated }),
            ExprKind::Not(inner) => match Test::of(inner)? {
                Test::Exists { query, negated } => Some(Test::Exists { query, negated: !negated }),
                Test::In { operand, query, negated } => Some(Test::In { operand, query, negated: !negated }),
            },
            _ => None,
        }
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
        let plain = plain.map(|conjunct| self.condition(conjunct)).collect::<Result<Vec<_>>>()?;
        let pending = self.subqueries.map(|subqueries| subqueries.take()).unwrap_or_default();
        let mut plan = attach(relation.plan.clone(), pending);
        if !plain.is_empty() {
            plan = LogicalPlan::new(Node::Filter(Filter { input: plan, predicate: Expr::and(plain)? }));
        }
        for conjunct in conjuncts {
            if let Some(test) = Test::of(conjunct) {
                plan = self.join_test(plan, test, conjunct).map_err(|error| error.at(conjunct.span))?;
            }
        }
        Ok(plan)
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
        match test {
            Test::Exists { query, negated } => {
                let inner = self.subquery(query)?;
                Ok(join(plan, inner.plan, kind(negated), None))
            }
            Test::In { operand, query, negated } => {
                let inner = self.subquery(query)?;
                let operands = match &operand.kind {
                    ExprKind::Row(items) => items.as_slice(),
                    _ => std::slice::from_ref(operand),
                };
                if operands.len() != inner.scope.columns.len() {
                    return Err(unsupported("IN with another number of columns than its subquery", written.span));
                }
                let mut terms = Vec::with_capacity(operands.len());
                for (operand, column) in operands.iter().zip(&inner.scope.columns) {
                    let equal = self.call("=", vec![self.resolve(operand)?, column.column.to_expr()], written)?;
                    terms.push(equal);
                }
                // Subqueries inside of the operands.
                let plan = attach(plan, self.subqueries.map(|subqueries| subqueries.take()).unwrap_or_default());
                let matches = Expr::and(terms)?;
                // A row whose comparison is NULL is not "not in".
                let filter = match negated && matches.nullable() {
                    true => Expr::or(vec![matches.clone(), registry::call("isnull", vec![matches])?])?,
                    false => matches,
                };
                Ok(join(plan, inner.plan, kind(negated), Some(filter)))
            }
        }
    }

    fn subquery(&self, query: &Query) -> Result<Relation> {
        let none = Scope::default();
        let frame = OuterFrame::new(self.scopes.first().copied().unwrap_or(&none), self.env);
        Ok(self.analyzer.query(query, self.env.with_outer(&frame))?.exact())
    }

    pub(crate) fn scalar_subquery(&self, query: &Query, span: Span) -> Result<ExprRef> {
        let Some(subqueries) = self.subqueries else {
            return Err(unsupported("a scalar subquery in this place", span));
        };
        let inner = self.subquery(query)?;
        let [column] = inner.scope.columns.as_slice() else {
            let number = inner.scope.columns.len().to_string();
            return Err(error!(SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN, number = number).at(span));
        };
        let (kind, nullable) = match rows(&inner.plan) {
            Rows::One => (JoinKind::Inner, column.column.nullable),
            Rows::AtMostOne => (JoinKind::Left, true),
            Rows::Any => {
                let feature = "a scalar subquery that is neither a global aggregate nor LIMIT 1";
                return Err(unsupported(feature, span));
            }
        };
        let id = column.column.id;
        let expr = Expr::column(id, column.column.data_type.clone(), nullable);
        subqueries.borrow_mut().push(Pending { id, plan: inner.plan, kind });
        Ok(expr)
    }
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
        // Cross joins with scalar subqueries.
        Node::Join(join) if join.kind == JoinKind::Inner && join.filter.is_none() && join.keys.is_empty() => {
            match (rows(&join.left), rows(&join.right)) {
                (Rows::One, Rows::One) => Rows::One,
                (Rows::Any, _) | (_, Rows::Any) => Rows::Any,
                _ => Rows::AtMostOne,
            }
        }
        _ => Rows::Any,
    }
}
