//! NULLs and zeros for one another, and NULL equal to NULL: `nullifzero`, `zeroifnull`, `equal_null`.

use firesteel_expr::expr::Expr;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::{Literal, registry};

pub(super) const NULLIFZERO: ScalarFunction = ScalarFunction {
    name: "nullifzero",
    signature: Signature::OneOf(&[&[Param::Any]]),
    kernel: Kernel::Rewrite(|args| {
        let is_zero = registry::call("=", vec![args[0].clone(), Expr::literal(Literal::int(0))])?;
        let null = Expr::literal(Literal::null(args[0].data_type().clone()));
        registry::call("if", vec![is_zero, null, args[0].clone()])
    }),
    doc: Doc {
        usage: "nullifzero(expr) - Returns null if `expr` is equal to zero, or `expr` otherwise.",
        since: "4.0.0",
        examples: &[("SELECT nullifzero(0)", "NULL"), ("SELECT nullifzero(2)", "2")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const ZEROIFNULL: ScalarFunction = ScalarFunction {
    name: "zeroifnull",
    kernel: Kernel::Rewrite(|mut args| {
        args.push(Expr::literal(Literal::int(0)));
        registry::call("coalesce", args)
    }),
    doc: Doc {
        usage: "zeroifnull(expr) - Returns zero if `expr` is equal to null, or `expr` otherwise.",
        since: "4.0.0",
        examples: &[("SELECT zeroifnull(NULL)", "0"), ("SELECT zeroifnull(2)", "2")],
    },
    ..NULLIFZERO
};

pub(super) const EQUAL_NULL: ScalarFunction = ScalarFunction {
    name: "equal_null",
    signature: Signature::OneOf(&[&[Param::Any, Param::Any]]),
    kernel: Kernel::Rewrite(|args| registry::call("<=>", args)),
    doc: Doc {
        usage: "equal_null(expr1, expr2) - Returns same result as the EQUAL(=) operator for non-null operands, but returns \
                true if both are null, false if one of the them is null.",
        since: "3.4.0",
        examples: &[
            ("SELECT equal_null(3, 3)", "true"),
            ("SELECT equal_null(1, '11')", "false"),
            ("SELECT equal_null(true, NULL)", "false"),
            ("SELECT equal_null(NULL, NULL)", "true"),
        ],
    },
    ..ScalarFunction::DEFAULT
};
