//! `pi()` and `e()`.

use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Nullability, ScalarFunction, Signature};
use firesteel_expr::{Expr, Literal};

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[]]),
    returns: |_| Ok(SqlType::Double),
    nullability: Nullability::Never,
    ..ScalarFunction::DEFAULT
};

pub(super) const PI: ScalarFunction = ScalarFunction {
    name: "pi",
    kernel: Kernel::Rewrite(|_| Ok(Expr::literal(Literal::double(std::f64::consts::PI)))),
    doc: Doc { usage: "pi() - Returns pi.", since: "1.5.0", examples: &[("SELECT pi()", "3.141592653589793")] },
    ..COMMON
};

pub(super) const E: ScalarFunction = ScalarFunction {
    name: "e",
    kernel: Kernel::Rewrite(|_| Ok(Expr::literal(Literal::double(std::f64::consts::E)))),
    doc: Doc {
        usage: "e() - Returns Euler's number, e.",
        since: "1.5.0",
        examples: &[("SELECT e()", "2.718281828459045")],
    },
    ..COMMON
};
