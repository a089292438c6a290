//! INSERT statements that make the rows anew, several rows to a statement.
//!
//! ```text
//! INSERT INTO t (`id`, `at`) VALUES
//! (1, DATE '2024-01-01'),
//! (2, NULL);
//! ```

use std::io::Write;

use arrow::array::{Array, ArrayRef, AsArray};
use firesteel::{Batch, Result, SqlType};

use super::rows::Rows;
use super::{Scene, Written, flat_columns};

/// Long statements are slow to parse, short ones to run.
const ROWS_PER_STATEMENT: usize = 1000;

pub(super) fn write(mut result: Rows<'_>, scene: &Scene<'_>, out: &mut dyn Write) -> Written {
    let types: Vec<_> = result.columns().iter().map(|column| column.data_type.clone()).collect();
    let names: Vec<_> = result.columns().iter().map(|column| name(&column.name)).collect();
    let begin = format!("INSERT INTO {} ({}) VALUES", scene.display.insert_into, names.join(", "));
    for batch in &mut result {
        let rows = rows(&batch?, &types, scene.zone)?;
        for rows in rows.chunks(ROWS_PER_STATEMENT) {
            writeln!(out, "{begin}\n{};", rows.join(",\n"))?;
        }
        out.flush()?;
    }
    Ok(())
}

fn name(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn rows(batch: &Batch, types: &[SqlType], zone: &str) -> Result<Vec<String>> {
    let columns = flat_columns(batch, types)?;
    let columns = columns.iter().zip(types).map(|(column, data_type)| literals(column, data_type, zone));
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let row = |row: usize| columns.iter().map(|column| column[row].as_str()).collect::<Vec<_>>().join(", ");
    Ok((0..batch.rows()).map(|at| format!("({})", row(at))).collect())
}

/// Each row of a column as a literal of its type.
fn literals(array: &ArrayRef, data_type: &SqlType, zone: &str) -> Result<Vec<String>> {
    let or_null = |row: usize, literal: String| if array.is_null(row) { "NULL".to_owned() } else { literal };
    let rows = 0..array.len();
    Ok(match data_type {
        SqlType::Array { element, .. } => {
            let list = array.as_list::<i32>();
            let elements = literals(list.values(), element, zone)?;
            let range = |row: usize| list.value_offsets()[row] as usize..list.value_offsets()[row + 1] as usize;
            rows.map(|row| or_null(row, format!("ARRAY({})", elements[range(row)].join(", ")))).collect()
        }
        SqlType::Map { key, value, .. } => {
            let map = array.as_map();
            let (keys, values) = (literals(map.keys(), key, zone)?, literals(map.values(), value, zone)?);
            let range = |row: usize| map.value_offsets()[row] as usize..map.value_offsets()[row + 1] as usize;
            let entry = |row: usize| {
                let entries = range(row).map(|at| format!("{}, {}", keys[at], values[at]));
                format!("MAP({})", entries.collect::<Vec<_>>().join(", "))
            };
            rows.map(|row| or_null(row, entry(row))).collect()
        }
        SqlType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().zip(fields.iter());
            let columns = columns.map(|(column, field)| literals(column, &field.data_type, zone));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let entry = |row: usize| {
                let fields = fields.iter().zip(&columns);
                let fields = fields.map(|(field, column)| format!("{}, {}", text(&field.name), column[row]));
                format!("NAMED_STRUCT({})", fields.collect::<Vec<_>>().join(", "))
            };
            rows.map(|row| or_null(row, entry(row))).collect()
        }
        SqlType::Binary => {
            let bytes = array.as_binary_view();
            let hex = |row: usize| bytes.value(row).iter().map(|byte| format!("{byte:02X}")).collect::<String>();
            let literal =
                |row: usize| or_null(row, if array.is_null(row) { String::new() } else { format!("X'{}'", hex(row)) });
            rows.map(literal).collect()
        }
        _ => {
            let cells = firesteel::display::column_text(array, data_type, zone)?;
            cells.into_iter().map(|cell| scalar(data_type, cell)).collect()
        }
    })
}

fn scalar(data_type: &SqlType, cell: Option<String>) -> String {
    let Some(cell) = cell else { return "NULL".to_owned() };
    match data_type {
        SqlType::Boolean => cell,
        SqlType::TinyInt => format!("{cell}Y"),
        SqlType::SmallInt => format!("{cell}S"),
        // The least of all has no literal: its digits alone are too many.
        SqlType::BigInt if cell == i64::MIN.to_string() => "(-9223372036854775807L - 1L)".to_owned(),
        SqlType::BigInt => format!("{cell}L"),
        SqlType::Double if cell.ends_with(|c: char| c.is_ascii_digit()) => format!("{cell}D"),
        SqlType::Float if cell.ends_with(|c: char| c.is_ascii_digit()) => format!("{cell}F"),
        SqlType::Double | SqlType::Float => format!("{data_type}('{cell}')"),
        SqlType::Date => format!("DATE '{cell}'"),
        SqlType::Timestamp => format!("TIMESTAMP '{cell}'"),
        SqlType::TimestampNtz => format!("TIMESTAMP_NTZ '{cell}'"),
        SqlType::Decimal { .. } => format!("{cell}BD"),
        other if other.is_numeric() => cell,
        SqlType::String(_) | SqlType::Char(_) | SqlType::Varchar(_) => text(&cell),
        // Intervals are shown as their literals are written.
        _ if cell.starts_with("INTERVAL ") => cell,
        other => format!("CAST({} AS {})", text(&cell), other.to_string().to_uppercase()),
    }
}

fn text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r"))
}
