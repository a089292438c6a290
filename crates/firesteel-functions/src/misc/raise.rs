//! Errors that a query raises itself: `raise_error`, `assert_true`.

use firesteel_common::{SqlType, bail};
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::Expr;
use firesteel_expr::function::{CanFail, Doc, Kernel, Nullability, Param, ScalarFunction, Signature, Volatility};
use firesteel_expr::{Column, Literal, registry};

use crate::rows::Texts;

pub(super) const RAISE_ERROR: ScalarFunction = ScalarFunction {
    name: "raise_error",
    signature: Signature::OneOf(&[&[Param::String]]),
    returns: |_| Ok(SqlType::Void),
    // A NULL raises as well.
    nullability: Nullability::Always,
    // Never computed while planning.
    volatility: Volatility::Volatile,
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        if args.rows == 0 {
            return Ok(Column::nulls(args.return_type, 0));
        }
        let message = Texts::of(args, 0)?;
        bail!(USER_RAISED_EXCEPTION, errorMessage = message.get(0).unwrap_or("null"))
    }),
    doc: Doc {
        usage: "raise_error( expr ) - Throws a USER_RAISED_EXCEPTION with `expr` as message.",
        since: "3.1.0",
        examples: &[],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const ASSERT_TRUE: ScalarFunction = ScalarFunction {
    name: "assert_true",
    signature: Signature::OneOf(&[&[Param::Boolean], &[Param::Boolean, Param::String]]),
    kernel: Kernel::Rewrite(|args| {
        let message = match args.get(1) {
            Some(message) => message.clone(),
            None => Expr::literal(Literal::string(format!("'{}' is not true!", errors::sql_text(&args[0])))),
        };
        let raised = registry::call("raise_error", vec![message])?;
        registry::call("if", vec![args[0].clone(), Expr::literal(Literal::null(SqlType::Void)), raised])
    }),
    doc: Doc {
        usage: "assert_true(expr [, message]) - Throws an exception if `expr` is not true.",
        since: "2.0.0",
        examples: &[("SELECT assert_true(0 < 1)", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};
