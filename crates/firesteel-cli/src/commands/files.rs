//! Files that are read, files and programs that results go to, commands of the system.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Call, refuse};
use crate::complaint::{complain, complain_of};
use crate::output::target::Target;
use crate::run::{Flow, Runner, say};

/// A path as people type it: in quotes perhaps, `~` for the home folder.
pub(super) fn path(argument: &str) -> PathBuf {
    let argument = argument.trim_matches(['\'', '"']);
    let home = || std::env::var_os("HOME").map(PathBuf::from);
    match argument.strip_prefix("~/") {
        Some(rest) => home().map_or_else(|| PathBuf::from(argument), |home| home.join(rest)),
        None if argument == "~" => home().unwrap_or_else(|| PathBuf::from(argument)),
        None => PathBuf::from(argument),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> Flow {
    complain_of(&firesteel::file_error(&path.display().to_string(), &error.to_string()), None);
    Flow::Failed
}

pub(super) fn read(runner: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() {
        return refuse(call);
    }
    let path = path(call.argument);
    match std::fs::read_to_string(&path) {
        Ok(text) => runner.run_script(&text),
        Err(error) => failed(&path, &error),
    }
}

/// Opens a file or starts a program for results.
pub(super) fn open(wanted: &str) -> Result<Target, Flow> {
    let named = match wanted.starts_with('|') {
        true => PathBuf::from(wanted),
        false => path(wanted),
    };
    Target::open(&named.to_string_lossy()).map_err(|error| failed(&named, &error))
}

pub(super) fn output(runner: &mut Runner, call: &Call<'_>) -> Flow {
    if let Some(before) = runner.output.take()
        && let Err(error) = before.finish()
    {
        return failed(Path::new("the output"), &error);
    }
    if matches!(call.argument, "" | "stdout") {
        return Flow::Succeeded;
    }
    match open(call.argument) {
        Ok(target) => runner.output = Some(target),
        Err(flow) => return flow,
    }
    Flow::Succeeded
}

pub(super) fn once(runner: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() {
        return refuse(call);
    }
    match open(call.argument) {
        Ok(target) => runner.once = Some(target),
        Err(flow) => return flow,
    }
    Flow::Succeeded
}

pub(super) fn cd(_: &mut Runner, call: &Call<'_>) -> Flow {
    let folder = path(if call.argument.is_empty() { "~" } else { call.argument });
    match std::env::set_current_dir(&folder) {
        Ok(()) => Flow::Succeeded,
        Err(error) => failed(&folder, &error),
    }
}

pub(super) fn shell(_: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() {
        return refuse(call);
    }
    match Command::new("sh").arg("-c").arg(call.argument).status() {
        Ok(status) if status.success() => Flow::Succeeded,
        Ok(status) => {
            complain(&format!("the command ended with {status}"));
            Flow::Failed
        }
        Err(error) => failed(Path::new("sh"), &error),
    }
}

pub(super) fn print(_: &mut Runner, call: &Call<'_>) -> Flow {
    let text = call.argument;
    let quoted =
        text.len() > 1 && [('\'', '\''), ('"', '"')].iter().any(|(a, b)| text.starts_with(*a) && text.ends_with(*b));
    say(if quoted { &text[1..text.len() - 1] } else { text });
    Flow::Succeeded
}
