//! Arithmetic of estimates, by hand.

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
