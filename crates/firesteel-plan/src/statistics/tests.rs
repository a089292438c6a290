//! Arithmetic of estimates, by hand.

use datafusion_common::ScalarValue;
use firesteel_catalog::{ColumnStatistics, Estimate, Source};
use firesteel_common::ColumnId;

use super::Statistics;
use super::groups::{seen, unseen};

#[test]
fn few_rows_do_not_show_all_values() {
    assert!((seen(10.0, 1e6) - 10.0).abs() < 1e-9);
    // A thousand draws out of a thousand values: 1 - 1/e of them.
    assert!((seen(1000.0, 1000.0) - 632.3).abs() < 0.5);
    assert!(seen(1e9, 100.0) <= 100.0 && seen(1e9, 100.0) > 99.99);
    assert_eq!(seen(5.0, 0.0), 0.0);
}

#[test]
fn what_was_seen_tells_what_there_is() {
    for distinct in [2.0, 50.0, 1000.0, 250_000.0] {
        let rows = 100_000.0;
        let found = unseen(seen(distinct, rows), rows);
        assert!((found / distinct - 1.0).abs() < 0.01, "{distinct}: {found}");
    }
    assert_eq!(unseen(10.0, 10.0), f64::INFINITY);
}

#[test]
fn no_more_values_than_lie_between_the_bounds() {
    let column = |most, distinct| ColumnStatistics {
        min: Some(ScalarValue::Int32(Some(1))),
        max: Some(ScalarValue::Int32(Some(most))),
        distinct: Some(Estimate { value: distinct, source: Source::Measured }),
        ..ColumnStatistics::default()
    };
    let (few, many) = (ColumnId(1), ColumnId(2));
    let columns = [(few, column(100, 8e6)), (many, column(1_000_000, 50.0))];
    let statistics = Statistics::new(Estimate::exact(8e6), columns.into_iter().collect());
    let distinct = |id| statistics.distinct(id).expect("known").value;
    assert_eq!((distinct(few), distinct(many)), (100.0, 50.0));
}
