//! Which casts exist, which can fail, which can make NULLs: Spark's ANSI table.

use firesteel_common::SqlType;
use firesteel_common::types::{DayTimeField, YearMonthField};

use SqlType::*;

/// Whether CAST between the types is defined.
pub fn is_allowed(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        _ if from == to => true,
        (Void, _) => true,
        (Variant, _) | (_, Variant) => false,
        (CalendarInterval, _) => to.is_string(),
        _ if to.is_string() => true,
        _ if from.is_string() => !to.is_nested() && *to != Void,
        (Boolean, _) => to.is_numeric(),
        (_, Boolean) => from.is_numeric(),
        (Timestamp, _) => to.is_numeric() || matches!(to, Date | TimestampNtz | Time(_)),
        (_, Timestamp) => from.is_numeric() || matches!(from, Date | TimestampNtz),
        (TimestampNtz, _) => matches!(to, Date | Time(_)),
        (_, TimestampNtz) => *from == Date,
        (Time(_), Time(_)) => true,
        (YearMonthInterval(..), YearMonthInterval(..)) | (DayTimeInterval(..), DayTimeInterval(..)) => true,
        _ if from.is_ansi_interval() => is_one_unit(from) && (to.is_integral() || to.is_decimal()),
        _ if to.is_ansi_interval() => is_one_unit(to) && (from.is_integral() || from.is_decimal()),
        (Array { element: a, .. }, Array { element: b, contains_null }) => member_allowed(a, b, *contains_null),
        (Map { key: ka, value: va, .. }, Map { key: kb, value: vb, value_contains_null }) => {
            member_allowed(ka, kb, false) && member_allowed(va, vb, *value_contains_null)
        }
        (Struct(a), Struct(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b.iter())
                    .all(|(a, b)| (b.nullable || !a.nullable) && member_allowed(&a.data_type, &b.data_type, b.nullable))
        }
        _ => from.is_numeric() && to.is_numeric(),
    }
}

/// A member that may not be NULL needs a conversion that makes none.
fn member_allowed(from: &SqlType, to: &SqlType, nullable: bool) -> bool {
    // Of VOID there are no members: it is what an empty array or map holds.
    is_allowed(from, to) && (nullable || *from == Void || !can_give_null(from, to))
}

/// An interval of a single field converts to and from numbers of that field.
fn is_one_unit(interval: &SqlType) -> bool {
    match interval {
        YearMonthInterval(from, to) => from == to,
        DayTimeInterval(from, to) => from == to,
        _ => false,
    }
}

/// Whether some value of `from` cannot be converted to `to`.
pub fn can_fail(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        _ if from == to => false,
        (Void, _) => false,
        _ if to.is_string() => false,
        (_, Binary) => false,
        _ if from.is_string() => true,
        (_, Boolean) => false,
        (_, Float | Double) => false,
        (_, Decimal { precision, scale }) => match integral_digits(from) {
            Some((digits, fraction)) => {
                let kept = i16::from(*precision) - i16::from(*scale);
                // Rounding may carry into one more digit: 9.9 -> 10.
                let carry = i16::from(fraction > *scale);
                i16::from(digits) + carry > kept
            }
            None => true,
        },
        (Boolean, _) => false,
        _ if from.is_integral() && to.is_integral() => integral_rank(from) > integral_rank(to),
        (Decimal { precision, scale }, _) if to.is_integral() => {
            i16::from(*precision) - i16::from(*scale) > safe_digits(to)
        }
        (Timestamp, BigInt) => false,
        (Timestamp | TimestampNtz, Date | TimestampNtz | Timestamp | Time(_)) => false,
        (Date, TimestampNtz | Timestamp) => true,
        (Float | Double | Decimal { .. }, Timestamp) => true,
        (_, Timestamp) => false,
        (Time(_), Time(_)) => false,
        (YearMonthInterval(..), YearMonthInterval(..)) | (DayTimeInterval(..), DayTimeInterval(..)) => false,
        (Array { element: a, .. }, Array { element: b, .. }) => can_fail(a, b),
        (Map { key: ka, value: va, .. }, Map { key: kb, value: vb, .. }) => can_fail(ka, kb) || can_fail(va, vb),
        (Struct(a), Struct(b)) => a.iter().zip(b.iter()).any(|(a, b)| can_fail(&a.data_type, &b.data_type)),
        _ => true,
    }
}

/// Whether a value that is not NULL can become NULL in a cast that succeeds.
pub fn can_give_null(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        (Void, _) => true,
        // NaN and the infinities have no decimal.
        (Float | Double, Decimal { .. }) => true,
        _ => false,
    }
}

/// Digits before and after the point that values of an exact type need.
fn integral_digits(exact: &SqlType) -> Option<(u8, i8)> {
    Some(match exact {
        Boolean => (1, 0),
        TinyInt => (3, 0),
        SmallInt => (5, 0),
        Int => (10, 0),
        BigInt => (19, 0),
        Decimal { precision, scale } => (precision - scale.unsigned_abs(), *scale),
        _ => return None,
    })
}

fn integral_rank(integral: &SqlType) -> u8 {
    match integral {
        TinyInt => 1,
        SmallInt => 2,
        Int => 3,
        _ => 4,
    }
}

/// Numbers of so many digits fit the integral type, whatever the digits.
fn safe_digits(integral: &SqlType) -> i16 {
    match integral {
        TinyInt => 2,
        SmallInt => 4,
        Int => 9,
        _ => 18,
    }
}

/// How many months a year-month field counts.
pub(super) fn months_of(field: YearMonthField) -> i32 {
    match field {
        YearMonthField::Year => 12,
        YearMonthField::Month => 1,
    }
}

/// How many microseconds a day-time field counts.
pub(super) fn micros_of(field: DayTimeField) -> i64 {
    match field {
        DayTimeField::Day => 86_400_000_000,
        DayTimeField::Hour => 3_600_000_000,
        DayTimeField::Minute => 60_000_000,
        DayTimeField::Second => 1_000_000,
    }
}
