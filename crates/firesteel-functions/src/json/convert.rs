//! JSON values as columns of a type, a level at a time: all values of a field, then all elements of its arrays, ….
//!
//! What does not fit its type is NULL. In an array or a map it makes the whole NULL; a struct keeps its other fields.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, BinaryViewArray, BooleanArray, Int64Array, ListArray, MapArray, StringViewArray, StructArray,
    new_null_array,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use base64::Engine;
use firesteel_common::types::StructField;
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::{Batch, CastMode, Column, EvalContext, Evaluator, Expr, ExprRef, Literal, registry};

use super::options::Options;
use super::value::Json;

/// `None`: there is none.
pub(super) type Value<'a> = Option<&'a Json<'a>>;

/// What became of values.
pub(super) struct Converted {
    pub(super) array: ArrayRef,
    /// Which values do not fit.
    pub(super) bad: Vec<bool>,
    /// Which values fit, but for something in them.
    pub(super) partial: Vec<bool>,
}

pub(super) struct Converter<'a> {
    pub(super) options: &'a Options,
    pub(super) context: &'a Arc<EvalContext>,
}

impl Converter<'_> {
    pub(super) fn convert(&self, values: &[Value<'_>], data_type: &SqlType) -> Result<Converted> {
        match data_type {
            SqlType::Struct(fields) => self.structs(values, fields, data_type),
            SqlType::Array { element, .. } => self.arrays(values, element, data_type),
            SqlType::Map { key, value, .. } => self.maps(values, key, value, data_type),
            _ => self.leaves(values, data_type),
        }
    }

    fn structs(&self, values: &[Value<'_>], fields: &[StructField], data_type: &SqlType) -> Result<Converted> {
        let DataType::Struct(arrow_fields) = data_type.to_arrow() else {
            return Err(internal!("a struct that is none"));
        };
        let members: Vec<Option<Members<'_>>> = values
            .iter()
            .map(|value| match value {
                Some(Json::Object(members)) => Some(members.as_slice()),
                _ => None,
            })
            .collect();
        let bad: Vec<bool> =
            values.iter().zip(&members).map(|(value, members)| !is_null(value) && members.is_none()).collect();
        let mut partial = vec![false; values.len()];
        let mut columns = Vec::with_capacity(fields.len());
        for field in fields {
            let values: Vec<Value<'_>> = members.iter().map(|members| member(*members, &field.name)).collect();
            let converted = self.convert(&values, &field.data_type)?;
            for (at, partial) in partial.iter_mut().enumerate() {
                *partial |= converted.bad[at] || converted.partial[at];
            }
            columns.push(converted.array);
        }
        let nulls = NullBuffer::from(members.iter().map(Option::is_some).collect::<Vec<_>>());
        let array = StructArray::try_new_with_length(arrow_fields, columns, Some(nulls), values.len())?;
        Ok(Converted { array: Arc::new(array), bad, partial })
    }

    fn arrays(&self, values: &[Value<'_>], element: &SqlType, data_type: &SqlType) -> Result<Converted> {
        let DataType::List(field) = data_type.to_arrow() else { return Err(internal!("an array that is none")) };
        let items: Vec<Option<Vec<Value<'_>>>> = values
            .iter()
            .map(|value| match value {
                Some(Json::Array(items)) => Some(items.iter().map(Some).collect()),
                _ => None,
            })
            .collect();
        let flat: Vec<Value<'_>> = items.iter().flatten().flatten().copied().collect();
        let converted = self.convert(&flat, element)?;
        let rows = Rows::of(values, &items, &[&converted]);
        let offsets = OffsetBuffer::from_lengths(items.iter().map(|items| items.as_ref().map_or(0, Vec::len)));
        let array = ListArray::try_new(field, offsets, converted.array, Some(NullBuffer::from(rows.valid)))?;
        Ok(Converted { array: Arc::new(array), bad: rows.bad, partial: rows.partial })
    }

    /// Keys that repeat: the last one counts.
    fn maps(&self, values: &[Value<'_>], key: &SqlType, value: &SqlType, data_type: &SqlType) -> Result<Converted> {
        let DataType::Map(field, _) = data_type.to_arrow() else { return Err(internal!("a map that is none")) };
        let DataType::Struct(fields) = field.data_type() else { return Err(internal!("a map without entries")) };
        if !key.is_string() {
            let bad = values.iter().map(|value| !is_null(value)).collect();
            let array = new_null_array(&data_type.to_arrow(), values.len());
            return Ok(Converted { array, bad, partial: vec![false; values.len()] });
        }
        let (mut names, mut items) = (Vec::new(), Vec::with_capacity(values.len()));
        for value in values {
            let Some(Json::Object(members)) = value else {
                items.push(None);
                continue;
            };
            let mut entries: Vec<Value<'_>> = Vec::with_capacity(members.len());
            let first = names.len();
            for (name, member) in members {
                match names[first..].iter().position(|known: &&str| *known == name.as_ref()) {
                    Some(at) => entries[at] = Some(member),
                    None => {
                        names.push(name.as_ref());
                        entries.push(Some(member));
                    }
                }
            }
            items.push(Some(entries));
        }
        let flat: Vec<Value<'_>> = items.iter().flatten().flatten().copied().collect();
        let converted = self.convert(&flat, value)?;
        let rows = Rows::of(values, &items, &[&converted]);
        let offsets = OffsetBuffer::from_lengths(items.iter().map(|items| items.as_ref().map_or(0, Vec::len)));
        let keys: ArrayRef = Arc::new(StringViewArray::from_iter_values(names));
        let entries = StructArray::try_new(fields.clone(), vec![keys, converted.array], None)?;
        let array = MapArray::try_new(field, offsets, entries, Some(NullBuffer::from(rows.valid)), false)?;
        Ok(Converted { array: Arc::new(array), bad: rows.bad, partial: rows.partial })
    }

    fn leaves(&self, values: &[Value<'_>], data_type: &SqlType) -> Result<Converted> {
        let array: ArrayRef = match data_type {
            SqlType::Boolean => Arc::new(
                values
                    .iter()
                    .map(|value| match value {
                        Some(Json::Boolean(value)) => Some(*value),
                        _ => None,
                    })
                    .collect::<BooleanArray>(),
            ),
            SqlType::Binary => {
                let decode = |value: &Value<'_>| match value {
                    Some(Json::String(text)) => base64::engine::general_purpose::STANDARD.decode(text.as_bytes()).ok(),
                    _ => None,
                };
                Arc::new(values.iter().map(decode).collect::<BinaryViewArray>())
            }
            given if given.is_string() => {
                let text = |value: &Value<'_>| {
                    value.and_then(|json| match json {
                        Json::Null => None,
                        Json::String(value) => Some(value.clone().into_owned()),
                        _ => {
                            let mut out = String::new();
                            json.write(&mut out);
                            Some(out)
                        }
                    })
                };
                Arc::new(values.iter().map(text).collect::<StringViewArray>())
            }
            SqlType::Timestamp => self.timestamps(values)?,
            _ => self.read_texts(values.iter().map(|value| leaf_text(value, data_type)), data_type)?,
        };
        let bad = (0..values.len()).map(|at| !is_null(&values[at]) && array.is_null(at)).collect();
        Ok(Converted { array, bad, partial: vec![false; values.len()] })
    }

    /// Whole numbers are seconds.
    fn timestamps(&self, values: &[Value<'_>]) -> Result<ArrayRef> {
        let texts = values.iter().map(|value| leaf_text(value, &SqlType::Timestamp));
        let read = self.read_texts(texts, &SqlType::Timestamp)?;
        let seconds = |value: &Value<'_>| match value {
            Some(Json::Number(text)) => text.parse::<i64>().ok()?.checked_mul(1_000_000),
            _ => None,
        };
        let instants: Int64Array = values.iter().map(seconds).collect();
        if instants.null_count() == instants.len() {
            return Ok(read);
        }
        let instants = arrow::compute::cast(&instants, &SqlType::Timestamp.to_arrow())?;
        let is_number = arrow::compute::is_not_null(&instants)?;
        Ok(arrow::compute::kernels::zip::zip(&is_number, &instants, &read)?)
    }

    /// Texts read as CAST reads them, or by the pattern that an option gives.
    fn read_texts(&self, texts: impl Iterator<Item = Option<String>>, data_type: &SqlType) -> Result<ArrayRef> {
        let texts: StringViewArray = texts.collect();
        let rows = texts.len();
        let id = ColumnId(0);
        let text = Expr::column(id, SqlType::STRING, true);
        let pattern = match data_type {
            SqlType::Timestamp => self.options.get("timestampformat"),
            SqlType::TimestampNtz => self.options.get("timestampntzformat"),
            SqlType::Date => self.options.get("dateformat"),
            _ => None,
        };
        let read: ExprRef = match pattern {
            Some(pattern) => registry::call("try_to_timestamp", vec![text, Expr::literal(Literal::string(pattern))])?,
            None => text,
        };
        let read = Expr::cast(read, data_type.clone(), CastMode::Try);
        let mut evaluator = Evaluator::new(&[read], &[id], self.context)?;
        let columns = evaluator.evaluate(&Batch::new(vec![Column::Array(Arc::new(texts))], rows))?;
        columns[0].flat_as(data_type)
    }
}

type Members<'a> = &'a [(Cow<'a, str>, Json<'a>)];

/// Of several members of one name the last counts.
fn member<'a>(members: Option<Members<'a>>, name: &str) -> Value<'a> {
    members?.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn is_null(value: &Value<'_>) -> bool {
    value.is_none_or(|json| matches!(json, Json::Null))
}

/// The text to read a value of the type from; `None` for a value of another kind.
fn leaf_text(value: &Value<'_>, data_type: &SqlType) -> Option<String> {
    match ((*value)?, data_type) {
        (Json::Number(text), given) if given.is_integral() => {
            let is_whole = text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit());
            is_whole.then(|| (*text).to_owned())
        }
        (Json::Number(text), given) if given.is_fractional() => Some(text.replace("INF", "Infinity")),
        (Json::Number(text), SqlType::Decimal { .. }) => Some((*text).to_owned()),
        (Json::String(text), given) if given.is_fractional() => {
            let known = ["NaN", "Infinity", "+Infinity", "-Infinity", "INF", "+INF", "-INF"];
            known.contains(&text.as_ref()).then(|| text.replace("INF", "Infinity"))
        }
        (Json::String(_), given) if given.is_integral() => None,
        (Json::String(text), _) if !text.is_empty() => Some(text.clone().into_owned()),
        _ => None,
    }
}

/// What the members of arrays or maps make of them.
struct Rows {
    valid: Vec<bool>,
    bad: Vec<bool>,
    partial: Vec<bool>,
}

impl Rows {
    fn of(values: &[Value<'_>], items: &[Option<Vec<Value<'_>>>], members: &[&Converted]) -> Rows {
        let mut rows = Rows { valid: Vec::new(), bad: Vec::new(), partial: Vec::new() };
        let mut next = 0;
        for (value, items) in values.iter().zip(items) {
            let range = next..next + items.as_ref().map_or(0, Vec::len);
            next = range.end;
            let any = |flags: fn(&Converted) -> &Vec<bool>| {
                members.iter().any(|member| flags(member)[range.clone()].contains(&true))
            };
            let bad = !is_null(value) && (items.is_none() || any(|member| &member.bad));
            rows.valid.push(items.is_some() && !bad);
            rows.bad.push(bad);
            rows.partial.push(any(|member| &member.partial));
        }
        rows
    }
}
