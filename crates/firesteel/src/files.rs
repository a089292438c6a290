//! Functions that read files, and views that are files.
//!
//! ```text
//! read_files(path, format => 'csv', header => true)   any format; what options do not say is found out
//! read_csv, read_json, read_parquet, read_text        the same in one format
//! CREATE TEMP VIEW v USING csv OPTIONS (path 'x')     a view whose text is such a call, with Spark's defaults
//! ```

use std::sync::Arc;

use firesteel_catalog::TableColumn;
use firesteel_common::names::{quote, same_name};
use firesteel_common::{Result, SqlType, error};
use firesteel_datasource::{FileSource, format_names};
use firesteel_plan::parsed::{ColumnDefinition, Name, Property};

/// The option that says whether to look at the files for what options do not say.
const SNIFF: &str = "sniff";

pub(crate) fn is_function(name: &str) -> bool {
    same_name(name, "read_files") || format_of(name).is_some()
}

/// The format in a function's name.
fn format_of(function: &str) -> Option<&'static str> {
    let rest =
        function.get(.."read_".len()).filter(|front| same_name(front, "read_")).and(function.get("read_".len()..));
    format_names().find(|known| rest.is_some_and(|rest| same_name(known, rest)))
}

/// What a call means: paths by position, options by name.
pub(crate) fn source_of_call(function: &str, arguments: &[(Option<String>, String)]) -> Result<FileSource> {
    let mut source =
        FileSource { format: format_of(function).map(str::to_owned), sniff: true, ..FileSource::default() };
    for (name, value) in arguments {
        match name.as_deref() {
            None => source.paths.push(value.clone()),
            Some(name) if same_name(name, "format") => source.format = Some(value.clone()),
            Some(name) if same_name(name, "schema") => source.schema = Some(parse_schema(value)?),
            Some(name) if same_name(name, SNIFF) => source.sniff = !same_name(value, "false"),
            Some(name) => source.options.set(name, value),
        }
    }
    Ok(source)
}

/// `a INT, b STRING`, or the same as a STRUCT type.
pub(crate) fn parse_schema(text: &str) -> Result<Vec<TableColumn>> {
    let parsed = firesteel_sql::parse_data_type(text).ok().filter(SqlType::is_nested);
    let parsed = match parsed {
        Some(data_type) => data_type,
        None => firesteel_sql::parse_data_type(&format!("STRUCT<{text}>"))?,
    };
    let SqlType::Struct(fields) = parsed else {
        return Err(error!(
            INVALID_FILE_OPTION,
            option = "schema",
            value = text,
            reason = "a list of columns is expected"
        ));
    };
    let column = |field: &firesteel_common::StructField| TableColumn {
        name: Arc::clone(&field.name),
        data_type: field.data_type.clone(),
        nullable: true,
        comment: None,
    };
    Ok(fields.iter().map(column).collect())
}

/// The query that a view of files stands for.
pub(crate) fn view_text(columns: &[ColumnDefinition], format: &Name, options: &[Property]) -> String {
    let mut arguments =
        vec![format!("format => {}", literal(&format.values().join("."))), format!("{SNIFF} => 'false'")];
    arguments.extend(options.iter().map(|option| format!("{} => {}", quote(&option.key), literal(&option.value))));
    if !columns.is_empty() {
        let columns: Vec<_> =
            columns.iter().map(|c| format!("{} {}", quote(&c.name.value), c.data_type.sql())).collect();
        arguments.push(format!("schema => {}", literal(&columns.join(", "))));
    }
    format!("SELECT * FROM read_files({})", arguments.join(", "))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_schemas() {
        assert!(is_function("READ_CSV") && is_function("read_files") && !is_function("read_x") && !is_function("réad"));
        let named = |name: &str, value: &str| (Some(name.to_owned()), value.to_owned());
        let arguments = [(None, "a.csv".to_owned()), named("Header", "true"), named("schema", "a INT, `b c` STRING")];
        let source = source_of_call("read_csv", &arguments).expect("a source");
        assert_eq!((source.format.as_deref(), source.paths.as_slice()), (Some("csv"), &["a.csv".to_owned()][..]));
        assert_eq!(source.options.get("header"), Some("true"));
        let columns: Vec<_> = source.schema.iter().flatten().map(|c| format!("{} {}", c.name, c.data_type)).collect();
        assert_eq!(columns, ["a int", "b c string"]);
        assert_eq!(parse_schema("struct<x:bigint>").expect("a schema").len(), 1);
        assert!(parse_schema("nonsense of all kinds").is_err());
    }
}
