//! JSON: an object a row. Numbers and booleans as such, decimals as numbers with all their digits, arrays as arrays, structs
//! and maps as objects, the rest as text.

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use firesteel::{Batch, Result, SqlType};

use super::rows::Rows;
use super::{Written, flat_columns};

pub(super) fn write(mut result: Rows<'_>, zone: &str, array: bool, out: &mut dyn Write) -> Written {
    let types: Vec<_> = result.columns().iter().map(|column| column.data_type.clone()).collect();
    let names: Vec<_> = result.columns().iter().map(|column| text(&column.name)).collect();
    let mut first = true;
    if array {
        write!(out, "[")?;
    }
    for batch in &mut result {
        for row in objects(&batch?, &names, &types, zone)? {
            let separator = match (array, first) {
                (true, true) => "\n",
                (true, false) => ",\n",
                (false, _) => "",
            };
            first = false;
            let end = if array { "" } else { "\n" };
            write!(out, "{separator}{row}{end}")?;
        }
        out.flush()?;
    }
    if array {
        write!(out, "{}", if first { "]\n" } else { "\n]\n" })?;
    }
    Ok(())
}

/// The batch's rows; `names` are in quotes already.
fn objects(batch: &Batch, names: &[String], types: &[SqlType], zone: &str) -> Result<Vec<String>> {
    let columns = flat_columns(batch, types)?;
    let columns = columns.iter().zip(types).map(|(column, data_type)| values(column, data_type, zone));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    Ok((0..batch.rows()).map(|row| object(names, columns.iter().map(|column| column[row].as_str()))).collect())
}

fn object<'a>(names: &[String], values: impl Iterator<Item = &'a str>) -> String {
    let fields = names.iter().zip(values).map(|(name, value)| format!("{name}:{value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

/// Each row of a column as JSON.
fn values(array: &ArrayRef, data_type: &SqlType, zone: &str) -> Result<Vec<String>> {
    let or_null = |row: usize, value: String| if array.is_null(row) { "null".to_owned() } else { value };
    let rows = 0..array.len();
    Ok(match data_type {
        SqlType::Array { element, .. } => {
            let list = array.as_list::<i32>();
            let elements = values(list.values(), element, zone)?;
            let range = |row: usize| list.value_offsets()[row] as usize..list.value_offsets()[row + 1] as usize;
            rows.map(|row| or_null(row, format!("[{}]", elements[range(row)].join(",")))).collect()
        }
        SqlType::Map { key, value, .. } => {
            let map = array.as_map();
            let keys = firesteel::display::column_text(map.keys(), key, zone)?;
            let keys: Vec<_> = keys.iter().map(|key| text(key.as_deref().unwrap_or("null"))).collect();
            let entries = values(map.values(), value, zone)?;
            let range = |row: usize| map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize;
            let entry = |row: usize| object(&keys[range(row)], entries[range(row)].iter().map(String::as_str));
            rows.map(|row| or_null(row, entry(row))).collect()
        }
        SqlType::Struct(fields) => {
            let names: Vec<_> = fields.iter().map(|field| text(&field.name)).collect();
            let columns = array.as_struct().columns().iter().zip(fields.iter());
            let columns = columns.map(|(column, field)| values(column, &field.data_type, zone));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let entry = |row: usize| object(&names, columns.iter().map(|column| column[row].as_str()));
            rows.map(|row| or_null(row, entry(row))).collect()
        }
        _ => {
            let cells = firesteel::display::column_text(array, data_type, zone)?;
            cells.into_iter().map(|cell| scalar(data_type, cell)).collect()
        }
    })
}

fn scalar(data_type: &SqlType, cell: Option<String>) -> String {
    let Some(cell) = cell else { return "null".to_owned() };
    let bare = match data_type {
        SqlType::Boolean => true,
        // JSON has no words for these.
        SqlType::Float | SqlType::Double => !matches!(cell.as_str(), "NaN" | "Infinity" | "-Infinity"),
        other => other.is_numeric(),
    };
    if bare { cell } else { text(&cell) }
}

fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
