//! `date_format`.

use arrow::datatypes::TimestampMicrosecondType;
use firesteel_common::{Result, SqlType};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use super::pattern::{Pattern, Purpose};
use crate::rows::{Numbers, Texts, try_text_column};

pub(super) const DATE_FORMAT: ScalarFunction = ScalarFunction {
    name: "date_format",
    signature: Signature::OneOf(&[&[Param::Timestamp, Param::String]]),
    returns: |_| Ok(SqlType::STRING),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(format),
    doc: Doc {
        usage: "date_format(timestamp, fmt) - Converts `timestamp` to a value of string in the format specified by the date \
                format `fmt`.",
        since: "1.5.0",
        examples: &[("SELECT date_format('2016-04-08', 'y')", "2016")],
    },
    ..ScalarFunction::DEFAULT
};

fn format(args: &KernelArgs<'_>) -> Result<Column> {
    let zone = Zone::parse_or_utc(&args.context.time_zone);
    let (timestamps, patterns) = (Numbers::<TimestampMicrosecondType>::of(args, 0)?, Texts::of(args, 1)?);
    let mut cached = None;
    try_text_column(args, |row| {
        let (Some(micros), Some(text)) = (timestamps.get(row), patterns.get(row)) else { return Ok(None) };
        let pattern = Pattern::cached(&mut cached, text, Purpose::Write)?;
        Ok(Some(pattern.format(micros, &zone)))
    })
}
