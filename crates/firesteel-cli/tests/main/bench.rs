//! `firesteel bench`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::tempdir;

use crate::harness::{firesteel, run, sample, with_sample};

fn queries() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/queries/tpch")
}

fn report(path: &Path) -> Vec<Value> {
    serde_json::from_str(&fs::read_to_string(path).expect("the report")).expect("JSON")
}

#[test]
fn times_memory_and_results() {
    let folder = tempdir().expect("a folder");
    let (output, results) = (folder.path().join("out.json"), folder.path().join("results"));
    let common = ["--query", "q01,q06", "--iterations", "2"];
    // The tables' folder may be named before or behind the word.
    let mut before = with_sample();
    before.arg("bench");
    let mut behind = firesteel();
    behind.arg("bench").arg("--data").arg(sample());
    for mut command in [before, behind] {
        command
            .arg("--queries")
            .arg(queries())
            .args(common)
            .arg("--output")
            .arg(&output)
            .arg("--results")
            .arg(&results);
        let ran = run(&mut command);
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.out.is_empty() && ran.err.contains("q06: "), "{ran:?}");
        let report = report(&output);
        assert_eq!(report.len(), 2);
        for (query, (name, rows)) in report.iter().zip([("q01", 4), ("q06", 1)]) {
            assert_eq!((&query["name"], &query["rows"]), (&Value::from(name), &Value::from(rows)));
            let seconds: Vec<_> = query["seconds"].as_array().expect("seconds").iter().map(Value::as_f64).collect();
            assert!(seconds.len() == 2 && seconds.iter().all(|run| run.is_some_and(|run| run > 0.0)), "{query}");
            assert!(query["error"].is_null(), "{query}");
            if cfg!(target_os = "linux") {
                assert!(query["peak_memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{query}");
            }
        }
        let count = format!("select count(*) as n from parquet.`{}`", results.join("q01.parquet").display());
        assert_eq!(run(firesteel().args(["--format", "csv", "-c", &count])).ok(), "n\n4\n");
        let columns =
            format!("select revenue > 1000 as right from parquet.`{}`", results.join("q06.parquet").display());
        assert_eq!(run(firesteel().args(["--format", "csv", "-c", &columns])).ok(), "right\ntrue\n");
        fs::remove_dir_all(&results).expect("gone");
    }
}

#[test]
fn a_failing_query_does_not_stop_the_others() {
    let folder = tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("a.sql", "select 1 / (n_nationkey - 1) from nation");
    write("b.sql", "-- fine\nselect * from nation;\n");
    write("c.sql", "select nobody");
    write("b.chdb.sql", "of another engine");
    let ran = run(with_sample().arg("bench").arg("--queries").arg(folder.path()).args(["--iterations", "1"]));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let report: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON on standard output");
    let errors: Vec<_> = report.iter().map(|query| query["error"].as_str().unwrap_or("none")).collect();
    assert!(errors[0].starts_with("[DIVIDE_BY_ZERO]"), "{errors:?}");
    assert_eq!((errors[1], &report[1]["rows"]), ("none", &Value::from(25)));
    assert!(errors[2].starts_with("[UNRESOLVED_COLUMN"), "{errors:?}");
    assert_eq!(report.len(), 3);
}

#[test]
fn what_is_not_there() {
    run(with_sample().args(["bench", "--queries", "/nowhere"])).fails("FAILED_READ_FILE.NO_HINT", "KD001");
    run(with_sample().arg("bench").arg("--queries").arg(queries()).args(["--query", "q99"]))
        .fails("FAILED_READ_FILE.NO_HINT", "KD001")
        .says("q99");
}
