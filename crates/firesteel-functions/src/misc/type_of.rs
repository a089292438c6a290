//! `typeof`.

use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::{Expr, Literal};

pub(super) const TYPEOF: ScalarFunction = ScalarFunction {
    name: "typeof",
    signature: Signature::OneOf(&[&[Param::Any]]),
    kernel: Kernel::Rewrite(|args| Ok(Expr::literal(Literal::string(args[0].data_type().to_string())))),
    doc: Doc {
        usage: "typeof(expr) - Return DDL-formatted type string for the data type of the input.",
        since: "3.0.0",
        examples: &[("SELECT typeof(1)", "int")],
    },
    ..ScalarFunction::DEFAULT
};
