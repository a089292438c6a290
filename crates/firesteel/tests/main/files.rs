//! Files written by statements and through the API, and read again.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use firesteel::{FileOptions, SaveMode, Session, SessionOptions, WriteTarget};
use firesteel_datasource::MemoryTable;
use tempfile::tempdir;

fn session() -> Session {
    Session::new(SessionOptions { threads: 2, ..SessionOptions::default() }).expect("a session")
}

/// Rows as text, sorted.
fn rows(session: &Session, sql: &str) -> Vec<String> {
    let batches = session
        .execute(&firesteel::sql::parse_statement(sql).expect(sql))
        .and_then(|result| result.collect())
        .expect(sql);
    let mut rows = Vec::new();
    for batch in &batches {
        let options = FormatOptions::default().with_null("NULL");
        let columns: Vec<_> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options).expect("text")).collect();
        for row in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort();
    rows
}

fn run(session: &Session, sql: &str) {
    assert_eq!(rows(session, sql), Vec::<String>::new());
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn only_file(folder: &Path) -> String {
    let files: Vec<_> = names(folder).into_iter().filter(|name| name.starts_with("part-")).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    fs::read_to_string(folder.join(&files[0])).expect("text")
}

const VALUES: &str = r#"SELECT 1 AS i, cast(null AS string) AS n, '' AS e, 'a,b' AS q, 'x"y' AS r, ' sp ' AS sp,
    timestamp'2024-01-02 03:04:05.123' AS ts, date'2024-01-02' AS d, 1.50 AS dec, 1e10D AS db,
    timestamp_ntz'2024-01-02 03:04:05' AS ntz, cast('Infinity' AS double) AS inf, true AS b"#;

/// What Spark 4 writes for the same statement.
#[test]
fn text_formats_are_written_as_spark_writes_them() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let csv = folder.path().join("csv");
    run(
        &session,
        &format!("INSERT OVERWRITE DIRECTORY '{}' USING csv OPTIONS (header 'true') {VALUES}", csv.display()),
    );
    assert_eq!(
        only_file(&csv),
        "i,n,e,q,r,sp,ts,d,dec,db,ntz,inf,b\n1,,\"\",\"a,b\",\"x\\\"y\",sp,2024-01-02T03:04:05.123Z,2024-01-02,1.50,1.0E10,\
         2024-01-02T03:04:05.000,Infinity,true\n"
    );
    assert_eq!(names(&csv)[0], "_SUCCESS");
    let json = folder.path().join("json");
    let nested = r#", array(1, null) AS arr, named_struct('k', 1, 'v', cast(null AS int)) AS st, map('a', 1) AS mp, X'6869' AS bin"#;
    run(&session, &format!("INSERT OVERWRITE DIRECTORY '{}' USING json {VALUES}{nested}", json.display()));
    assert_eq!(
        only_file(&json),
        r#"{"i":1,"e":"","q":"a,b","r":"x\"y","sp":" sp ","ts":"2024-01-02T03:04:05.123Z","d":"2024-01-02","dec":1.50,"db":1.0E10,"ntz":"2024-01-02T03:04:05.000","inf":"Infinity","b":true,"arr":[1,null],"st":{"k":1},"mp":{"a":1},"bin":"aGk="}"#
            .to_owned()
            + "\n"
    );
}

#[test]
fn every_format_gives_back_what_it_was_given() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let query = "SELECT id, concat('r', id) AS name, id % 3 = 0 AS third, cast(id AS decimal(12, 2)) / 4 AS part FROM range(1000)";
    let expected = rows(&session, query);
    for (format, options) in [
        ("parquet", ""),
        ("parquet", "compression 'zstd'"),
        ("csv", "header 'true', compression 'gzip'"),
        ("csv", "header 'true', quoteAll 'true', compression 'bzip2'"),
        ("json", "compression 'lz4'"),
        ("json", "compression 'zstd', maxRecordsPerFile '100'"),
    ] {
        let path = folder.path().join("out");
        let with = if options.is_empty() { String::new() } else { format!("OPTIONS ({options})") };
        run(&session, &format!("INSERT OVERWRITE DIRECTORY '{}' USING {format} {with} {query}", path.display()));
        let schema = "id BIGINT, name STRING, third BOOLEAN, part DECIMAL(18,6)";
        let read = format!("SELECT * FROM read_{format}('{}', header => true, schema => '{schema}')", path.display());
        let read = rows(&session, &read);
        let cut = |row: &String| row.rsplit_once('|').map(|(row, _)| row.to_owned()).unwrap_or_default();
        assert_eq!(read.iter().map(cut).collect::<Vec<_>>(), expected.iter().map(cut).collect::<Vec<_>>(), "{format}");
        if options.contains("maxRecords") {
            assert!(names(&path).len() > 10, "{:?}", names(&path));
        }
    }
    // Nothing but the result is left behind.
    assert_eq!(names(folder.path()), ["out"]);
}

#[test]
fn partitions_become_folders_and_columns_again() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let path = folder.path().join("t");
    let query = |text: &str| match firesteel::sql::parse_statement(text).expect("SQL").kind {
        firesteel_plan::parsed::StatementKind::Query(query) => *query,
        other => panic!("{other:?}"),
    };
    let rows_of = |session: &Session| rows(session, &format!("SELECT id, p, q FROM parquet.`{}`", path.display()));
    let mut target = WriteTarget {
        format: "parquet".to_owned(),
        path: path.to_string_lossy().into_owned(),
        mode: SaveMode::ErrorIfExists,
        partition_by: vec!["P".to_owned(), "q".to_owned()],
        options: FileOptions::default(),
    };
    let six =
        query("SELECT id, id % 2 AS p, CASE WHEN id = 3 THEN NULL ELSE concat('a/b', id % 2) END AS q FROM range(6)");
    session.write(&six, &target).expect("written");
    assert_eq!(names(&path), ["_SUCCESS", "p=0", "p=1"]);
    assert_eq!(names(&path.join("p=1")), ["q=__HIVE_DEFAULT_PARTITION__", "q=a%2Fb1"]);
    assert_eq!(rows_of(&session), ["0|0|a/b0", "1|1|a/b1", "2|0|a/b0", "3|1|NULL", "4|0|a/b0", "5|1|a/b1"]);

    let error = session.write(&six, &target).expect_err("something is there");
    assert!(error.to_string().starts_with("[PATH_ALREADY_EXISTS]"), "{error}");
    target.mode = SaveMode::Ignore;
    session.write(&six, &target).expect("ignored");
    target.mode = SaveMode::Append;
    session.write(&six, &target).expect("added");
    assert_eq!(rows_of(&session).len(), 12);
    target.mode = SaveMode::Overwrite;
    session.write(&query("SELECT 9L AS id, 9L AS p, 'z' AS q"), &target).expect("replaced");
    assert_eq!(rows_of(&session), ["9|9|z"]);

    target.partition_by = vec!["id".to_owned(), "p".to_owned(), "q".to_owned()];
    let error = session.write(&six, &target).expect_err("nothing left for files");
    assert!(error.to_string().starts_with("[ALL_PARTITION_COLUMNS_NOT_ALLOWED]"), "{error}");
    target.partition_by = vec!["nope".to_owned()];
    let error = session.write(&six, &target).expect_err("no such column");
    assert!(error.to_string().starts_with("[UNRESOLVED_COLUMN.WITH_SUGGESTION]"), "{error}");
}

#[test]
fn a_query_that_fails_changes_nothing() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let path = folder.path().join("t");
    run(&session, &format!("INSERT OVERWRITE DIRECTORY '{}' USING parquet SELECT 1 AS x", path.display()));
    let failing = format!(
        "INSERT OVERWRITE DIRECTORY '{}' USING parquet SELECT 1 / (id - 900) AS x FROM range(1000)",
        path.display()
    );
    let statement = firesteel::sql::parse_statement(&failing).expect("SQL");
    assert!(session.execute(&statement).and_then(|result| result.count_rows()).is_err());
    assert_eq!(rows(&session, &format!("SELECT * FROM parquet.`{}`", path.display())), ["1"]);
    assert_eq!(names(folder.path()), ["t"]);
}

#[test]
fn nothing_has_columns_too_and_order_is_kept() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let path = folder.path().join("t");
    let into = |query: &str| {
        run(
            &session,
            &format!("INSERT OVERWRITE DIRECTORY '{}' USING csv OPTIONS (header 'true') {query}", path.display()),
        )
    };
    into("SELECT 1 AS x, 'a' AS y WHERE false");
    assert_eq!(only_file(&path), "x,y\n");
    into("SELECT id FROM range(5000) ORDER BY id DESC");
    let expected: String = (0..5000).rev().map(|id| format!("{id}\n")).collect();
    assert_eq!(only_file(&path), format!("id\n{expected}"));
}

/// Every text of up to four of the characters that mean something.
fn nasty_texts() -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut last = texts.clone();
    for _ in 0..4 {
        let longer = last.iter().flat_map(|text| ['"', ',', '\\', '\n', ' ', 'a'].map(|c| format!("{text}{c}")));
        last = longer.collect();
        texts.extend(last.iter().cloned());
    }
    texts
}

#[test]
fn whatever_text_is_written_is_read_again() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let texts = nasty_texts();
    assert_eq!(texts.len(), 1555);
    let ids: ArrayRef = Arc::new(Int64Array::from_iter_values(0..texts.len() as i64));
    let values: ArrayRef = Arc::new(StringArray::from_iter_values(&texts));
    let batch = RecordBatch::try_from_iter([("id", ids), ("text", values)]).expect("a batch");
    let table = MemoryTable::new(&batch.schema(), vec![batch]).expect("a table");
    session.register_table("texts", table.clone());
    // An empty text is written as "" and read as NULL, as in Spark.
    let differing = |options: &str, format: &str| {
        let path = folder.path().join(format!("{format}{}", options.len()));
        let options = format!("{options}ignoreLeadingWhiteSpace 'false', ignoreTrailingWhiteSpace 'false'");
        let into = format!("INSERT OVERWRITE DIRECTORY '{}' USING {format} OPTIONS ({options})", path.display());
        run(&session, &format!("{into} SELECT * FROM texts"));
        let lines = if format == "csv" { "true" } else { "false" };
        let view = format!("path '{}', multiLine '{lines}', {options}", path.display());
        let view = format!("CREATE OR REPLACE TEMP VIEW v (id BIGINT, text STRING) USING {format} OPTIONS ({view})");
        run(&session, &view);
        rows(
            &session,
            "SELECT t.id, t.text, v.text FROM texts t LEFT JOIN v ON t.id = v.id WHERE NOT (v.text <=> t.text)",
        )
    };
    assert_eq!(differing("", "json"), Vec::<String>::new());
    assert_eq!(differing("", "csv"), ["0||NULL"]);
    assert_eq!(differing("escape '\"', ", "csv"), ["0||NULL"]);
    assert_eq!(differing("quoteAll 'true', compression 'zstd', ", "csv"), ["0||NULL"]);
}

#[test]
fn explain_shows_the_write_and_writes_nothing() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let path = folder.path().join("t");
    let insert = format!("INSERT OVERWRITE DIRECTORY '{}' USING json SELECT 1 AS x", path.display());
    let plan = rows(&session, &format!("EXPLAIN {insert}")).join("\n");
    assert!(plan.contains(&format!("Write json {}, overwrite", path.display())), "{plan}");
    assert!(!path.exists());
}

#[test]
fn views_of_files_and_functions() {
    let (session, folder) = (session(), tempdir().expect("a folder"));
    let path = folder.path().join("it's.csv");
    fs::write(&path, "a,b\n1,x\n2,y\n").expect("written");
    let quoted = path.to_string_lossy().replace('\'', "\\'");
    run(&session, &format!("CREATE TEMP VIEW v USING csv OPTIONS (path '{quoted}', header 'true')"));
    assert_eq!(rows(&session, "SELECT b, a FROM v"), ["x|1", "y|2"]);
    assert_eq!(rows(&session, &format!("SELECT sum(a) FROM '{quoted}'")), ["3"]);
    assert_eq!(
        rows(&session, &format!("SELECT a FROM read_files('{quoted}', header => false) AS t(a, b) WHERE b = 'x'")),
        ["1"]
    );
    assert_eq!(
        rows(&session, &format!("SELECT sum(c) FROM read_csv('{quoted}', schema => 'c BIGINT, d STRING')")),
        ["3"]
    );
}
