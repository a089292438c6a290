//! Decoded arrays become columns of a plan's types.
//!
//! ```text
//! what the file holds (ms and ns timestamps, unsigned, narrower types, other member names) ──▶ the type's canonical array
//! ```
//! DECIMAL(p ≤ 18) may stay narrow: that is one of the encodings in which a column travels.

use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{
    DataType, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow::error::ArrowError;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;

/// How to bring arrays to one type.
#[derive(Debug, Clone)]
pub(crate) struct Conform {
    target: DataType,
}

impl Conform {
    pub(crate) fn new(data_type: &SqlType) -> Self {
        Self { target: data_type.to_arrow() }
    }

    pub(crate) fn apply(&self, array: &ArrayRef) -> Result<ArrayRef> {
        match (array.data_type(), &self.target) {
            (have, target) if have == target => Ok(Arc::clone(array)),
            (DataType::Decimal64(p, s), DataType::Decimal128(q, t)) if (p, s) == (q, t) => Ok(Arc::clone(array)),
            (DataType::Decimal64(..), _) => self.cast(&Column::Array(Arc::clone(array)).flat()?),
            (DataType::Timestamp(unit, _), DataType::Timestamp(TimeUnit::Microsecond, zone)) => {
                Ok(Arc::new(micros(array, *unit)?.with_timezone_opt(zone.clone())))
            }
            // Arrow has no direct way.
            (DataType::FixedSizeBinary(_), DataType::BinaryView) => {
                self.cast(&arrow::compute::cast(array, &DataType::Binary)?)
            }
            _ => self.cast(array),
        }
    }

    fn cast(&self, array: &ArrayRef) -> Result<ArrayRef> {
        // Not `safe`: what does not fit is an error, not NULL.
        let options = CastOptions { safe: false, ..CastOptions::default() };
        Ok(cast_with_options(array, &self.target, &options)?)
    }
}

/// Nanoseconds round down, also before 1970, so that order and day borders stay.
fn micros(array: &ArrayRef, unit: TimeUnit) -> Result<PrimitiveArray<TimestampMicrosecondType>, ArrowError> {
    match unit {
        TimeUnit::Second => scaled::<TimestampSecondType>(array, 1_000_000),
        TimeUnit::Millisecond => scaled::<TimestampMillisecondType>(array, 1_000),
        TimeUnit::Microsecond => scaled::<TimestampMicrosecondType>(array, 1),
        TimeUnit::Nanosecond => {
            Ok(array.as_primitive::<TimestampNanosecondType>().unary(|nanos| nanos.div_euclid(1_000)))
        }
    }
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(
    array: &ArrayRef,
    factor: i64,
) -> Result<PrimitiveArray<TimestampMicrosecondType>, ArrowError> {
    array.as_primitive::<T>().try_unary(|value| {
        value.checked_mul(factor).ok_or_else(|| ArrowError::CastError(format!("timestamp {value} is out of range")))
    })
}

/// The narrowest type that holds the values of both without loss; `None` when files that disagree so cannot be one table.
pub(crate) fn common_type(a: &SqlType, b: &SqlType) -> Option<SqlType> {
    if a == b {
        return Some(a.clone());
    }
    let rank = |t: &SqlType| match t {
        SqlType::TinyInt => Some(1),
        SqlType::SmallInt => Some(2),
        SqlType::Int => Some(3),
        SqlType::BigInt => Some(4),
        _ => None,
    };
    match (a, b) {
        (SqlType::Void, other) | (other, SqlType::Void) => Some(other.clone()),
        (SqlType::Float, SqlType::Double) | (SqlType::Double, SqlType::Float) => Some(SqlType::Double),
        (SqlType::Decimal { precision: p, scale: s }, SqlType::Decimal { precision: q, scale: t }) => {
            let scale = *s.max(t);
            let whole = (*p as i8 - s).max(*q as i8 - t);
            let precision = u8::try_from(whole.checked_add(scale)?).ok()?;
            (precision <= SqlType::DECIMAL_PRECISION_MAX).then(|| SqlType::decimal(precision, scale))
        }
        _ => {
            let (left, right) = (rank(a)?, rank(b)?);
            Some(if left > right { a.clone() } else { b.clone() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Array, Int32Array, TimestampNanosecondArray, UInt64Array};
    use arrow::datatypes::{Decimal128Type, Int64Type};

    #[test]
    fn arrays_take_the_plans_type() {
        let nanos: ArrayRef = Arc::new(TimestampNanosecondArray::from(vec![Some(1_999), Some(-1), None]));
        let micros = Conform::new(&SqlType::Timestamp).apply(&nanos).expect("timestamps");
        assert_eq!(micros.data_type(), &SqlType::Timestamp.to_arrow());
        let micros = micros.as_primitive::<TimestampMicrosecondType>();
        assert_eq!((micros.value(0), micros.value(1), micros.null_count()), (1, -1, 1));

        let ints: ArrayRef = Arc::new(Int32Array::from(vec![-7]));
        let wide = Conform::new(&SqlType::BigInt).apply(&ints).expect("ints");
        assert_eq!(wide.as_primitive::<Int64Type>().value(0), -7);

        let unsigned: ArrayRef = Arc::new(UInt64Array::from(vec![u64::MAX]));
        let decimal = Conform::new(&SqlType::decimal(20, 0)).apply(&unsigned).expect("unsigned");
        assert_eq!(decimal.as_primitive::<Decimal128Type>().value(0), i128::from(u64::MAX));
    }

    #[test]
    fn types_that_files_may_disagree_on() {
        assert_eq!(common_type(&SqlType::Int, &SqlType::BigInt), Some(SqlType::BigInt));
        assert_eq!(common_type(&SqlType::Double, &SqlType::Float), Some(SqlType::Double));
        assert_eq!(common_type(&SqlType::decimal(10, 2), &SqlType::decimal(10, 4)), Some(SqlType::decimal(12, 4)));
        assert_eq!(common_type(&SqlType::Int, &SqlType::STRING), None);
        assert_eq!(common_type(&SqlType::decimal(38, 0), &SqlType::decimal(38, 10)), None);
    }
}
