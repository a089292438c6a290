//! Commands that run a statement: the one before them on their line, or the last one again.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use firesteel::sql::End;

use super::{Call, files, refuse};
use crate::complaint::{complain, complain_of};
use crate::run::{Flow, Runner, say};
use crate::script::Script;

/// What psql waits when nothing is said.
const WATCH_SECONDS: f64 = 2.0;

/// The statement that is meant.
fn wanted(runner: &Runner, call: &Call<'_>) -> Option<String> {
    let wanted = call.statement.map(str::to_owned).or_else(|| runner.last.clone());
    if wanted.is_none() {
        complain(&format!("{} runs the last statement again: there is none yet", call.name));
    }
    wanted
}

pub(super) fn go(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let Some(statement) = wanted(runner, call) else { return Flow::Failed };
    if !call.argument.is_empty() {
        match files::open(call.argument) {
            Ok(target) => runner.once = Some(target),
            Err(flow) => return flow,
        }
    }
    runner.run_alone(&statement)
}

pub(super) fn expanded(runner: &mut Runner, call: &Call<'_>) -> Flow {
    runner.expanded(|runner| go(runner, call))
}

/// The rows that were shown, not those that the statement would give now.
pub(super) fn last(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let Some(kept) = runner.kept.clone() else {
        let reason = match (runner.options.interactive, &runner.last) {
            (false, _) => "results are kept in interactive sessions only",
            (true, None) => "there is no result yet",
            (true, Some(_)) => "the last statement had no result, or one that was too large to keep; \\g runs it again",
        };
        complain(&format!("{}: {reason}", call.name));
        return Flow::Failed;
    };
    match runner.write_again(kept) {
        Ok(()) => Flow::Succeeded,
        Err(error) => {
            complain_of(&error, None);
            Flow::Failed
        }
    }
}

pub(super) fn watch(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let seconds = match call.argument {
        "" => Some(WATCH_SECONDS),
        seconds => seconds.parse().ok().filter(|seconds: &f64| seconds.is_finite() && *seconds >= 0.0),
    };
    let Some(seconds) = seconds else { return refuse(call) };
    let Some(statement) = wanted(runner, call) else { return Flow::Failed };
    let running = runner.running();
    loop {
        say(&format!("every {seconds} s, Ctrl-C ends it"));
        if runner.run_alone(&statement) != Flow::Succeeded {
            return Flow::Failed;
        }
        if !running.wait(Duration::from_secs_f64(seconds)) {
            return Flow::Succeeded;
        }
    }
}

/// What comes back from the editor runs when it is whole; else it is what the next line begins with.
pub(super) fn edit(runner: &mut Runner, call: &Call<'_>) -> Flow {
    if !runner.options.interactive {
        complain(&format!("{} needs a terminal", call.name));
        return Flow::Failed;
    }
    let (path, ours) = match call.argument {
        "" => (temporary(), true),
        named => (files::path(named), false),
    };
    let text = call.statement.map(str::to_owned).or_else(|| runner.last.clone()).unwrap_or_default();
    let edited = edited(&path, ours.then_some(text.as_str()));
    if ours {
        // It may never have been written.
        let _ = std::fs::remove_file(&path);
    }
    match edited {
        Ok(text) if text.trim().is_empty() => Flow::Succeeded,
        Ok(text) if Script::of(&text).end == End::Complete => {
            say(text.trim_end());
            runner.run_script(&text)
        }
        Ok(text) => {
            runner.prepared = Some(text.trim_end().to_owned());
            Flow::Succeeded
        }
        Err(reason) => {
            complain(&reason);
            Flow::Failed
        }
    }
}

/// A file of this process alone.
pub(crate) fn temporary() -> PathBuf {
    std::env::temp_dir().join(format!("firesteel-{}.sql", std::process::id()))
}

/// The user's editor, which may have arguments: `code --wait`.
pub(crate) fn editor() -> String {
    let set = |name| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned())
}

fn edited(path: &PathBuf, text: Option<&str>) -> Result<String, String> {
    let reason = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(text) = text {
        std::fs::write(path, format!("{text};\n")).map_err(reason)?;
    }
    let editor = editor();
    let mut words = editor.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("vi"));
    let status = command.args(words).arg(path).status().map_err(|error| format!("{editor}: {error}"))?;
    if !status.success() {
        return Err(format!("{editor} ended with {status}"));
    }
    std::fs::read_to_string(path).map_err(reason)
}
