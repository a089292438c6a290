//! Constants: expressions whose value is known before any table is; and values written as expressions again.
//!
//! ```text
//! 1 + x  where x is a session variable  ──constant──▶ Literal 6  ──as_written──▶ `6`
//! ```

use firesteel_common::types::{DayTimeField, YearMonthField};
use firesteel_common::{Result, Span, SqlType, internal};
use firesteel_expr::cast::datetime::{self, Zone};
use firesteel_expr::cast::{interval as interval_text, to_string};
use firesteel_expr::{Literal, eval};
use firesteel_plan::parsed::{
    Expr, ExprKind, Ident, IntegerSuffix, IntervalField, IntervalLiteral, IntervalUnit, Literal as Written,
    TypedLiteral,
};

use datafusion_common::ScalarValue;
use datafusion_common::arrow::array::{Array, ArrayRef, AsArray};

use crate::expr::Resolver;
use crate::scope::Scope;
use crate::{Analyzer, AnalyzerContext, Env};

/// What a constant expression gives; `None` when it has a subquery, or is computed anew at each use.
pub fn constant(expr: &Expr, context: &AnalyzerContext<'_>) -> Result<Option<Literal>> {
    firesteel_functions::install();
    if holds_query(&mut expr.clone()) {
        return Ok(None);
    }
    let analyzer = Analyzer::new(context);
    let nothing = Scope::default();
    let resolved = Resolver::plain(&analyzer, Env::default(), vec![&nothing], "constant").resolve(expr)?;
    match resolved.is_foldable() {
        true => eval::evaluate_constant(&resolved, &context.eval).map(Some).map_err(|error| error.at(expr.span)),
        false => Ok(None),
    }
}

/// The text by which Spark shows an expression in messages.
pub fn shown(expr: &Expr, context: &AnalyzerContext<'_>) -> String {
    let analyzer = Analyzer::new(context);
    let nothing = Scope::default();
    Resolver::plain(&analyzer, Env::default(), vec![&nothing], "constant").name_of(expr)
}

#[recursive::recursive]
fn holds_query(expr: &mut Expr) -> bool {
    let is_query = matches!(
        expr.kind,
        ExprKind::Subquery(_) | ExprKind::Exists(_) | ExprKind::InSubquery { .. } | ExprKind::TableArgument(_)
    );
    is_query || expr.children_mut().into_iter().any(holds_query)
}

/// A value as one would write it. Decimals are their digits, which decide their type, as Spark has it.
pub fn as_written(value: &Literal) -> Result<Expr> {
    let data_type = value.data_type();
    if value.is_null() {
        let null = written(Written::Null);
        return Ok(if *data_type == SqlType::Void { null } else { cast(null, data_type) });
    }
    Ok(match value.value() {
        ScalarValue::Boolean(Some(value)) => written(Written::Boolean(*value)),
        ScalarValue::Int8(Some(value)) => integer(value.to_string(), Some(IntegerSuffix::TinyInt)),
        ScalarValue::Int16(Some(value)) => integer(value.to_string(), Some(IntegerSuffix::SmallInt)),
        ScalarValue::Int32(Some(value)) => integer(value.to_string(), None),
        ScalarValue::Int64(Some(value)) => integer(value.to_string(), Some(IntegerSuffix::BigInt)),
        ScalarValue::Float64(Some(value)) if value.is_finite() => written(Written::Double(format!("{value:?}"))),
        ScalarValue::Float64(Some(value)) => cast(string(to_string::format_double(*value)), data_type),
        ScalarValue::Float32(Some(value)) => cast(string(to_string::format_float(*value)), data_type),
        ScalarValue::Decimal128(Some(unscaled), _, scale) => {
            written(Written::Decimal(to_string::format_decimal(*unscaled, *scale)))
        }
        ScalarValue::Utf8View(Some(text)) => string(text.clone()),
        ScalarValue::BinaryView(Some(bytes)) => written(Written::Binary(bytes.clone())),
        ScalarValue::Date32(Some(days)) => typed(TypedLiteral::Date, datetime::format_date(*days)),
        ScalarValue::Time64Nanosecond(Some(nanos)) => typed(TypedLiteral::Time, datetime::format_time(*nanos)),
        ScalarValue::TimestampMicrosecond(Some(micros), Some(_)) => {
            let utc = datetime::format_timestamp(*micros, &Zone::parse_or_utc("UTC"));
            typed(TypedLiteral::TimestampLtz, format!("{utc}Z"))
        }
        ScalarValue::TimestampMicrosecond(Some(micros), None) => {
            typed(TypedLiteral::TimestampNtz, datetime::format_timestamp_ntz(*micros))
        }
        _ => match data_type {
            SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_) => cast(nested(value)?, data_type),
            _ => written(Written::Interval(interval(value)?)),
        },
    })
}

fn written(literal: Written) -> Expr {
    Expr::new(Span::default(), ExprKind::Literal(literal))
}

fn string(text: impl Into<String>) -> Expr {
    written(Written::String(text.into()))
}

fn integer(text: String, suffix: Option<IntegerSuffix>) -> Expr {
    written(Written::Integer { text, suffix })
}

fn typed(kind: TypedLiteral, text: String) -> Expr {
    written(Written::Typed { kind, text })
}

fn cast(operand: Expr, data_type: &SqlType) -> Expr {
    let kind = ExprKind::Cast { operand: Box::new(operand), data_type: data_type.clone(), is_try: false };
    Expr::new(Span::default(), kind)
}

fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    Expr::call(Span::default(), Ident::new(name, Span::default()), arguments)
}

/// A call of what makes the value of its parts.
fn nested(value: &Literal) -> Result<Expr> {
    let array = value.to_array()?;
    match value.data_type() {
        SqlType::Array { element, .. } => Ok(call("array", elements(&array.as_list::<i32>().value(0), element)?)),
        SqlType::Map { key, value, .. } => {
            let entries = array.as_map().value(0);
            let keys = elements(entries.column(0), key)?;
            let values = elements(entries.column(1), value)?;
            Ok(call("map", keys.into_iter().zip(values).flat_map(|(key, value)| [key, value]).collect()))
        }
        SqlType::Struct(fields) => {
            let mut arguments = Vec::with_capacity(2 * fields.len());
            for (field, column) in fields.iter().zip(array.as_struct().columns()) {
                arguments.push(string(field.name.as_ref()));
                arguments.extend(elements(column, &field.data_type)?);
            }
            Ok(call("named_struct", arguments))
        }
        other => Err(internal!("{other} is no nested type")),
    }
}

fn elements(array: &ArrayRef, data_type: &SqlType) -> Result<Vec<Expr>> {
    let one = |row| as_written(&Literal::from_array(&array.slice(row, 1), data_type.clone())?);
    (0..array.len()).map(one).collect()
}

fn interval(value: &Literal) -> Result<IntervalLiteral> {
    // The text between the quotes of `INTERVAL '1-2' YEAR TO MONTH`.
    let quoted = |text: String| text.split('\'').nth(1).unwrap_or_default().to_owned();
    match (value.value(), value.data_type()) {
        (ScalarValue::IntervalYearMonth(Some(months)), SqlType::YearMonthInterval(from, to)) => {
            let text = quoted(interval_text::sql_year_month(*months, *from, *to));
            let unit = |field: &YearMonthField| match field {
                YearMonthField::Year => IntervalUnit::Year,
                YearMonthField::Month => IntervalUnit::Month,
            };
            Ok(of_units(text, unit(from), unit(to)))
        }
        (ScalarValue::DurationMicrosecond(Some(micros)), SqlType::DayTimeInterval(from, to)) => {
            let text = quoted(interval_text::sql_day_time(*micros, *from, *to));
            let unit = |field: &DayTimeField| match field {
                DayTimeField::Day => IntervalUnit::Day,
                DayTimeField::Hour => IntervalUnit::Hour,
                DayTimeField::Minute => IntervalUnit::Minute,
                DayTimeField::Second => IntervalUnit::Second,
            };
            Ok(of_units(text, unit(from), unit(to)))
        }
        (ScalarValue::IntervalMonthDayNano(Some(value)), _) => {
            let micros = value.nanoseconds / 1_000;
            Ok(IntervalLiteral::Text(interval_text::format_calendar(value.months, value.days, micros)))
        }
        (_, other) => Err(internal!("{other} is no type that one writes")),
    }
}

fn of_units(text: String, from: IntervalUnit, to: IntervalUnit) -> IntervalLiteral {
    match from == to {
        true => IntervalLiteral::Fields(vec![IntervalField { value: text, unit: from }]),
        false => IntervalLiteral::Range { text, from, to },
    }
}
