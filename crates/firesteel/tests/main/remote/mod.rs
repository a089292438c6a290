//! Object stores: a small S3 in this process stands for all of them. What local files give, it must give.

mod errors;
mod formats;
mod listing;
mod parquet;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use arrow::util::display::{ArrayFormatter, FormatOptions};
use firesteel::{Session, SessionOptions};

use server::{BUCKET, Faults, Server};

fn local() -> Session {
    Session::new(SessionOptions { threads: 2, ..SessionOptions::default() }).expect("a session")
}

/// A session that reaches the server.
fn remote(server: &Server) -> Session {
    let session = local();
    session.set("fs.s3a.endpoint", &server.endpoint()).expect("set");
    session.set("fs.s3a.access.key", "key").expect("set");
    session.set("fs.s3a.secret.key", "hush").expect("set");
    session
}

/// Rows as text, in their order.
fn rows(session: &Session, sql: &str) -> Vec<String> {
    let batches = session.execute_sql(sql).and_then(|result| result.collect()).expect(sql);
    let options = FormatOptions::default().with_null("NULL");
    let mut rows = Vec::new();
    for batch in &batches {
        let columns: Vec<_> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options).expect("text")).collect();
        for row in 0..batch.num_rows() {
            rows.push(columns.iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("|"));
        }
    }
    rows
}

/// A few in a hundred requests fail, in every way.
fn some_faults(seed: u64) -> Faults {
    Faults { seed, refused: 60, broken: 60, slow: 30, pause: Duration::from_millis(20), only: String::new() }
}

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn url(key: &str) -> String {
    format!("s3://{BUCKET}/{key}")
}
