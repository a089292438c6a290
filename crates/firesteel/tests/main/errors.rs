//! What is wrong is told by the method that says it, under the condition that SQL gives.

use firesteel::functions::*;
use firesteel::prelude::*;

use crate::dataframe::session;

fn condition(result: Result<DataFrame>) -> &'static str {
    result.expect_err("an error").condition().name
}

#[test]
fn methods_fail_early() {
    let session = session();
    let people = session.table("people").expect("people");
    assert_eq!(condition(people.select("nme")), "UNRESOLVED_COLUMN.WITH_SUGGESTION");
    assert_eq!(condition(people.select(col("name").gt(true) & col("age"))), "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES");
    assert_eq!(condition(people.filter(col("age") + 1)), "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN");
    assert_eq!(condition(people.select(call_function("no_such", "id"))), "UNRESOLVED_ROUTINE");
    assert_eq!(condition(people.select(expr("a +"))), "PARSE_SYNTAX_ERROR");
    assert_eq!(condition(people.select("a..b")), "INVALID_ATTRIBUTE_NAME_SYNTAX");
    assert_eq!(condition(people.group_by("city").agg("name")), "MISSING_AGGREGATION");
    assert_eq!(condition(people.join(&people, "nothing", "inner")), "UNRESOLVED_USING_COLUMN_FOR_JOIN");
    assert_eq!(condition(people.join(&people, "id", "sideways")), "UNSUPPORTED_JOIN_TYPE");
    assert_eq!(condition(people.union(&session.range(0..1).expect("range"))), "NUM_COLUMNS_MISMATCH");
    assert_eq!(condition(session.table("peple")), "TABLE_OR_VIEW_NOT_FOUND");
    assert_eq!(condition(people.select(col("age").over(&Window::order_by("id")))), "UNSUPPORTED_EXPR_FOR_WINDOW");
    let visits = session.table("visits").expect("visits");
    assert_eq!(condition(people.select(visits.col("id"))), "CANNOT_RESOLVE_DATAFRAME_COLUMN");
    let joined = people.join(&visits, people.col("id").eq(visits.col("id")), "inner").expect("joined");
    assert_eq!(condition(joined.select("id")), "AMBIGUOUS_REFERENCE");
}

#[test]
fn messages_name_no_frames() {
    let session = session();
    let people = session.range(0..3).and_then(|frame| frame.with_column("age", col("id"))).expect("frame");
    let error = people.filter("id > 0").and_then(|frame| frame.select("aeg")).expect_err("a misspelt name");
    let message = error.to_string();
    assert!(message.contains("`aeg`") && message.contains("`age`"), "{message}");
    assert!(!message.contains('\u{1}'), "{message:?}");
    assert!(error.span().is_none());
    let other = people.alias("b").expect("alias");
    let joined = people.join(&other, people.col("id").eq(other.col("id")), "inner").expect("joined");
    let message = joined.select("age").expect_err("ambiguous").to_string();
    assert!(!message.contains('\u{1}'), "{message:?}");
    let batches = session.from_batches(people.collect().expect("batches")).expect("frame");
    let plan = batches.join(&people, "id", "inner").and_then(|frame| frame.explain_string("extended")).expect("a plan");
    assert!(plan.contains("== Physical Plan ==") && !plan.contains('\u{1}'), "{plan:?}");
}

#[test]
fn errors_at_run_time_end_the_query() {
    let session = session();
    let frame = session.range(0..3).and_then(|frame| frame.select(lit(1) / col("id"))).expect("frame");
    let error = frame.collect().expect_err("division by zero");
    assert_eq!(error.condition().name, "DIVIDE_BY_ZERO");
    assert_eq!(session.range(0..3).and_then(|frame| frame.count()).expect("count"), 3);
}

#[test]
fn values_that_do_not_fit_a_type_of_the_program() {
    let session = session();
    let frame = session.sql("SELECT 'x' AS a, NULL AS b").expect("frame");
    let misfit = frame.collect_rows::<(i32, Option<i32>)>().expect_err("text is no number");
    assert_eq!(misfit.condition().name, "CANNOT_DESERIALIZE");
    assert!(frame.collect_rows::<(String,)>().is_err());
    assert!(frame.select("b").and_then(|frame| frame.collect_rows::<String>()).is_err());
}
