//! How many digits a decimal result has.
//!
//! Arithmetic first asks for the digits that make it exact; past 38 it keeps the digits before the point and cuts those
//! after it, though not below six. Set operations and conditionals cut without that floor.

use firesteel_common::SqlType;

use crate::expr::Expr;

const PRECISION_MAX: i32 = SqlType::DECIMAL_PRECISION_MAX as i32;
/// Digits after the point that arithmetic keeps even at the cost of digits before it.
const SCALE_KEPT: i32 = 6;

/// Precision and scale as they come out of a rule, before they are cut to 38 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digits {
    pub precision: i32,
    pub scale: i32,
}

impl Digits {
    pub fn of(data_type: &SqlType) -> Option<Digits> {
        match data_type {
            SqlType::Decimal { precision, scale } => {
                Some(Digits { precision: i32::from(*precision), scale: i32::from(*scale) })
            }
            _ => None,
        }
    }

    fn integral(self) -> i32 {
        self.precision - self.scale
    }

    /// Whether the exact result fits: then the operation cannot overflow.
    pub fn fits(self) -> bool {
        self.precision <= PRECISION_MAX
    }

    /// The type of an arithmetic result.
    pub fn adjusted(self) -> SqlType {
        if self.fits() {
            return decimal(self.precision, self.scale);
        }
        let floor = self.scale.min(SCALE_KEPT);
        decimal(PRECISION_MAX, (PRECISION_MAX - self.integral()).max(floor))
    }

    /// The type to which several decimals widen.
    fn bounded(self) -> SqlType {
        if self.fits() {
            return decimal(self.precision, self.scale);
        }
        decimal(PRECISION_MAX, (self.scale - (self.precision - PRECISION_MAX)).max(0))
    }
}

fn decimal(precision: i32, scale: i32) -> SqlType {
    // Both are within 0..=38 here, whatever rule they come from.
    SqlType::decimal(precision.clamp(1, PRECISION_MAX) as u8, scale.clamp(0, PRECISION_MAX) as i8)
}

/// `+` and `-`.
pub fn add(left: Digits, right: Digits) -> Digits {
    let scale = left.scale.max(right.scale);
    Digits { precision: scale + left.integral().max(right.integral()) + 1, scale }
}

/// `*`.
pub fn multiply(left: Digits, right: Digits) -> Digits {
    Digits { precision: left.precision + right.precision + 1, scale: left.scale + right.scale }
}

/// `/`.
pub fn divide(left: Digits, right: Digits) -> Digits {
    let scale = SCALE_KEPT.max(left.scale + right.precision + 1);
    Digits { precision: left.integral() + right.scale + scale, scale }
}

/// `%` and `pmod`.
pub fn remainder(left: Digits, right: Digits) -> Digits {
    let scale = left.scale.max(right.scale);
    Digits { precision: left.integral().min(right.integral()) + scale, scale }
}

/// What two decimals widen to: comparisons, CASE, set operations.
pub fn widen(left: Digits, right: Digits) -> SqlType {
    let scale = left.scale.max(right.scale);
    Digits { precision: left.integral().max(right.integral()) + scale, scale }.bounded()
}

/// Whether every value of `narrow` is one of `wide`.
pub fn is_wider(wide: Digits, narrow: Digits) -> bool {
    wide.integral() >= narrow.integral() && wide.scale >= narrow.scale
}

/// The decimal that an integral type acts as beside a decimal.
pub fn decimal_of_integral(data_type: &SqlType) -> Option<SqlType> {
    let precision = match data_type {
        SqlType::TinyInt => 3,
        SqlType::SmallInt => 5,
        SqlType::Int => 10,
        SqlType::BigInt => 20,
        _ => return None,
    };
    Some(SqlType::decimal(precision, 0))
}

/// The decimal that a function which takes decimals reads any numeric type as.
pub fn decimal_of_numeric(data_type: &SqlType) -> Option<SqlType> {
    match data_type {
        SqlType::Decimal { .. } => Some(data_type.clone()),
        SqlType::Float => Some(SqlType::decimal(14, 7)),
        SqlType::Double => Some(SqlType::decimal(30, 15)),
        _ => decimal_of_integral(data_type),
    }
}

/// As [`decimal_of_integral`], where a literal takes no more digits than it has: `1 - discount` must not cost ten.
pub fn decimal_of_operand(expr: &Expr) -> Option<SqlType> {
    let by_type = decimal_of_integral(expr.data_type())?;
    let value = expr.as_literal().and_then(|literal| literal.as_integer());
    match value {
        Some(value) if expr.data_type() != &SqlType::TinyInt => {
            let digits = value.unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
            Some(SqlType::decimal(digits as u8, 0))
        }
        _ => Some(by_type),
    }
}
