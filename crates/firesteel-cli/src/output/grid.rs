//! A table for people: names, types below them, cells; numbers to the right, NULL visible. One too wide for the terminal
//! first cuts its widest texts, then leaves out columns from its middle and says how many.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::gather::Gathered;
use super::text::{cut, harmless, padded};
use super::{Format, Scene};
use crate::terminal::Look;

/// Longer cells are cut.
const CELL_WIDTH_MAX: usize = 80;
/// Texts are not cut below this to make room for other columns.
const CELL_WIDTH_MIN: usize = 16;

/// A column as its box shows it.
#[derive(Clone)]
struct GridColumn {
    name: String,
    data_type: String,
    cells: Vec<Cell>,
    width: usize,
    right: bool,
}

#[derive(Clone)]
struct Cell {
    text: String,
    null: bool,
}

/// What the lines are drawn with.
struct Lines {
    across: &'static str,
    down: &'static str,
    dots: &'static str,
    /// Left, middle, right of the rule on top, below the header and at the bottom.
    top: [&'static str; 3],
    middle: [&'static str; 3],
    bottom: [&'static str; 3],
}

const UNICODE: Lines =
    Lines {
        across: "─", down: "│", dots: "…", top: ["┌", "┬", "┐"], middle: ["├", "┼", "┤"], bottom: ["└", "┴", "┘"]
    };

const ASCII: Lines = Lines {
    across: "-",
    down: "|",
    dots: "...",
    top: ["+", "+", "+"],
    middle: ["+", "+", "+"],
    bottom: ["+", "+", "+"],
};

impl GridColumn {
    fn new(name: String, data_type: String, cells: Vec<Cell>, right: bool) -> Self {
        let mut column = Self { name, data_type, cells, width: 0, right };
        let texts = column.cells.iter().map(|cell| &cell.text).chain([&column.name, &column.data_type]);
        column.width = texts.map(|text| text.width()).max().unwrap_or(0);
        column
    }

    /// What stands for the columns that are left out.
    fn dots(rows: usize, dots: &str) -> Self {
        let cell = Cell { text: dots.to_owned(), null: false };
        Self::new(dots.to_owned(), dots.to_owned(), vec![cell; rows], false)
    }
}

/// A table, laid out.
pub(super) struct Grid<'a> {
    gathered: &'a Gathered,
    scene: &'a Scene<'a>,
    lines: &'static Lines,
    columns: Vec<GridColumn>,
}

fn total(columns: &[GridColumn]) -> usize {
    1 + columns.iter().map(|column| column.width + 3).sum::<usize>()
}

/// Cuts the widest texts until all fits, or nothing more can be cut.
fn narrow(columns: &mut [GridColumn], limit: usize) {
    let floor = |column: &GridColumn| column.name.width().max(column.data_type.width()).max(CELL_WIDTH_MIN);
    loop {
        let surplus = total(columns).saturating_sub(limit);
        let widest = columns.iter_mut().filter(|column| !column.right && column.width > floor(column));
        let Some(widest) = widest.max_by_key(|column| column.width).filter(|_| surplus > 0) else { return };
        // A step at a time, so that several wide columns share the loss.
        widest.width = (widest.width - surplus.min(4).min(widest.width)).max(floor(widest));
    }
}

/// As many columns as fit, from both ends, at least the first; and how many they are.
fn fit(columns: Vec<GridColumn>, limit: usize, dots: &str) -> (Vec<GridColumn>, usize) {
    let all = columns.len();
    if all <= 1 || total(&columns) <= limit {
        return (columns, all);
    }
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let mut left = columns;
    let mut right = left.split_off(all.div_ceil(2));
    let dots = GridColumn::dots(rows, dots);
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

impl<'a> Grid<'a> {
    pub(super) fn new(gathered: &'a Gathered, scene: &'a Scene<'a>) -> Self {
        let unicode = scene.display.format == Format::Box || (scene.unicode && scene.display.format != Format::Ascii);
        let lines = if unicode { &UNICODE } else { &ASCII };
        let columns = (0..gathered.columns.len()).map(|at| column(gathered, scene, at)).collect();
        Self { gathered, scene, lines, columns }
    }

    pub(super) fn is_wider_than(&self, width: usize) -> bool {
        total(&self.columns) > width
    }

    pub(super) fn write(mut self, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
        let mut columns_shown = self.columns.len();
        if let Some(limit) = width {
            narrow(&mut self.columns, limit);
            (self.columns, columns_shown) = fit(self.columns, limit, self.lines.dots);
        }
        let color = self.scene.color;
        self.rule(self.lines.top, out)?;
        self.line(
            &|column| Look::Bold.paint(&padded(&cut(&column.name, column.width), column.width, false), color),
            out,
        )?;
        self.line(&|column| Look::Dim.paint(&padded(&column.data_type, column.width, false), color), out)?;
        self.rule(self.lines.middle, out)?;
        let (head, shown) = (self.gathered.head.len(), self.gathered.rows_shown());
        for row in 0..shown {
            if row == head && shown < self.gathered.rows {
                self.dots(out)?;
            }
            self.line(&|column| self.cell(column, row), out)?;
        }
        if self.gathered.more {
            self.dots(out)?;
        }
        self.rule(self.lines.bottom, out)?;
        if self.scene.display.footer {
            writeln!(out, "{}", Look::Dim.paint(&self.gathered.footer(columns_shown, self.scene), color))?;
        }
        Ok(())
    }

    fn cell(&self, column: &GridColumn, row: usize) -> String {
        let cell = &column.cells[row];
        let text = padded(&cut(&cell.text, column.width), column.width, column.right);
        Look::Dim.paint(&text, self.scene.color && cell.null)
    }

    fn dots(&self, out: &mut dyn Write) -> io::Result<()> {
        self.line(&|column| padded(self.lines.dots, column.width, column.right), out)
    }

    fn rule(&self, [left, middle, right]: [&str; 3], out: &mut dyn Write) -> io::Result<()> {
        let dashes: Vec<_> = self.columns.iter().map(|column| self.lines.across.repeat(column.width + 2)).collect();
        writeln!(out, "{left}{}{right}", dashes.join(middle))
    }

    fn line(&self, cell: &dyn Fn(&GridColumn) -> String, out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<_> = self.columns.iter().map(|column| format!(" {} ", cell(column))).collect();
        let down = self.lines.down;
        writeln!(out, "{down}{}{down}", cells.join(down))
    }
}

fn column(gathered: &Gathered, scene: &Scene<'_>, at: usize) -> GridColumn {
    let column = &gathered.columns[at];
    let width = match scene.display.widths.get(at) {
        None | Some(0) => CELL_WIDTH_MAX,
        Some(width) => *width,
    };
    let null = scene.display.null.as_deref().unwrap_or("NULL");
    let cell = |row: &Vec<Option<String>>| match row[at].as_deref() {
        Some(text) => Cell { text: cut(&harmless(text), width), null: false },
        None => Cell { text: cut(null, width), null: true },
    };
    let cells = gathered.head.iter().chain(&gathered.tail).map(cell).collect();
    let (name, data_type) = (cut(&harmless(&column.name), width), cut(&column.data_type.to_string(), width));
    GridColumn::new(name, data_type, cells, column.data_type.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, cell: &str, right: bool) -> GridColumn {
        let cell = Cell { text: cell.to_owned(), null: false };
        GridColumn::new(name.to_owned(), "int".to_owned(), vec![cell], right)
    }

    fn fitted(columns: usize, limit: usize) -> Vec<String> {
        let columns = (0..columns).map(|at| column(&format!("col{at}"), "1", true)).collect();
        fit(columns, limit, "…").0.into_iter().map(|column| column.name).collect()
    }

    #[test]
    fn the_middle_of_a_wide_table_is_left_out() {
        // Each of them is 7 wide with its rule, the dots 4.
        assert_eq!(fitted(4, 1000), ["col0", "col1", "col2", "col3"]);
        assert_eq!(fitted(4, 29), ["col0", "col1", "col2", "col3"]);
        assert_eq!(fitted(4, 28), ["col0", "col1", "…", "col3"]);
        assert_eq!(fitted(4, 20), ["col0", "…", "col3"]);
        assert_eq!(fitted(4, 3), ["col0", "…"]);
    }

    #[test]
    fn wide_texts_are_cut_before_columns_are_left_out() {
        let wide = "x".repeat(60);
        let mut columns = vec![column("a", &wide, false), column("n", "1234567", true), column("b", &wide, false)];
        narrow(&mut columns, 80);
        assert!(total(&columns) <= 80 && columns[1].width == 7);
        assert!(columns[0].width.abs_diff(columns[2].width) <= 4);
        narrow(&mut columns, 10);
        assert_eq!(columns.iter().map(|column| column.width).collect::<Vec<_>>(), [16, 7, 16]);
    }
}
