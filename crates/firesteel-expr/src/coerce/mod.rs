//! Spark's ANSI rules for implicit casts and result types: types in, types out, and the casts that follow from them.
//!
//! ```text
//! two types ──common_type──▶ the type both can be read as (comparisons, CASE, IN, set operations)
//! one type + Param ──implicit_type──▶ the type a function's argument is cast to
//! two decimals ──decimal::{add, multiply, …}──▶ the digits of an arithmetic result
//! arguments + Signature ──signature::apply──▶ arguments of exactly the types the kernel takes, or the error
//! ```

mod binary;
mod common;
pub mod decimal;
pub mod errors;
mod implicit;
pub mod signature;

pub use binary::{arithmetic_operands, comparison_operands};
pub use common::{common_type, common_type_of, tightest_common_type, wider_type};
pub use decimal::{decimal_of_integral, decimal_of_numeric};
pub use implicit::{accepts, can_implicitly_cast, can_store_assign, implicit_cast, implicit_type};

#[cfg(test)]
mod tests;
