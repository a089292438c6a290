//! UNION, EXCEPT, INTERSECT: inputs brought to common types, column by column.
//!
//! ```text
//! UNION ALL → Union     UNION → Aggregate over Union     BY NAME → columns found by name, missing ones NULL
//! INTERSECT → distinct rows of the left with a partner (LeftSemi on <=>), EXCEPT → without one (LeftAnti)
//! INTERSECT ALL, EXCEPT ALL → each distinct row as often as it shall come out:
//!     Generate replicaterows(n) over Aggregate [how often left and right have it] over Union of both, marked
//! ```

use std::sync::Arc;

use firesteel_common::names::{quote, same_name};
use firesteel_common::{Result, Span, SqlType, error};
use firesteel_expr::{CastMode, Expr, ExprRef, Literal, cast, coerce, registry};
use firesteel_plan::logical::{Aggregate, Generate, Generator, Join, JoinKind, Node, Project, Union};
use firesteel_plan::parsed::{QueryBody, SetOp, SetOperand};
use firesteel_plan::{LogicalPlan, PlanColumn};

use crate::env::Env;
use crate::scope::{Relation, Scope, ScopeColumn, unqualified};
use crate::{Analyzer, order, unsupported};

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
            let mut right = self.operand(&operand.body, env)?;
            if operand.by_name && operand.op != SetOp::Union {
                return Err(unsupported(format!("{} BY NAME", name(operand.op)), operand.body.span));
            }
            if operand.by_name {
                let left = self.finish_union(pending)?;
                let (left, by_name) = self.by_name(left, right, span)?;
                pending = PendingUnion { inputs: vec![left], distinct: false, span };
                right = by_name;
            }
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
                (op, all) => {
                    let left = self.finish_union(pending)?;
                    let matched = match all {
                        true => self.replicated(left, right, op, span)?,
                        false => self.matched(left, right, op, span)?,
                    };
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
        let types = common_types(&pending.inputs.iter().collect::<Vec<_>>(), "UNION", pending.span)?;
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
        let types = common_types(&[&left, &right], name(op), span)?;
        let [left, right] = [left, right].map(|side| self.cast_to(side, &types));
        check_comparable(left.scope.columns.iter().map(|column| (column.name.as_ref(), &column.column)), span)?;
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

    /// Rows of the left side as often as both sides have them (INTERSECT ALL: the smaller number, EXCEPT ALL: the
    /// difference).
    fn replicated(&self, left: Relation, right: Relation, op: SetOp, span: Span) -> Result<Relation> {
        let operator = if op == SetOp::Intersect { "INTERSECT ALL" } else { "EXCEPT ALL" };
        let types = common_types(&[&left, &right], operator, span)?;
        let one = || Expr::literal(Literal::bigint(1));
        let none = || Expr::literal(Literal::null(SqlType::BigInt));
        let (left_marks, right_marks) = match op {
            SetOp::Intersect => (vec![one(), none()], vec![none(), one()]),
            _ => (vec![one()], vec![Expr::literal(Literal::bigint(-1))]),
        };
        let marks = left_marks.len();
        let inputs = vec![
            self.with_columns(self.cast_to(left, &types), left_marks),
            self.with_columns(self.cast_to(right, &types), right_marks),
        ];
        let marked = self.finish_union(PendingUnion { inputs, distinct: false, span })?;
        let (columns, marks) = marked.scope.columns.split_at(marked.scope.columns.len() - marks);
        check_comparable(columns.iter().map(|column| (column.name.as_ref(), &column.column)), span)?;

        let function = if op == SetOp::Intersect { "count" } else { "sum" };
        let mut numbers = Vec::with_capacity(marks.len());
        let mut aggregates = Vec::with_capacity(marks.len());
        for mark in marks {
            let call = registry::call_aggregate(function, vec![mark.column.to_expr()], false, None)?;
            let id = self.ids().fresh(function);
            numbers.push(Expr::column(id, call.data_type.clone(), call.nullable));
            aggregates.push((id, call));
        }
        let keys = columns.iter().map(|column| (self.ids().fresh(Arc::clone(&column.name)), column.column.to_expr()));
        let keys: Vec<_> = keys.collect();
        let output = columns
            .iter()
            .zip(&keys)
            .map(|(column, (id, key))| ScopeColumn { column: PlanColumn::of(*id, key), ..column.clone() });
        let scope = Scope { columns: output.collect() };
        let counted = LogicalPlan::new(Node::Aggregate(Aggregate { input: marked.plan, keys, aggregates }));
        let number = match numbers.as_slice() {
            [difference] => Arc::clone(difference),
            _ => registry::call("least", numbers)?,
        };
        let generator = Generator::Replicate(number);
        let plan = Generate { input: counted, generator, outer: false, columns: Vec::new() };
        Ok(Relation { plan: LogicalPlan::new(Node::Generate(plan)), scope }.exact())
    }

    /// Computed columns behind those of the relation.
    fn with_columns(&self, relation: Relation, added: Vec<ExprRef>) -> Relation {
        let mut scope = relation.scope;
        let mut exprs: Vec<_> =
            scope.columns.iter().map(|column| (column.column.id, column.column.to_expr())).collect();
        for expr in added {
            let id = self.ids().fresh("_mark");
            scope.columns.push(ScopeColumn::new(&unqualified(), Arc::from("_mark"), PlanColumn::of(id, &expr)));
            exprs.push((id, expr));
        }
        Relation { plan: LogicalPlan::new(Node::Project(Project { input: relation.plan, exprs })), scope }
    }

    /// Both sides with the columns of either, those of the left first; what a side lacks is NULL.
    fn by_name(&self, left: Relation, right: Relation, span: Span) -> Result<(Relation, Relation)> {
        let find = |scope: &Scope, name: &str| scope.columns.iter().position(|column| same_name(&column.name, name));
        for side in [&left, &right] {
            let first = |(at, column): (usize, &ScopeColumn)| find(&side.scope, &column.name) == Some(at);
            if let Some((_, column)) = side.scope.columns.iter().enumerate().find(|entry| !first(*entry)) {
                let name = quote(&column.name.to_lowercase());
                return Err(error!(COLUMN_ALREADY_EXISTS, columnName = name).at(span));
            }
        }
        let only_right: Vec<_> =
            right.scope.columns.iter().filter(|column| find(&left.scope, &column.name).is_none()).cloned().collect();
        let names: Vec<_> =
            left.scope.columns.iter().chain(&only_right).map(|column| Arc::clone(&column.name)).collect();
        let nulls = |count: usize| vec![Expr::literal(Literal::null(SqlType::Void)); count];
        let mut left = self.with_columns(left, nulls(only_right.len()));
        for (column, name) in left.scope.columns.iter_mut().zip(&names) {
            column.name = Arc::clone(name);
        }
        let missing = names.iter().filter(|name| find(&right.scope, name).is_none()).count();
        let known = right.scope.clone();
        let right = self.with_columns(right, nulls(missing));
        let mut added = right.scope.columns[known.columns.len()..].iter();
        let in_order = names.iter().filter_map(|name| match find(&known, name) {
            Some(at) => known.columns.get(at),
            None => added.next(),
        });
        let scope = Scope { columns: in_order.cloned().collect() };
        Ok((left, Relation { scope, plan: right.plan }.exact()))
    }

    pub(crate) fn cast_to(&self, relation: Relation, types: &[SqlType]) -> Relation {
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
pub(crate) fn common_types(inputs: &[&Relation], operator: &'static str, span: Span) -> Result<Vec<SqlType>> {
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

fn common_type_at(inputs: &[&Relation], at: usize, operator: &'static str, span: Span) -> Result<SqlType> {
    let type_of = |input: &Relation| input.scope.columns[at].column.data_type.clone();
    let mut common = type_of(inputs[0]);
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

/// Rows that are compared as a whole have no maps in them.
pub(crate) fn check_comparable<'c>(
    columns: impl IntoIterator<Item = (&'c str, &'c PlanColumn)>,
    span: Span,
) -> Result<()> {
    match columns.into_iter().find(|(_, column)| !order::is_groupable(&column.data_type)) {
        Some((name, column)) => Err(error!(
            UNSUPPORTED_FEATURE_SET_OPERATION_ON_MAP_TYPE,
            colName = quote(name),
            dataType = column.data_type.quoted_sql()
        )
        .at(span)),
        None => Ok(()),
    }
}

fn ordinal(at: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    WORDS.get(at).map_or_else(|| format!("{}th", at + 1), |word| (*word).to_owned())
}
