//! What is said when a store does not give what is asked for.

use std::fs;
use std::time::{Duration, Instant};

use firesteel::Session;
use tempfile::{TempDir, tempdir};

use super::server::{Faults, Server};
use super::{local, remote, repository, rows, url};

fn stored() -> (TempDir, Server) {
    let folder = tempdir().expect("a folder");
    fs::create_dir(folder.path().join("forbidden")).expect("a folder");
    for name in ["t.parquet", "forbidden/t.parquet"] {
        fs::copy(repository("data/tpch/nation.parquet"), folder.path().join(name)).expect("copied");
    }
    fs::write(folder.path().join("broken.parquet"), "this is no Parquet file").expect("written");
    let server = Server::start(folder.path());
    (folder, server)
}

/// Condition, message, and all that a person sees: the hint too.
fn failure(session: &Session, sql: &str) -> (&'static str, String, String) {
    let error = session.execute_sql(sql).and_then(|result| result.collect()).expect_err(sql);
    (error.condition().name, error.message(), error.render(None))
}

#[test]
fn what_is_missing_or_forbidden_fails_at_once() {
    let (_folder, server) = stored();
    let session = remote(&server);
    let (condition, message, _) = failure(&session, &format!("SELECT * FROM parquet.`{}`", url("none.parquet")));
    assert_eq!(condition, "PATH_NOT_FOUND");
    assert!(message.contains("s3://bucket/none.parquet"), "{message}");
    let (_, message, hint) = failure(&session, &format!("SELECT * FROM parquet.`{}`", url("forbidden/t.parquet")));
    assert!(message.contains("s3://bucket/forbidden/t.parquet") && message.contains("403 Forbidden"), "{message}");
    assert!(hint.contains("fs.s3a.access.key") && hint.contains("AWS_SECRET_ACCESS_KEY"), "{hint}");
    let (_, message, hint) = failure(&session, &format!("SELECT * FROM parquet.`{}`", url("forbidden/*")));
    assert!(message.contains("Access Denied") && hint.contains("fs.s3a.access.key"), "{message} {hint}");
    let seen = server.take_seen();
    assert!(seen.len() <= 6, "no request is sent twice: {seen:?}");
    let (_, message, _) = failure(&session, &format!("SELECT * FROM parquet.`{}`", url("broken.parquet")));
    assert!(message.contains("it does not end as Parquet files do"), "{message}");
    assert!(!format!("{message}{hint}").contains("hush"));
}

#[test]
fn after_many_attempts_the_error_tells_all_of_it() {
    let (_folder, server) = stored();
    let session = remote(&server);
    session.set("firesteel.remote.attempts", "3").expect("set");
    server.set_faults(Faults { refused: 1000, ..Faults::default() });
    let (condition, message, hint) = failure(&session, &format!("SELECT * FROM parquet.`{}`", url("t.parquet")));
    assert_eq!(condition, "FAILED_READ_FILE.NO_HINT");
    let expected = ["s3://bucket/t.parquet", "tried 3 times in ", "the store answered "];
    assert!(expected.iter().all(|part| message.contains(part)), "{message}");
    assert!(hint.contains("firesteel.remote.attempts") && hint.contains("parallelRequests"), "{hint}");
    assert_eq!(server.take_seen().len(), 3);

    // Bodies that always break off.
    server.set_faults(Faults::default());
    let query = format!("SELECT max(n_comment) FROM parquet.`{}`", url("t.parquet"));
    assert_eq!(rows(&session, &query).len(), 1);
    server.take_seen();
    server.set_faults(Faults { broken: 1000, ..Faults::default() });
    let (_, message, _) = failure(&session, &query);
    assert!(message.contains("tried 3 times"), "{message}");

    // Nobody answers.
    server.set_faults(Faults { slow: 1000, pause: Duration::from_secs(60), ..Faults::default() });
    session.set("firesteel.remote.attempts", "2").expect("set");
    session.set("firesteel.remote.timeoutSeconds", "1").expect("set");
    let began = Instant::now();
    let (_, message, _) = failure(&session, &query);
    assert!(message.contains("tried 2 times") && message.contains("timed out"), "{message}");
    assert!((2..20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[test]
fn what_cannot_be_done_is_said() {
    let (_folder, server) = stored();
    let session = remote(&server);
    let http = format!("{}/bucket/*.parquet", server.endpoint());
    let (_, message, hint) = failure(&session, &format!("SELECT * FROM parquet.`{http}`"));
    assert!(message.contains("patterns and folders") && hint.contains("read_files("), "{message} {hint}");
    let write = format!("INSERT OVERWRITE DIRECTORY '{}' USING parquet SELECT 1", url("out"));
    let (condition, message, _) = failure(&session, &write);
    assert!(condition.starts_with("UNSUPPORTED_FEATURE") && message.contains("s3://bucket/out"), "{message}");
    // A port where nobody is.
    let lonely = local();
    lonely.set("fs.s3a.endpoint", "http://127.0.0.1:9").expect("set");
    lonely.set("fs.s3a.aws.credentials.provider", "anonymous").expect("set");
    lonely.set("firesteel.remote.attempts", "2").expect("set");
    let (_, message, _) = failure(&lonely, &format!("SELECT * FROM parquet.`{}`", url("t.parquet")));
    assert!(message.contains("tried 2 times"), "{message}");
}

#[test]
fn anonymous_requests_are_not_signed() {
    let (_folder, server) = stored();
    let session = local();
    session.set("fs.s3a.endpoint", &server.endpoint()).expect("set");
    session
        .set("fs.s3a.aws.credentials.provider", "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider")
        .expect("set");
    assert_eq!(rows(&session, &format!("SELECT count(*) FROM parquet.`{}`", url("t.parquet"))), ["25"]);
    assert!(server.take_seen().iter().all(|seen| !seen.signed));
    let session = remote(&server);
    assert_eq!(rows(&session, &format!("SELECT count(*) FROM parquet.`{}`", url("t.parquet"))), ["25"]);
    assert!(server.take_seen().iter().all(|seen| seen.signed));
}

#[test]
fn secrets_are_not_shown() {
    let session = local();
    for sql in [
        "SET fs.s3a.secret.key = hush1",
        "SET spark.hadoop.fs.s3a.session.token = hush2",
        "SET fs.s3a.access.key = hush3",
        "SET",
        "SET -v",
        "SET fs.s3a.secret.key",
    ] {
        let shown = rows(&session, sql).join("\n");
        assert!(!shown.contains("hush"), "{sql}: {shown}");
    }
    assert_eq!(rows(&session, "SET fs.s3a.secret.key"), ["fs.s3a.secret.key|*********(redacted)"]);
    assert_eq!(session.conf().get("fs.s3a.secret.key").expect("set"), "hush1");
}
