//! Statements that do not agree yet and are known not to: one line each, the file and the statement with its blanks
//! joined. The list can only shrink: a statement that is not on it must agree, in every mode, and one that is on it must
//! not, so that who closes a gap also strikes its line.

use std::fs;
use std::io;
use std::path::Path;

use hashbrown::HashSet;

const HEADER: &str = "\
# Statements whose results are not Spark's yet. Strike a line when its statement agrees (the runner insists).
# `cargo run -p sql-tests -- --write-gaps` writes this list anew.
";

#[derive(Debug, Default)]
pub(crate) struct Gaps(HashSet<String>);

impl Gaps {
    /// No file, no gaps.
    pub(crate) fn read(path: &Path) -> Gaps {
        let text = fs::read_to_string(path).unwrap_or_default();
        Gaps(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect())
    }

    pub(crate) fn write(path: &Path, failures: impl Iterator<Item = (String, String)>) -> io::Result<()> {
        let mut lines: Vec<_> = failures.map(|(file, sql)| line(&file, &sql)).collect();
        lines.sort_unstable();
        lines.dedup();
        fs::write(path, format!("{HEADER}{}\n", lines.join("\n")))
    }

    pub(crate) fn contains(&self, file: &str, sql: &str) -> bool {
        self.0.contains(&line(file, sql))
    }
}

fn line(file: &str, sql: &str) -> String {
    let words: Vec<_> = sql.split_whitespace().collect();
    format!("{file}: {}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_found_by_file_and_statement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gaps.txt");
        Gaps::write(&path, [("a.sql".to_owned(), "select\n  1".to_owned())].into_iter()).unwrap();
        let gaps = Gaps::read(&path);
        assert!(gaps.contains("a.sql", "select 1"));
        assert!(!gaps.contains("b.sql", "select 1"));
        assert!(!Gaps::read(&folder.path().join("none.txt")).contains("a.sql", "select 1"));
    }
}
