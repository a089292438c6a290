//! Records of CSV as columns.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use firesteel_common::Result;

use super::dialect::Dialect;
use super::fields::{self, Field};
use super::table::field_text;
use crate::rows::cells::{CellFormats, CellReader};
use crate::rows::lines::Block;
use crate::rows::scan::ParserRequest;
use crate::rows::{BadRow, Parsed, RowParser};

struct CsvParser {
    dialect: Dialect,
    /// By position in a record: the column that takes its field, if anybody wants it.
    targets: Vec<Option<usize>>,
    readers: Vec<CellReader>,
    /// Per column, the fields of the block's rows.
    columns: Vec<Vec<Field>>,
    scratch: String,
}

pub(crate) fn open(request: &ParserRequest<'_>) -> Result<Box<dyn RowParser>> {
    let formats = CellFormats::of(request.options);
    // The column for malformed records has no field.
    let in_record: Vec<usize> = (0..request.record.len()).filter(|at| Some(*at) != request.corrupt).collect();
    let target = |at: &usize| request.wanted.iter().position(|wanted| wanted == at);
    let context = &request.query.eval;
    let reader = |at: &usize| CellReader::new(&request.record[*at].data_type, &formats, context);
    Ok(Box::new(CsvParser {
        dialect: Dialect::of(request.options)?,
        targets: in_record.iter().map(target).collect(),
        readers: request.wanted.iter().map(reader).collect::<Result<_>>()?,
        columns: vec![Vec::new(); request.wanted.len()],
        scratch: String::new(),
    }))
}

impl RowParser for CsvParser {
    fn parse(&mut self, block: &Block, starts_file: bool) -> Result<Parsed> {
        self.columns.iter_mut().for_each(Vec::clear);
        self.scratch.clear();
        let mut records = Vec::with_capacity(block.records.len());
        let mut bad = Vec::new();
        let mut header = starts_file && self.dialect.header;
        for (record, range) in block.records.iter().enumerate() {
            let mark = match starts_file && record == 0 && block.text[range.clone()].starts_with('\u{feff}') {
                true => '\u{feff}'.len_utf8(),
                false => 0,
            };
            let range = range.start + mark..range.end;
            if self.dialect.is_blank(&block.text[range.clone()]) || std::mem::take(&mut header) {
                continue;
            }
            if !self.add(&block.text, (range.start, range.end)) {
                bad.push(BadRow { row: records.len(), record });
            }
            records.push(record);
        }
        let columns = self.read(block, &records, &mut bad)?;
        Ok(Parsed { columns, rows: records.len(), bad })
    }
}

impl CsvParser {
    /// Whether the record has as many fields as it should.
    fn add(&mut self, text: &str, range: (usize, usize)) -> bool {
        let Self { targets, columns, scratch, dialect, .. } = self;
        let mut at = 0;
        fields::split(text, range, dialect, scratch, |field| {
            if let Some(Some(target)) = targets.get(at) {
                columns[*target].push(field);
            }
            at += 1;
        });
        for target in targets.iter().skip(at).flatten() {
            columns[*target].push(Field::Missing);
        }
        at == targets.len()
    }

    fn read(&mut self, block: &Block, records: &[usize], bad: &mut Vec<BadRow>) -> Result<Vec<ArrayRef>> {
        let Self { dialect, readers, columns, scratch, .. } = self;
        let mut malformed = vec![false; records.len()];
        let mut arrays = Vec::with_capacity(columns.len());
        for (reader, fields) in readers.iter_mut().zip(columns.iter()) {
            let cell = |field: &Field| field_text(&block.text, scratch, *field, dialect);
            let array = reader.read(fields.iter().map(cell))?;
            if array.null_count() > 0 {
                let failed = |(at, field): (usize, &Field)| array.is_null(at) && cell(field).is_some();
                for (at, field) in fields.iter().enumerate() {
                    malformed[at] |= failed((at, field));
                }
            }
            arrays.push(Arc::clone(&array));
        }
        bad.iter().for_each(|bad| malformed[bad.row] = true);
        let rows = malformed.iter().enumerate().filter(|(_, malformed)| **malformed);
        *bad = rows.map(|(row, _)| BadRow { row, record: records[row] }).collect();
        Ok(arrays)
    }
}
