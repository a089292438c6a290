//! A header, then a line a row: CSV as RFC 4180 has it, where NULL is an empty cell and an empty text is in quotes; TSV
//! without quotes, where NULL is `\N` and a tab, a line's end or a backslash inside of a text is written with a backslash.

use std::io::{self, Write};

use super::rows::Rows;
use super::{Scene, Written, text_rows};

pub(super) fn write(mut result: Rows<'_>, scene: &Scene<'_>, delimiter: char, out: &mut dyn Write) -> Written {
    let columns = result.columns().to_vec();
    let null = scene.display.null.as_deref().unwrap_or(if delimiter == '\t' { "\\N" } else { "" });
    if scene.display.headers {
        let header: Vec<_> = columns.iter().map(|column| Some(column.name.clone())).collect();
        line(&header, delimiter, null, out)?;
    }
    for batch in &mut result {
        for row in text_rows(&batch?, &columns, scene.zone)? {
            line(&row, delimiter, null, out)?;
        }
        out.flush()?;
    }
    Ok(())
}

fn line(cells: &[Option<String>], delimiter: char, null: &str, out: &mut dyn Write) -> io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            write!(out, "{delimiter}")?;
        }
        match cell {
            Some(cell) => out.write_all(quoted(cell, delimiter, null).as_bytes())?,
            None => out.write_all(null.as_bytes())?,
        }
    }
    out.write_all(b"\n")
}

fn quoted(cell: &str, delimiter: char, null: &str) -> String {
    match delimiter {
        // TSV has no quotes: what would break a line is written as an escape.
        '\t' => cell.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"),
        // Quotes tell a text from the NULL that looks like it.
        _ if cell.is_empty() || cell == null || cell.contains([delimiter, '"', '\n', '\r']) => {
            format!("\"{}\"", cell.replace('"', "\"\""))
        }
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_would_break_a_line_is_quoted_or_escaped() {
        assert_eq!(quoted("a,\"b\"", ',', ""), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("", ',', ""), "\"\"");
        assert_eq!(quoted("NULL", ',', "NULL"), "\"NULL\"");
        assert_eq!(quoted("a\tb\nc", '\t', "\\N"), "a\\tb\\nc");
    }
}
