//! Syntax errors: condition, offending token, hint, place.

use firesteel_common::Error;
use firesteel_sql::{parse_statement, parse_statements};

fn refused(text: &str) -> Error {
    parse_statement(text).err().unwrap_or_else(|| panic!("accepted: {text}"))
}

fn parameter(error: &Error, name: &str) -> String {
    error.parameters().iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

#[test]
fn the_offending_token_is_named_and_marked() {
    for (text, near) in [
        ("SELECT a FROM", "end of input"),
        ("SELEC 1", "'SELEC'"),
        ("SELECT a b c FROM t", "'c'"),
        ("SELECT * FROM t WHERE", "end of input"),
        ("SELECT * FROM t GROUP a", "'a'"),
        ("SELECT (1 + 2", "end of input"),
        ("SELECT 1 + + FROM t", "'FROM'"),
        ("SELECT a FROM t ORDER BY a LIMIT 1 2", "'2'"),
        ("SELECT f(a,, b)", "','"),
        ("SELECT 1 1", "'1'"),
        ("SELECT a # b", "'#'"),
        ("SELECT * FROM a LEFT b", "'b'"),
        ("SELECT CASE WHEN a THEN b", "end of input"),
        ("SELECT a FROM 1", "'1'"),
    ] {
        let error = refused(text);
        assert_eq!((error.condition().name, error.condition().sql_state), ("PARSE_SYNTAX_ERROR", "42601"), "{text}");
        assert_eq!(parameter(&error, "error"), near, "{text}");
        let span = error.span().map(|span| span.slice(text));
        let marked = if near == "end of input" { "" } else { &near[1..near.len() - 1] };
        assert_eq!(span, Some(marked), "{text}");
    }
}

#[test]
fn common_slips_get_a_hint() {
    assert_eq!(parameter(&refused("SELECT a, b, FROM t"), "hint"), ": remove the comma before FROM");
    assert_eq!(parameter(&refused("SELECT f(1 FROM t"), "hint"), ": missing ')'");
    let error = refused("SELECT 'abc FROM t");
    assert!(parameter(&error, "hint").contains("no closing quote"));
    assert_eq!(error.span().map(|span| span.start), Some(7));
    let error = refused("SELECT 1 /* what");
    assert_eq!(error.condition().name, "UNCLOSED_BRACKETED_COMMENT");
    assert_eq!(error.span().map(|span| span.start), Some(9));
}

#[test]
fn places_are_bytes_even_after_wide_characters() {
    let text = "SELECT 'é😀',\n  1 1";
    let error = refused(text);
    assert_eq!(error.span().map(|span| (span.slice(text), span.line_and_column(text))), Some(("1", (2, 5))));
}

#[test]
fn nothing_is_no_statement() {
    for text in ["", "  ", "-- only a comment", ";;"] {
        assert_eq!(refused(text).condition().name, "PARSE_EMPTY_STATEMENT", "{text:?}");
        assert!(parse_statements(text).is_ok_and(|statements| statements.is_empty()));
    }
}

#[test]
fn what_spark_has_and_this_engine_has_not_says_so() {
    for text in ["ALTER TABLE t ADD COLUMN x INT", "MERGE INTO t USING s ON true", "CREATE FUNCTION f AS 'x'"] {
        assert_eq!(refused(text).condition().name, "UNSUPPORTED_FEATURE", "{text}");
    }
}
