//! The interactive shell: a statement goes from its first line to the `;`, Ctrl-C stops what runs, Ctrl-D leaves.
//!
//! ```text
//! keys ──▶ editor (reedline) ──line──▶ script ──▶ statements and commands ──▶ results
//!             │  ▲
//!             ▼  │ highlight, complete: pure functions of text, cursor and a Dictionary
//!          scope: which tables a statement names
//! ```

mod complete;
mod dictionary;
mod editor;
mod highlight;
mod history;
mod init;
mod keywords;
mod scope;

use firesteel::{Error, Result};
use reedline::{EditCommand, Signal};

use crate::complaint::complain;
use crate::run::{Flow, Runner, say};
use editor::{Editor, ShellPrompt};

pub(crate) use init::init_file;

/// As shells have it for a program that Ctrl-C ended.
const EXIT_INTERRUPTED: i32 = 130;
/// Words that people type who look for the way out, or in; they are no statements.
const BARE: &[(&str, &str)] = &[("quit", ".quit"), ("exit", ".quit"), ("help", ".help"), ("?", ".help")];

/// Whether the shell was left in good order.
pub(crate) fn run(mut runner: Runner, init: Option<&std::path::Path>) -> Result<bool> {
    let running = runner.running();
    // While a line is edited the editor sees Ctrl-C itself; this is for the time in between.
    ctrlc::set_handler(move || {
        if !running.cancel() {
            // Asked a second time, and still not stopped.
            std::process::exit(EXIT_INTERRUPTED);
        }
    })
    .map_err(|error| Error::internal(format!("Ctrl-C cannot be caught: {error}")))?;
    if let Some(path) = init
        && init::run(&mut runner, path) == Flow::Quit
    {
        return Ok(true);
    }
    // A mistake at the prompt ends nothing.
    runner.options.bail = false;
    if !runner.options.quiet {
        say(&format!("Firesteel {} — statements end with ';', .help for more", env!("CARGO_PKG_VERSION")));
    }
    let mut editor = Editor::new(&runner);
    loop {
        editor.prepare(&runner);
        if let Some(text) = runner.prepared.take() {
            editor.line.run_edit_commands(&[EditCommand::InsertString(text)]);
        }
        match editor.line.read_line(&ShellPrompt) {
            Ok(Signal::Success(line)) => {
                if obey(&mut runner, &line) == Flow::Quit {
                    return Ok(true);
                }
            }
            Ok(Signal::CtrlC) => {}
            Ok(_) => return Ok(true),
            Err(error) => {
                complain(&format!("the terminal cannot be read: {error}"));
                return Ok(false);
            }
        }
    }
}

fn obey(runner: &mut Runner, line: &str) -> Flow {
    runner.run_script(bare(line).unwrap_or(line))
}

/// The command that a bare word stands for.
fn bare(line: &str) -> Option<&'static str> {
    let word = line.trim().trim_end_matches(';').trim_end();
    BARE.iter().find(|(bare, _)| bare.eq_ignore_ascii_case(word)).map(|(_, command)| *command)
}
