//! `covar_pop`, `covar_samp` and `corr`: rows count in which neither argument is NULL.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Float64Type;
use firesteel_common::{Result, SqlType};

use super::input::{Input, each_group};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![
        AggregateFunction {
            name: "covar_pop",
            accumulator: |_| Ok(Box::new(Pairs::new(|pair| Some(pair.xy / pair.n)))),
            doc: Doc {
                usage: "covar_pop(expr1, expr2) - Returns the population covariance of a set of number pairs.",
                since: "2.0.0",
                examples: &[(
                    "SELECT covar_pop(c1, c2) FROM VALUES (1,1), (2,2), (3,3) AS tab(c1, c2)",
                    "0.6666666666666666",
                )],
            },
            ..common()
        },
        AggregateFunction {
            name: "covar_samp",
            accumulator: |_| Ok(Box::new(Pairs::new(|pair| (pair.n > 1.0).then(|| pair.xy / (pair.n - 1.0))))),
            doc: Doc {
                usage: "covar_samp(expr1, expr2) - Returns the sample covariance of a set of number pairs.",
                since: "2.0.0",
                examples: &[("SELECT covar_samp(c1, c2) FROM VALUES (1,1), (2,2), (3,3) AS tab(c1, c2)", "1.0")],
            },
            ..common()
        },
        AggregateFunction {
            name: "corr",
            accumulator: |_| {
                // NULL where one of them never changes.
                Ok(Box::new(Pairs::new(|pair| {
                    (pair.xx * pair.yy != 0.0).then(|| pair.xy / (pair.xx * pair.yy).sqrt())
                })))
            },
            doc: Doc {
                usage: "corr(expr1, expr2) - Returns Pearson coefficient of correlation between a set of number pairs.",
                since: "1.6.0",
                examples: &[(
                    "SELECT corr(c1, c2) FROM VALUES (3, 2), (3, 3), (6, 4) as tab(c1, c2)",
                    "0.8660254037844387",
                )],
            },
            ..common()
        },
    ]
}

pub(super) fn common() -> AggregateFunction {
    AggregateFunction {
        name: "",
        aliases: &[],
        signature: Signature::OneOf(&[&[Param::Double, Param::Double]]),
        returns: |_| Ok(SqlType::Double),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |_| Ok(vec![SqlType::Double; 6]),
        accumulator: |_| Ok(Box::new(Pairs::new(|_| None))),
        doc: Doc { usage: "", since: "", examples: &[] },
    }
}

/// Count, means, and sums of products of distances from the means.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pair {
    pub(super) n: f64,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) xy: f64,
    pub(super) xx: f64,
    pub(super) yy: f64,
}

impl Pair {
    fn add(&mut self, x: f64, y: f64) {
        self.n += 1.0;
        let (dx, dy) = (x - self.x, y - self.y);
        self.x += dx / self.n;
        self.y += dy / self.n;
        self.xy += dx * (y - self.y);
        self.xx += dx * (x - self.x);
        self.yy += dy * (y - self.y);
    }

    fn merge(&mut self, other: Pair) {
        if other.n == 0.0 {
            return;
        }
        let n = self.n + other.n;
        let (dx, dy) = (other.x - self.x, other.y - self.y);
        let weight = self.n * other.n / n;
        self.xy += other.xy + dx * dy * weight;
        self.xx += other.xx + dx * dx * weight;
        self.yy += other.yy + dy * dy * weight;
        self.x += dx * other.n / n;
        self.y += dy * other.n / n;
        self.n = n;
    }

    fn fields(&self) -> [f64; 6] {
        [self.n, self.x, self.y, self.xy, self.xx, self.yy]
    }
}

pub(super) struct Pairs {
    result: fn(&Pair) -> Option<f64>,
    pairs: Vec<Pair>,
}

impl Pairs {
    pub(super) fn new(result: fn(&Pair) -> Option<f64>) -> Self {
        Self { result, pairs: Vec::new() }
    }
}

impl Accumulator for Pairs {
    fn resize(&mut self, groups: usize) {
        self.pairs.resize(groups, Pair::default());
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if args.iter().any(Column::is_constant_null) {
            return Ok(());
        }
        let nulls = NullBuffer::union(args[0].nulls_buffer().as_ref(), args[1].nulls_buffer().as_ref());
        let (x, y) = (Input::new(&args[0])?, Input::new(&args[1])?);
        let (xs, ys) = (x.array.as_primitive::<Float64Type>(), y.array.as_primitive::<Float64Type>());
        each_group(groups, nulls.as_ref(), |group, row| {
            self.pairs[group].add(xs.value(x.at(row)), ys.value(y.at(row)));
        });
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let columns: Vec<_> = states.iter().map(|state| state.as_primitive::<Float64Type>().values()).collect();
        each_group(groups, None, |group, row| {
            let [n, x, y, xy, xx, yy] = [0, 1, 2, 3, 4, 5].map(|at: usize| columns[at][row]);
            self.pairs[group].merge(Pair { n, x, y, xy, xx, yy });
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let column = |at: usize| self.pairs.iter().map(|pair| pair.fields()[at]).collect::<Vec<_>>();
        let states = (0..6).map(|at| Arc::new(Float64Array::from(column(at))) as ArrayRef).collect();
        self.resize(0);
        Ok(states)
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let results = self.pairs.iter().map(|pair| if pair.n > 0.0 { (self.result)(pair) } else { None });
        let results: Float64Array = results.collect();
        self.resize(0);
        Ok(Arc::new(results))
    }

    fn memory_size(&self) -> usize {
        self.pairs.capacity() * size_of::<Pair>()
    }
}
