//! One file of JSON lines. Members that are NULL are left out; elements of arrays and values of maps are `null`.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::EvalContext;
use hashbrown::HashSet;

use super::texts::Texts;
use super::{Column, FileWriter, TextFile, WriteFormat};
use crate::options::FileOptions;

pub(crate) const FORMAT: WriteFormat =
    WriteFormat { suffix: |options| super::text_suffix("json", options), check, create };

fn check(columns: &[Column]) -> Result<()> {
    let mut names = HashSet::new();
    for (name, data_type) in columns {
        if !names.insert(name.to_lowercase()) {
            bail!(COLUMN_ALREADY_EXISTS, columnName = firesteel_common::names::quote(&name.to_lowercase()));
        }
        if *data_type == SqlType::Variant {
            bail!(UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE, format = "JSON", columnType = data_type.quoted_sql());
        }
    }
    Ok(())
}

struct JsonFile {
    file: TextFile,
    /// Each column's name as a member's, and its way to text.
    members: Vec<Member>,
    keep_nulls: bool,
    lines: String,
}

struct Member {
    /// Quoted, with the colon.
    name: String,
    shape: Shape,
}

/// How values of a type are written.
enum Shape {
    Scalar { data_type: SqlType, texts: Texts },
    Array(Box<Shape>),
    Struct(Vec<Member>),
    Map { key: Texts, value: Box<Shape> },
}

/// A column's values, ready to be written.
enum Values<'a> {
    Scalar { texts: StringViewArray, quoted: bool },
    Array { array: &'a ArrayRef, elements: Box<Values<'a>> },
    Struct { array: &'a ArrayRef, members: Vec<(&'a str, Values<'a>)> },
    Map { array: &'a ArrayRef, keys: StringViewArray, values: Box<Values<'a>> },
}

fn create(
    path: &Path,
    columns: &[Column],
    options: &FileOptions,
    context: &Arc<EvalContext>,
) -> Result<Box<dyn FileWriter>> {
    let member = |(name, data_type): &Column| Member::new(name, data_type, options, context);
    Ok(Box::new(JsonFile {
        file: TextFile::create(path, options)?,
        members: columns.iter().map(member).collect::<Result<_>>()?,
        keep_nulls: !options.flag("ignoreNullFields", true)?,
        lines: String::new(),
    }))
}

impl Member {
    fn new(name: &str, data_type: &SqlType, options: &FileOptions, context: &Arc<EvalContext>) -> Result<Self> {
        let mut quoted = String::new();
        write_text(&mut quoted, name);
        quoted.push(':');
        Ok(Self { name: quoted, shape: Shape::new(data_type, options, context)? })
    }
}

impl Shape {
    fn new(data_type: &SqlType, options: &FileOptions, context: &Arc<EvalContext>) -> Result<Self> {
        let inner = |data_type: &SqlType| Shape::new(data_type, options, context).map(Box::new);
        Ok(match data_type {
            SqlType::Array { element, .. } => Shape::Array(inner(element)?),
            SqlType::Map { key, value, .. } => {
                Shape::Map { key: Texts::of_file(key, options, context)?, value: inner(value)? }
            }
            SqlType::Struct(fields) => {
                let member = |field: &firesteel_common::StructField| {
                    Member::new(&field.name, &field.data_type, options, context)
                };
                Shape::Struct(fields.iter().map(member).collect::<Result<_>>()?)
            }
            _ => Shape::Scalar { data_type: data_type.clone(), texts: Texts::of_file(data_type, options, context)? },
        })
    }

    fn values<'a>(&'a mut self, array: &'a ArrayRef) -> Result<Values<'a>> {
        Ok(match self {
            Shape::Scalar { data_type: SqlType::Binary, .. } => {
                let bytes = array.as_binary_view().iter();
                let texts = bytes.map(|bytes| bytes.map(|bytes| BASE64.encode(bytes))).collect();
                Values::Scalar { texts, quoted: true }
            }
            Shape::Scalar { data_type, texts } => {
                let bare = data_type.is_numeric() || matches!(data_type, SqlType::Boolean);
                Values::Scalar { texts: texts.of(array)?, quoted: !bare }
            }
            Shape::Array(element) => {
                let elements = Box::new(element.values(array.as_list::<i32>().values())?);
                Values::Array { array, elements }
            }
            Shape::Struct(members) => {
                let columns = array.as_struct().columns();
                let member = |(member, column): (&'a mut Member, &'a ArrayRef)| {
                    Ok((member.name.as_str(), member.shape.values(column)?))
                };
                let members = members.iter_mut().zip(columns).map(member).collect::<Result<_>>()?;
                Values::Struct { array, members }
            }
            Shape::Map { key, value } => {
                let map = array.as_map();
                let values = Box::new(value.values(map.values())?);
                Values::Map { array, keys: key.of(map.keys())?, values }
            }
        })
    }
}

impl Values<'_> {
    fn is_null(&self, row: usize) -> bool {
        match self {
            Values::Scalar { texts, .. } => texts.is_null(row),
            Values::Array { array, .. } | Values::Struct { array, .. } | Values::Map { array, .. } => {
                array.is_null(row)
            }
        }
    }

    fn write(&self, row: usize, keep_nulls: bool, out: &mut String) {
        if self.is_null(row) {
            out.push_str("null");
            return;
        }
        match self {
            Values::Scalar { texts, quoted: true } => write_text(out, texts.value(row)),
            Values::Scalar { texts, quoted: false } => match texts.value(row) {
                // There are no digits for these.
                text @ ("NaN" | "Infinity" | "-Infinity") => write_text(out, text),
                text => out.push_str(text),
            },
            Values::Array { array, elements } => {
                let offsets = array.as_list::<i32>().value_offsets();
                out.push('[');
                for at in offsets[row] as usize..offsets[row + 1] as usize {
                    comma(out, '[');
                    elements.write(at, keep_nulls, out);
                }
                out.push(']');
            }
            Values::Struct { members, .. } => write_object(members, row, keep_nulls, out),
            Values::Map { array, keys, values } => {
                let offsets = array.as_map().value_offsets();
                out.push('{');
                for at in offsets[row] as usize..offsets[row + 1] as usize {
                    comma(out, '{');
                    write_text(out, keys.value(at));
                    out.push(':');
                    values.write(at, keep_nulls, out);
                }
                out.push('}');
            }
        }
    }
}

fn write_object(members: &[(&str, Values<'_>)], row: usize, keep_nulls: bool, out: &mut String) {
    out.push('{');
    for (name, values) in members {
        if keep_nulls || !values.is_null(row) {
            comma(out, '{');
            out.push_str(name);
            values.write(row, keep_nulls, out);
        }
    }
    out.push('}');
}

/// Between members: not behind what opens them.
fn comma(out: &mut String, open: char) {
    if !out.ends_with(open) {
        out.push(',');
    }
}

fn write_text(out: &mut String, text: &str) {
    // Text is always JSON.
    out.push_str(&serde_json::Value::from(text).to_string());
}

impl FileWriter for JsonFile {
    fn write(&mut self, columns: &[ArrayRef], rows: usize) -> Result<()> {
        let Self { members, lines, keep_nulls, .. } = self;
        let mut values: Vec<(&str, Values<'_>)> = Vec::with_capacity(columns.len());
        for (Member { name, shape }, column) in members.iter_mut().zip(columns) {
            values.push((name, shape.values(column)?));
        }
        for row in 0..rows {
            write_object(&values, row, *keep_nulls, lines);
            lines.push('\n');
        }
        drop(values);
        self.file.write(&self.lines)?;
        self.lines.clear();
        Ok(())
    }

    fn bytes_held(&self) -> usize {
        self.lines.capacity()
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        self.file.finish()
    }
}
