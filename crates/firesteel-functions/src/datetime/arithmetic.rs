//! `datediff`.

use arrow::datatypes::{Date32Type, Int32Type};
use firesteel_common::SqlType;
use firesteel_expr::function::{Doc, Kernel, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::binary;

pub(super) const DATEDIFF: ScalarFunction = ScalarFunction {
    name: "datediff",
    aliases: &["date_diff"],
    signature: Signature::OneOf(&[&[Param::Date, Param::Date]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| binary::<Date32Type, Date32Type, Int32Type>(args, i32::wrapping_sub)),
    doc: Doc {
        usage: "datediff(endDate, startDate) - Returns the number of days from `startDate` to `endDate`.",
        since: "1.5.0",
        examples: &[
            ("SELECT datediff('2009-07-31', '2009-07-30')", "1"),
            ("SELECT datediff('2009-07-30', '2009-07-31')", "-1"),
        ],
    },
    ..ScalarFunction::DEFAULT
};
