//! Functions of doubles.

use arrow::datatypes::Float64Type;
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::{binary, unary};

const ONE: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Double]]),
    returns: |_| Ok(SqlType::Double),
    ..ScalarFunction::DEFAULT
};

const TWO: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Double, Param::Double]]),
    returns: |_| Ok(SqlType::Double),
    ..ScalarFunction::DEFAULT
};

/// A function of one double: its constant, names, operation and documentation.
macro_rules! of_one_double {
    ($constant:ident, $name:literal, $aliases:expr, $operation:expr, $usage:literal, $since:literal, $examples:expr) => {
        pub(super) const $constant: ScalarFunction = ScalarFunction {
            name: $name,
            aliases: &$aliases,
            kernel: Kernel::Batch(|args| unary::<Float64Type, Float64Type>(args, $operation)),
            doc: Doc { usage: concat!($name, "(expr) - ", $usage), since: $since, examples: &$examples },
            ..ONE
        };
    };
}

of_one_double!(
    SIGN,
    "sign",
    ["signum"],
    |v: f64| if v == 0.0 || v.is_nan() { v } else { v.signum() },
    "Returns -1.0, 0.0 or 1.0 as `expr` is negative, 0 or positive.",
    "1.4.0",
    [("SELECT sign(40)", "1.0")]
);
of_one_double!(SQRT, "sqrt", [], f64::sqrt, "Returns the square root of `expr`.", "1.1.1", [("SELECT sqrt(4)", "2.0")]);
of_one_double!(
    CBRT,
    "cbrt",
    [],
    f64::cbrt,
    "Returns the cube root of `expr`.",
    "1.4.0",
    [("SELECT cbrt(27.0)", "3.0")]
);
of_one_double!(EXP, "exp", [], f64::exp, "Returns e to the power of `expr`.", "1.4.0", [("SELECT exp(0)", "1.0")]);
of_one_double!(EXPM1, "expm1", [], f64::exp_m1, "Returns exp(`expr`) - 1.", "1.4.0", [("SELECT expm1(0)", "0.0")]);
of_one_double!(SIN, "sin", [], f64::sin, "Returns the sine of `expr`.", "1.4.0", [("SELECT sin(0)", "0.0")]);
of_one_double!(COS, "cos", [], f64::cos, "Returns the cosine of `expr`.", "1.4.0", [("SELECT cos(0)", "1.0")]);
of_one_double!(TAN, "tan", [], f64::tan, "Returns the tangent of `expr`.", "1.4.0", [("SELECT tan(0)", "0.0")]);
of_one_double!(
    COT,
    "cot",
    [],
    |v: f64| v.tan().recip(),
    "Returns the cotangent of `expr`.",
    "2.3.0",
    [("SELECT cot(1)", "0.6420926159343306")]
);
of_one_double!(
    SEC,
    "sec",
    [],
    |v: f64| v.cos().recip(),
    "Returns the secant of `expr`.",
    "3.3.0",
    [("SELECT sec(0)", "1.0")]
);
of_one_double!(
    CSC,
    "csc",
    [],
    |v: f64| v.sin().recip(),
    "Returns the cosecant of `expr`.",
    "3.3.0",
    [("SELECT csc(1)", "1.1883951057781212")]
);
of_one_double!(
    ASIN,
    "asin",
    [],
    f64::asin,
    "Returns the inverse sine of `expr`.",
    "1.4.0",
    [("SELECT asin(0)", "0.0"), ("SELECT asin(2)", "NaN")]
);
of_one_double!(
    ACOS,
    "acos",
    [],
    f64::acos,
    "Returns the inverse cosine of `expr`.",
    "1.4.0",
    [("SELECT acos(1)", "0.0"), ("SELECT acos(2)", "NaN")]
);
of_one_double!(
    ATAN,
    "atan",
    [],
    f64::atan,
    "Returns the inverse tangent of `expr`.",
    "1.4.0",
    [("SELECT atan(0)", "0.0")]
);
of_one_double!(
    SINH,
    "sinh",
    [],
    f64::sinh,
    "Returns the hyperbolic sine of `expr`.",
    "1.4.0",
    [("SELECT sinh(0)", "0.0")]
);
of_one_double!(
    COSH,
    "cosh",
    [],
    f64::cosh,
    "Returns the hyperbolic cosine of `expr`.",
    "1.4.0",
    [("SELECT cosh(0)", "1.0")]
);
of_one_double!(
    TANH,
    "tanh",
    [],
    f64::tanh,
    "Returns the hyperbolic tangent of `expr`.",
    "1.4.0",
    [("SELECT tanh(0)", "0.0")]
);
of_one_double!(
    ASINH,
    "asinh",
    [],
    f64::asinh,
    "Returns the inverse hyperbolic sine of `expr`.",
    "3.0.0",
    [("SELECT asinh(0)", "0.0")]
);
of_one_double!(
    ACOSH,
    "acosh",
    [],
    f64::acosh,
    "Returns the inverse hyperbolic cosine of `expr`.",
    "3.0.0",
    [("SELECT acosh(1)", "0.0"), ("SELECT acosh(0)", "NaN")]
);
of_one_double!(
    ATANH,
    "atanh",
    [],
    f64::atanh,
    "Returns the inverse hyperbolic tangent of `expr`.",
    "3.0.0",
    [("SELECT atanh(0)", "0.0"), ("SELECT atanh(2)", "NaN")]
);
of_one_double!(
    DEGREES,
    "degrees",
    [],
    f64::to_degrees,
    "Converts radians to degrees.",
    "1.4.0",
    [("SELECT degrees(3.141592653589793)", "180.0")]
);
of_one_double!(
    RADIANS,
    "radians",
    [],
    f64::to_radians,
    "Converts degrees to radians.",
    "1.4.0",
    [("SELECT radians(180)", "3.141592653589793")]
);
of_one_double!(
    RINT,
    "rint",
    [],
    f64::round_ties_even,
    "Returns the double value that is closest in value to the argument and is equal to a mathematical integer.",
    "1.4.0",
    [("SELECT rint(12.3456)", "12.0")]
);

pub(super) const POWER: ScalarFunction = ScalarFunction {
    name: "power",
    aliases: &["pow"],
    kernel: Kernel::Batch(|args| binary::<Float64Type, Float64Type, Float64Type>(args, f64::powf)),
    doc: Doc {
        usage: "power(expr1, expr2) - Raises `expr1` to the power of `expr2`.",
        since: "1.4.0",
        examples: &[("SELECT power(2, 3)", "8.0")],
    },
    ..TWO
};

pub(super) const ATAN2: ScalarFunction = ScalarFunction {
    name: "atan2",
    // Minus zero counts as zero.
    kernel: Kernel::Batch(|args| {
        binary::<Float64Type, Float64Type, Float64Type>(args, |y, x| (y + 0.0).atan2(x + 0.0))
    }),
    doc: Doc {
        usage: "atan2(exprY, exprX) - Returns the angle in radians between the positive x-axis of a plane and the point \
                given by the coordinates.",
        since: "1.4.0",
        examples: &[("SELECT atan2(0, 0)", "0.0")],
    },
    ..TWO
};

pub(super) const HYPOT: ScalarFunction = ScalarFunction {
    name: "hypot",
    kernel: Kernel::Batch(|args| binary::<Float64Type, Float64Type, Float64Type>(args, f64::hypot)),
    doc: Doc {
        usage: "hypot(expr1, expr2) - Returns sqrt(`expr1`**2 + `expr2`**2).",
        since: "1.4.0",
        examples: &[("SELECT hypot(3, 4)", "5.0")],
    },
    ..TWO
};
