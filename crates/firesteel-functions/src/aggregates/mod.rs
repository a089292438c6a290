//! Aggregates beyond those of `firesteel-expr`: a file per family, one list.
//!
//! What planning must know of an argument (a percentage, an accuracy) is checked and folded by [`constants`], read from
//! the first batch, and travels with the states: a worker may have seen no row and still be the one that merges.

use firesteel_common::SqlType;
use firesteel_expr::AggregateFunction;
use firesteel_expr::function::{Doc, Signature};

mod approx_count_distinct;
mod approx_percentile;
mod bitmap;
mod bits;
mod by;
mod constants;
mod histogram;
mod lists;
mod mode;
mod numbers;
mod percentile;

pub(crate) fn all() -> Vec<AggregateFunction> {
    let mut all = vec![
        approx_count_distinct::approx_count_distinct(),
        approx_percentile::percentile_approx(),
        by::max_by(),
        by::min_by(),
        histogram::histogram_numeric(),
        mode::mode(),
        mode::mode_within_group(),
        percentile::median(),
        percentile::percentile(),
        percentile::percentile_cont(),
        percentile::percentile_disc(),
    ];
    all.extend(bits::functions());
    all.extend(bitmap::functions());
    all
}

/// NULL without rows; name, signature, types and accumulator are to be given.
fn common() -> AggregateFunction {
    AggregateFunction {
        name: "",
        aliases: &[],
        signature: Signature::OneOf(&[]),
        returns: |_| Ok(SqlType::Void),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |_| Ok(Vec::new()),
        accumulator: |_| Err(firesteel_common::internal!("an aggregate without an accumulator")),
        doc: Doc { usage: "", since: "", examples: &[] },
    }
}
