//! `filter` and `map_filter`: the elements, or entries, for which the lambda says yes.

use arrow::array::Array;
use firesteel_common::Result;
use firesteel_expr::Column;
use firesteel_expr::eval::{LazyArgs, true_mask};
use firesteel_expr::function::{Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};

use super::calls::{Calls, check_predicate, entry, takes};
use super::transform::{WITH_POSITION, over_elements};
use crate::collection::entries::{Maps, map_column};
use crate::collection::lists::{Lists, list_column};

pub(super) const FILTER: ScalarFunction = ScalarFunction {
    name: "filter",
    signature: Signature::OneOf(&[&[Param::AnyArray]]),
    returns: |types| Ok(types[0].clone()),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    higher_order: Some(HigherOrder { check: check_predicate, ..WITH_POSITION }),
    kernel: Kernel::Lazy(filter),
    doc: Doc {
        usage: "filter(expr, func) - Filters the input array using the given lambda function.",
        since: "2.4.0",
        examples: &[
            ("SELECT filter(array(1, 2, 3), x -> x % 2 == 1)", "[1,3]"),
            ("SELECT filter(array(0, 2, 3), (x, i) -> x > i)", "[2,3]"),
            ("SELECT filter(array(0, null, 2, 3, null), x -> x IS NOT NULL)", "[0,2,3]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn filter(args: &mut LazyArgs<'_>) -> Result<Column> {
    let lists = Lists::new(&args.evaluate(0, args.rows())?)?;
    let calls = Calls::of_elements(&lists, args.rows().len());
    let mask = true_mask(&over_elements(args, &lists, &calls)?)?;
    let (places, offsets) = calls.kept(|call| mask.value(call));
    let elements = arrow::compute::take(lists.elements(), &places, None)?;
    list_column(args.return_type(), elements, offsets, lists.nulls().cloned())
}

pub(super) const MAP_FILTER: ScalarFunction = ScalarFunction {
    name: "map_filter",
    signature: Signature::OneOf(&[&[Param::AnyMap]]),
    returns: |types| Ok(types[0].clone()),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    higher_order: Some(HigherOrder {
        values: 1,
        lambdas: &[takes(2)],
        parameters: |values, _, _| Ok(entry(&values[0]).to_vec()),
        check: check_predicate,
    }),
    kernel: Kernel::Lazy(map_filter),
    doc: Doc {
        usage: "map_filter(expr, func) - Filters entries in a map using the function.",
        since: "3.0.0",
        examples: &[("SELECT map_filter(map(1, 0, 2, 2, 3, -1), (k, v) -> k > v)", "{1:0,3:-1}")],
    },
    ..ScalarFunction::DEFAULT
};

fn map_filter(args: &mut LazyArgs<'_>) -> Result<Column> {
    let maps = Maps::new(&args.evaluate(0, args.rows())?)?;
    let calls = maps.calls(args.rows().len());
    let parameters = vec![Column::Array(calls.take(maps.keys())?), Column::Array(calls.take(maps.values())?)];
    let mask = true_mask(&args.apply(1, &calls.of_rows, parameters)?)?;
    let (places, offsets) = calls.kept(|call| mask.value(call));
    let keys = arrow::compute::take(maps.keys(), &places, None)?;
    let values = arrow::compute::take(maps.values(), &places, None)?;
    map_column(args.return_type(), keys, values, offsets, maps.map().nulls().cloned())
}

impl Maps {
    /// A call for each entry of each map that is not NULL.
    pub(super) fn calls(&self, rows: usize) -> Calls {
        Calls::new(rows, |row| if self.is_valid(row) { self.range(row) } else { 0..0 })
    }
}
