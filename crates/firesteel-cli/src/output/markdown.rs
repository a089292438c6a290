//! A table in Markdown's way, all rows, written as they come.

use std::io::Write;

use super::rows::Rows;
use super::{Scene, Written, text_rows};

pub(super) fn write(mut result: Rows<'_>, scene: &Scene<'_>, out: &mut dyn Write) -> Written {
    let columns = result.columns().to_vec();
    let mut line = |cells: Vec<String>| writeln!(out, "| {} |", cells.join(" | "));
    line(columns.iter().map(|column| escaped(&column.name)).collect())?;
    let marks = columns.iter().map(|column| if column.data_type.is_numeric() { "---:" } else { "---" });
    line(marks.map(str::to_owned).collect())?;
    let null = scene.display.null.as_deref().unwrap_or("NULL");
    for batch in &mut result {
        for row in text_rows(&batch?, &columns, scene.zone)? {
            line(row.iter().map(|cell| escaped(cell.as_deref().unwrap_or(null))).collect())?;
        }
    }
    Ok(())
}

fn escaped(cell: &str) -> String {
    cell.replace('|', "\\|").replace("\r\n", "<br>").replace(['\n', '\r'], "<br>")
}
