//! Dates and timestamps as numbers since 1970-01-01, and back.

use arrow::datatypes::{Date32Type, Int32Type, Int64Type, TimestampMicrosecondType};
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::expr::{CastMode, Expr};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::unary;

use crate::rows::{Numbers, try_number_column};

pub(super) const UNIX_DATE: ScalarFunction = ScalarFunction {
    name: "unix_date",
    signature: Signature::OneOf(&[&[Param::Date]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| unary::<Date32Type, Int32Type>(args, |days| days)),
    doc: Doc {
        usage: "unix_date(date) - Returns the number of days since 1970-01-01.",
        since: "3.1.0",
        examples: &[("SELECT unix_date(DATE(\"1970-01-02\"))", "1")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const DATE_FROM_UNIX_DATE: ScalarFunction = ScalarFunction {
    name: "date_from_unix_date",
    signature: Signature::OneOf(&[&[Param::Int]]),
    returns: |_| Ok(SqlType::Date),
    kernel: Kernel::Batch(|args| unary::<Int32Type, Date32Type>(args, |days| days)),
    doc: Doc {
        usage: "date_from_unix_date(days) - Create date from the number of days since 1970-01-01.",
        since: "3.1.0",
        examples: &[("SELECT date_from_unix_date(1)", "1970-01-02")],
    },
    ..ScalarFunction::DEFAULT
};

const FROM_TIMESTAMP: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::Timestamp]]),
    returns: |_| Ok(SqlType::BigInt),
    ..ScalarFunction::DEFAULT
};

pub(super) const UNIX_SECONDS: ScalarFunction = ScalarFunction {
    name: "unix_seconds",
    kernel: Kernel::Batch(|args| {
        unary::<TimestampMicrosecondType, Int64Type>(args, |micros| micros.div_euclid(1_000_000))
    }),
    doc: Doc {
        usage: "unix_seconds(timestamp) - Returns the number of seconds since 1970-01-01 00:00:00 UTC. Truncates higher \
                levels of precision.",
        since: "3.1.0",
        examples: &[("SELECT unix_seconds(TIMESTAMP('1970-01-01 00:00:01Z'))", "1")],
    },
    ..FROM_TIMESTAMP
};

pub(super) const UNIX_MILLIS: ScalarFunction = ScalarFunction {
    name: "unix_millis",
    kernel: Kernel::Batch(|args| unary::<TimestampMicrosecondType, Int64Type>(args, |micros| micros.div_euclid(1_000))),
    doc: Doc {
        usage: "unix_millis(timestamp) - Returns the number of milliseconds since 1970-01-01 00:00:00 UTC. Truncates higher \
                levels of precision.",
        since: "3.1.0",
        examples: &[("SELECT unix_millis(TIMESTAMP('1970-01-01 00:00:01Z'))", "1000")],
    },
    ..FROM_TIMESTAMP
};

pub(super) const UNIX_MICROS: ScalarFunction = ScalarFunction {
    name: "unix_micros",
    kernel: Kernel::Batch(|args| unary::<TimestampMicrosecondType, Int64Type>(args, |micros| micros)),
    doc: Doc {
        usage: "unix_micros(timestamp) - Returns the number of microseconds since 1970-01-01 00:00:00 UTC.",
        since: "3.1.0",
        examples: &[("SELECT unix_micros(TIMESTAMP('1970-01-01 00:00:01Z'))", "1000000")],
    },
    ..FROM_TIMESTAMP
};

const TO_TIMESTAMP: ScalarFunction = ScalarFunction {
    signature: Signature::OneOf(&[&[Param::BigInt]]),
    returns: |_| Ok(SqlType::Timestamp),
    can_fail: CanFail::Always,
    ..ScalarFunction::DEFAULT
};

fn scaled(args: &KernelArgs<'_>, factor: i64) -> Result<Column> {
    let numbers = Numbers::<Int64Type>::of(args, 0)?;
    try_number_column::<TimestampMicrosecondType>(args, |row| match numbers.get(row) {
        Some(number) => Ok(Some(number.checked_mul(factor).ok_or_else(overflow)?)),
        None => Ok(None),
    })
}

fn overflow() -> Error {
    error!(ARITHMETIC_OVERFLOW, alternative = "", config = "\"spark.sql.ansi.enabled\"", message = "long overflow")
}

pub(super) const TIMESTAMP_SECONDS: ScalarFunction = ScalarFunction {
    name: "timestamp_seconds",
    signature: Signature::OneOf(&[&[Param::Numeric]]),
    kernel: Kernel::Rewrite(|mut args| Ok(Expr::cast(args.swap_remove(0), SqlType::Timestamp, CastMode::Ansi))),
    doc: Doc {
        usage: "timestamp_seconds(seconds) - Creates timestamp from the number of seconds (can be fractional) since UTC epoch.",
        since: "3.1.0",
        examples: &[],
    },
    ..TO_TIMESTAMP
};

pub(super) const TIMESTAMP_MILLIS: ScalarFunction = ScalarFunction {
    name: "timestamp_millis",
    kernel: Kernel::Batch(|args| scaled(args, 1_000)),
    doc: Doc {
        usage: "timestamp_millis(milliseconds) - Creates timestamp from the number of milliseconds since UTC epoch.",
        since: "3.1.0",
        examples: &[],
    },
    ..TO_TIMESTAMP
};

pub(super) const TIMESTAMP_MICROS: ScalarFunction = ScalarFunction {
    name: "timestamp_micros",
    kernel: Kernel::Batch(|args| scaled(args, 1)),
    doc: Doc {
        usage: "timestamp_micros(microseconds) - Creates timestamp from the number of microseconds since UTC epoch.",
        since: "3.1.0",
        examples: &[],
    },
    ..TO_TIMESTAMP
};
