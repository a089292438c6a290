//! Functions of numbers and bits.

use super::{functions, variadic};

functions! {
    abs(column);
    acos(column);
    acosh(column);
    asin(column);
    asinh(column);
    atan(column);
    atan2(y, x);
    atanh(column);
    bin(column);
    bit_count(column);
    bit_get(column | position);
    bround(column | scale);
    cbrt(column);
    ceil(column);
    ceiling(column);
    conv(column | from_base, to_base);
    cos(column);
    cosh(column);
    cot(column);
    csc(column);
    degrees(column);
    e();
    exp(column);
    expm1(column);
    factorial(column);
    floor(column);
    getbit(column | position);
    hypot(left, right);
    isnan(column);
    ln(column);
    log(column);
    log_base(| base, column) = "log";
    log10(column);
    log1p(column);
    log2(column);
    nanvl(column, other);
    negative(column);
    pi();
    pmod(dividend, divisor);
    positive(column);
    pow(base | exponent);
    power(base | exponent);
    radians(column);
    rand();
    rand_with_seed(| seed) = "rand";
    randn();
    randn_with_seed(| seed) = "randn";
    rint(column);
    round(column | scale);
    sec(column);
    shiftleft(column | bits);
    shiftright(column | bits);
    shiftrightunsigned(column | bits);
    sign(column);
    signum(column);
    sin(column);
    sinh(column);
    sqrt(column);
    tan(column);
    tanh(column);
    try_add(left, right);
    try_divide(left, right);
    try_mod(left, right);
    try_multiply(left, right);
    try_subtract(left, right);
    unhex(column);
    hex(column);
    uniform(| min, max);
    width_bucket(column | min, max, buckets);
}

variadic! {
    greatest;
    least;
}
