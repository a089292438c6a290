//! Several files as one table.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float32Array, Float64Array, Int32Array, Int64Array, StringArray};
use arrow::datatypes::{Float64Type, Int64Type};
use datafusion_common::ScalarValue;
use firesteel_catalog::Estimate;
use firesteel_common::settings::Settings;
use firesteel_common::{SqlType, conditions};
use firesteel_datasource::{ParquetTable, ParquetWriter, tables_in};
use firesteel_expr::Batch;
use tempfile::tempdir;

use crate::harness::{TestScan, batch, groups_of, query, query_with_batches_of, write};

fn ints(values: std::ops::Range<i32>) -> ArrayRef {
    Arc::new(Int32Array::from_iter_values(values))
}

#[test]
fn a_folder_is_one_table_in_the_order_of_its_files() {
    let folder = tempdir().expect("folder");
    write(&folder.path().join("b.parquet"), &batch(vec![("x", ints(100..150))]), groups_of(20));
    write(&folder.path().join("a.parquet"), &batch(vec![("x", ints(0..100))]), groups_of(30));
    std::fs::write(folder.path().join("_SUCCESS"), "").expect("file");
    let table = ParquetTable::open(folder.path().to_str().expect("UTF-8")).expect("a table");
    let found = TestScan::all(table.as_ref()).run(&query_with_batches_of(7)).expect("rows");
    assert_eq!(found.column(0).as_ref(), ints(0..150).as_ref());

    let statistics = table.statistics();
    assert_eq!(statistics.rows, Estimate::exact(150.0));
    let column = &statistics.columns[0];
    assert_eq!((&column.min, &column.max), (&Some(ScalarValue::Int32(Some(0))), &Some(ScalarValue::Int32(Some(149)))));
    assert_eq!(column.nulls, Some(Estimate::exact(0.0)));
}

#[test]
fn morsels_number_the_row_groups() {
    let folder = tempdir().expect("folder");
    let path = write(&folder.path().join("t.parquet"), &batch(vec![("x", ints(0..100))]), groups_of(30));
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    let scan = TestScan::all(table.as_ref());
    let batches = scan.batches(&query_with_batches_of(20)).expect("rows");
    let shape: Vec<_> = batches.iter().map(|batch| (batch.morsel, batch.rows())).collect();
    assert_eq!(shape, [(0, 20), (0, 10), (1, 20), (1, 10), (2, 20), (2, 10), (3, 10)]);
    let factory = scan.open(&query()).expect("a scan");
    assert_eq!((factory.workers_max(), factory.rows_hint()), (4, Some(100)));
}

#[test]
fn counting_reads_no_column() {
    let folder = tempdir().expect("folder");
    let path = write(&folder.path().join("t.parquet"), &batch(vec![("x", ints(0..100))]), groups_of(30));
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    let length = table.source().splits[0].length as usize;
    // The pages may be anything as long as the footer is as it was.
    let mut bytes = std::fs::read(&path).expect("bytes");
    bytes[4..200].fill(0xff);
    std::fs::write(&path, &bytes).expect("written");
    assert_eq!(bytes.len(), length);
    assert_eq!(TestScan::new(table.as_ref(), &[]).rows(&query()).expect("rows"), 100);
}

#[test]
fn columns_are_found_by_name_and_missing_ones_are_null() {
    let folder = tempdir().expect("folder");
    let first = batch(vec![("x", ints(0..2)), ("s", Arc::new(StringArray::from(vec!["a", "b"])))]);
    write(&folder.path().join("1.parquet"), &first, groups_of(10));
    let second = batch(vec![("other", ints(0..1)), ("X", ints(7..8))]);
    write(&folder.path().join("2.parquet"), &second, groups_of(10));
    let table = ParquetTable::open(folder.path().to_str().expect("UTF-8")).expect("a table");
    let found = TestScan::new(table.as_ref(), &["s", "x"]).run(&query()).expect("rows");
    assert_eq!(found.column(1).as_ref(), &Int32Array::from(vec![0, 1, 7]) as &dyn Array);
    let text: Vec<_> = found.column(0).as_string_view().iter().collect();
    assert_eq!(text, [Some("a"), Some("b"), None]);
    assert_eq!(table.statistics().columns[1].nulls, Some(Estimate::exact(1.0)));
}

#[test]
fn types_widen_over_files() {
    let folder = tempdir().expect("folder");
    let narrow = batch(vec![("i", ints(1..2)), ("f", Arc::new(Float32Array::from(vec![0.5])))]);
    write(&folder.path().join("1.parquet"), &narrow, groups_of(10));
    let large = i64::from(i32::MAX) + 1;
    let wide = batch(vec![
        ("i", Arc::new(Int64Array::from(vec![large])) as ArrayRef),
        ("f", Arc::new(Float64Array::from(vec![1e300]))),
    ]);
    write(&folder.path().join("2.parquet"), &wide, groups_of(10));
    let table = ParquetTable::open(folder.path().to_str().expect("UTF-8")).expect("a table");
    let types: Vec<_> = table.columns().iter().map(|column| column.data_type.clone()).collect();
    assert_eq!(types, [SqlType::BigInt, SqlType::Double]);
    let found = TestScan::all(table.as_ref()).run(&query()).expect("rows");
    assert_eq!(found.column(0).as_primitive::<Int64Type>().values().as_ref(), &[1, large]);
    assert_eq!(found.column(1).as_primitive::<Float64Type>().values().as_ref(), &[0.5, 1e300]);
    assert_eq!(table.statistics().columns[0].max, Some(ScalarValue::Int64(Some(large))));
    // NaN might be above every bound.
    assert_eq!(table.statistics().columns[1].max, None);
}

#[test]
fn types_that_do_not_go_together_name_both_files() {
    let folder = tempdir().expect("folder");
    write(&folder.path().join("1.parquet"), &batch(vec![("x", ints(0..2))]), groups_of(10));
    let text = batch(vec![("x", Arc::new(StringArray::from(vec!["a"])))]);
    write(&folder.path().join("2.parquet"), &text, groups_of(10));
    let error = ParquetTable::open(folder.path().to_str().expect("UTF-8")).expect_err("unlike types");
    assert!(error.is(&conditions::PARQUET_COLUMN_DATA_TYPE_MISMATCH));
    let message = error.message();
    assert!(message.contains("1.parquet") && message.contains("2.parquet"), "{message}");
    assert!(message.contains("\"INT\"") && message.contains("\"STRING\""), "{message}");
}

#[test]
fn what_is_written_is_read_and_listed() {
    let folder = tempdir().expect("folder");
    let columns = [("n".to_owned(), SqlType::decimal(12, 2)), ("s".to_owned(), SqlType::STRING)];
    let mut writer = ParquetWriter::create(&folder.path().join("out.parquet"), &columns).expect("a writer");
    let decimals = arrow::array::Decimal128Array::from(vec![Some(150), None]).with_precision_and_scale(12, 2);
    let text = arrow::array::StringViewArray::from(vec![Some("a"), Some("a string that is no inline view")]);
    let written = batch(vec![("n", Arc::new(decimals.expect("digits")) as ArrayRef), ("s", Arc::new(text))]);
    writer.write(&Batch::from_record_batch(&written)).expect("written");
    assert_eq!(writer.finish().expect("finished"), 2);

    let tables = tables_in(folder.path().to_str().expect("UTF-8"), &Settings::default()).expect("tables");
    assert_eq!(tables.len(), 1);
    assert_eq!(tables[0].0, "out");
    let table = ParquetTable::open(&tables[0].1).expect("a table");
    assert_eq!(TestScan::all(table.as_ref()).run(&query()).expect("rows"), written);
}
