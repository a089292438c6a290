//! Functions of numbers and bits.

use super::{functions, variadic};

functions! {
    abs(column): [abs(lit(-1))] => "[1]";
    acos(column): [acos(lit(1))] => "[0.0]";
    acosh(column): [acosh(lit(1))] => "[0.0]";
    asin(column): [asin(lit(0))] => "[0.0]";
    asinh(column): [asinh(lit(0))] => "[0.0]";
    atan(column): [atan(lit(0))] => "[0.0]";
    atan2(y, x): [atan2(lit(0), lit(0))] => "[0.0]";
    atanh(column): [atanh(lit(0))] => "[0.0]";
    bin(column): [bin(lit(13))] => "[1101]";
    bit_count(column): [bit_count(lit(0))] => "[0]";
    bit_get(column | position): [bit_get(lit(11), 0)] => "[1]";
    bround(column | scale): [bround(expr("2.5"), 0)] => "[2]";
    cbrt(column): [cbrt(expr("27.0"))] => "[3.0]";
    ceil(column): [ceil(expr("-0.1"))] => "[0]";
    ceiling(column): [ceiling(lit(-0.1))] => "[0]";
    conv(column | from_base, to_base): [conv(lit("100"), 2, 10)] => "[4]";
    cos(column): [cos(lit(0))] => "[1.0]";
    cosh(column): [cosh(lit(0))] => "[1.0]";
    cot(column): [cot(lit(1))] => "[0.6420926159343306]";
    csc(column): [csc(lit(1))] => "[1.1883951057781212]";
    degrees(column): [degrees(expr("3.141592653589793"))] => "[180.0]";
    e(): [e()] => "[2.718281828459045]";
    exp(column): [exp(lit(0))] => "[1.0]";
    expm1(column): [expm1(lit(0))] => "[0.0]";
    factorial(column): [factorial(lit(5))] => "[120]";
    floor(column): [floor(expr("-0.1"))] => "[-1]";
    getbit(column | position): [getbit(lit(11), 0)] => "[1]";
    hypot(left, right): [hypot(lit(3), lit(4))] => "[5.0]";
    isnan(column): [isnan(expr("cast('NaN' as double)"))] => "[true]";
    ln(column): [ln(lit(1))] => "[0.0]";
    log(column): [log(lit(1))] => "[0.0]";
    log_base(| base, column) = "log": [log_base(10, 100)] => "[2.0]";
    log10(column): [log10(lit(10))] => "[1.0]";
    log1p(column): [log1p(lit(0))] => "[0.0]";
    log2(column): [log2(lit(2))] => "[1.0]";
    nanvl(column, other): [nanvl(expr("cast('NaN' as double)"), lit(123))] => "[123.0]";
    negative(column): [negative(lit(1))] => "[-1]";
    pi(): [pi()] => "[3.141592653589793]";
    pmod(dividend, divisor): [pmod(lit(10), lit(3))] => "[1]";
    positive(column): [positive(lit(1))] => "[1]";
    pow(base | exponent): [pow(lit(2), 3)] => "[8.0]";
    power(base | exponent): [power(lit(2), 3)] => "[8.0]";
    radians(column): [radians(lit(180))] => "[3.141592653589793]";
    rand(): [rand().between(0, 1)] => "[true]";
    rand_with_seed(| seed) = "rand": [rand_with_seed(0)] => "[0.7604953758285915]";
    randn(): [randn().is_not_null()] => "[true]";
    randn_with_seed(| seed) = "randn": [randn_with_seed(0)] => "[1.6034991609278433]";
    rint(column): [rint(expr("12.3456"))] => "[12.0]";
    round(column | scale): [round(expr("2.5"), 0)] => "[3]";
    sec(column): [sec(lit(0))] => "[1.0]";
    shiftleft(column | bits): [shiftleft(lit(2), 1)] => "[4]";
    shiftright(column | bits): [shiftright(lit(4), 1)] => "[2]";
    shiftrightunsigned(column | bits): [shiftrightunsigned(lit(4), 1)] => "[2]";
    sign(column): [sign(lit(40))] => "[1.0]";
    signum(column): [signum(lit(40))] => "[1.0]";
    sin(column): [sin(lit(0))] => "[0.0]";
    sinh(column): [sinh(lit(0))] => "[0.0]";
    sqrt(column): [sqrt(lit(4))] => "[2.0]";
    tan(column): [tan(lit(0))] => "[0.0]";
    tanh(column): [tanh(lit(0))] => "[0.0]";
    try_add(left, right): [try_add(lit(1), lit(2))] => "[3]";
    try_divide(left, right): [try_divide(lit(3), lit(2))] => "[1.5]";
    try_mod(left, right): [try_mod(lit(3), lit(2))] => "[1]";
    try_multiply(left, right): [try_multiply(lit(2), lit(3))] => "[6]";
    try_subtract(left, right): [try_subtract(lit(2), lit(1))] => "[1]";
    unhex(column): [hex(unhex(lit("537061726B2053514C")))] => "[537061726B2053514C]";
    hex(column): [hex(lit(17))] => "[11]";
    uniform(| min, max): [uniform(10, 20).between(10, 20)] => "[true]";
    width_bucket(column | min, max, buckets): [width_bucket(expr("INTERVAL '0' YEAR"), expr("INTERVAL '0' YEAR"), expr("INTERVAL '10' YEAR"), 10)] => "[1]";
}

variadic! {
    greatest: [greatest((lit(10), lit(9), lit(2), lit(4), lit(3)))] => "[10]";
    least: [least((lit(10), lit(9), lit(2), lit(4), lit(3)))] => "[2]";
}
