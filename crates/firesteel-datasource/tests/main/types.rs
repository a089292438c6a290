//! Types and encodings of Parquet as columns of a plan.

use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Int32Type};
use firesteel_datasource::ParquetTable;
use parquet::basic::{Compression, Encoding};
use parquet::data_type::Int96;
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use tempfile::tempdir;

use crate::harness::{TestScan, batch, groups_of, query_with_batches_of, write};

/// Writes and reads back; the types as SQL, and the rows.
fn through_a_file(written: &RecordBatch, properties: WriterProperties) -> (Vec<String>, RecordBatch) {
    let folder = tempdir().expect("folder");
    let path = write(&folder.path().join("t.parquet"), written, properties);
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    let types = table.columns().iter().map(|column| column.data_type.to_string()).collect();
    let rows = TestScan::all(table.as_ref()).run(&query_with_batches_of(100)).expect("rows");
    (types, rows)
}

#[test]
fn timestamps_become_microseconds() {
    let written = batch(vec![
        ("s", Arc::new(TimestampMillisecondArray::from(vec![Some(-1), None]).with_timezone("UTC")) as ArrayRef),
        ("n", Arc::new(TimestampNanosecondArray::from(vec![Some(-1), Some(1_999)]))),
        ("u", Arc::new(TimestampMicrosecondArray::from(vec![5, 6]).with_timezone("+02:00"))),
    ]);
    let (types, rows) = through_a_file(&written, groups_of(10));
    assert_eq!(types, ["timestamp", "timestamp_ntz", "timestamp"]);
    let utc = |values: Vec<Option<i64>>| TimestampMicrosecondArray::from(values).with_timezone("UTC");
    assert_eq!(rows.column(0).as_ref(), &utc(vec![Some(-1000), None]) as &dyn Array);
    assert_eq!(rows.column(1).as_ref(), &TimestampMicrosecondArray::from(vec![-1, 1]) as &dyn Array);
    assert_eq!(rows.column(2).as_ref(), &utc(vec![Some(5), Some(6)]) as &dyn Array);
}

#[test]
fn the_old_96_bit_timestamps_are_instants() {
    let folder = tempdir().expect("folder");
    let path = folder.path().join("t.parquet");
    let message = Arc::new(parse_message_type("message m { optional int96 t; }").expect("a message"));
    let file = std::fs::File::create(&path).expect("a file");
    let mut writer = SerializedFileWriter::new(file, message, Arc::new(WriterProperties::default())).expect("a writer");
    let mut group = writer.next_row_group().expect("a row group");
    let mut column = group.next_column().expect("a column").expect("a column");
    // 3_000 ns after midnight of Julian day 2440588, which is 1970-01-01.
    let mut value = Int96::new();
    value.set_data(3_000, 0, 2_440_588);
    column.typed::<parquet::data_type::Int96Type>().write_batch(&[value], Some(&[1, 0]), None).expect("written");
    column.close().expect("closed");
    group.close().expect("closed");
    writer.close().expect("closed");

    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    assert_eq!(table.columns()[0].data_type, firesteel_common::SqlType::Timestamp);
    let rows = TestScan::all(table.as_ref()).run(&query_with_batches_of(100)).expect("rows");
    let expected = TimestampMicrosecondArray::from(vec![Some(3), None]).with_timezone("UTC");
    assert_eq!(rows.column(0).as_ref(), &expected as &dyn Array);
}

#[test]
fn numbers_keep_their_value() {
    let digits = |array: Decimal128Array, p, s| Arc::new(array.with_precision_and_scale(p, s).expect("digits"));
    let written = batch(vec![
        ("u8", Arc::new(UInt8Array::from(vec![u8::MAX, 0])) as ArrayRef),
        ("u32", Arc::new(UInt32Array::from(vec![u32::MAX, 0]))),
        ("u64", Arc::new(UInt64Array::from(vec![u64::MAX, 0]))),
        ("d9", digits(Decimal128Array::from(vec![Some(-999_999_999), None]), 9, 2)),
        ("d18", digits(Decimal128Array::from(vec![Some(999_999_999_999_999_999), None]), 18, 2)),
        ("d38", digits(Decimal128Array::from(vec![Some(10_i128.pow(38) - 1), Some(-1)]), 38, 10)),
    ]);
    let (types, rows) = through_a_file(&written, groups_of(10));
    assert_eq!(types, ["smallint", "bigint", "decimal(20,0)", "decimal(9,2)", "decimal(18,2)", "decimal(38,10)"]);
    assert_eq!(rows.column(0).as_ref(), &Int16Array::from(vec![255, 0]) as &dyn Array);
    assert_eq!(rows.column(1).as_ref(), &Int64Array::from(vec![i64::from(u32::MAX), 0]) as &dyn Array);
    let unsigned =
        Decimal128Array::from(vec![i128::from(u64::MAX), 0]).with_precision_and_scale(20, 0).expect("digits");
    assert_eq!(rows.column(2).as_ref(), &unsigned as &dyn Array);
    for column in 3..6 {
        assert_eq!(rows.column(column), written.column(column));
    }
}

#[test]
fn small_decimals_travel_narrow() {
    let folder = tempdir().expect("folder");
    let narrow = Decimal128Array::from(vec![1, 2]).with_precision_and_scale(15, 2).expect("digits");
    let path = write(&folder.path().join("t.parquet"), &batch(vec![("d", Arc::new(narrow))]), groups_of(10));
    let table = ParquetTable::open(path.to_str().expect("UTF-8")).expect("a table");
    let batches = TestScan::all(table.as_ref()).batches(&query_with_batches_of(100)).expect("rows");
    assert_eq!(batches[0].columns[0].arrow_type(), &DataType::Decimal64(15, 2));
}

#[test]
fn nested_columns_are_canonical() {
    let structs = StructArray::new(
        Fields::from(vec![Field::new("a", DataType::Int32, false), Field::new("b", DataType::Utf8, true)]),
        vec![Arc::new(Int32Array::from(vec![1, 2, 3])), Arc::new(StringArray::from(vec![Some("x"), None, Some("z")]))],
        Some(NullBuffer::from(vec![true, true, false])),
    );
    let item = Arc::new(Field::new("item", structs.data_type().clone(), true));
    let offsets = OffsetBuffer::new(vec![0, 2, 2, 3].into());
    let list = ListArray::new(item, offsets, Arc::new(structs), Some(NullBuffer::from(vec![true, false, true])));
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    map.keys().append_value("k");
    map.values().append_null();
    map.append(true).expect("an entry");
    map.append(false).expect("no map");
    map.append(true).expect("an empty map");
    let written = batch(vec![("l", Arc::new(list) as ArrayRef), ("m", Arc::new(map.finish()))]);
    let (types, rows) = through_a_file(&written, groups_of(2));
    assert_eq!(types, ["array<struct<a:int,b:string>>", "map<string,int>"]);
    let list = rows.column(0).as_list::<i32>();
    assert_eq!((list.value_length(0), list.is_null(1), list.value_length(2)), (2, true, 1));
    let first = list.value(0);
    let (numbers, text) = (first.as_struct().column(0), first.as_struct().column(1));
    assert_eq!(numbers.as_primitive::<Int32Type>().values().as_ref(), &[1, 2]);
    assert_eq!(text.as_string_view().iter().collect::<Vec<_>>(), [Some("x"), None]);
    assert!(list.value(2).is_null(0));
    let map = rows.column(1).as_map();
    assert_eq!((map.value_length(0), map.is_null(1), map.value_length(2)), (1, true, 0));
    assert!(map.value(0).column(1).is_null(0));
}

#[test]
fn every_encoding_gives_the_same_rows() {
    let rows = 500;
    let number = |at: i32| (at % 7 != 0).then_some(at / 3);
    let written = batch(vec![
        ("i", Arc::new((0..rows).map(number).collect::<Int32Array>()) as ArrayRef),
        ("l", Arc::new((0..rows).map(|at| Some(i64::from(at) << 33)).collect::<Int64Array>())),
        (
            "s",
            Arc::new(
                (0..rows)
                    .map(|at| number(at).map(|n| format!("some text that is long {n}")))
                    .collect::<StringViewArray>(),
            ),
        ),
        ("b", Arc::new((0..rows).map(|at| number(at).map(|n| n % 2 == 0)).collect::<BooleanArray>())),
        ("d", Arc::new((0..rows).map(|at| number(at).map(f64::from)).collect::<Float64Array>())),
    ]);
    let base = || WriterProperties::builder().set_max_row_group_row_count(Some(200)).set_data_page_row_count_limit(64);
    let plain = |encoding| base().set_dictionary_enabled(false).set_encoding(encoding);
    let of = |column: &str, encoding| plain(Encoding::PLAIN).set_column_encoding(column.into(), encoding);
    let variants = [
        base(),
        plain(Encoding::PLAIN),
        of("i", Encoding::DELTA_BINARY_PACKED),
        of("s", Encoding::DELTA_LENGTH_BYTE_ARRAY),
        of("s", Encoding::DELTA_BYTE_ARRAY),
        of("d", Encoding::BYTE_STREAM_SPLIT),
        of("b", Encoding::RLE).set_writer_version(WriterVersion::PARQUET_2_0),
        base().set_writer_version(WriterVersion::PARQUET_2_0),
        base().set_compression(Compression::SNAPPY),
        base().set_compression(Compression::ZSTD(Default::default())),
        base().set_compression(Compression::LZ4_RAW),
        base().set_compression(Compression::GZIP(Default::default())),
        // A dictionary that is given up half-way.
        base().set_dictionary_page_size_limit(256).set_write_batch_size(16),
    ];
    for (number, properties) in variants.into_iter().enumerate() {
        let (_, found) = through_a_file(&written, properties.build());
        assert_eq!(found, written, "variant {number}");
    }
}
