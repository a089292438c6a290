//! The queries of TPC-H through an object store: a small S3 in this process over a folder of Parquet files.
//!
//!     cargo run --release --example remote_tpch -- DATA [--faults] [--latency MILLISECONDS] [--threads N] [--only q01,q06]
//!
//! Each query runs over the local files, then through `s3://`; the rows must be the same.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrow::util::display::{ArrayFormatter, FormatOptions};
use firesteel::{FileSource, Result, Session, SessionOptions};

#[allow(dead_code, reason = "tests use more of it")]
#[path = "../tests/main/remote/server.rs"]
mod server;

use server::{BUCKET, Faults, Server};

struct Arguments {
    data: PathBuf,
    faults: Faults,
    threads: usize,
    only: Vec<String>,
}

fn arguments() -> Option<Arguments> {
    let mut found = Arguments { data: PathBuf::new(), faults: Faults::default(), threads: 0, only: Vec::new() };
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--faults" => (found.faults.refused, found.faults.broken) = (20, 20),
            "--latency" => {
                found.faults.pause = Duration::from_millis(given.next()?.parse().ok()?);
                found.faults.slow = 1000;
            }
            "--threads" => found.threads = given.next()?.parse().ok()?,
            "--only" => found.only = given.next()?.split(',').map(str::to_owned).collect(),
            data => found.data = PathBuf::from(data),
        }
    }
    found.data.is_dir().then_some(found)
}

fn main() -> Result<()> {
    let Some(Arguments { data, faults, threads, only }) = arguments() else {
        eprintln!("usage: remote_tpch DATA [--faults] [--latency MILLISECONDS] [--threads N] [--only q01,q06]");
        std::process::exit(2);
    };
    let server = Server::start(&data);
    server.set_faults(faults);
    let new = || Session::new(SessionOptions { threads, ..SessionOptions::default() });
    let (local, remote) = (new()?, new()?);
    remote.set("fs.s3a.endpoint", &server.endpoint())?;
    remote.set("fs.s3a.access.key", "key")?;
    remote.set("fs.s3a.secret.key", "secret")?;
    let began = Instant::now();
    for (name, path) in firesteel_datasource::tables_in(&data.to_string_lossy(), &local.settings())? {
        local.register_files(&name, &FileSource::of_path(&path))?;
        let file = Path::new(&path).file_name().unwrap_or_default().to_string_lossy();
        remote.register_files(&name, &FileSource::of_path(&format!("s3://{BUCKET}/{file}")))?;
    }
    let opened = server.take_seen();
    let (requests, bytes) = (opened.len(), opened.iter().map(|seen| seen.bytes).sum::<u64>());
    println!("tables opened in {:.0?}: {requests} requests, {bytes} bytes", began.elapsed());
    println!(
        "{:<6} {:>9} {:>9} {:>8} {:>9} {:>12} {:>8}  same",
        "query", "local", "s3", "rows", "requests", "bytes", "retries"
    );
    let mut sums = [0.0, 0.0];
    for (name, text) in queries() {
        if !only.is_empty() && !only.contains(&name) {
            continue;
        }
        let began = Instant::now();
        let expected = rows(&local, &text)?;
        let here = began.elapsed().as_secs_f64();
        server.take_seen();
        let before = firesteel_datasource::remote_totals();
        let began = Instant::now();
        let found = rows(&remote, &text)?;
        let there = began.elapsed().as_secs_f64();
        let after = firesteel_datasource::remote_totals();
        sums = [sums[0] + here, sums[1] + there];
        println!(
            "{name:<6} {here:>8.3}s {there:>8.3}s {:>8} {:>9} {:>12} {:>8}  {}",
            found.len(),
            after.requests - before.requests,
            after.bytes - before.bytes,
            after.retries - before.retries,
            if found == expected { "yes" } else { "NO" }
        );
    }
    println!("{:<6} {:>8.3}s {:>8.3}s", "all", sums[0], sums[1]);
    Ok(())
}

fn queries() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/queries/tpch");
    let name = |at: usize| format!("q{at:02}");
    let read = |at: usize| Some((name(at), std::fs::read_to_string(folder.join(format!("{}.sql", name(at)))).ok()?));
    (1..=22).filter_map(read).collect()
}

/// Rows as text, sorted: where ORDER BY leaves a choice, both choices are right.
fn rows(session: &Session, sql: &str) -> Result<Vec<String>> {
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in session.execute_sql(sql)?.collect()? {
        let formatters = batch.columns().iter().map(|column| ArrayFormatter::try_new(column.as_ref(), &options));
        let formatters = formatters.collect::<std::result::Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            rows.push(formatters.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|"));
        }
    }
    rows.sort_unstable();
    Ok(rows)
}
