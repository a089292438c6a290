//! `abs`: the type stays; the smallest integer has no counterpart.

use arrow::array::{ArrowNativeTypeOp, ArrowPrimitiveType};
use arrow::datatypes::{
    DataType, Decimal64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
};
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::Column;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use arrow::array::{Array, AsArray};
use std::sync::Arc;

pub(super) const ABS: ScalarFunction = ScalarFunction {
    name: "abs",
    signature: Signature::OneOf(&[&[Param::Numeric]]),
    returns: |types| Ok(types[0].clone()),
    can_fail: CanFail::When(|args| args[0].data_type().is_integral()),
    kernel: Kernel::Batch(abs),
    doc: Doc {
        usage: "abs(expr) - Returns the absolute value of the numeric value.",
        since: "1.2.0",
        examples: &[("SELECT abs(-1)", "1")],
    },
    ..ScalarFunction::DEFAULT
};

fn abs(args: &KernelArgs<'_>) -> Result<Column> {
    let column = &args.columns[0];
    // Narrow decimals stay narrow.
    if let (SqlType::Decimal { .. }, DataType::Decimal64(precision, scale)) = (&args.types[0], column.arrow_type()) {
        let values = column.values().as_primitive::<Decimal64Type>().unary::<_, Decimal64Type>(i64::abs);
        let values: arrow::array::ArrayRef = Arc::new(values.with_precision_and_scale(*precision, *scale)?);
        return Ok(like(column, values));
    }
    match &args.types[0] {
        SqlType::TinyInt => of::<Int8Type>(args, i8::checked_abs),
        SqlType::SmallInt => of::<Int16Type>(args, i16::checked_abs),
        SqlType::Int => of::<Int32Type>(args, i32::checked_abs),
        SqlType::BigInt => of::<Int64Type>(args, i64::checked_abs),
        SqlType::Float => of::<Float32Type>(args, |value| Some(value.abs())),
        SqlType::Double => of::<Float64Type>(args, |value| Some(value.abs())),
        SqlType::Decimal { .. } => of::<Decimal128Type>(args, i128::checked_abs),
        other => Err(internal!("abs of {other}")),
    }
}

/// The values in the encoding of `column`.
fn like(column: &Column, values: arrow::array::ArrayRef) -> Column {
    match column {
        Column::Constant(_, rows) => Column::Constant(values, *rows),
        Column::Array(_) => Column::Array(values),
    }
}

fn of<T: ArrowPrimitiveType>(args: &KernelArgs<'_>, abs: impl Fn(T::Native) -> Option<T::Native>) -> Result<Column>
where
    T::Native: ArrowNativeTypeOp,
{
    let column = &args.columns[0];
    let flat = match column {
        Column::Constant(..) => column.slice(0, 1).flat_as(&args.types[0])?,
        Column::Array(_) => column.flat_as(&args.types[0])?,
    };
    let data_type = flat.data_type().clone();
    let overflow =
        || error!(ARITHMETIC_OVERFLOW, alternative = "", config = "\"spark.sql.ansi.enabled\"", message = "overflow");
    let values = flat.as_primitive::<T>().try_unary::<_, T, _>(|value| abs(value).ok_or_else(overflow))?;
    Ok(like(column, Arc::new(values.with_data_type(data_type))))
}
