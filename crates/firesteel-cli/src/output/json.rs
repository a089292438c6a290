//! JSON: an object a row. Numbers and booleans as such, decimals as numbers with all their digits, the rest as text.

use std::io::Write;

use firesteel::{Column, QueryResult, Result, SqlType};

use super::{Written, text_rows};

pub(super) fn write(mut result: QueryResult, zone: &str, array: bool, out: &mut dyn Write) -> Result<Written> {
    let columns = result.columns().to_vec();
    let mut first = true;
    let mut put = |text: &str| out.write_all(text.as_bytes());
    if array && let Err(error) = put("[") {
        return Ok(Err(error));
    }
    for batch in &mut result {
        for row in text_rows(&batch?, &columns, zone)? {
            let separator = match (array, first) {
                (true, true) => "\n",
                (true, false) => ",\n",
                (false, _) => "",
            };
            first = false;
            let end = if array { "" } else { "\n" };
            if let Err(error) = put(&format!("{separator}{}{end}", object(&columns, &row))) {
                return Ok(Err(error));
            }
        }
    }
    if array && let Err(error) = put(if first { "]\n" } else { "\n]\n" }) {
        return Ok(Err(error));
    }
    Ok(Ok(()))
}

fn object(columns: &[Column], row: &[Option<String>]) -> String {
    let fields = columns.iter().zip(row).map(|(column, cell)| {
        let name = serde_json::Value::from(column.name.as_str());
        format!("{name}:{}", value(&column.data_type, cell.as_deref()))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn value(data_type: &SqlType, cell: Option<&str>) -> String {
    let Some(cell) = cell else { return "null".to_owned() };
    let bare = match data_type {
        SqlType::Boolean => true,
        SqlType::Float | SqlType::Double => !matches!(cell, "NaN" | "Infinity" | "-Infinity"),
        other => other.is_numeric(),
    };
    if bare { cell.to_owned() } else { serde_json::Value::from(cell).to_string() }
}
