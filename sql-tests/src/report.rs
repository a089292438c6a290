//! What a run found, as JSON between processes and as lines for people.

use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) files: Vec<FileReport>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct FileReport {
    pub(crate) mode: String,
    pub(crate) file: String,
    pub(crate) total: usize,
    /// Statements that agree as far as was asked.
    pub(crate) agreed: usize,
    /// Those of them that agree in every detail.
    pub(crate) same: usize,
    /// Statements that disagree and are listed as gaps; neither agreed nor failed.
    pub(crate) gaps: usize,
    pub(crate) failures: Vec<Failure>,
    /// Why the file could not be run as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) problem: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Failure {
    pub(crate) sql: String,
    pub(crate) expected: String,
    pub(crate) actual: String,
}

impl FileReport {
    pub(crate) fn failed(&self) -> usize {
        self.total - self.agreed - self.gaps
    }

    pub(crate) fn print(&self, verbose: bool) {
        let FileReport { mode, file, total, agreed, same, gaps, .. } = self;
        let mark = if self.failed() == 0 { "ok    " } else { "FAILED" };
        let gaps = if *gaps > 0 { format!(", {gaps} known gaps") } else { String::new() };
        println!("{mark} {mode:<10} {file:<56} {agreed:>4} of {total:>4} agree, {same:>4} in every detail{gaps}");
        if let Some(problem) = &self.problem {
            println!("       {problem}");
        }
        if verbose {
            self.failures.iter().for_each(Failure::print);
        }
    }
}

impl Failure {
    fn print(&self) {
        println!("\n{}", self.sql);
        let expected: Vec<_> = self.expected.lines().collect();
        let actual: Vec<_> = self.actual.lines().collect();
        for at in 0..expected.len().max(actual.len()) {
            match (expected.get(at), actual.get(at)) {
                (Some(expected), Some(actual)) if expected == actual => println!("    {expected}"),
                (expected, actual) => {
                    expected.iter().for_each(|line| println!("  - {line}"));
                    actual.iter().for_each(|line| println!("  + {line}"));
                }
            }
        }
        println!();
    }
}

impl Report {
    pub(crate) fn passed(&self) -> usize {
        self.files.iter().map(|file| file.agreed).sum()
    }

    pub(crate) fn gaps(&self) -> usize {
        self.files.iter().map(|file| file.gaps).sum()
    }

    pub(crate) fn failed(&self) -> usize {
        self.files.iter().map(FileReport::failed).sum()
    }
}
