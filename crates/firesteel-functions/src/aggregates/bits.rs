//! `bit_and`, `bit_or`, `bit_xor` over integers.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Int8Type, Int16Type, Int32Type, Int64Type};
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::aggregates::input::Input;
use firesteel_expr::function::{Doc, Param, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};

use super::common;

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![
        AggregateFunction {
            name: "bit_and",
            ignores_duplicates: true,
            accumulator: |types| Ok(Box::new(Bits::new(&types[0], -1, |a, b| a & b))),
            doc: Doc {
                usage: "bit_and(expr) - Returns the bitwise AND of all non-null input values, or null if none.",
                since: "3.0.0",
                examples: &[("SELECT bit_and(col) FROM VALUES (3), (5) AS tab(col)", "1")],
            },
            ..of_integers()
        },
        AggregateFunction {
            name: "bit_or",
            ignores_duplicates: true,
            accumulator: |types| Ok(Box::new(Bits::new(&types[0], 0, |a, b| a | b))),
            doc: Doc {
                usage: "bit_or(expr) - Returns the bitwise OR of all non-null input values, or null if none.",
                since: "3.0.0",
                examples: &[("SELECT bit_or(col) FROM VALUES (3), (5) AS tab(col)", "7")],
            },
            ..of_integers()
        },
        AggregateFunction {
            name: "bit_xor",
            accumulator: |types| Ok(Box::new(Bits::new(&types[0], 0, |a, b| a ^ b))),
            doc: Doc {
                usage: "bit_xor(expr) - Returns the bitwise XOR of all non-null input values, or null if none.",
                since: "3.0.0",
                examples: &[("SELECT bit_xor(col) FROM VALUES (3), (5) AS tab(col)", "6")],
            },
            ..of_integers()
        },
    ]
}

fn of_integers() -> AggregateFunction {
    AggregateFunction {
        signature: Signature::OneOf(&[&[Param::Integral]]),
        returns: |types| Ok(types[0].clone()),
        state_types: |types| Ok(vec![types[0].clone()]),
        ..common()
    }
}

struct Bits {
    data_type: SqlType,
    neutral: i64,
    combine: fn(i64, i64) -> i64,
    bits: Vec<i64>,
    seen: Vec<bool>,
}

impl Bits {
    fn new(data_type: &SqlType, neutral: i64, combine: fn(i64, i64) -> i64) -> Self {
        Self { data_type: data_type.clone(), neutral, combine, bits: Vec::new(), seen: Vec::new() }
    }

    fn add<T: ArrowPrimitiveType>(&mut self, groups: GroupIndices<'_>, input: &Input)
    where
        T::Native: Into<i64>,
    {
        let (bits, seen, combine) = (&mut self.bits, &mut self.seen, self.combine);
        input.each::<T>(groups, |group, value| {
            bits[group] = combine(bits[group], value.into());
            seen[group] = true;
        });
    }
}

impl Accumulator for Bits {
    fn resize(&mut self, groups: usize) {
        self.bits.resize(groups, self.neutral);
        self.seen.resize(groups, false);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let input = Input::new(&args[0])?;
        match input.array.data_type() {
            DataType::Int8 => self.add::<Int8Type>(groups, &input),
            DataType::Int16 => self.add::<Int16Type>(groups, &input),
            DataType::Int32 => self.add::<Int32Type>(groups, &input),
            DataType::Int64 => self.add::<Int64Type>(groups, &input),
            other => return Err(internal!("bits of {other}")),
        }
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.update(groups, &[Column::Array(Arc::clone(&states[0]))])
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let nulls = NullBuffer::from(std::mem::take(&mut self.seen));
        let longs = Int64Array::new(std::mem::take(&mut self.bits).into(), Some(nulls));
        // Bits of a narrow type's values, sign and all, are a value of that type.
        Ok(arrow::compute::cast(&longs, &self.data_type.to_arrow())?)
    }

    fn memory_size(&self) -> usize {
        self.bits.capacity() * size_of::<i64>() + self.seen.capacity()
    }
}
