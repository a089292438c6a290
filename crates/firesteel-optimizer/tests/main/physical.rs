//! Whole plans: every batch, then operators.

use insta::assert_snapshot;

use crate::harness::{optimized, physical, physical_plan};
use firesteel_plan::physical::wire;

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

/// What arrives is what was sent: operators, schemas, literals of every kind, functions by name.
#[test]
fn plans_survive_the_wire() {
    for sql in [
        "SELECT name, sum(x), count(DISTINCT y) FILTER (WHERE x > 1) FROM big JOIN small ON big.id = small.id GROUP BY name",
        "SELECT a, CAST(s AS DECIMAL(10,2)) + 1.5, try_cast(s AS INT) FROM t WHERE s LIKE 'x%' ORDER BY a DESC LIMIT 3",
        "SELECT * FROM VALUES (1, DATE '2024-01-01', X'1F', array(1, 2)) AS v(a, b, c, d)",
        "SELECT a FROM t UNION ALL SELECT k FROM u LIMIT 5 OFFSET 1",
        "SELECT a FROM t LEFT JOIN u ON a < k",
    ] {
        let plan = physical_plan(sql);
        let arrived = wire::decode(&wire::encode(&plan).expect(sql)).expect(sql);
        let (sent, arrived) = (plan.preorder(), arrived.preorder());
        assert_eq!(sent.len(), arrived.len(), "{sql}");
        for (sent, arrived) in sent.iter().zip(&arrived) {
            assert_eq!((&sent.op, &sent.schema), (&arrived.op, &arrived.schema), "{sql}");
        }
    }
    assert!(wire::decode(b"no plan").is_err());
}
