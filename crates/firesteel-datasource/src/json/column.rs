//! One member of all rows as a column.
//!
//! ```text
//! ["[1,2]", null, "[3]"] ──elements──▶ ["1","2","3"] ──scalars──▶ Int32 [1,2,3] ──offsets──▶ List [[1,2], NULL, [3]]
//! ```
//! Nested types go down a level for all rows at once. What does not fit its type is NULL, and its row is bad; an array with
//! such an element, and a map with such a value, is NULL as a whole, while a struct keeps its other members.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryViewArray, ListArray, MapArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, FieldRef, Fields};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::EvalContext;
use firesteel_expr::cast::datetime;
use hashbrown::HashMap;

use super::value::{self, Kind};
use crate::rows::cells::{CellFormats, CellReader};

/// How it went, by row.
pub(crate) struct Outcome {
    /// The value itself does not fit.
    failed: Vec<bool>,
    /// Something inside of it does not.
    partial: Vec<bool>,
}

impl Outcome {
    pub(crate) fn new(rows: usize) -> Self {
        Self { failed: vec![false; rows], partial: vec![false; rows] }
    }

    pub(crate) fn is_bad(&self, row: usize) -> bool {
        self.failed[row] || self.partial[row]
    }
}

/// How a type is built; belongs to one worker.
pub(crate) enum JsonColumn {
    Scalar { data_type: SqlType, reader: CellReader },
    Array { field: FieldRef, element: Box<JsonColumn> },
    Struct { fields: Fields, targets: HashMap<String, usize>, columns: Vec<JsonColumn> },
    Map { entries: FieldRef, key: CellReader, value: Box<JsonColumn> },
}

type Cells<'a> = [Option<&'a str>];

impl JsonColumn {
    pub(crate) fn new(data_type: &SqlType, formats: &CellFormats, context: &Arc<EvalContext>) -> Result<Self> {
        let inner = |data_type: &SqlType| JsonColumn::new(data_type, formats, context);
        Ok(match (data_type, data_type.to_arrow()) {
            (SqlType::Array { element, .. }, DataType::List(field)) => {
                JsonColumn::Array { field, element: Box::new(inner(element)?) }
            }
            (SqlType::Map { key, value, .. }, DataType::Map(entries, _)) => JsonColumn::Map {
                entries,
                key: CellReader::new(key, formats, context)?,
                value: Box::new(inner(value)?),
            },
            (SqlType::Struct(members), DataType::Struct(fields)) => JsonColumn::Struct {
                fields,
                targets: members.iter().enumerate().map(|(at, member)| (member.name.to_string(), at)).collect(),
                columns: members.iter().map(|member| inner(&member.data_type)).collect::<Result<_>>()?,
            },
            (SqlType::Variant, _) => {
                return Err(error!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "JSON", columnType = "\"VARIANT\""));
            }
            _ => JsonColumn::Scalar {
                data_type: data_type.clone(),
                reader: CellReader::new(data_type, formats, context)?,
            },
        })
    }

    pub(crate) fn build(&mut self, cells: &Cells<'_>, outcome: &mut Outcome) -> Result<ArrayRef> {
        match self {
            JsonColumn::Scalar { data_type, reader } => scalars(data_type, reader, cells, outcome),
            JsonColumn::Array { field, element } => arrays(field, element, cells, outcome),
            JsonColumn::Struct { fields, targets, columns } => structs(fields, targets, columns, cells, outcome),
            JsonColumn::Map { entries, key, value } => maps(entries, key, value, cells, outcome),
        }
    }
}

/// Not there, or `null`.
fn present<'a>(cell: &Option<&'a str>) -> Option<&'a str> {
    cell.filter(|value| value::kind(value) != Kind::Null)
}

fn scalars(data_type: &SqlType, reader: &mut CellReader, cells: &Cells<'_>, outcome: &mut Outcome) -> Result<ArrayRef> {
    let texts: Vec<Option<Cow<'_, str>>> =
        cells.iter().map(|cell| present(cell).and_then(|value| scalar_text(data_type, value))).collect();
    let texts_given = texts.iter().map(Option::as_deref);
    let array: ArrayRef = match data_type {
        SqlType::Binary => Arc::new(texts_given.map(|text| BASE64.decode(text?).ok()).collect::<BinaryViewArray>()),
        _ => reader.read(texts_given)?,
    };
    for (row, cell) in cells.iter().enumerate() {
        outcome.failed[row] |= present(cell).is_some() && array.is_null(row);
    }
    Ok(array)
}

/// The text from which a type reads the value; `None` when it takes no value of that kind.
fn scalar_text<'a>(data_type: &SqlType, value: &'a str) -> Option<Cow<'a, str>> {
    let kind = value::kind(value);
    match data_type {
        // Whatever it is, a string column takes it as it is written.
        data_type if data_type.is_string() => match kind {
            Kind::Text => value::text(value),
            _ => Some(Cow::Borrowed(value)),
        },
        SqlType::Boolean => (kind == Kind::Boolean).then_some(Cow::Borrowed(value)),
        data_type if data_type.is_integral() => (kind == Kind::Number).then_some(Cow::Borrowed(value)),
        SqlType::Float | SqlType::Double => match kind {
            Kind::Number => Some(Cow::Borrowed(value)),
            Kind::Text => value::text(value).and_then(|text| not_finite(&text).map(Cow::Borrowed)),
            _ => None,
        },
        SqlType::Decimal { .. } if kind == Kind::Number => Some(Cow::Borrowed(value)),
        SqlType::Timestamp if kind == Kind::Number => {
            let micros = value.parse::<i64>().ok()?.checked_mul(1_000_000)?;
            Some(Cow::Owned(format!("{}Z", datetime::format_timestamp_ntz(micros))))
        }
        _ => (kind == Kind::Text).then(|| value::text(value)).flatten(),
    }
}

/// The words for numbers that JSON has no digits for.
fn not_finite(text: &str) -> Option<&'static str> {
    match text {
        "NaN" => Some("NaN"),
        "Infinity" | "+Infinity" | "INF" | "+INF" => Some("Infinity"),
        "-Infinity" | "-INF" => Some("-Infinity"),
        _ => None,
    }
}

fn arrays(field: &FieldRef, element: &mut JsonColumn, cells: &Cells<'_>, outcome: &mut Outcome) -> Result<ArrayRef> {
    let (mut inner, mut ends, mut valid) = (Vec::new(), vec![0i32], Vec::with_capacity(cells.len()));
    for (row, cell) in cells.iter().enumerate() {
        let value = present(cell);
        let elements = value.filter(|value| value::kind(value) == Kind::Array).and_then(value::elements);
        outcome.failed[row] |= value.is_some() && elements.is_none();
        valid.push(elements.is_some());
        inner.extend(elements.into_iter().flatten().map(Some));
        ends.push(offset(inner.len())?);
    }
    let mut within = Outcome::new(inner.len());
    let values = element.build(&inner, &mut within)?;
    settle(&within, &ends, &mut valid, outcome);
    let offsets = OffsetBuffer::new(ends.into());
    Ok(Arc::new(ListArray::try_new(Arc::clone(field), offsets, values, nulls(valid))?))
}

fn maps(
    entries: &FieldRef,
    key: &mut CellReader,
    value: &mut JsonColumn,
    cells: &Cells<'_>,
    outcome: &mut Outcome,
) -> Result<ArrayRef> {
    let (mut keys, mut values, mut ends) = (Vec::new(), Vec::new(), vec![0i32]);
    let mut valid = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        let given = present(cell);
        let members = given.filter(|value| value::kind(value) == Kind::Object).and_then(value::members);
        outcome.failed[row] |= given.is_some() && members.is_none();
        valid.push(members.is_some());
        for (name, value) in members.into_iter().flat_map(|members| members.0) {
            keys.push(name);
            values.push(Some(value));
        }
        ends.push(offset(keys.len())?);
    }
    let mut within = Outcome::new(values.len());
    let key_array = key.read(keys.iter().map(|key| Some(key.as_ref())))?;
    (0..key_array.len()).for_each(|at| within.failed[at] |= key_array.is_null(at));
    let value_array = value.build(&values, &mut within)?;
    settle(&within, &ends, &mut valid, outcome);
    if key_array.null_count() > 0 {
        // A key of another type cannot be NULL in its place: such a map goes, and its entries with it.
        return Err(error!(UNSUPPORTED_FEATURE, feature = "map keys in JSON that are not of the key's type"));
    }
    let DataType::Struct(fields) = entries.data_type() else { return Err(internal!("a map without entries")) };
    let pairs = StructArray::try_new(fields.clone(), vec![key_array, value_array], None)?;
    let offsets = OffsetBuffer::new(ends.into());
    Ok(Arc::new(MapArray::try_new(Arc::clone(entries), offsets, pairs, nulls(valid), false)?))
}

/// What went wrong with elements goes wrong with what holds them.
fn settle(within: &Outcome, ends: &[i32], valid: &mut [bool], outcome: &mut Outcome) {
    for (row, ends) in ends.windows(2).enumerate() {
        for at in ends[0] as usize..ends[1] as usize {
            if within.failed[at] {
                outcome.failed[row] = true;
                valid[row] = false;
            }
            outcome.partial[row] |= within.partial[at];
        }
    }
}

fn structs(
    fields: &Fields,
    targets: &HashMap<String, usize>,
    columns: &mut [JsonColumn],
    cells: &Cells<'_>,
    outcome: &mut Outcome,
) -> Result<ArrayRef> {
    let mut inner = vec![vec![None; cells.len()]; columns.len()];
    let mut valid = Vec::with_capacity(cells.len());
    for (row, cell) in cells.iter().enumerate() {
        let value = present(cell);
        let members = value.filter(|value| value::kind(value) == Kind::Object).and_then(value::members);
        outcome.failed[row] |= value.is_some() && members.is_none();
        valid.push(members.is_some());
        for (name, value) in members.into_iter().flat_map(|members| members.0) {
            if let Some(target) = targets.get(name.as_ref()) {
                inner[*target][row] = Some(value);
            }
        }
    }
    let mut within = Outcome::new(cells.len());
    let built = columns.iter_mut().zip(&inner);
    let arrays = built.map(|(column, cells)| column.build(cells, &mut within)).collect::<Result<Vec<_>>>()?;
    (0..cells.len()).for_each(|row| outcome.partial[row] |= within.is_bad(row));
    Ok(Arc::new(StructArray::try_new_with_length(fields.clone(), arrays, nulls(valid), cells.len())?))
}

fn nulls(valid: Vec<bool>) -> Option<NullBuffer> {
    Some(NullBuffer::from(valid)).filter(|nulls| nulls.null_count() > 0)
}

fn offset(length: usize) -> Result<i32> {
    i32::try_from(length).map_err(|_| internal!("more than 2^31 elements in one batch of JSON"))
}
