//! `unix_timestamp` and `from_unixtime`: calls of other functions.

use firesteel_common::{Result, SqlType};
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::{Literal, registry};

use super::parse::read;

const DEFAULT_PATTERN: &str = "yyyy-MM-dd HH:mm:ss";

pub(super) const UNIX_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "unix_timestamp",
    aliases: &["to_unix_timestamp"],
    signature: Signature::OneOf(&[
        &[],
        &[Param::Datetime],
        &[Param::String],
        &[Param::Datetime, Param::String],
        &[Param::String, Param::String],
    ]),
    kernel: Kernel::Rewrite(seconds_of),
    doc: Doc {
        usage: "unix_timestamp([timeExp[, fmt]]) - Returns the UNIX timestamp of current or specified time.",
        since: "1.5.0",
        examples: &[],
    },
    ..ScalarFunction::DEFAULT
};

fn seconds_of(mut args: Vec<ExprRef>) -> Result<ExprRef> {
    let timestamp = match args.len() {
        0 => Expr::call_named("current_timestamp", Vec::new())?,
        1 => {
            args.push(Expr::literal(Literal::string(DEFAULT_PATTERN)));
            read(args, &SqlType::Timestamp, CastMode::Ansi)?
        }
        _ => read(args, &SqlType::Timestamp, CastMode::Ansi)?,
    };
    Expr::call_named("unix_seconds", vec![timestamp])
}

pub(super) const FROM_UNIXTIME: ScalarFunction = ScalarFunction {
    name: "from_unixtime",
    signature: Signature::OneOf(&[&[Param::BigInt], &[Param::BigInt, Param::String]]),
    kernel: Kernel::Rewrite(|mut args| {
        if args.len() == 1 {
            args.push(Expr::literal(Literal::string(DEFAULT_PATTERN)));
        }
        args[0] = registry::call("timestamp_seconds", vec![args[0].clone()])?;
        Expr::call_named("date_format", args)
    }),
    doc: Doc {
        usage: "from_unixtime(unix_time[, fmt]) - Returns `unix_time` in the specified `fmt`.",
        since: "1.5.0",
        examples: &[],
    },
    ..ScalarFunction::DEFAULT
};
