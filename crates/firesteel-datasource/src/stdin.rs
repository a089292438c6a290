//! Standard input as a file: copied once into one without a name, so that it can be read again, and from any place.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::sync::OnceLock;

use firesteel_common::{Error, Result, error};

static SPOOLED: OnceLock<File> = OnceLock::new();

/// Whether a path means standard input.
pub(crate) fn is_stdin(path: &str) -> bool {
    matches!(path, "-" | "/dev/stdin")
}

/// Where its contents are.
pub(crate) fn spooled() -> Result<PathBuf> {
    if let Some(file) = SPOOLED.get() {
        return Ok(path_of(file));
    }
    let unreadable =
        |reason: io::Error| -> Error { error!(CANNOT_READ_FILE, path = "/dev/stdin", reason = reason.to_string()) };
    let mut file = tempfile::tempfile().map_err(unreadable)?;
    io::copy(&mut io::stdin().lock(), &mut file).map_err(unreadable)?;
    Ok(path_of(SPOOLED.get_or_init(|| file)))
}

pub(crate) fn is_spooled(location: &str) -> bool {
    SPOOLED.get().is_some_and(|file| path_of(file).to_str() == Some(location))
}

fn path_of(file: &File) -> PathBuf {
    PathBuf::from(format!("/dev/fd/{}", file.as_raw_fd()))
}
