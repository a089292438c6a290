//! Statements of sizes that only programs write. The binary's main thread has the system's usual stack.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::harness::{Ran, firesteel, run, run_with_input, with_sample};

const LINE: usize = 100_000_000;

fn csv(query: &str) -> String {
    run_with_input(with_sample().args(["--format", "csv"]), query.as_bytes()).ok()
}

fn joined(count: usize, separator: &str, term: impl Fn(usize) -> String) -> String {
    (0..count).map(term).collect::<Vec<_>>().join(separator)
}

#[test]
fn ten_thousand_terms_of_and() {
    let terms = joined(10_000, " and ", |at| format!("n_nationkey <> {}", at + 3));
    assert_eq!(csv(&format!("select n_nationkey from nation where {terms}")), "n_nationkey\n0\n1\n2\n");
}

#[test]
fn ten_thousand_terms_of_or() {
    let terms = joined(10_000, " or ", |at| format!("n_nationkey = {}", at + 22));
    assert_eq!(csv(&format!("select n_nationkey from nation where {terms}")), "n_nationkey\n22\n23\n24\n");
}

#[test]
fn ten_thousand_terms_of_plus() {
    assert_eq!(csv(&format!("select {} as n", vec!["1"; 10_000].join("+"))), "n\n10000\n");
    let over_rows = format!("select n_nationkey{} as n from nation where n_nationkey = 7", "+1".repeat(10_000));
    assert_eq!(csv(&over_rows), "n\n10007\n");
}

#[test]
fn two_hundred_parentheses() {
    let query =
        format!("select {}n_nationkey{} as n from nation where n_name = 'FRANCE'", "(".repeat(200), ")".repeat(200));
    assert_eq!(csv(&query), "n\n6\n");
}

#[test]
fn nested_beyond_measure_is_refused() {
    let query = format!("select {}1{}", "(".repeat(100_000), ")".repeat(100_000));
    run_with_input(&mut firesteel(), query.as_bytes()).fails("STATEMENT_TOO_COMPLEX", "54001");
}

#[test]
fn five_thousand_items_of_in() {
    let even = joined(5_000, ", ", |at| (2 * at).to_string());
    let both = format!(
        "select count(*) = (select count(*) from lineitem where l_partkey % 2 = 0 and l_partkey < 10000) as same, \
         count(*) > 1000 as many from lineitem where l_partkey in ({even})"
    );
    assert_eq!(csv(&both), "same,many\ntrue,true\n");
}

fn run_file(folder: &Path, text: &str) -> Ran {
    let path = folder.join("line.sql");
    fs::write(&path, text).expect("written");
    run(firesteel().args(["--format", "csv", "-f"]).arg(&path))
}

#[test]
fn a_line_of_100_megabytes() {
    let folder = tempdir().expect("a folder");
    let literal = format!("select length('{}') as n", "a".repeat(LINE));
    assert_eq!(run_file(folder.path(), &literal).ok(), "n\n100000000\n");
    drop(literal);
    run_file(folder.path(), &"x".repeat(LINE)).fails("PARSE_SYNTAX_ERROR", "42601");
    run_file(folder.path(), &"x y z + ".repeat(LINE / 8)).fails("STATEMENT_TOO_COMPLEX", "54001");
    run_file(folder.path(), &"(".repeat(LINE)).fails("STATEMENT_TOO_COMPLEX", "54001");
    run_file(folder.path(), &"a+".repeat(LINE / 2)).fails("STATEMENT_TOO_COMPLEX", "54001");
    run_file(folder.path(), &"~".repeat(LINE)).fails("STATEMENT_TOO_COMPLEX", "54001");
}
