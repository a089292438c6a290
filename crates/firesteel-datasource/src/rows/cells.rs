//! Texts as values of a column's type; what is malformed becomes NULL, and the caller sees that there was a text.
//!
//! Numbers and booleans are read more strictly than by CAST (no blanks around, `yes` is no boolean), dates and times as CAST
//! reads them unless there is a pattern for them.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, Decimal128Array, PrimitiveArray, StringViewArray, StringViewBuilder,
};
use arrow::datatypes::{
    Date32Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use firesteel_common::{ColumnId, Result, SqlType, error};
use firesteel_expr::cast::datetime::{self, Zone};
use firesteel_expr::cast::from_string::{parse_decimal, parse_double};
use firesteel_expr::{Batch, CastMode, Column, EvalContext, Evaluator, Expr, Literal, registry};

use crate::options::FileOptions;

/// How values are written in a file.
#[derive(Debug, Clone)]
pub(crate) struct CellFormats {
    date: Option<String>,
    timestamp: Option<String>,
    timestamp_ntz: Option<String>,
    not_a_number: String,
    infinity: String,
    negative_infinity: String,
}

impl CellFormats {
    pub(crate) fn of(options: &FileOptions) -> Self {
        let given = |key: &str| options.get(key).map(str::to_owned);
        Self {
            date: given("dateFormat"),
            timestamp: given("timestampFormat"),
            timestamp_ntz: given("timestampNTZFormat"),
            not_a_number: given("nanValue").unwrap_or_else(|| "NaN".to_owned()),
            infinity: given("positiveInf").unwrap_or_else(|| "Inf".to_owned()),
            negative_infinity: given("negativeInf").unwrap_or_else(|| "-Inf".to_owned()),
        }
    }

    pub(crate) fn double(&self, text: &str) -> Option<f64> {
        match text {
            _ if text == self.not_a_number => Some(f64::NAN),
            _ if text == self.infinity => Some(f64::INFINITY),
            _ if text == self.negative_infinity => Some(f64::NEG_INFINITY),
            // Java knows these two words in one spelling only.
            "NaN" | "Infinity" | "+Infinity" | "-Infinity" => text.parse().ok(),
            _ => text.bytes().any(|byte| byte.is_ascii_digit()).then(|| parse_double(text)).flatten(),
        }
    }

    pub(crate) fn has_default_date(&self) -> bool {
        self.date.is_none()
    }

    pub(crate) fn has_default_timestamp(&self) -> bool {
        self.timestamp.is_none()
    }

    fn pattern(&self, data_type: &SqlType) -> Option<&str> {
        match data_type {
            SqlType::Date => self.date.as_deref(),
            SqlType::Timestamp => self.timestamp.as_deref(),
            SqlType::TimestampNtz => self.timestamp_ntz.as_deref(),
            _ => None,
        }
    }
}

/// Reads the cells of one column; belongs to one worker.
pub(crate) struct CellReader {
    data_type: SqlType,
    formats: CellFormats,
    zone: Zone,
    /// For a type with a pattern: the function of that name, over one column of text.
    pattern: Option<Evaluator>,
}

impl CellReader {
    pub(crate) fn new(data_type: &SqlType, formats: &CellFormats, context: &Arc<EvalContext>) -> Result<Self> {
        let pattern = formats.pattern(data_type).map(|pattern| pattern_reader(data_type, pattern, context));
        Ok(Self {
            data_type: data_type.clone(),
            formats: formats.clone(),
            zone: Zone::parse_or_utc(&context.time_zone),
            pattern: pattern.transpose()?,
        })
    }

    pub(crate) fn read<'a>(&mut self, cells: impl Iterator<Item = Option<&'a str>>) -> Result<ArrayRef> {
        if let Some(pattern) = &mut self.pattern {
            return read_pattern(pattern, cells);
        }
        Ok(match &self.data_type {
            SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) => Arc::new(texts(cells)),
            SqlType::Boolean => Arc::new(cells.map(|cell| cell.and_then(parse_boolean)).collect::<BooleanArray>()),
            SqlType::TinyInt => each::<Int8Type>(cells, |text| text.parse().ok()),
            SqlType::SmallInt => each::<Int16Type>(cells, |text| text.parse().ok()),
            SqlType::Int => each::<Int32Type>(cells, |text| text.parse().ok()),
            SqlType::BigInt => each::<Int64Type>(cells, |text| text.parse().ok()),
            SqlType::Float => each::<Float32Type>(cells, |text| self.formats.double(text).map(|_| float(text))),
            SqlType::Double => each::<Float64Type>(cells, |text| self.formats.double(text)),
            SqlType::Decimal { precision, scale } => {
                let values = cells.map(|cell| cell.and_then(|text| parse_decimal(text, *precision, *scale)));
                let values: Decimal128Array = values.collect();
                Arc::new(values.with_precision_and_scale(*precision, *scale)?)
            }
            SqlType::Date => each::<Date32Type>(cells, datetime::parse_date),
            SqlType::Timestamp => {
                let values =
                    each_of::<TimestampMicrosecondType>(cells, |text| datetime::parse_timestamp(text, &self.zone));
                Arc::new(values.with_data_type(self.data_type.to_arrow()))
            }
            SqlType::TimestampNtz => each::<TimestampMicrosecondType>(cells, datetime::parse_timestamp_ntz),
            other => cast(&texts(cells), other)?,
        })
    }
}

fn float(text: &str) -> f32 {
    // Not by way of a double, which would round twice.
    text.trim_end_matches(['f', 'F', 'd', 'D']).trim().parse().unwrap_or_else(|_| match text.starts_with('-') {
        true => f32::NEG_INFINITY,
        false if text.contains("nf") => f32::INFINITY,
        false => f32::NAN,
    })
}

pub(crate) fn texts<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> StringViewArray {
    let mut builder = StringViewBuilder::with_capacity(cells.size_hint().0);
    cells.for_each(|cell| builder.append_option(cell));
    builder.finish()
}

pub(crate) fn parse_boolean(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn each<'a, T: ArrowPrimitiveType>(
    cells: impl Iterator<Item = Option<&'a str>>,
    parse: impl Fn(&str) -> Option<T::Native>,
) -> ArrayRef {
    Arc::new(each_of::<T>(cells, parse))
}

fn each_of<'a, T: ArrowPrimitiveType>(
    cells: impl Iterator<Item = Option<&'a str>>,
    parse: impl Fn(&str) -> Option<T::Native>,
) -> PrimitiveArray<T> {
    cells.map(|cell| cell.and_then(&parse)).collect()
}

/// Types that have no syntax of their own in files: TIME and intervals.
fn cast(texts: &StringViewArray, to: &SqlType) -> Result<ArrayRef> {
    if to.is_nested() || matches!(to, SqlType::Variant) {
        return Err(error!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "CSV", columnType = to.quoted_sql()));
    }
    let column = Column::Array(Arc::new(texts.clone()));
    firesteel_expr::cast::cast(&column, &SqlType::STRING, to, CastMode::Try, &EvalContext::default())?.flat()
}

const CELL: ColumnId = ColumnId(0);

fn pattern_reader(data_type: &SqlType, pattern: &str, context: &Arc<EvalContext>) -> Result<Evaluator> {
    let text = Expr::column(CELL, SqlType::STRING, true);
    let parsed = registry::call("try_to_timestamp", vec![text, Expr::literal(Literal::string(pattern))])?;
    Evaluator::new(&[Expr::cast(parsed, data_type.clone(), CastMode::Try)], &[CELL], context)
}

fn read_pattern<'a>(pattern: &mut Evaluator, cells: impl Iterator<Item = Option<&'a str>>) -> Result<ArrayRef> {
    let texts = texts(cells);
    let rows = arrow::array::Array::len(&texts);
    let mut columns = pattern.evaluate(&Batch::new(vec![Column::Array(Arc::new(texts))], rows))?;
    columns.swap_remove(0).flat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Array, AsArray};

    fn read(data_type: &SqlType, cells: &[&str]) -> ArrayRef {
        let formats = CellFormats::of(&FileOptions::default());
        let mut reader = CellReader::new(data_type, &formats, &Arc::default()).expect("a reader");
        reader.read(cells.iter().map(|cell| Some(*cell))).expect("an array")
    }

    #[test]
    fn malformed_cells_are_null() {
        let ints = read(&SqlType::Int, &["+5", "-7", " 5", "2147483648", ""]);
        assert_eq!(ints.as_primitive::<Int32Type>().iter().collect::<Vec<_>>(), [Some(5), Some(-7), None, None, None]);
        let doubles = read(&SqlType::Double, &["1e3", "Inf", "-Inf", "nan", "x"]);
        let expected = [Some(1000.0), Some(f64::INFINITY), Some(f64::NEG_INFINITY), None, None];
        assert_eq!(doubles.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(), expected);
        let floats = read(&SqlType::Float, &["0.1", "-Inf", "NaN"]);
        let floats = floats.as_primitive::<Float32Type>();
        assert_eq!((floats.value(0), floats.value(1), floats.value(2).is_nan()), (0.1, f32::NEG_INFINITY, true));
        let booleans = read(&SqlType::Boolean, &["TRUE", "yes", "1"]);
        assert_eq!(booleans.as_boolean().iter().collect::<Vec<_>>(), [Some(true), None, None]);
        let dates = read(&SqlType::Date, &["1970-01-02", "tomorrow"]);
        assert_eq!(dates.as_primitive::<Date32Type>().iter().collect::<Vec<_>>(), [Some(1), None]);
        let decimals = read(&SqlType::decimal(4, 1), &["12.35", "99999"]);
        assert!(decimals.is_valid(0) && decimals.is_null(1));
    }
}
