//! `sum`: exact types add up in `i128`, so that only a total out of range raises, whatever the order of the rows;
//! floats add up as DOUBLE.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, Decimal128Array, Float64Array, PrimitiveArray};
use arrow::datatypes::{
    ArrowNativeType, DataType, Decimal64Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, IntervalUnit, IntervalYearMonthType,
};
use firesteel_common::{Error, Result, SqlType, bail, error, internal};

use super::input::{Input, mark_seen, run_up, some_nulls, take_validity};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::cast::decimal::fits;
use crate::column::Column;
use crate::function::{Doc, Param, Signature};
use crate::operators::elementwise::OnFailure;

pub(super) fn function() -> AggregateFunction {
    AggregateFunction {
        name: "sum",
        aliases: &[],
        signature: Signature::OneOf(&[&[Param::Numeric], &[Param::YearMonthInterval], &[Param::DayTimeInterval]]),
        returns,
        nullable: true,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |types| Ok(vec![state_type(&types[0])]),
        accumulator: |types| {
            Ok(match &types[0] {
                SqlType::Float | SqlType::Double => Box::new(DoubleSum::default()),
                argument => Box::new(ExactSum::new(argument, OnFailure::Raise)?),
            })
        },
        doc: Doc {
            usage: "sum(expr) - Returns the sum calculated from values of a group.",
            since: "1.0.0",
            examples: &[("SELECT sum(col) FROM VALUES (5), (10), (15) AS tab(col)", "30")],
        },
    }
}

pub(super) fn try_sum() -> AggregateFunction {
    AggregateFunction {
        name: "try_sum",
        accumulator: |types| {
            Ok(match &types[0] {
                SqlType::Float | SqlType::Double => Box::new(DoubleSum::default()),
                argument => Box::new(ExactSum::new(argument, OnFailure::Null)?),
            })
        },
        doc: Doc {
            usage: "try_sum(expr) - Returns the sum calculated from values of a group and the result is null on overflow.",
            since: "3.3.0",
            examples: &[
                ("SELECT try_sum(col) FROM VALUES (5), (10), (15) AS tab(col)", "30"),
                ("SELECT try_sum(col) FROM VALUES (NULL), (10), (15) AS tab(col)", "25"),
                ("SELECT try_sum(col) FROM VALUES (NULL), (NULL) AS tab(col)", "NULL"),
                ("SELECT try_sum(col) FROM VALUES (9223372036854775807L), (1L) AS tab(col)", "NULL"),
            ],
        },
        ..function()
    }
}

fn returns(types: &[SqlType]) -> Result<SqlType> {
    Ok(match &types[0] {
        SqlType::Decimal { precision, scale } => SqlType::decimal((precision + 10).min(38), *scale),
        SqlType::Float | SqlType::Double => SqlType::Double,
        integral if integral.is_integral() => SqlType::BigInt,
        interval => interval.clone(),
    })
}

/// Wide enough for any total that `i128` holds.
pub(super) fn state_type(argument: &SqlType) -> SqlType {
    match argument {
        SqlType::Float | SqlType::Double => SqlType::Double,
        SqlType::Decimal { scale, .. } => SqlType::decimal(38, *scale),
        _ => SqlType::decimal(38, 0),
    }
}

/// Totals of exact types by group; a group that saw nothing is NULL.
struct ExactSum {
    result: SqlType,
    on_failure: OnFailure,
    may_overflow: bool,
    sums: Vec<i128>,
    seen: Vec<bool>,
}

impl ExactSum {
    fn new(argument: &SqlType, on_failure: OnFailure) -> Result<Self> {
        let result = returns(std::slice::from_ref(argument))?;
        Ok(Self { result, on_failure, may_overflow: may_overflow(argument), sums: Vec::new(), seen: Vec::new() })
    }

    /// Totals out of the result's range are an error, or NULL.
    fn settle(&mut self) -> Result<()> {
        let result = self.result.clone();
        for (sum, seen) in self.sums.iter_mut().zip(&mut self.seen) {
            if !in_range(*sum, &result) {
                if self.on_failure == OnFailure::Raise {
                    return Err(out_of_range(&result));
                }
                (*sum, *seen) = (0, false);
            }
        }
        Ok(())
    }
}

/// Whether a total fits the type.
pub(super) fn in_range(sum: i128, result: &SqlType) -> bool {
    match result {
        SqlType::Decimal { precision, .. } => fits(sum, *precision),
        SqlType::YearMonthInterval(..) => i32::try_from(sum).is_ok(),
        _ => i64::try_from(sum).is_ok(),
    }
}

pub(super) fn out_of_range(result: &SqlType) -> Error {
    match result {
        SqlType::Decimal { .. } => decimal_overflow(),
        interval if interval.is_ansi_interval() => error!(INTERVAL_ARITHMETIC_OVERFLOW),
        _ => overflow(),
    }
}

/// Whether fewer than 10^10 values can exceed `i128`.
pub(super) fn may_overflow(argument: &SqlType) -> bool {
    matches!(argument, SqlType::Decimal { precision: 29.., .. })
}

impl Accumulator for ExactSum {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0);
        self.seen.resize(groups, false);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let input = Input::new(&args[0])?;
        if input.is_all_null() {
            return Ok(());
        }
        mark_seen(groups, args[0].nulls_buffer().as_ref(), &mut self.seen);
        add_exact(groups, &input, self.may_overflow, &mut self.sums)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let states = Column::Array(Arc::clone(&states[0]));
        mark_seen(groups, states.nulls_buffer().as_ref(), &mut self.seen);
        add_exact(groups, &Input::new(&states)?, true, &mut self.sums)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let scale = match self.result {
            SqlType::Decimal { scale, .. } => scale,
            _ => 0,
        };
        let sums = Decimal128Array::new(std::mem::take(&mut self.sums).into(), take_validity(&mut self.seen));
        Ok(vec![Arc::new(sums.with_precision_and_scale(38, scale)?)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.settle()?;
        let nulls = take_validity(&mut self.seen);
        let sums = std::mem::take(&mut self.sums);
        // All of them are in range.
        let longs = |sums: Vec<i128>| sums.into_iter().map(|sum| sum as i64).collect::<Vec<_>>();
        Ok(match &self.result {
            SqlType::Decimal { precision, scale } => {
                Arc::new(Decimal128Array::new(sums.into(), nulls).with_precision_and_scale(*precision, *scale)?)
            }
            SqlType::YearMonthInterval(..) => {
                let months: Vec<i32> = sums.into_iter().map(|sum| sum as i32).collect();
                Arc::new(PrimitiveArray::<IntervalYearMonthType>::new(months.into(), nulls))
            }
            SqlType::DayTimeInterval(..) => {
                Arc::new(PrimitiveArray::<DurationMicrosecondType>::new(longs(sums).into(), nulls))
            }
            _ => Arc::new(PrimitiveArray::<Int64Type>::new(longs(sums).into(), nulls)),
        })
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.seen, restarts, |before, seen| *seen |= before);
        run_up_exact(&mut self.sums, restarts)?;
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.seen.capacity()
    }
}

fn overflow() -> Error {
    error!(
        ARITHMETIC_OVERFLOW,
        alternative = " Use 'try_add' to tolerate overflow and return NULL instead.",
        config = "\"spark.sql.ansi.enabled\"",
        message = "overflow"
    )
}

fn decimal_overflow() -> Error {
    error!(
        ARITHMETIC_OVERFLOW,
        alternative = " Use 'try_sum' to tolerate overflow and return NULL instead.",
        config = "\"spark.sql.ansi.enabled\"",
        message = "Overflow in sum of decimals"
    )
}

/// Adds the values of an exact type, unscaled, to the sums of their groups.
pub(super) fn add_exact(groups: GroupIndices<'_>, input: &Input, may_overflow: bool, sums: &mut [i128]) -> Result<()> {
    match input.array.data_type() {
        DataType::Int8 => add::<Int8Type>(groups, input, sums),
        DataType::Int16 => add::<Int16Type>(groups, input, sums),
        DataType::Int32 => add::<Int32Type>(groups, input, sums),
        DataType::Int64 => add::<Int64Type>(groups, input, sums),
        DataType::Decimal64(..) => add::<Decimal64Type>(groups, input, sums),
        DataType::Interval(IntervalUnit::YearMonth) => add::<IntervalYearMonthType>(groups, input, sums),
        DataType::Duration(_) => add::<DurationMicrosecondType>(groups, input, sums),
        DataType::Decimal128(..) if may_overflow => add_saturating(groups, input, sums),
        DataType::Decimal128(..) => add_wide(groups, input, sums),
        other => return Err(internal!("sum of {other}")),
    }
    Ok(())
}

fn add<T: ArrowPrimitiveType>(groups: GroupIndices<'_>, input: &Input, sums: &mut [i128])
where
    T::Native: Into<i64>,
{
    let values = input.array.as_primitive::<T>();
    match (groups, some_nulls(values)) {
        (GroupIndices::Single { rows }, _) if input.is_repeated() => {
            let value: i64 = values.value(0).into();
            sums[0] += i128::from(value) * rows as i128;
        }
        (GroupIndices::Single { .. }, None) => sums[0] += sum_slice(values.values()),
        (GroupIndices::Each(groups), None) if !input.is_repeated() => {
            let values = values.values();
            if sums.len() <= FEW_GROUPS && fits_lanes(values) {
                return add_in_lanes(groups, values, sums);
            }
            for (group, value) in groups.iter().zip(values) {
                let value: i64 = (*value).into();
                sums[*group as usize] += i128::from(value);
            }
        }
        _ => input.each::<T>(groups, |group, value| {
            let value: i64 = value.into();
            sums[group] += i128::from(value);
        }),
    }
}

/// So many groups are summed in several places at once.
const FEW_GROUPS: usize = 64;
const LANES: usize = 4;
/// Values of fewer bits than this cannot overflow 64 bits in a batch of `ROWS_IN_LANES_MAX` rows.
const LANE_BITS_MAX: u32 = 46;
const ROWS_IN_LANES_MAX: usize = 1 << 16;

fn fits_lanes<N: ArrowNativeType + Into<i64>>(values: &[N]) -> bool {
    if values.len() > ROWS_IN_LANES_MAX {
        return false;
    }
    // A negative value counts as its complement, so that one `or` serves for all.
    let bits = values.iter().fold(0_i64, |bits, value| {
        let value: i64 = (*value).into();
        bits | (value ^ (value >> 63))
    });
    64 - bits.leading_zeros() <= LANE_BITS_MAX
}

/// With few groups, rows in a row often belong to the same one: each addition would wait for the last. Neighbours are
/// added in lanes of their own, in 64 bits.
fn add_in_lanes<N: ArrowNativeType + Into<i64>>(groups: &[u32], values: &[N], sums: &mut [i128]) {
    let mut lanes = [[0_i64; FEW_GROUPS]; LANES];
    let mask = FEW_GROUPS - 1;
    let (group_chunks, value_chunks) = (groups.chunks_exact(LANES), values.chunks_exact(LANES));
    for (group, value) in group_chunks.remainder().iter().zip(value_chunks.remainder()) {
        let value: i64 = (*value).into();
        lanes[0][*group as usize & mask] += value;
    }
    for (groups, values) in group_chunks.zip(value_chunks) {
        for lane in 0..LANES {
            let value: i64 = values[lane].into();
            lanes[lane][groups[lane] as usize & mask] += value;
        }
    }
    for (group, sum) in sums.iter_mut().enumerate() {
        *sum += lanes.iter().map(|lane| i128::from(lane[group])).sum::<i128>();
    }
}

/// The total of a batch in loops that the compiler vectorizes: what is 32 bits wide in `i64`, the rest as upper and
/// lower halves.
fn sum_slice<N: ArrowNativeType + Into<i64>>(values: &[N]) -> i128 {
    let mut total = 0;
    for chunk in values.chunks(1 << 20) {
        if size_of::<N>() <= 4 {
            total += i128::from(chunk.iter().map(|value| (*value).into()).sum::<i64>());
            continue;
        }
        let (mut upper, mut lower) = (0i64, 0i64);
        for value in chunk {
            let value: i64 = (*value).into();
            upper += value >> 32;
            lower += value & 0xffff_ffff;
        }
        total += (i128::from(upper) << 32) + i128::from(lower);
    }
    total
}

fn add_wide(groups: GroupIndices<'_>, input: &Input, sums: &mut [i128]) {
    let values = input.array.as_primitive::<Decimal128Type>();
    match (groups, some_nulls(values)) {
        (GroupIndices::Single { rows }, _) if input.is_repeated() => sums[0] += values.value(0) * rows as i128,
        (GroupIndices::Single { .. }, None) => sums[0] += values.values().iter().sum::<i128>(),
        (GroupIndices::Each(groups), None) if !input.is_repeated() => {
            for (group, value) in groups.iter().zip(values.values()) {
                sums[*group as usize] += *value;
            }
        }
        _ => input.each::<Decimal128Type>(groups, |group, value| sums[group] += value),
    }
}

/// A total that has left `i128` stays at its end, out of every type's range, whatever is added to it.
fn add_saturating(groups: GroupIndices<'_>, input: &Input, sums: &mut [i128]) {
    let is_lost = |sum: i128| sum == i128::MAX || sum == i128::MIN;
    input.each::<Decimal128Type>(groups, |group, value| {
        let sum = sums[group];
        sums[group] = match (is_lost(sum), is_lost(value)) {
            (true, _) => sum,
            (_, true) => value,
            _ => sum.saturating_add(value),
        };
    });
}

/// Totals of floats by group.
#[derive(Default)]
struct DoubleSum {
    sums: Vec<f64>,
    seen: Vec<bool>,
}

impl Accumulator for DoubleSum {
    fn resize(&mut self, groups: usize) {
        self.sums.resize(groups, 0.0);
        self.seen.resize(groups, false);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        mark_seen(groups, args[0].nulls_buffer().as_ref(), &mut self.seen);
        add_doubles(groups, &Input::new(&args[0])?, &mut self.sums)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.update(groups, &[Column::Array(Arc::clone(&states[0]))])
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(Arc::new(Float64Array::new(std::mem::take(&mut self.sums).into(), take_validity(&mut self.seen))))
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.seen, restarts, |before, seen| *seen |= before);
        run_up(&mut self.sums, restarts, |before, sum| *sum += before);
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        self.sums.capacity() * size_of::<f64>() + self.seen.capacity()
    }
}

/// Running totals of exact types.
pub(super) fn run_up_exact(sums: &mut [i128], restarts: &[bool]) -> Result<()> {
    let mut overflown = false;
    run_up(sums, restarts, |before, sum| {
        let (total, carry) = sum.overflowing_add(before);
        *sum = total;
        overflown |= carry;
    });
    if overflown { Err(decimal_overflow()) } else { Ok(()) }
}

/// Adds floats to the sums of their groups.
pub(super) fn add_doubles(groups: GroupIndices<'_>, input: &Input, sums: &mut [f64]) -> Result<()> {
    match input.array.data_type() {
        DataType::Float32 => input.each::<Float32Type>(groups, |group, value| sums[group] += f64::from(value)),
        DataType::Float64 => {
            let values = input.array.as_primitive::<Float64Type>();
            match (groups, some_nulls(values)) {
                (GroupIndices::Single { .. }, None) if !input.is_repeated() => sum_lanes(values.values(), &mut sums[0]),
                _ => input.each::<Float64Type>(groups, |group, value| sums[group] += value),
            }
        }
        other => bail!(INTERNAL_ERROR, message = format!("sum of {other} as floats")),
    }
    Ok(())
}

/// Few values are added one after the other, as anyone would by hand; many in independent lanes.
fn sum_lanes(values: &[f64], sum: &mut f64) {
    const LANES: usize = 16;
    const WORTH_IT: usize = 1024;
    let (lanes, rest) = if values.len() < WORTH_IT { ([].as_slice(), values) } else { values.as_chunks::<LANES>() };
    let mut partial = [0.0; LANES];
    for chunk in lanes {
        partial.iter_mut().zip(chunk).for_each(|(lane, value)| *lane += value);
    }
    *sum += partial.iter().sum::<f64>();
    rest.iter().for_each(|value| *sum += value);
}
