//! `approx_count_distinct`: HyperLogLog, with Ertl's estimator (2017), which needs neither tables of biases nor different
//! formulas for small and large numbers. Estimates are as good as Spark's HyperLogLog++, but not the same numbers.
//!
//! ```text
//! 64-bit hash of a value:  | register: p bits | rank: zeros before the first 1 of the rest, plus 1 |
//! ```
//! A group begins with a short list of (register, rank) and gets its registers when that is full.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, Int32Array, Int64Array};
use arrow::datatypes::{Float64Type, Int32Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::aggregates::input::each_group;
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices, Literal};

use super::{common, constants, lists};
use crate::hash::xxhash64;

const ERROR_DEFAULT: f64 = 0.05;

pub(super) fn approx_count_distinct() -> AggregateFunction {
    AggregateFunction {
        name: "approx_count_distinct",
        signature: Signature::Custom(operands),
        returns: |_| Ok(SqlType::BigInt),
        nullable: false,
        ignores_duplicates: true,
        state_types: |_| Ok(vec![SqlType::Binary, SqlType::Int]),
        accumulator: |types| Ok(Box::new(Distinct { value: types[0].clone(), bits: None, groups: Vec::new() })),
        doc: Doc {
            usage: "approx_count_distinct(expr[, relativeSD]) - Returns the estimated cardinality by HyperLogLog. \
                    `relativeSD` defines the maximum relative standard deviation allowed, 0.05 by default. The estimate \
                    need not be the number that another engine's HyperLogLog gives.",
            since: "1.6.0",
            examples: &[("SELECT approx_count_distinct(col1) FROM VALUES (1), (1), (2), (2), (3) tab(col1)", "3")],
        },
        ..common()
    }
}

/// So many bits of the hash choose a register that the relative standard deviation is at most `error`.
fn register_bits(error: f64) -> f64 {
    (2.0 * (1.106 / error).log2()).ceil()
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.len() {
        1 => args.push(Expr::literal(Literal::double(ERROR_DEFAULT))),
        2 => {}
        other => return Err(errors::wrong_num_args(name, "[1, 2]", other)),
    }
    let error = constants::folded(name, &args, 1, "relativeSD", &SqlType::Double)?;
    let value = lists::doubles(&error.to_array()?)?[0];
    if !(value > 0.0 && (4.0..=24.0).contains(&register_bits(value))) {
        let shown = firesteel_expr::cast::to_string::format_double(value) + "D";
        return Err(constants::out_of_range(name, &args, "relativeSD", "(0.0, 0.39]", shown));
    }
    args[1] = Expr::literal(error);
    Ok(args)
}

/// More entries than this become registers; with few registers it is fewer.
const LIST_MAX: usize = 32;

#[derive(Debug, Clone)]
enum Sketch {
    /// Register and rank, each register once.
    List(Vec<(u32, u8)>),
    Registers(Box<[u8]>),
}

impl Sketch {
    const EMPTY: Sketch = Sketch::List(Vec::new());

    fn add_hash(&mut self, hash: u64, bits: u32) {
        let register = (hash >> (64 - bits)) as u32;
        // A one below the hash's last bit ends the run of zeros.
        let rank = (hash << bits | 1 << (bits - 1)).leading_zeros() as u8 + 1;
        self.add(register, rank, bits);
    }

    fn add(&mut self, register: u32, rank: u8, bits: u32) {
        match self {
            Sketch::Registers(ranks) => {
                let known = &mut ranks[register as usize];
                *known = rank.max(*known);
            }
            Sketch::List(entries) => {
                if let Some((_, known)) = entries.iter_mut().find(|(at, _)| *at == register) {
                    *known = rank.max(*known);
                    return;
                }
                if entries.len() < LIST_MAX.min((1 << bits) / 8) {
                    return entries.push((register, rank));
                }
                let mut ranks = vec![0; 1 << bits].into_boxed_slice();
                entries.iter().for_each(|(at, rank)| ranks[*at as usize] = *rank);
                ranks[register as usize] = rank;
                *self = Sketch::Registers(ranks);
            }
        }
    }

    /// A list takes less than half as many bytes as registers would: the length tells them apart.
    fn to_bytes(&self) -> Vec<u8> {
        match self {
            Sketch::List(entries) => {
                entries.iter().flat_map(|(at, rank)| (at << 8 | u32::from(*rank)).to_le_bytes()).collect()
            }
            Sketch::Registers(ranks) => ranks.to_vec(),
        }
    }

    fn add_bytes(&mut self, bytes: &[u8], bits: u32) {
        if bytes.len() == 1 << bits {
            let entries = bytes.iter().enumerate().filter(|(_, rank)| **rank > 0);
            return entries.for_each(|(at, rank)| self.add(at as u32, *rank, bits));
        }
        for entry in bytes.as_chunks::<4>().0 {
            let entry = u32::from_le_bytes(*entry);
            self.add(entry >> 8, entry as u8, bits);
        }
    }

    fn estimate(&self, bits: u32) -> f64 {
        let ranks = 64 - bits as usize + 2;
        let mut counts = vec![0u32; ranks];
        let mut count = |rank: u8| counts[usize::from(rank).min(ranks - 1)] += 1;
        match self {
            Sketch::Registers(ranks) => ranks.iter().for_each(|rank| count(*rank)),
            Sketch::List(entries) => {
                entries.iter().for_each(|(_, rank)| count(*rank));
                counts[0] += (1 << bits) - entries.len() as u32;
            }
        }
        estimate(&counts, bits)
    }

    fn memory_size(&self) -> usize {
        match self {
            Sketch::List(entries) => entries.capacity() * size_of::<(u32, u8)>(),
            Sketch::Registers(ranks) => ranks.len(),
        }
    }
}

/// The number of distinct values from how many registers have each rank.
fn estimate(counts: &[u32], bits: u32) -> f64 {
    let registers = f64::from(1u32 << bits);
    let last = counts.len() - 1;
    let mut sum = registers * tau(1.0 - f64::from(counts[last]) / registers);
    for count in counts[1..last].iter().rev() {
        sum = 0.5 * (sum + f64::from(*count));
    }
    sum += registers * sigma(f64::from(counts[0]) / registers);
    registers / (2.0 * std::f64::consts::LN_2) * registers / sum
}

/// x + Σ x^(2^k) · 2^(k-1): what empty registers add.
fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * power;
        power += power;
        if sum == before {
            return sum;
        }
    }
}

/// (1 − x − Σ (1 − x^(2^−k))² · 2^−k) / 3: what full registers add.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut power, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        power *= 0.5;
        sum -= (1.0 - x) * (1.0 - x) * power;
        if sum == before {
            return sum / 3.0;
        }
    }
}

struct Distinct {
    value: SqlType,
    bits: Option<u32>,
    groups: Vec<Sketch>,
}

impl Accumulator for Distinct {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Sketch::EMPTY);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if let (None, Some(error)) = (self.bits, lists::first_row(&args[1])) {
            let error = Column::Array(error).flat()?.as_primitive::<Float64Type>().value(0);
            self.bits = Some(register_bits(error) as u32);
        }
        let Some(bits) = self.bits else { return Ok(()) };
        let hashes = xxhash64::hash_column(&args[0], &self.value)?;
        each_group(groups, args[0].nulls_buffer().as_ref(), |group, row| {
            self.groups[group].add_hash(hashes[row], bits);
        });
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let (sketches, bits) = (states[0].as_binary_view(), states[1].as_primitive::<Int32Type>());
        each_group(groups, bits.nulls(), |group, row| {
            let bits = bits.value(row) as u32;
            self.bits = Some(bits);
            self.groups[group].add_bytes(sketches.value(row), bits);
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let groups = std::mem::take(&mut self.groups);
        let sketches: BinaryViewArray = groups.iter().map(|sketch| Some(sketch.to_bytes())).collect();
        let bits: Int32Array = groups.iter().map(|_| self.bits.map(|bits| bits as i32)).collect();
        Ok(vec![Arc::new(sketches), Arc::new(bits)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let groups = std::mem::take(&mut self.groups);
        let bits = self.bits.unwrap_or(4);
        let counts = groups.iter().map(|sketch| sketch.estimate(bits).round() as i64);
        Ok(Arc::new(Int64Array::from_iter_values(counts)))
    }

    fn memory_size(&self) -> usize {
        self.groups.iter().map(Sketch::memory_size).sum::<usize>() + self.groups.capacity() * size_of::<Sketch>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hash that is good enough, made without the engine's.
    fn mixed(value: u64) -> u64 {
        let mut hash = value.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        hash ^ (hash >> 31)
    }

    #[test]
    fn estimates_stay_within_three_standard_deviations() {
        for (error, values) in [(0.05, 0u64), (0.05, 1), (0.05, 20), (0.05, 500), (0.05, 100_000), (0.01, 1_000_000)] {
            let bits = register_bits(error) as u32;
            let mut sketch = Sketch::EMPTY;
            (0..values).for_each(|value| sketch.add_hash(mixed(value), bits));
            let mut merged = Sketch::EMPTY;
            merged.add_bytes(&sketch.to_bytes(), bits);
            let off = (sketch.estimate(bits) - values as f64).abs();
            assert!(off <= 3.0 * error * values as f64, "{values}: {}", sketch.estimate(bits));
            assert_eq!(merged.estimate(bits), sketch.estimate(bits));
        }
    }
}
