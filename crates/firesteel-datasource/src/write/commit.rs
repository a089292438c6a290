//! Files appear all at once, or not at all.
//!
//! ```text
//! data/out        is not there:  .out.XXXX.writing ──rename──▶ out
//! data/out, replaced:            out ──▶ .out.XXXX.old,  .out.XXXX.writing ──▶ out,  .out.XXXX.old removed
//! data/out, added to:            each file of .out.XXXX.writing ──rename──▶ out/…
//! ```
//! What was written goes with the [`Staging`] unless it was committed: after an error, and when a query is cancelled.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use firesteel_common::Result;
use tempfile::TempDir;

use super::failed;

/// What says that a folder is complete.
const SUCCESS: &str = "_SUCCESS";

/// The folder in which files are made.
pub(crate) struct Staging {
    target: PathBuf,
    folder: TempDir,
    /// Unique to this write: names of files have it in them.
    token: String,
}

impl Staging {
    pub(crate) fn new(target: &Path) -> Result<Self> {
        let unwritable = |reason: io::Error| failed(target, reason);
        let parent = target.parent().unwrap_or(Path::new("/"));
        let name = target.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        fs::create_dir_all(parent).map_err(unwritable)?;
        let folder = tempfile::Builder::new()
            .prefix(&format!(".{name}."))
            .suffix(".writing")
            .rand_bytes(12)
            .tempdir_in(parent)
            .map_err(unwritable)?;
        let token = folder.path().to_string_lossy().rsplit('.').nth(1).unwrap_or("x").to_owned();
        Ok(Self { target: target.to_owned(), folder, token })
    }

    /// The place of a file; folders above it are made.
    pub(crate) fn file(&self, partition: &str, number: usize, suffix: &str) -> Result<PathBuf> {
        let folder = self.folder.path().join(partition);
        fs::create_dir_all(&folder).map_err(|reason| failed(&folder, reason))?;
        Ok(folder.join(format!("part-{number:05}-{}-c000{suffix}", self.token)))
    }

    pub(crate) fn commit(&self, replace: bool) -> Result<()> {
        let unwritable = |reason: io::Error| failed(&self.target, reason);
        // A folder made for nobody else is opened to others as folders are.
        make_readable(self.folder.path()).map_err(unwritable)?;
        if self.target.is_file() && !replace {
            return Err(failed(&self.target, "it is a file; files are added to folders"));
        }
        if self.target.is_dir() && !replace {
            add_files(self.folder.path(), &self.target).map_err(unwritable)?;
            fs::write(self.target.join(SUCCESS), "").map_err(unwritable)?;
            return Ok(());
        }
        fs::write(self.folder.path().join(SUCCESS), "").map_err(unwritable)?;
        if !self.target.exists() {
            return fs::rename(self.folder.path(), &self.target).map_err(unwritable);
        }
        let old = self.folder.path().with_extension("old");
        fs::rename(&self.target, &old).map_err(unwritable)?;
        if let Err(reason) = fs::rename(self.folder.path(), &self.target) {
            // What was there comes back.
            fs::rename(&old, &self.target).map_err(unwritable)?;
            return Err(unwritable(reason));
        }
        let removed = if old.is_dir() { fs::remove_dir_all(&old) } else { fs::remove_file(&old) };
        removed.map_err(|reason| failed(&old, reason))
    }
}

fn add_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        match path.is_dir() {
            true => add_files(&path, &target)?,
            false => fs::rename(&path, &target)?,
        }
    }
    Ok(())
}

#[cfg(unix)]
fn make_readable(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_readable(_folder: &Path) -> io::Result<()> {
    Ok(())
}
