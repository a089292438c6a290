//! Rows in text: in pieces, in ranges, compressed.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use firesteel::{FileOptions, FileSource, Session};
use tempfile::tempdir;

use super::server::{Faults, Server};
use super::{local, remote, rows, some_faults, url};

/// More than a unit of a scan takes, some lines long.
fn large_csv() -> String {
    let mut text = String::from("id,name,price\n");
    for id in 0..260_000_u32 {
        let name =
            if id % 50_000 == 7 { "x".repeat(100_000) } else { format!("name of {id}, quite long to fill lines") };
        text.push_str(&format!("{id},\"{name}\",{}.{:02}\n", id % 977, id % 100));
    }
    assert!(text.len() > 12 << 20);
    text
}

fn same(local: &Session, remote: &Session, root: &Path, query: &str) {
    let here = query.replace("ROOT", &root.to_string_lossy());
    let there = query.replace("ROOT", url("").trim_end_matches('/'));
    let expected = rows(local, &here);
    assert!(!expected.is_empty(), "{query}");
    assert_eq!(rows(remote, &there), expected, "{query}");
}

#[test]
fn ranges_of_large_files_give_each_record_once() {
    let folder = tempdir().expect("a folder");
    fs::write(folder.path().join("large.csv"), large_csv()).expect("written");
    let server = Server::start(folder.path());
    let (local, remote) = (local(), remote(&server));
    let query = "SELECT count(*), sum(id), max(length(name)), sum(price) FROM read_csv('ROOT/large.csv')";
    same(&local, &remote, folder.path(), query);
    let length = fs::metadata(folder.path().join("large.csv")).expect("a file").len();
    server.take_seen();
    let explained =
        rows(&remote, &format!("EXPLAIN ANALYZE {}", query.replace("ROOT", url("").trim_end_matches('/')))).join("\n");
    assert!(explained.contains("requests="), "{explained}");
    let fetched: u64 = server.take_seen().iter().map(|seen| seen.bytes).sum();
    // Each unit fetches a little of the next one; the types are learned from the beginning.
    assert!(fetched >= length && fetched < length + (6 << 20), "{fetched} of {length}");
    server.set_faults(Faults { refused: 150, broken: 150, ..some_faults(11) });
    same(&local, &remote, folder.path(), query);
}

#[test]
fn formats_and_compressions() {
    let folder = tempdir().expect("a folder");
    let root = folder.path();
    let csv = "id;when;what\n1;2024-01-02;a\n2;2024-02-03;\n3;2024-03-04;c d\n".to_owned();
    let lines: String = (0..20_000)
        .map(|id| format!("{{\"id\": {id}, \"tags\": [\"t{}\", null], \"x\": {{\"y\": {}.5}}}}\n", id % 7, id))
        .collect();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(lines.as_bytes()).expect("gzip");
    let gzip = gzip.finish().expect("gzip");
    for (name, bytes) in [
        ("a.csv", csv.as_bytes()),
        ("a.json", lines.as_bytes()),
        ("a.json.gz", gzip.as_slice()),
        ("b.txt", b"one\ntwo\n\nfour"),
        ("array.json", b"[{\"a\": 1},\n {\"a\": 2}]"),
    ] {
        fs::write(root.join(name), bytes).expect("written");
    }
    let writer = local();
    for codec in ["zstd", "lz4", "bzip2", "deflate", "gzip"] {
        writer
            .sql("SELECT id, repeat('abc', 3) AS s FROM range(50000)")
            .and_then(|frame| {
                frame
                    .write()
                    .option("compression", codec)
                    .option("header", true)
                    .csv(&root.join(codec).to_string_lossy())
            })
            .expect(codec);
    }
    let server = Server::start(root);
    let (local, remote) = (local(), remote(&server));
    for faults in [Faults::default(), Faults { refused: 200, broken: 100, ..some_faults(5) }] {
        server.set_faults(faults);
        same(&local, &remote, root, "SELECT * FROM 'ROOT/a.csv'");
        same(&local, &remote, root, "SELECT * FROM csv.`ROOT/a.csv`");
        same(&local, &remote, root, "SELECT count(*), sum(id), max(tags[0]), sum(x.y) FROM json.`ROOT/a.json`");
        same(
            &local,
            &remote,
            root,
            "SELECT count(*), sum(id), max(tags[0]), sum(x.y) FROM read_json('ROOT/a.json.gz')",
        );
        same(&local, &remote, root, "SELECT * FROM text.`ROOT/b.txt`");
        same(&local, &remote, root, "SELECT * FROM 'ROOT/array.json'");
        for codec in ["zstd", "lz4", "bzip2", "deflate", "gzip"] {
            same(&local, &remote, root, &format!("SELECT count(*), sum(id), max(s) FROM read_csv('ROOT/{codec}')"));
        }
        same(&local, &remote, root, "SELECT value FROM text.`ROOT/a.json` LIMIT 3");
    }
}

#[test]
fn views_readers_and_the_catalog() {
    let folder = tempdir().expect("a folder");
    fs::write(folder.path().join("a.csv"), "x|y\n1|a\n2|b\n").expect("written");
    let server = Server::start(folder.path());
    let session = remote(&server);
    let view = format!("CREATE TEMP VIEW v USING csv OPTIONS (path '{}', header 'true', sep '|')", url("a.csv"));
    session.execute_sql(&view).and_then(|result| result.collect()).expect(&view);
    assert_eq!(rows(&session, "SELECT * FROM v ORDER BY x"), ["1|a", "2|b"]);
    let frame = session.read().option("sep", "|").schema("x INT, y STRING").option("header", true).csv(&url("a.csv"));
    assert_eq!(frame.expect("a frame").filter("x > 1").expect("a filter").count().expect("a count"), 1);
    let mut source = FileSource::of_format("csv", &url("a.csv"));
    source.options = [("header", "true"), ("sep", "|")].into_iter().collect::<FileOptions>();
    session.register_files("t", &source).expect("a table");
    assert_eq!(rows(&session, "SELECT y FROM t WHERE x = '2'"), ["b"]);
    // Not S3, only a server: one file by its URL.
    let plain = local();
    let http = format!("{}/bucket/a.csv", server.endpoint());
    assert_eq!(rows(&plain, &format!("SELECT sum(x) FROM read_csv('{http}', sep => '|')")), ["3"]);
    assert!(server.take_seen().iter().any(|seen| !seen.signed));
}
