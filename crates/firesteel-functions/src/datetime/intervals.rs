//! Intervals made of their fields: `make_interval`, `make_dt_interval`, `make_ym_interval`.

use std::sync::Arc;

use arrow::array::PrimitiveArray;
use arrow::datatypes::{
    Decimal128Type, DurationMicrosecondType, Int32Type, IntervalMonthDayNano, IntervalMonthDayNanoType,
    IntervalYearMonthType,
};
use firesteel_common::{Error, Result, SqlType};
use firesteel_expr::cast::datetime::MICROS_PER_DAY;
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, ScalarFunction, Signature};
use firesteel_expr::operators::failure;
use firesteel_expr::{Column, Literal};

use crate::rows::{Numbers, try_number_column};

/// Fields that are missing are zero; the last one of `count` is seconds with their fraction if `seconds` says so.
fn operands(name: &'static str, args: Vec<ExprRef>, count: usize, seconds: Option<SqlType>) -> Result<Vec<ExprRef>> {
    if args.len() > count {
        let counts: Vec<_> = (0..=count).map(|count| count.to_string()).collect();
        return Err(errors::wrong_num_args(name, format!("[{}]", counts.join(", ")), args.len()));
    }
    let type_of = |at: usize| match &seconds {
        Some(seconds) if at + 1 == count => seconds.clone(),
        _ => SqlType::Int,
    };
    let mut cast = Vec::with_capacity(count);
    for at in 0..count {
        let to = type_of(at);
        let arg = match args.get(at) {
            Some(arg)
                if arg.data_type().is_numeric() || arg.data_type().is_string() || *arg.data_type() == SqlType::Void =>
            {
                arg.clone()
            }
            Some(_) => return Err(errors::unexpected_input(name, &args, at, to.quoted_sql())),
            None => Expr::literal(Literal::int(0)),
        };
        cast.push(Expr::cast(arg, to, CastMode::Ansi));
    }
    Ok(cast)
}

/// INT fields of a row.
struct Fields(Vec<Numbers<Int32Type>>);

impl Fields {
    fn of(args: &KernelArgs<'_>, count: usize) -> Result<Fields> {
        (0..count).map(|at| Numbers::of(args, at)).collect::<Result<_>>().map(Fields)
    }

    fn get<const N: usize>(&self, row: usize) -> Option<[i64; N]> {
        let mut fields = [0; N];
        for (field, numbers) in fields.iter_mut().zip(&self.0) {
            *field = numbers.get(row)?.into();
        }
        Some(fields)
    }
}

pub(super) const MAKE_YM_INTERVAL: ScalarFunction = ScalarFunction {
    name: "make_ym_interval",
    signature: Signature::Custom(|name, args| operands(name, args, 2, None)),
    returns: |_| Ok(SqlType::YEAR_MONTH),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let fields = Fields::of(args, 2)?;
        try_number_column::<IntervalYearMonthType>(args, |row| match fields.get::<2>(row) {
            Some([years, months]) => i32::try_from(years * 12 + months).map(Some).map_err(|_| overflow()),
            None => Ok(None),
        })
    }),
    doc: Doc {
        usage: "make_ym_interval([years[, months]]) - Make year-month interval from years, months.",
        since: "3.2.0",
        examples: &[
            ("SELECT make_ym_interval(1, 2)", "1-2"),
            ("SELECT make_ym_interval(1, 0)", "1-0"),
            ("SELECT make_ym_interval(-1, 1)", "-0-11"),
            ("SELECT make_ym_interval(2)", "2-0"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn overflow() -> Error {
    failure::interval_overflow("")
}

pub(super) const MAKE_DT_INTERVAL: ScalarFunction = ScalarFunction {
    name: "make_dt_interval",
    signature: Signature::Custom(|name, args| operands(name, args, 4, Some(SqlType::decimal(18, 6)))),
    returns: |_| Ok(SqlType::DAY_TIME),
    kernel: Kernel::Batch(|args| {
        let (fields, seconds) = (Fields::of(args, 3)?, Numbers::<Decimal128Type>::of(args, 3)?);
        try_number_column::<DurationMicrosecondType>(args, |row| match (fields.get::<3>(row), seconds.get(row)) {
            (Some([days, hours, minutes]), Some(seconds)) => {
                let micros = i128::from(days) * i128::from(MICROS_PER_DAY) + of_time(hours, minutes, seconds);
                i64::try_from(micros).map(Some).map_err(|_| overflow())
            }
            _ => Ok(None),
        })
    }),
    doc: Doc {
        usage: "make_dt_interval([days[, hours[, mins[, secs]]]]) - Make DayTimeIntervalType duration from days, hours, mins \
                and secs.",
        since: "3.2.0",
        examples: &[
            ("SELECT make_dt_interval(1, 12, 30, 01.001001)", "1 12:30:01.001001000"),
            ("SELECT make_dt_interval(2)", "2 00:00:00.000000000"),
            ("SELECT make_dt_interval(100, null, 3)", "NULL"),
        ],
    },
    ..MAKE_YM_INTERVAL
};

/// Microseconds.
fn of_time(hours: i64, minutes: i64, seconds: i128) -> i128 {
    i128::from(hours) * 3_600_000_000 + i128::from(minutes) * 60_000_000 + seconds
}

pub(super) const MAKE_INTERVAL: ScalarFunction = ScalarFunction {
    name: "make_interval",
    signature: Signature::Custom(|name, args| operands(name, args, 7, Some(SqlType::decimal(18, 6)))),
    returns: |_| Ok(SqlType::CalendarInterval),
    kernel: Kernel::Batch(|args| calendar_intervals(args, Err)),
    doc: Doc {
        usage: "make_interval([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]]) - Make interval from years, months, \
                weeks, days, hours, mins and secs.",
        since: "3.0.0",
        examples: &[
            (
                "SELECT make_interval(100, 11, 1, 1, 12, 30, 01.001001)",
                "100 years 11 months 8 days 12 hours 30 minutes 1.001001 seconds",
            ),
            ("SELECT make_interval(100, null, 3)", "NULL"),
            ("SELECT make_interval(0, 1, 0, 1, 0, 0, 100.000001)", "1 months 1 days 1 minutes 40.000001 seconds"),
        ],
    },
    ..MAKE_YM_INTERVAL
};

pub(super) const TRY_MAKE_INTERVAL: ScalarFunction = ScalarFunction {
    name: "try_make_interval",
    nullability: Nullability::StrictAndMore,
    can_fail: CanFail::Never,
    kernel: Kernel::Batch(|args| calendar_intervals(args, |_| Ok(None))),
    doc: Doc {
        usage: "try_make_interval([years[, months[, weeks[, days[, hours[, mins[, secs]]]]]]]) - As make_interval, but NULL on \
                overflow.",
        since: "4.0.0",
        examples: &[
            ("SELECT try_make_interval(100, 11, 1, 1)", "100 years 11 months 8 days"),
            ("SELECT try_make_interval(2147483647)", "NULL"),
        ],
    },
    ..MAKE_INTERVAL
};

fn calendar_intervals(
    args: &KernelArgs<'_>,
    otherwise: fn(Error) -> Result<Option<IntervalMonthDayNano>>,
) -> Result<Column> {
    let (fields, seconds) = (Fields::of(args, 6)?, Numbers::<Decimal128Type>::of(args, 6)?);
    let interval = |[years, months, weeks, days, hours, minutes]: [i64; 6], seconds: i128| {
        let micros = i64::try_from(of_time(hours, minutes, seconds)).ok()?;
        Some(IntervalMonthDayNano {
            months: i32::try_from(years * 12 + months).ok()?,
            days: i32::try_from(weeks * 7 + days).ok()?,
            nanoseconds: micros.checked_mul(1_000)?,
        })
    };
    let row = |row: usize| match (fields.get::<6>(row), seconds.get(row)) {
        (Some(fields), Some(seconds)) => match interval(fields, seconds) {
            Some(interval) => Ok(Some(interval)),
            None => otherwise(overflow()),
        },
        _ => Ok(None),
    };
    let intervals = (0..args.rows).map(row).collect::<Result<PrimitiveArray<IntervalMonthDayNanoType>>>()?;
    Ok(Column::Array(Arc::new(intervals)))
}
