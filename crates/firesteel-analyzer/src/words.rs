//! The words and signs of the language, as names and messages show them.

use firesteel_plan::parsed::{BinaryOp, IntervalUnit, TypedLiteral, UnaryOp};

/// Also the name of the function behind the operator.
pub(crate) fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::IntegerDivide => "div",
        BinaryOp::Modulo => "%",
        BinaryOp::Concat => "||",
        BinaryOp::Eq => "=",
        BinaryOp::NotEq => "!=",
        BinaryOp::NullSafeEq => "<=>",
        BinaryOp::Lt => "<",
        BinaryOp::LtEq => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::GtEq => ">=",
        BinaryOp::BitAnd => "&",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::ShiftLeft => "<<",
        BinaryOp::ShiftRight => ">>",
        BinaryOp::ShiftRightUnsigned => ">>>",
    }
}

pub(crate) fn unary(op: UnaryOp) -> &'static str {
    match op {
        UnaryOp::Plus => "+",
        UnaryOp::Minus => "-",
        UnaryOp::BitNot => "~",
    }
}

pub(crate) fn typed_literal(kind: TypedLiteral) -> &'static str {
    match kind {
        TypedLiteral::Date => "DATE",
        TypedLiteral::Time => "TIME",
        TypedLiteral::Timestamp => "TIMESTAMP",
        TypedLiteral::TimestampLtz => "TIMESTAMP_LTZ",
        TypedLiteral::TimestampNtz => "TIMESTAMP_NTZ",
    }
}

const UNITS: [(IntervalUnit, &str); 11] = [
    (IntervalUnit::Year, "year"),
    (IntervalUnit::Quarter, "quarter"),
    (IntervalUnit::Month, "month"),
    (IntervalUnit::Week, "week"),
    (IntervalUnit::Day, "day"),
    (IntervalUnit::Hour, "hour"),
    (IntervalUnit::Minute, "minute"),
    (IntervalUnit::Second, "second"),
    (IntervalUnit::Millisecond, "millisecond"),
    (IntervalUnit::Microsecond, "microsecond"),
    (IntervalUnit::Nanosecond, "nanosecond"),
];

pub(crate) fn interval_unit(unit: IntervalUnit) -> &'static str {
    UNITS.iter().find(|(known, _)| *known == unit).map_or("", |(_, word)| word)
}

/// The unit that a word names, singular or plural.
pub(crate) fn parse_interval_unit(word: &str) -> Option<IntervalUnit> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    UNITS.iter().find(|(_, word)| *word == singular).map(|(unit, _)| *unit)
}
