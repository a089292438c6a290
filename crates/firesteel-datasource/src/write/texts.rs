//! Values as the text that files and folders hold.
//!
//! Dates and times follow Spark's patterns for files, `2024-01-02T03:04:05.123+01:00`, or one that was given; everything else
//! is what CAST to STRING writes.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray, StringViewBuilder};
use arrow::datatypes::TimestampMicrosecondType;
use firesteel_common::{ColumnId, Result, SqlType};
use firesteel_expr::cast::datetime::{self, Zone};
use firesteel_expr::cast::to_string;
use firesteel_expr::{Batch, Column, EvalContext, Evaluator, Expr, Literal, registry};

use crate::options::FileOptions;

const MICROS_PER_MINUTE: i64 = 60_000_000;

/// One column's way to text; belongs to one worker.
pub(crate) struct Texts {
    data_type: SqlType,
    zone: Zone,
    way: Way,
}

enum Way {
    Cast,
    /// The date and time of day with a `T` between; of an instant the offset, too.
    Iso,
    Pattern(Evaluator),
}

const CELL: ColumnId = ColumnId(0);

impl Texts {
    /// As CAST writes: names of folders.
    pub(crate) fn of_cast(data_type: &SqlType, context: &Arc<EvalContext>) -> Self {
        Self { data_type: data_type.clone(), zone: Zone::parse_or_utc(&context.time_zone), way: Way::Cast }
    }

    /// As files have it.
    pub(crate) fn of_file(data_type: &SqlType, options: &FileOptions, context: &Arc<EvalContext>) -> Result<Self> {
        let key = match data_type {
            SqlType::Date => "dateFormat",
            SqlType::Timestamp => "timestampFormat",
            SqlType::TimestampNtz => "timestampNTZFormat",
            _ => return Ok(Self::of_cast(data_type, context)),
        };
        let way = match options.get(key) {
            Some(pattern) => Way::Pattern(pattern_writer(data_type, pattern, context)?),
            None if matches!(data_type, SqlType::Date) => Way::Cast,
            None => Way::Iso,
        };
        Ok(Self { way, ..Self::of_cast(data_type, context) })
    }

    pub(crate) fn of(&mut self, values: &ArrayRef) -> Result<StringViewArray> {
        match &mut self.way {
            Way::Cast => to_string::texts(values, &self.data_type, &self.zone),
            Way::Iso => Ok(iso(values, &self.data_type, &self.zone)),
            Way::Pattern(pattern) => {
                let batch = Batch::new(vec![Column::Array(Arc::clone(values))], values.len());
                Ok(pattern.evaluate(&batch)?.swap_remove(0).flat()?.as_string_view().clone())
            }
        }
    }
}

fn pattern_writer(data_type: &SqlType, pattern: &str, context: &Arc<EvalContext>) -> Result<Evaluator> {
    let value = Expr::column(CELL, data_type.clone(), true);
    let text = registry::call("date_format", vec![value, Expr::literal(Literal::string(pattern))])?;
    Evaluator::new(&[text], &[CELL], context)
}

fn iso(values: &ArrayRef, data_type: &SqlType, zone: &Zone) -> StringViewArray {
    let instant = *data_type == SqlType::Timestamp;
    let mut out = StringViewBuilder::with_capacity(values.len());
    let mut text = String::new();
    for value in values.as_primitive::<TimestampMicrosecondType>() {
        let Some(micros) = value else {
            out.append_null();
            continue;
        };
        text.clear();
        let local = if instant { zone.to_local(micros) } else { micros };
        write_iso(&mut text, local, instant.then_some((local - micros) / MICROS_PER_MINUTE));
        out.append_value(&text);
    }
    out.finish()
}

fn write_iso(text: &mut String, local: i64, offset_minutes: Option<i64>) {
    let (days, of_day) = (local.div_euclid(datetime::MICROS_PER_DAY), local.rem_euclid(datetime::MICROS_PER_DAY));
    let millis = of_day / 1000;
    let (hours, minutes, seconds) = (millis / 3_600_000, millis / 60_000 % 60, millis / 1000 % 60);
    let date = datetime::format_date(i32::try_from(days).unwrap_or(i32::MAX));
    // Writing into a string does not fail.
    let _ = write!(text, "{date}T{hours:02}:{minutes:02}:{seconds:02}.{:03}", millis % 1000);
    match offset_minutes {
        None => {}
        Some(0) => text.push('Z'),
        Some(offset) => {
            let sign = if offset < 0 { '-' } else { '+' };
            let _ = write!(text, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_spark_writes_them() {
        let text = |local: i64, offset: Option<i64>| {
            let mut text = String::new();
            write_iso(&mut text, local, offset);
            text
        };
        assert_eq!(text(1_704_164_645_123_456, Some(0)), "2024-01-02T03:04:05.123Z");
        assert_eq!(text(1_704_164_645_000_000, None), "2024-01-02T03:04:05.000");
        assert_eq!(text(-1, Some(-330)), "1969-12-31T23:59:59.999-05:30");
    }
}
