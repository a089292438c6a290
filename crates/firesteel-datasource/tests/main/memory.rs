//! Record batches in memory as a table.

use std::sync::Arc;

use arrow::array::{Int32Array, StringArray};
use firesteel_catalog::Table;
use firesteel_datasource::MemoryTable;
use firesteel_expr::Literal;

use crate::harness::{TestScan, batch, call, query_with_batches_of};

#[test]
fn batches_are_a_table() {
    let first = batch(vec![
        ("x", Arc::new(Int32Array::from(vec![1, 2, 3]))),
        ("s", Arc::new(StringArray::from(vec!["a", "b", "c"]))),
    ]);
    let second =
        batch(vec![("x", Arc::new(Int32Array::from(vec![4, 5]))), ("s", Arc::new(StringArray::from(vec!["d", "e"])))]);
    let table = MemoryTable::new(&first.schema(), vec![first, second]).expect("a table");
    let scan = TestScan::new(table.as_ref(), &["s"]).others(&["x"]);
    let filter = call(">", &scan.column("x"), Literal::int(1));
    let scan = scan.filter(filter);
    let found = scan.run(&query_with_batches_of(2)).expect("rows");
    let text: Vec<_> = arrow::array::AsArray::as_string_view(found.column(0)).iter().flatten().collect();
    assert_eq!(text, ["b", "c", "d", "e"]);
    assert_eq!(scan.open(&query_with_batches_of(2)).expect("a scan").workers_max(), 3);
}

#[test]
fn a_table_that_is_gone_is_not_found() {
    let rows = batch(vec![("x", Arc::new(Int32Array::from(vec![1])))]);
    let table = MemoryTable::new(&rows.schema(), vec![rows.clone()]).expect("a table");
    let other = MemoryTable::new(&rows.schema(), Vec::new()).expect("a table");
    assert_eq!(TestScan::all(other.as_ref()).rows(&query_with_batches_of(2)).expect("no rows"), 0);
    let source = table.source();
    drop(table);
    assert!(source.splits[0].location.parse::<u64>().is_ok());
}
