//! Records of JSON as rows: an object is one, an array of objects several.

use arrow::array::ArrayRef;
use firesteel_common::Result;
use hashbrown::HashMap;

use super::column::{JsonColumn, Outcome};
use super::value::{self, Kind, Members};
use crate::rows::cells::CellFormats;
use crate::rows::lines::Block;
use crate::rows::scan::ParserRequest;
use crate::rows::{BadRow, Parsed, RowParser};

struct JsonParser {
    /// By name, the number of the column that takes a member.
    targets: HashMap<String, usize>,
    columns: Vec<JsonColumn>,
    /// A record is a whole file, with any number of values.
    whole_file: bool,
}

pub(crate) fn open(request: &ParserRequest<'_>) -> Result<Box<dyn RowParser>> {
    let formats = CellFormats::of(request.options);
    let wanted = request.wanted.iter().map(|at| &request.record[*at]);
    let column =
        |column: &firesteel_catalog::TableColumn| JsonColumn::new(&column.data_type, &formats, &request.query.eval);
    Ok(Box::new(JsonParser {
        targets: wanted.clone().enumerate().map(|(at, column)| (column.name.to_string(), at)).collect(),
        columns: wanted.map(column).collect::<Result<_>>()?,
        whole_file: request.options.flag("multiLine", false)?,
    }))
}

impl RowParser for JsonParser {
    fn parse(&mut self, block: &Block, starts_file: bool) -> Result<Parsed> {
        let mut rows = Rows { cells: vec![Vec::new(); self.columns.len()], records: Vec::new(), bad: Vec::new() };
        for (record, text) in block.iter().enumerate() {
            let text = if starts_file { text.trim_start_matches('\u{feff}') } else { text };
            let mut values = value::values(text);
            match values.next() {
                // A blank line is no record.
                None => {}
                Some(first) => {
                    rows.add(first, record, &self.targets);
                    if self.whole_file {
                        values.for_each(|value| rows.add(value, record, &self.targets));
                    }
                }
            }
        }
        let count = rows.records.len();
        let mut outcome = Outcome::new(count);
        let columns = self.columns.iter_mut().zip(&rows.cells);
        let columns: Vec<ArrayRef> =
            columns.map(|(column, cells)| column.build(cells, &mut outcome)).collect::<Result<_>>()?;
        let bad = (0..count).filter(|row| rows.bad[*row] || outcome.is_bad(*row));
        let bad = bad.map(|row| BadRow { row, record: rows.records[row] }).collect();
        Ok(Parsed { columns, rows: count, bad })
    }
}

/// The rows of a block, column by column.
struct Rows<'a> {
    cells: Vec<Vec<Option<&'a str>>>,
    /// Which record a row comes from.
    records: Vec<usize>,
    bad: Vec<bool>,
}

impl<'a> Rows<'a> {
    fn add(&mut self, value: Result<&'a str, ()>, record: usize, targets: &HashMap<String, usize>) {
        match value.map(|value| (value::kind(value), value)) {
            Ok((Kind::Array, array)) => match value::elements(array) {
                Some(elements) => elements.into_iter().for_each(|element| self.add_row(element, record, targets)),
                None => self.add_row("", record, targets),
            },
            Ok((_, value)) => self.add_row(value, record, targets),
            Err(()) => self.add_row("", record, targets),
        }
    }

    fn add_row(&mut self, value: &'a str, record: usize, targets: &HashMap<String, usize>) {
        let row = self.records.len();
        self.cells.iter_mut().for_each(|column| column.push(None));
        self.records.push(record);
        let members = (value::kind(value) == Kind::Object).then(|| value::members(value)).flatten();
        self.bad.push(members.is_none());
        let Some(Members(members)) = members else { return };
        for (name, value) in members {
            if let Some(target) = targets.get(name.as_ref()) {
                self.cells[*target][row] = Some(value);
            }
        }
    }
}
