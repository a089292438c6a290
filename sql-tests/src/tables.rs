//! `tables.json` of a folder → Parquet files, so that an engine can register the tables that Spark's suite creates
//! before any file runs. A table is written as its columns (`"a int, b array<string>"`) and its rows: as JSON, as a
//! tab-separated gzip file, or, for `testdata`, in words.

use std::error::Error;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, Float32Array, Int32Array, ListArray, MapArray, RecordBatch, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema};
use flate2::read::GzDecoder;
use parquet::arrow::ArrowWriter;
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Writes every table of `folder/tables.json` into `out`; gives names and files.
pub(crate) fn write_parquet(folder: &Path, out: &Path) -> Result<Vec<(String, PathBuf)>> {
    let description: Map<String, Value> = serde_json::from_slice(&fs::read(folder.join("tables.json"))?)?;
    let mut tables = Vec::new();
    for (name, table) in &description {
        let Some(columns) = table.get("columns").and_then(Value::as_str) else { continue };
        let fields = columns_of(columns).ok_or_else(|| format!("cannot read the columns of {name}: {columns}"))?;
        let rows = rows_of(folder, name, table, &fields)?;
        let path = out.join(format!("{name}.parquet"));
        write_table(&path, fields, &rows).map_err(|error| format!("table {name}: {error}"))?;
        tables.push((name.clone(), path));
    }
    Ok(tables)
}

/// Every Parquet file of a folder as a table of its name.
pub(crate) fn parquet_files(folder: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut tables = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot read {}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if let (Some(stem), Some("parquet")) = (path.file_stem(), path.extension().and_then(|e| e.to_str())) {
            tables.push((stem.to_string_lossy().into_owned(), path));
        }
    }
    tables.sort_unstable();
    Ok(tables)
}

fn rows_of(folder: &Path, name: &str, table: &Value, fields: &Fields) -> Result<Vec<Value>> {
    match (table.get("rows"), table.get("file").and_then(Value::as_str)) {
        // A table of one column lists bare maps.
        (Some(Value::Array(rows)), _) => {
            Ok(rows.iter().map(|row| if row.is_array() { row.clone() } else { json!([row]) }).collect())
        }
        (Some(_), _) if name == "testdata" => Ok((1..=100).map(|key| json!([key, key.to_string()])).collect()),
        (_, Some(file)) => {
            let mut text = String::new();
            GzDecoder::new(File::open(folder.join(file))?).read_to_string(&mut text)?;
            Ok(text.lines().map(|line| row_of_text(line, fields)).collect())
        }
        _ => Err(format!("no rows for table {name}").into()),
    }
}

fn row_of_text(line: &str, fields: &Fields) -> Value {
    let value = |(text, field): (&str, &Arc<Field>)| match field.data_type() {
        DataType::Utf8 => Value::from(text),
        _ => serde_json::from_str(text).unwrap_or(Value::Null),
    };
    line.split('\t').zip(fields).map(value).collect()
}

fn write_table(path: &Path, fields: Fields, rows: &[Value]) -> Result<()> {
    let column = |(at, field): (usize, &Arc<Field>)| {
        array(field.data_type(), &rows.iter().map(|row| &row[at]).collect::<Vec<_>>())
    };
    let columns = fields.iter().enumerate().map(column).collect::<Result<Vec<_>>>()?;
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)?;
    let mut writer = ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(())
}

fn array(data_type: &DataType, values: &[&Value]) -> Result<ArrayRef> {
    let each = values.iter().copied();
    Ok(match data_type {
        DataType::Int32 => {
            let int = |value: &Value| value.as_i64().and_then(|int| i32::try_from(int).ok());
            Arc::new(each.map(int).collect::<Int32Array>())
        }
        DataType::Float32 => {
            Arc::new(each.map(|value| value.as_f64().map(|float| float as f32)).collect::<Float32Array>())
        }
        DataType::Utf8 => Arc::new(each.map(Value::as_str).collect::<StringArray>()),
        DataType::List(element) => {
            let lists: Vec<_> = each.filter_map(Value::as_array).collect();
            let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.len()));
            let elements = array(element.data_type(), &lists.into_iter().flatten().collect::<Vec<_>>())?;
            Arc::new(ListArray::try_new(element.clone(), offsets, elements, None)?)
        }
        DataType::Map(entries, _) => {
            let DataType::Struct(entry) = entries.data_type() else { return Err("a map without entries".into()) };
            let maps: Vec<_> = each.filter_map(Value::as_object).collect();
            let offsets = OffsetBuffer::from_lengths(maps.iter().map(|map| map.len()));
            // JSON's keys are text; the column's need not be.
            let keys: Vec<_> = maps
                .iter()
                .flat_map(|map| map.keys())
                .map(|key| serde_json::from_str(key).unwrap_or_default())
                .collect();
            let keys = array(entry[0].data_type(), &keys.iter().collect::<Vec<_>>())?;
            let values = array(entry[1].data_type(), &maps.iter().flat_map(|map| map.values()).collect::<Vec<_>>())?;
            let structs = StructArray::try_new(entry.clone(), vec![keys, values], None)?;
            Arc::new(MapArray::try_new(entries.clone(), offsets, structs, None, false)?)
        }
        other => return Err(format!("no reader for values of type {other}").into()),
    })
}

/// `a int, b map<int,string>`
fn columns_of(text: &str) -> Option<Fields> {
    let column = |text: &str| {
        let (name, data_type) = text.trim().split_once(' ')?;
        Some(Field::new(name, type_of(data_type.trim())?, true))
    };
    split_outside_brackets(text).into_iter().map(column).collect()
}

fn type_of(text: &str) -> Option<DataType> {
    let inside = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix('>');
    if let Some(element) = inside("array<") {
        return Some(DataType::new_list(type_of(element)?, true));
    }
    if let Some(entry) = inside("map<") {
        let parts = split_outside_brackets(entry);
        let [key, value] = parts.as_slice() else { return None };
        let entry =
            vec![Field::new("key", type_of(key.trim())?, false), Field::new("value", type_of(value.trim())?, true)];
        return Some(DataType::Map(Arc::new(Field::new("entries", DataType::Struct(entry.into()), false)), false));
    }
    match text {
        "int" => Some(DataType::Int32),
        "float" => Some(DataType::Float32),
        "string" => Some(DataType::Utf8),
        _ => None,
    }
}

fn split_outside_brackets(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0i32);
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    #[test]
    fn tables_become_parquet_files() {
        let folder = tempfile::tempdir().unwrap();
        let description = json!({
            "note": "ignored",
            "testdata": {"columns": "key int, value string", "rows": "key = 1..100, value = string(key)"},
            "nested": {"columns": "a array<array<int>>", "rows": [[[[1, 2], []]], [[[3]]]]},
            "maps": {"columns": "m map<int,string>", "rows": [{"1": "a", "2": "b"}, {"3": "c"}]},
            "text": {"columns": "a int, b float", "file": "text.gz"},
        });
        fs::write(folder.path().join("tables.json"), description.to_string()).unwrap();
        let mut gzip = GzEncoder::new(File::create(folder.path().join("text.gz")).unwrap(), Compression::fast());
        gzip.write_all(b"56\t7.8\n0\t0.5\n").unwrap();
        gzip.finish().unwrap();

        let tables = write_parquet(folder.path(), folder.path()).unwrap();
        let rows = |name: &str| {
            let path = &tables.iter().find(|(table, _)| table == name).unwrap().1;
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap().build().unwrap();
            reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>()
        };
        assert_eq!(["testdata", "nested", "maps", "text"].map(rows), [100, 2, 2, 2]);
        assert_eq!(parquet_files(folder.path()).unwrap().len(), 4);
    }
}
