//! Where statements come from, how they end, what the process tells its caller.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::tempdir;

use crate::harness::{firesteel, run, run_with_input, sql, with_sample};

#[test]
fn statements_from_everywhere() {
    let folder = tempdir().expect("a folder");
    let (first, second) = (folder.path().join("a.sql"), folder.path().join("b.sql"));
    fs::write(&first, "select 1 as a; -- one\nselect 'x;y' as b;\n").expect("written");
    fs::write(&second, "create temp view v as select 3 as c;\nselect * from v").expect("written");
    let csv = ["--format", "csv"];
    assert_eq!(run(firesteel().args(csv).arg("-f").arg(&first).arg("-f").arg(&second)).ok(), "a\n1\nb\nx;y\nc\n3\n");
    assert_eq!(run(firesteel().args(csv).args(["-c", "select 1 as a", "-c", "select 2 as b"])).ok(), "a\n1\nb\n2\n");
    assert_eq!(run_with_input(firesteel().args(csv), b"select 1 as a;\nselect 2 as b").ok(), "a\n1\nb\n2\n");
}

#[test]
fn the_first_failure_ends_a_script() {
    let ran = run(firesteel().args(["--format", "csv", "-c", "select 1 as a; select nobody; select 2 as b"]));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "a\n1\n"));
    let ran = run(firesteel().args(["--format", "csv", "-c", "select nobody", "-c", "select 2"]));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""));
}

#[test]
fn settings_and_threads() {
    let zone = "spark.sql.session.timeZone=Europe/Berlin";
    let query = "select current_timezone() as z";
    assert_eq!(run(firesteel().args(["--set", zone, "--format", "csv", "-c", query])).ok(), "z\nEurope/Berlin\n");
    let count = "select count(*) as n, sum(l_orderkey) as s from lineitem";
    let outs: Vec<_> = ["0", "1", "7"]
        .map(|threads| run(with_sample().args(["--threads", threads, "--format", "csv", "-c", count])).ok())
        .into();
    assert!(outs[0].starts_with("n,s\n60175,") && outs.windows(2).all(|pair| pair[0] == pair[1]), "{outs:?}");
}

#[test]
fn a_setting_lasts_from_statement_to_statement() {
    let script = "set spark.sql.session.timeZone = Asia/Tokyo; select timestamp '2024-01-01 00:00:00 UTC' as t";
    assert!(run(firesteel().args(["--format", "csv", "-c", script])).ok().ends_with("t\n2024-01-01 09:00:00\n"));
}

#[test]
fn a_reader_that_leaves_is_no_failure() {
    for format in ["csv", "jsonl", "json", "markdown", "table"] {
        let mut child = with_sample()
            .args(["--format", format, "-c", "select * from lineitem; select 1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("standard output"));
        out.read_line(&mut line).expect("a line");
        drop(out);
        let mut err = String::new();
        child.stderr.take().expect("standard error").read_to_string(&mut err).expect("UTF-8");
        assert!(child.wait().expect("an end").success() && err.is_empty(), "{format}: {err}");
    }
}

#[test]
fn tables_of_the_data_folder() {
    let tables = run(with_sample().args(["--format", "csv", "-c", "show tables"])).ok();
    for table in ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"] {
        assert!(tables.contains(table), "{tables}");
    }
    assert!(sql("describe nation").ok().contains("n_name"));
}

#[test]
fn version_and_help() {
    assert!(run(firesteel().arg("--version")).ok().starts_with("firesteel "));
    let help = run(firesteel().arg("--help")).ok();
    assert!(help.contains("--data") && help.contains("bench"), "{help}");
}

/// Prints the best of ten; the bound is wide, for builds without optimization on busy machines.
#[test]
fn starts_quickly() {
    let start = || {
        let start = Instant::now();
        run(firesteel().args(["-c", "select 1"])).ok();
        start.elapsed()
    };
    let best = (0..10).map(|_| start()).min().expect("ten");
    println!("select 1 as a process: {best:.1?}");
    assert!(best < Duration::from_secs(1), "{best:?}");
}
