//! `make_date`.

use arrow::datatypes::{Date32Type, Int32Type};
use firesteel_common::{SqlType, error};
use firesteel_expr::cast::datetime::calendar::checked_days;
use firesteel_expr::function::{CanFail, Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, try_number_column};

pub(super) const MAKE_DATE: ScalarFunction = ScalarFunction {
    name: "make_date",
    signature: Signature::OneOf(&[&[Param::Int, Param::Int, Param::Int]]),
    returns: |_| Ok(SqlType::Date),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let [years, months, days] = [0, 1, 2].map(|at| Numbers::<Int32Type>::of(args, at));
        let (years, months, days) = (years?, months?, days?);
        try_number_column::<Date32Type>(args, |row| {
            let (Some(year), Some(month), Some(day)) = (years.get(row), months.get(row), days.get(row)) else {
                return Ok(None);
            };
            let date = match (u32::try_from(month), u32::try_from(day)) {
                (Ok(month), Ok(day)) => checked_days(year.into(), month, day),
                _ => None,
            };
            date.map(Some).ok_or_else(|| {
                error!(
                    DATETIME_FIELD_OUT_OF_BOUNDS,
                    ansiConfig = "\"spark.sql.ansi.enabled\"",
                    rangeMessage = range_message(month, day)
                )
            })
        })
    }),
    doc: Doc {
        usage: "make_date(year, month, day) - Create date from year, month and day fields.",
        since: "3.0.0",
        examples: &[("SELECT make_date(2013, 7, 15)", "2013-07-15"), ("SELECT make_date(2019, 7, NULL)", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

/// Which field is out of which range.
fn range_message(month: i32, day: i32) -> String {
    match () {
        () if !(1..=12).contains(&month) => {
            format!("Invalid value for MonthOfYear (valid values 1 - 12): {month}")
        }
        () if !(1..=31).contains(&day) => format!("Invalid value for DayOfMonth (valid values 1 - 28/31): {day}"),
        () => format!("Invalid date: day {day} does not exist in month {month}"),
    }
}
