//! Per rule: what it does, what it leaves alone, and a case with NULL or with an error that must not arise early.

use firesteel_optimizer::rule::Rule;
use firesteel_optimizer::rules::{
    aggregate_before_expand, answer_from_statistics, collapse_projects, combine_filters, combine_unions,
    derive_from_or, eliminate_filter, eliminate_outer_join, extract_join_keys, fold_constants, infer_filters,
    infer_window_group_limit, propagate_constants, propagate_empty, prove_arithmetic, prune_columns, pull_up_projects,
    push_down_filter, push_down_limit, push_filter_into_read, recognize_anti_join, remove_aggregates, remove_joins,
    remove_projects, remove_sorts, reorder_joins, share_subplans, simplify_aggregates, simplify_booleans,
    simplify_conditionals, simplify_in, simplify_limits, split_distinct, unnest_subqueries, unwrap_casts,
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

#[test]
fn eliminate_outer_join() {
    const RULES: &[Rule] = &[extract_join_keys::RULE, eliminate_outer_join::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a, v FROM t LEFT JOIN u ON a = k WHERE v > 1",
            "SELECT a, v FROM t FULL JOIN u ON a = k WHERE a > 1",
            "SELECT a, v FROM t FULL JOIN u ON a = k WHERE a > v",
            "SELECT a FROM t LEFT JOIN u ON a = k JOIN small ON v = id",
            "SELECT a FROM t LEFT JOIN u ON a = k WHERE a > CASE WHEN k IS NOT NULL THEN v ELSE NULL END",
            // NULL may pass.
            "SELECT a FROM t LEFT JOIN u ON a = k WHERE a > CASE WHEN k IS NOT NULL THEN v ELSE 0 END",
            "SELECT a, v FROM t LEFT JOIN u ON a = k WHERE v > 1 OR v IS NULL",
            "SELECT a, v FROM t LEFT JOIN u ON a = k WHERE coalesce(v, 5) > 1",
            "SELECT n FROM (SELECT v, count(*) AS n FROM t LEFT JOIN u ON a = k GROUP BY v) WHERE n > 1",
        ]
    ));
}

#[test]
fn infer_filters() {
    const RULES: &[Rule] = &[push_down_filter::RULE, extract_join_keys::RULE, infer_filters::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t JOIN u ON a = k WHERE a = 5",
            "SELECT a FROM t, u, small WHERE a = k AND k = id AND id IN (1, 2)",
            "SELECT a FROM t LEFT JOIN (SELECT * FROM u WHERE k > 3) ON a = k WHERE a < 5",
            "SELECT a FROM t LEFT ANTI JOIN u ON a = k WHERE a < 5",
            "SELECT a FROM t FULL JOIN (SELECT * FROM u WHERE k > 3) ON a = k",
            "SELECT a FROM t JOIN u ON a + 1 = k WHERE k = 5",
            "SELECT m FROM (SELECT b AS m, sum(a) FROM t WHERE b = 3 GROUP BY b) LEFT JOIN (SELECT v AS n FROM u) ON m = n",
        ]
    ));
}

#[test]
fn derive_from_or() {
    const RULES: &[Rule] = &[push_down_filter::RULE, extract_join_keys::RULE, derive_from_or::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t, u WHERE a = k AND ((b = 1 AND v = 2) OR (b = 3 AND v = 4))",
            "SELECT a FROM t, u WHERE a = k AND ((b = 1 AND v = 2) OR b = 3)",
            "SELECT a FROM t LEFT JOIN u ON a = k AND ((b = 1 AND v = 2) OR (b = 3 AND v = 4))",
        ]
    ));
}

#[test]
fn simplify_in() {
    const RULES: &[Rule] = &[fold_constants::RULE, simplify_in::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE a = 1 OR a = 2 OR b > 3",
            "SELECT a FROM t WHERE a IN (1, 2, 1) OR 3 = a OR a IN (2, NULL)",
            "SELECT a FROM t WHERE a = 1 OR b = 2",
            "SELECT a FROM t WHERE a = b OR a = 2",
        ]
    ));
}

#[test]
fn propagate_constants() {
    const RULES: &[Rule] = &[fold_constants::RULE, propagate_constants::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t WHERE a = 5 AND b > a",
            "SELECT a FROM t WHERE a = 5 AND a = b AND a = 6",
            "SELECT a + CAST(NULL AS INT) FROM t",
            "SELECT a FROM t WHERE a > 1 OR CAST(NULL AS BOOLEAN)",
            // Dividing might fail before it meets the NULL.
            "SELECT 1 / a + CAST(NULL AS INT) FROM t",
        ]
    ));
}

#[test]
fn simplify_conditionals() {
    const RULES: &[Rule] = &[fold_constants::RULE, simplify_conditionals::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT CASE WHEN false THEN 1 WHEN a > 1 THEN 2 WHEN true THEN 3 WHEN b > 1 THEN 4 END FROM t",
            "SELECT IF(a > 1, b, b), IF(1 / a > 1, b, b) FROM t",
            "SELECT coalesce(NULL, a, 1, b), coalesce(NULL, 1, a) FROM t",
            "SELECT CAST(CAST(a AS BIGINT) AS INT), CAST(CAST(a AS SMALLINT) AS INT) FROM t",
        ]
    ));
}

#[test]
fn push_down_limit() {
    const RULES: &[Rule] = &[simplify_limits::RULE, push_down_limit::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT * FROM (SELECT a FROM t UNION ALL SELECT k FROM u) LIMIT 5 OFFSET 2",
            "SELECT a FROM t LEFT JOIN u ON a = k LIMIT 5",
            "SELECT a FROM t CROSS JOIN u LIMIT 5",
            "SELECT a FROM t JOIN u ON a = k LIMIT 5",
            "SELECT count(*) FROM t LIMIT 5",
        ]
    ));
}

#[test]
fn simplify_aggregates() {
    const RULES: &[Rule] = &[collapse_projects::RULE, simplify_aggregates::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a, a - 1, count(*) FROM t GROUP BY a, a - 1",
            "SELECT 1, a, max(DISTINCT b) FROM t GROUP BY 1, a",
            "SELECT sum(a) + 1, sum(a), min(b) FILTER (WHERE true) FROM t",
            // All keys constant: one stays, so that no rows give no group.
            "SELECT count(*) FROM t GROUP BY 'x', 'y'",
        ]
    ));
}

#[test]
fn remove_aggregates() {
    const RULES: &[Rule] = &[extract_join_keys::RULE, remove_aggregates::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT DISTINCT a, n FROM (SELECT a, count(*) AS n FROM t GROUP BY a)",
            "SELECT DISTINCT n FROM (SELECT a, count(*) AS n FROM t GROUP BY a)",
            "SELECT a FROM t LEFT SEMI JOIN (SELECT DISTINCT k FROM u) ON a = k",
        ]
    ));
}

#[test]
fn remove_joins() {
    const RULES: &[Rule] = &[extract_join_keys::RULE, remove_joins::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t LEFT JOIN (SELECT k FROM u GROUP BY k) ON a = k",
            "SELECT a FROM t LEFT JOIN u ON a = k",
            "SELECT a FROM t LEFT JOIN u ON a = k GROUP BY a",
            "SELECT max(b) FROM t JOIN u ON a = k",
            "SELECT sum(b) FROM t JOIN u ON a = k",
        ]
    ));
}

#[test]
fn remove_sorts() {
    const RULES: &[Rule] = &[remove_sorts::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM (SELECT a, b FROM t ORDER BY b) ORDER BY a",
            "SELECT a, count(*) FROM (SELECT a FROM t ORDER BY b) GROUP BY a",
            "SELECT first(a) FROM (SELECT a FROM t ORDER BY b)",
            "SELECT a FROM (SELECT a FROM t ORDER BY b LIMIT 3) JOIN u ON a = k",
            "SELECT count(*) FROM t ORDER BY 1",
            "SELECT a, b FROM t ORDER BY a, 'x', a DESC, b",
        ]
    ));
}

#[test]
fn combine_unions() {
    const RULES: &[Rule] = &[combine_unions::RULE];
    assert_snapshot!(cases(
        RULES,
        &["SELECT x FROM (SELECT a, b AS x FROM t UNION ALL SELECT k, v FROM u) UNION ALL SELECT id FROM small"]
    ));
}

#[test]
fn answer_from_statistics() {
    const RULES: &[Rule] = &[collapse_projects::RULE, answer_from_statistics::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT count(*), min(a), max(a) FROM t",
            "SELECT count(n_nationkey) FROM nation",
            // How many are NULL, and what the texts are, nobody said.
            "SELECT count(a) FROM t",
            "SELECT max(s) FROM t",
            "SELECT count(*) FROM t WHERE a > 1",
        ]
    ));
}

#[test]
fn pull_up_projects() {
    const RULES: &[Rule] = &[collapse_projects::RULE, extract_join_keys::RULE, pull_up_projects::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT x, name FROM (SELECT a AS x, v AS y FROM t JOIN u ON a = k) LEFT JOIN small ON x = id",
            "SELECT x FROM (SELECT a + 1 AS x FROM t JOIN u ON a = k) JOIN small ON x = id",
        ]
    ));
}

#[test]
fn split_distinct() {
    const RULES: &[Rule] = &[split_distinct::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a, count(DISTINCT b) FROM t GROUP BY a",
            "SELECT sum(DISTINCT a), count(DISTINCT a), max(b) FROM t",
            "SELECT count(DISTINCT a, b) FROM t",
            "SELECT count(DISTINCT a), count(DISTINCT b) FROM t",
            "SELECT count(DISTINCT a), sum(b) FROM t",
            "SELECT count(DISTINCT a) FILTER (WHERE b > 1) FROM t",
        ]
    ));
}

#[test]
fn windows_keep_what_they_need() {
    const RULES: &[Rule] = &[push_down_filter::RULE, prune_columns::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM (SELECT a, row_number() OVER (PARTITION BY a ORDER BY b) AS r FROM t) WHERE a > 1 AND r = 1",
            "SELECT a FROM (SELECT a, b, count(*) OVER (PARTITION BY a) AS c FROM t) WHERE b > 1",
            "SELECT a FROM (SELECT a, count(*) OVER (PARTITION BY a) AS c FROM t) WHERE 1 / a > 0",
            "SELECT a FROM (SELECT a, sum(b) OVER (ORDER BY b) AS s FROM t)",
            "SELECT a FROM (SELECT a, b, count(*) AS c FROM t GROUP BY ROLLUP (a, b)) WHERE a > 1",
        ]
    ));
}

#[test]
fn prove_arithmetic() {
    const RULES: &[Rule] = &[push_down_filter::RULE, extract_join_keys::RULE, prove_arithmetic::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a FROM t, u WHERE a = k - 53",
            "SELECT a FROM t, u WHERE a = k * 1000000 * b",
            "SELECT a FROM t, u WHERE a = k * 3000000",
            "SELECT a FROM t, big WHERE s = 'x' AND a = x + 1 AND CAST(b AS BIGINT) = CAST(y AS BIGINT) * 2L",
            "SELECT b FROM t, (SELECT row_number() OVER (ORDER BY v) AS n FROM u) WHERE a = n + 1 AND b = n + 2",
        ]
    ));
}

#[test]
fn share_subplans() {
    assert_snapshot!(cases(
        &[share_subplans::RULE],
        &[
            "SELECT w.m FROM (SELECT x % 9 AS y, count(*) AS n FROM big GROUP BY 1) AS v \
             JOIN (SELECT x % 9 AS z, count(*) AS m FROM big GROUP BY 1) AS w ON y = z",
            // The outer ones are taken whole, with what is equal inside of them.
            "SELECT n FROM (SELECT n, count(*) FROM (SELECT y, count(*) AS n FROM big GROUP BY y) GROUP BY n) \
             UNION ALL SELECT n FROM (SELECT n, count(*) FROM (SELECT y, count(*) AS n FROM big GROUP BY y) GROUP BY n)",
            // Other filters, other parts; what is random is never the same; what gives as much as it reads is read again.
            "SELECT count(*) FROM big WHERE x = 1 UNION ALL SELECT count(*) FROM big WHERE x = 2",
            "SELECT max(rand()) FROM big UNION ALL SELECT max(rand()) FROM big",
            "SELECT t.a FROM t JOIN u ON t.a = u.k UNION ALL SELECT t.a FROM t JOIN u ON t.a = u.k",
        ]
    ));
}

#[test]
fn aggregate_before_expand() {
    assert_snapshot!(cases(
        &[aggregate_before_expand::RULE],
        &[
            "SELECT x % 9 AS m, y % 7 AS n, sum(id), avg(x), count(*) FILTER (WHERE x > 3) FROM big GROUP BY ROLLUP (1, 2)",
            // As many groups as rows; sets that cannot be merged; what a set adds.
            "SELECT id, x, sum(y) FROM big GROUP BY ROLLUP (id, x)",
            "SELECT x % 9 AS m, y % 7 AS n, count(DISTINCT id) FROM big GROUP BY ROLLUP (1, 2)",
            "SELECT x % 9 AS m, first(y) FROM big GROUP BY ROLLUP (1)",
        ]
    ));
}

#[test]
fn recognize_anti_join() {
    const RULES: &[Rule] = &[push_down_filter::RULE, extract_join_keys::RULE, recognize_anti_join::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT a, v FROM t LEFT JOIN u ON a = k WHERE k IS NULL AND b > 2",
            "SELECT v FROM t RIGHT JOIN u ON a = k AND b < v WHERE b IS NULL",
            // What may be NULL in a pair, and keys that match where they are NULL.
            "SELECT a FROM t LEFT JOIN u ON a = k WHERE v IS NULL",
            "SELECT a FROM t LEFT JOIN u ON a <=> k WHERE k IS NULL",
            "SELECT a FROM t FULL JOIN u ON a = k WHERE k IS NULL",
        ]
    ));
}

#[test]
fn infer_window_group_limit() {
    const RULES: &[Rule] = &[push_down_filter::RULE, infer_window_group_limit::RULE];
    assert_snapshot!(cases(
        RULES,
        &[
            "SELECT * FROM (SELECT a, rank() OVER (PARTITION BY a ORDER BY b) AS r FROM t) WHERE r <= 3",
            "SELECT * FROM (SELECT a, row_number() OVER w AS n, \
             sum(b) OVER (PARTITION BY a ORDER BY b ROWS UNBOUNDED PRECEDING) AS s FROM t WINDOW w AS (PARTITION BY a ORDER BY b)) \
             WHERE n = 2 AND s > 4",
            // Rows further behind count; so do many rows; a random partition is another one each time.
            "SELECT * FROM (SELECT rank() OVER w AS r, lead(b) OVER w AS l FROM t WINDOW w AS (PARTITION BY a ORDER BY b)) \
             WHERE r = 1",
            "SELECT * FROM (SELECT rank() OVER (PARTITION BY a ORDER BY b) AS r FROM t) WHERE r <= 3000",
            "SELECT * FROM (SELECT rank() OVER (PARTITION BY rand() ORDER BY b) AS r FROM t) WHERE r <= 3",
            "SELECT * FROM (SELECT rank() OVER (PARTITION BY a ORDER BY b) AS r FROM t) WHERE r > 3",
        ]
    ));
}
