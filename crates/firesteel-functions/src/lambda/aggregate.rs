//! `aggregate`, also `reduce`: an array's elements taken into a state, one after the other, and what becomes of it.

use arrow::array::{Array, ArrayRef, UInt32Array};
use firesteel_common::{Result, SqlType};
use firesteel_expr::coerce::errors;
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{Arity, Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};

use super::calls::{element, returning, takes};
use crate::collection::lists::Lists;

pub(super) const AGGREGATE: ScalarFunction = ScalarFunction {
    name: "aggregate",
    signature: Signature::Custom(values),
    returns_for: Some(|args| Ok(args.last().map_or(SqlType::Void, |last| last.data_type().clone()))),
    nullability: Nullability::Always,
    higher_order: Some(HigherOrder {
        values: 2,
        lambdas: &[takes(2), Arity { usual: 1, or: None, optional: true }],
        parameters: |values, at, _| {
            let state = (values[1].data_type().clone(), true);
            Ok(if at == 0 { vec![state, element(&values[0])] } else { vec![state] })
        },
        check,
    }),
    kernel: Kernel::Lazy(aggregate),
    doc: Doc {
        usage: "aggregate(expr, start, merge, finish) - Applies a binary operator to an initial state and all elements in \
                the array, and reduces this to a single state. The final state is converted into the final result by \
                applying a finish function.",
        since: "2.4.0",
        examples: &[
            ("SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x)", "6"),
            ("SELECT aggregate(array(1, 2, 3), 0, (acc, x) -> acc + x, acc -> acc * 10)", "60"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const REDUCE: ScalarFunction = ScalarFunction {
    name: "reduce",
    doc: Doc {
        usage: "reduce(expr, start, merge, finish) - As aggregate.",
        since: "3.4.0",
        examples: &[("SELECT reduce(array(1, 2, 3), 0, (acc, x) -> acc + x)", "6")],
    },
    ..AGGREGATE
};

/// The state may get a NULL wherever there is room for one.
fn values(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let lists: &[&[Param]] = &[&[Param::AnyArray, Param::Any]];
    let mut args = firesteel_expr::coerce::signature::apply(name, Signature::OneOf(lists), args)?;
    let state = as_nullable(args[1].data_type());
    args[1] = Expr::cast(args[1].clone(), state, CastMode::Ansi);
    Ok(args)
}

fn as_nullable(data_type: &SqlType) -> SqlType {
    match data_type {
        SqlType::Array { element, .. } => SqlType::array(as_nullable(element), true),
        SqlType::Map { key, value, .. } => SqlType::map(as_nullable(key), as_nullable(value), true),
        SqlType::Struct(fields) => {
            let field = |field: &firesteel_common::StructField| firesteel_common::StructField {
                data_type: as_nullable(&field.data_type),
                nullable: true,
                ..field.clone()
            };
            SqlType::Struct(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// The merged state is of the state's type.
fn check(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let state = args[1].data_type().clone();
    if as_nullable(args[2].data_type()) != state
        && *args[2].data_type() != SqlType::Void
        && !same_shape(&args[2], &state)
    {
        return Err(errors::unexpected_input(name, &args, 2, state.quoted_sql()));
    }
    args[2] = returning(&args[2], state);
    Ok(args)
}

/// Structs need not name their fields alike.
fn same_shape(merge: &ExprRef, state: &SqlType) -> bool {
    fn same(left: &SqlType, right: &SqlType) -> bool {
        match (left, right) {
            (SqlType::Struct(left), SqlType::Struct(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right.iter()).all(|(left, right)| same(&left.data_type, &right.data_type))
            }
            (SqlType::Array { element: left, .. }, SqlType::Array { element: right, .. }) => same(left, right),
            (SqlType::Map { key: k1, value: v1, .. }, SqlType::Map { key: k2, value: v2, .. }) => {
                same(k1, k2) && same(v1, v2)
            }
            _ => left == right,
        }
    }
    same(merge.data_type(), state)
}

fn aggregate(args: &mut LazyArgs<'_>) -> Result<Column> {
    let lists = Lists::new(&args.evaluate(0, args.rows())?)?;
    let rows = args.rows().len();
    let valid: Vec<u32> = (0..rows as u32).filter(|row| lists.is_valid(*row as usize)).collect();
    let start = args.evaluate(1, &args.rows().narrow(&UInt32Array::from(valid.clone())))?;
    let start = start.flat_as(args.data_type(1))?;
    let (of_rows, states) = merge(args, &lists, valid, start)?;
    let finished = match args.len() {
        4 => args.apply(3, &of_rows, vec![Column::Array(states)])?.flat_as(args.data_type(3))?,
        _ => states,
    };
    // Back into the order of the rows; NULL for those without an array.
    let mut places = vec![None; rows];
    for (at, row) in of_rows.values().iter().enumerate() {
        places[*row as usize] = Some(at as u32);
    }
    Ok(Column::Array(arrow::compute::take(&finished, &UInt32Array::from(places), None)?))
}

/// Rounds: the next element of every row that has one. Rows that have none left step aside with their state.
fn merge(
    args: &mut LazyArgs<'_>,
    lists: &Lists,
    mut rows: Vec<u32>,
    mut states: ArrayRef,
) -> Result<(UInt32Array, ArrayRef)> {
    let state_type = args.data_type(1).clone();
    let (mut done_rows, mut done): (Vec<u32>, Vec<ArrayRef>) = (Vec::new(), Vec::new());
    for round in 0.. {
        let has_more = |row: &u32| lists.range(*row as usize).len() > round;
        let (go, stay): (Vec<u32>, Vec<u32>) = (0..rows.len() as u32).partition(|at| has_more(&rows[*at as usize]));
        if !stay.is_empty() {
            done_rows.extend(stay.iter().map(|at| rows[*at as usize]));
            done.push(arrow::compute::take(&states, &UInt32Array::from(stay), None)?);
            rows = go.iter().map(|at| rows[*at as usize]).collect();
            states = arrow::compute::take(&states, &UInt32Array::from(go), None)?;
        }
        if rows.is_empty() {
            break;
        }
        let places: UInt32Array = rows.iter().map(|row| (lists.range(*row as usize).start + round) as u32).collect();
        let elements = arrow::compute::take(lists.elements(), &places, None)?;
        let of_rows = UInt32Array::from(rows.clone());
        let merged = args.apply(2, &of_rows, vec![Column::Array(states), Column::Array(elements)])?;
        states = merged.flat_as(&state_type)?;
    }
    let done: Vec<&dyn Array> = done.iter().map(AsRef::as_ref).collect();
    let states = match done.is_empty() {
        true => states,
        false => arrow::compute::concat(&done)?,
    };
    Ok((UInt32Array::from(done_rows), states))
}
