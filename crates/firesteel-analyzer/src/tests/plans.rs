//! Plans as text.

use super::{plan, run, schema};

#[test]
fn a_plain_select_is_a_project_over_a_filter() {
    assert_eq!(
        plan("select a + 1 as x from t where b = 'y'"),
        "Project [(a#0 + 1) AS x#3]\n+- Filter (b#1 = y)\n   +- Relation t [a#0, b#1, d#2]\n"
    );
}

#[test]
fn aggregates_are_shared_and_keys_recognized() {
    let text = plan("select a + 1, sum(a), sum(a) * 2 from t group by a + 1 having sum(a) > 3 order by count(*) desc");
    assert!(text.contains("[sum(a#0) AS sum(a)#"), "{text}");
    assert_eq!(text.matches("sum(a#0)").count(), 1, "{text}");
    assert!(text.contains("Sort [_order#") && text.contains("Filter (sum(a)#"), "{text}");
}

#[test]
fn keys_that_are_not_selected_are_dropped_after_the_sort() {
    assert_eq!(
        plan("select a from t order by b desc, 1"),
        "Project [a#3]\n\
         +- Sort [_order#4 DESC NULLS LAST, a#3 ASC NULLS FIRST]\n\
         \x20  +- Project [a#0 AS a#3, b#1 AS _order#4]\n\
         \x20     +- Relation t [a#0, b#1, d#2]\n"
    );
}

#[test]
fn aliases_build_on_aliases() {
    assert_eq!(
        plan("select a + 1 as x, x * 2 as y from t"),
        "Project [x#3, (x#3 * 2) AS y#4]\n\
         +- Project [(a#0 + 1) AS x#3]\n\
         \x20  +- Relation t [a#0, b#1, d#2]\n"
    );
    // Twice as many references at each step, yet one Project each.
    let steps: Vec<_> = (1..60).map(|at| format!("x{} + x{} as x{at}", at - 1, at - 1)).collect();
    assert!(run(&format!("select a as x0, {} from t", steps.join(", "))).is_ok());
}

#[test]
fn group_by_finds_ordinals_and_aliases() {
    for sql in [
        "select a + 1 as k, count(*) from t group by 1",
        "select a + 1 as k, count(*) from t group by k",
        "select a + 1 as k, count(*) from t group by all",
        "select a + 1 as k, count(*) from t group by a + 1",
    ] {
        assert!(plan(sql).contains("Aggregate [(a#0 + 1) AS "), "{sql}: {}", plan(sql));
        assert_eq!(schema(sql), "struct<k:int,count(1):bigint>");
    }
}

#[test]
fn uncorrelated_subqueries_are_joins() {
    let text = plan("select a from t where a in (select a from u) and a not in (select a from u)");
    assert!(text.contains("Join LeftSemi") && text.contains("Join LeftAnti"), "{text}");
    let text = plan("select b from t group by b having sum(a) > (select max(a) from u)");
    assert!(text.contains("Join Inner"), "{text}");
    assert!(plan("select a from t where exists (select 1 from u)").contains("Join LeftSemi"));
}

#[test]
fn each_reference_has_its_own_columns() {
    let text = plan("with q as (select a from t) select * from q x join q y on x.a = y.a");
    assert_eq!(text.matches("Relation t").count(), 1, "{text}");
    assert!(text.contains("condition: (a#4 = a#5)"), "{text}");
}

#[test]
fn neighbouring_unions_are_one() {
    let text = plan("select a from t union select a from t union select a from t");
    assert_eq!((text.matches("Union").count(), text.matches("Aggregate").count()), (1, 1), "{text}");
}

#[test]
fn long_and_deep_inputs_do_not_overflow() {
    let sum = format!("select {} from t", vec!["a"; 10_000].join(" + "));
    assert!(run(&sum).is_ok());
    let all = format!("select a from t where {}", vec!["a > 1"; 10_000].join(" and "));
    assert!(run(&all).is_ok());
    let deep = format!("select {}a{} from t", "(1 + ".repeat(200), ")".repeat(200));
    assert!(run(&deep).is_ok());
}
