//! `avg`: a sum and a count. Decimals get four more digits after the point; everything else is DOUBLE.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Array, DurationMicrosecondArray, Float64Array, Int64Array, IntervalYearMonthArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::Int64Type;
use firesteel_common::{Error, Result, SqlType, error};

use super::input::{Input, count_rows, run_up};
use super::sum::{add_doubles, add_exact, may_overflow, run_up_exact, state_type};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::cast::decimal::{div_half_up, fits, power_of_ten};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

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
                argument => Box::new(ExactAverage::new(argument)?),
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
    may_overflow: bool,
    sums: Vec<i128>,
    counts: Vec<i64>,
}

impl ExactAverage {
    fn new(argument: &SqlType) -> Result<Self> {
        let scale = match argument {
            SqlType::Decimal { scale, .. } => *scale,
            _ => 0,
        };
        let result = returns(std::slice::from_ref(argument))?;
        Ok(Self { scale, result, may_overflow: may_overflow(argument), sums: Vec::new(), counts: Vec::new() })
    }

    /// Whole units, rounded half up.
    fn rounded(&self) -> impl Iterator<Item = i128> {
        self.sums.iter().zip(&self.counts).map(|(sum, count)| div_half_up(*sum, i128::from(*count).max(1)))
    }

    /// Rounded half up; the division is done in two steps, so that no intermediate result is too large.
    fn decimals(&self, precision: u8, scale: i8) -> Result<Vec<i128>> {
        let power = power_of_ten(u32::from((scale - self.scale).unsigned_abs())).unwrap_or(1);
        let average = |(sum, count): (&i128, &i64)| {
            let count = i128::from(*count).max(1);
            let whole = (sum / count).checked_mul(power)?;
            whole.checked_add(div_half_up(sum % count * power, count)).filter(|value| fits(*value, precision))
        };
        self.sums
            .iter()
            .zip(&self.counts)
            .map(|pair| average(pair).ok_or_else(|| out_of_range(pair.0, precision, scale)))
            .collect()
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
        let nulls = Some(NullBuffer::from_iter(self.counts.iter().map(|count| *count > 0)));
        let averages: ArrayRef = match &self.result {
            SqlType::Decimal { precision, scale } => {
                let averages = self.decimals(*precision, *scale)?;
                Arc::new(Decimal128Array::new(averages.into(), nulls).with_precision_and_scale(*precision, *scale)?)
            }
            // The mean of values in range is in range.
            SqlType::YearMonthInterval(..) => {
                let months: Vec<i32> = self.rounded().map(|months| months as i32).collect();
                Arc::new(IntervalYearMonthArray::new(months.into(), nulls))
            }
            SqlType::DayTimeInterval(..) => {
                let micros: Vec<i64> = self.rounded().map(|micros| micros as i64).collect();
                Arc::new(DurationMicrosecondArray::new(micros.into(), nulls))
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
struct DoubleAverage {
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
