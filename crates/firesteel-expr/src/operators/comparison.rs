//! `= <=> != < <= > >=`.
//!
//! Both sides come in one type. NaN equals itself and is greater than any number, -0.0 equals 0.0, text compares by
//! bytes, decimals by their unscaled values in whichever width they travel. A comparison never fails.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanArray, Datum, Decimal128Array, Int64Array, PrimitiveArray,
};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::SortOptions;
use arrow::compute::kernels::cmp;
use arrow::datatypes::{DataType, Float32Type, Float64Type};
use firesteel_common::{Result, SqlType};

use super::decimal::Operand;
use super::elementwise;
use super::encoding::{Rowwise, over_entries};
use crate::coerce::{comparison_operands, errors};
use crate::column::Column;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature, infix_form};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Comparison::Equal => ordering.is_eq(),
            Comparison::NotEqual => ordering.is_ne(),
            Comparison::Less => ordering.is_lt(),
            Comparison::LessOrEqual => ordering.is_le(),
            Comparison::Greater => ordering.is_gt(),
            Comparison::GreaterOrEqual => ordering.is_ge(),
        }
    }

    fn arrow(self, left: &dyn Datum, right: &dyn Datum) -> Result<BooleanArray> {
        Ok(match self {
            Comparison::Equal => cmp::eq(left, right)?,
            Comparison::NotEqual => cmp::neq(left, right)?,
            Comparison::Less => cmp::lt(left, right)?,
            Comparison::LessOrEqual => cmp::lt_eq(left, right)?,
            Comparison::Greater => cmp::gt(left, right)?,
            Comparison::GreaterOrEqual => cmp::gt_eq(left, right)?,
        })
    }
}

/// Compares two columns of one type. NULL where either is; `rows` long unless both are constants of one row.
pub fn compare(
    comparison: Comparison,
    left: &Column,
    right: &Column,
    data_type: &SqlType,
    rows: usize,
) -> Result<BooleanArray> {
    if *data_type == SqlType::Void || left.is_constant_null() || right.is_constant_null() {
        return Ok(BooleanArray::new_null(rows));
    }
    match data_type {
        SqlType::Decimal { .. } => compare_decimals(comparison, left, right, rows),
        SqlType::Float => compare_floats::<Float32Type>(comparison, left, right, rows),
        SqlType::Double => compare_floats::<Float64Type>(comparison, left, right, rows),
        nested if nested.is_nested() => compare_nested(comparison, &left.flat()?, &right.flat()?),
        _ => {
            let [l, r] = [left, right].map(operand);
            one_row_or(comparison.arrow(&l?, &r?)?, rows)
        }
    }
}

/// A column for Arrow's kernels: flat, constants as scalars.
fn operand(column: &Column) -> Result<Rowwise> {
    Ok(Rowwise::new(column, Column::Array(Arc::clone(column.values())).flat()?))
}

/// Two scalars give one row; it stands for all.
fn one_row_or(result: BooleanArray, rows: usize) -> Result<BooleanArray> {
    if result.len() == rows || result.len() != 1 {
        return Ok(result);
    }
    Ok(Column::constant(Arc::new(result), rows).flat()?.as_boolean().clone())
}

/// By unscaled values; both sides have one scale. 64-bit values against a constant are the common case.
fn compare_decimals(comparison: Comparison, left: &Column, right: &Column, rows: usize) -> Result<BooleanArray> {
    let (l, r) = (Operand::of(left)?, Operand::of(right)?);
    let result = match (narrow_operand(&l, left), narrow_operand(&r, right)) {
        (Some(l), Some(r)) => comparison.arrow(&l, &r)?,
        _ => comparison.arrow(&wide_operand(&l, left), &wide_operand(&r, right))?,
    };
    one_row_or(result, rows)
}

fn narrow_operand(operand: &Operand, column: &Column) -> Option<Rowwise> {
    let values = match operand {
        Operand::Narrow(values) => values.clone(),
        Operand::Wide(_) => return None,
        Operand::Constant(value) => ScalarBuffer::from(vec![i64::try_from(*value).ok()?]),
    };
    Some(Rowwise::new(column, Arc::new(Int64Array::new(values, array_nulls(column)))))
}

fn wide_operand(operand: &Operand, column: &Column) -> Rowwise {
    let values = match operand {
        Operand::Narrow(values) => values.iter().map(|value| i128::from(*value)).collect(),
        Operand::Wide(values) => values.clone(),
        Operand::Constant(value) => ScalarBuffer::from(vec![*value]),
    };
    // The digits of the default type serve both sides: only the values are compared.
    Rowwise::new(column, Arc::new(Decimal128Array::new(values, array_nulls(column))))
}

/// Validity of the rows of an array; a constant that is compared is valid.
fn array_nulls(column: &Column) -> Option<NullBuffer> {
    if column.is_constant() { None } else { column.nulls_buffer() }
}

/// IEEE's comparisons, corrected for NaN alone.
fn compare_floats<T>(comparison: Comparison, left: &Column, right: &Column, rows: usize) -> Result<BooleanArray>
where
    T: ArrowPrimitiveType,
    T::Native: Float,
{
    let (l, r) = (elementwise::Operand::<T>::of(left)?, elementwise::Operand::<T>::of(right)?);
    let nulls = NullBuffer::union(left.nulls_buffer().as_ref(), right.nulls_buffer().as_ref());
    let values = match comparison {
        Comparison::Equal => compare_values(&l, &r, rows, float_equal),
        Comparison::NotEqual => compare_values(&l, &r, rows, |a, b| !float_equal(a, b)),
        Comparison::Less => compare_values(&l, &r, rows, float_less),
        Comparison::GreaterOrEqual => compare_values(&l, &r, rows, |a, b| !float_less(a, b)),
        Comparison::Greater => compare_values(&l, &r, rows, |a, b| float_less(b, a)),
        Comparison::LessOrEqual => compare_values(&l, &r, rows, |a, b| !float_less(b, a)),
    };
    Ok(BooleanArray::new(values, nulls))
}

/// What is needed of f32 and f64.
pub trait Float: Copy + PartialOrd {
    fn is_nan(self) -> bool;
    /// One NaN, one zero.
    fn normalized(self) -> Self;
}

impl Float for f32 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn normalized(self) -> Self {
        if self.is_nan() { f32::NAN } else { self + 0.0 }
    }
}

impl Float for f64 {
    fn is_nan(self) -> bool {
        self.is_nan()
    }

    fn normalized(self) -> Self {
        if self.is_nan() { f64::NAN } else { self + 0.0 }
    }
}

// `|` and `&` instead of the lazy forms: no branches in the loop.
pub fn float_equal<F: Float>(a: F, b: F) -> bool {
    (a == b) | (a.is_nan() & b.is_nan())
}

pub fn float_less<F: Float>(a: F, b: F) -> bool {
    (a < b) | (b.is_nan() & !a.is_nan())
}

fn compare_values<T: ArrowPrimitiveType>(
    left: &elementwise::Operand<T>,
    right: &elementwise::Operand<T>,
    rows: usize,
    holds: impl Fn(T::Native, T::Native) -> bool,
) -> BooleanBuffer {
    use elementwise::Operand::{Constant, Values};
    match (left, right) {
        (Values(l), Values(r)) => BooleanBuffer::collect_bool(rows, |at| holds(l[at], r[at])),
        (Values(l), Constant(r)) => BooleanBuffer::collect_bool(rows, |at| holds(l[at], *r)),
        (Constant(l), Values(r)) => BooleanBuffer::collect_bool(rows, |at| holds(*l, r[at])),
        (Constant(l), Constant(r)) => {
            let holds = holds(*l, *r);
            BooleanBuffer::collect_bool(rows, |_| holds)
        }
    }
}

/// Arrays and structs member by member; a NULL inside equals NULL and is smaller than any value.
fn compare_nested(comparison: Comparison, left: &ArrayRef, right: &ArrayRef) -> Result<BooleanArray> {
    let (left, right) = (normalize_floats(left)?, normalize_floats(right)?);
    let order = arrow::array::make_comparator(left.as_ref(), right.as_ref(), SortOptions::default())?;
    let values = BooleanBuffer::collect_bool(left.len(), |at| comparison.holds(order(at, at)));
    Ok(BooleanArray::new(values, NullBuffer::union(left.nulls(), right.nulls())))
}

/// One NaN and one zero wherever floats occur: what is equal then has equal bytes.
pub fn normalize_floats(array: &ArrayRef) -> Result<ArrayRef> {
    Ok(match array.data_type() {
        DataType::Float32 => Arc::new(normalized(array.as_primitive::<Float32Type>())),
        DataType::Float64 => Arc::new(normalized(array.as_primitive::<Float64Type>())),
        DataType::List(_) | DataType::Struct(_) | DataType::Map(..) => {
            let data = array.to_data();
            let children = data
                .child_data()
                .iter()
                .map(|child| Ok(normalize_floats(&arrow::array::make_array(child.clone()))?.to_data()));
            let children = children.collect::<Result<Vec<_>>>()?;
            arrow::array::make_array(data.into_builder().child_data(children).build()?)
        }
        _ => Arc::clone(array),
    })
}

fn normalized<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> PrimitiveArray<T>
where
    T::Native: Float,
{
    array.unary(Float::normalized)
}

/// A comparison as a kernel; a dictionary beside a constant is compared by its entries.
fn kernel(comparison: Comparison, args: &KernelArgs<'_>) -> Result<Column> {
    let [left, right] = [&args.columns[0], &args.columns[1]];
    let compare = |left: &Column, right: &Column, rows| {
        Ok(Column::Array(Arc::new(compare(comparison, left, right, &args.types[0], rows)?)))
    };
    match (left.is_constant(), right.is_constant()) {
        (false, true) => over_entries(left, |left| compare(left, &right.slice(0, left.len()), left.len())),
        (true, false) => over_entries(right, |right| compare(&left.slice(0, right.len()), right, right.len())),
        _ => compare(left, right, args.rows),
    }
}

/// Equal or both NULL.
pub fn null_safe_equal(left: &Column, right: &Column, data_type: &SqlType, rows: usize) -> Result<BooleanArray> {
    let validity = |column: &Column| column.nulls_buffer().map(NullBuffer::into_inner);
    let equal = if left.is_constant_null() || right.is_constant_null() {
        BooleanBuffer::new_unset(rows)
    } else {
        compare(Comparison::Equal, left, right, data_type, rows)?.values().clone()
    };
    let result = match (validity(left), validity(right)) {
        (None, None) => equal,
        (Some(valid), None) | (None, Some(valid)) => &equal & &valid,
        (Some(l), Some(r)) => &(&equal & &(&l & &r)) | &(&!&l & &!&r),
    };
    Ok(BooleanArray::new(result, None))
}

fn operands(name: &'static str, args: Vec<ExprRef>, ordered: bool) -> Result<Vec<ExprRef>> {
    let [left, right] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let Some((left, right)) = comparison_operands(left, right) else {
        return Err(errors::different_operands(name, &args));
    };
    let common = left.data_type();
    let comparable = match ordered {
        true => common.is_orderable(),
        false => !matches!(common, SqlType::Map { .. } | SqlType::Variant),
    };
    if !comparable {
        return Err(errors::not_orderable(name, &args, common));
    }
    // Nested types may still differ in whether members can be NULL.
    let right = Expr::cast(right, common.clone(), CastMode::Ansi);
    Ok(vec![left, right])
}

const COMPARISON: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(|name, args| operands(name, args, true)),
    returns: |_| Ok(SqlType::Boolean),
    display: infix_form,
    ..ScalarFunction::DEFAULT
};

pub const EQUAL: ScalarFunction = ScalarFunction {
    name: "=",
    aliases: &["=="],
    signature: Signature::Custom(|name, args| operands(name, args, false)),
    kernel: Kernel::Batch(|args| kernel(Comparison::Equal, args)),
    doc: Doc {
        usage: "expr1 = expr2 - Returns true if `expr1` equals `expr2`, or false otherwise.",
        since: "1.0.0",
        examples: &[("SELECT 2 = 2", "true"), ("SELECT 1 = '1'", "true"), ("SELECT true = NULL", "NULL")],
    },
    ..COMPARISON
};

pub const NOT_EQUAL: ScalarFunction = ScalarFunction {
    name: "!=",
    aliases: &["<>"],
    signature: EQUAL.signature,
    kernel: Kernel::Batch(|args| kernel(Comparison::NotEqual, args)),
    doc: Doc {
        usage: "expr1 != expr2 - Returns true if `expr1` is not equal to `expr2`, or false otherwise.",
        since: "1.0.0",
        examples: &[("SELECT 1 != 2", "true"), ("SELECT true != NULL", "NULL")],
    },
    ..COMPARISON
};

pub const NULL_SAFE_EQUAL: ScalarFunction = ScalarFunction {
    name: "<=>",
    aliases: &["equal_null"],
    signature: EQUAL.signature,
    nullability: Nullability::Never,
    kernel: Kernel::Batch(|args| {
        let [left, right] = [&args.columns[0], &args.columns[1]];
        Ok(Column::Array(Arc::new(null_safe_equal(left, right, &args.types[0], args.rows)?)))
    }),
    doc: Doc {
        usage: "expr1 <=> expr2 - As `=` for operands that are not NULL; true if both are NULL, false if one is.",
        since: "1.1.0",
        examples: &[
            ("SELECT 2 <=> 2", "true"),
            ("SELECT 1 <=> '1'", "true"),
            ("SELECT true <=> NULL", "false"),
            ("SELECT NULL <=> NULL", "true"),
        ],
    },
    ..COMPARISON
};

pub const LESS: ScalarFunction = ScalarFunction {
    name: "<",
    kernel: Kernel::Batch(|args| kernel(Comparison::Less, args)),
    doc: Doc {
        usage: "expr1 < expr2 - Returns true if `expr1` is less than `expr2`.",
        since: "1.0.0",
        examples: &[("SELECT 1 < 2", "true"), ("SELECT 1.1 < '1'", "false"), ("SELECT 1 < NULL", "NULL")],
    },
    ..COMPARISON
};

pub const LESS_OR_EQUAL: ScalarFunction = ScalarFunction {
    name: "<=",
    kernel: Kernel::Batch(|args| kernel(Comparison::LessOrEqual, args)),
    doc: Doc {
        usage: "expr1 <= expr2 - Returns true if `expr1` is less than or equal to `expr2`.",
        since: "1.0.0",
        examples: &[("SELECT 2 <= 2", "true"), ("SELECT 1.0 <= '1'", "true"), ("SELECT 1 <= NULL", "NULL")],
    },
    ..COMPARISON
};

pub const GREATER: ScalarFunction = ScalarFunction {
    name: ">",
    kernel: Kernel::Batch(|args| kernel(Comparison::Greater, args)),
    doc: Doc {
        usage: "expr1 > expr2 - Returns true if `expr1` is greater than `expr2`.",
        since: "1.0.0",
        examples: &[("SELECT 2 > 1", "true"), ("SELECT 2 > 1.1", "true"), ("SELECT 1 > NULL", "NULL")],
    },
    ..COMPARISON
};

pub const GREATER_OR_EQUAL: ScalarFunction = ScalarFunction {
    name: ">=",
    kernel: Kernel::Batch(|args| kernel(Comparison::GreaterOrEqual, args)),
    doc: Doc {
        usage: "expr1 >= expr2 - Returns true if `expr1` is greater than or equal to `expr2`.",
        since: "1.0.0",
        examples: &[("SELECT 2 >= 1", "true"), ("SELECT 2.0 >= '2.1'", "false"), ("SELECT 1 >= NULL", "NULL")],
    },
    ..COMPARISON
};

pub const ALL: &[ScalarFunction] = &[EQUAL, NOT_EQUAL, NULL_SAFE_EQUAL, LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL];
