//! Runs the binary over the shipped sample and looks at what comes out.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The repository's TPC-H sample.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tpch")
}

/// The binary, in a world without the user's settings.
pub(crate) fn firesteel() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firesteel"));
    command.env_remove("RUST_BACKTRACE").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// The binary with the sample's tables.
pub(crate) fn with_sample() -> Command {
    let mut command = firesteel();
    command.arg("--data").arg(sample());
    command
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs to the end, `input` on standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &[u8]) -> Ran {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a process");
    let mut stdin = child.stdin.take().expect("standard input");
    let input = input.to_vec();
    // On a thread of its own: output may fill its pipe before all input is read.
    let writer = std::thread::spawn(move || {
        // A run that fails early reads no further.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("an end");
    writer.join().expect("the writer");
    Ran {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub(crate) fn run(command: &mut Command) -> Ran {
    run_with_input(command, b"")
}

/// Statements over the sample.
pub(crate) fn sql(text: &str) -> Ran {
    run(with_sample().args(["-c", text]))
}

impl Ran {
    /// All went well: standard output.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert!(self.err.is_empty(), "{self:?}");
        self.out
    }

    /// It failed as a user's mistake does: exit code 1, the condition and its SQLSTATE, no word of ours.
    #[track_caller]
    pub(crate) fn fails(self, condition: &str, sql_state: &str) -> Self {
        assert_eq!(self.code, Some(1), "{self:?}");
        assert!(self.err.starts_with(&format!("[{condition}] ")), "{}", self.err);
        assert!(self.err.contains(&format!(" SQLSTATE: {sql_state}")), "{}", self.err);
        let lower = self.err.to_lowercase();
        assert!(!lower.contains("panicked") && !lower.contains("internal"), "{}", self.err);
        assert!(self.err.len() < 4000, "an error that floods the screen: {} bytes", self.err.len());
        self
    }

    /// The error shows line `line` of the text, and its carets stand below `marked` on it.
    #[track_caller]
    pub(crate) fn at(self, line: usize, marked: &str) -> Self {
        let lines: Vec<_> = self.err.lines().collect();
        let head = lines.iter().position(|text| text.starts_with("== SQL (line ")).expect(&self.err);
        assert!(lines[head].starts_with(&format!("== SQL (line {line}, position ")), "{}", self.err);
        let (shown, carets) = (lines[head + 1], lines[head + 2]);
        let (start, length) = (carets.len() - carets.trim_start().len(), carets.trim().len());
        assert!(carets.trim().chars().all(|c| c == '^'), "{}", self.err);
        let below: String = shown.chars().skip(start).take(length).collect();
        assert_eq!(below, marked, "{}", self.err);
        let position: usize = shown.chars().take(start).count() + 1;
        assert!(lines[head].contains(&format!("position {position})")), "{}", self.err);
        self
    }

    /// Somewhere in the error.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.err.contains(text), "{} is not in: {}", text, self.err);
        self
    }
}

/// A command line that is wrong.
#[track_caller]
pub(crate) fn refused(args: &[&str], says: &str) {
    let ran = run(firesteel().args(args));
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.err.contains(says), "{}", ran.err);
    assert!(ran.out.is_empty() && !ran.err.contains("panicked"), "{ran:?}");
}
