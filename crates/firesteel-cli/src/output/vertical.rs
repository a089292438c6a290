//! Rows as lines of names and values, for results too wide for a table.
//!
//! ```text
//! ─[ row 1 ]───────        n_name = ALGERIA        (write, write_lines)
//! n_name  │ ALGERIA        n_regionkey = 0
//! ```

use std::io::Write;

use unicode_width::UnicodeWidthStr;

use super::gather::{Gathered, Row};
use super::rows::Rows;
use super::text::{count, cut, harmless, padded};
use super::{Format, Scene, Written, text_rows};
use crate::terminal::Look;

/// The rule beside a row's title is not longer than this.
const RULE_WIDTH_MAX: usize = 80;

pub(super) fn write(gathered: &Gathered, scene: &Scene<'_>, out: &mut dyn Write) -> Written {
    let unicode = scene.unicode && scene.display.format != Format::Ascii;
    let (across, down) = if unicode { ("─", "│") } else { ("-", "|") };
    let names: Vec<_> = gathered.columns.iter().map(|column| harmless(&column.name)).collect();
    let name_width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let rule_width = scene.width.unwrap_or(RULE_WIDTH_MAX).min(RULE_WIDTH_MAX);
    let skipped = gathered.rows - gathered.rows_shown();
    for (at, row) in gathered.head.iter().chain(&gathered.tail).enumerate() {
        let in_tail = at >= gathered.head.len();
        if at == gathered.head.len() && skipped > 0 {
            writeln!(out, "{}", Look::Dim.paint(&format!("({} left out)", count(skipped, "row")), scene.color))?;
        }
        let number = if in_tail { at + skipped } else { at } + 1;
        let title = format!("{across}[ row {number} ]");
        let rule = across.repeat(rule_width.saturating_sub(title.width()));
        writeln!(out, "{}", Look::Dim.paint(&format!("{title}{rule}"), scene.color))?;
        write_row(row, &names, name_width, down, scene, out)?;
    }
    if scene.display.footer {
        writeln!(out, "{}", Look::Dim.paint(&gathered.footer(gathered.columns.len(), scene), scene.color))?;
    }
    Ok(())
}

/// A value of several lines goes on below itself.
fn write_row(
    row: &Row,
    names: &[String],
    name_width: usize,
    down: &str,
    scene: &Scene<'_>,
    out: &mut dyn Write,
) -> Written {
    for (cell, name) in row.iter().zip(names) {
        let null = scene.display.null.as_deref().unwrap_or("NULL");
        let mut name = Look::Bold.paint(&padded(name, name_width, false), scene.color);
        let Some(cell) = cell else {
            writeln!(out, "{name} {down} {}", Look::Dim.paint(null, scene.color))?;
            continue;
        };
        for line in cell.split('\n') {
            let line = harmless(line);
            let line = match scene.width {
                Some(width) => cut(&line, width.saturating_sub(name_width + 3).max(1)),
                None => line,
            };
            writeln!(out, "{name} {down} {line}")?;
            name = " ".repeat(name_width);
        }
    }
    Ok(())
}

/// `name = value`, a blank line between rows, as they come.
pub(super) fn write_lines(mut result: Rows<'_>, scene: &Scene<'_>, out: &mut dyn Write) -> Written {
    let columns = result.columns().to_vec();
    let names: Vec<_> = columns.iter().map(|column| harmless(&column.name)).collect();
    let width = names.iter().map(|name| name.width()).max().unwrap_or(0);
    let null = scene.display.null.as_deref().unwrap_or("NULL");
    let mut first = true;
    for batch in &mut result {
        for row in text_rows(&batch?, &columns, scene.zone)? {
            if !std::mem::take(&mut first) {
                writeln!(out)?;
            }
            for (cell, name) in row.iter().zip(&names) {
                writeln!(out, "{} = {}", padded(name, width, true), cell.as_deref().unwrap_or(null))?;
            }
        }
        out.flush()?;
    }
    Ok(())
}
