//! Whether an argument may be given for a parameter, and as what.

use firesteel_common::SqlType;

use super::decimal::decimal_of_numeric;
use crate::expr::{CastMode, Expr, ExprRef};
use crate::function::Param;

/// Whether the parameter takes the type as it is.
pub fn accepts(param: Param, given: &SqlType) -> bool {
    match param {
        Param::Boolean => *given == SqlType::Boolean,
        Param::Int => *given == SqlType::Int,
        Param::BigInt => *given == SqlType::BigInt,
        Param::Integral => given.is_integral(),
        Param::Double => *given == SqlType::Double,
        Param::Numeric => given.is_numeric(),
        Param::Decimal => given.is_decimal(),
        Param::String => given.is_string(),
        Param::Binary => *given == SqlType::Binary,
        Param::StringOrBinary => given.is_string() || *given == SqlType::Binary,
        Param::Date => *given == SqlType::Date,
        Param::Timestamp => *given == SqlType::Timestamp,
        Param::TimestampNtz => *given == SqlType::TimestampNtz,
        Param::AnyTimestamp => matches!(given, SqlType::Timestamp | SqlType::TimestampNtz),
        Param::Datetime => given.is_datetime(),
        Param::YearMonthInterval => matches!(given, SqlType::YearMonthInterval(..)),
        Param::DayTimeInterval => matches!(given, SqlType::DayTimeInterval(..)),
        Param::AnyInterval => given.is_ansi_interval() || *given == SqlType::CalendarInterval,
        Param::AnyArray => matches!(given, SqlType::Array { .. }),
        Param::AnyMap => matches!(given, SqlType::Map { .. }),
        Param::AnyStruct => matches!(given, SqlType::Struct(_)),
        Param::Orderable | Param::CommonOrderable => given.is_orderable(),
        Param::Any | Param::Common => true,
    }
}

/// The type that an argument of type `given` is cast to for the parameter; `None` when it cannot be given.
pub fn implicit_type(given: &SqlType, param: Param) -> Option<SqlType> {
    if accepts(param, given) {
        return Some(given.clone());
    }
    if param == Param::Decimal && given.is_numeric() {
        return decimal_of_numeric(given);
    }
    let target = default_type(param)?;
    let allowed = match param {
        // A fraction is never cut without being asked, unless for one definite type; nor is text read as "some integer".
        Param::Integral => *given == SqlType::Void,
        _ if given.is_string() => !(target.is_nested() || target.is_ansi_interval() || given == &target),
        _ => can_store_assign(given, &target),
    };
    allowed.then_some(target)
}

pub fn can_implicitly_cast(given: &SqlType, param: Param) -> bool {
    implicit_type(given, param).is_some()
}

/// The argument, cast where the parameter needs it.
pub fn implicit_cast(arg: &ExprRef, param: Param) -> Option<ExprRef> {
    let target = implicit_type(arg.data_type(), param)?;
    Some(Expr::cast(arg.clone(), target, CastMode::Ansi))
}

/// What a parameter of several types casts to when it takes none of them as it is.
fn default_type(param: Param) -> Option<SqlType> {
    Some(match param {
        Param::Boolean => SqlType::Boolean,
        Param::Int | Param::Integral => SqlType::Int,
        Param::BigInt => SqlType::BigInt,
        Param::Double | Param::Numeric => SqlType::Double,
        Param::Decimal => SqlType::DECIMAL_SYSTEM_DEFAULT,
        Param::String | Param::StringOrBinary => SqlType::STRING,
        Param::Binary => SqlType::Binary,
        Param::Date => SqlType::Date,
        Param::Timestamp | Param::AnyTimestamp | Param::Datetime => SqlType::Timestamp,
        Param::TimestampNtz => SqlType::TimestampNtz,
        Param::YearMonthInterval => SqlType::YEAR_MONTH,
        Param::DayTimeInterval | Param::AnyInterval => SqlType::DAY_TIME,
        Param::AnyArray => SqlType::array(SqlType::Void, true),
        Param::AnyMap => SqlType::map(SqlType::Void, SqlType::Void, true),
        Param::AnyStruct | Param::Orderable | Param::CommonOrderable | Param::Any | Param::Common => return None,
    })
}

/// Whether INSERT would store `from` in a column of type `to`: numbers in any number, anything simple in text, dates and
/// timestamps in one another. Functions take their arguments by the same rule.
pub fn can_store_assign(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        _ if from == to => true,
        (SqlType::Void, _) => true,
        _ if from.is_numeric() && to.is_numeric() => true,
        _ if to.is_string() => !from.is_nested() && *from != SqlType::Variant,
        _ if from.is_datetime() && to.is_datetime() => true,
        (SqlType::Time(_), SqlType::Time(_)) => true,
        (SqlType::YearMonthInterval(..), SqlType::YearMonthInterval(..)) => true,
        (SqlType::DayTimeInterval(..), SqlType::DayTimeInterval(..)) => true,
        (
            SqlType::Array { element: from, contains_null: has_null },
            SqlType::Array { element: to, contains_null: takes_null },
        ) => (*takes_null || !*has_null) && can_store_assign(from, to),
        (
            SqlType::Map { key: from_key, value: from, value_contains_null: has_null },
            SqlType::Map { key: to_key, value: to, value_contains_null: takes_null },
        ) => (*takes_null || !*has_null) && can_store_assign(from_key, to_key) && can_store_assign(from, to),
        (SqlType::Struct(from), SqlType::Struct(to)) => {
            from.len() == to.len()
                && from.iter().zip(to.iter()).all(|(from, to)| {
                    (to.nullable || !from.nullable) && can_store_assign(&from.data_type, &to.data_type)
                })
        }
        _ => false,
    }
}
