//! Loops over one or two primitive operands, value by value: NULLs are put back at the end, constants stay scalars.
//!
//! An operation says of each pair of values its result and whether it failed. Flags are only or-ed together at first, so
//! that the loop stays simple enough for vector instructions; rows are looked at one by one once something did fail.

use std::sync::Arc;

use arrow::array::{ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use firesteel_common::{Error, Result, SqlType, internal};

use crate::column::Column;
use crate::function::KernelArgs;

/// What becomes of a row whose result does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFailure {
    Raise,
    /// NULL: the `try_` functions.
    Null,
}

/// The values of an operand.
pub enum Operand<T: ArrowPrimitiveType> {
    Values(ScalarBuffer<T::Native>),
    Constant(T::Native),
}

impl<T: ArrowPrimitiveType> Operand<T> {
    pub fn of(column: &Column) -> Result<Self> {
        let flat = match column {
            Column::Array(_) => column.flat()?,
            Column::Constant(one, _) => Arc::clone(one),
        };
        let values = flat
            .as_primitive_opt::<T>()
            .ok_or_else(|| internal!("{} where {} was expected", flat.data_type(), T::DATA_TYPE))?;
        Ok(match column {
            Column::Array(_) => Operand::Values(values.values().clone()),
            Column::Constant(..) => Operand::Constant(values.value(0)),
        })
    }

    fn value(&self, at: usize) -> T::Native {
        match self {
            Operand::Values(values) => values[at],
            Operand::Constant(value) => *value,
        }
    }
}

/// The rows where all columns are valid.
pub fn union_nulls(columns: &[Column]) -> Option<NullBuffer> {
    columns.iter().fold(None, |nulls, column| NullBuffer::union(nulls.as_ref(), column.nulls_buffer().as_ref()))
}

/// An array in the canonical form of `data_type`, whose Arrow primitive is `O`.
pub fn primitive<O: ArrowPrimitiveType>(
    values: Vec<O::Native>,
    nulls: Option<NullBuffer>,
    data_type: &SqlType,
) -> Column {
    let array = PrimitiveArray::<O>::new(values.into(), nulls).with_data_type(data_type.to_arrow());
    Column::Array(Arc::new(array))
}

/// One operand, no failures.
pub fn unary<I, O>(args: &KernelArgs<'_>, operation: impl Fn(I::Native) -> O::Native) -> Result<Column>
where
    I: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    try_unary::<I, O>(args, OnFailure::Raise, |value| (operation(value), false), |_| internal!("cannot fail"))
}

/// One operand; the operation gives the result and whether it failed.
pub fn try_unary<I, O>(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    operation: impl Fn(I::Native) -> (O::Native, bool),
    error: impl Fn(I::Native) -> Error,
) -> Result<Column>
where
    I: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    let operand = Operand::<I>::of(&args.columns[0])?;
    let mut failed = false;
    let mut compute = |value| {
        let (result, bad) = operation(value);
        failed |= bad;
        result
    };
    let values: Vec<O::Native> = match &operand {
        Operand::Values(values) => values.iter().map(|value| compute(*value)).collect(),
        Operand::Constant(value) => vec![compute(*value); args.rows],
    };
    let mut nulls = union_nulls(args.columns);
    if failed {
        let bad = |at| operation(operand.value(at)).1;
        nulls = settle_failures(args.rows, nulls, on_failure, bad, |at| error(operand.value(at)))?;
    }
    Ok(primitive::<O>(values, nulls, args.return_type))
}

/// Two operands, no failures.
pub fn binary<L, R, O>(args: &KernelArgs<'_>, operation: impl Fn(L::Native, R::Native) -> O::Native) -> Result<Column>
where
    L: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    let operation = |left, right| (operation(left, right), false);
    try_binary::<L, R, O>(args, OnFailure::Raise, operation, |_, _| internal!("cannot fail"))
}

/// Two operands; the operation gives the result and whether it failed.
pub fn try_binary<L, R, O>(
    args: &KernelArgs<'_>,
    on_failure: OnFailure,
    operation: impl Fn(L::Native, R::Native) -> (O::Native, bool),
    error: impl Fn(L::Native, R::Native) -> Error,
) -> Result<Column>
where
    L: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
    O: ArrowPrimitiveType,
{
    let left = Operand::<L>::of(&args.columns[0])?;
    let right = Operand::<R>::of(&args.columns[1])?;
    let (values, failed) = zip_with(&left, &right, args.rows, &operation);
    let mut nulls = union_nulls(args.columns);
    if failed {
        let bad = |at| operation(left.value(at), right.value(at)).1;
        nulls = settle_failures(args.rows, nulls, on_failure, bad, |at| error(left.value(at), right.value(at)))?;
    }
    Ok(primitive::<O>(values, nulls, args.return_type))
}

/// All results, and whether any failed.
fn zip_with<L, R, O>(
    left: &Operand<L>,
    right: &Operand<R>,
    rows: usize,
    operation: &impl Fn(L::Native, R::Native) -> (O, bool),
) -> (Vec<O>, bool)
where
    L: ArrowPrimitiveType,
    R: ArrowPrimitiveType,
    O: Copy,
{
    let mut failed = false;
    let mut compute = |left, right| {
        let (result, bad) = operation(left, right);
        failed |= bad;
        result
    };
    let values = match (left, right) {
        (Operand::Values(left), Operand::Values(right)) => {
            left.iter().zip(right.iter()).map(|(left, right)| compute(*left, *right)).collect()
        }
        (Operand::Values(left), Operand::Constant(right)) => left.iter().map(|left| compute(*left, *right)).collect(),
        (Operand::Constant(left), Operand::Values(right)) => right.iter().map(|right| compute(*left, *right)).collect(),
        (Operand::Constant(left), Operand::Constant(right)) => vec![compute(*left, *right); rows],
    };
    (values, failed)
}

/// Some row failed, perhaps one that is NULL anyway: raises the first that counts, or makes them NULL.
pub fn settle_failures(
    rows: usize,
    nulls: Option<NullBuffer>,
    on_failure: OnFailure,
    bad: impl Fn(usize) -> bool,
    error: impl Fn(usize) -> Error,
) -> Result<Option<NullBuffer>> {
    let counts = |at| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(at));
    if on_failure == OnFailure::Raise {
        return match (0..rows).find(|at| counts(*at) && bad(*at)) {
            Some(at) => Err(error(at)),
            None => Ok(nulls),
        };
    }
    let good = BooleanBuffer::collect_bool(rows, |at| counts(at) && !bad(at));
    Ok(Some(NullBuffer::new(good)))
}
