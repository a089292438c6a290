//! Rows and schemas as text for people, in the forms of Spark's `show` and `printSchema`.

use arrow::array::{Array, ArrayRef, AsArray};
use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType};
use unicode_width::UnicodeWidthStr;

use super::DataFrame;
use crate::display;

/// How [`DataFrame::show_with`] prints.
#[derive(Debug, Clone, Copy)]
pub struct ShowOptions {
    /// At most so many rows.
    pub rows: u64,
    /// Cells are cut to so many characters; 0 leaves them whole.
    pub truncate: usize,
    /// A line per value instead of a line per row.
    pub vertical: bool,
}

impl Default for ShowOptions {
    fn default() -> Self {
        Self { rows: 20, truncate: 20, vertical: false }
    }
}

impl DataFrame {
    /// Prints the first rows as a table.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..3)?.show(2)?;
    /// assert!(session.range(0..3)?.to_string(2)?.ends_with("only showing top 2 rows\n"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn show(&self, rows: u64) -> Result<()> {
        self.show_with(&ShowOptions { rows, ..ShowOptions::default() })
    }

    /// Prints the first rows in another form.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..1)?.show_with(&ShowOptions { vertical: true, ..ShowOptions::default() })?;
    /// assert!(session.range(0..1)?.show_string(&ShowOptions { vertical: true, ..ShowOptions::default() })?.contains(" id  | 0"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn show_with(&self, options: &ShowOptions) -> Result<()> {
        println!("{}", self.show_string(options)?);
        Ok(())
    }

    /// What [`DataFrame::show`] prints.
    ///
    /// ```
    /// use firesteel::prelude::*;
    ///
    /// # fn main() -> Result<()> {
    /// let session = Session::builder().get_or_create()?;
    /// let frame = session.sql("SELECT * FROM VALUES (1, 'Ann'), (NULL, 'Bo') AS t(id, name)")?;
    /// let table = "\
    /// +----+----+
    /// |  id|name|
    /// +----+----+
    /// |   1| Ann|
    /// |NULL|  Bo|
    /// +----+----+
    /// ";
    /// assert_eq!(frame.to_string(20)?, table);
    /// # Ok(())
    /// # }
    /// ```
    pub fn to_string(&self, rows: u64) -> Result<String> {
        self.show_string(&ShowOptions { rows, ..ShowOptions::default() })
    }

    /// What [`DataFrame::show_with`] prints.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let text = session.range(0..1)?.show_string(&ShowOptions::default())?;
    /// assert_eq!(text, "+---+\n| id|\n+---+\n|  0|\n+---+\n");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn show_string(&self, options: &ShowOptions) -> Result<String> {
        let mut lines = self.limit(options.rows.saturating_add(1))?.texts(options.truncate)?;
        let more = lines.len() as u64 > options.rows;
        lines.truncate(usize::try_from(options.rows).unwrap_or(usize::MAX));
        let header: Vec<_> = self.columns().into_iter().map(|name| cut(name.to_owned(), options.truncate)).collect();
        let mut out = match options.vertical {
            true => vertical(&header, &lines),
            false => table(&header, &lines, options.truncate > 0),
        };
        if more {
            let rows = if options.rows == 1 { "row" } else { "rows" };
            out.push_str(&format!("only showing top {} {rows}\n", options.rows));
        }
        Ok(out)
    }

    /// Cells row by row: casts to STRING, bytes in hex.
    fn texts(&self, truncate: usize) -> Result<Vec<Vec<String>>> {
        let zone = self.session().eval_context().time_zone.clone();
        let as_text = self.as_text()?;
        let types = as_text.types();
        let mut lines = Vec::new();
        for batch in as_text.stream()? {
            let batch = batch?;
            let columns = batch.columns().iter().zip(&types);
            let columns =
                columns.map(|(array, data_type)| cells(array, data_type, &zone)).collect::<Result<Vec<_>>>()?;
            for row in 0..batch.num_rows() {
                lines.push(columns.iter().map(|cells| cut(cells[row].clone(), truncate)).collect());
            }
        }
        Ok(lines)
    }

    /// Every column that has a text as that text.
    fn as_text(&self) -> Result<DataFrame> {
        let place = |at: usize| format!("c{at}");
        let placed = self.to_df((0..self.known()?.len()).map(place))?;
        let text = |(at, column): (usize, &crate::result::Column)| {
            let value = super::group::name_of(&place(at));
            match column.data_type {
                SqlType::Binary | SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_) => value,
                _ => value.cast(SqlType::STRING).alias(place(at)),
            }
        };
        placed.select(self.output().iter().enumerate().map(text).collect::<Vec<_>>())
    }

    /// Prints the columns as a tree.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// session.range(0..1)?.print_schema();
    /// assert_eq!(session.range(0..1)?.schema_string(), "root\n |-- id: long (nullable = false)\n");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn print_schema(&self) {
        print!("{}", self.schema_string());
    }

    /// What [`DataFrame::print_schema`] prints.
    ///
    /// ```
    /// # use firesteel::prelude::*;
    /// # let session = Session::builder().get_or_create()?;
    /// let tree = session.sql("SELECT array(1) AS a")?.schema_string();
    /// assert!(tree.starts_with("root\n |-- a: array"));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn schema_string(&self) -> String {
        let mut out = String::from("root\n");
        for column in self.output() {
            branch(&column.name, &column.data_type, &format!("nullable = {}", column.nullable), 0, &mut out);
        }
        out
    }
}

fn cells(array: &ArrayRef, data_type: &SqlType, zone: &str) -> Result<Vec<String>> {
    match data_type {
        SqlType::Binary | SqlType::Array { .. } | SqlType::Map { .. } | SqlType::Struct(_) => {
            (0..array.len()).map(|row| cell(array, row, data_type, zone)).collect()
        }
        _ => {
            let text = |text: Option<String>| text.unwrap_or_else(|| "NULL".to_owned());
            Ok(display::column_text(array, data_type, zone)?.into_iter().map(text).collect())
        }
    }
}

/// `[1, NULL]`, `{a -> 1}`, `{1, x}`, `[1F 20]`.
fn cell(array: &ArrayRef, row: usize, data_type: &SqlType, zone: &str) -> Result<String> {
    if array.is_null(row) {
        return Ok("NULL".to_owned());
    }
    let all = |array: &ArrayRef, data_type: &SqlType| {
        (0..array.len()).map(|row| cell(array, row, data_type, zone)).collect::<Result<Vec<_>>>()
    };
    Ok(match data_type {
        SqlType::Binary => {
            let bytes = array.as_binary_opt::<i32>().map(|binary| binary.value(row));
            let bytes = bytes.or_else(|| array.as_binary_view_opt().map(|binary| binary.value(row)));
            let digits: Vec<_> = bytes.unwrap_or_default().iter().map(|byte| format!("{byte:02X}")).collect();
            format!("[{}]", digits.join(" "))
        }
        SqlType::Array { element, .. } => {
            format!("[{}]", all(&array.as_list::<i32>().value(row), element)?.join(", "))
        }
        SqlType::Map { key, value, .. } => {
            let entries = array.as_map().value(row);
            let (keys, values) = (all(entries.column(0), key)?, all(entries.column(1), value)?);
            let entries: Vec<_> = keys.iter().zip(values).map(|(key, value)| format!("{key} -> {value}")).collect();
            format!("{{{}}}", entries.join(", "))
        }
        SqlType::Struct(fields) => {
            let columns = array.as_struct().columns().iter().zip(fields.iter());
            let values = columns.map(|(column, field)| cell(column, row, &field.data_type, zone));
            format!("{{{}}}", values.collect::<Result<Vec<_>>>()?.join(", "))
        }
        _ => cells(&array.slice(row, 1), data_type, zone)?.swap_remove(0),
    })
}

/// Cells longer than that end in three dots.
fn cut(text: String, truncate: usize) -> String {
    if truncate == 0 || text.chars().count() <= truncate {
        return text;
    }
    match truncate {
        ..4 => text.chars().take(truncate).collect(),
        _ => text.chars().take(truncate - 3).chain("...".chars()).collect(),
    }
}

fn pad(text: &str, width: usize, right: bool) -> String {
    let blanks = " ".repeat(width.saturating_sub(text.width()));
    if right { blanks + text } else { text.to_owned() + &blanks }
}

/// Cut cells stand at the right, whole ones at the left.
fn table(header: &[String], lines: &[Vec<String>], right: bool) -> String {
    const WIDTH_MIN: usize = 3;
    let width = |at: usize| {
        let cells = lines.iter().map(|line| line[at].width());
        cells.chain([header[at].width(), WIDTH_MIN]).max().unwrap_or(WIDTH_MIN)
    };
    let widths: Vec<usize> = (0..header.len()).map(width).collect();
    let rule = format!("+{}+\n", widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("+"));
    let line = |cells: &Vec<String>| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| pad(cell, *width, right));
        format!("|{}|\n", cells.collect::<Vec<_>>().join("|"))
    };
    let rows: String = lines.iter().map(line).collect();
    format!("{rule}{}{rule}{rows}{rule}", line(&header.to_vec()))
}

fn vertical(header: &[String], lines: &[Vec<String>]) -> String {
    const WIDTH_MIN: usize = 3;
    let widest = |cells: &mut dyn Iterator<Item = usize>| cells.max().unwrap_or(0).max(WIDTH_MIN);
    let names = widest(&mut header.iter().map(|name| name.width()));
    let values = widest(&mut lines.iter().flatten().map(|cell| cell.width()));
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        let title = format!("-RECORD {at}");
        out.push_str(&title);
        out.push_str(&"-".repeat((names + values + 5).saturating_sub(title.len())));
        out.push('\n');
        for (name, cell) in header.iter().zip(line) {
            out.push_str(&format!(" {} | {} \n", pad(name, names, false), pad(cell, values, false)));
        }
    }
    match lines.is_empty() {
        true => "(0 rows)\n".to_owned(),
        false => out,
    }
}

fn branch(name: &str, data_type: &SqlType, note: &str, depth: usize, out: &mut String) {
    let indent = " |   ".repeat(depth);
    out.push_str(&format!("{indent} |-- {name}: {} ({note})\n", type_name(data_type)));
    let depth = depth + 1;
    match data_type {
        SqlType::Struct(fields) => fields.iter().for_each(|field: &StructField| {
            branch(&field.name, &field.data_type, &format!("nullable = {}", field.nullable), depth, out);
        }),
        SqlType::Array { element, contains_null } => {
            branch("element", element, &format!("containsNull = {contains_null}"), depth, out);
        }
        SqlType::Map { key, value, value_contains_null } => {
            leaf_or_branch("key", key, None, depth, out);
            leaf_or_branch("value", value, Some(*value_contains_null), depth, out);
        }
        _ => {}
    }
}

/// Keys are never NULL and nothing is said of it.
fn leaf_or_branch(name: &str, data_type: &SqlType, contains_null: Option<bool>, depth: usize, out: &mut String) {
    match contains_null {
        Some(contains_null) => branch(name, data_type, &format!("valueContainsNull = {contains_null}"), depth, out),
        None => {
            let mut key = String::new();
            branch(name, data_type, "", depth, &mut key);
            out.push_str(&key.replacen(" ()", "", 1));
        }
    }
}

/// Spark's names of types where they differ from SQL's.
fn type_name(data_type: &SqlType) -> String {
    match data_type {
        SqlType::TinyInt => "byte".to_owned(),
        SqlType::SmallInt => "short".to_owned(),
        SqlType::Int => "integer".to_owned(),
        SqlType::BigInt => "long".to_owned(),
        SqlType::Struct(_) => "struct".to_owned(),
        SqlType::Array { .. } => "array".to_owned(),
        SqlType::Map { .. } => "map".to_owned(),
        other => other.to_string(),
    }
}
