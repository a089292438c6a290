//! `avg`: a sum and a count. Decimals get four more digits after the point; everything else is DOUBLE.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DurationMicrosecondArray, Float64Array, Int64Array, IntervalYearMonthArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Int64Type;
use firesteel_common::{Error, Result, SqlType, error};

use super::input::{Input, count_rows, run_up};
use super::sum::{self, add_doubles, add_exact, may_overflow, run_up_exact, state_type};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::cast::decimal::{div_half_up, fits, power_of_ten};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};
use crate::operators::elementwise::OnFailure;

pub(super) fn function() -> AggregateFunction {
    AggregateFunction {
        name: "avg",
        aliases: &["mean"],
        signature: Signature::OneOf(&[&[Param::Numeric], &[Param::YearMonthInterval], &[Param::DayTimeInterval]]),
        returns,
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |types| Ok(vec![state_type(&types[0]), SqlType::BigInt]),
        accumulator: |types| {
            Ok(match &types[0] {
                SqlType::Float | SqlType::Double => Box::new(DoubleAverage::default()),
                argument => Box::new(ExactAverage::new(argument, OnFailure::Raise)?),
            })
        },
        doc: Doc {
            usage: "avg(expr) - Returns the mean calculated from values of a group.",
            since: "1.0.0",
            examples: &[
                ("SELECT avg(col) FROM VALUES (1), (2), (3) AS tab(col)", "2.0"),
                ("SELECT avg(col) FROM VALUES (1), (2), (NULL) AS tab(col)", "1.5"),
            ],
        },
    }
}

pub(super) fn try_avg() -> AggregateFunction {
    AggregateFunction {
        name: "try_avg",
        aliases: &[],
        accumulator: |types| {
            Ok(match &types[0] {
                SqlType::Float | SqlType::Double => Box::new(DoubleAverage::default()),
                argument => Box::new(ExactAverage::new(argument, OnFailure::Null)?),
            })
        },
        doc: Doc {
            usage: "try_avg(expr) - Returns the mean calculated from values of a group and the result is null on overflow.",
            since: "3.3.0",
            examples: &[
                ("SELECT try_avg(col) FROM VALUES (1), (2), (3) AS tab(col)", "2.0"),
                ("SELECT try_avg(col) FROM VALUES (1), (2), (NULL) AS tab(col)", "1.5"),
                (
                    "SELECT try_avg(col) FROM VALUES (interval '2147483647 months'), (interval '1 months') AS tab(col)",
                    "NULL",
                ),
            ],
        },
        ..function()
    }
}

fn returns(types: &[SqlType]) -> Result<SqlType> {
    Ok(match &types[0] {
        SqlType::Decimal { precision, scale } => SqlType::decimal((precision + 4).min(38), (scale + 4).min(38)),
        SqlType::YearMonthInterval(..) => SqlType::YEAR_MONTH,
        SqlType::DayTimeInterval(..) => SqlType::DAY_TIME,
        _ => SqlType::Double,
    })
}

/// Over integers, decimals and intervals: the sum is exact.
struct ExactAverage {
    /// Scale of the sums.
    scale: i8,
    result: SqlType,
    on_failure: OnFailure,
    may_overflow: bool,
    sums: Vec<i128>,
    counts: Vec<i64>,
}

impl ExactAverage {
    fn new(argument: &SqlType, on_failure: OnFailure) -> Result<Self> {
        let scale = match argument {
            SqlType::Decimal { scale, .. } => *scale,
            _ => 0,
        };
        let result = returns(std::slice::from_ref(argument))?;
        let may_overflow = may_overflow(argument);
        Ok(Self { scale, result, on_failure, may_overflow, sums: Vec::new(), counts: Vec::new() })
    }

    /// A group without a result is an error, or has no rows any more and so is NULL.
    fn settle<T: Copy>(&mut self, results: &[Option<T>], error: impl Fn(&Self, usize) -> Error) -> Result<()> {
        for (group, result) in results.iter().enumerate() {
            if result.is_none() && self.counts[group] > 0 {
                if self.on_failure == OnFailure::Raise {
                    return Err(error(self, group));
                }
                self.counts[group] = 0;
            }
        }
        Ok(())
    }

    /// Whole units, rounded half up; none where the sum is no interval any more.
    fn intervals(&self) -> Vec<Option<i128>> {
        let mean = |(sum, count): (&i128, &i64)| {
            let in_range = sum::in_range(*sum, &self.result);
            in_range.then(|| div_half_up(*sum, i128::from(*count).max(1)))
        };
        self.sums.iter().zip(&self.counts).map(mean).collect()
    }

    /// Rounded half up; the division is done in two steps, so that no intermediate result is too large.
    fn decimals(&self, precision: u8, scale: i8) -> Vec<Option<i128>> {
        let power = power_of_ten(u32::from((scale - self.scale).unsigned_abs())).unwrap_or(1);
        let average = |(sum, count): (&i128, &i64)| {
            let count = i128::from(*count).max(1);
            if !fits(*sum, 38) {
                return None;
            }
            let whole = (sum / count).checked_mul(power)?;
            whole.checked_add(div_half_up(sum % count * power, count)).filter(|value| fits(*value, precision))
        };
        self.sums.iter().zip(&self.counts).map(average).collect()
    }
}

fn out_of_range(sum: &i128, precision: u8, scale: i8) -> Error {
    error!(
        NUMERIC_VALUE_OUT_OF_RANGE,
        config = "\"spark.sql.ansi.enabled\"",
        precision = precision.to_string(),
        scale = scale.to_string(),
        value = sum.to_string()
    )
}

impl Accumulator for ExactAverage {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let input = Input::new(&args[0])?;
        if input.is_all_null() {
            return Ok(());
        }
        count_rows(groups, args[0].nulls_buffer().as_ref(), &mut self.counts);
        add_exact(groups, &input, self.may_overflow, &mut self.sums)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        add_exact(groups, &Input::new(&Column::Array(Arc::clone(&states[0])))?, true, &mut self.sums)?;
        merge_counts(groups, &states[1], &mut self.counts)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let sums = Decimal128Array::from(std::mem::take(&mut self.sums)).with_precision_and_scale(38, self.scale)?;
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from(std::mem::take(&mut self.counts)))])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let result = self.result.clone();
        let exact = match &result {
            SqlType::Decimal { precision, scale } => {
                let averages = self.decimals(*precision, *scale);
                self.settle(&averages, |own, group| out_of_range(&own.sums[group], *precision, *scale))?;
                averages
            }
            interval if interval.is_ansi_interval() => {
                let averages = self.intervals();
                self.settle(&averages, |own, _| sum::out_of_range(&own.result))?;
                averages
            }
            _ => Vec::new(),
        };
        let nulls = Some(NullBuffer::from_iter(self.counts.iter().map(|count| *count > 0)));
        let exact = exact.into_iter().map(Option::unwrap_or_default);
        let averages: ArrayRef = match &result {
            SqlType::Decimal { precision, scale } => {
                let averages = Decimal128Array::new(exact.collect(), nulls);
                Arc::new(averages.with_precision_and_scale(*precision, *scale)?)
            }
            // The mean of a sum in range is in range.
            SqlType::YearMonthInterval(..) => {
                Arc::new(IntervalYearMonthArray::new(exact.map(|months| months as i32).collect(), nulls))
            }
            SqlType::DayTimeInterval(..) => {
                Arc::new(DurationMicrosecondArray::new(exact.map(|micros| micros as i64).collect(), nulls))
            }
            _ => {
                let pairs = self.sums.iter().zip(&self.counts);
                let averages: Vec<f64> = pairs.map(|(sum, count)| *sum as f64 / *count as f64).collect();
                Arc::new(Float64Array::new(averages.into(), nulls))
            }
        };
        self.resize(0);
        Ok(averages)
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.counts, restarts, |before, count| *count += before);
        run_up_exact(&mut self.sums, restarts)?;
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.counts.capacity() * size_of::<i64>()
    }
}

pub(super) fn merge_counts(groups: GroupIndices<'_>, states: &ArrayRef, counts: &mut [i64]) -> Result<()> {
    let input = Input::new(&Column::Array(Arc::clone(states)))?;
    input.each::<Int64Type>(groups, |group, count| counts[group] += count);
    Ok(())
}

#[derive(Default)]
pub(super) struct DoubleAverage {
    sums: Vec<f64>,
    counts: Vec<i64>,
}

impl Accumulator for DoubleAverage {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0.0);
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        count_rows(groups, args[0].nulls_buffer().as_ref(), &mut self.counts);
        add_doubles(groups, &Input::new(&args[0])?, &mut self.sums)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        add_doubles(groups, &Input::new(&Column::Array(Arc::clone(&states[0])))?, &mut self.sums)?;
        merge_counts(groups, &states[1], &mut self.counts)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let sums = Float64Array::from(std::mem::take(&mut self.sums));
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from(std::mem::take(&mut self.counts)))])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let pairs = self.sums.iter().zip(&self.counts);
        let averages = pairs.map(|(sum, count)| (*count > 0).then(|| sum / *count as f64));
        let averages: Float64Array = averages.collect();
        self.resize(0);
        Ok(Arc::new(averages))
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.counts, restarts, |before, count| *count += before);
        run_up(&mut self.sums, restarts, |before, sum| *sum += before);
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        (self.sums.capacity() + self.counts.capacity()) * size_of::<i64>()
    }
}
