//! `to_date`, `to_timestamp`: a cast without a pattern, the pattern's reading with one.

use arrow::datatypes::TimestampMicrosecondType;
use firesteel_common::{Error, Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};

use super::pattern::{Pattern, Purpose};
use crate::rows::{Texts, try_number_column};

const SURFACE: &[&[Param]] =
    &[&[Param::Datetime], &[Param::String], &[Param::Datetime, Param::String], &[Param::String, Param::String]];

pub(super) const TO_DATE: ScalarFunction = ScalarFunction {
    name: "to_date",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| {
        let parsed = match args.len() == 2 && args[0].data_type().is_string() {
            true => Expr::call_named("parse_date", args)?,
            false => read(args, &SqlType::Date, CastMode::Ansi)?,
        };
        Ok(Expr::cast(parsed, SqlType::Date, CastMode::Ansi))
    }),
    doc: Doc {
        usage: "to_date(date_str[, fmt]) - Parses the `date_str` expression with the `fmt` expression to a date. By \
                default, it follows casting rules to a date if the `fmt` is omitted.",
        since: "1.5.0",
        examples: &[
            ("SELECT to_date('2009-07-30 04:17:52')", "2009-07-30"),
            ("SELECT to_date('2016-12-31', 'yyyy-MM-dd')", "2016-12-31"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TO_DATE: ScalarFunction = ScalarFunction {
    name: "try_to_date",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| {
        let parsed = read(args, &SqlType::Date, CastMode::Try)?;
        Ok(Expr::cast(parsed, SqlType::Date, CastMode::Ansi))
    }),
    doc: Doc {
        usage: "try_to_date(date_str[, fmt]) - As to_date, but NULL for what is no date.",
        since: "4.0.0",
        examples: &[
            ("SELECT try_to_date('2016-12-31', 'yyyy-MM-dd')", "2016-12-31"),
            ("SELECT try_to_date('foo', 'yyyy-MM-dd')", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TO_TIMESTAMP_NTZ: ScalarFunction = ScalarFunction {
    name: "to_timestamp_ntz",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|mut args| {
        if args.len() == 2 && args[0].data_type().is_string() {
            return Expr::call_named("parse_timestamp_ntz", args);
        }
        Ok(Expr::cast(args.swap_remove(0), SqlType::TimestampNtz, CastMode::Ansi))
    }),
    doc: Doc {
        usage: "to_timestamp_ntz(timestamp_str[, fmt]) - Parses the `timestamp_str` expression with the `fmt` expression to a \
                timestamp without time zone.",
        since: "3.4.0",
        examples: &[
            ("SELECT to_timestamp_ntz('2016-12-31 00:12:00')", "2016-12-31 00:12:00"),
            ("SELECT to_timestamp_ntz('2016-12-31', 'yyyy-MM-dd')", "2016-12-31 00:00:00"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// What `to_date` with a pattern is computed by: midnight, or later on the day.
pub(super) const PARSE_DATE: ScalarFunction = ScalarFunction {
    name: "parse_date",
    kernel: Kernel::Batch(|args| {
        let advise = |error: Error| error.replace("func", "`try_to_date`");
        parse(args, CastMode::Ansi).map_err(advise)
    }),
    display: |_, args| format!("to_date({})", args.join(", ")),
    ..PARSE_TIMESTAMP
};

/// What `to_timestamp_ntz` with a pattern is computed by.
pub(super) const PARSE_TIMESTAMP_NTZ: ScalarFunction = ScalarFunction {
    name: "parse_timestamp_ntz",
    returns: |_| Ok(SqlType::TimestampNtz),
    kernel: Kernel::Batch(|args| parse(args, CastMode::Ansi)),
    display: |_, args| format!("to_timestamp_ntz({})", args.join(", ")),
    ..PARSE_TIMESTAMP
};

pub(super) const TO_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "to_timestamp",
    aliases: &["to_timestamp_ltz"],
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| read(args, &SqlType::Timestamp, CastMode::Ansi)),
    doc: Doc {
        usage: "to_timestamp(timestamp_str[, fmt]) - Parses the `timestamp_str` expression with the `fmt` expression to a \
                timestamp. By default, it follows casting rules to a timestamp if the `fmt` is omitted.",
        since: "2.2.0",
        examples: &[
            ("SELECT to_timestamp('2016-12-31 00:12:00')", "2016-12-31 00:12:00"),
            ("SELECT to_timestamp('2016-12-31', 'yyyy-MM-dd')", "2016-12-31 00:00:00"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_TO_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "try_to_timestamp",
    signature: Signature::OneOf(SURFACE),
    kernel: Kernel::Rewrite(|args| read(args, &SqlType::Timestamp, CastMode::Try)),
    doc: Doc {
        usage: "try_to_timestamp(timestamp_str[, fmt]) - As to_timestamp, but NULL for what is no timestamp.",
        since: "3.5.0",
        examples: &[("SELECT try_to_timestamp('foo', 'yyyy-MM-dd')", "NULL")],
    },
    ..ScalarFunction::DEFAULT
};

/// With a pattern a timestamp; without one what the cast gives. Dates and timestamps need no pattern.
pub(super) fn read(mut args: Vec<ExprRef>, to: &SqlType, mode: CastMode) -> Result<ExprRef> {
    if args.len() == 2 && args[0].data_type().is_string() {
        let name = if mode == CastMode::Try { "try_parse_timestamp" } else { "parse_timestamp" };
        return Expr::call_named(name, args);
    }
    Ok(Expr::cast(args.swap_remove(0), to.clone(), mode))
}

/// What `to_timestamp` with a pattern is computed by.
pub(super) const PARSE_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "parse_timestamp",
    signature: Signature::OneOf(&[&[Param::String, Param::String]]),
    returns: |_| Ok(SqlType::Timestamp),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| parse(args, CastMode::Ansi)),
    display: |_, args| format!("to_timestamp({})", args.join(", ")),
    ..ScalarFunction::DEFAULT
};

pub(super) const TRY_PARSE_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "try_parse_timestamp",
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(|args| parse(args, CastMode::Try)),
    display: |_, args| format!("try_to_timestamp({})", args.join(", ")),
    ..PARSE_TIMESTAMP
};

fn parse(args: &KernelArgs<'_>, mode: CastMode) -> Result<Column> {
    let zone = Zone::parse_or_utc(&args.context.time_zone);
    let (texts, patterns) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
    let mut cached = None;
    try_number_column::<TimestampMicrosecondType>(args, |row| {
        let (Some(text), Some(pattern)) = (texts.get(row), patterns.get(row)) else { return Ok(None) };
        let pattern = Pattern::cached(&mut cached, pattern, Purpose::Read)?;
        match pattern.parse(text) {
            Ok((local, _)) if *args.return_type == SqlType::TimestampNtz => Ok(Some(local)),
            Ok((local, own_zone)) => Ok(Some(own_zone.as_ref().unwrap_or(&zone).to_utc(local))),
            Err(_) if mode == CastMode::Try => Ok(None),
            Err(message) => Err(error!(CANNOT_PARSE_TIMESTAMP, func = "`try_to_timestamp`", message = message)),
        }
    })
}
