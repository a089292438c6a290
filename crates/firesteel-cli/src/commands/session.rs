//! The session itself.

use super::{Call, refuse, switched};
use crate::run::{Flow, Runner, say};

pub(super) fn quit(_: &mut Runner, call: &Call<'_>) -> Flow {
    if call.argument.is_empty() { Flow::Quit } else { refuse(call) }
}

pub(super) fn version(_: &mut Runner, _: &Call<'_>) -> Flow {
    say(&format!("firesteel {}", env!("CARGO_PKG_VERSION")));
    Flow::Succeeded
}

pub(super) fn bail(runner: &mut Runner, call: &Call<'_>) -> Flow {
    match switched(runner.options.bail, call.argument) {
        Some(bail) => {
            runner.options.bail = bail;
            Flow::Succeeded
        }
        None => refuse(call),
    }
}

pub(super) fn connect(runner: &mut Runner, call: &Call<'_>) -> Flow {
    match call.argument {
        "" => conninfo(runner, call),
        schema => runner.run_alone(&format!("USE {schema}")),
    }
}

pub(super) fn conninfo(runner: &mut Runner, _: &Call<'_>) -> Flow {
    let executor = runner.session.executor();
    let memory = match executor.memory().limit() {
        usize::MAX => "unlimited".to_owned(),
        bytes => format!("{:.1} GiB", bytes as f64 / (1_u64 << 30) as f64),
    };
    let folder = std::env::current_dir().map_or_else(|_| "unknown".to_owned(), |path| path.display().to_string());
    let lines = [
        ("engine", format!("Firesteel {} in this process", env!("CARGO_PKG_VERSION"))),
        ("tables", runner.options.data.clone().unwrap_or_else(|| "none from a folder (see --data)".to_owned())),
        ("folder", folder),
        ("threads", executor.threads().to_string()),
        ("memory", memory),
        ("time zone", runner.session.settings().get(&firesteel::SESSION_TIME_ZONE).to_owned()),
    ];
    for (name, value) in lines {
        say(&format!("{name:<11}{value}"));
    }
    Flow::Succeeded
}

/// `KEY VALUE` and `KEY=VALUE` are both what people write.
pub(super) fn set(runner: &mut Runner, call: &Call<'_>) -> Flow {
    let cut = call.argument.split_once('=').or_else(|| call.argument.split_once(char::is_whitespace));
    match cut {
        Some((key, value)) => runner.run_alone(&format!("SET {} = {}", key.trim(), value.trim())),
        None if call.argument.is_empty() => runner.run_alone("SET -v"),
        None => runner.run_alone(&format!("SET {}", call.argument)),
    }
}
