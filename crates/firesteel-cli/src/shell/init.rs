//! The file whose statements and commands run before the first prompt.

use std::path::{Path, PathBuf};

use crate::complaint::complain;
use crate::run::{Flow, Runner};

/// `~/.firesteelrc`, or `firesteel/firesteelrc` below `$XDG_CONFIG_HOME` (`~/.config`): the first that exists.
pub(crate) fn init_file() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let config = std::env::var_os("XDG_CONFIG_HOME").filter(|value| !value.is_empty()).map(PathBuf::from);
    let config = config.or_else(|| Some(home.as_ref()?.join(".config")));
    let files = [home.map(|home| home.join(".firesteelrc")), config.map(|config| config.join("firesteel/firesteelrc"))];
    files.into_iter().flatten().find(|file| file.is_file())
}

/// Runs all of it, whatever fails; its commands say nothing of what they did.
pub(super) fn run(runner: &mut Runner, path: &Path) -> Flow {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            complain(&format!("{}: {error}", path.display()));
            return Flow::Failed;
        }
    };
    let (quiet, bail) = (runner.options.quiet, runner.options.bail);
    (runner.options.quiet, runner.options.bail) = (true, false);
    let flow = runner.run_script(&text);
    (runner.options.quiet, runner.options.bail) = (quiet, bail);
    if flow == Flow::Failed {
        complain(&format!("the failures above are those of {}", path.display()));
    }
    runner.last = None;
    flow
}
