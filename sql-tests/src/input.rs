//! A `.sql` file → its statements and directives, split as Spark's SQLQueryTestSuite does, so that its files run as they
//! are.
//!
//! A line that begins with `--` is a comment or a directive:
//!
//! | directive | meaning |
//! |---|---|
//! | `--SET key=value,…` | settings for the whole file |
//! | `--CONFIG_DIM1 key=value,…` | the file runs once per line of a dimension, for every combination of dimensions |
//! | `--IMPORT other.sql` | that file's statements come first |
//! | `--ONLY_IF spark` | only for other databases' sake in Spark's suite; anything but `spark` is not for us |
//! | `--QUERY-DELIMITER-START`, `…-END` | one statement in between, whatever semicolons it holds |
//! | `--TABLES dir` | each Parquet file in this folder of the repository is a table of its name (ours) |
//! | `--ERRORS condition` | how much of an error must agree, instead of the command line's (ours) |
//! | `--APPROXIMATE` | floating-point numbers are compared to 12 digits (ours) |

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::compare::ErrorDetail;

pub(crate) type KeyValue = (String, String);

#[derive(Debug, Default, PartialEq)]
pub(crate) struct TestFile {
    /// Path below the folder of inputs.
    pub(crate) name: String,
    pub(crate) statements: Vec<String>,
    pub(crate) settings: Vec<KeyValue>,
    /// Per dimension its alternatives.
    pub(crate) dimensions: Vec<Vec<Vec<KeyValue>>>,
    pub(crate) tables: Vec<PathBuf>,
    pub(crate) approximate: bool,
    pub(crate) error_detail: Option<ErrorDetail>,
    pub(crate) for_others: bool,
    /// Imported files that do not exist; the statements are then incomplete.
    pub(crate) imports_missing: Vec<String>,
}

impl TestFile {
    pub(crate) fn read(inputs: &Path, name: &str) -> io::Result<TestFile> {
        let text = fs::read_to_string(inputs.join(name))?;
        let (comments, mut code) = split_comments(&text);
        let mut file = TestFile { name: name.to_owned(), ..TestFile::default() };
        let mut dimensions: BTreeMap<&str, Vec<Vec<KeyValue>>> = BTreeMap::new();
        let mut imported = Vec::new();
        for comment in comments {
            let (directive, rest) = comment.split_once(char::is_whitespace).unwrap_or((comment, ""));
            match directive {
                "--SET" => file.settings.extend(key_values(rest)),
                "--IMPORT" => imported.push(rest.trim()),
                "--ONLY_IF" => file.for_others |= rest.trim() != "spark",
                "--TABLES" => file.tables.push(PathBuf::from(rest.trim())),
                "--APPROXIMATE" => file.approximate = true,
                "--ERRORS" => file.error_detail = ErrorDetail::from_str(rest.trim(), true).ok(),
                _ if directive.starts_with("--CONFIG_DIM") => {
                    dimensions.entry(directive).or_default().push(key_values(rest));
                }
                _ => {}
            }
        }
        file.dimensions = dimensions.into_values().collect();
        for import in imported {
            match fs::read_to_string(inputs.join(import)) {
                Ok(text) => code = split_comments(&text).1.into_iter().chain(code).collect(),
                Err(_) => file.imports_missing.push(import.to_owned()),
            }
        }
        file.statements = split_statements(&code);
        Ok(file)
    }

    /// Every combination of the dimensions' alternatives; one empty combination when there are none.
    pub(crate) fn combinations(&self) -> Vec<Vec<KeyValue>> {
        self.dimensions.iter().fold(vec![Vec::new()], |combinations, alternatives| {
            let extend = |chosen: &Vec<KeyValue>| {
                let chosen = chosen.clone();
                alternatives.iter().map(move |more| chosen.iter().chain(more).cloned().collect())
            };
            combinations.iter().flat_map(extend).collect()
        })
    }
}

/// Comment lines as they stand, and the other lines; the delimiters count as code.
fn split_comments(text: &str) -> (Vec<&str>, Vec<String>) {
    let mut comments = Vec::new();
    let mut code = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("--") && !trimmed.starts_with("--QUERY-DELIMITER") {
            comments.push(trimmed);
        } else {
            code.push(line.to_owned());
        }
    }
    (comments, code)
}

fn key_values(text: &str) -> Vec<KeyValue> {
    let pair = |part: &str| part.split_once('=').map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()));
    text.split(',').filter_map(pair).collect()
}

fn split_statements(code: &[String]) -> Vec<String> {
    let mut statements = Vec::new();
    let mut free: Vec<&str> = Vec::new();
    let mut delimited: Option<Vec<&str>> = None;
    for line in code {
        let trimmed = line.trim();
        if trimmed.starts_with("--QUERY-DELIMITER-START") {
            split_at_semicolons(&free.join("\n"), &mut statements);
            free.clear();
            delimited = Some(Vec::new());
        } else if trimmed.starts_with("--QUERY-DELIMITER-END") {
            let statement = delimited.take().unwrap_or_default().join("\n");
            statements.push(statement.strip_suffix(';').unwrap_or(&statement).to_owned());
        } else if let Some(lines) = &mut delimited {
            lines.push(line);
        } else {
            free.push(line);
        }
    }
    split_at_semicolons(&free.join("\n"), &mut statements);
    // A comment behind a semicolon has become the first line of the next statement.
    let code = |statement: &String| {
        let lines: Vec<_> = statement.trim().lines().filter(|line| !line.starts_with("--")).collect();
        lines.join("\n").trim().to_owned()
    };
    statements.iter().map(code).filter(|statement| !statement.is_empty()).collect()
}

/// At every semicolon without a backslash before it, also inside of literals: the format has no other escape.
fn split_at_semicolons(code: &str, statements: &mut Vec<String>) {
    let mut start = 0;
    for (at, _) in code.match_indices(';') {
        if at > 0 && !code[..at].ends_with('\\') {
            statements.push(code[start..at].to_owned());
            start = at + 1;
        }
    }
    statements.push(code[start..].to_owned());
}

/// All `.sql` files below `folder`, as paths relative to it, sorted.
pub(crate) fn find(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql")
                && let Ok(relative) = path.strip_prefix(folder)
            {
                found.push(relative.to_string_lossy().into_owned());
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> TestFile {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.sql"), text).unwrap();
        fs::write(folder.path().join("b.sql"), "select 'imported';").unwrap();
        TestFile::read(folder.path(), "a.sql").unwrap()
    }

    #[test]
    fn statements_end_at_semicolons_and_lose_comment_lines() {
        let file = read("-- a comment\nselect 1;select\n  -- inside\n  2; -- trailing\nselect '\\;';\n");
        assert_eq!(file.statements, ["select 1", "select\n  2", "select '\\;'"]);
    }

    #[test]
    fn delimited_statements_keep_their_semicolons() {
        let file = read("select 1;\n--QUERY-DELIMITER-START\n/* a; b */\nselect 2;\n--QUERY-DELIMITER-END\nselect 3");
        assert_eq!(file.statements, ["select 1", "/* a; b */\nselect 2", "select 3"]);
    }

    #[test]
    fn directives() {
        let file = read(
            "--SET a = 1, b=2\n--CONFIG_DIM1 x=1\n--CONFIG_DIM1 x=2,y=3\n--CONFIG_DIM2 z=4\n--ONLY_IF spark\n\
             --IMPORT b.sql\n--IMPORT gone.sql\n--TABLES data/tpch\n--APPROXIMATE\n--ERRORS condition\nselect 1",
        );
        let pair = |k: &str, v: &str| (k.to_owned(), v.to_owned());
        assert_eq!(file.settings, [pair("a", "1"), pair("b", "2")]);
        assert_eq!(
            file.combinations(),
            [vec![pair("x", "1"), pair("z", "4")], vec![pair("x", "2"), pair("y", "3"), pair("z", "4")]]
        );
        assert_eq!(file.statements, ["select 'imported'", "select 1"]);
        assert_eq!(file.imports_missing, ["gone.sql"]);
        assert_eq!(file.tables, [PathBuf::from("data/tpch")]);
        assert!(file.approximate && !file.for_others);
        assert_eq!(file.error_detail, Some(ErrorDetail::Condition));
    }
}
