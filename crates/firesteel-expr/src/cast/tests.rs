//! Expectations from Spark's documentation of ANSI casts and its golden files.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Decimal64Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringViewArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{Date32Type, Decimal64Type, Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType};
use firesteel_common::conditions;

use super::*;

fn with_zone(zone: &str) -> EvalContext {
    EvalContext { time_zone: Arc::from(zone), ..EvalContext::default() }
}

fn run(array: ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    assert!(is_allowed(from, to), "{from} -> {to}");
    cast(&Column::Array(array), from, to, CastMode::Ansi, &with_zone("America/Los_Angeles"))?.flat()
}

fn text(array: ArrayRef, from: &SqlType) -> String {
    run(array, from, &SqlType::STRING).expect("a text").as_string_view().value(0).to_owned()
}

fn strings(values: &[&str]) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(values))
}

fn parse(value: &str, to: &SqlType) -> Result<ArrayRef> {
    run(strings(&[value]), &SqlType::STRING, to)
}

#[test]
fn integers_from_text_are_whole_and_in_range() {
    assert_eq!(parse(" +12\t", &SqlType::Int).expect("int").as_primitive::<Int32Type>().value(0), 12);
    let min = parse("-9223372036854775808", &SqlType::BigInt).expect("bigint");
    assert_eq!(min.as_primitive::<Int64Type>().value(0), i64::MIN);
    for bad in ["1.5", "", "+", "1e3", "9223372036854775808", "four: 2"] {
        let error = parse(bad, &SqlType::BigInt).expect_err(bad);
        assert!(error.is(&conditions::CAST_INVALID_INPUT));
        assert!(error.parameters().contains(&("expression", format!("'{bad}'"))));
        assert!(error.parameters().contains(&("targetType", "\"BIGINT\"".to_owned())));
    }
    let tried =
        cast(&Column::Array(strings(&["x", "7"])), &SqlType::STRING, &SqlType::Int, CastMode::Try, &with_zone("UTC"));
    let tried = tried.expect("try").flat().expect("flat");
    assert!(tried.is_null(0) && tried.is_valid(1));
}

#[test]
fn overflow_names_the_value_as_a_literal() {
    let error = run(Arc::new(Int64Array::from(vec![4567890123456789])), &SqlType::BigInt, &SqlType::Int)
        .expect_err("too large");
    assert!(error.is(&conditions::CAST_OVERFLOW));
    assert!(error.parameters().contains(&("value", "4567890123456789L".to_owned())));
    let error = run(Arc::new(Float64Array::from(vec![9.223372036854776E20])), &SqlType::Double, &SqlType::BigInt)
        .expect_err("too large");
    assert!(error.parameters().contains(&("value", "9.223372036854776E20D".to_owned())));
    let cut = run(Arc::new(Float64Array::from(vec![-3.9])), &SqlType::Double, &SqlType::Int).expect("cut");
    assert_eq!(cut.as_primitive::<Int32Type>().value(0), -3);
}

#[test]
fn doubles_are_written_as_java_does() {
    let cases = [
        (1.0, "1.0"),
        (1.0e10, "1.0E10"),
        (0.001, "0.001"),
        (1.234e-4, "1.234E-4"),
        (1.0e7, "1.0E7"),
        (9999999.0, "9999999.0"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-Infinity"),
        (-0.0, "-0.0"),
        (123456.789, "123456.789"),
    ];
    for (value, expected) in cases {
        assert_eq!(text(Arc::new(Float64Array::from(vec![value])), &SqlType::Double), expected);
    }
}

#[test]
fn decimals_round_half_up_and_raise_past_their_digits() {
    let to = SqlType::decimal(4, 1);
    for (value, expected) in [("12.25", 123), ("-12.25", -123), ("1e2", 1000), (".04", 0), ("0.05", 1), ("99.96", 1000)]
    {
        let array = parse(value, &to).expect(value);
        assert_eq!(array.as_primitive::<Decimal128Type>().value(0), expected, "{value}");
    }
    assert!(parse("1000", &to).expect_err("five digits").is(&conditions::NUMERIC_VALUE_OUT_OF_RANGE));
    assert!(parse("1,0", &to).expect_err("no number").is(&conditions::CAST_INVALID_INPUT));
    let nan: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, 2.25]));
    let array = run(nan, &SqlType::Double, &to).expect("NULL for NaN");
    assert!(array.is_null(0));
    assert_eq!(array.as_primitive::<Decimal128Type>().value(1), 23);
}

#[test]
fn narrow_decimals_stay_narrow_while_the_digits_fit() {
    let narrow: ArrayRef = Arc::new(Decimal64Array::from(vec![125]).with_precision_and_scale(5, 2).expect("digits"));
    let context = with_zone("UTC");
    let from = SqlType::decimal(5, 2);
    let wider = cast(&Column::Array(Arc::clone(&narrow)), &from, &SqlType::decimal(12, 4), CastMode::Ansi, &context)
        .expect("wider");
    assert_eq!(wider.values().as_primitive::<Decimal64Type>().value(0), 12500);
    let shorter = cast(&Column::Array(Arc::clone(&narrow)), &from, &SqlType::decimal(5, 1), CastMode::Ansi, &context)
        .expect("shorter");
    assert_eq!(shorter.flat().expect("flat").as_primitive::<Decimal128Type>().value(0), 13);
    assert_eq!(text(narrow, &from), "1.25");
    let wide: ArrayRef = Arc::new(Decimal128Array::from(vec![-5]).with_precision_and_scale(3, 2).expect("digits"));
    assert_eq!(text(wide, &SqlType::decimal(3, 2)), "-0.05");
}

#[test]
fn dates_in_every_form() {
    for (value, days) in
        [("2020", 18262), ("2020-1", 18262), ("2020-1-2", 18263), ("2020-01-02T12:00", 18263), ("1969-12-31 x", -1)]
    {
        assert_eq!(parse(value, &SqlType::Date).expect(value).as_primitive::<Date32Type>().value(0), days, "{value}");
    }
    for bad in ["2020-13-01", "2021-02-29", "20", "2020-1-2x", "2020-", ""] {
        assert!(parse(bad, &SqlType::Date).expect_err(bad).is(&conditions::CAST_INVALID_INPUT));
    }
}

#[test]
fn timestamps_are_read_and_written_in_the_session_zone() {
    let micros = |value: &str| {
        parse(value, &SqlType::Timestamp).expect(value).as_primitive::<TimestampMicrosecondType>().value(0)
    };
    assert_eq!(micros("1970-01-01 00:00:01Z"), 1_000_000);
    assert_eq!(micros("1970-01-01 00:00:00"), 8 * 3_600_000_000);
    assert_eq!(micros("1970-01-01T01:00:00.1234567+01:00"), 123_456);
    assert_eq!(micros("1970-01-01 01:00:00 Europe/Paris"), 0);
    // Skipped by daylight saving: an hour later.
    assert_eq!(micros("2020-03-08 02:30:00"), micros("2020-03-08 03:30:00"));
    let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1_500_000]).with_timezone("UTC"));
    assert_eq!(text(Arc::clone(&array), &SqlType::Timestamp), "1969-12-31 16:00:01.5");
    let day = run(array, &SqlType::Timestamp, &SqlType::Date).expect("date");
    assert_eq!(day.as_primitive::<Date32Type>().value(0), -1);
}

#[test]
fn seconds_of_timestamps_round_down() {
    let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![-1]).with_timezone("UTC"));
    let seconds = run(array, &SqlType::Timestamp, &SqlType::BigInt).expect("seconds");
    assert_eq!(seconds.as_primitive::<Int64Type>().value(0), -1);
}

#[test]
fn intervals_are_read_and_written() {
    use firesteel_common::types::{DayTimeField::*, YearMonthField::*};
    let year_month = parse("-1-2", &SqlType::YEAR_MONTH).expect("interval");
    assert_eq!(text(year_month, &SqlType::YEAR_MONTH), "INTERVAL '-1-2' YEAR TO MONTH");
    assert_eq!(interval::parse_year_month("INTERVAL '3' MONTH", Month, Month), Some(3));
    assert_eq!(interval::parse_year_month("1-12", Year, Month), None);
    let micros = interval::parse_day_time("1 02:03:04.5", Day, Second).expect("interval");
    assert_eq!(interval::sql_day_time(micros, Day, Second), "INTERVAL '1 02:03:04.5' DAY TO SECOND");
    assert_eq!(interval::format_day_time(micros), "1 02:03:04.500000000");
    assert_eq!(interval::format_year_month(14), "1-2");
    assert_eq!(interval::parse_calendar("1 year 2 days 3.5 seconds"), Some((12, 2, 3_500_000)));
    assert_eq!(interval::format_calendar(14, 3, 3_600_000_000), "1 years 2 months 3 days 1 hours");
    assert_eq!(interval::parse_day_time("24:00", Hour, Minute), Some(86_400_000_000));
    assert_eq!(interval::parse_day_time("1 24:00", Day, Minute), None);
}

#[test]
fn encodings_survive() {
    let context = with_zone("UTC");
    let one = Column::constant(Arc::new(Int32Array::from(vec![5])), 3);
    let text = cast(&one, &SqlType::Int, &SqlType::STRING, CastMode::Ansi, &context).expect("text");
    assert!(text.is_constant() && text.len() == 3);
    let keys = Int32Array::from(vec![Some(1), None, Some(0)]);
    let entries: ArrayRef = Arc::new(Int32Array::from(vec![1, 2]));
    let dictionary = Column::Array(Arc::new(DictionaryArray::new(keys, entries)));
    let text = cast(&dictionary, &SqlType::Int, &SqlType::STRING, CastMode::Ansi, &context).expect("text");
    assert!(matches!(text.arrow_type(), DataType::Dictionary(..)));
    let flat = text.flat().expect("flat");
    assert_eq!(flat.as_string_view().iter().collect::<Vec<_>>(), [Some("2"), None, Some("1")]);
}

#[test]
fn the_table_of_ansi_casts() {
    let rejected = [
        (SqlType::Date, SqlType::Int),
        (SqlType::Boolean, SqlType::Timestamp),
        (SqlType::Int, SqlType::Binary),
        (SqlType::Int, SqlType::Date),
        (SqlType::Timestamp, SqlType::Boolean),
        (SqlType::Binary, SqlType::Int),
    ];
    for (from, to) in rejected {
        assert!(!is_allowed(&from, &to), "{from} -> {to}");
    }
    let allowed = [
        (SqlType::Boolean, SqlType::Int),
        (SqlType::Int, SqlType::Boolean),
        (SqlType::Void, SqlType::Date),
        (SqlType::Int, SqlType::Timestamp),
    ];
    for (from, to) in allowed {
        assert!(is_allowed(&from, &to), "{from} -> {to}");
    }
    assert!(!can_fail(&SqlType::Int, &SqlType::decimal(10, 0)) && can_fail(&SqlType::BigInt, &SqlType::decimal(10, 0)));
}

#[test]
fn nested_values_as_text() {
    use arrow::array::ListArray;
    let list: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None])]));
    assert_eq!(text(list, &SqlType::array(SqlType::Int, true)), "[1, null]");
}
