//! Which objects a path means: the same as of a folder.

use std::fs;

use tempfile::tempdir;

use super::server::Server;
use super::{local, remote, rows, url};

#[test]
fn patterns_mean_what_they_mean_for_folders() {
    let folder = tempdir().expect("a folder");
    let root = folder.path();
    let files = [
        "a1.csv",
        "a2.csv",
        "b1.csv",
        "in/c1.csv",
        "in/deep/c2.csv",
        "_tmp/c3.csv",
        ".hidden.csv",
        "in/_x.csv",
        "p/year=2024/city=A%20B/1.csv",
        "p/year=2025/city=C/2.csv",
        "odd name+&.csv",
    ];
    for (at, name) in files.iter().enumerate() {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, format!("v\n{}\n", 1 << at)).expect("written");
    }
    // Small pages: every listing needs several.
    let server = Server::with_pages(root, 2);
    let (local, remote) = (local(), remote(&server));
    for pattern in [
        "a1.csv",
        "a?.csv",
        "[ab]1.csv",
        "[^b]1.csv",
        "{a,in/c}1.csv",
        "in",
        "in/",
        "in/*",
        "in/**/c*",
        "i*",
        "*.csv",
        "*/c1.csv",
        "{a1,b1}.csv",
        "odd name+&.csv",
    ] {
        let query = |root: &str| format!("SELECT v FROM read_csv('{root}/{pattern}', header => true) ORDER BY 1");
        let expected = rows(&local, &query(&root.to_string_lossy()));
        assert!(!expected.is_empty());
        assert_eq!(rows(&remote, &query(url("").trim_end_matches('/'))), expected, "{pattern}");
    }
    for pattern in ["p", "p/year=*", "p/*/*", "p/year=2024/"] {
        let query = |root: &str| format!("SELECT * FROM read_csv('{root}/{pattern}', header => true) ORDER BY v");
        let expected = rows(&local, &query(&root.to_string_lossy()));
        assert_eq!(rows(&remote, &query(url("").trim_end_matches('/'))), expected, "{pattern}");
    }
    let options = firesteel::SessionOptions {
        data: Some(url("")),
        settings: vec![
            ("fs.s3a.endpoint".to_owned(), server.endpoint()),
            ("fs.s3a.aws.credentials.provider".to_owned(), "anonymous".to_owned()),
        ],
        ..Default::default()
    };
    let database = firesteel::Session::new(options).expect("a session");
    assert_eq!(rows(&database, "SELECT v FROM a1 UNION SELECT v FROM p ORDER BY 1"), ["1", "256", "512"]);
    let both = format!("SELECT count(*) FROM read_csv('{}', '{}')", url("a1.csv"), root.join("b1.csv").display());
    assert_eq!(rows(&remote, &both), ["2"]);
    let error = remote.execute_sql(&format!("SELECT * FROM csv.`{}`", url("none*"))).err().expect("nothing");
    assert_eq!(error.condition().name, "PATH_NOT_FOUND");
}
