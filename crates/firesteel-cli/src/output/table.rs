//! A table for people: boxes in a terminal, pipes in Markdown. Numbers to the right, NULL as such, types below the names.
//!
//! Boxes show the first and last rows of a long result and say how many there are; Markdown shows all.

use std::collections::VecDeque;
use std::io::Write;

use firesteel::{Column, QueryResult, Result};
use unicode_width::UnicodeWidthStr;

use super::{Written, text_rows};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Box,
    Markdown,
}

type Row = Vec<Option<String>>;

/// Of a long result so many rows are shown from its start, and so many from its end.
const HEAD_ROWS: usize = 40;
const TAIL_ROWS: usize = 10;
/// Longer cells are cut.
const CELL_WIDTH_MAX: usize = 80;

pub(super) fn write(mut result: QueryResult, zone: &str, style: Style, out: &mut dyn Write) -> Result<Written> {
    let columns = result.columns().to_vec();
    let mut head: Vec<Row> = Vec::new();
    let mut tail: VecDeque<Row> = VecDeque::new();
    let mut rows = 0_usize;
    for batch in &mut result {
        let batch = batch?;
        let before = rows;
        rows += batch.rows();
        // Only what may be shown is made into text.
        let shown = style == Style::Markdown || before < HEAD_ROWS;
        let batch = match shown || batch.rows() <= TAIL_ROWS {
            true => batch,
            false => {
                let last = batch.rows() - TAIL_ROWS;
                batch.slice(last, TAIL_ROWS)
            }
        };
        for row in text_rows(&batch, &columns, zone)? {
            if style == Style::Markdown || head.len() < HEAD_ROWS {
                head.push(row);
            } else {
                tail.push_back(row);
                if tail.len() > TAIL_ROWS {
                    tail.pop_front();
                }
            }
        }
    }
    let table = Table { columns: &columns, head, tail: tail.into(), rows };
    Ok(match style {
        Style::Box => table.write_box(out),
        Style::Markdown => table.write_markdown(out),
    })
}

struct Table<'a> {
    columns: &'a [Column],
    head: Vec<Row>,
    tail: Vec<Row>,
    rows: usize,
}

fn shown(cell: Option<&str>) -> String {
    let cell = cell.unwrap_or("NULL").replace('\n', "\\n").replace('\t', "\\t");
    if cell.width() <= CELL_WIDTH_MAX {
        return cell;
    }
    let mut cut = String::new();
    for c in cell.chars() {
        if cut.width() + 2 > CELL_WIDTH_MAX {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

impl Table<'_> {
    fn cells(&self, row: &Row) -> Vec<String> {
        row.iter().map(|cell| shown(cell.as_deref())).collect()
    }

    /// One cell of several lines (EXPLAIN) is shown as it is.
    fn write_text(&self, text: &str, out: &mut dyn Write) -> Written {
        writeln!(out, "{}", text.trim_end())
    }

    fn write_box(&self, out: &mut dyn Write) -> Written {
        if let [row] = self.head.as_slice()
            && let [Some(text)] = row.as_slice()
            && text.contains('\n')
        {
            return self.write_text(text, out);
        }
        let names: Vec<_> = self.columns.iter().map(|column| shown(Some(&column.name))).collect();
        let types: Vec<_> = self.columns.iter().map(|column| shown(Some(&column.data_type.to_string()))).collect();
        let head: Vec<_> = self.head.iter().map(|row| self.cells(row)).collect();
        let tail: Vec<_> = self.tail.iter().map(|row| self.cells(row)).collect();
        let width = |at: usize| {
            let cells = head.iter().chain(&tail).map(|row| row[at].width());
            cells.chain([names[at].width(), types[at].width()]).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..self.columns.len()).map(width).collect();
        let rule = |left: &str, middle: &str, right: &str| {
            let dashes: Vec<_> = widths.iter().map(|width| "─".repeat(width + 2)).collect();
            format!("{left}{}{right}", dashes.join(middle))
        };
        let line = |cells: &[String], is_header: bool| {
            let cell = |(at, cell): (usize, &String)| {
                let right = !is_header && self.columns[at].data_type.is_numeric();
                format!(" {} ", padded(cell, widths[at], right))
            };
            format!("│{}│", cells.iter().enumerate().map(cell).collect::<Vec<_>>().join("│"))
        };
        writeln!(out, "{}", rule("┌", "┬", "┐"))?;
        writeln!(out, "{}", line(&names, true))?;
        writeln!(out, "{}", line(&types, true))?;
        writeln!(out, "{}", rule("├", "┼", "┤"))?;
        for row in &head {
            writeln!(out, "{}", line(row, false))?;
        }
        let elided = self.rows - head.len() - tail.len();
        if elided > 0 {
            let dots: Vec<_> = widths.iter().map(|_| "…".to_owned()).collect();
            writeln!(out, "{}", line(&dots, true))?;
        }
        for row in &tail {
            writeln!(out, "{}", line(row, false))?;
        }
        writeln!(out, "{}", rule("└", "┴", "┘"))?;
        let unit = if self.rows == 1 { "row" } else { "rows" };
        match elided {
            0 => writeln!(out, "{} {unit}", self.rows),
            _ => writeln!(out, "{} {unit} ({} shown)", self.rows, head.len() + tail.len()),
        }
    }

    fn write_markdown(&self, out: &mut dyn Write) -> Written {
        let line = |cells: Vec<String>| {
            let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
            format!("| {} |", cells.join(" | "))
        };
        writeln!(out, "{}", line(self.columns.iter().map(|column| column.name.clone()).collect()))?;
        let marks = self.columns.iter().map(|column| if column.data_type.is_numeric() { "---:" } else { "---" });
        writeln!(out, "{}", line(marks.map(str::to_owned).collect()))?;
        for row in &self.head {
            let cells = row.iter().map(|cell| cell.as_deref().unwrap_or("NULL").replace('\n', "<br>"));
            writeln!(out, "{}", line(cells.collect()))?;
        }
        Ok(())
    }
}
