//! Numbers.

use firesteel_expr::function::ScalarFunction;

mod abs;
mod bases;
mod buckets;
mod constants;
mod factorial;
mod float;
mod log;
pub(crate) mod random;
mod round;
mod rounding;

pub(crate) const ALL: &[ScalarFunction] = &[
    abs::ABS,
    bases::BIN,
    bases::CONV,
    bases::BIT_COUNT,
    bases::BIT_GET,
    bases::BITMAP_BIT_POSITION,
    bases::BITMAP_BUCKET_NUMBER,
    bases::BITMAP_COUNT,
    buckets::WIDTH_BUCKET,
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
    random::RAND,
    random::RANDN,
    random::UNIFORM,
    random::RANDSTR,
    round::ROUND,
    round::BROUND,
    round::ROUND_HALF_UP,
    round::ROUND_HALF_EVEN,
    rounding::CEIL,
    rounding::FLOOR,
    rounding::CEIL_TO_DIGITS,
    rounding::FLOOR_TO_DIGITS,
];
