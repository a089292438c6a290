//! Arrow values + [`SqlType`] → text, as Spark's golden files (its `HiveResult`) print them: NULL at the top and null
//! below it, strings bare at the top and in quotes below it, `[1,2]`, `{key:value}`, `{"field":1}`, Java's doubles, plain
//! decimals, timestamps in the session's zone without trailing zeros, intervals in SQL's form.

use std::fmt::Write;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    Date32Type, Decimal128Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, IntervalMonthDayNano, IntervalMonthDayNanoType, IntervalYearMonthType, Time64NanosecondType,
    TimestampMicrosecondType,
};
use arrow::error::ArrowError;
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use firesteel_common::{Error, Result as FiresteelResult, SqlType};
use firesteel_expr::cast::datetime::zone::Zone;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// Rows as lines, columns separated by tabs.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let batches = session.sql("SELECT 1 AS a, array('x', NULL) AS b")?.collect()?;
/// let types = session.sql("SELECT 1 AS a, array('x', NULL) AS b")?.types();
/// assert_eq!(firesteel::display::rows(&batches, &types, chrono_tz::Tz::UTC)?, ["1\t[\"x\",null]"]);
/// # Ok::<(), Error>(())
/// ```
pub fn rows(batches: &[RecordBatch], types: &[SqlType], zone: Tz) -> Result<Vec<String>, ArrowError> {
    let zone = Zone::Region(zone);
    let mut lines = Vec::new();
    for batch in batches {
        let canonical = |(column, sql_type): (&ArrayRef, &SqlType)| cast(column, &sql_type.to_arrow());
        let columns = batch.columns().iter().zip(types).map(canonical).collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let mut line = String::new();
            for (at, (column, sql_type)) in columns.iter().zip(types).enumerate() {
                if at > 0 {
                    line.push('\t');
                }
                // An array of VOID has no bitmap to say that all of it is NULL.
                if column.is_null(row) || *sql_type == SqlType::Void {
                    line.push_str("NULL");
                } else {
                    Printer { out: &mut line, zone: &zone, nested: false }.value(column, sql_type, row);
                }
            }
            lines.push(line);
        }
    }
    Ok(lines)
}

/// `struct<a:int,b:string>`
///
/// ```
/// # use firesteel::prelude::*;
/// let columns = [("a".to_owned(), SqlType::Int), ("b".to_owned(), SqlType::STRING)];
/// assert_eq!(firesteel::display::schema(&columns), "struct<a:int,b:string>");
/// # Ok::<(), Error>(())
/// ```
pub fn schema(columns: &[(String, SqlType)]) -> String {
    let fields: Vec<_> = columns.iter().map(|(name, sql_type)| format!("{name}:{sql_type}")).collect();
    format!("struct<{}>", fields.join(","))
}

/// Spark prints listings in Hive's way: a description's columns padded, of SHOW TABLES the names alone.
///
/// ```
/// # use firesteel::prelude::*;
/// let columns = ["col_name", "data_type", "comment"].map(|name| (name.to_owned(), SqlType::STRING));
/// let lines = firesteel::display::listing(&columns, vec!["id\tint\tNULL".to_owned()]);
/// assert_eq!(lines[0].trim_end(), "id                  \tint");
/// # Ok::<(), Error>(())
/// ```
pub fn listing(columns: &[(String, SqlType)], lines: Vec<String>) -> Vec<String> {
    let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let cell = |cell: &str| format!("{:<20}", if cell == "NULL" { "" } else { cell });
    match names.as_slice() {
        ["col_name", "data_type", "comment"] => {
            lines.iter().map(|line| line.split('\t').map(cell).collect::<Vec<_>>().join("\t")).collect()
        }
        ["namespace", "tableName", "isTemporary"] => {
            lines.iter().map(|line| line.split('\t').nth(1).unwrap_or("").to_owned()).collect()
        }
        _ => lines,
    }
}

/// Each row of a column as text; `None` is NULL. The array is in its type's canonical Arrow form, `zone` a session's zone.
///
/// ```
/// # use firesteel::prelude::*;
/// # let session = Session::builder().get_or_create()?;
/// let batch = session.sql("SELECT X'4142' AS b")?.collect()?.remove(0);
/// let texts = firesteel::display::column_text(batch.column(0), &SqlType::Binary, "UTC")?;
/// assert_eq!(texts, [Some("AB".to_owned())]);
/// # Ok::<(), Error>(())
/// ```
pub fn column_text(array: &ArrayRef, data_type: &SqlType, zone: &str) -> FiresteelResult<Vec<Option<String>>> {
    let zone = Zone::parse_or_utc(zone);
    let array = cast(array, &data_type.to_arrow()).map_err(Error::from)?;
    let text = |row: usize| {
        (!array.is_null(row) && *data_type != SqlType::Void).then(|| {
            let mut out = String::new();
            Printer { out: &mut out, zone: &zone, nested: false }.value(&array, data_type, row);
            out
        })
    };
    Ok((0..array.len()).map(text).collect())
}

struct Printer<'a> {
    out: &'a mut String,
    zone: &'a Zone,
    nested: bool,
}

impl Printer<'_> {
    fn put(&mut self, value: impl std::fmt::Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// A value that is not NULL, of an array in its type's canonical Arrow form.
    fn value(&mut self, array: &dyn Array, sql_type: &SqlType, row: usize) {
        match sql_type {
            SqlType::Void => self.put("null"),
            SqlType::Boolean => self.put(array.as_boolean().value(row)),
            SqlType::TinyInt => self.put(array.as_primitive::<Int8Type>().value(row)),
            SqlType::SmallInt => self.put(array.as_primitive::<Int16Type>().value(row)),
            SqlType::Int => self.put(array.as_primitive::<Int32Type>().value(row)),
            SqlType::BigInt => self.put(array.as_primitive::<Int64Type>().value(row)),
            SqlType::Float => self.put(java_float(array.as_primitive::<Float32Type>().value(row))),
            SqlType::Double => self.put(java_double(array.as_primitive::<Float64Type>().value(row))),
            SqlType::Decimal { .. } => self.put(array.as_primitive::<Decimal128Type>().value_as_string(row)),
            SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) => {
                self.string(array.as_string_view().value(row))
            }
            SqlType::Binary | SqlType::Variant => self.put(String::from_utf8_lossy(array.as_binary_view().value(row))),
            SqlType::Array { element, .. } => self.array(&array.as_list::<i32>().value(row), element),
            SqlType::Map { key, value, .. } => {
                let entries = array.as_map().value(row);
                self.map(entries.column(0), key, entries.column(1), value);
            }
            SqlType::Struct(fields) => {
                let columns = array.as_struct().columns();
                self.put('{');
                for (at, (field, column)) in fields.iter().zip(columns).enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    self.put(format_args!("{comma}\"{}\":", field.name));
                    self.nested_value(column, &field.data_type, row);
                }
                self.put('}');
            }
            _ => self.time(array, sql_type, row),
        }
    }

    fn time(&mut self, array: &dyn Array, sql_type: &SqlType, row: usize) {
        match sql_type {
            SqlType::Date => self.put(date(array.as_primitive::<Date32Type>().value(row))),
            SqlType::Time(_) => {
                let nanos = array.as_primitive::<Time64NanosecondType>().value(row);
                self.put(clock(nanos / 1000));
            }
            SqlType::Timestamp => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                match DateTime::from_timestamp_micros(self.zone.to_local(micros)) {
                    Some(local) => self.put(timestamp(local.naive_utc())),
                    None => self.put(micros),
                }
            }
            SqlType::TimestampNtz => {
                let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
                match DateTime::from_timestamp_micros(micros) {
                    Some(instant) => self.put(timestamp(instant.naive_utc())),
                    None => self.put(micros),
                }
            }
            SqlType::YearMonthInterval(..) => {
                let months = array.as_primitive::<IntervalYearMonthType>().value(row);
                let (sign, months) = (sign(months < 0), months.unsigned_abs());
                self.put(format_args!("{sign}{}-{}", months / 12, months % 12));
            }
            SqlType::DayTimeInterval(..) => {
                self.put(day_time_interval(array.as_primitive::<DurationMicrosecondType>().value(row)));
            }
            SqlType::CalendarInterval => {
                self.put(calendar_interval(array.as_primitive::<IntervalMonthDayNanoType>().value(row)));
            }
            other => unreachable!("{other} is printed by `value`"),
        }
    }

    fn nested_value(&mut self, array: &dyn Array, sql_type: &SqlType, row: usize) {
        if array.is_null(row) {
            return self.put("null");
        }
        Printer { out: self.out, zone: self.zone, nested: true }.value(array, sql_type, row);
    }

    fn string(&mut self, text: &str) {
        if self.nested {
            self.put(format_args!("\"{text}\""));
        } else {
            self.put(text);
        }
    }

    fn array(&mut self, elements: &dyn Array, element_type: &SqlType) {
        self.put('[');
        for row in 0..elements.len() {
            if row > 0 {
                self.put(',');
            }
            self.nested_value(elements, element_type, row);
        }
        self.put(']');
    }

    /// Entries in the order of their text, since a map has none of its own.
    fn map(&mut self, keys: &dyn Array, key_type: &SqlType, values: &dyn Array, value_type: &SqlType) {
        let entry = |row| {
            let mut out = String::new();
            let mut printer = Printer { out: &mut out, zone: self.zone, nested: true };
            printer.nested_value(keys, key_type, row);
            printer.put(':');
            printer.nested_value(values, value_type, row);
            out
        };
        let mut entries: Vec<_> = (0..keys.len()).map(entry).collect();
        entries.sort_unstable();
        self.put(format_args!("{{{}}}", entries.join(",")));
    }
}

fn sign(negative: bool) -> &'static str {
    if negative { "-" } else { "" }
}

fn java_double(value: f64) -> String {
    java_number(value.abs() >= 1e-3 && value.abs() < 1e7, value == 0.0, format!("{value:?}"), format!("{value:e}"))
}

fn java_float(value: f32) -> String {
    java_number(value.abs() >= 1e-3 && value.abs() < 1e7, value == 0.0, format!("{value:?}"), format!("{value:e}"))
}

/// Java writes numbers from 0.001 to 10 million plainly, others as `1.0E10`; both with the fewest digits that tell the
/// number from its neighbours, as Rust does.
fn java_number(is_plain: bool, is_zero: bool, plain: String, scientific: String) -> String {
    if is_plain || is_zero {
        return plain;
    }
    match scientific.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => format!("{mantissa}E{exponent}"),
        Some((mantissa, exponent)) => format!("{mantissa}.0E{exponent}"),
        None if scientific.contains("inf") => scientific.replace("inf", "Infinity"),
        None => scientific,
    }
}

fn date(days: i32) -> String {
    let day = TimeDelta::days(i64::from(days));
    let date = DateTime::UNIX_EPOCH.date_naive().checked_add_signed(day);
    date.map_or_else(|| days.to_string(), |date| date.to_string())
}

fn timestamp(local: NaiveDateTime) -> String {
    let fraction = fraction(i64::from(local.and_utc().timestamp_subsec_micros()));
    format!("{} {}{fraction}", local.date(), local.format("%H:%M:%S"))
}

fn clock(micros: i64) -> String {
    let seconds = micros / MICROS_PER_SECOND;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{hours:02}:{minutes:02}:{seconds:02}{}", fraction(micros % MICROS_PER_SECOND))
}

/// `.05` for 50 ms, nothing for none.
fn fraction(micros: i64) -> String {
    match micros {
        0 => String::new(),
        _ => format!(".{micros:06}").trim_end_matches('0').to_owned(),
    }
}

/// `1 02:03:04.500000000`
fn day_time_interval(micros: i64) -> String {
    let (sign, micros) = (sign(micros < 0), micros.unsigned_abs());
    let (seconds, nanos) = (micros / MICROS_PER_SECOND as u64, micros % MICROS_PER_SECOND as u64 * 1000);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    format!("{sign}{days} {hours:02}:{minutes:02}:{:02}.{nanos:09}", seconds % 60)
}

/// `1 years 2 months 3 days 4.5 seconds`; each unit carries its own sign.
fn calendar_interval(interval: IntervalMonthDayNano) -> String {
    let micros = interval.nanoseconds / 1000;
    let (seconds, below) = (micros / MICROS_PER_SECOND % 60, micros % MICROS_PER_SECOND);
    let units = [
        (i64::from(interval.months / 12), "years"),
        (i64::from(interval.months % 12), "months"),
        (i64::from(interval.days), "days"),
        (micros / MICROS_PER_SECOND / 3600, "hours"),
        (micros / MICROS_PER_SECOND / 60 % 60, "minutes"),
    ];
    let mut parts: Vec<_> =
        units.iter().filter(|(count, _)| *count != 0).map(|(count, unit)| format!("{count} {unit}")).collect();
    if seconds != 0 || below != 0 {
        let negative = sign(seconds < 0 || below < 0);
        parts.push(format!("{negative}{}{} seconds", seconds.abs(), fraction(below.abs())));
    }
    if parts.is_empty() { "0 seconds".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int32Builder, MapBuilder, StringArray, StringBuilder, TimestampMicrosecondArray};

    use super::*;

    #[test]
    fn numbers_as_java_writes_them() {
        let cases = [(1.0, "1.0"), (1e7, "1.0E7"), (1.5e-5, "1.5E-5"), (0.001, "0.001"), (-0.0, "-0.0")];
        for (value, text) in cases {
            assert_eq!(java_double(value), text);
        }
        assert_eq!(java_double(f64::NAN), "NaN");
        assert_eq!(java_double(f64::NEG_INFINITY), "-Infinity");
        assert_eq!(java_double(1.7976931348623157e308), "1.7976931348623157E308");
        assert_eq!(java_float(99.097), "99.097");
        assert_eq!(java_float(3.4e38), "3.4E38");
    }

    #[test]
    fn intervals() {
        assert_eq!(day_time_interval(86_400 * MICROS_PER_SECOND), "1 00:00:00.000000000");
        assert_eq!(day_time_interval(-1_500_000), "-0 00:00:01.500000000");
        let text =
            |months, days, micros: i64| calendar_interval(IntervalMonthDayNano::new(months, days, micros * 1000));
        assert_eq!(text(14, 0, 0), "1 years 2 months");
        assert_eq!(text(0, -3, 3_600_500_000), "-3 days 1 hours 0.5 seconds");
        assert_eq!(text(0, 0, 0), "0 seconds");
    }

    #[test]
    fn nested_values_quote_strings_and_sort_maps() {
        let mut maps = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
        maps.keys().append_value("b");
        maps.values().append_value(1);
        maps.keys().append_value("a");
        maps.values().append_null();
        maps.append(true).unwrap();
        maps.append(false).unwrap();
        let strings = StringArray::from(vec![Some("x y"), None]);
        let batch =
            RecordBatch::try_from_iter([("m", Arc::new(maps.finish()) as ArrayRef), ("s", Arc::new(strings))]).unwrap();
        let types = [SqlType::map(SqlType::STRING, SqlType::Int, true), SqlType::STRING];
        assert_eq!(rows(&[batch], &types, Tz::UTC).unwrap(), ["{\"a\":null,\"b\":1}\tx y", "NULL\tNULL"]);
    }

    #[test]
    fn timestamps_show_in_the_zone_without_trailing_zeros() {
        let array = TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC");
        let batch = RecordBatch::try_from_iter([("t", Arc::new(array) as ArrayRef)]).unwrap();
        let text = rows(&[batch], &[SqlType::Timestamp], Tz::America__Los_Angeles).unwrap();
        assert_eq!(text, ["1969-12-31 16:00:01.5"]);
    }
}
