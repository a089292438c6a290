//! Values of types that can be counted (numbers, dates, timestamps, intervals) as DOUBLE, and back.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array, make_array};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType};
use firesteel_expr::cast::cast;
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::{Column, EvalContext};

/// The first argument, cast where text is given for a number.
pub(super) fn operand(name: &'static str, args: &[ExprRef]) -> Result<ExprRef> {
    let value = args[0].data_type();
    if value.is_string() || *value == SqlType::Void {
        return Ok(Expr::cast(args[0].clone(), SqlType::Double, CastMode::Ansi));
    }
    if value.is_numeric() || value.is_datetime() || value.is_ansi_interval() {
        return Ok(args[0].clone());
    }
    let required = "(\"NUMERIC\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"INTERVAL YEAR TO MONTH\" or \
                    \"INTERVAL DAY TO SECOND\")";
    Err(errors::unexpected_input(name, args, 0, required.to_owned()))
}

/// What the type's values are counted in, if they are no numbers.
fn counted_in(data_type: &SqlType) -> Option<DataType> {
    Some(match data_type {
        SqlType::Date | SqlType::YearMonthInterval(..) => DataType::Int32,
        SqlType::Timestamp | SqlType::TimestampNtz | SqlType::DayTimeInterval(..) => DataType::Int64,
        _ => return None,
    })
}

pub(super) fn to_doubles(column: &Column, data_type: &SqlType) -> Result<Column> {
    let flat = column.flat()?;
    let Some(units) = counted_in(data_type) else {
        return cast(&Column::Array(flat), data_type, &SqlType::Double, CastMode::Ansi, &EvalContext::default());
    };
    let data = flat.to_data().into_builder().data_type(units).build()?;
    Ok(Column::Array(arrow::compute::cast(&make_array(data), &DataType::Float64)?))
}

/// What came out of the type goes back into it; numbers between its values are cut.
pub(super) fn from_doubles(doubles: Float64Array, data_type: &SqlType) -> Result<ArrayRef> {
    let Some(units) = counted_in(data_type) else {
        let column = Column::Array(Arc::new(doubles));
        let back = cast(&column, &SqlType::Double, data_type, CastMode::Try, &EvalContext::default())?;
        return back.flat_as(data_type);
    };
    let data = arrow::compute::cast(&doubles, &units)?.to_data();
    Ok(make_array(data.into_builder().data_type(data_type.to_arrow()).build()?))
}
