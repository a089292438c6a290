//! `sequence`: numbers, dates or timestamps from one to another by equal steps, both ends included.
//!
//! Steps of months and days are taken on the calendar of the session's zone, each from the start: a month after January
//! 31st comes the last of February, two months after it the 31st of March.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Int64Type};
use firesteel_common::{Result, SqlType, bail, error};
use firesteel_expr::cast::datetime::{MICROS_PER_DAY, Zone};
use firesteel_expr::coerce::{common_type, errors};
use firesteel_expr::function::{CanFail, Doc, Kernel, KernelArgs, ScalarFunction, Signature};
use firesteel_expr::operators::datetime::plus_interval;
use firesteel_expr::{Column, ExprRef};

use super::lists::{check_size, list_column};
use super::operands::cast;

pub(super) const SEQUENCE: ScalarFunction = ScalarFunction {
    name: "sequence",
    signature: Signature::Custom(operands),
    returns: |types| Ok(SqlType::array(types[0].clone(), false)),
    can_fail: CanFail::Always,
    kernel: Kernel::Batch(sequence),
    doc: Doc {
        usage: "sequence(start, stop, step) - Generates an array of elements from start to stop (inclusive), incrementing by \
                step. Without a step it is 1 or one day, forwards or backwards.",
        since: "2.4.0",
        examples: &[
            ("SELECT sequence(1, 5)", "[1,2,3,4,5]"),
            ("SELECT sequence(5, 1)", "[5,4,3,2,1]"),
            (
                "SELECT sequence(to_date('2018-01-01'), to_date('2018-03-01'), interval 1 month)",
                "[2018-01-01,2018-02-01,2018-03-01]",
            ),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn is_interval(data_type: &SqlType) -> bool {
    data_type.is_ansi_interval() || *data_type == SqlType::CalendarInterval
}

/// Whole numbers of one type, or dates and timestamps of one type and an interval.
fn operands(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    let (start, stop) = (args[0].data_type(), args[1].data_type());
    let ends = common_type(start, stop);
    let step = args.get(2).map(|step| step.data_type());
    match (ends, step) {
        (Some(ends), step) if ends.is_integral() => {
            let common = step.map_or(Some(ends.clone()), |step| common_type(&ends, step));
            if let Some(common) = common.filter(SqlType::is_integral) {
                return Ok(args.iter().map(|arg| cast(arg, common.clone())).collect());
            }
        }
        (Some(ends), None) if ends.is_datetime() => {
            return Ok(args.iter().map(|arg| cast(arg, ends.clone())).collect());
        }
        (Some(ends), Some(step)) if ends.is_datetime() && (is_interval(step) || *step == SqlType::Void) => {
            let step = if is_interval(step) { args[2].clone() } else { cast(&args[2], SqlType::CalendarInterval) };
            return Ok(vec![cast(&args[0], ends.clone()), cast(&args[1], ends), step]);
        }
        _ => {}
    }
    bail!(
        DATATYPE_MISMATCH_SEQUENCE_WRONG_INPUT_TYPES,
        sqlExpr = errors::call_text(name, &args),
        functionName = "`sequence`",
        startType = "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")",
        stepType = "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")",
        otherStartType = "\"INTEGRAL\""
    )
}

/// A step, part by part.
#[derive(Clone, Copy)]
struct Step {
    months: i32,
    days: i64,
    micros: i64,
}

fn sequence(args: &KernelArgs<'_>) -> Result<Column> {
    let data_type = &args.types[0];
    let (starts, stops) = (integers(&args.columns[0])?, integers(&args.columns[1])?);
    let steps = args.columns.get(2).map(|column| Steps::of(column, &args.types[2])).transpose()?;
    let zone = match data_type {
        SqlType::TimestampNtz | SqlType::Date => Zone::UTC,
        _ => Zone::parse_or_utc(&args.context.time_zone),
    };
    let (mut values, mut lengths, mut valid) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..args.rows {
        let before = values.len();
        let step = match &steps {
            Some(steps) => steps.get(row),
            None => Some(None),
        };
        let is_valid = match (starts.is_valid(row), stops.is_valid(row), step) {
            (true, true, Some(step)) => {
                let range = (starts.value(row), stops.value(row));
                write(range, step, data_type, &zone, &mut values)?;
                true
            }
            _ => false,
        };
        valid.push(is_valid);
        lengths.push(values.len() - before);
        check_size("sequence", values.len())?;
    }
    let values = narrow(values, data_type)?;
    let nulls = valid.contains(&false).then(|| NullBuffer::from(valid));
    list_column(args.return_type, values, OffsetBuffer::from_lengths(lengths), nulls)
}

/// Every value as 64 bits.
fn integers(column: &Column) -> Result<Int64Array> {
    let flat = column.flat()?;
    let flat = match flat.data_type() {
        DataType::Date32 => arrow::compute::cast(&flat, &DataType::Int32)?,
        _ => flat,
    };
    Ok(arrow::compute::cast(&flat, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}

fn narrow(values: Vec<i64>, data_type: &SqlType) -> Result<ArrayRef> {
    let values: ArrayRef = Arc::new(Int64Array::from(values));
    let values = match data_type {
        SqlType::Date => arrow::compute::cast(&values, &DataType::Int32)?,
        _ => values,
    };
    Ok(arrow::compute::cast(&values, &data_type.to_arrow())?)
}

/// The steps of all rows: numbers, or intervals.
enum Steps {
    Numbers(Int64Array),
    Intervals(ArrayRef),
}

impl Steps {
    fn of(column: &Column, data_type: &SqlType) -> Result<Steps> {
        Ok(if data_type.is_integral() { Steps::Numbers(integers(column)?) } else { Steps::Intervals(column.flat()?) })
    }

    /// `None`: NULL.
    fn get(&self, row: usize) -> Option<Option<Step>> {
        use arrow::datatypes::{DurationMicrosecondType, IntervalMonthDayNanoType, IntervalYearMonthType};
        let step = match self {
            Steps::Numbers(numbers) if numbers.is_valid(row) => Step { months: 0, days: 0, micros: numbers.value(row) },
            Steps::Intervals(intervals) if intervals.is_valid(row) => match intervals.data_type() {
                DataType::Duration(_) => {
                    let micros = intervals.as_primitive::<DurationMicrosecondType>().value(row);
                    Step { months: 0, days: micros / MICROS_PER_DAY, micros: micros % MICROS_PER_DAY }
                }
                DataType::Interval(arrow::datatypes::IntervalUnit::YearMonth) => {
                    Step { months: intervals.as_primitive::<IntervalYearMonthType>().value(row), days: 0, micros: 0 }
                }
                _ => {
                    let parts = intervals.as_primitive::<IntervalMonthDayNanoType>().value(row);
                    Step { months: parts.months, days: parts.days.into(), micros: parts.nanoseconds / 1_000 }
                }
            },
            _ => return None,
        };
        Some(Some(step))
    }
}

/// Writes the values of one row.
fn write(
    (start, stop): (i64, i64),
    step: Option<Step>,
    data_type: &SqlType,
    zone: &Zone,
    out: &mut Vec<i64>,
) -> Result<()> {
    let is_number = data_type.is_integral();
    let step = step.unwrap_or_else(|| {
        let direction = if start <= stop { 1 } else { -1 };
        match is_number {
            true => Step { months: 0, days: 0, micros: direction },
            false => Step { months: 0, days: direction, micros: 0 },
        }
    });
    if is_number {
        return by_numbers(start, stop, step.micros, out);
    }
    if *data_type == SqlType::Date {
        if step.months == 0 && step.days == 0 {
            bail!(SEQUENCE_STEP_NOT_OF_DAYS);
        }
        if step.months == 0 && step.micros == 0 {
            return by_numbers(start, stop, step.days, out);
        }
        let before = out.len();
        by_intervals((start * MICROS_PER_DAY, stop * MICROS_PER_DAY), step, zone, out)?;
        out[before..].iter_mut().for_each(|micros| *micros = micros.div_euclid(MICROS_PER_DAY));
        return Ok(());
    }
    match (step.months, step.days) {
        (0, 0) => by_numbers(start, stop, step.micros, out),
        _ => by_intervals((start, stop), step, zone, out),
    }
}

fn by_numbers(start: i64, stop: i64, step: i64, out: &mut Vec<i64>) -> Result<()> {
    let length = length(start, stop, i128::from(step), &step.to_string())?;
    let mut next = start;
    for at in 0..length {
        if at > 0 {
            next = next.wrapping_add(step);
        }
        out.push(next);
    }
    Ok(())
}

const MICROS_PER_MONTH: i128 = 31 * MICROS_PER_DAY as i128;

fn by_intervals((start, stop): (i64, i64), step: Step, zone: &Zone, out: &mut Vec<i64>) -> Result<()> {
    let Step { months, days, micros } = step;
    let estimate =
        i128::from(micros) + i128::from(months) * MICROS_PER_MONTH + i128::from(days) * i128::from(MICROS_PER_DAY);
    length(start, stop, estimate, &estimate.to_string())?;
    let overflow = || error!(DATETIME_OVERFLOW, operation = "add an interval to a date or a timestamp of a sequence");
    let (mut next, mut at) = (start, 0_i32);
    while if estimate > 0 { next <= stop } else { next >= stop } {
        out.push(next);
        check_size("sequence", out.len())?;
        at += 1;
        if estimate == 0 {
            break;
        }
        let months = months.checked_mul(at).ok_or_else(overflow)?;
        let (days, micros) = (days.checked_mul(at.into()), micros.checked_mul(at.into()));
        let (days, micros) = (days.ok_or_else(overflow)?, micros.ok_or_else(overflow)?);
        next = plus_interval(start, months, days, micros, zone).ok_or_else(overflow)?;
    }
    Ok(())
}

/// How many values there are; an error when the step leads away from the end.
fn length(start: i64, stop: i64, step: i128, written: &str) -> Result<usize> {
    let distance = i128::from(stop) - i128::from(start);
    let leads = match step.signum() {
        1 => distance >= 0,
        -1 => distance <= 0,
        _ => distance == 0,
    };
    if !leads {
        bail!(
            ILLEGAL_SEQUENCE_BOUNDARIES,
            start = start.to_string(),
            stop = stop.to_string(),
            step = written.to_owned()
        );
    }
    let length = if step == 0 { 1 } else { 1 + distance / step };
    if length > i128::from(i32::MAX - 15) {
        bail!(
            COLLECTION_SIZE_LIMIT_EXCEEDED_PARAMETER,
            numberOfElements = length.to_string(),
            functionName = "`sequence`",
            maxRoundedArrayLength = (i32::MAX - 15).to_string(),
            parameter = "`count`"
        );
    }
    Ok(length as usize)
}
