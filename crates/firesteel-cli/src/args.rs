//! The command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand};

use crate::output::Format;

/// Spark SQL over files, from a shell or a script.
#[derive(Debug, Parser)]
#[command(name = "firesteel", version, args_conflicts_with_subcommands = false)]
pub(crate) struct Args {
    /// Runs these statements or commands and leaves; may be given several times.
    #[arg(short = 'c', long = "command", value_name = "SQL", allow_hyphen_values = true)]
    pub(crate) execute: Vec<String>,

    /// Runs the statements of a file and leaves; may be given several times.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Vec<String>,

    /// Each Parquet file or folder in DIR is a table of its name.
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) data: Option<String>,

    /// How results are written: a table for people, the others for programs.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,

    /// Sets a value as SET would, e.g. spark.sql.session.timeZone=Europe/Berlin.
    #[arg(long, visible_aliases = ["config", "conf"], value_name = "KEY=VALUE", value_parser = key_value, global = true)]
    pub(crate) set: Vec<(String, String)>,

    /// What `:NAME` stands for in statements: a literal of SQL (5, DATE '2024-01-31', NULL), or else a text.
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = name_value)]
    pub(crate) parameters: Vec<(String, String)>,

    /// Stops at the first failure (what -c, -f and standard input do unless told otherwise).
    #[arg(long, conflicts_with = "go_on")]
    pub(crate) bail: bool,

    /// Goes on after failures; the exit code tells of them all the same.
    #[arg(long = "continue")]
    pub(crate) go_on: bool,

    /// Says nothing that was not asked for: no greeting, no counts of rows.
    #[arg(short, long)]
    pub(crate) quiet: bool,

    /// What the shell runs before its first prompt, instead of ~/.firesteelrc.
    #[arg(long, value_name = "FILE", conflicts_with = "no_init")]
    pub(crate) init: Option<PathBuf>,

    /// The shell runs nothing before its first prompt.
    #[arg(long)]
    pub(crate) no_init: bool,

    /// CPU threads; 0 for as many as the machine has.
    #[arg(long, default_value_t = 0, global = true)]
    pub(crate) threads: usize,

    /// What queries may hold in memory, e.g. 512MB or 8GiB.
    #[arg(long, value_name = "BYTES", value_parser = byte_size, global = true)]
    pub(crate) memory_limit: Option<usize>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs each *.sql file of a folder several times in one process and writes the times as JSON.
    Bench(Bench),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Bench {
    /// A folder of *.sql files, one query each.
    #[arg(long, value_name = "DIR")]
    pub(crate) queries: String,

    /// Only these, by file name without .sql: q01,q09.
    #[arg(long, value_delimiter = ',')]
    pub(crate) query: Vec<String>,

    #[arg(long, default_value_t = 3)]
    pub(crate) iterations: usize,

    /// Where the JSON goes; standard output without it.
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<String>,

    /// Writes each query's rows as a Parquet file of its name into DIR.
    #[arg(long, value_name = "DIR")]
    pub(crate) results: Option<String>,
}

fn key_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}

/// Blanks belong to the value.
fn name_value(text: &str) -> Result<(String, String), String> {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    match text.split_once('=') {
        Some((name, value)) if is_name(name) => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE, with letters, digits and _ in the name".to_owned()),
    }
}

/// `1000`, `512MB`, `1.5GiB`.
fn byte_size(text: &str) -> Result<usize, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| format!("'{text}' is no size: use e.g. 512MB"))?;
    let factor: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1024.0 * 1024.0,
        "g" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return Err(format!("unknown unit '{unit}': use KB, MB, GB, KiB, MiB or GiB")),
    };
    Ok((number * factor) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_settings() {
        assert_eq!(byte_size("1.5KiB"), Ok(1536));
        assert_eq!(byte_size("512MB"), Ok(512_000_000));
        assert!(byte_size("many").is_err() && byte_size("5 bananas").is_err());
        assert_eq!(key_value("a.b = c=d"), Ok(("a.b".to_owned(), "c=d".to_owned())));
        assert!(key_value("a").is_err());
        assert_eq!(name_value("p= x=1 "), Ok(("p".to_owned(), " x=1 ".to_owned())));
        assert!(name_value("p").is_err() && name_value("=1").is_err() && name_value("1p=2").is_err());
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }
}
