//! `hash`: Spark's Murmur3 with seed 42 over the arguments in turn; NULLs leave the hash as it is.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array};
use arrow::datatypes::{
    Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalYearMonthType, TimestampMicrosecondType,
};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

const SEED: u32 = 42;

pub(super) const HASH: ScalarFunction = ScalarFunction {
    name: "hash",
    signature: Signature::Variadic { fixed: &[], rest: Param::Any, min: 1 },
    returns: |types| match types.iter().find(|data_type| data_type.is_nested()) {
        Some(nested) => bail!(UNSUPPORTED_FEATURE, feature = format!("hash of {nested}")),
        None => Ok(SqlType::Int),
    },
    nullability: Nullability::Never,
    kernel: Kernel::Batch(hash),
    doc: Doc {
        usage: "hash(expr1, expr2, ...) - Returns a hash value of the arguments.",
        since: "2.0.0",
        examples: &[("SELECT hash('Spark', 123, 2)", "-1321691492")],
    },
    ..ScalarFunction::DEFAULT
};

fn hash(args: &KernelArgs<'_>) -> Result<Column> {
    let mut hashes = vec![SEED; args.rows];
    for (column, data_type) in args.columns.iter().zip(args.types) {
        add(&column.flat_as(data_type)?, data_type, &mut hashes);
    }
    let hashes: Vec<i32> = hashes.into_iter().map(|hash| hash as i32).collect();
    Ok(Column::Array(Arc::new(Int32Array::from(hashes))))
}

/// Mixes a column into the hashes of its rows.
fn add(array: &ArrayRef, data_type: &SqlType, hashes: &mut [u32]) {
    let mut each = |mix: &dyn Fn(usize, u32) -> u32| {
        for (row, hash) in hashes.iter_mut().enumerate() {
            if array.is_valid(row) {
                *hash = mix(row, *hash);
            }
        }
    };
    macro_rules! numbers {
        ($arrow:ty, $mix:ident, $as:ty, $to:expr) => {{
            let values = array.as_primitive::<$arrow>();
            each(&|row, seed| $mix($to(values.value(row)) as $as, seed))
        }};
    }
    match data_type {
        SqlType::Boolean => {
            let values = array.as_boolean();
            each(&|row, seed| of_int(values.value(row) as u32, seed));
        }
        SqlType::TinyInt => numbers!(Int8Type, of_int, u32, i32::from),
        SqlType::SmallInt => numbers!(Int16Type, of_int, u32, i32::from),
        SqlType::Int => numbers!(Int32Type, of_int, u32, i32::from),
        SqlType::Date => numbers!(Date32Type, of_int, u32, i32::from),
        SqlType::YearMonthInterval(..) => numbers!(IntervalYearMonthType, of_int, u32, i32::from),
        SqlType::BigInt => numbers!(Int64Type, of_long, u64, i64::from),
        SqlType::Timestamp | SqlType::TimestampNtz => numbers!(TimestampMicrosecondType, of_long, u64, i64::from),
        SqlType::DayTimeInterval(..) => numbers!(DurationMicrosecondType, of_long, u64, i64::from),
        // Minus zero hashes as zero, every NaN alike.
        SqlType::Float => {
            numbers!(Float32Type, of_int, u32, |v: f32| if v.is_nan() { f32::NAN } else { v + 0.0 }.to_bits())
        }
        SqlType::Double => {
            numbers!(Float64Type, of_long, u64, |v: f64| if v.is_nan() { f64::NAN } else { v + 0.0 }.to_bits())
        }
        SqlType::Decimal { precision: ..=18, .. } => numbers!(Decimal128Type, of_long, u64, |v: i128| v as i64),
        SqlType::Decimal { .. } => {
            let values = array.as_primitive::<Decimal128Type>();
            each(&|row, seed| of_bytes(shortest_bytes(&values.value(row).to_be_bytes()), seed));
        }
        SqlType::Binary => {
            let values = array.as_binary_view();
            each(&|row, seed| of_bytes(values.value(row), seed));
        }
        text if text.is_string() => {
            let values = array.as_string_view();
            each(&|row, seed| of_bytes(values.value(row).as_bytes(), seed));
        }
        // Types without a value of their own, VOID among them, count as NULL.
        _ => {}
    }
}

/// A big-endian two's complement number without the bytes that only repeat its sign.
fn shortest_bytes(bytes: &[u8; 16]) -> &[u8] {
    let redundant = |pair: &[u8]| matches!((pair[0], pair[1] >> 7), (0, 0) | (0xff, 1));
    let skipped = bytes.windows(2).take_while(|pair| redundant(pair)).count();
    &bytes[skipped..]
}

fn of_int(value: u32, seed: u32) -> u32 {
    finish(mix_block(seed, value), 4)
}

fn of_long(value: u64, seed: u32) -> u32 {
    finish(mix_block(mix_block(seed, value as u32), (value >> 32) as u32), 8)
}

/// Whole words first, then each remaining byte as a word of its own (as Spark does, unlike others).
fn of_bytes(bytes: &[u8], seed: u32) -> u32 {
    let (words, rest) = bytes.as_chunks::<4>();
    let hash = words.iter().fold(seed, |hash, word| mix_block(hash, u32::from_le_bytes(*word)));
    let hash = rest.iter().fold(hash, |hash, byte| mix_block(hash, *byte as i8 as u32));
    finish(hash, bytes.len() as u32)
}

fn mix_block(hash: u32, block: u32) -> u32 {
    let block = block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    (hash ^ block).rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
}

fn finish(hash: u32, length: u32) -> u32 {
    let mut hash = hash ^ length;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}
