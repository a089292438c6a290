//! The `firesteel` binary: an interactive shell, a batch runner, a benchmark.
//!
//! ```text
//! firesteel                      shell (a terminal), or statements from standard input (a pipe)
//! firesteel -c SQL, -f FILE      statements, then out
//! firesteel bench ...            query files, timed
//! ```
//! Exit codes: 0 all statements succeeded, 1 one failed, 2 the command line is wrong.

mod args;
mod bench;
mod output;
mod run;
mod shell;

use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use clap::Parser;
use firesteel::{Result, Session, SessionOptions};

use args::{Args, Command};
use run::Runner;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    match start(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            run::complain(&error.render(None));
            ExitCode::from(1)
        }
    }
}

/// Whether everything succeeded.
fn start(args: &Args) -> Result<bool> {
    let session = open_session(args)?;
    if let Some(Command::Bench(bench)) = &args.command {
        return bench::run(&session, bench);
    }
    let mut runner = Runner::new(session, args.format);
    if !args.execute.is_empty() || !args.file.is_empty() {
        return batch(&mut runner, args);
    }
    if io::stdin().is_terminal() {
        return shell::run(runner);
    }
    let mut bytes = Vec::new();
    let read = io::stdin().read_to_end(&mut bytes).map(|_| bytes);
    Ok(runner.run_script(&as_text("standard input", read)?))
}

/// What was read, if it is text.
fn as_text(name: &str, read: io::Result<Vec<u8>>) -> Result<String> {
    let bytes = read.map_err(|error| firesteel::file_error(name, &error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        firesteel::file_error(name, &format!("line {line}, byte {at} of the text is not UTF-8"))
    })
}

fn open_session(args: &Args) -> Result<Session> {
    let options = SessionOptions { threads: args.threads, memory_limit: args.memory_limit, data: args.data.clone() };
    let session = Session::new(options)?;
    for (key, value) in &args.set {
        session.set(key, value)?;
    }
    Ok(session)
}

/// `-c` texts, then `-f` files, up to the first statement that fails.
fn batch(runner: &mut Runner, args: &Args) -> Result<bool> {
    for text in &args.execute {
        if !runner.run_script(text) {
            return Ok(false);
        }
    }
    for path in &args.file {
        if !runner.run_script(&as_text(path, std::fs::read(path))?) {
            return Ok(false);
        }
    }
    Ok(true)
}
