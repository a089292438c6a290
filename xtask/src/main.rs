//! Chores of this repository, run as `cargo xtask …`.

mod data;
mod docs;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use data::{Benchmark, Codec, DataOptions};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of this repository")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Generate a benchmark's tables as Parquet files, one per table
    Data {
        benchmark: Benchmark,
        /// Scale factor; 1 is about a gigabyte of text
        #[arg(long)]
        scale: f64,
        /// Folder for the files `<table>.parquet`; made if missing
        #[arg(long)]
        out: PathBuf,
        #[arg(long, default_value = "snappy")]
        codec: Codec,
        /// Threads that generate and encode [default: one per core]
        #[arg(long)]
        threads: Option<usize>,
    },
    /// Write docs/functions.md and docs/settings.md from the code
    Docs {
        /// Write nothing; fail if a page is not as it would be written
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().chore {
        Chore::Data { benchmark, scale, out, codec, threads } => {
            let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, Into::into)).max(1);
            data::generate(benchmark, &DataOptions { scale, out, codec, threads }).map_err(|error| error.to_string())
        }
        Chore::Docs { check } => docs::run(check),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
