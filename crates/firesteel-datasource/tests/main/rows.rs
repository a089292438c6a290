//! CSV, JSON and text: ranges, tiny batches, sniffing, partitions.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type};
use firesteel_catalog::Table;
use firesteel_common::{Result, conditions};
use firesteel_datasource::FileSource;
use firesteel_expr::Literal;
use tempfile::tempdir;

use crate::harness::{TestScan, batch, call, groups_of, query, query_with_batches_of, write};

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}

fn file(folder: &Path, name: &str, contents: &str) -> String {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    fs::write(&path, contents).expect("written");
    text(&path)
}

fn open(source: FileSource) -> Arc<dyn Table> {
    source.open().expect("a table")
}

fn schema(table: &dyn Table) -> String {
    let column = |column: &firesteel_catalog::TableColumn| format!("{} {}", column.name, column.data_type);
    table.columns().iter().map(column).collect::<Vec<_>>().join(", ")
}

fn all(table: &dyn Table, batch_rows: usize) -> Result<RecordBatch> {
    TestScan::all(table).run(&query_with_batches_of(batch_rows))
}

#[test]
fn ranges_give_every_row_once_and_in_order() {
    let folder = tempdir().expect("folder");
    // Three ranges; lines of many lengths, so that borders fall anywhere.
    let lines: Vec<String> = (0..700_000).map(|row| format!("{row},{}", "x".repeat(row % 50))).collect();
    let path = file(folder.path(), "big.csv", &format!("id,pad\n{}\n", lines.join("\n")));
    let table = open(FileSource::of_path(&path));
    assert_eq!(schema(table.as_ref()), "id int, pad string");
    let scan = TestScan::new(table.as_ref(), &["id"]);
    assert_eq!(scan.open(&query()).expect("a scan").workers_max(), 3);
    let ids = scan.run(&query()).expect("rows");
    let ids = ids.column(0).as_primitive::<Int32Type>();
    assert!(ids.len() == 700_000 && ids.values().iter().enumerate().all(|(at, id)| *id == at as i32));
}

#[test]
fn tiny_batches_and_filters() {
    let folder = tempdir().expect("folder");
    let path = file(folder.path(), "a.csv", "a;b\n1;x\n2;y\n3;x\n4;\n5;x\n");
    let table = open(FileSource::of_path(&path));
    assert_eq!(schema(table.as_ref()), "a int, b string");
    let scan = TestScan::new(table.as_ref(), &["a"]).others(&["b"]);
    let filter = call("=", &scan.column("b"), Literal::string("x"));
    let found = scan.filter(filter).run(&query_with_batches_of(2)).expect("rows");
    assert_eq!(found.column(0).as_primitive::<Int32Type>().values(), &[1, 3, 5]);
    let scan = TestScan::new(table.as_ref(), &[]);
    assert_eq!(scan.rows(&query_with_batches_of(2)).expect("a count"), 5);
}

#[test]
fn what_is_not_said_is_found_out() {
    let folder = tempdir().expect("folder");
    let sniffed =
        |name: &str, contents: &str| schema(open(FileSource::of_path(&file(folder.path(), name, contents))).as_ref());
    assert_eq!(sniffed("a.csv", "when|what\n2024-01-01|1.5\n2024-01-02|\n"), "when date, what double");
    assert_eq!(sniffed("b.tsv", "1\ttrue\n2\tfalse\n"), "_c0 int, _c1 boolean");
    assert_eq!(sniffed("c.csv", "say\n\"he said \"\"no\"\", twice\"\n"), "say string");
    assert_eq!(sniffed("d.json", "{\"b\":1,\"a\":{\"c\":[1.5]}}\n"), "a struct<c:array<double>>, b bigint");
    assert_eq!(sniffed("e.json", "[\n {\"x\": true},\n {\"y\": 2}\n]\n"), "x boolean, y bigint");
    assert_eq!(sniffed("f.txt", "anything\n"), "value string");
    assert_eq!(sniffed("h.csv", "# made by hand\nid|name\n1|a\n"), "id int, name string");
    // With the format alone, Spark's defaults hold.
    let plain = open(FileSource::of_format("csv", &file(folder.path(), "g.csv", "a,b\n1,2\n")));
    assert_eq!(schema(plain.as_ref()), "_c0 string, _c1 string");
}

#[test]
fn a_value_behind_the_sample_that_does_not_fit_is_an_error() {
    let folder = tempdir().expect("folder");
    let path = file(folder.path(), "a.csv", &format!("n\n{}oops\n", "1\n".repeat(30_000)));
    let table = open(FileSource::of_path(&path));
    assert_eq!(schema(table.as_ref()), "n int");
    let error = all(table.as_ref(), 8192).expect_err("no number");
    assert!(error.is(&conditions::MALFORMED_RECORD_IN_PARSING), "{error}");
    assert!(error.render(None).contains("first 20480 rows"), "{}", error.render(None));
    // All rows, when that is asked for.
    let mut source = FileSource::of_path(&path);
    source.options.set("sampleRows", "0");
    assert_eq!(schema(open(source).as_ref()), "n string");
}

#[test]
fn nested_json_with_malformed_parts() {
    let folder = tempdir().expect("folder");
    let rows = r#"{"a":[{"b":1},{"b":2}],"m":{"k":[1]}}
{"a":null}
{"a":[],"m":{}}
nonsense
{"a":[{"b":"x"}],"m":{"k":7}}
"#;
    let mut source = FileSource::of_format("json", &file(folder.path(), "a.json", rows));
    let column = |name: &str, data_type| firesteel_catalog::TableColumn {
        name: Arc::from(name),
        data_type,
        nullable: false,
        comment: None,
    };
    let string = firesteel_common::SqlType::STRING;
    let int = firesteel_common::SqlType::Int;
    let field = firesteel_common::StructField { name: Arc::from("b"), data_type: int.clone(), nullable: true };
    let structs = firesteel_common::SqlType::Struct(Arc::from([field]));
    let maps = firesteel_common::SqlType::map(string.clone(), firesteel_common::SqlType::array(int, true), true);
    let arrays = firesteel_common::SqlType::array(structs, true);
    source.schema = Some(vec![column("a", arrays), column("m", maps), column("_corrupt_record", string)]);
    let table = open(source);
    for batch_rows in [1, 3, 8192] {
        let found = all(table.as_ref(), batch_rows).expect("rows");
        let lists = found.column(0).as_list::<i32>();
        assert_eq!((0..5).map(|row| lists.is_valid(row)).collect::<Vec<_>>(), [true, false, true, false, true]);
        assert_eq!((0..5).map(|row| lists.value_length(row)).collect::<Vec<_>>(), [2, 0, 0, 0, 1]);
        let maps = found.column(1);
        // A value that is no array takes its map along.
        assert_eq!((0..5).map(|row| maps.is_valid(row)).collect::<Vec<_>>(), [true, false, true, false, false]);
        let corrupt = found.column(2).as_string_view();
        assert_eq!((0..5).map(|row| corrupt.is_valid(row)).collect::<Vec<_>>(), [false, false, false, true, true]);
        assert_eq!(corrupt.value(3), "nonsense");
    }
}

#[test]
fn a_filter_on_partitions_opens_no_other_file() {
    let folder = tempdir().expect("folder");
    let root = folder.path();
    for (year, contents) in [(2022, "1\n"), (2023, "2\n"), (2024, "3\n")] {
        file(root, &format!("csv/year={year}/a.csv"), contents);
        let path = root.join(format!("parquet/year={year}/a.parquet"));
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        let values: arrow::array::ArrayRef = Arc::new(arrow::array::Int32Array::from(vec![year]));
        write(&path, &batch(vec![("x", values)]), groups_of(10));
    }
    for format in ["csv", "parquet"] {
        let table = open(FileSource::of_format(format, &text(&root.join(format))));
        // What is never opened may be anything.
        for year in [2022, 2024] {
            let path = root.join(format!("{format}/year={year}/a.{format}"));
            fs::remove_file(&path).expect("gone");
        }
        let scan = TestScan::all(table.as_ref());
        let filter = call("=", &scan.column("year"), Literal::int(2023));
        let query = query();
        let found = scan.filter(filter).run(&query).expect("rows");
        let years = found.column_by_name("year").expect("a column").as_primitive::<Int32Type>();
        assert_eq!(years.values(), &[2023], "{format}");
        assert_eq!(query.metrics.snapshot()[0].files_pruned, 2);
        assert!(all(table.as_ref(), 100).expect_err("a file is gone").is(&conditions::CANNOT_READ_FILE));
    }
}

#[test]
fn schemas_are_merged_by_name() {
    let folder = tempdir().expect("folder");
    let ints = |values: Vec<i32>| Arc::new(arrow::array::Int32Array::from(values)) as _;
    let longs = |values: Vec<i64>| Arc::new(arrow::array::Int64Array::from(values)) as _;
    write(&folder.path().join("a.parquet"), &batch(vec![("x", ints(vec![1])), ("y", ints(vec![2]))]), groups_of(9));
    write(&folder.path().join("b.parquet"), &batch(vec![("Z", ints(vec![5])), ("X", longs(vec![4]))]), groups_of(9));
    let mut source = FileSource::of_format("parquet", &text(folder.path()));
    assert_eq!(schema(open(source.clone()).as_ref()), "x bigint, y int");
    source.options.set("mergeSchema", "true");
    let table = open(source);
    assert_eq!(schema(table.as_ref()), "x bigint, y int, Z int");
    let found = all(table.as_ref(), 100).expect("rows");
    let column = |at: usize| found.column(at);
    assert_eq!(column(0).as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(1), Some(4)]);
    assert_eq!(column(1).as_primitive::<Int32Type>().iter().collect::<Vec<_>>(), [Some(2), None]);
    assert_eq!(column(2).as_primitive::<Int32Type>().iter().collect::<Vec<_>>(), [None, Some(5)]);
}

#[test]
fn compressed_files_and_unknown_ones() {
    let folder = tempdir().expect("folder");
    let path = folder.path().join("a.csv.gz");
    let mut gzip = flate2::write::GzEncoder::new(fs::File::create(&path).expect("a file"), flate2::Compression::fast());
    std::io::Write::write_all(&mut gzip, b"k,v\n1,a\n2,b\n").expect("gzip");
    gzip.finish().expect("gzip");
    let table = open(FileSource::of_path(&text(&path)));
    assert_eq!(
        (schema(table.as_ref()).as_str(), all(table.as_ref(), 9).expect("rows").num_rows()),
        ("k int, v string", 2)
    );

    let unknown = file(folder.path(), "b.xyz", "1\n");
    assert!(FileSource::of_path(&unknown).open().expect_err("no format").is(&conditions::CANNOT_READ_FILE));
    let error = FileSource::of_format("orc", &unknown).open().expect_err("no such format");
    assert!(error.is(&conditions::DATA_SOURCE_NOT_FOUND));
    let mut source = FileSource::of_format("csv", &unknown);
    source.options.set("mode", "sometimes");
    assert!(source.open().expect_err("no such mode").is(&conditions::INVALID_FILE_OPTION));
}
