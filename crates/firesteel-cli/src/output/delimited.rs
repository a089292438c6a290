//! A header, then a line a row: CSV as RFC 4180 has it, where NULL is an empty cell and an empty text is in quotes; TSV
//! without quotes, where NULL is `\N` and a tab, a line's end or a backslash inside of a text is written with a backslash.

use std::io::Write;

use firesteel::{QueryResult, Result};

use super::{Written, text_rows};

pub(super) fn write(mut result: QueryResult, zone: &str, delimiter: char, out: &mut dyn Write) -> Result<Written> {
    let columns = result.columns().to_vec();
    let header: Vec<_> = columns.iter().map(|column| Some(column.name.clone())).collect();
    if let Err(error) = line(&header, delimiter, out) {
        return Ok(Err(error));
    }
    for batch in &mut result {
        for row in text_rows(&batch?, &columns, zone)? {
            if let Err(error) = line(&row, delimiter, out) {
                return Ok(Err(error));
            }
        }
    }
    Ok(Ok(()))
}

fn line(cells: &[Option<String>], delimiter: char, out: &mut dyn Write) -> Written {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            write!(out, "{delimiter}")?;
        }
        match cell {
            Some(cell) => out.write_all(quoted(cell, delimiter).as_bytes())?,
            None if delimiter == '\t' => out.write_all(b"\\N")?,
            None => {}
        }
    }
    out.write_all(b"\n")
}

fn quoted(cell: &str, delimiter: char) -> String {
    match delimiter {
        // TSV has no quotes: what would break a line is written as an escape.
        '\t' => cell.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r"),
        _ if cell.is_empty() || cell.contains([delimiter, '"', '\n', '\r']) => {
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
        assert_eq!(quoted("a,\"b\"", ','), "\"a,\"\"b\"\"\"");
        assert_eq!(quoted("", ','), "\"\"");
        assert_eq!(quoted("a\tb\nc", '\t'), "a\\tb\\nc");
    }
}
