//! The least common type of two and more.

use std::sync::Arc;

use firesteel_common::{SqlType, StructField, names};

use super::decimal::{self, Digits, decimal_of_integral};

/// What comparisons, CASE, COALESCE, IN and set operations cast both sides to; strings give way to what they meet.
pub fn common_type(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    tightest_common_type(left, right)
        .or_else(|| common_decimal(left, right))
        .or_else(|| string_promotion(left, right))
        .or_else(|| nested(left, right, common_type))
}

/// As [`common_type`], but text stays text: what a value is looked for in an array or a map with.
pub fn wider_type(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    tightest_common_type(left, right)
        .or_else(|| common_decimal(left, right).filter(|_| left.is_numeric() && right.is_numeric()))
        .or_else(|| nested(left, right, wider_type))
}

/// Left to right, as Spark folds them; of none it is VOID.
pub fn common_type_of(types: &[SqlType]) -> Option<SqlType> {
    types.iter().try_fold(SqlType::Void, |common, next| common_type(&common, next))
}

/// The first type that both precedence lists name: no strings give way, decimals only where nothing is lost.
pub fn tightest_common_type(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    if left == right {
        return Some(left.clone());
    }
    match (left, right) {
        (SqlType::Void, other) | (other, SqlType::Void) => Some(other.clone()),
        (integral, wide @ SqlType::Decimal { .. }) | (wide @ SqlType::Decimal { .. }, integral)
            if integral.is_integral() =>
        {
            let narrow = decimal_of_integral(integral)?;
            decimal::is_wider(Digits::of(wide)?, Digits::of(&narrow)?).then(|| wide.clone())
        }
        _ if rank(left).is_some() && rank(right).is_some() => wider_number(left, right),
        _ if left.is_datetime() && right.is_datetime() => wider_datetime(left, right),
        (SqlType::Time(a), SqlType::Time(b)) => Some(SqlType::Time(*a.max(b))),
        (SqlType::YearMonthInterval(f1, t1), SqlType::YearMonthInterval(f2, t2)) => {
            Some(SqlType::YearMonthInterval(*f1.min(f2), *t1.max(t2)))
        }
        (SqlType::DayTimeInterval(f1, t1), SqlType::DayTimeInterval(f2, t2)) => {
            Some(SqlType::DayTimeInterval(*f1.min(f2), *t1.max(t2)))
        }
        // CHAR and VARCHAR are STRING in expressions; two collations have nothing in common.
        (SqlType::Char(_) | SqlType::Varchar(_), other) | (other, SqlType::Char(_) | SqlType::Varchar(_))
            if other.is_string() =>
        {
            Some(SqlType::STRING)
        }
        _ => nested(left, right, tightest_common_type),
    }
}

/// Place in the precedence list of numbers that are no decimals.
fn rank(data_type: &SqlType) -> Option<u8> {
    Some(match data_type {
        SqlType::TinyInt => 0,
        SqlType::SmallInt => 1,
        SqlType::Int => 2,
        SqlType::BigInt => 3,
        SqlType::Float => 4,
        SqlType::Double => 5,
        _ => return None,
    })
}

/// FLOAT cannot hold every INT: an integer beside it makes DOUBLE.
fn wider_number(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    let wider = if rank(left)? >= rank(right)? { left } else { right };
    Some(if *wider == SqlType::Float { SqlType::Double } else { wider.clone() })
}

fn wider_datetime(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    let either = |data_type| left == &data_type || right == &data_type;
    [SqlType::Timestamp, SqlType::TimestampNtz, SqlType::Date].into_iter().find(|wider| either(wider.clone()))
}

fn common_decimal(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    match (left, right) {
        (SqlType::Decimal { .. }, other) | (other, SqlType::Decimal { .. }) if other.is_fractional() => {
            Some(SqlType::Double)
        }
        (SqlType::Decimal { .. }, _) | (_, SqlType::Decimal { .. }) => {
            let digits = |side: &SqlType| Digits::of(&decimal::decimal_of_numeric(side)?);
            Some(decimal::widen(digits(left)?, digits(right)?))
        }
        _ => None,
    }
}

/// What a string becomes beside another type.
pub(super) fn string_promotion(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    let other = match (left.is_string(), right.is_string()) {
        (true, true) => return (left == right).then(|| left.clone()),
        (true, false) => right,
        (false, true) => left,
        (false, false) => return None,
    };
    match other {
        _ if other.is_integral() => Some(SqlType::BigInt),
        _ if other.is_fractional() || other.is_decimal() => Some(SqlType::Double),
        // Which interval would it be?
        _ if other.is_ansi_interval() || other.is_nested() => None,
        SqlType::CalendarInterval | SqlType::Variant | SqlType::Void => None,
        _ => Some(other.clone()),
    }
}

type CommonRule = fn(&SqlType, &SqlType) -> Option<SqlType>;

fn nested(left: &SqlType, right: &SqlType, rule: CommonRule) -> Option<SqlType> {
    match (left, right) {
        (SqlType::Array { element: e1, contains_null: n1 }, SqlType::Array { element: e2, contains_null: n2 }) => {
            let element = rule(e1, e2)?;
            let contains_null = *n1 || *n2 || casts_to_null(e1, &element) || casts_to_null(e2, &element);
            Some(SqlType::array(element, contains_null))
        }
        (
            SqlType::Map { key: k1, value: v1, value_contains_null: n1 },
            SqlType::Map { key: k2, value: v2, value_contains_null: n2 },
        ) => {
            let key = rule(k1, k2).filter(|key| !casts_to_null(k1, key) && !casts_to_null(k2, key))?;
            let value = rule(v1, v2)?;
            let contains_null = *n1 || *n2 || casts_to_null(v1, &value) || casts_to_null(v2, &value);
            Some(SqlType::map(key, value, contains_null))
        }
        (SqlType::Struct(f1), SqlType::Struct(f2)) if f1.len() == f2.len() => {
            let fields: Option<Arc<[StructField]>> =
                f1.iter().zip(f2.iter()).map(|(left, right)| common_field(left, right, rule)).collect();
            fields.map(SqlType::Struct)
        }
        _ => None,
    }
}

fn common_field(left: &StructField, right: &StructField, rule: CommonRule) -> Option<StructField> {
    if !names::same_name(&left.name, &right.name) {
        return None;
    }
    let data_type = rule(&left.data_type, &right.data_type)?;
    let to_null = casts_to_null(&left.data_type, &data_type) || casts_to_null(&right.data_type, &data_type);
    Some(StructField { name: Arc::clone(&left.name), nullable: left.nullable || right.nullable || to_null, data_type })
}

/// Whether the cast's result counts as nullable whatever its input.
fn casts_to_null(from: &SqlType, to: &SqlType) -> bool {
    match (from, to) {
        _ if from == to => false,
        // An empty array or map; a NULL in it was counted before.
        (SqlType::Void, _) => false,
        _ if from.is_string() => !to.is_string() && *to != SqlType::Binary,
        (SqlType::Float | SqlType::Double, SqlType::Timestamp | SqlType::Decimal { .. }) => true,
        _ => match (Digits::of(to), decimal::decimal_of_numeric(from).as_ref().and_then(Digits::of)) {
            (Some(to), Some(from)) => !decimal::is_wider(to, from),
            _ => false,
        },
    }
}
