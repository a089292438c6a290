//! Numbers.

use firesteel_expr::function::ScalarFunction;

mod abs;
mod constants;
mod factorial;
mod float;
mod log;
mod round;
mod rounding;

pub(crate) const ALL: &[ScalarFunction] = &[
    abs::ABS,
    constants::PI,
    constants::E,
    factorial::FACTORIAL,
    float::SIGN,
    float::SQRT,
    float::CBRT,
    float::EXP,
    float::EXPM1,
    float::SIN,
    float::COS,
    float::TAN,
    float::COT,
    float::SEC,
    float::CSC,
    float::ASIN,
    float::ACOS,
    float::ATAN,
    float::SINH,
    float::COSH,
    float::TANH,
    float::ASINH,
    float::ACOSH,
    float::ATANH,
    float::DEGREES,
    float::RADIANS,
    float::RINT,
    float::POWER,
    float::ATAN2,
    float::HYPOT,
    log::LN,
    log::LOG,
    log::LOG10,
    log::LOG2,
    log::LOG1P,
    round::ROUND,
    round::BROUND,
    round::ROUND_HALF_UP,
    round::ROUND_HALF_EVEN,
    rounding::CEIL,
    rounding::FLOOR,
    rounding::CEIL_TO_DIGITS,
    rounding::FLOOR_TO_DIGITS,
];
