//! Operators, conditionals and what else rules build: one file per family, one list.
//!
//! - [`arithmetic`]: what `+ - * / % div` take and give; computed in [`numeric`], [`decimal`] and [`interval`].
//! - [`datetime`]: what `+` and `-` mean for dates and timestamps.
//! - [`comparison`], [`boolean`], [`null_tests`], [`membership`], [`extremes`]: predicates and orders.
//! - [`conditional`]: CASE, IF, COALESCE.
//! - [`like`], [`mod@concat`], [`bitwise`]: text and bits.
//! - [`elementwise`], [`encoding`], [`failure`]: what the kernels share.

use crate::function::ScalarFunction;

pub mod arithmetic;
pub mod bitwise;
pub mod boolean;
pub mod comparison;
pub mod concat;
pub mod conditional;
pub mod datetime;
pub mod decimal;
pub mod elementwise;
pub mod encoding;
pub mod extremes;
pub mod failure;
pub mod interval;
pub mod like;
pub mod membership;
pub mod null_tests;
pub mod numeric;
pub mod pattern;

#[cfg(test)]
mod tests;

/// Every function of this crate, family by family.
pub const FAMILIES: &[&[ScalarFunction]] = &[
    arithmetic::ALL,
    interval::ALL,
    datetime::ALL,
    comparison::ALL,
    boolean::ALL,
    null_tests::ALL,
    membership::ALL,
    extremes::ALL,
    conditional::ALL,
    like::ALL,
    concat::ALL,
    bitwise::ALL,
];

/// Every function of this crate.
pub fn all() -> impl Iterator<Item = &'static ScalarFunction> {
    FAMILIES.iter().copied().flatten()
}
