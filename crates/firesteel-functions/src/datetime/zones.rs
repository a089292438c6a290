//! Clocks of other zones: `convert_timezone`, `from_utc_timestamp`, `to_utc_timestamp`.

use arrow::datatypes::TimestampMicrosecondType;
use firesteel_common::{Result, SqlType, error};
use firesteel_expr::Column;
use firesteel_expr::cast::datetime::Zone;
use firesteel_expr::coerce::signature;
use firesteel_expr::expr::Expr;
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, Param, ScalarFunction, Signature};

use crate::rows::{Numbers, Texts, try_number_column};

pub(super) fn parse(text: &str) -> Result<Zone> {
    Zone::parse(text).ok_or_else(|| error!(INVALID_TIMEZONE, timeZone = text))
}

/// Zones by their names: rows mostly share one.
#[derive(Default)]
struct LastZone(Option<(String, Zone)>);

impl LastZone {
    fn get(&mut self, text: &str) -> Result<Zone> {
        match &self.0 {
            Some((known, zone)) if known == text => Ok(zone.clone()),
            _ => {
                let zone = parse(text)?;
                self.0 = Some((text.to_owned(), zone.clone()));
                Ok(zone)
            }
        }
    }
}

fn shifted(args: &KernelArgs<'_>, shift: fn(&Zone, i64) -> i64) -> Result<Column> {
    let (timestamps, names) = (Numbers::<TimestampMicrosecondType>::of(args, 0)?, Texts::of(args, 1)?);
    let mut last = LastZone::default();
    try_number_column::<TimestampMicrosecondType>(args, |row| match (timestamps.get(row), names.get(row)) {
        (Some(micros), Some(name)) => Ok(Some(shift(&last.get(name)?, micros))),
        _ => Ok(None),
    })
}

pub(super) const FROM_UTC_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "from_utc_timestamp",
    signature: Signature::OneOf(&[&[Param::Timestamp, Param::String]]),
    returns: |_| Ok(SqlType::Timestamp),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| shifted(args, Zone::to_local)),
    doc: Doc {
        usage: "from_utc_timestamp(timestamp, timezone) - Given a timestamp like '2017-07-14 02:40:00.0', interprets it as a \
                time in UTC, and renders that time as a timestamp in the given time zone. For example, 'GMT+1' would yield \
                '2017-07-14 03:40:00.0'.",
        since: "1.5.0",
        examples: &[("SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')", "2016-08-31 09:00:00")],
    },
    ..ScalarFunction::DEFAULT
};

pub(super) const TO_UTC_TIMESTAMP: ScalarFunction = ScalarFunction {
    name: "to_utc_timestamp",
    kernel: Kernel::Batch(|args| shifted(args, Zone::to_utc)),
    doc: Doc {
        usage: "to_utc_timestamp(timestamp, timezone) - Given a timestamp like '2017-07-14 02:40:00.0', interprets it as a \
                time in the given time zone, and renders that time as a timestamp in UTC. For example, 'GMT+1' would yield \
                '2017-07-14 01:40:00.0'.",
        since: "1.5.0",
        examples: &[("SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')", "2016-08-30 15:00:00")],
    },
    ..FROM_UTC_TIMESTAMP
};

const CONVERT: Signature =
    Signature::OneOf(&[&[Param::String, Param::TimestampNtz], &[Param::String, Param::String, Param::TimestampNtz]]);

pub(super) const CONVERT_TIMEZONE: ScalarFunction = ScalarFunction {
    name: "convert_timezone",
    signature: Signature::Custom(|name, args| {
        let mut args = signature::apply(name, CONVERT, args)?;
        if args.len() == 2 {
            args.insert(0, Expr::call_named("current_timezone", Vec::new())?);
        }
        Ok(args)
    }),
    returns: |_| Ok(SqlType::TimestampNtz),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(|args| {
        let (sources, targets) = (Texts::of(args, 0)?, Texts::of(args, 1)?);
        let clocks = Numbers::<TimestampMicrosecondType>::of(args, 2)?;
        let (mut from, mut to) = (LastZone::default(), LastZone::default());
        try_number_column::<TimestampMicrosecondType>(args, |row| {
            let (Some(source), Some(target), Some(local)) = (sources.get(row), targets.get(row), clocks.get(row))
            else {
                return Ok(None);
            };
            Ok(Some(to.get(target)?.to_local(from.get(source)?.to_utc(local))))
        })
    }),
    doc: Doc {
        usage: "convert_timezone([sourceTz, ]targetTz, sourceTs) - Converts the timestamp without time zone `sourceTs` from \
                the `sourceTz` time zone (the session's if it is missing) to `targetTz`.",
        since: "3.4.0",
        examples: &[
            (
                "SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', timestamp_ntz'2021-12-06 00:00:00')",
                "2021-12-05 15:00:00",
            ),
            ("SELECT convert_timezone('Europe/Brussels', timestamp_ntz'2021-12-05 15:00:00')", "2021-12-05 16:00:00"),
        ],
    },
    ..ScalarFunction::DEFAULT
};
