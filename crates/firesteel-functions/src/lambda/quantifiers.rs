//! `exists` and `forall`, by three-valued logic: a NULL leaves the answer open unless another element decides it.

use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};

use super::calls::{Calls, check_predicate, element, takes};
use crate::collection::lists::Lists;

const QUANTIFIER: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::AnyArray]]),
    returns: |_| Ok(SqlType::Boolean),
    nullability: Nullability::Custom(|args| args.iter().any(|arg| arg.nullable())),
    higher_order: Some(HigherOrder {
        values: 1,
        lambdas: &[takes(1)],
        parameters: |values, _, _| Ok(vec![element(&values[0])]),
        check: check_predicate,
    }),
    ..ScalarFunction::DEFAULT
};

pub(super) const EXISTS: ScalarFunction = ScalarFunction {
    name: "exists",
    kernel: Kernel::Lazy(|args| quantified(args, true)),
    doc: Doc {
        usage: "exists(expr, pred) - Tests whether a predicate holds for one or more elements in the array.",
        since: "2.4.0",
        examples: &[
            ("SELECT exists(array(1, 2, 3), x -> x % 2 == 0)", "true"),
            ("SELECT exists(array(1, null, 3), x -> x % 2 == 0)", "NULL"),
        ],
    },
    ..QUANTIFIER
};

pub(super) const FORALL: ScalarFunction = ScalarFunction {
    name: "forall",
    kernel: Kernel::Lazy(|args| quantified(args, false)),
    doc: Doc {
        usage: "forall(expr, pred) - Tests whether a predicate holds for all elements in the array.",
        since: "3.0.0",
        examples: &[
            ("SELECT forall(array(1, 2, 3), x -> x % 2 == 0)", "false"),
            ("SELECT forall(array(2, null, 8), x -> x % 2 == 0)", "NULL"),
        ],
    },
    ..QUANTIFIER
};

/// `decisive`: the answer of one element that is the answer of all.
fn quantified(args: &mut LazyArgs<'_>, decisive: bool) -> Result<Column> {
    let lists = Lists::new(&args.evaluate(0, args.rows())?)?;
    let rows = args.rows().len();
    let longest = (0..rows).filter(|row| lists.is_valid(*row)).map(|row| lists.range(row).len()).max().unwrap_or(0);
    // What may fail is asked element by element, and not beyond the one that decides.
    let step = if args.can_fail(1) { 1 } else { longest.max(1) };
    let (mut decided, mut open) = (vec![false; rows], vec![false; rows]);
    for first in (0..longest).step_by(step) {
        let calls = Calls::new(rows, |row| {
            let range = lists.range(row);
            match lists.is_valid(row) && !decided[row] {
                true => (range.start + first).min(range.end)..(range.start + first + step).min(range.end),
                false => 0..0,
            }
        });
        if calls.len() == 0 {
            break;
        }
        let elements = Column::Array(calls.take(lists.elements())?);
        let answers = args.apply(1, &calls.of_rows, vec![elements])?.flat()?;
        for (row, answer) in calls.of_rows.values().iter().zip(answers.as_boolean()) {
            match answer {
                Some(answer) => decided[*row as usize] |= answer == decisive,
                None => open[*row as usize] = true,
            }
        }
    }
    let answer = |row: usize| match (lists.is_valid(row), decided[row], open[row]) {
        (false, _, _) => None,
        (_, true, _) => Some(decisive),
        (_, _, true) => None,
        _ => Some(!decisive),
    };
    Ok(Column::Array(Arc::new((0..rows).map(answer).collect::<BooleanArray>())))
}
