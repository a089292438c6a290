//! The aggregates that rules build and queries use most: one file per family, one list.
//!
//! States are arrays by group id. [`input`] turns an argument of any encoding into values to loop over.

use crate::aggregate::AggregateFunction;

mod average;
mod boolean;
mod count;
mod covariance;
mod first;
mod input;
mod min_max;
mod moments;
mod sum;

/// Every aggregate of this crate.
pub fn all() -> Vec<AggregateFunction> {
    let mut all = vec![
        sum::function(),
        average::function(),
        count::count(),
        count::count_if(),
        min_max::min(),
        min_max::max(),
        first::any_value(),
        first::first(),
        first::last(),
        boolean::bool_and(),
        boolean::bool_or(),
    ];
    all.extend(moments::functions());
    all.extend(covariance::functions());
    all
}

#[cfg(test)]
mod tests;
