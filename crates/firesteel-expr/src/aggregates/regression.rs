//! Linear regression of `y` on `x`, given in this order: `regr_count`, `regr_slope` and their kin. Rows count in which
//! neither is NULL.

use arrow::array::{ArrayRef, AsArray, Float64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Float64Type;
use firesteel_common::{Result, SqlType};
use std::sync::Arc;

use super::average::DoubleAverage;
use super::count::count;
use super::covariance::{self, Pair, Pairs};
use super::moments::Moments;
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn functions() -> Vec<AggregateFunction> {
    let mut all = vec![regr_count(), average("regr_avgx", X), average("regr_avgy", Y)];
    all.extend([squares("regr_sxx", X), squares("regr_syy", Y)]);
    all.extend([
        of_pairs("regr_sxy", |_| Ok(Box::new(Pairs::new(|pair| Some(pair.xy))))),
        of_pairs("regr_slope", |_| Ok(Box::new(Pairs::new(slope)))),
        of_pairs("regr_intercept", |_| Ok(Box::new(Pairs::new(|pair| Some(pair.x - slope(pair)? * pair.y))))),
        of_pairs("regr_r2", |_| Ok(Box::new(Pairs::new(determination)))),
    ]);
    all
}

/// Where the arguments stand.
const Y: usize = 0;
const X: usize = 1;

/// A pair's first value is `y`, its second `x`.
fn slope(pair: &Pair) -> Option<f64> {
    (pair.yy != 0.0).then(|| pair.xy / pair.yy)
}

fn determination(pair: &Pair) -> Option<f64> {
    match (pair.xx, pair.yy) {
        (_, 0.0) => None,
        (0.0, _) => Some(1.0),
        _ => {
            let correlation = pair.xy / (pair.xx * pair.yy).sqrt();
            Some(correlation * correlation)
        }
    }
}

fn documentation(name: &str) -> Doc {
    match name {
        "regr_avgx" => Doc {
            usage: "regr_avgx(y, x) - Returns the average of the independent variable for non-null pairs in a group, where \
                    `y` is the dependent variable and `x` is the independent variable.",
            since: "3.3.0",
            examples: &[
                ("SELECT regr_avgx(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)", "2.75"),
                ("SELECT regr_avgx(y, x) FROM VALUES (1, null) AS tab(y, x)", "NULL"),
            ],
        },
        "regr_avgy" => Doc {
            usage: "regr_avgy(y, x) - Returns the average of the dependent variable for non-null pairs in a group, where \
                    `y` is the dependent variable and `x` is the independent variable.",
            since: "3.3.0",
            examples: &[("SELECT regr_avgy(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)", "1.75")],
        },
        "regr_sxx" => Doc {
            usage: "regr_sxx(y, x) - Returns REGR_COUNT(y, x) * VAR_POP(x) for non-null pairs in a group, where `y` is the \
                    dependent variable and `x` is the independent variable.",
            since: "3.4.0",
            examples: &[("SELECT regr_sxx(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)", "2.75")],
        },
        "regr_syy" => Doc {
            usage: "regr_syy(y, x) - Returns REGR_COUNT(y, x) * VAR_POP(y) for non-null pairs in a group, where `y` is the \
                    dependent variable and `x` is the independent variable.",
            since: "3.4.0",
            examples: &[("SELECT regr_syy(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)", "0.75")],
        },
        "regr_sxy" => Doc {
            usage: "regr_sxy(y, x) - Returns REGR_COUNT(y, x) * COVAR_POP(y, x) for non-null pairs in a group, where `y` is \
                    the dependent variable and `x` is the independent variable.",
            since: "3.4.0",
            examples: &[(
                "SELECT round(regr_sxy(y, x), 9) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)",
                "0.75",
            )],
        },
        "regr_slope" => Doc {
            usage: "regr_slope(y, x) - Returns the slope of the linear regression line for non-null pairs in a group, where \
                    `y` is the dependent variable and `x` is the independent variable.",
            since: "3.4.0",
            examples: &[
                ("SELECT regr_slope(y, x) FROM VALUES (1, 1), (2, 2), (3, 3), (4, 4) AS tab(y, x)", "1.0"),
                ("SELECT regr_slope(y, x) FROM VALUES (1, 1), (2, null), (null, 3), (4, 4) AS tab(y, x)", "1.0"),
            ],
        },
        "regr_intercept" => Doc {
            usage: "regr_intercept(y, x) - Returns the intercept of the univariate linear regression line for non-null pairs \
                    in a group, where `y` is the dependent variable and `x` is the independent variable.",
            since: "3.4.0",
            examples: &[
                ("SELECT regr_intercept(y, x) FROM VALUES (1, 1), (2, 2), (3, 3), (4, 4) AS tab(y, x)", "0.0"),
                ("SELECT regr_intercept(y, x) FROM VALUES (1, null) AS tab(y, x)", "NULL"),
            ],
        },
        _ => Doc {
            usage: "regr_r2(y, x) - Returns the coefficient of determination for non-null pairs in a group, where `y` is the \
                    dependent variable and `x` is the independent variable.",
            since: "3.3.0",
            examples: &[(
                "SELECT regr_r2(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)",
                "0.2727272727272726",
            )],
        },
    }
}

fn regr_count() -> AggregateFunction {
    AggregateFunction {
        name: "regr_count",
        signature: Signature::OneOf(&[&[Param::Numeric, Param::Numeric]]),
        doc: Doc {
            usage: "regr_count(y, x) - Returns the number of non-null number pairs in a group, where `y` is the dependent \
                    variable and `x` is the independent variable.",
            since: "3.3.0",
            examples: &[
                ("SELECT regr_count(y, x) FROM VALUES (1, 2), (2, 2), (2, 3), (2, 4) AS tab(y, x)", "4"),
                ("SELECT regr_count(y, x) FROM VALUES (1, 2), (2, null), (null, 3), (2, 4) AS tab(y, x)", "2"),
            ],
        },
        ..count()
    }
}

fn of_pairs(name: &'static str, accumulator: fn(&[SqlType]) -> Result<Box<dyn Accumulator>>) -> AggregateFunction {
    AggregateFunction { name, accumulator, doc: documentation(name), ..covariance::common() }
}

fn average(name: &'static str, at: usize) -> AggregateFunction {
    AggregateFunction {
        name,
        state_types: |_| Ok(vec![SqlType::Double, SqlType::BigInt]),
        accumulator: match at {
            X => |_| Ok(Box::new(OfOne { at: X, inner: DoubleAverage::default() })),
            _ => |_| Ok(Box::new(OfOne { at: Y, inner: DoubleAverage::default() })),
        },
        doc: documentation(name),
        ..covariance::common()
    }
}

fn squares(name: &'static str, at: usize) -> AggregateFunction {
    AggregateFunction {
        name,
        state_types: |_| Ok(vec![SqlType::Double; 3]),
        accumulator: match at {
            X => |_| Ok(Box::new(OfOne { at: X, inner: Moments::new(|_, squares| Some(squares)) })),
            _ => |_| Ok(Box::new(OfOne { at: Y, inner: Moments::new(|_, squares| Some(squares)) })),
        },
        doc: documentation(name),
        ..covariance::common()
    }
}

/// An aggregate of one of the two arguments over the rows in which both are there.
struct OfOne<A> {
    at: usize,
    inner: A,
}

impl<A: Accumulator> Accumulator for OfOne<A> {
    fn resize(&mut self, groups: usize) {
        self.inner.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if args.iter().any(Column::is_constant_null) {
            return Ok(());
        }
        let nulls = NullBuffer::union(args[0].nulls_buffer().as_ref(), args[1].nulls_buffer().as_ref());
        let values = args[self.at].flat()?;
        let values = Float64Array::new(values.as_primitive::<Float64Type>().values().clone(), nulls);
        self.inner.update(groups, &[Column::Array(Arc::new(values))])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.inner.merge(groups, states)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        self.inner.state()
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.inner.finish()
    }

    fn memory_size(&self) -> usize {
        self.inner.memory_size()
    }
}
