//! `width_bucket`.

use arrow::datatypes::{ArrowPrimitiveType, DurationMicrosecondType, Float64Type, Int64Type, IntervalYearMonthType};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, number_column};

pub(super) const WIDTH_BUCKET: ScalarFunction = ScalarFunction {
    name: "width_bucket",
    signature: Signature::OneOf(&[
        &[Param::Double, Param::Double, Param::Double, Param::BigInt],
        &[Param::YearMonthInterval, Param::YearMonthInterval, Param::YearMonthInterval, Param::BigInt],
        &[Param::DayTimeInterval, Param::DayTimeInterval, Param::DayTimeInterval, Param::BigInt],
    ]),
    returns: |_| Ok(SqlType::BigInt),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| match args.types[0] {
        SqlType::YearMonthInterval(..) => buckets::<IntervalYearMonthType>(args, f64::from),
        SqlType::DayTimeInterval(..) => buckets::<DurationMicrosecondType>(args, |micros| micros as f64),
        _ => buckets::<Float64Type>(args, |value| value),
    }),
    doc: Doc {
        usage: "width_bucket(value, min_value, max_value, num_bucket) - Returns the bucket number to which `value` would be \
                assigned in an equiwidth histogram with `num_bucket` buckets, in the range `min_value` to `max_value`.",
        since: "3.1.0",
        examples: &[
            ("SELECT width_bucket(5.3, 0.2, 10.6, 5)", "3"),
            ("SELECT width_bucket(-2.1, 1.3, 3.4, 3)", "0"),
            ("SELECT width_bucket(8.1, 0.0, 5.7, 4)", "5"),
            ("SELECT width_bucket(-0.9, 5.2, 0.5, 2)", "3"),
            ("SELECT width_bucket(INTERVAL '0' YEAR, INTERVAL '0' YEAR, INTERVAL '10' YEAR, 10)", "1"),
            ("SELECT width_bucket(INTERVAL '0' DAY, INTERVAL '0' DAY, INTERVAL '10' DAY, 10)", "1"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn buckets<T: ArrowPrimitiveType>(args: &KernelArgs<'_>, to: fn(T::Native) -> f64) -> Result<Column> {
    let [values, lows, highs] = [0, 1, 2].map(|at| Numbers::<T>::of(args, at));
    let (values, lows, highs) = (values?, lows?, highs?);
    let counts = Numbers::<Int64Type>::of(args, 3)?;
    number_column::<Int64Type>(args, |row| {
        bucket(to(values.get(row)?), to(lows.get(row)?), to(highs.get(row)?), counts.get(row)?)
    })
}

/// From 1 on; 0 before and `count + 1` behind the range, which may run downwards.
fn bucket(value: f64, low: f64, high: f64, count: i64) -> Option<i64> {
    let senseless = value.is_nan() || !low.is_finite() || !high.is_finite() || low == high;
    if senseless || count <= 0 || count == i64::MAX {
        return None;
    }
    let (before, behind) = if low < high { (value < low, value >= high) } else { (value > low, value <= high) };
    Some(match (before, behind) {
        (true, _) => 0,
        (_, true) => count + 1,
        _ => (count as f64 * (value - low) / (high - low)) as i64 + 1,
    })
}
