//! Parquet: the 22 queries of TPC-H with and without faults, and how much is asked for.

use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use firesteel::{FileSource, Session};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::WriterProperties;
use tempfile::{TempDir, tempdir};

use super::server::{BUCKET, Faults, Server};
use super::{local, remote, repository, rows, some_faults, url};

const TABLES: [&str; 8] = ["customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier"];

/// The sample, with row groups so small that there are many.
fn tpch() -> TempDir {
    let folder = tempdir().expect("a folder");
    for table in TABLES {
        let file = File::open(repository(&format!("data/tpch/{table}.parquet"))).expect("the sample");
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet").build().expect("a reader");
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(4000)).build();
        let file = File::create(folder.path().join(format!("{table}.parquet"))).expect("a file");
        let batches: Vec<_> = reader.map(|batch| batch.expect("a batch")).collect();
        let mut writer = ArrowWriter::try_new(file, batches[0].schema(), Some(properties)).expect("a writer");
        batches.iter().for_each(|batch| writer.write(batch).expect("written"));
        writer.close().expect("closed");
    }
    folder
}

fn register(session: &Session, root: &str) {
    for table in TABLES {
        let source = FileSource::of_path(&format!("{root}/{table}.parquet"));
        session.register_files(table, &source).expect(table);
    }
}

fn queries() -> Vec<(String, String)> {
    let folder = repository("benches/queries/tpch");
    let mut queries: Vec<_> = fs::read_dir(folder)
        .expect("the queries")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| (path.file_stem().expect("a name").to_string_lossy().into_owned(), path))
        .filter(|(name, _)| !name.contains('.'))
        .map(|(name, path)| (name, fs::read_to_string(path).expect("a query")))
        .collect();
    queries.sort();
    assert_eq!(queries.len(), 22);
    queries
}

#[test]
fn tpch_is_the_same_with_and_without_faults() {
    let folder = tpch();
    let (server, local) = (Server::start(folder.path()), local());
    register(&local, &folder.path().to_string_lossy());
    let clean = remote(&server);
    register(&clean, url("").trim_end_matches('/'));
    let faulty = remote(&server);
    register(&faulty, &format!("s3a://{BUCKET}"));
    for (name, query) in queries() {
        let expected = rows(&local, &query);
        server.set_faults(Faults::default());
        assert_eq!(rows(&clean, &query), expected, "{name}");
        server.set_faults(some_faults(name.bytes().map(u64::from).sum()));
        assert_eq!(rows(&faulty, &query), expected, "{name} with faults");
    }
    let failed = server.take_seen().iter().filter(|seen| seen.status == 503 || seen.status == 429).count();
    assert!(failed > 20, "only {failed} requests failed");
}

#[test]
fn tables_are_opened_through_faults() {
    let folder = tpch();
    let server = Server::with_pages(folder.path(), 2);
    for seed in 0..4 {
        server.set_faults(Faults { refused: 200, ..some_faults(seed) });
        let session = remote(&server);
        let count = rows(&session, &format!("SELECT count(*) FROM parquet.`{}`", url("line*")));
        assert_eq!(count, ["60175"]);
    }
}

fn footer(path: &Path) -> ParquetMetaData {
    let file = File::open(path).expect("a file");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("Parquet");
    builder.metadata().as_ref().clone()
}

#[test]
fn a_projection_fetches_little_more_than_its_column() {
    let sample = repository("data/tpch");
    let server = Server::start(&sample);
    let session = remote(&server);
    session.register_files("lineitem", &FileSource::of_path(&url("lineitem.parquet"))).expect("a table");
    let opened = server.take_seen();
    let footers = opened.iter().filter(|seen| seen.bytes > 64).count();
    assert_eq!(footers, 1, "one request for the footer: {opened:?}");

    let explained = rows(&session, "EXPLAIN ANALYZE SELECT sum(l_quantity) FROM lineitem").join("\n");
    let fetched: u64 = server.take_seen().iter().map(|seen| seen.bytes).sum();
    let path = sample.join("lineitem.parquet");
    let metadata = footer(&path);
    let column = metadata.file_metadata().schema_descr().columns().iter().position(|c| c.name() == "l_quantity");
    let size =
        |group: &parquet::file::metadata::RowGroupMetaData| group.column(column.expect("a column")).byte_range().1;
    let size: u64 = metadata.row_groups().iter().map(size).sum();
    assert!(fetched >= size && fetched <= size + size / 10, "{fetched} for a column of {size} bytes");
    assert!(fetched < fs::metadata(&path).expect("a file").len() / 4);
    assert!(explained.contains(&format!("bytes={fetched}")), "{explained}");
    assert!(explained.contains("requests=") && !explained.contains("retries="), "{explained}");
    assert!(explained.contains(&format!(", {fetched} bytes, 0 retries")), "{explained}");
}

#[test]
fn retries_are_shown() {
    let folder = tpch();
    let server = Server::start(folder.path());
    let session = remote(&server);
    session.register_files("orders", &FileSource::of_path(&url("orders.parquet"))).expect("a table");
    server.set_faults(Faults { refused: 200, broken: 200, ..some_faults(3) });
    let explained = rows(&session, "EXPLAIN ANALYZE SELECT sum(o_totalprice), max(o_clerk) FROM orders").join("\n");
    assert!(explained.contains("retries="), "{explained}");
}

#[test]
fn filters_come_first_and_may_end_it() {
    let folder = tpch();
    let server = Server::start(folder.path());
    let session = remote(&server);
    session.register_files("lineitem", &FileSource::of_path(&url("lineitem.parquet"))).expect("a table");
    server.take_seen();
    // Within the bounds of every row group, and in none.
    let query = "SELECT l_comment, l_shipinstruct FROM lineitem WHERE l_extendedprice = 50000.005";
    assert_eq!(rows(&session, query), Vec::<String>::new());
    let fetched: u64 = server.take_seen().iter().map(|seen| seen.bytes).sum();
    let metadata = footer(&folder.path().join("lineitem.parquet"));
    let column = |name: &str| {
        let at = metadata.file_metadata().schema_descr().columns().iter().position(|c| c.name() == name).expect(name);
        metadata.row_groups().iter().map(|group| group.column(at).byte_range().1).sum::<u64>()
    };
    assert!(
        fetched <= column("l_extendedprice"),
        "{fetched} bytes, {} of the filter's column",
        column("l_extendedprice")
    );
    assert!(column("l_comment") > column("l_extendedprice"));
}

#[test]
fn partitions_that_are_ruled_out_are_not_touched() {
    let folder = tempdir().expect("a folder");
    let writer = local();
    let target = folder.path().join("t");
    let frame = writer.sql("SELECT id, id * 2 AS twice, id % 5 AS k FROM range(1000)").expect("rows");
    frame.write().partition_by(["k"]).parquet(&target.to_string_lossy()).expect("written");
    let server = Server::start(folder.path());
    let session = remote(&server);
    let table = format!("parquet.`{}`", url("t"));
    assert_eq!(rows(&session, &format!("SELECT count(*), sum(twice) FROM {table} WHERE k = 3")), ["200|200200"]);
    let touched = server.take_seen();
    let of = |k: &str| touched.iter().filter(|seen| seen.key.contains(&format!("/k={k}/"))).count();
    assert!(of("3") > 0);
    // The first file's footer tells the columns.
    assert_eq!((of("1"), of("2"), of("4")), (0, 0, 0), "{touched:?}");
    // Several files whose footers nobody has read, by two workers.
    assert_eq!(rows(&session, &format!("SELECT count(*), sum(id) FROM {table} WHERE k <> 3")), ["800|399400"]);
    let explained = rows(&session, &format!("EXPLAIN ANALYZE SELECT sum(id) FROM {table} WHERE k < 2")).join("\n");
    assert!(explained.contains("files pruned=3"), "{explained}");
}

#[test]
fn a_footer_is_fetched_once_and_again_when_the_file_changed() {
    let folder = tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    fs::copy(repository("data/tpch/nation.parquet"), &path).expect("copied");
    let server = Server::start(folder.path());
    let session = remote(&server);
    let query = format!("SELECT count(*) FROM parquet.`{}`", url("t.parquet"));
    assert_eq!(rows(&session, &query), ["25"]);
    server.take_seen();
    assert_eq!(rows(&session, &query), ["25"]);
    let again = server.take_seen();
    assert!(again.iter().all(|seen| seen.method == "HEAD"), "{again:?}");
    session.register_files("t", &FileSource::of_path(&url("t.parquet"))).expect("a table");
    fs::copy(repository("data/tpch/region.parquet"), &path).expect("copied");
    assert_eq!(rows(&session, &query), ["5"]);
    // The table was planned over what is gone.
    let error = session.execute_sql("SELECT * FROM t").and_then(|result| result.collect()).expect_err("changed");
    assert!(error.to_string().contains("it has changed since the query was planned"), "{error}");
}

#[test]
fn dropping_a_query_ends_its_requests() {
    let folder = tpch();
    let server = Server::start(folder.path());
    let session = remote(&server);
    session.register_files("lineitem", &FileSource::of_path(&url("lineitem.parquet"))).expect("a table");
    server.set_faults(Faults { slow: 1000, pause: Duration::from_secs(60), ..Faults::default() });
    let result = session.execute_sql("SELECT * FROM lineitem").expect("a query");
    let until = |done: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !done() {
            assert!(began.elapsed() < Duration::from_secs(10), "{} requests", server.open_requests());
            std::thread::yield_now();
        }
    };
    until(&|| server.open_requests() > 0);
    drop(result);
    until(&|| server.open_requests() == 0);
    assert_eq!(session.executor().memory().used(), 0);
}
