//! The aggregates that rules build and queries use most: one file per family, one list.
//!
//! States are arrays by group id. [`input`] turns an argument of any encoding into values to loop over; [`picked`] keeps
//! one value of any type per group.

use crate::aggregate::AggregateFunction;

mod average;
mod boolean;
mod collect;
mod count;
mod covariance;
mod first;
mod gathered;
mod higher_moments;
pub mod input;
mod listagg;
mod min_max;
mod moments;
mod ordered;
mod partial;
pub mod picked;
mod regression;
mod sum;

pub(crate) use ordered::ordered;
pub(crate) use partial::{merging, partial, state_struct};

/// Every aggregate of this crate.
pub fn all() -> Vec<AggregateFunction> {
    let mut all = vec![
        sum::function(),
        sum::try_sum(),
        average::function(),
        average::try_avg(),
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
    all.extend(collect::functions());
    all.push(listagg::listagg());
    all.extend(higher_moments::functions());
    all.extend(regression::functions());
    all
}

#[cfg(test)]
mod tests;
