//! Files by their names, and standard input as one.

use std::fs;

use tempfile::tempdir;

use crate::harness::{firesteel, run, run_with_input};

#[test]
fn standard_input_is_a_file() {
    let query = |sql: &str, input: &[u8]| run_with_input(firesteel().args(["--format", "csv", "-c", sql]), input).ok();
    assert_eq!(query("SELECT sum(a) AS s, max(b) AS m FROM '-'", b"a,b\n1,x\n2,y\n"), "s,m\n3,y\n");
    // Twice in a statement it is read once.
    let joined = "SELECT count(*) AS n FROM '/dev/stdin' AS l JOIN '/dev/stdin' AS r ON l.k = r.k";
    assert_eq!(query(joined, b"{\"k\":1}\n{\"k\":1}\n{\"k\":2}\n"), "n\n5\n");
    assert_eq!(query("SELECT count(*) AS n, min(_c0) AS m FROM csv.`-`", b"a,b\n1,x\n"), "n,m\n2,1\n");
}

#[test]
fn a_folder_of_files_is_a_database() {
    let folder = tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("written");
    };
    write("people.csv", "id,name\n1,Ada\n2,Grace\n");
    write("visits.ndjson", "{\"person\":1,\"place\":\"Oslo\"}\n{\"person\":2,\"place\":\"Rome\"}\n");
    write("logs/day=2024-01-01/a.json", "{\"level\":\"info\"}\n");
    write("logs/day=2024-01-02/a.json", "{\"level\":\"warn\"}\n");
    let query = |sql: &str| run(firesteel().arg("--data").arg(folder.path()).args(["--format", "csv", "-c", sql])).ok();
    let joined = "SELECT name, place FROM people JOIN visits ON id = person ORDER BY name";
    assert_eq!(query(joined), "name,place\nAda,Oslo\nGrace,Rome\n");
    assert_eq!(query("SELECT level FROM logs WHERE day > DATE '2024-01-01'"), "level\nwarn\n");
}
