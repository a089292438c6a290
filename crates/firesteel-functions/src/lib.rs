//! Every built-in function beyond the operators and the core aggregates: a folder per group, a file per function or tight
//! family, one list per folder. A function's file says everything about it: signature, result, NULLs, failures, kernel,
//! documentation.

use std::sync::Once;

use firesteel_expr::function::ScalarFunction;
use firesteel_expr::registry;

mod aggregates;
mod collection;
mod datetime;
mod hash;
mod json;
mod lambda;
mod math;
mod misc;
mod rows;
mod string;

/// Makes the functions known to the registry; calls after the first do nothing.
pub fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| registry::install(&all(), aggregates::all()));
}

fn all() -> Vec<ScalarFunction> {
    [string::ALL, math::ALL, datetime::ALL, collection::ALL, lambda::ALL, json::ALL, hash::ALL, misc::ALL].concat()
}

/// Every example of every function, aggregates, window functions and operators included: function, SQL, result as text.
pub fn examples() -> Vec<(&'static str, &'static str, &'static str)> {
    install();
    let scalars = registry::scalar_functions();
    let aggregates = registry::aggregate_functions();
    let windows = firesteel_expr::window::FUNCTIONS.iter().map(|f| (f.name, f.doc));
    let docs = scalars.iter().map(|f| (f.name, f.doc)).chain(aggregates.iter().map(|f| (f.name, f.doc))).chain(windows);
    docs.flat_map(|(name, doc)| doc.examples.iter().map(move |(sql, expected)| (name, *sql, *expected))).collect()
}

#[cfg(test)]
mod tests;
