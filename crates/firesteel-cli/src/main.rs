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
mod commands;
mod complaint;
mod output;
mod progress;
mod run;
mod script;
mod shell;
mod terminal;

use std::io::{self, IsTerminal, Read};
use std::process::ExitCode;

use clap::Parser;
use firesteel::{Parameters, Result, Session, SessionOptions};

use args::{Args, Command};
use complaint::complain_of;
use output::target::Paging;
use run::{Flow, Runner};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    match start(&args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            complain_of(&error, None);
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
    let parameters = args.parameters.iter();
    runner.parameters = parameters.fold(Parameters::default(), |all, (name, value)| all.named_text(name, value));
    runner.options.data.clone_from(&args.data);
    runner.options.bail = !args.go_on;
    runner.options.quiet = args.quiet;
    runner.display.footer = !args.quiet;
    if !args.execute.is_empty() || !args.file.is_empty() {
        return Ok(batch(&mut runner, args));
    }
    if io::stdin().is_terminal() {
        return interact(runner, args);
    }
    let mut bytes = Vec::new();
    let read = io::stdin().read_to_end(&mut bytes).map(|_| bytes);
    Ok(runner.run_script(&as_text("standard input", read)?) != Flow::Failed)
}

fn interact(mut runner: Runner, args: &Args) -> Result<bool> {
    let watched = io::stdout().is_terminal();
    runner.options.interactive = true;
    runner.options.progress = watched && io::stderr().is_terminal() && !terminal::is_dumb();
    runner.options.paging = if watched && !terminal::is_dumb() { Paging::Auto } else { Paging::Off };
    let init = match args.no_init {
        true => None,
        false => args.init.clone().or_else(shell::init_file),
    };
    shell::run(runner, init.as_deref())
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
    Session::new(SessionOptions {
        threads: args.threads,
        memory_limit: args.memory_limit,
        data: args.data.clone(),
        settings: args.set.clone(),
    })
}

/// `-c` texts, then `-f` files, up to the first that fails unless failures are to be passed over.
fn batch(runner: &mut Runner, args: &Args) -> bool {
    let mut succeeded = true;
    let texts = args.execute.iter().map(|text| Ok(text.clone()));
    let files = args.file.iter().map(|path| as_text(path, std::fs::read(path)));
    for text in texts.chain(files) {
        let flow = match text {
            Ok(text) => runner.run_script(&text),
            Err(error) => {
                complain_of(&error, None);
                Flow::Failed
            }
        };
        match flow {
            Flow::Succeeded => {}
            Flow::Quit => break,
            Flow::Failed if runner.options.bail => return false,
            Flow::Failed => succeeded = false,
        }
    }
    succeeded
}
