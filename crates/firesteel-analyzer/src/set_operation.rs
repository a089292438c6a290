//! UNION, EXCEPT, INTERSECT: inputs brought to common types, column by column.
//!
//! ```text
//! UNION ALL → Union     UNION → Aggregate over Union
//! INTERSECT → distinct rows of the left with a partner (LeftSemi on <=>), EXCEPT → without one (LeftAnti)
//! ```

use std::sync::Arc;

use firesteel_common::{Result, Span, SqlType, error};
use firesteel_expr::{CastMode, Expr, cast, coerce, registry};
use firesteel_plan::logical::{Join, JoinKind, Node, Project, Union};
use firesteel_plan::parsed::{QueryBody, SetOp, SetOperand};
use firesteel_plan::{LogicalPlan, PlanColumn};

use crate::env::Env;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, unsupported};

impl Analyzer<'_> {
    /// A chain, left to right. Neighbouring UNIONs become one.
    pub(crate) fn set_operations(
        &self,
        span: Span,
        first: &QueryBody,
        rest: &[SetOperand],
        env: Env<'_>,
    ) -> Result<Relation> {
        let mut pending = PendingUnion { inputs: vec![self.operand(first, env)?], distinct: false, span };
        for operand in rest {
            if operand.by_name {
                return Err(unsupported("UNION BY NAME", operand.body.span));
            }
            let right = self.operand(&operand.body, env)?;
            match (operand.op, operand.all) {
                // Duplicates that a later UNION removes need not be removed before.
                (SetOp::Union, false) => {
                    pending.inputs.push(right);
                    pending.distinct = true;
                }
                (SetOp::Union, true) => {
                    if pending.distinct {
                        let so_far = self.finish_union(pending)?;
                        pending = PendingUnion { inputs: vec![so_far], distinct: false, span };
                    }
                    pending.inputs.push(right);
                }
                (op, true) => return Err(unsupported(format!("{} ALL", name(op)), operand.body.span)),
                (op, false) => {
                    let left = self.finish_union(pending)?;
                    let matched = self.matched(left, right, op, span)?;
                    pending = PendingUnion { inputs: vec![matched], distinct: false, span };
                }
            }
        }
        self.finish_union(pending)
    }

    fn finish_union(&self, mut pending: PendingUnion) -> Result<Relation> {
        if pending.inputs.len() == 1 {
            return Ok(pending.inputs.swap_remove(0));
        }
        let types = common_types(&pending.inputs, "UNION", pending.span)?;
        let inputs: Vec<_> = pending.inputs.into_iter().map(|input| self.cast_to(input, &types)).collect();
        let names = inputs[0].scope.columns.iter().map(|column| Arc::clone(&column.name));
        let columns = names.zip(types).enumerate().map(|(at, (name, data_type))| {
            let nullable = inputs.iter().any(|input| input.scope.columns[at].column.nullable);
            let column = PlanColumn { id: self.ids().fresh(Arc::clone(&name)), data_type, nullable };
            ScopeColumn::new(&unqualified(), name, column)
        });
        let columns: Vec<_> = columns.collect();
        let inputs = inputs.into_iter().map(|input| {
            let ids = input.scope.columns.iter().map(|column| column.column.id).collect();
            (input.plan, ids)
        });
        let plan_columns = columns.iter().map(|column| column.column.clone()).collect();
        let union = Union { inputs: inputs.collect(), columns: plan_columns };
        let mut plan = LogicalPlan::new(Node::Union(union));
        if pending.distinct {
            plan = self.distinct(plan, pending.span)?;
        }
        Ok(Relation { plan, scope: Scope { columns } })
    }

    /// Distinct rows of the left side that the right side has (INTERSECT) or has not (EXCEPT); NULLs are equal.
    fn matched(&self, left: Relation, right: Relation, op: SetOp, span: Span) -> Result<Relation> {
        let mut sides = [left, right];
        let types = common_types(&sides, name(op), span)?;
        sides = sides.map(|side| self.cast_to(side, &types));
        let [left, right] = sides;
        let pairs = left.scope.columns.iter().zip(&right.scope.columns);
        let equal = pairs.map(|(l, r)| registry::call("<=>", vec![l.column.to_expr(), r.column.to_expr()]));
        let filter = Some(Expr::and(equal.collect::<Result<_>>()?)?);
        let kind = if op == SetOp::Intersect { JoinKind::LeftSemi } else { JoinKind::LeftAnti };
        let join = Join { left: left.plan, right: right.plan, kind, keys: Vec::new(), filter };
        let plan = self.distinct(LogicalPlan::new(Node::Join(join)), span)?;
        let columns = left.scope.columns.into_iter();
        let columns = columns.map(|column| ScopeColumn { qualifier: unqualified(), ..column }).collect();
        Ok(Relation { scope: Scope { columns }.refreshed(&plan), plan })
    }

    fn cast_to(&self, relation: Relation, types: &[SqlType]) -> Relation {
        let mut relation = relation.exact();
        let fits = |column: &ScopeColumn, wanted: &SqlType| column.column.data_type == *wanted;
        if relation.scope.columns.iter().zip(types).all(|(column, wanted)| fits(column, wanted)) {
            return relation;
        }
        let mut exprs = Vec::with_capacity(types.len());
        for (column, wanted) in relation.scope.columns.iter_mut().zip(types) {
            let expr = Expr::cast(column.column.to_expr(), wanted.clone(), CastMode::Ansi);
            let id = match expr.as_column() {
                Some(id) => id,
                None => self.ids().fresh(Arc::clone(&column.name)),
            };
            column.column = PlanColumn::of(id, &expr);
            exprs.push((id, expr));
        }
        relation.plan = LogicalPlan::new(Node::Project(Project { input: relation.plan, exprs }));
        relation
    }
}

/// Inputs of a UNION that is not built yet.
struct PendingUnion {
    inputs: Vec<Relation>,
    distinct: bool,
    span: Span,
}

fn name(op: SetOp) -> &'static str {
    match op {
        SetOp::Union => "UNION",
        SetOp::Except => "EXCEPT",
        SetOp::Intersect => "INTERSECT",
    }
}

/// The types that the inputs' columns are cast to, position by position.
fn common_types(inputs: &[Relation], operator: &'static str, span: Span) -> Result<Vec<SqlType>> {
    let width = inputs[0].scope.columns.len();
    if let Some(at) = inputs.iter().position(|input| input.scope.columns.len() != width) {
        return Err(error!(
            NUM_COLUMNS_MISMATCH,
            operator = operator,
            firstNumColumns = width.to_string(),
            invalidOrdinalNum = ordinal(at),
            invalidNumColumns = inputs[at].scope.columns.len().to_string()
        )
        .at(span));
    }
    (0..width).map(|at| common_type_at(inputs, at, operator, span)).collect()
}

fn common_type_at(inputs: &[Relation], at: usize, operator: &'static str, span: Span) -> Result<SqlType> {
    let type_of = |input: &Relation| input.scope.columns[at].column.data_type.clone();
    let mut common = type_of(&inputs[0]);
    for (table, input) in inputs.iter().enumerate().skip(1) {
        let next = type_of(input);
        let both = coerce::common_type(&common, &next);
        let both = both.filter(|both| cast::is_allowed(&common, both) && cast::is_allowed(&next, both));
        common = both.ok_or_else(|| {
            error!(
                INCOMPATIBLE_COLUMN_TYPE,
                operator = operator,
                columnOrdinalNumber = ordinal(at),
                tableOrdinalNumber = ordinal(table),
                dataType1 = next.quoted_sql(),
                dataType2 = common.quoted_sql(),
                hint = ""
            )
            .at(span)
        })?;
    }
    Ok(common)
}

fn ordinal(at: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    WORDS.get(at).map_or_else(|| format!("{}th", at + 1), |word| (*word).to_owned())
}
