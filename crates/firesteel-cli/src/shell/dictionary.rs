//! What words there are besides SQL's own: tables, their columns, functions, settings, files.

use std::path::Path;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use firesteel::Session;
use hashbrown::HashMap;

/// What completion and highlighting ask.
pub(super) trait Dictionary {
    /// Names of tables and views.
    fn tables(&mut self) -> &[String];
    /// Names and types of a table's columns; the name as in a statement (`t`, `` `a b` ``, `` parquet.`x` ``).
    fn columns(&mut self, table: &str) -> Vec<(String, String)>;
    fn functions(&mut self) -> &[String];
    /// How a function is called: `substring(str, pos[, len])`; empty when nobody knows.
    fn signature(&mut self, function: &str) -> String;
    /// Keys and what they do.
    fn settings(&mut self) -> &[(String, String)];
    /// Files whose path begins so; folders end with a slash.
    fn files(&mut self, prefix: &str) -> Vec<String>;
}

/// A session's words, asked for by statements and kept until the next statement may have changed them.
pub(super) struct SessionDictionary {
    session: Session,
    tables: Option<Vec<String>>,
    columns: HashMap<String, Vec<(String, String)>>,
    functions: Option<Vec<String>>,
    signatures: HashMap<String, String>,
    settings: Option<Vec<(String, String)>>,
}

impl SessionDictionary {
    pub(super) fn new(session: Session) -> Self {
        Self {
            session,
            tables: None,
            columns: HashMap::new(),
            functions: None,
            signatures: HashMap::new(),
            settings: None,
        }
    }

    /// Statements have run: tables may have come and gone.
    pub(super) fn forget(&mut self) {
        (self.tables, self.functions) = (None, None);
        self.columns.clear();
        self.signatures.clear();
    }

    /// Some columns of a statement's rows, as text; nothing when it fails.
    fn ask(&self, statement: &str, columns: &[&str]) -> Vec<Vec<String>> {
        let Ok(result) = self.session.execute_sql(statement) else { return Vec::new() };
        let at = |name: &&str| result.columns().iter().position(|column| column.name == *name);
        let Some(places) = columns.iter().map(at).collect::<Option<Vec<_>>>() else { return Vec::new() };
        let mut rows = Vec::new();
        for batch in result.collect().unwrap_or_default() {
            let text = |at: &usize| cast(batch.column(*at), &DataType::Utf8);
            let Ok(texts) = places.iter().map(text).collect::<Result<Vec<_>, _>>() else { continue };
            let cell = |column: &arrow::array::ArrayRef, row: usize| {
                let column = column.as_string::<i32>();
                if column.is_null(row) { String::new() } else { column.value(row).to_owned() }
            };
            rows.extend((0..batch.num_rows()).map(|row| texts.iter().map(|column| cell(column, row)).collect()));
        }
        rows
    }

    fn first(&self, statement: &str, column: &str) -> Vec<String> {
        self.ask(statement, &[column]).into_iter().filter_map(|row| row.into_iter().next()).collect()
    }
}

impl Dictionary for SessionDictionary {
    fn tables(&mut self) -> &[String] {
        if self.tables.is_none() {
            self.tables = Some(self.first("SHOW TABLES", "tableName"));
        }
        self.tables.as_deref().unwrap_or_default()
    }

    fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        if let Some(known) = self.columns.get(table) {
            return known.clone();
        }
        let rows = self.ask(&format!("DESCRIBE TABLE {table}"), &["col_name", "data_type"]);
        let pair = |row: Vec<String>| {
            let mut cells = row.into_iter();
            Some((cells.next()?, cells.next()?))
        };
        // Behind the columns come headings of what else is known.
        let columns =
            rows.into_iter().filter_map(pair).take_while(|(name, _)| !name.is_empty() && !name.starts_with("# "));
        let columns: Vec<_> = columns.collect();
        self.columns.insert(table.to_owned(), columns.clone());
        columns
    }

    fn functions(&mut self) -> &[String] {
        if self.functions.is_none() {
            let mut names = self.first("SHOW FUNCTIONS", "function");
            // Operators are functions, too, but nobody calls them.
            names.retain(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
            self.functions = Some(names);
        }
        self.functions.as_deref().unwrap_or_default()
    }

    fn signature(&mut self, function: &str) -> String {
        if let Some(known) = self.signatures.get(function) {
            return known.clone();
        }
        let lines = self.first(&format!("DESCRIBE FUNCTION {function}"), "function_desc");
        let usage = lines.iter().find_map(|line| line.strip_prefix("Usage: "));
        // The first of several ways to call it, without what it does.
        let call = usage.and_then(|usage| usage.lines().find(|line| !line.trim().is_empty()));
        let call = call.and_then(|call| call.trim().split(" - ").next()).unwrap_or_default();
        let signature = if call.contains('(') { call.to_owned() } else { String::new() };
        self.signatures.insert(function.to_owned(), signature.clone());
        signature
    }

    fn settings(&mut self) -> &[(String, String)] {
        let known =
            || firesteel::settings().into_iter().map(|setting| (setting.key.to_owned(), setting.doc.to_owned()));
        self.settings.get_or_insert_with(|| known().collect())
    }

    fn files(&mut self, prefix: &str) -> Vec<String> {
        files(prefix)
    }
}

/// A path is completed step by step; hidden files only for those who type the dot.
fn files(prefix: &str) -> Vec<String> {
    let (folder, begin) = prefix.rfind('/').map_or(("", prefix), |at| prefix.split_at(at + 1));
    let read = match (folder, folder.strip_prefix("~/").zip(std::env::var_os("HOME"))) {
        (_, Some((rest, home))) => Path::new(&home).join(rest),
        ("", None) => Path::new(".").to_owned(),
        (folder, None) => Path::new(folder).to_owned(),
    };
    let Ok(entries) = std::fs::read_dir(read) else { return Vec::new() };
    let name = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok()?;
        let shown = name.starts_with(begin) && (begin.starts_with('.') || !name.starts_with('.'));
        let slash = if entry.path().is_dir() { "/" } else { "" };
        shown.then(|| format!("{folder}{name}{slash}"))
    };
    let mut files: Vec<_> = entries.flatten().filter_map(name).collect();
    files.sort_unstable();
    files
}

/// Words that are told beforehand.
#[cfg(test)]
pub(super) struct Fixed {
    tables: Vec<String>,
    functions: Vec<String>,
    settings: Vec<(String, String)>,
}

#[cfg(test)]
impl Fixed {
    pub(super) fn new() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let setting = |key: &str, doc: &str| (key.to_owned(), doc.to_owned());
        Self {
            tables: texts(&["nation", "orders", "region", "odd name"]),
            functions: texts(&["count", "substr", "substring", "sum"]),
            settings: vec![
                setting("spark.sql.adaptive.enabled", "re-plan"),
                setting("spark.sql.session.timeZone", "the zone"),
            ],
        }
    }
}

#[cfg(test)]
impl Dictionary for Fixed {
    fn tables(&mut self) -> &[String] {
        &self.tables
    }

    fn columns(&mut self, table: &str) -> Vec<(String, String)> {
        let names: &[&str] = match table.to_lowercase().as_str() {
            "nation" => &["n_nationkey", "n_name", "n_regionkey"],
            "region" => &["r_regionkey", "r_name"],
            "`odd name`" => &["a b"],
            "`x.parquet`" => &["from_file"],
            _ => &[],
        };
        names.iter().map(|name| ((*name).to_owned(), "int".to_owned())).collect()
    }

    fn functions(&mut self) -> &[String] {
        &self.functions
    }

    fn signature(&mut self, function: &str) -> String {
        format!("{function}(x)")
    }

    fn settings(&mut self) -> &[(String, String)] {
        &self.settings
    }

    fn files(&mut self, prefix: &str) -> Vec<String> {
        ["data/", "data/a.parquet", "data/b.csv"]
            .iter()
            .filter(|file| file.starts_with(prefix))
            .map(|file| (*file).to_owned())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use firesteel::SessionOptions;

    use super::*;

    #[test]
    fn a_session_tells_its_tables_columns_and_functions() {
        let session = Session::new(SessionOptions::default()).expect("a session");
        session.execute_sql("create temp view v as select 1 as a, 'x' as `b c`").expect("a view");
        let mut words = SessionDictionary::new(session.clone());
        assert_eq!(words.tables(), ["v"]);
        let columns = [("a".to_owned(), "int".to_owned()), ("b c".to_owned(), "string".to_owned())];
        assert_eq!(words.columns("v"), columns);
        assert_eq!(words.columns("nobody"), []);
        assert!(words.functions().iter().any(|name| name == "substring"));
        assert!(words.functions().iter().all(|name| name != "+"));
        assert!(words.signature("substring").starts_with("substring(str, pos"), "{}", words.signature("substring"));
        assert_eq!(words.signature("nobody"), "");
        session.execute_sql("create temp view w as select 2 as z").expect("a view");
        assert_eq!(words.tables().len(), 1);
        words.forget();
        assert_eq!(words.tables(), ["v", "w"]);
    }

    #[test]
    fn files_are_found_step_by_step() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        for file in ["data/a.parquet", "data/.hidden", "dat.csv"] {
            std::fs::write(folder.path().join(file), "").expect("a file");
        }
        let at = |rest: &str| format!("{}/{rest}", folder.path().display());
        assert_eq!(files(&at("da")), [at("dat.csv"), at("data/")]);
        assert_eq!(files(&at("data/")), [at("data/a.parquet")]);
        assert_eq!(files(&at("data/.h")), [at("data/.hidden")]);
        assert!(files(&at("nothing/")).is_empty());
    }
}
