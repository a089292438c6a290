//! `transform_keys` and `transform_values`: a map with other keys, or other values.

use arrow::array::Array;
use firesteel_common::{Result, SqlType};
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{CanFail, Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};

use super::calls::{entry, takes};
use crate::collection::entries::{Maps, check_key_type, map_column};

const OF_ENTRY: HigherOrder = HigherOrder {
    values: 1,
    lambdas: &[takes(2)],
    parameters: |values, _, _| Ok(entry(&values[0]).to_vec()),
    check: |_, args| Ok(args),
};

pub(super) const TRANSFORM_KEYS: ScalarFunction = ScalarFunction {
    name: "transform_keys",
    signature: Signature::OneOf(&[&[Param::AnyMap]]),
    returns_for: Some(|args| {
        let [_, (value, contains_null)] = entry(&args[0]);
        Ok(SqlType::map(args[1].data_type().clone(), value, contains_null))
    }),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    can_fail: CanFail::Always,
    higher_order: Some(HigherOrder { check: check_keys, ..OF_ENTRY }),
    kernel: Kernel::Lazy(|args| transformed(args, true)),
    doc: Doc {
        usage: "transform_keys(expr, func) - Transforms elements in a map using the function.",
        since: "3.0.0",
        examples: &[
            (
                "SELECT transform_keys(map_from_arrays(array(1, 2, 3), array(1, 2, 3)), (k, v) -> k + 1)",
                "{2:1,3:2,4:3}",
            ),
            (
                "SELECT transform_keys(map_from_arrays(array(1, 2, 3), array(1, 2, 3)), (k, v) -> k + v)",
                "{2:1,4:2,6:3}",
            ),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn check_keys(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    check_key_type(name, &args, args[1].data_type())?;
    Ok(args)
}

pub(super) const TRANSFORM_VALUES: ScalarFunction = ScalarFunction {
    name: "transform_values",
    signature: Signature::OneOf(&[&[Param::AnyMap]]),
    returns_for: Some(|args| {
        let [(key, _), _] = entry(&args[0]);
        Ok(SqlType::map(key, args[1].data_type().clone(), args[1].nullable()))
    }),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    higher_order: Some(OF_ENTRY),
    kernel: Kernel::Lazy(|args| transformed(args, false)),
    doc: Doc {
        usage: "transform_values(expr, func) - Transforms values in the map using the function.",
        since: "3.0.0",
        examples: &[(
            "SELECT transform_values(map_from_arrays(array(1, 2, 3), array(1, 2, 3)), (k, v) -> v + 1)",
            "{1:2,2:3,3:4}",
        )],
    },
    ..ScalarFunction::DEFAULT
};

fn transformed(args: &mut LazyArgs<'_>, is_key: bool) -> Result<Column> {
    let maps = Maps::new(&args.evaluate(0, args.rows())?)?;
    let calls = maps.calls(args.rows().len());
    let (keys, values) = (calls.take(maps.keys())?, calls.take(maps.values())?);
    let parameters = vec![Column::Array(keys.clone()), Column::Array(values.clone())];
    let new = args.apply(1, &calls.of_rows, parameters)?.flat_as(args.data_type(1))?;
    let (keys, values) = if is_key { (new, values) } else { (keys, new) };
    map_column(args.return_type(), keys, values, calls.offsets(), maps.map().nulls().cloned())
}
