//! Whole plans: every batch, then operators.

use insta::assert_snapshot;

use crate::harness::{optimized, physical};

fn plans(statements: &[&str]) -> String {
    let case = |sql: &&str| format!("{sql}\n\n{}\n{}", optimized(sql), physical(sql));
    statements.iter().map(case).collect::<Vec<_>>().join("\n----\n\n")
}

#[test]
fn joins_build_on_the_smaller_side_and_filter_the_larger_scan() {
    assert_snapshot!(plans(&[
        "SELECT name, sum(x) FROM big JOIN small ON big.id = small.id GROUP BY name ORDER BY 2 DESC LIMIT 3",
        "SELECT a, v FROM t LEFT JOIN u ON a = k",
        "SELECT a FROM t JOIN u ON a < k",
    ]));
}

#[test]
fn uncertain_builds_run_first() {
    assert_snapshot!(plans(&["SELECT x FROM big JOIN (SELECT k FROM u GROUP BY k) ON id = k"]));
}

#[test]
fn limits_over_an_order_are_top_n() {
    assert_snapshot!(plans(&[
        "SELECT a FROM t ORDER BY b DESC LIMIT 5 OFFSET 2",
        "SELECT a FROM t LIMIT 5",
        "SELECT DISTINCT a FROM t ORDER BY a",
    ]));
}
