//! Per rule: what it does, what it leaves alone, and a case with NULL or with an error that must not arise early.

use firesteel_optimizer::rule::Rule;
use firesteel_optimizer::rules::{
    collapse_projects, combine_filters, eliminate_filter, extract_join_keys, fold_constants, propagate_empty,
    prune_columns, push_down_filter, push_filter_into_read, remove_projects, reorder_joins, simplify_booleans,
    simplify_limits, unnest_subqueries, unwrap_casts,
};
use insta::assert_snapshot;

use crate::harness::cases;

#[test]
fn fold_constants() {
    const RULES: &[Rule] = &[fold_constants::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE a > 1 + 2",
            "SELECT a + b FROM t",
            "SELECT a FROM t WHERE a = 1 AND 1 / 0 > 0",
            "SELECT a FROM t WHERE a > CAST(NULL AS INT)",
        ]
    ));
}

#[test]
fn unnest_subqueries() {
    const RULES: &[Rule] = &[unnest_subqueries::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.k = t.a AND u.v > 1)",
            "SELECT a FROM t WHERE b > (SELECT count(*) FROM u WHERE u.k = t.a)",
            "SELECT (SELECT max(v) FROM u WHERE u.k < t.a) FROM t",
            "SELECT a FROM t WHERE a IN (SELECT k FROM u WHERE v > 1)",
        ]
    ));
}

#[test]
fn simplify_booleans() {
    const RULES: &[Rule] = &[simplify_booleans::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE true AND a > 1 AND a > 1",
            "SELECT a FROM t WHERE NOT (a < b)",
            "SELECT a FROM t WHERE a IN (1)",
            "SELECT a FROM t WHERE (a = 1 AND b = 2) OR (a = 1 AND b = 3)",
            "SELECT a FROM t WHERE 1 / a > 0 AND false",
            "SELECT a FROM t WHERE a > 1 OR b > 1",
        ]
    ));
}

#[test]
fn unwrap_casts() {
    const RULES: &[Rule] = &[fold_constants::RULE, unwrap_casts::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE a < 5L",
            "SELECT a FROM t WHERE a = 3000000000L",
            "SELECT a FROM t WHERE a = 1.5",
            "SELECT a FROM t WHERE s = 1",
        ]
    ));
}

#[test]
fn eliminate_filter() {
    const RULES: &[Rule] = &[fold_constants::RULE, eliminate_filter::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE true",
            "SELECT a FROM t WHERE false",
            "SELECT a FROM t WHERE CAST(NULL AS BOOLEAN)",
            "SELECT a FROM t WHERE a > 1",
        ]
    ));
}

#[test]
fn combine_filters() {
    const RULES: &[Rule] =
        &[collapse_projects::RULE, remove_projects::RULE, push_down_filter::RULE, combine_filters::RULE];
    assert_snapshot!(cases(RULES, &["SELECT a FROM (SELECT * FROM t WHERE a > 1) WHERE b > 2 AND a < 9"]));
}

#[test]
fn collapse_projects() {
    const RULES: &[Rule] = &[collapse_projects::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT x + 1 FROM (SELECT a * 2 AS x FROM t)",
            "SELECT x + x FROM (SELECT a * 2 AS x FROM t)",
            "SELECT x + x FROM (SELECT a AS x FROM t)",
        ]
    ));
}

#[test]
fn push_down_filter() {
    const RULES: &[Rule] = &[push_down_filter::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t, u WHERE a = k AND b > 1 AND v < 2",
            "SELECT a, v FROM t LEFT JOIN u ON a = k AND v > 1 AND b > 1 WHERE b = 5 AND v = 6",
            "SELECT a FROM t JOIN u ON a = k WHERE 10 / b > 1",
            "SELECT a, n FROM (SELECT a, count(*) AS n FROM t GROUP BY a) WHERE a > 1 AND n > 2",
            "SELECT a FROM (SELECT a FROM t UNION ALL SELECT k FROM u) WHERE a > 1",
            "SELECT a FROM (SELECT a FROM t LIMIT 5) WHERE a > 1",
            "SELECT x FROM t LATERAL VIEW explode(array(a, b)) v AS x WHERE a > 1 AND x > 2 AND a < x AND b / a > 1",
        ]
    ));
}

#[test]
fn extract_join_keys() {
    const RULES: &[Rule] = &[extract_join_keys::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t JOIN u ON a = k AND b < v",
            "SELECT a FROM t JOIN u ON a + 1 = k OR b = v",
            "SELECT a FROM t JOIN u ON a = 1",
            "SELECT a FROM t JOIN u ON a <=> k AND b <=> v + 1",
            "SELECT a FROM t JOIN (SELECT count(*) AS n FROM u) ON cast(a AS BIGINT) <=> n",
        ]
    ));
}

#[test]
fn propagate_empty() {
    const RULES: &[Rule] = &[eliminate_filter::RULE, propagate_empty::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t JOIN (SELECT * FROM u WHERE false) ON a = k",
            "SELECT a FROM t LEFT JOIN (SELECT * FROM u WHERE false) ON a = k",
            "SELECT count(*) FROM t WHERE false",
            "SELECT a, count(*) FROM t WHERE false GROUP BY a",
        ]
    ));
}

#[test]
fn simplify_limits() {
    const RULES: &[Rule] = &[simplify_limits::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t LIMIT 0",
            "SELECT * FROM (SELECT a FROM t LIMIT 10 OFFSET 3) LIMIT 5 OFFSET 2",
            "SELECT a + 1 FROM t ORDER BY b LIMIT 5",
        ]
    ));
}

#[test]
fn reorder_joins() {
    const RULES: &[Rule] = &[push_down_filter::RULE, extract_join_keys::RULE, reorder_joins::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT big.y FROM big, t, small WHERE big.x = t.a AND big.id = small.id AND t.b = 7",
            "SELECT t.a FROM t JOIN u ON a = k",
        ]
    ));
}

#[test]
fn prune_columns() {
    const RULES: &[Rule] = &[prune_columns::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t JOIN u ON b = k",
            "SELECT count(*) FROM t",
            "SELECT a FROM (SELECT a, sum(b) AS n, max(s) FROM t GROUP BY a) WHERE n > 1",
        ]
    ));
}

#[test]
fn push_filter_into_read() {
    const RULES: &[Rule] = &[push_filter_into_read::RULE];
    assert_snapshot!(cases(
        RULES,
        &["SELECT a FROM t WHERE a > 1 AND s LIKE 'x%'", "SELECT a FROM t WHERE a > 1 AND 1 / b > 0",]
    ));
}
