//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Parser;

use crate::compare::ErrorDetail;
use crate::input::KeyValue;
use crate::modes::Mode;

/// Runs golden SQL files: statements in `*.sql`, what they must give in `*.sql.out`
#[derive(Debug, Parser)]
#[command(name = "sql-tests")]
pub(crate) struct Arguments {
    /// Only files whose path contains one of these
    pub(crate) filters: Vec<String>,
    /// Folder of `.sql` files
    #[arg(long, value_name = "DIR", default_value_os_t = own_folder("inputs"))]
    pub(crate) inputs: PathBuf,
    /// Folder of `.sql.out` files
    #[arg(long, value_name = "DIR", default_value_os_t = own_folder("results"))]
    pub(crate) results: PathBuf,
    /// Folder with a `tables.json` of tables that must exist
    #[arg(long, value_name = "DIR")]
    pub(crate) tables: Option<PathBuf>,
    /// Mode to run in, may be repeated [default: all, one process each]
    #[arg(long = "mode", value_name = "MODE")]
    pub(crate) modes: Vec<Mode>,
    /// Record what the engine gives, in mode default, instead of comparing
    #[arg(long, conflicts_with = "modes")]
    pub(crate) write: bool,
    /// Replay another suite's files: one process per file, failures are counted but are none
    #[arg(long)]
    pub(crate) survey: bool,
    /// How much of an error must agree [default: parameters; with --survey: condition]
    #[arg(long, value_name = "DETAIL")]
    pub(crate) errors: Option<ErrorDetail>,
    /// List of statements that are known not to agree yet
    #[arg(long, value_name = "FILE", default_value_os_t = own_folder("gaps.txt"))]
    pub(crate) gaps: PathBuf,
    /// Write the list of gaps anew from what fails now, in mode default
    #[arg(long, conflicts_with_all = ["modes", "write"])]
    pub(crate) write_gaps: bool,
    /// A session setting for every file, may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    pub(crate) settings: Vec<KeyValue>,
    /// Seconds that a statement may take
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) time_limit: u64,
    /// Write what was found as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Show the statements that disagree
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Run this one file in this process and print nothing (how the runner calls itself)
    #[arg(long, hide = true)]
    pub(crate) exactly: Option<String>,
    #[arg(long, hide = true)]
    pub(crate) quiet: bool,
}

impl Arguments {
    pub(crate) fn modes(&self) -> Vec<Mode> {
        match (self.modes.as_slice(), self.write || self.write_gaps || self.survey) {
            ([], true) => vec![Mode::Default],
            ([], false) => <Mode as clap::ValueEnum>::value_variants().to_vec(),
            (modes, _) => modes.to_vec(),
        }
    }

    pub(crate) fn error_detail(&self) -> ErrorDetail {
        let default = if self.survey { ErrorDetail::Condition } else { ErrorDetail::Parameters };
        self.errors.unwrap_or(default)
    }

    pub(crate) fn selects(&self, file: &str) -> bool {
        match &self.exactly {
            Some(only) => file == only,
            None => self.filters.is_empty() || self.filters.iter().any(|filter| file.contains(filter)),
        }
    }

    /// The command line of a process that does a part: one mode, perhaps one file.
    pub(crate) fn for_process(&self, mode: Mode, file: Option<&str>, report: &Path) -> Vec<OsString> {
        let mut line: Vec<OsString> = self.filters.iter().map(OsString::from).collect();
        let mut option = |name: &str, value: &dyn AsRef<std::ffi::OsStr>| {
            line.push(format!("--{name}").into());
            line.push(value.as_ref().to_owned());
        };
        option("inputs", &self.inputs);
        option("results", &self.results);
        option("gaps", &self.gaps);
        option("mode", &mode.name());
        option("report", &report);
        option("time-limit", &self.time_limit.to_string());
        if let Some(tables) = &self.tables {
            option("tables", tables);
        }
        if let Some(file) = file {
            option("exactly", &file);
        }
        if let Some(detail) = self.errors.and_then(|detail| clap::ValueEnum::to_possible_value(&detail)) {
            option("errors", &detail.get_name());
        }
        for (key, value) in &self.settings {
            option("set", &format!("{key}={value}"));
        }
        line.extend(self.survey.then(|| "--survey".into()));
        line.push("--quiet".into());
        line
    }
}

/// A folder of this package, wherever the command is called from.
fn own_folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn key_value(text: &str) -> Result<KeyValue, String> {
    let (key, value) = text.split_once('=').ok_or("expected KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}
