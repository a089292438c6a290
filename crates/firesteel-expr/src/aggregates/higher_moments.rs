//! `skewness` and `kurtosis`: count, mean and the sums of the second to fourth powers of distances from it, updated row by
//! row and merged without losing digits.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::datatypes::Float64Type;
use firesteel_common::{Result, SqlType};

use super::input::{Input, each_group};
use super::moments;
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::Doc;

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![
        AggregateFunction {
            name: "skewness",
            state_types: |_| Ok(vec![SqlType::Double; 5]),
            accumulator: |_| {
                Ok(Box::new(Powers::new(|m| m.n.sqrt() * m.third / (m.second * m.second * m.second).sqrt())))
            },
            doc: Doc {
                usage: "skewness(expr) - Returns the skewness value calculated from values of a group.",
                since: "1.6.0",
                examples: &[
                    (
                        "SELECT round(skewness(col), 9) FROM VALUES (-10), (-20), (100), (1000) AS tab(col)",
                        "1.113565747",
                    ),
                    (
                        "SELECT round(skewness(col), 9) FROM VALUES (-1000), (-100), (10), (20) AS tab(col)",
                        "-1.113565747",
                    ),
                ],
            },
            ..moments::common()
        },
        AggregateFunction {
            name: "kurtosis",
            state_types: |_| Ok(vec![SqlType::Double; 5]),
            accumulator: |_| Ok(Box::new(Powers::new(|m| m.n * m.fourth / (m.second * m.second) - 3.0))),
            doc: Doc {
                usage: "kurtosis(expr) - Returns the kurtosis value calculated from values of a group.",
                since: "1.6.0",
                examples: &[
                    (
                        "SELECT round(kurtosis(col), 9) FROM VALUES (-10), (-20), (100), (1000) AS tab(col)",
                        "-0.701436805",
                    ),
                    (
                        "SELECT round(kurtosis(col), 9) FROM VALUES (1), (10), (100), (10), (1) as tab(col)",
                        "0.194323232",
                    ),
                ],
            },
            ..moments::common()
        },
    ]
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    n: f64,
    mean: f64,
    second: f64,
    third: f64,
    fourth: f64,
}

impl Sums {
    fn add(&mut self, value: f64) {
        self.n += 1.0;
        let distance = value - self.mean;
        let step = distance / self.n;
        self.mean += step;
        let (distance2, step2) = (distance * distance, step * step);
        self.second += distance * (distance - step);
        self.third = self.third - 3.0 * step * self.second + distance * (distance2 - step2);
        self.fourth = self.fourth - 4.0 * step * self.third - 6.0 * step2 * self.second
            + distance * (distance * distance2 - step * step2);
    }

    fn merge(&mut self, other: Sums) {
        if other.n == 0.0 {
            return;
        }
        let (n1, n2, n) = (self.n, other.n, self.n + other.n);
        let distance = other.mean - self.mean;
        let step = distance / n;
        let (second, third) = (self.second, self.third);
        self.n = n;
        self.mean += step * n2;
        self.second = second + other.second + distance * step * n1 * n2;
        self.third = third
            + other.third
            + step * step * distance * n1 * n2 * (n1 - n2)
            + 3.0 * step * (n1 * other.second - n2 * second);
        self.fourth = self.fourth
            + other.fourth
            + step * step * step * distance * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2)
            + 6.0 * step * step * (n1 * n1 * other.second + n2 * n2 * second)
            + 4.0 * step * (n1 * other.third - n2 * third);
    }

    fn fields(&self) -> [f64; 5] {
        [self.n, self.mean, self.second, self.third, self.fourth]
    }
}

struct Powers {
    result: fn(&Sums) -> f64,
    sums: Vec<Sums>,
}

impl Powers {
    fn new(result: fn(&Sums) -> f64) -> Self {
        Self { result, sums: Vec::new() }
    }
}

impl Accumulator for Powers {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, Sums::default());
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        Input::new(&args[0])?.each::<Float64Type>(groups, |group, value| self.sums[group].add(value));
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let columns: Vec<_> = states.iter().map(|state| state.as_primitive::<Float64Type>().values()).collect();
        each_group(groups, None, |group, row| {
            let [n, mean, second, third, fourth] = [0, 1, 2, 3, 4].map(|at: usize| columns[at][row]);
            self.sums[group].merge(Sums { n, mean, second, third, fourth });
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let column = |at: usize| self.sums.iter().map(|sums| sums.fields()[at]).collect::<Vec<_>>();
        let states = (0..5).map(|at| Arc::new(Float64Array::from(column(at))) as ArrayRef).collect();
        self.resize(0);
        Ok(states)
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        // NULL without rows, and where all values are the same.
        let results = self.sums.iter().map(|sums| (sums.second != 0.0).then(|| (self.result)(sums)));
        let results: Float64Array = results.collect();
        self.resize(0);
        Ok(Arc::new(results))
    }

    fn memory_size(&self) -> usize {
        self.sums.capacity() * size_of::<Sums>()
    }
}
