//! `min` and `max` of every type that orders. NaN is the greatest number; NULLs do not count.
//!
//! Numbers keep their best value by group in a plain array; text keeps bytes; all other types are compared in Arrow's
//! row form.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::array::{BinaryViewBuilder, StringViewBuilder};
use arrow::datatypes::{
    ArrowNativeType, DataType, Date32Type, Decimal64Type, Decimal128Type, DurationMicrosecondType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalYearMonthType, Time64NanosecondType,
    TimestampMicrosecondType,
};
use arrow::row::{RowConverter, SortField};
use firesteel_common::{Result, SqlType, internal};

use super::input::{Input, each_group, mark_seen, run_up, some_nulls, take_validity};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn min() -> AggregateFunction {
    AggregateFunction {
        name: "min",
        aliases: &[],
        signature: Signature::OneOf(&[&[Param::Orderable]]),
        returns: |types| Ok(types[0].clone()),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: true,
        state_types: |types| Ok(vec![types[0].clone()]),
        accumulator: |types| accumulator(&types[0], Ordering::Less),
        doc: Doc {
            usage: "min(expr) - Returns the minimum value of `expr`.",
            since: "1.0.0",
            examples: &[("SELECT min(col) FROM VALUES (10), (-1), (20) AS tab(col)", "-1")],
        },
    }
}

pub(super) fn max() -> AggregateFunction {
    AggregateFunction {
        name: "max",
        accumulator: |types| accumulator(&types[0], Ordering::Greater),
        doc: Doc {
            usage: "max(expr) - Returns the maximum value of `expr`.",
            since: "1.0.0",
            examples: &[("SELECT max(col) FROM VALUES (10), (50), (20) AS tab(col)", "50")],
        },
        ..min()
    }
}

fn accumulator(data_type: &SqlType, wanted: Ordering) -> Result<Box<dyn Accumulator>> {
    Ok(match data_type {
        SqlType::TinyInt => numbers::<Int8Type>(data_type, wanted),
        SqlType::SmallInt => numbers::<Int16Type>(data_type, wanted),
        SqlType::Int => numbers::<Int32Type>(data_type, wanted),
        SqlType::BigInt => numbers::<Int64Type>(data_type, wanted),
        SqlType::Float => numbers::<Float32Type>(data_type, wanted),
        SqlType::Double => numbers::<Float64Type>(data_type, wanted),
        SqlType::Date => numbers::<Date32Type>(data_type, wanted),
        SqlType::Time(_) => numbers::<Time64NanosecondType>(data_type, wanted),
        SqlType::Timestamp | SqlType::TimestampNtz => numbers::<TimestampMicrosecondType>(data_type, wanted),
        SqlType::YearMonthInterval(..) => numbers::<IntervalYearMonthType>(data_type, wanted),
        SqlType::DayTimeInterval(..) => numbers::<DurationMicrosecondType>(data_type, wanted),
        SqlType::Decimal { .. } => numbers::<Decimal128Type>(data_type, wanted),
        SqlType::Binary => Box::new(BestBytes { wanted, best: Vec::new(), is_text: false }),
        text if text.is_string() => Box::new(BestBytes { wanted, best: Vec::new(), is_text: true }),
        other => {
            let converter = RowConverter::new(vec![SortField::new(other.to_arrow())])?;
            Box::new(BestRows { wanted, best: Vec::new(), converter })
        }
    })
}

fn numbers<T: ArrowPrimitiveType>(data_type: &SqlType, wanted: Ordering) -> Box<dyn Accumulator>
where
    T::Native: Order,
{
    match wanted {
        Ordering::Less => {
            Box::new(Best::<T, true> { data_type: data_type.clone(), best: Vec::new(), seen: Vec::new() })
        }
        _ => Box::new(Best::<T, false> { data_type: data_type.clone(), best: Vec::new(), seen: Vec::new() }),
    }
}

/// An order with a least and a greatest value.
trait Order: ArrowNativeType {
    const LEAST: Self;
    const GREATEST: Self;
    fn below(self, other: Self) -> bool;
    /// A narrow decimal's value; only wide decimals are asked.
    fn from_narrow(value: i64) -> Self;
}

macro_rules! integers_order {
    ($($native:ty),*) => {$(
        impl Order for $native {
            const LEAST: Self = <$native>::MIN;
            const GREATEST: Self = <$native>::MAX;
            fn below(self, other: Self) -> bool {
                self < other
            }
            fn from_narrow(value: i64) -> Self {
                value as $native
            }
        }
    )*};
}
integers_order!(i8, i16, i32, i64, i128);

macro_rules! floats_order {
    ($($native:ty),*) => {$(
        impl Order for $native {
            const LEAST: Self = <$native>::NEG_INFINITY;
            const GREATEST: Self = <$native>::NAN;
            fn below(self, other: Self) -> bool {
                self < other || (other.is_nan() && !self.is_nan())
            }
            fn from_narrow(value: i64) -> Self {
                value as $native
            }
        }
    )*};
}
floats_order!(f32, f64);

/// The best number of each group, the worst possible one at first.
struct Best<T: ArrowPrimitiveType, const MIN: bool> {
    data_type: SqlType,
    best: Vec<T::Native>,
    seen: Vec<bool>,
}

impl<T: ArrowPrimitiveType, const MIN: bool> Best<T, MIN>
where
    T::Native: Order,
{
    const WORST: T::Native = if MIN { T::Native::GREATEST } else { T::Native::LEAST };

    fn better(value: T::Native, best: T::Native) -> bool {
        if MIN { value.below(best) } else { best.below(value) }
    }

    fn add(&mut self, groups: GroupIndices<'_>, column: &Column) -> Result<()> {
        let input = Input::new(column)?;
        mark_seen(groups, column.nulls_buffer().as_ref(), &mut self.seen);
        match input.array.data_type() {
            DataType::Decimal64(..) => self.add_values::<Decimal64Type>(groups, &input, T::Native::from_narrow),
            _ => self.add_values::<T>(groups, &input, |value| value),
        }
        Ok(())
    }

    fn add_values<S: ArrowPrimitiveType>(
        &mut self,
        groups: GroupIndices<'_>,
        input: &Input,
        to: impl Fn(S::Native) -> T::Native,
    ) {
        let pick = |best: T::Native, value: T::Native| if Self::better(value, best) { value } else { best };
        let values = input.array.as_primitive::<S>();
        match (groups, some_nulls(values)) {
            (GroupIndices::Single { .. }, None) => {
                self.best[0] = values.values().iter().fold(self.best[0], |best, value| pick(best, to(*value)));
            }
            _ => input.each::<S>(groups, |group, value| self.best[group] = pick(self.best[group], to(value))),
        }
    }
}

impl<T: ArrowPrimitiveType, const MIN: bool> Accumulator for Best<T, MIN>
where
    T::Native: Order,
{
    fn resize(&mut self, groups: usize) {
        self.best.resize(groups, Self::WORST);
        self.seen.resize(groups, false);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.add(groups, &args[0])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add(groups, &Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let best = PrimitiveArray::<T>::new(std::mem::take(&mut self.best).into(), take_validity(&mut self.seen));
        Ok(Arc::new(best.with_data_type(self.data_type.to_arrow())))
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.seen, restarts, |before, seen| *seen |= before);
        run_up(&mut self.best, restarts, |before, best| {
            if Self::better(before, *best) {
                *best = before;
            }
        });
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        self.best.capacity() * size_of::<T::Native>() + self.seen.capacity()
    }
}

/// The best text or binary of each group.
struct BestBytes {
    wanted: Ordering,
    best: Vec<Option<Vec<u8>>>,
    is_text: bool,
}

/// Puts `bytes` in the place of what is worse.
fn improve(best: &mut Option<Vec<u8>>, bytes: &[u8], wanted: Ordering) {
    match best {
        Some(best) if bytes.cmp(best.as_slice()) != wanted => {}
        Some(best) => {
            best.clear();
            best.extend_from_slice(bytes);
        }
        None => *best = Some(bytes.to_vec()),
    }
}

fn bytes_size(best: &[Option<Vec<u8>>]) -> usize {
    let heap: usize = best.iter().flatten().map(Vec::capacity).sum();
    heap + size_of_val(best)
}

impl BestBytes {
    fn add(&mut self, groups: GroupIndices<'_>, column: &Column) -> Result<()> {
        let input = Input::new(column)?;
        let nulls = column.nulls_buffer();
        let (best, wanted) = (&mut self.best, self.wanted);
        if self.is_text {
            let values = input.array.as_string_view();
            each_group(groups, nulls.as_ref(), |group, row| {
                improve(&mut best[group], values.value(input.at(row)).as_bytes(), wanted);
            });
        } else {
            let values = input.array.as_binary_view();
            each_group(groups, nulls.as_ref(), |group, row| {
                improve(&mut best[group], values.value(input.at(row)), wanted);
            });
        }
        Ok(())
    }
}

impl Accumulator for BestBytes {
    fn resize(&mut self, groups: usize) {
        self.best.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.add(groups, &args[0])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add(groups, &Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let best = std::mem::take(&mut self.best);
        if self.is_text {
            let mut texts = StringViewBuilder::with_capacity(best.len());
            for bytes in &best {
                let text = bytes.as_deref().map(std::str::from_utf8).transpose();
                texts.append_option(text.map_err(|_| internal!("text that is not UTF-8"))?);
            }
            return Ok(Arc::new(texts.finish()));
        }
        let mut binaries = BinaryViewBuilder::with_capacity(best.len());
        best.iter().for_each(|bytes| binaries.append_option(bytes.as_deref()));
        Ok(Arc::new(binaries.finish()))
    }

    fn memory_size(&self) -> usize {
        bytes_size(&self.best)
    }
}

/// The best value of each group of any other type, as bytes that compare like the values.
struct BestRows {
    wanted: Ordering,
    best: Vec<Option<Vec<u8>>>,
    converter: RowConverter,
}

impl BestRows {
    fn add(&mut self, groups: GroupIndices<'_>, column: &Column) -> Result<()> {
        let input = Input::new(column)?;
        let rows = self.converter.convert_columns(&[Arc::clone(&input.array)])?;
        let (best, wanted) = (&mut self.best, self.wanted);
        each_group(groups, column.nulls_buffer().as_ref(), |group, row| {
            improve(&mut best[group], rows.row(input.at(row)).as_ref(), wanted);
        });
        Ok(())
    }
}

impl Accumulator for BestRows {
    fn resize(&mut self, groups: usize) {
        self.best.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.add(groups, &args[0])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add(groups, &Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let best = std::mem::take(&mut self.best);
        let parser = self.converter.parser();
        let rows: Vec<_> = best.iter().flatten().map(|bytes| parser.parse(bytes)).collect();
        let values = self.converter.convert_rows(rows)?.swap_remove(0);
        let mut next = 0u32;
        let places: arrow::array::UInt32Array = best
            .iter()
            .map(|bytes| {
                bytes.as_ref().map(|_| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        Ok(arrow::compute::take(&values, &places, None)?)
    }

    fn memory_size(&self) -> usize {
        bytes_size(&self.best)
    }
}
