//! `transform`: each element, or each element and its position from 0, becomes another.

use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::eval::LazyArgs;
use firesteel_expr::function::{Arity, Doc, HigherOrder, Kernel, Nullability, Param, ScalarFunction, Signature};

use super::calls::{Calls, element};
use crate::collection::lists::{Lists, list_column};

/// Of an element, or of an element and its position.
pub(super) const WITH_POSITION: HigherOrder = HigherOrder {
    values: 1,
    lambdas: &[Arity { usual: 1, or: Some(2), optional: false }],
    parameters: |values, _, count| {
        let mut parameters = vec![element(&values[0])];
        if count == 2 {
            parameters.push((SqlType::Int, false));
        }
        Ok(parameters)
    },
    check: |_, args| Ok(args),
};

pub(super) const TRANSFORM: ScalarFunction = ScalarFunction {
    name: "transform",
    signature: Signature::OneOf(&[&[Param::AnyArray]]),
    returns_for: Some(|args| Ok(SqlType::array(args[1].data_type().clone(), args[1].nullable()))),
    nullability: Nullability::Custom(|args| args[0].nullable()),
    higher_order: Some(WITH_POSITION),
    kernel: Kernel::Lazy(transform),
    doc: Doc {
        usage: "transform(expr, func) - Transforms elements in an array using the function.",
        since: "2.4.0",
        examples: &[
            ("SELECT transform(array(1, 2, 3), x -> x + 1)", "[2,3,4]"),
            ("SELECT transform(array(1, 2, 3), (x, i) -> x + i)", "[1,3,5]"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn transform(args: &mut LazyArgs<'_>) -> Result<Column> {
    let lists = Lists::new(&args.evaluate(0, args.rows())?)?;
    let calls = Calls::of_elements(&lists, args.rows().len());
    let values = over_elements(args, &lists, &calls)?;
    let values = values.flat_as(args.data_type(1))?;
    list_column(args.return_type(), values, calls.offsets(), lists.nulls().cloned())
}

/// The lambda over elements and, if it names a second parameter, their positions.
pub(super) fn over_elements(args: &mut LazyArgs<'_>, lists: &Lists, calls: &Calls) -> Result<Column> {
    let mut parameters = vec![Column::Array(calls.take(lists.elements())?)];
    if args.parameters(1)? == 2 {
        parameters.push(calls.positions());
    }
    args.apply(1, &calls.of_rows, parameters)
}
