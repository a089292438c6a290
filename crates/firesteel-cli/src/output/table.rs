//! A table for people: boxes in a terminal, pipes in Markdown. Numbers to the right, NULL as such, types below the names.
//!
//! Boxes show the first and last rows of a long result, and the first and last columns of one too wide for the terminal,
//! and say how many there are; Markdown shows all.

use std::collections::VecDeque;
use std::io::Write;

use firesteel::{Column, QueryResult, Result};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Written, text_rows};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Not wider than this, if it can be told.
    Box {
        width: Option<usize>,
    },
    Markdown,
}

type Row = Vec<Option<String>>;

/// Of a long result so many rows are shown from its start, and so many from its end.
const HEAD_ROWS: usize = 40;
const TAIL_ROWS: usize = 10;
/// Longer cells are cut.
const CELL_WIDTH_MAX: usize = 80;
/// The column of EXPLAIN, which is text for reading as it is.
const PLAN_COLUMN: &str = "plan";

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
        Style::Box { width } => table.write_box(width, out),
        Style::Markdown => table.write_markdown(out),
    })
}

struct Table<'a> {
    columns: &'a [Column],
    head: Vec<Row>,
    tail: Vec<Row>,
    rows: usize,
}

/// A column as its box shows it.
#[derive(Clone)]
struct BoxColumn {
    name: String,
    data_type: String,
    cells: Vec<String>,
    width: usize,
    right: bool,
}

impl BoxColumn {
    fn new(name: String, data_type: String, cells: Vec<String>, right: bool) -> Self {
        let widths = cells.iter().chain([&name, &data_type]).map(|cell| cell.width());
        let width = widths.max().unwrap_or(0);
        Self { name, data_type, cells, width, right }
    }

    /// What stands for the columns that are left out.
    fn dots(rows: usize) -> Self {
        Self::new("…".to_owned(), "…".to_owned(), vec!["…".to_owned(); rows], false)
    }
}

/// As many columns as fit, from both ends, at least the first; and how many they are.
fn fit(columns: Vec<BoxColumn>, limit: Option<usize>) -> (Vec<BoxColumn>, usize) {
    let total = |columns: &[BoxColumn]| 1 + columns.iter().map(|column| column.width + 3).sum::<usize>();
    let all = columns.len();
    let Some(limit) = limit.filter(|limit| all > 1 && total(&columns) > *limit) else { return (columns, all) };
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let mut left = columns;
    let mut right = left.split_off(all.div_ceil(2));
    let dots = BoxColumn::dots(rows);
    loop {
        // The middle goes first.
        if right.len() >= left.len() {
            right.remove(0);
        } else {
            left.pop();
        }
        if left.len() + right.len() == 1 || total(&left) + total(&right) + dots.width + 2 <= limit {
            break;
        }
    }
    let kept = left.len() + right.len();
    left.push(dots);
    left.extend(right);
    (left, kept)
}

fn shown(cell: Option<&str>) -> String {
    let mut cell = cell.unwrap_or("NULL").to_owned();
    if cell.contains(char::is_control) {
        // A terminal would act upon them.
        let plain = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
        cell = cell.chars().map(plain).collect();
    }
    if cell.width() <= CELL_WIDTH_MAX {
        return cell;
    }
    let mut cut = String::new();
    let mut width = 1;
    for c in cell.chars() {
        width += c.width().unwrap_or(0);
        if width > CELL_WIDTH_MAX {
            break;
        }
        cut.push(c);
    }
    cut + "…"
}

fn markdown(cell: &str) -> String {
    cell.replace('|', "\\|").replace("\r\n", "<br>").replace(['\n', '\r'], "<br>")
}

fn padded(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

fn count(number: usize, unit: &str) -> String {
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

impl Table<'_> {
    fn box_columns(&self) -> Vec<BoxColumn> {
        let column = |(at, column): (usize, &Column)| {
            let cells = self.head.iter().chain(&self.tail).map(|row| shown(row[at].as_deref())).collect();
            let (name, data_type) = (shown(Some(&column.name)), shown(Some(&column.data_type.to_string())));
            BoxColumn::new(name, data_type, cells, column.data_type.is_numeric())
        };
        self.columns.iter().enumerate().map(column).collect()
    }

    fn plan(&self) -> Option<&str> {
        match (self.columns, self.head.as_slice()) {
            ([column], [row]) if column.name == PLAN_COLUMN => row[0].as_deref().filter(|text| text.contains('\n')),
            _ => None,
        }
    }

    fn write_box(&self, width: Option<usize>, out: &mut dyn Write) -> Written {
        if let Some(plan) = self.plan() {
            return writeln!(out, "{}", plan.trim_end());
        }
        let (columns, columns_shown) = fit(self.box_columns(), width);
        let rule = |left: &str, middle: &str, right: &str| {
            let dashes: Vec<_> = columns.iter().map(|column| "─".repeat(column.width + 2)).collect();
            format!("{left}{}{right}", dashes.join(middle))
        };
        let line = |cell: &dyn Fn(&BoxColumn) -> String| {
            let cells: Vec<_> = columns.iter().map(|column| format!(" {} ", cell(column))).collect();
            format!("│{}│", cells.join("│"))
        };
        writeln!(out, "{}", rule("┌", "┬", "┐"))?;
        writeln!(out, "{}", line(&|column| padded(&column.name, column.width, false)))?;
        writeln!(out, "{}", line(&|column| padded(&column.data_type, column.width, false)))?;
        writeln!(out, "{}", rule("├", "┼", "┤"))?;
        let rows_shown = self.head.len() + self.tail.len();
        for row in 0..rows_shown {
            if row == self.head.len() && rows_shown < self.rows {
                writeln!(out, "{}", line(&|column| padded("…", column.width, column.right)))?;
            }
            writeln!(out, "{}", line(&|column| padded(&column.cells[row], column.width, column.right)))?;
        }
        writeln!(out, "{}", rule("└", "┴", "┘"))?;
        writeln!(out, "{}", self.footer(rows_shown, columns_shown))
    }

    /// How much there is, and how much of it is shown.
    fn footer(&self, rows_shown: usize, columns_shown: usize) -> String {
        let mut footer = count(self.rows, "row");
        if rows_shown < self.rows {
            footer.push_str(&format!(" ({rows_shown} shown)"));
        }
        // Where columns are left out, one box stands for all of them.
        if columns_shown < self.columns.len() {
            footer.push_str(&format!(", {} ({columns_shown} shown)", count(self.columns.len(), "column")));
        }
        footer
    }

    fn write_markdown(&self, out: &mut dyn Write) -> Written {
        let line = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        writeln!(out, "{}", line(self.columns.iter().map(|column| markdown(&column.name)).collect()))?;
        let marks = self.columns.iter().map(|column| if column.data_type.is_numeric() { "---:" } else { "---" });
        writeln!(out, "{}", line(marks.map(str::to_owned).collect()))?;
        for row in &self.head {
            let cells = row.iter().map(|cell| markdown(cell.as_deref().unwrap_or("NULL")));
            writeln!(out, "{}", line(cells.collect()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> BoxColumn {
        BoxColumn::new(name.to_owned(), "int".to_owned(), vec!["1".to_owned()], true)
    }

    fn fitted(columns: usize, limit: Option<usize>) -> Vec<String> {
        let columns = (0..columns).map(|at| column(&format!("col{at}"))).collect();
        fit(columns, limit).0.into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn the_middle_of_a_wide_table_is_left_out() {
        // Each of them is 7 wide with its rule, the dots 4.
        assert_eq!(fitted(4, None), ["col0", "col1", "col2", "col3"]);
        assert_eq!(fitted(4, Some(29)), ["col0", "col1", "col2", "col3"]);
        assert_eq!(fitted(4, Some(28)), ["col0", "col1", "…", "col3"]);
        assert_eq!(fitted(4, Some(20)), ["col0", "…", "col3"]);
        assert_eq!(fitted(4, Some(3)), ["col0", "…"]);
    }

    #[test]
    fn cells_are_cut_by_their_width_and_control_characters_shown() {
        assert_eq!(shown(Some("a\tb\u{1b}[0m")), "a\\tb\\u{1b}[0m");
        assert_eq!(shown(Some(&"日".repeat(41))).width(), 79);
        assert_eq!(shown(Some(&"日".repeat(40))).width(), 80);
        assert_eq!(shown(None), "NULL");
    }
}
