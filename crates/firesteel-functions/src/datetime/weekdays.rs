//! `next_day`.

use arrow::datatypes::Date32Type;
use firesteel_common::{Error, SqlType, error};
use firesteel_expr::function::{CanFail, Doc, Kernel, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, try_number_column};

pub(super) const NEXT_DAY: ScalarFunction = ScalarFunction {
    name: "next_day",
    signature: Signature::OneOf(&[&[Param::Date, Param::String]]),
    returns: |_| Ok(SqlType::Date),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (dates, names) = (Numbers::<Date32Type>::of(args, 0)?, Texts::of(args, 1)?);
        try_number_column::<Date32Type>(args, |row| {
            let (Some(date), Some(name)) = (dates.get(row), names.get(row)) else { return Ok(None) };
            let wanted = weekday(name).ok_or_else(|| illegal(name))?;
            let own = (date + 3).rem_euclid(7);
            // Later by one to seven days.
            Ok(Some(date + 1 + (wanted - own - 1).rem_euclid(7)))
        })
    }),
    doc: Doc {
        usage: "next_day(start_date, day_of_week) - Returns the first date which is later than `start_date` and named as \
                indicated.",
        since: "1.5.0",
        examples: &[("SELECT next_day('2015-01-14', 'TU')", "2015-01-20")],
    },
    ..ScalarFunction::DEFAULT
};

fn illegal(name: &str) -> Error {
    error!(ILLEGAL_DAY_OF_WEEK, string = name)
}

/// 0 is Monday.
fn weekday(name: &str) -> Option<i32> {
    let name = name.to_uppercase();
    const NAMES: [[&str; 3]; 7] = [
        ["MO", "MON", "MONDAY"],
        ["TU", "TUE", "TUESDAY"],
        ["WE", "WED", "WEDNESDAY"],
        ["TH", "THU", "THURSDAY"],
        ["FR", "FRI", "FRIDAY"],
        ["SA", "SAT", "SATURDAY"],
        ["SU", "SUN", "SUNDAY"],
    ];
    NAMES.iter().position(|names| names.contains(&name.as_str())).map(|at| at as i32)
}
