//! Resolved expressions and everything needed to compute them, in reading order:
//!
//! - [`mod@column`], [`batch`]: data in flight — columns in any encoding, rows behind an optional selection.
//! - [`expr`], [`literal`]: the one typed expression tree of logical and physical plans.
//! - [`function`], [`aggregate`], [`registry`]: what a function is (a descriptor), and how it is found by name.
//! - [`coerce`]: Spark's ANSI rules for implicit casts and result types, as tables.
//! - [`cast`]: CAST and TRY_CAST from any type to any other.
//! - [`operators`], [`aggregates`]: the operators and the aggregates that rules build themselves.
//! - [`window`]: what a call over a window computes, and the functions that exist over windows only.
//! - [`java_regex`]: regular expressions in Java's syntax.
//! - [`eval`]: an expression bound to column positions, computed over batches.

pub mod aggregate;
pub mod aggregates;
pub mod batch;
pub mod cast;
pub mod coerce;
pub mod column;
pub mod eval;
pub mod expr;
pub mod function;
pub mod java_regex;
pub mod literal;
pub mod operators;
pub mod registry;
pub mod window;

pub use aggregate::{
    Accumulator, AggregateCall, AggregateFunction, AggregateRef, AggregateStep, GroupIndices, GroupOrder,
};
pub use batch::{Batch, Selection};
pub use column::Column;
pub use eval::{EvalContext, Evaluator, Predicate};
pub use expr::{CastMode, Expr, ExprKind, ExprRef, Parameter};
pub use function::{FunctionRef, ScalarFunction};
pub use literal::Literal;
pub use window::WindowCall;
