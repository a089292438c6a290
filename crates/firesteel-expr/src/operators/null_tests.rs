//! `isnull`, `isnotnull`, `isnan`.

use std::sync::Arc;

use arrow::array::{AsArray, BooleanArray};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::datatypes::{Float32Type, Float64Type};
use firesteel_common::{Result, SqlType};

use crate::column::Column;
use crate::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

fn validity(args: &KernelArgs<'_>) -> Option<BooleanBuffer> {
    match args.types[0] {
        SqlType::Void => Some(BooleanBuffer::new_unset(args.rows)),
        _ => args.columns[0].nulls_buffer().map(NullBuffer::into_inner),
    }
}

fn all(value: bool, rows: usize) -> Column {
    Column::constant(Arc::new(BooleanArray::from(vec![value])), rows)
}

fn is_null(args: &KernelArgs<'_>) -> Result<Column> {
    Ok(match validity(args) {
        None => all(false, args.rows),
        Some(valid) => Column::Array(Arc::new(BooleanArray::new(!&valid, None))),
    })
}

fn is_not_null(args: &KernelArgs<'_>) -> Result<Column> {
    Ok(match validity(args) {
        None => all(true, args.rows),
        Some(valid) => Column::Array(Arc::new(BooleanArray::new(valid, None))),
    })
}

const NULL_TEST: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Any]]),
    returns: |_| Ok(SqlType::Boolean),
    nullability: Nullability::Never,
    ..ScalarFunction::DEFAULT
};

pub const IS_NULL: ScalarFunction = ScalarFunction {
    name: "isnull",
    kernel: Kernel::Batch(is_null),
    display: |_, args| format!("({} IS NULL)", args.join(", ")),
    doc: Doc {
        usage: "isnull(expr) - Returns true if `expr` is null, or false otherwise.",
        since: "1.0.0",
        examples: &[("SELECT isnull(1)", "false")],
    },
    ..NULL_TEST
};

pub const IS_NOT_NULL: ScalarFunction = ScalarFunction {
    name: "isnotnull",
    kernel: Kernel::Batch(is_not_null),
    display: |_, args| format!("({} IS NOT NULL)", args.join(", ")),
    doc: Doc {
        usage: "isnotnull(expr) - Returns true if `expr` is not null, or false otherwise.",
        since: "1.0.0",
        examples: &[("SELECT isnotnull(1)", "true")],
    },
    ..NULL_TEST
};

fn is_nan(args: &KernelArgs<'_>) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let valid = |at: usize| !flat.is_null(at);
    let values = match args.types[0] {
        SqlType::Float => {
            let floats = flat.as_primitive::<Float32Type>();
            BooleanBuffer::collect_bool(args.rows, |at| valid(at) && floats.value(at).is_nan())
        }
        _ => {
            let floats = flat.as_primitive::<Float64Type>();
            BooleanBuffer::collect_bool(args.rows, |at| valid(at) && floats.value(at).is_nan())
        }
    };
    Ok(Column::Array(Arc::new(BooleanArray::new(values, None))))
}

pub const IS_NAN: ScalarFunction = ScalarFunction {
    name: "isnan",
    signature: Signature::Custom(|name, args| match args.as_slice() {
        [arg] if *arg.data_type() == SqlType::Float => Ok(args),
        _ => crate::coerce::signature::apply(name, Signature::OneOf(&[&[Param::Double]]), args),
    }),
    kernel: Kernel::Batch(is_nan),
    doc: Doc {
        usage: "isnan(expr) - Returns true if `expr` is NaN, or false otherwise.",
        since: "1.5.0",
        examples: &[("SELECT isnan(cast('NaN' as double))", "true")],
    },
    ..NULL_TEST
};

pub const ALL: &[ScalarFunction] = &[IS_NULL, IS_NOT_NULL, IS_NAN];
