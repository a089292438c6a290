//! Now: one instant per query.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, StringViewArray, TimestampMicrosecondArray};
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::{Zone, today};
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature, Volatility};

const COMMON: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[]]),
    nullability: Nullability::Never,
    volatility: Volatility::Stable,
    ..ScalarFunction::DEFAULT
};

fn constant(args: &KernelArgs<'_>, one: impl arrow::array::Array + 'static) -> Result<Column> {
    Ok(Column::constant(Arc::new(one) as ArrayRef, args.rows))
}

pub(super) const CURRENT_DATE: ScalarFunction = ScalarFunction {
    name: "current_date",
    aliases: &["curdate"],
    returns: |_| Ok(SqlType::Date),
    kernel: Kernel::Batch(|args| {
        let zone = Zone::parse_or_utc(&args.context.time_zone);
        constant(args, Date32Array::from(vec![today(args.context.query_time, &zone)]))
    }),
    doc: Doc {
        usage: "current_date() - Returns the current date at the start of query evaluation.",
        since: "1.5.0",
        examples: &[],
    },
    ..COMMON
};

pub(super) const CURRENT_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "current_timestamp",
    aliases: &["now"],
    returns: |_| Ok(SqlType::Timestamp),
    kernel: Kernel::Batch(|args| {
        constant(args, TimestampMicrosecondArray::from(vec![args.context.query_time]).with_timezone("UTC"))
    }),
    doc: Doc {
        usage: "current_timestamp() - Returns the current timestamp at the start of query evaluation.",
        since: "1.5.0",
        examples: &[],
    },
    ..COMMON
};

pub(super) const LOCALTIMESTAMP: ScalarFunction = ScalarFunction {
    name: "localtimestamp",
    returns: |_| Ok(SqlType::TimestampNtz),
    kernel: Kernel::Batch(|args| {
        let zone = Zone::parse_or_utc(&args.context.time_zone);
        constant(args, TimestampMicrosecondArray::from(vec![zone.to_local(args.context.query_time)]))
    }),
    doc: Doc {
        usage: "localtimestamp() - Returns the current timestamp without time zone at the start of query evaluation.",
        since: "3.4.0",
        examples: &[],
    },
    ..COMMON
};

pub(super) const CURRENT_TIMEZONE: ScalarFunction = ScalarFunction {
    name: "current_timezone",
    returns: |_| Ok(SqlType::STRING),
    kernel: Kernel::Batch(|args| constant(args, StringViewArray::from(vec![args.context.time_zone.as_ref()]))),
    doc: Doc {
        usage: "current_timezone() - Returns the current session local timezone.",
        since: "3.1.0",
        examples: &[],
    },
    ..COMMON
};
