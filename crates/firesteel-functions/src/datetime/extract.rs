//! `extract(field FROM source)`, `date_part`: a call of the function for the field, which planning must know.

use arrow::datatypes::{
    Decimal128Type, DurationMicrosecondType, IntervalYearMonthType, Time64NanosecondType, TimestampMicrosecondType,
};
use firesteel_common::{Error, Result, SqlType, error, internal};
use firesteel_expr::cast::datetime::MICROS_PER_DAY;
use firesteel_expr::coerce::signature;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};
use firesteel_expr::operators::elementwise::unary;
use firesteel_expr::{Column, Literal, registry};

use super::fields::{clock_operand, zone_of};
use crate::rows::{Numbers, constant_text, number_column};

pub(super) const EXTRACT: ScalarFunction = ScalarFunction {
    name: "extract",
    aliases: &["date_part", "datepart"],
    signature: Signature::OneOf(&[&[Param::String, Param::Any]]),
    kernel: Kernel::Rewrite(rewrite),
    doc: Doc {
        usage: "extract(field FROM source) - Extracts a part of the date or timestamp or interval source.",
        since: "3.0.0",
        examples: &[
            ("SELECT date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')", "2019"),
            ("SELECT date_part('week', timestamp'2019-08-12 01:00:00.123456')", "33"),
            ("SELECT date_part('doy', DATE'2019-08-12')", "224"),
            ("SELECT date_part('SECONDS', timestamp'2019-10-01 00:00:01.000001')", "1.000001"),
            ("SELECT date_part('MONTH', INTERVAL '2021-11' YEAR TO MONTH)", "11"),
            ("SELECT date_part('MINUTE', INTERVAL '123 23:55:59.002001' DAY TO SECOND)", "55"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn rewrite(mut args: Vec<ExprRef>) -> Result<ExprRef> {
    let Some(field) = constant_text(&args[0]) else {
        return Err(error!(
            NON_FOLDABLE_ARGUMENT,
            funcName = "`extract`",
            paramName = "`field`",
            paramType = "\"STRING\""
        ));
    };
    let source = args.swap_remove(1);
    match interval_field(&field, source.data_type()) {
        Some(Some(name)) => {
            let target = interval_part_type(name);
            let args = vec![Expr::literal(Literal::string(name)), source];
            Ok(Expr::cast(Expr::call_named("extract_interval_field", args)?, target, CastMode::Ansi))
        }
        Some(None) => Err(unknown(&field, &source)),
        None => call_of_date(&field, source),
    }
}

fn unknown(field: &str, source: &ExprRef) -> Error {
    error!(INVALID_EXTRACT_FIELD, field = format!("`{field}`"), expr = format!("\"{source}\""))
}

/// Fields of dates and timestamps.
fn call_of_date(field: &str, source: ExprRef) -> Result<ExprRef> {
    let name = match field.to_uppercase().as_str() {
        "YEAR" | "Y" | "YEARS" | "YR" | "YRS" => "year",
        "YEAROFWEEK" => "yearofweek",
        "QUARTER" | "QTR" => "quarter",
        "MONTH" | "MON" | "MONS" | "MONTHS" => "month",
        "WEEK" | "W" | "WEEKS" => "weekofyear",
        "DAY" | "D" | "DAYS" => "day",
        "DAYOFWEEK" | "DOW" => "dayofweek",
        "DAYOFWEEK_ISO" | "DOW_ISO" => {
            let weekday = registry::call("weekday", vec![source])?;
            return registry::call("+", vec![weekday, Expr::literal(Literal::int(1))]);
        }
        "DOY" => "dayofyear",
        "HOUR" | "H" | "HOURS" | "HR" | "HRS" => "hour",
        "MINUTE" | "M" | "MIN" | "MINS" | "MINUTES" => "minute",
        "SECOND" | "S" | "SEC" | "SECONDS" | "SECS" => "second_with_fraction",
        _ => return Err(unknown(field, &source)),
    };
    let function = registry::scalar(name).ok_or_else(|| internal!("no function {name}"))?;
    let args = signature::apply(function.name, function.signature, vec![source])?;
    Expr::call(&function, args)
}

/// The field's name when the source is an interval: `Some(None)` when it has no such field.
fn interval_field(field: &str, source: &SqlType) -> Option<Option<&'static str>> {
    let field = field.to_uppercase();
    match source {
        SqlType::YearMonthInterval(..) => Some(match field.as_str() {
            "YEAR" | "Y" | "YEARS" | "YR" | "YRS" => Some("year"),
            "MONTH" | "MON" | "MONS" | "MONTHS" => Some("month"),
            _ => None,
        }),
        SqlType::DayTimeInterval(..) => Some(match field.as_str() {
            "DAY" | "D" | "DAYS" => Some("day"),
            "HOUR" | "H" | "HOURS" | "HR" | "HRS" => Some("hour"),
            "MINUTE" | "M" | "MIN" | "MINS" | "MINUTES" => Some("minute"),
            "SECOND" | "S" | "SEC" | "SECONDS" | "SECS" => Some("second"),
            _ => None,
        }),
        _ => None,
    }
}

fn interval_part_type(name: &str) -> SqlType {
    match name {
        "year" | "day" => SqlType::Int,
        "second" => SqlType::decimal(8, 6),
        _ => SqlType::TinyInt,
    }
}

/// What `extract` over an interval is computed by: any field, with six digits after the point.
pub(super) const EXTRACT_INTERVAL_FIELD: ScalarFunction = ScalarFunction {
    name: "extract_interval_field",
    signature: Signature::OneOf(&[&[Param::String, Param::AnyInterval]]),
    returns: |_| Ok(SqlType::decimal(15, 6)),
    kernel: Kernel::Batch(interval_part),
    display: |_, args| format!("extract({})", args.join(" FROM ")),
    ..ScalarFunction::DEFAULT
};

fn interval_part(args: &KernelArgs<'_>) -> Result<Column> {
    let names = crate::rows::Texts::of(args, 0)?;
    let name = names.get(0).unwrap_or("");
    let whole = |value: i64| i128::from(value) * 1_000_000;
    if matches!(args.types[1], SqlType::YearMonthInterval(..)) {
        let intervals = Numbers::<IntervalYearMonthType>::of(args, 1)?;
        let part = |months: i32| if name == "year" { months / 12 } else { months % 12 };
        return number_column::<Decimal128Type>(args, |row| {
            intervals.get(row).map(|months| whole(part(months).into()))
        });
    }
    let intervals = Numbers::<DurationMicrosecondType>::of(args, 1)?;
    let part = |micros: i64| match name {
        "day" => whole(micros / MICROS_PER_DAY),
        "hour" => whole(micros % MICROS_PER_DAY / 3_600_000_000),
        "minute" => whole(micros % 3_600_000_000 / 60_000_000),
        _ => i128::from(micros % 60_000_000),
    };
    number_column::<Decimal128Type>(args, |row| intervals.get(row).map(part))
}

/// Seconds of a timestamp with their fraction: DECIMAL(8,6).
pub(super) const SECOND_WITH_FRACTION: ScalarFunction = ScalarFunction {
    name: "second_with_fraction",
    signature: Signature::Custom(clock_operand),
    returns: |_| Ok(SqlType::decimal(8, 6)),
    kernel: Kernel::Batch(|args| {
        if matches!(args.types[0], SqlType::Time(_)) {
            return unary::<Time64NanosecondType, Decimal128Type>(args, |nanos| i128::from(nanos / 1_000 % 60_000_000));
        }
        let zone = zone_of(args, 0);
        unary::<TimestampMicrosecondType, Decimal128Type>(args, |micros| {
            i128::from(zone.to_local(micros).rem_euclid(60_000_000))
        })
    }),
    display: |_, args| format!("extract(SECOND FROM {})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};
