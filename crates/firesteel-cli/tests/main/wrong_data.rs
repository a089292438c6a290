//! Files, folders, command lines and inputs that are not what they should be.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use crate::harness::{firesteel, refused, run, run_with_input, sample, sql, with_sample};

fn query_file(path: &Path) -> crate::harness::Ran {
    run(firesteel().args(["-c", &format!("select count(*) from parquet.`{}`", path.display())]))
}

#[test]
fn missing_file() {
    sql("select * from parquet.`/nowhere/x.parquet`")
        .fails("PATH_NOT_FOUND", "42K03")
        .at(1, "parquet.`/nowhere/x.parquet`")
        .says("/nowhere/x.parquet");
    sql("select * from '/nowhere/y.parquet'").fails("PATH_NOT_FOUND", "42K03").at(1, "'/nowhere/y.parquet'");
}

#[test]
fn a_path_may_stand_in_either_quotes() {
    let path = sample().join("nation.parquet");
    for quote in ["'", "\"", "`"] {
        let query = format!("select count(*) as n from {quote}{}{quote} as t", path.display());
        assert_eq!(run(firesteel().args(["--format", "csv", "-c", &query])).ok(), "n\n25\n");
    }
}

#[test]
fn missing_data_folder() {
    run(firesteel().args(["--data", "/nowhere", "-c", "select 1"])).fails("PATH_NOT_FOUND", "42K03").says("/nowhere");
}

#[test]
fn truncated_parquet() {
    let folder = tempdir().expect("a folder");
    let bytes = fs::read(sample().join("orders.parquet")).expect("the sample");
    for length in [bytes.len() / 2, bytes.len() - 1, 100] {
        let path = folder.path().join(format!("cut{length}.parquet"));
        fs::write(&path, &bytes[..length]).expect("written");
        query_file(&path).fails("FAILED_READ_FILE.NO_HINT", "KD001").says(&format!("cut{length}.parquet"));
    }
}

#[test]
fn files_that_are_no_parquet() {
    let folder = tempdir().expect("a folder");
    for (name, content) in [("empty.parquet", ""), ("text.parquet", "a,b\n1,2\n"), ("tiny.parquet", "PAR1")] {
        let path = folder.path().join(name);
        fs::write(&path, content).expect("written");
        query_file(&path).fails("FAILED_READ_FILE.NO_HINT", "KD001").says(name);
    }
    // As a folder of tables they are no better.
    run(firesteel().arg("--data").arg(folder.path()).args(["-c", "select 1"]))
        .fails("FAILED_READ_FILE.NO_HINT", "KD001");
}

#[test]
fn too_little_memory() {
    // One list cannot be put on disk in parts.
    let query = "select size(collect_list(l_comment)) from lineitem";
    run(with_sample().args(["--memory-limit", "1MB", "-c", query]))
        .fails("MEMORY_LIMIT_EXCEEDED", "53200")
        .says("--memory-limit");
}

#[test]
fn binary_garbage() {
    // A generator of Park and Miller's kind: the same garbage every time.
    let mut state = 42_u64;
    let mut byte = || {
        state = state * 48_271 % 2_147_483_647;
        (state >> 7) as u8
    };
    let garbage: Vec<u8> = (0..100_000).map(|_| byte()).collect();
    run_with_input(&mut firesteel(), &garbage).fails("FAILED_READ_FILE.NO_HINT", "KD001").says("not UTF-8");
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("garbage.sql");
    fs::write(&path, &garbage).expect("written");
    run(firesteel().arg("-f").arg(&path)).fails("FAILED_READ_FILE.NO_HINT", "KD001").says("garbage.sql");
    // Text, but no SQL: control characters and all.
    let text: String = garbage.iter().map(|byte| char::from(byte & 0x7f)).filter(|c| !"'\"`;/-".contains(*c)).collect();
    run_with_input(&mut firesteel(), text.as_bytes()).fails("PARSE_SYNTAX_ERROR", "42601");
}

#[test]
fn missing_script() {
    run(firesteel().args(["-f", "/nowhere/script.sql"])).fails("FAILED_READ_FILE.NO_HINT", "KD001").says("script.sql");
}

#[test]
fn nothing_to_run_is_no_failure() {
    for text in ["", ";", " ;; \n", "-- only a comment", "/* one */ ;"] {
        assert_eq!(sql(text).ok(), "", "{text:?}");
    }
    sql("explain ;").fails("PARSE_SYNTAX_ERROR", "42601");
}

#[test]
fn command_lines() {
    refused(&["--format", "xml", "-c", "select 1"], "possible values: table, csv, tsv, json, jsonl, markdown");
    refused(&["--memory-limit", "plenty"], "use e.g. 512MB");
    refused(&["--set", "novalue"], "KEY=VALUE");
    refused(&["--threads=-3"], "--threads");
    refused(&["--frobnicate"], "--frobnicate");
    refused(&["bench"], "--queries");
    run(firesteel().args(["--set", "spark.sql.session.timeZone=Nowhere", "-c", "select 1"]))
        .fails("INVALID_CONF_VALUE.TYPE_MISMATCH", "22022");
}
