//! Values as machine words: integers sign-extended, floats as normalized bits, short strings with their length.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BinaryViewArray, BooleanArray, PrimitiveArray, StringViewArray,
};
use arrow::buffer::{NullBuffer, ScalarBuffer};
use arrow::datatypes::{
    DataType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, DurationMicrosecondType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, IntervalYearMonthType, Time64NanosecondType,
    TimestampMicrosecondType,
};
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::column::{Column, small_dictionary};

use crate::hash::{float_bits, float32_bits};

/// A string of at most so many bytes is one word: its length in the lowest byte, then its bytes.
pub(crate) const SHORT_STRING: u32 = 7;

/// How many bits the values of a type need; `None` for those of no fixed width.
pub(crate) fn fixed_bits(data_type: &SqlType) -> Option<u32> {
    Some(match data_type {
        SqlType::Boolean => 1,
        SqlType::TinyInt => 8,
        SqlType::SmallInt => 16,
        SqlType::Int | SqlType::Date | SqlType::Float | SqlType::YearMonthInterval(..) => 32,
        SqlType::BigInt | SqlType::Double | SqlType::Timestamp | SqlType::TimestampNtz => 64,
        SqlType::Time(_) | SqlType::DayTimeInterval(..) => 64,
        SqlType::Decimal { precision, .. } if *precision <= 18 => 64,
        _ => return None,
    })
}

/// Whether values are integers underneath, whose words order as i64 does.
pub(crate) fn is_integer(data_type: &SqlType) -> bool {
    fixed_bits(data_type).is_some() && !data_type.is_fractional() && *data_type != SqlType::Boolean
}

/// Whether no string of the column is too long for a word.
pub(crate) fn all_short(column: &Column) -> bool {
    let short = |views: &[u128]| views.iter().all(|view| *view as u32 <= SHORT_STRING);
    let array = column.values();
    match array.data_type() {
        DataType::Utf8View => short(array.as_string_view().views()),
        DataType::BinaryView => short(array.as_binary_view().views()),
        DataType::Dictionary(..) => {
            let Some(dictionary) = small_dictionary(array) else {
                return column.flat().is_ok_and(|flat| all_short(&Column::Array(flat)));
            };
            let values = dictionary.values();
            match values.data_type() {
                DataType::Dictionary(..) => false,
                _ => all_short(&Column::Array(Arc::clone(values))),
            }
        }
        DataType::Utf8 => array.as_string::<i32>().offsets().lengths().all(|length| length <= SHORT_STRING as usize),
        _ => false,
    }
}

/// The word of each row, in order; that of a NULL says nothing.
pub(crate) fn each_word(column: &Column, give: &mut impl FnMut(u64)) -> Result<()> {
    match column {
        Column::Constant(array, rows) => {
            let mut word = 0;
            array_words(array, &mut |value| word = value)?;
            (0..*rows).for_each(|_| give(word));
            Ok(())
        }
        Column::Array(array) => match small_dictionary(array) {
            Some(dictionary) => {
                let mut values = Vec::with_capacity(dictionary.values().len());
                array_words(dictionary.values(), &mut |word| values.push(word))?;
                let keys =
                    arrow::compute::cast(&arrow::array::make_array(dictionary.keys().to_data()), &DataType::Int32)?;
                let keys = keys.as_primitive::<Int32Type>().values();
                keys.iter().for_each(|key| give(values.get(*key as usize).copied().unwrap_or(0)));
                Ok(())
            }
            None if array.as_any_dictionary_opt().is_some() => array_words(&column.flat()?, give),
            None => array_words(array, give),
        },
    }
}

#[inline]
fn each_integer<T: ArrowPrimitiveType<Native: Into<i64>>>(array: &ArrayRef, give: &mut impl FnMut(u64)) {
    array.as_primitive::<T>().values().iter().for_each(|value| give((*value).into() as u64));
}

fn array_words(array: &ArrayRef, give: &mut impl FnMut(u64)) -> Result<()> {
    match array.data_type() {
        DataType::Null => (0..array.len()).for_each(|_| give(0)),
        DataType::Boolean => array.as_boolean().values().iter().for_each(|value| give(u64::from(value))),
        DataType::Int8 => each_integer::<Int8Type>(array, give),
        DataType::Int16 => each_integer::<Int16Type>(array, give),
        DataType::Int32 => each_integer::<Int32Type>(array, give),
        DataType::Int64 => each_integer::<Int64Type>(array, give),
        DataType::Date32 => each_integer::<Date32Type>(array, give),
        DataType::Time64(_) => each_integer::<Time64NanosecondType>(array, give),
        DataType::Timestamp(..) => each_integer::<TimestampMicrosecondType>(array, give),
        DataType::Duration(_) => each_integer::<DurationMicrosecondType>(array, give),
        DataType::Interval(_) => each_integer::<IntervalYearMonthType>(array, give),
        DataType::Decimal32(..) => each_integer::<Decimal32Type>(array, give),
        DataType::Decimal64(..) => each_integer::<Decimal64Type>(array, give),
        DataType::Decimal128(..) => {
            array.as_primitive::<Decimal128Type>().values().iter().for_each(|value| give(*value as u64));
        }
        DataType::Float32 => {
            let values = array.as_primitive::<Float32Type>().values();
            values.iter().for_each(|value| give(u64::from(float32_bits(*value))));
        }
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().values().iter().for_each(|value| give(float_bits(*value)));
        }
        DataType::Utf8View => array.as_string_view().views().iter().for_each(|view| give(view_word(*view))),
        DataType::BinaryView => array.as_binary_view().views().iter().for_each(|view| give(view_word(*view))),
        DataType::Utf8 => {
            array.as_string::<i32>().iter().for_each(|text| give(bytes_word(text.unwrap_or("").as_bytes())))
        }
        other => return Err(internal!("values of {other} are no words")),
    }
    Ok(())
}

/// Arrow's inline view is the length in 32 bits, then the bytes, then zeros.
#[inline]
fn view_word(view: u128) -> u64 {
    (view & 0xff) as u64 | (((view >> 32) as u64) << 8)
}

fn bytes_word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    let length = bytes.len().min(SHORT_STRING as usize);
    word[0] = length as u8;
    word[1..=length].copy_from_slice(&bytes[..length]);
    u64::from_le_bytes(word)
}

/// The way back: the canonical array of the type, from words of which only the type's bits count.
pub(crate) fn array_of_words(
    words: impl Iterator<Item = u64>,
    nulls: Option<NullBuffer>,
    data_type: &SqlType,
) -> Result<ArrayRef> {
    fn primitive<T: ArrowPrimitiveType>(
        words: impl Iterator<Item = u64>,
        nulls: Option<NullBuffer>,
        data_type: &SqlType,
        value: impl Fn(u64) -> T::Native,
    ) -> Result<ArrayRef> {
        let values: ScalarBuffer<T::Native> = words.map(value).collect();
        Ok(Arc::new(PrimitiveArray::<T>::try_new(values, nulls)?.with_data_type(data_type.to_arrow())))
    }
    match data_type {
        SqlType::Boolean => Ok(Arc::new(BooleanArray::new(words.map(|word| word & 1 == 1).collect(), nulls))),
        SqlType::TinyInt => primitive::<Int8Type>(words, nulls, data_type, |word| word as i8),
        SqlType::SmallInt => primitive::<Int16Type>(words, nulls, data_type, |word| word as i16),
        SqlType::Int => primitive::<Int32Type>(words, nulls, data_type, |word| word as i32),
        SqlType::BigInt => primitive::<Int64Type>(words, nulls, data_type, |word| word as i64),
        SqlType::Date => primitive::<Date32Type>(words, nulls, data_type, |word| word as i32),
        SqlType::Time(_) => primitive::<Time64NanosecondType>(words, nulls, data_type, |word| word as i64),
        SqlType::Timestamp | SqlType::TimestampNtz => {
            primitive::<TimestampMicrosecondType>(words, nulls, data_type, |word| word as i64)
        }
        SqlType::YearMonthInterval(..) => {
            primitive::<IntervalYearMonthType>(words, nulls, data_type, |word| word as i32)
        }
        SqlType::DayTimeInterval(..) => {
            primitive::<DurationMicrosecondType>(words, nulls, data_type, |word| word as i64)
        }
        SqlType::Float => primitive::<Float32Type>(words, nulls, data_type, |word| f32::from_bits(word as u32)),
        SqlType::Double => primitive::<Float64Type>(words, nulls, data_type, f64::from_bits),
        SqlType::Decimal { .. } => primitive::<Decimal128Type>(words, nulls, data_type, |word| i128::from(word as i64)),
        SqlType::Binary => {
            let views: ScalarBuffer<u128> = words.map(word_view).collect();
            Ok(Arc::new(BinaryViewArray::try_new(views, vec![], nulls)?))
        }
        data_type if data_type.is_string() => {
            let views: ScalarBuffer<u128> = words.map(word_view).collect();
            Ok(Arc::new(StringViewArray::try_new(views, vec![], nulls)?))
        }
        other => Err(internal!("values of {other} are no words")),
    }
}

fn word_view(word: u64) -> u128 {
    u128::from(word & 0xff) | u128::from(word >> 8) << 32
}
