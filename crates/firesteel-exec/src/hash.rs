//! The one hash: 64 bits from a value's *meaning*, never from how it is encoded.
//!
//! ```text
//! value ──▶ one or two words (integers as i64, decimals as i128, floats with one NaN and one zero, text as bytes)
//!       ──folded multiply──▶ hash of the value ──combine, column by column──▶ hash of the row
//! ```
//! A narrow decimal, a dictionary's entry and a constant hash as the flat value does, on every machine and in every run:
//! exchanges, partitions and runtime filters rely on it. Constants and dictionaries are hashed once per value.
//!
//! Who uses which bits: 63–56 exchange partition, 55–48 radix partition, 47–32 salts and tags, the low ones directories.

use arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{
    DataType, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNanoType,
};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::column::{Column, small_dictionary};

// Odd numbers without structure: digits of pi, e and the golden ratio.
const SEED: u64 = 0x243f_6a88_85a3_08d3;
const VALUE: u64 = 0x9e37_79b9_7f4a_7c15;
const COMBINE: u64 = 0xb7e1_5162_8aed_2a6b;
const TEXT: u64 = 0xa409_3822_299f_31d1;
const NULL: u64 = 0x082e_fa98_ec4e_6c89;

/// Hashes rows of key columns: one hash per row, whatever was in `hashes` before.
pub fn hash_columns(columns: &[(&Column, &SqlType)], rows: usize, hashes: &mut Vec<u64>) -> Result<()> {
    hashes.clear();
    hashes.resize(rows, SEED);
    for (column, data_type) in columns {
        hash_column(column, data_type, hashes)?;
    }
    Ok(())
}

/// The hash of a word: what tables over packed keys use.
#[inline]
pub(crate) fn hash_word(word: u64) -> u64 {
    fold(word ^ SEED, VALUE)
}

#[inline]
pub(crate) fn hash_double_word(word: u128) -> u64 {
    fold(word as u64 ^ SEED, (word >> 64) as u64 ^ VALUE)
}

/// The hash of bytes: length and content.
#[inline]
pub(crate) fn hash_bytes(bytes: &[u8]) -> u64 {
    let mut state = TEXT ^ bytes.len() as u64;
    if bytes.len() > 16 {
        let (blocks, _) = bytes.as_chunks::<16>();
        for block in blocks {
            state = fold(word_at(block, 0) ^ state, word_at(block, 8) ^ VALUE);
        }
        // The last 16 bytes, some of them perhaps seen before: no tail to treat apart.
        let tail = &bytes[bytes.len() - 16..];
        return fold(word_at(tail, 0) ^ state, word_at(tail, 8) ^ COMBINE);
    }
    let (low, high) = match bytes.len() {
        8.. => (word_at(bytes, 0), word_at(bytes, bytes.len() - 8)),
        4.. => (half_word_at(bytes, 0), half_word_at(bytes, bytes.len() - 4)),
        1.. => (u64::from(bytes[0]) | u64::from(bytes[bytes.len() / 2]) << 8, u64::from(bytes[bytes.len() - 1])),
        0 => (0, 0),
    };
    fold(low ^ state, high ^ COMBINE)
}

/// The 128-bit product, its halves folded onto each other.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

#[inline]
fn combine(row: u64, value: u64) -> u64 {
    fold(row.rotate_left(23) ^ value, COMBINE)
}

#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(word)
}

#[inline]
fn half_word_at(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 4];
    word.copy_from_slice(&bytes[at..at + 4]);
    u64::from(u32::from_le_bytes(word))
}

/// Sign-extended to two words: narrow and wide decimals agree.
#[inline]
fn hash_i128(value: i128) -> u64 {
    hash_double_word(value as u128)
}

/// The bits of a float, all NaN alike, zero without a sign.
#[inline]
pub(crate) fn float_bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

#[inline]
pub(crate) fn float32_bits(value: f32) -> u32 {
    if value.is_nan() { f32::NAN.to_bits() } else { (value + 0.0).to_bits() }
}

fn hash_column(column: &Column, data_type: &SqlType, hashes: &mut [u64]) -> Result<()> {
    match column {
        Column::Array(array) => {
            let mut hashes = hashes.iter_mut();
            each_hash(array, data_type, &mut |value| {
                if let Some(row) = hashes.next() {
                    *row = combine(*row, value);
                }
            })
        }
        Column::Constant(array, _) => each_hash(array, data_type, &mut |value| {
            hashes.iter_mut().for_each(|row| *row = combine(*row, value));
        }),
    }
}

/// The hashes of an array's values, in their order.
pub(crate) fn hash_values(array: &ArrayRef, data_type: &SqlType) -> Result<Vec<u64>> {
    let mut hashes = Vec::with_capacity(array.len());
    each_hash(array, data_type, &mut |hash| hashes.push(hash))?;
    Ok(hashes)
}

fn each_hash(array: &ArrayRef, data_type: &SqlType, give: &mut impl FnMut(u64)) -> Result<()> {
    match array.data_type() {
        DataType::Null => (0..array.len()).for_each(|_| give(NULL)),
        DataType::Boolean => {
            let values = array.as_boolean();
            each_valid(values.nulls(), values.len(), give, |at| hash_word(u64::from(values.value(at))));
        }
        DataType::Int8 => each_integer::<Int8Type>(array.as_primitive(), give),
        DataType::Int16 => each_integer::<Int16Type>(array.as_primitive(), give),
        DataType::Int32 => each_integer::<Int32Type>(array.as_primitive(), give),
        DataType::Int64 => each_integer::<Int64Type>(array.as_primitive(), give),
        DataType::Float32 => each_value::<Float32Type>(array.as_primitive(), give, |v| hash_word(float_bits(v.into()))),
        DataType::Float64 => each_value::<Float64Type>(array.as_primitive(), give, |v| hash_word(float_bits(v))),
        DataType::Decimal32(..) => each_value::<Decimal32Type>(array.as_primitive(), give, |v| hash_i128(v.into())),
        DataType::Decimal64(..) => each_value::<Decimal64Type>(array.as_primitive(), give, |v| hash_i128(v.into())),
        DataType::Decimal128(..) => each_value::<Decimal128Type>(array.as_primitive(), give, hash_i128),
        DataType::Utf8View => {
            let values = array.as_string_view();
            each_valid(values.nulls(), values.len(), give, |at| hash_bytes(values.value(at).as_bytes()));
        }
        DataType::BinaryView => {
            let values = array.as_binary_view();
            each_valid(values.nulls(), values.len(), give, |at| hash_bytes(values.value(at)));
        }
        DataType::Utf8 => {
            let values = array.as_string::<i32>();
            each_valid(values.nulls(), values.len(), give, |at| hash_bytes(values.value(at).as_bytes()));
        }
        DataType::Binary => {
            let values = array.as_binary::<i32>();
            each_valid(values.nulls(), values.len(), give, |at| hash_bytes(values.value(at)));
        }
        DataType::Date32 | DataType::Interval(arrow::datatypes::IntervalUnit::YearMonth) => {
            each_integer::<Int32Type>(&reinterpreted(array)?, give);
        }
        DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
            each_integer::<Int64Type>(&reinterpreted(array)?, give);
        }
        DataType::Interval(arrow::datatypes::IntervalUnit::MonthDayNano) => {
            each_value::<IntervalMonthDayNanoType>(array.as_primitive(), give, |v| {
                combine(
                    hash_double_word((v.months as u32 as u128) << 32 | v.days as u32 as u128),
                    hash_word(v.nanoseconds as u64),
                )
            });
        }
        DataType::Dictionary(..) | DataType::List(_) | DataType::Map(..) | DataType::Struct(_) => {
            each_compound(array, data_type, give)?;
        }
        _ => bail!(UNSUPPORTED_DATATYPE, typeName = data_type.quoted_sql()),
    }
    Ok(())
}

/// The same bits as an integer array, for types that are one underneath.
fn reinterpreted<T: ArrowPrimitiveType>(array: &ArrayRef) -> Result<PrimitiveArray<T>> {
    Ok(PrimitiveArray::from(array.to_data().into_builder().data_type(T::DATA_TYPE).build()?))
}

fn each_compound(array: &ArrayRef, data_type: &SqlType, give: &mut impl FnMut(u64)) -> Result<()> {
    match (array.data_type(), data_type) {
        (DataType::Dictionary(..), _) => {
            let Some(dictionary) = small_dictionary(array) else {
                return each_hash(&Column::Array(ArrayRef::clone(array)).flat()?, data_type, give);
            };
            let values = hash_values(dictionary.values(), data_type)?;
            let keys = dictionary.normalized_keys_or_empty();
            each_valid(dictionary.keys().nulls(), array.len(), give, |at| values[keys[at]]);
        }
        (DataType::List(_), SqlType::Array { element, .. }) => {
            let lists = array.as_list::<i32>();
            let values = hash_values(lists.values(), element)?;
            let offsets = lists.value_offsets();
            each_valid(lists.nulls(), lists.len(), give, |at| hash_run(&values, offsets[at], offsets[at + 1]));
        }
        (DataType::Map(..), SqlType::Map { key, value, .. }) => {
            let maps = array.as_map();
            let mut entries = vec![SEED; maps.entries().len()];
            hash_column(&Column::Array(maps.keys().clone()), key, &mut entries)?;
            hash_column(&Column::Array(maps.values().clone()), value, &mut entries)?;
            let offsets = maps.value_offsets();
            each_valid(maps.nulls(), maps.len(), give, |at| hash_run(&entries, offsets[at], offsets[at + 1]));
        }
        (DataType::Struct(_), SqlType::Struct(fields)) => {
            let structs = array.as_struct();
            let mut rows = vec![SEED; structs.len()];
            for (column, field) in structs.columns().iter().zip(fields.iter()) {
                hash_column(&Column::Array(column.clone()), &field.data_type, &mut rows)?;
            }
            each_valid(structs.nulls(), structs.len(), give, |at| rows[at]);
        }
        _ => bail!(UNSUPPORTED_DATATYPE, typeName = data_type.quoted_sql()),
    }
    Ok(())
}

fn hash_run(values: &[u64], from: i32, to: i32) -> u64 {
    values[from as usize..to as usize].iter().fold(SEED ^ (to - from) as u64, |row, value| combine(row, *value))
}

fn each_integer<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &PrimitiveArray<T>, give: &mut impl FnMut(u64)) {
    each_value(array, give, |value| hash_word(value.into() as u64));
}

#[inline]
fn each_value<T: ArrowPrimitiveType>(
    array: &PrimitiveArray<T>,
    give: &mut impl FnMut(u64),
    hash: impl Fn(T::Native) -> u64,
) {
    let values = array.values();
    each_valid(array.nulls(), values.len(), give, |at| hash(values[at]));
}

#[inline]
fn each_valid(nulls: Option<&NullBuffer>, rows: usize, give: &mut impl FnMut(u64), hash: impl Fn(usize) -> u64) {
    match nulls {
        None => (0..rows).for_each(|at| give(hash(at))),
        Some(nulls) => (0..rows).for_each(|at| give(if nulls.is_valid(at) { hash(at) } else { NULL })),
    }
}

/// `normalized_keys` of an array without values panics: all its rows are NULL.
trait NormalizedKeys {
    fn normalized_keys_or_empty(&self) -> Vec<usize>;
}

impl NormalizedKeys for dyn arrow::array::AnyDictionaryArray + '_ {
    fn normalized_keys_or_empty(&self) -> Vec<usize> {
        if self.values().is_empty() { vec![0; self.keys().len()] } else { self.normalized_keys() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Decimal64Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, StringViewArray};
    use std::sync::Arc;

    fn hashes(column: impl Into<Column>, data_type: &SqlType) -> Vec<u64> {
        let column = column.into();
        let mut hashes = Vec::new();
        hash_columns(&[(&column, data_type)], column.len(), &mut hashes).expect("hash");
        hashes
    }

    fn array(array: impl Array + 'static) -> Column {
        Column::Array(Arc::new(array))
    }

    #[test]
    fn every_encoding_hashes_alike() {
        let decimal = SqlType::decimal(10, 2);
        let values = [Some(-1), None, Some(0), Some(i64::MAX), Some(i64::MIN)];
        let narrow = Decimal64Array::from(values.to_vec());
        let wide = Decimal128Array::from(values.iter().map(|v| v.map(i128::from)).collect::<Vec<_>>());
        assert_eq!(hashes(array(narrow), &decimal), hashes(array(wide), &decimal));

        let long = "a string that is longer than sixteen bytes";
        let text = vec![Some("x"), None, Some(""), Some("x"), Some(long), Some("exactly 16 bytes")];
        let flat = hashes(array(StringViewArray::from(text.clone())), &SqlType::STRING);
        let dictionary: DictionaryArray<Int32Type> = text.into_iter().collect();
        assert_eq!(flat, hashes(array(dictionary), &SqlType::STRING));
        assert_eq!(flat[0], flat[3]);
        let constant = Column::constant(Arc::new(StringViewArray::from(vec!["x"])), 2);
        assert_eq!(hashes(constant, &SqlType::STRING), [flat[0]; 2]);
        assert_eq!(hashes(Column::nulls(&SqlType::STRING, 1), &SqlType::STRING), [flat[1]]);
    }

    #[test]
    fn all_nan_are_one_and_zero_has_no_sign() {
        let nan = f64::from_bits(f64::NAN.to_bits() | 1 << 63 | 5);
        let floats = hashes(array(Float64Array::from(vec![f64::NAN, nan, 0.0, -0.0, 1.0])), &SqlType::Double);
        assert!(floats[0] == floats[1] && floats[2] == floats[3] && floats[3] != floats[4]);
    }

    #[test]
    fn columns_do_not_commute() {
        let (a, b) = (array(Int32Array::from(vec![1])), array(Int32Array::from(vec![2])));
        let (mut ab, mut ba) = (Vec::new(), Vec::new());
        hash_columns(&[(&a, &SqlType::Int), (&b, &SqlType::Int)], 1, &mut ab).expect("hash");
        hash_columns(&[(&b, &SqlType::Int), (&a, &SqlType::Int)], 1, &mut ba).expect("hash");
        assert_ne!(ab, ba);
    }

    /// The hash is part of what executors agree on: it must not change by accident.
    #[test]
    fn the_hash_is_stable() {
        assert_eq!(hash_word(42), 0x6278_73ef_6eb1_834e);
        assert_eq!(hash_bytes(b"abc"), 0x968e_826a_ba7a_4e4e);
        assert_eq!(hash_bytes(b"twelve bytes"), 0x2b3e_bbe8_dc6b_0a32);
        assert_eq!(hash_bytes(b"more than sixteen bytes of text"), 0x7a01_2cb3_9b53_8995);
    }

    #[test]
    fn small_integers_spread_over_all_bits() {
        let keys: Vec<u64> = (0..4096).map(hash_word).collect();
        for shift in [0, 16, 32, 48, 56] {
            let mut seen = [0u32; 256];
            keys.iter().for_each(|hash| seen[(hash >> shift) as usize & 255] += 1);
            assert!(seen.iter().all(|count| (1..64).contains(count)), "bits from {shift} are uneven: {seen:?}");
        }
    }
}
