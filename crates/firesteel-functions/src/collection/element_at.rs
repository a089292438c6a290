//! `element_at`: of an array by 1-based position, negative ones from the end; of a map by key.

use arrow::array::{Array, AsArray, UInt32Array};
use arrow::compute::kernels::cmp::not_distinct;
use arrow::datatypes::Int32Type;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::coerce::signature;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::subscript;
use crate::rows::Numbers;

pub(super) const ELEMENT_AT: ScalarFunction = ScalarFunction {
    name: "element_at",
    signature: Signature::Custom(operands),
    returns: |types| {
        Ok(match &types[0] {
            SqlType::Array { element, .. } => element.as_ref().clone(),
            SqlType::Map { value, .. } => value.as_ref().clone(),
            other => other.clone(),
        })
    },
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::When(|args| matches!(args[0].data_type(), SqlType::Array { .. })),
    kernel: Kernel::Batch(|args| element_at(args, true)),
    doc: Doc {
        usage: "element_at(array, index) - Returns element of array at given (1-based) index; a negative index counts from \
                the end. element_at(map, key) - Returns value for given key, NULL without one.",
        since: "2.4.0",
        examples: &[("SELECT element_at(array(1, 2, 3), 2)", "2"), ("SELECT element_at(map(1, 'a', 2, 'b'), 2)", "b")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_ELEMENT_AT: ScalarFunction = ScalarFunction {
    name: "try_element_at",
    kernel: Kernel::Batch(|args| element_at(args, false)),
    doc: Doc {
        usage: "try_element_at(array, index) - As element_at, but NULL where there is no such element.",
        since: "3.5.0",
        examples: &[("SELECT try_element_at(array(1, 2, 3), 5)", "NULL")],
    },
    ..ELEMENT_AT
};

/// As for a subscript, but for the index's width.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.first().map(|operand| operand.data_type()) {
        Some(SqlType::Map { .. }) if args.len() == 2 => subscript::operands(name, args),
        _ => signature::apply(name, Signature::OneOf(&[&[Param::AnyArray, Param::Int]]), args),
    }
}

fn element_at(args: &KernelArgs<'_>, raises: bool) -> Result<Column> {
    match args.types[0] {
        SqlType::Array { .. } => of_array(args, raises),
        _ => of_map(args),
    }
}

fn of_array(args: &KernelArgs<'_>, raises: bool) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let list = flat.as_list::<i32>();
    let indices = Numbers::<Int32Type>::of(args, 1)?;
    let mut places = Vec::with_capacity(args.rows);
    for row in 0..args.rows {
        let index = indices.get(row).filter(|_| list.is_valid(row));
        let place = match index {
            None => None,
            Some(0) => bail!(INVALID_INDEX_OF_ZERO),
            Some(index) => {
                let (start, length) = (list.value_offsets()[row], list.value_length(row));
                let at = if index > 0 { index - 1 } else { length + index };
                let inside = (0..length).contains(&at);
                if !inside && raises {
                    bail!(
                        INVALID_ARRAY_INDEX_IN_ELEMENT_AT,
                        arraySize = length.to_string(),
                        indexValue = index.to_string()
                    );
                }
                inside.then_some((start + at) as u32)
            }
        };
        places.push(place);
    }
    Ok(Column::Array(arrow::compute::take(list.values(), &UInt32Array::from(places), None)?))
}

/// The value of each row's key, which is of the map's key type.
pub(super) fn of_map(args: &KernelArgs<'_>) -> Result<Column> {
    let flat = args.columns[0].flat()?;
    let map = flat.as_map();
    let wanted = args.columns[1].flat()?;
    // Each entry of all maps beside the key that its row looks for.
    let offsets = map.value_offsets();
    let rows = (0..map.len()).flat_map(|row| (offsets[row]..offsets[row + 1]).map(move |_| row as u32));
    let wanted = arrow::compute::take(&wanted, &UInt32Array::from_iter_values(rows), None)?;
    let first = offsets[0] as usize;
    let keys = map.keys().slice(first, wanted.len());
    let found = not_distinct(&keys, &wanted)?;
    let place = |row: usize| {
        let range = offsets[row]..offsets[row + 1];
        range.map(|at| at as usize).find(|at| found.value(at - first)).map(|at| at as u32)
    };
    let places: UInt32Array = (0..map.len()).map(|row| if map.is_valid(row) { place(row) } else { None }).collect();
    Ok(Column::Array(arrow::compute::take(map.values(), &places, None)?))
}
