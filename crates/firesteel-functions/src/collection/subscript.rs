//! `operand[index]` and `get`: an array's element by position from 0; of a map the value of a key, NULL without one.

use arrow::array::{Array, AsArray, UInt32Array};
use arrow::datatypes::Int64Type;
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::coerce::{common_type_of, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{CastMode, Column, Expr, ExprRef};

use super::element_at::{ELEMENT_AT, of_map};
use crate::rows::Numbers;

pub(super) const SUBSCRIPT: ScalarFunction = ScalarFunction {
    name: "[]",
    signature: Signature::Custom(operands),
    returns: ELEMENT_AT.returns,
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::When(|args| matches!(args[0].data_type(), SqlType::Array { .. })),
    kernel: Kernel::Batch(|args| match args.types[0] {
        SqlType::Array { .. } => of_array(args, true),
        _ => of_map(args),
    }),
    display: |_, args| format!("{}[{}]", args[0], args[1]),
    doc: Doc {
        usage: "expr[index] - Returns the array's element at the given (0-based) index, or the map's value for the key.",
        since: "1.0.0",
        examples: &[("SELECT array(1, 2, 3)[0]", "1"), ("SELECT map('a', 1)['b']", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const GET: ScalarFunction = ScalarFunction {
    name: "get",
    signature: Signature::OneOf(&[&[Param::AnyArray, Param::BigInt]]),
    returns: ELEMENT_AT.returns,
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| of_array(args, false)),
    doc: Doc {
        usage: "get(array, index) - Returns element of array at given (0-based) index, NULL outside of the array.",
        since: "3.4.0",
        examples: &[
            ("SELECT get(array(1, 2, 3), 0)", "1"),
            ("SELECT get(array(1, 2, 3), 3)", "NULL"),
            ("SELECT get(array(1, 2, 3), -1)", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// A whole number beside an array, the key's type beside a map.
pub(super) fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [operand, index] = args.as_slice() else { return Err(errors::wrong_num_args(name, "2", args.len())) };
    let given = index.data_type();
    let to = match operand.data_type() {
        SqlType::Array { .. } if given.is_integral() || *given == SqlType::Void => SqlType::BigInt,
        SqlType::Array { .. } => {
            return Err(errors::unexpected_input(name, &args, 1, errors::required_type(&[Param::Integral])));
        }
        SqlType::Map { key, .. } => match common_type_of(&[key.as_ref().clone(), given.clone()]) {
            Some(common) if common == **key => common,
            _ => return Err(errors::unexpected_input(name, &args, 1, key.quoted_sql())),
        },
        other => {
            let base = format!("\"{}\"", errors::sql_text(operand));
            return Err(error!(INVALID_EXTRACT_BASE_FIELD_TYPE, base = base, other = other.quoted_sql()));
        }
    };
    Ok(vec![operand.clone(), Expr::cast(index.clone(), to, CastMode::Ansi)])
}

fn of_array(args: &KernelArgs<'_>, raises: bool) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let list = flat.as_list::<i32>();
    let indices = Numbers::<Int64Type>::of(args, 1)?;
    let mut places = Vec::with_capacity(args.rows);
    for row in 0..args.rows {
        let Some(index) = indices.get(row).filter(|_| list.is_valid(row)) else {
            places.push(None);
            continue;
        };
        let (start, length) = (i64::from(list.value_offsets()[row]), i64::from(list.value_length(row)));
        let inside = (0..length).contains(&index);
        if !inside && raises {
            bail!(INVALID_ARRAY_INDEX, arraySize = length.to_string(), indexValue = index.to_string());
        }
        places.push(inside.then_some((start + index) as u32));
    }
    Ok(Column::Array(arrow::compute::take(list.values(), &UInt32Array::from(places), None)?))
}
