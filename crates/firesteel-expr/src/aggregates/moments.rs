//! Variance and standard deviation: count, mean and the sum of squared distances from it, updated row by row and merged
//! without losing digits.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;
use firesteel_common::{Result, SqlType};

use super::input::Input;
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![
        AggregateFunction {
            name: "stddev_samp",
            aliases: &["stddev", "std"],
            accumulator: |_| Ok(Box::new(Moments::new(|n, squares| (n > 1.0).then(|| (squares / (n - 1.0)).sqrt())))),
            doc: Doc {
                usage: "stddev_samp(expr) - Returns the sample standard deviation calculated from values of a group.",
                since: "1.6.0",
                examples: &[("SELECT stddev_samp(col) FROM VALUES (1), (2), (3) AS tab(col)", "1.0")],
            },
            ..common()
        },
        AggregateFunction {
            name: "stddev_pop",
            accumulator: |_| Ok(Box::new(Moments::new(|n, squares| Some((squares / n).sqrt())))),
            doc: Doc {
                usage: "stddev_pop(expr) - Returns the population standard deviation calculated from values of a group.",
                since: "1.6.0",
                examples: &[("SELECT stddev_pop(col) FROM VALUES (1), (2), (3) AS tab(col)", "0.816496580927726")],
            },
            ..common()
        },
        AggregateFunction {
            name: "var_samp",
            aliases: &["variance"],
            accumulator: |_| Ok(Box::new(Moments::new(|n, squares| (n > 1.0).then(|| squares / (n - 1.0))))),
            doc: Doc {
                usage: "var_samp(expr) - Returns the sample variance calculated from values of a group.",
                since: "1.6.0",
                examples: &[("SELECT var_samp(col) FROM VALUES (1), (2), (3) AS tab(col)", "1.0")],
            },
            ..common()
        },
        AggregateFunction {
            name: "var_pop",
            accumulator: |_| Ok(Box::new(Moments::new(|n, squares| Some(squares / n)))),
            doc: Doc {
                usage: "var_pop(expr) - Returns the population variance calculated from values of a group.",
                since: "1.6.0",
                examples: &[("SELECT var_pop(col) FROM VALUES (1), (2), (3) AS tab(col)", "0.6666666666666666")],
            },
            ..common()
        },
    ]
}

pub(super) fn common() -> AggregateFunction {
    AggregateFunction {
        name: "",
        aliases: &[],
        signature: Signature::OneOf(&[&[Param::Double]]),
        returns: |_| Ok(SqlType::Double),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |_| Ok(vec![SqlType::Double; 3]),
        accumulator: |_| Ok(Box::new(Moments::new(|_, _| None))),
        doc: Doc { usage: "", since: "", examples: &[] },
    }
}

/// The result from the count (never zero) and the sum of squared distances.
pub(super) type FromMoments = fn(f64, f64) -> Option<f64>;

pub(super) struct Moments {
    result: FromMoments,
    counts: Vec<f64>,
    means: Vec<f64>,
    squares: Vec<f64>,
}

impl Moments {
    pub(super) fn new(result: FromMoments) -> Self {
        Self { result, counts: Vec::new(), means: Vec::new(), squares: Vec::new() }
    }
}

impl Accumulator for Moments {
    fn resize(&mut self, groups: usize) {
        for values in [&mut self.counts, &mut self.means, &mut self.squares] {
            values.resize(groups, 0.0);
        }
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let Self { counts, means, squares, .. } = self;
        Input::new(&args[0])?.each::<Float64Type>(groups, |group, value| {
            counts[group] += 1.0;
            let distance = value - means[group];
            let step = distance / counts[group];
            means[group] += step;
            squares[group] += distance * (distance - step);
        });
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let [n, means, squares] = [0, 1, 2].map(|at| states[at].as_primitive::<Float64Type>().values());
        super::input::each_group(groups, None, |group, row| {
            let (own, other) = (self.counts[group], n[row]);
            let total = own + other;
            if other == 0.0 {
                return;
            }
            let distance = means[row] - self.means[group];
            let step = distance / total;
            self.counts[group] = total;
            self.means[group] += step * other;
            self.squares[group] += squares[row] + distance * step * own * other;
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let take = |values: &mut Vec<f64>| Arc::new(Float64Array::from(std::mem::take(values))) as ArrayRef;
        Ok(vec![take(&mut self.counts), take(&mut self.means), take(&mut self.squares)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let groups = self.counts.iter().zip(&self.squares);
        let results = groups.map(|(n, squares)| if *n > 0.0 { (self.result)(*n, *squares) } else { None });
        let results: Float64Array = results.collect();
        self.resize(0);
        Ok(Arc::new(results))
    }

    fn memory_size(&self) -> usize {
        3 * self.counts.capacity() * size_of::<f64>()
    }
}
