//! What markers and computed names stand for.
//!
//! ```text
//! WHERE a > :low AND b = ?      WHERE a > 5 AND b = 'x'      values of `:low` and of the first `?`
//! FROM IDENTIFIER('t' || :n)    FROM t1                      the name that a constant text spells
//! ```
//! Both are put in place while the text is parsed, and what follows knows neither: a value may stand wherever a literal may,
//! and columns made of it are named as if it had been written.

use firesteel_common::Result;
use firesteel_plan::parsed::{Expr, Parameter, Statement};

/// Who knows values of parameters and computes texts.
pub trait Bindings {
    /// A marker's value, a constant expression. `None`: nothing is bound to it, and the analyzer will say so.
    fn value(&self, parameter: &Parameter) -> Result<Option<Expr>>;

    /// The text that a constant expression gives.
    fn text(&self, expr: &Expr) -> Result<String>;
}

/// The markers of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Markers {
    /// How many `?`.
    pub positional: usize,
    /// Whether there is a `:name`.
    pub named: bool,
}

/// A statement in whose text nothing is left to be bound, and what was.
#[derive(Debug)]
pub struct Bound {
    pub statement: Statement,
    pub markers: Markers,
}
