//! Functions that take functions: `transform(array, x -> x + 1)`.
//!
//! ```text
//! [[1,2],NULL,[3]] ──calls──▶ elements 1 2 3 of rows 0 0 2 ──the lambda, all at once──▶ 2 3 4 ──▶ [[2,3],NULL,[4]]
//! ```
//! A lambda is evaluated over flattened elements, columns from around it repeated for each (`LazyArgs::apply`). Where
//! Spark would stop early or goes from one element to the next, rows take their elements in rounds: the first element of
//! every row, then the second of every row that still has one, ….

use firesteel_expr::function::ScalarFunction;

mod aggregate;
mod array_sort;
mod calls;
mod filter;
mod maps;
mod quantifiers;
mod transform;
mod zip;

pub(crate) const ALL: &[ScalarFunction] = &[
    aggregate::AGGREGATE,
    aggregate::REDUCE,
    array_sort::ARRAY_SORT,
    filter::FILTER,
    filter::MAP_FILTER,
    maps::TRANSFORM_KEYS,
    maps::TRANSFORM_VALUES,
    quantifiers::EXISTS,
    quantifiers::FORALL,
    transform::TRANSFORM,
    zip::MAP_ZIP_WITH,
    zip::ZIP_WITH,
];
