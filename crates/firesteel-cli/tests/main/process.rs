//! Where statements come from, how they end, what the process tells its caller.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::tempdir;

use crate::harness::{firesteel, refused, run, run_with_input, sql, with_sample};

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

#[test]
fn failures_may_be_passed_over() {
    let folder = tempdir().expect("a folder");
    let script = folder.path().join("a.sql");
    fs::write(&script, "select 1 as a;\nselect nobody;\n.frobnicate\nselect 2 as b;\n").expect("written");
    let ran = run(firesteel().args(["--continue", "--format", "csv", "-f"]).arg(&script).args(["-c", "select 0 as z"]));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "z\n0\na\n1\nb\n2\n"));
    assert!(ran.err.contains("UNRESOLVED_COLUMN") && ran.err.contains("unknown command .frobnicate"), "{}", ran.err);
    let ran = run(firesteel().args(["--continue", "--format", "csv", "-f", "/nowhere.sql", "-f"]).arg(&script));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "a\n1\nb\n2\n"));
    let ran = run(firesteel().args(["--bail", "--format", "csv", "-f"]).arg(&script));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "a\n1\n"));
    refused(&["--bail", "--continue"], "cannot be used with");
}

#[test]
fn quiet_says_nothing_that_was_not_asked_for() {
    let out = run(firesteel().args(["--quiet", "-c", "select 1 as a;\n.expanded on"])).ok();
    assert!(out.ends_with("┘\n"), "{out}");
}

#[test]
fn commands_in_scripts() {
    let folder = tempdir().expect("a folder");
    let inner = folder.path().join("inner.sql");
    fs::write(&inner, "select 'inner' as a;\n").expect("written");
    let script = format!(
        ".mode csv\n.print 'first, second'\nselect 1 as one;\n  .read {}\n\\echo again\n\\g\nselect 2 as two \\gx\n",
        inner.display()
    );
    let out = run_with_input(firesteel().arg("--quiet"), script.as_bytes()).ok();
    assert_eq!(out, "first, second\none\n1\na\ninner\nagain\na\ninner\ntwo\n2\n");
    let out = run_with_input(&mut firesteel(), b".quit\nselect 1;").ok();
    assert_eq!(out, "");
}

#[test]
fn a_script_that_reads_itself_ends() {
    let folder = tempdir().expect("a folder");
    let script = folder.path().join("a.sql");
    fs::write(&script, format!(".read {}\n", script.display())).expect("written");
    let ran = run(firesteel().arg("-f").arg(&script));
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("go too deep"), "{}", ran.err);
}

#[test]
fn results_go_to_files_and_programs() {
    let folder = tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let script = format!(
        ".mode csv\n.output {}\nselect 1 as a; select 2 as b;\n.output\nselect 3 as c;\n.once {}\nselect 4 as d;\n\
         select 5 as e \\g |tr e-f x-y > {}\nselect 6 as f;\n",
        path("two").display(),
        path("once").display(),
        path("piped").display(),
    );
    assert_eq!(run_with_input(&mut firesteel(), script.as_bytes()).ok(), "c\n3\nf\n6\n");
    for (name, content) in [("two", "a\n1\nb\n2\n"), ("once", "d\n4\n"), ("piped", "x\n5\n")] {
        assert_eq!(fs::read_to_string(path(name)).expect("a file"), content, "{name}");
    }
    let ran = run(firesteel().args(["-c", ".once /nowhere/x\nselect 1"]));
    assert!(ran.code == Some(1) && ran.err.contains("/nowhere/x"), "{ran:?}");
}

#[test]
fn commands_about_tables() {
    let csv = |command: &str| run(with_sample().args(["--format", "csv", "-c", command])).ok();
    assert!(
        csv("\\dt n*").ends_with("default,nation,false\n") || csv("\\dt n*").contains(",nation,"),
        "{}",
        csv("\\dt n*")
    );
    assert_eq!(csv("\\d nation"), csv(".schema nation"));
    assert!(csv(".schema nation").contains("n_regionkey,"));
    assert!(csv("\\d+ nation").contains("Provider"));
    assert!(csv(".functions substr*").contains("substring"));
    assert!(csv("\\h substring").contains("Usage"));
    assert!(csv("\\dn").contains("default") && csv("\\l").contains("spark_catalog"));
    assert!(csv("\\conninfo").contains("threads"));
    let path = crate::harness::sample().join("nation.parquet");
    assert!(csv(&format!(".schema '{}'", path.display())).contains("n_regionkey"));
}

#[test]
fn mistakes_in_commands() {
    for (command, says) in [
        (".tabels", "did you mean .tables?"),
        ("\\tables", "did you mean .tables?"),
        (".mode jsn", "did you mean json?"),
        (".timer maybe", "usage: .timer [on|off]"),
        (".maxrows many", "usage: .maxrows [N]"),
        (".read", "usage: .read FILE"),
        (".read /nowhere/x.sql", "/nowhere/x.sql"),
        ("\\g", "there is none yet"),
        ("select 1 \\timing", "end the statement with ';' first"),
        (".help nonsense", "unknown command nonsense"),
        ("\\e", "needs a terminal"),
        (".shell exit 3", "exit status: 3"),
    ] {
        let ran = run(firesteel().args(["-c", command]));
        assert_eq!(ran.code, Some(1), "{command}");
        assert!(ran.err.contains(says), "{command}: {}", ran.err);
    }
}

#[test]
fn times_and_memory() {
    let out = run(with_sample().args(["-c", ".timer on\nselect l_orderkey, count(*) from lineitem group by 1"])).ok();
    let line = out.lines().last().unwrap_or_default();
    for part in ["Time: ", "(planning ", ", execution ", "), peak memory ", " MiB"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains("memory 0.0"), "a hash table of 15000 groups is not nothing: {line}");
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
