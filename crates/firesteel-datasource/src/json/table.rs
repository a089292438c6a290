//! JSON files as a table: columns from all members that a sample has, or from a schema that was given.

use std::sync::Arc;

use firesteel_catalog::{Split, Table, TableColumn};
use firesteel_common::{Result, SqlType, bail, error};

use super::infer::{Inference, Shape, merge};
use super::value::{self, Kind};
use super::{FORMAT, ROWS};
use crate::csv::dialect;
use crate::options::FileOptions;
use crate::registry::FileRequest;
use crate::remote::Access;
use crate::rows::mode::{self, Mode};
use crate::rows::sample::{Sampled, each_record};
use crate::rows::table::{RowTable, RowTableParts, column};

pub(crate) fn open(request: FileRequest) -> Result<Arc<dyn Table>> {
    let FileRequest { splits, partitions, mut options, schema, sniff, access } = request;
    dialect::check_encoding(&options)?;
    let (record, row_bytes) = match schema {
        Some(given) => (given, None),
        None => {
            if sniff && options.get("multiLine").is_none() && begins_an_array(&splits, &access)? {
                options.set("multiLine", "true");
            }
            let (record, sampled) = learn(&splits, &access, &options)?;
            (record, sampled.row_bytes())
        }
    };
    RowTable::of(RowTableParts { reader: FORMAT.name, splits, record, partitions, options, row_bytes })
}

/// Whether the first line alone is no JSON, as in a file that is one array over many lines.
fn begins_an_array(splits: &[Split], access: &Arc<Access>) -> Result<bool> {
    let mut answer = false;
    let record_end = (ROWS.record_end)(&FileOptions::default())?;
    each_record(splits.get(..1).unwrap_or(&[]), access, record_end, 1, |_, record| {
        let begins = record.trim_start().starts_with(['[', '{']);
        answer = begins && !matches!(value::values(record).next(), Some(Ok(_)));
        Ok(())
    })?;
    Ok(answer)
}

/// All rows are looked at: a member may appear in the last of them.
fn learn(splits: &[Split], access: &Arc<Access>, options: &FileOptions) -> Result<(Vec<TableColumn>, Sampled)> {
    let mode = Mode::of(options)?;
    let inference = Inference {
        primitives_as_string: options.flag("primitivesAsString", false)?,
        timestamps: options.flag("inferTimestamp", false)?,
    };
    let record_end = (ROWS.record_end)(options)?;
    let records_max = match options.number("sampleRows", 0)? {
        0 => usize::MAX,
        rows => rows,
    };
    let mut shape = Shape::Object(Default::default());
    let mut any_malformed = false;
    let sampled = each_record(splits, access, record_end, records_max, |_, record| {
        for value in value::values(record).take(if options.flag("multiLine", false)? { usize::MAX } else { 1 }) {
            let shapes = value.ok().and_then(|value| row_shapes(inference, value));
            match shapes {
                Some(rows) => rows.into_iter().for_each(|row| {
                    let known = std::mem::replace(&mut shape, Shape::Null);
                    shape = merge(known, row);
                }),
                None if mode == Mode::FailFast => {
                    bail!(MALFORMED_RECORD_IN_SCHEMA_INFERENCE, failFastMode = "FAILFAST");
                }
                None => any_malformed = true,
            }
        }
        Ok(())
    })?;
    let mut columns = match shape.data_type() {
        Some(SqlType::Struct(members)) => {
            members.iter().map(|member| column(&member.name, member.data_type.clone())).collect()
        }
        _ => Vec::new(),
    };
    let corrupt = mode::corrupt_column(options);
    if any_malformed && mode == Mode::Permissive && !columns.iter().any(|known: &TableColumn| *known.name == *corrupt) {
        columns.push(column(&corrupt, SqlType::STRING));
        columns.sort_by(|a, b| a.name.cmp(&b.name));
    }
    match columns.is_empty() {
        true => Err(error!(UNABLE_TO_INFER_SCHEMA, format = "JSON")),
        false => Ok((columns, sampled)),
    }
}

/// The rows of a record: `None` when it, or one of them, is no object.
fn row_shapes(inference: Inference, value: &str) -> Option<Vec<Shape>> {
    let row = |value: &str| (value::kind(value) == Kind::Object).then(|| inference.shape(value)).flatten();
    match value::kind(value) {
        Kind::Array => value::elements(value)?.into_iter().map(row).collect(),
        _ => row(value).map(|shape| vec![shape]),
    }
}
