//! What a path means: a file, a folder with all files below it, or a pattern over both.
//!
//! ```text
//! data/2024-*/{a,b}.parquet ──braces──▶ patterns ──walk──▶ files and folders ──below──▶ files, sorted by path
//! ```
//! Names that begin with `_` or `.` are bookkeeping of other writers: folders and patterns pass them over.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use firesteel_catalog::Split;
use firesteel_common::{Result, bail, error};

use crate::remote::{self, Access};
use crate::stdin;

/// The local files that `path` stands for, sorted; empty when it is a folder without any. Relative paths start at the working
/// directory; `file:` URIs are accepted.
pub fn list(path: &str) -> Result<Vec<Split>> {
    let path = absolute(path)?;
    let mut files = Vec::new();
    if path.exists() {
        collect(&path, &mut files)?;
    } else {
        for found in expand(&path)? {
            collect(&found, &mut files)?;
        }
    }
    files.sort_unstable_by(|a, b| a.location.cmp(&b.location));
    // Overlapping alternatives of a pattern name a file twice.
    files.dedup_by(|a, b| a.location == b.location);
    Ok(files)
}

/// Files, and the folder at which they begin to be arranged: below it, `k=v` are partitions.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) base: String,
    pub(crate) files: Vec<Split>,
}

/// What `path` stands for. Each match of a pattern is a beginning of its own, as in Spark; `as_one`: the folder before the
/// first wildcard is that of all.
pub(crate) fn list_from(path: &str, as_one: bool, access: &Arc<Access>) -> Result<Vec<Listed>> {
    if path.is_empty() {
        bail!(INVALID_EMPTY_LOCATION, location = path);
    }
    if remote::is_remote(path) {
        return remote::listing::list_from(path, as_one, access);
    }
    if stdin::is_stdin(path) {
        let spooled = file_split(&stdin::spooled()?)?;
        return Ok(vec![Listed { base: String::new(), files: vec![spooled] }]);
    }
    let absolute = absolute(path)?;
    let text = absolute.to_string_lossy();
    match text.find(PATTERN).filter(|_| !absolute.exists()) {
        None => Ok(vec![Listed { base: folder_of(&absolute), files: list(path)? }]),
        Some(at) if as_one => {
            let base = text[..at].rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
            Ok(vec![Listed { base, files: list(path)? }])
        }
        Some(_) => {
            let mut matches = expand(&absolute)?;
            matches.sort_unstable();
            matches.dedup();
            let list = |path: &PathBuf| Ok(Listed { base: folder_of(path), files: list(&path.to_string_lossy())? });
            matches.iter().map(list).collect()
        }
    }
}

/// A folder itself, or the one that a file is in.
fn folder_of(path: &Path) -> String {
    let folder = if path.is_dir() { Some(path) } else { path.parent() };
    folder.map_or_else(String::new, |folder| folder.to_string_lossy().into_owned())
}

/// A path as files below it begin.
pub(crate) fn absolute_text(path: &str) -> Result<String> {
    if remote::is_remote(path) {
        return Ok(path.trim_end_matches('/').to_owned());
    }
    Ok(absolute(path)?.to_string_lossy().into_owned())
}

/// Drops files whose name, without folders, does not match.
pub(crate) fn keep_matching(files: &mut Vec<Split>, pattern: &str) -> Result<()> {
    let patterns = alternatives(pattern).iter().map(|one| glob::Pattern::new(one)).collect::<Result<Vec<_>, _>>();
    let patterns = patterns.map_err(|reason| crate::options::invalid("pathGlobFilter", pattern, reason.msg))?;
    let name = |file: &Split| remote::without_query(&file.location).rsplit('/').next().unwrap_or_default().to_owned();
    files.retain(|file| patterns.iter().any(|pattern| pattern.matches(&name(file))));
    Ok(())
}

/// What begins a pattern.
pub(crate) const PATTERN: [char; 4] = ['*', '?', '[', '{'];

/// `file:/data/t.parquet`, `s3://bucket/t.parquet`: how errors name a file.
pub(crate) fn display(path: &str) -> String {
    if remote::is_remote(path) {
        return remote::display(path);
    }
    format!("file:{path}")
}

/// The split that is one whole file.
pub(crate) fn file_split(path: &Path) -> Result<Split> {
    let location = path.to_str().ok_or_else(|| unreadable(path, "its name is not valid UTF-8"))?;
    let metadata = fs::metadata(path).map_err(|reason| unreadable(path, reason))?;
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    Ok(Split {
        location: Arc::from(location),
        length: metadata.len(),
        modified: modified.map_or(0, |since| since.as_micros() as i64),
        etag: None,
        rows: None,
    })
}

fn absolute(path: &str) -> Result<PathBuf> {
    remote::listing::refuse(path, "local files only, not")?;
    let local = match path.strip_prefix("file:") {
        // file:///a and file://localhost/a name the same file as file:/a.
        Some(rest) => match rest.strip_prefix("//") {
            Some(with_host) => with_host.find('/').map_or(with_host, |at| &with_host[at..]),
            None => rest,
        },
        None => path,
    };
    std::path::absolute(local).map_err(|_| not_found(Path::new(local)))
}

/// What a pattern matches; an error when that is nothing.
fn expand(path: &Path) -> Result<Vec<PathBuf>> {
    let text = path.to_str().filter(|text| text.contains(PATTERN)).ok_or_else(|| not_found(path))?;
    let options =
        glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
    let mut found = Vec::new();
    for pattern in alternatives(text) {
        let pattern = pattern.replace("[^", "[!");
        let matches = glob::glob_with(&pattern, options).map_err(|_| not_found(path))?;
        let wanted: Vec<_> = Path::new(&pattern).iter().collect();
        // A hidden name is found by spelling it only.
        let hidden = |name: &OsStr| is_hidden(&name.to_string_lossy()) && !wanted.contains(&name);
        found.extend(matches.filter_map(std::result::Result::ok).filter(|path| !path.iter().any(hidden)));
    }
    if found.is_empty() {
        return Err(not_found(path));
    }
    Ok(found)
}

/// `a{b,c}d` is `abd` and `acd`; groups nest. Braces that do not close stand for themselves.
pub(crate) fn alternatives(pattern: &str) -> Vec<String> {
    let Some((open, close, commas)) = first_group(pattern) else { return vec![pattern.to_owned()] };
    let bounds: Vec<usize> = [open].into_iter().chain(commas).chain([close]).collect();
    let mut expanded = Vec::new();
    for pair in bounds.windows(2) {
        let choice = &pattern[pair[0] + 1..pair[1]];
        expanded.extend(alternatives(&format!("{}{choice}{}", &pattern[..open], &pattern[close + 1..])));
    }
    expanded
}

/// The places of the first outermost `{`, its `}`, and the commas between that are in no inner group.
fn first_group(pattern: &str) -> Option<(usize, usize, Vec<usize>)> {
    let open = pattern.find('{')?;
    let mut depth = 0;
    let mut commas = Vec::new();
    for (at, byte) in pattern.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((open, at, commas)),
            b'}' => depth -= 1,
            b',' if depth == 1 => commas.push(at),
            _ => {}
        }
    }
    None
}

/// Adds a file, or every file below a folder.
fn collect(path: &Path, files: &mut Vec<Split>) -> Result<()> {
    if !path.is_dir() {
        files.push(file_split(path)?);
        return Ok(());
    }
    // An own stack: folders may be nested deeper than ours is.
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|reason| unreadable(&folder, reason))? {
            let entry = entry.map_err(|reason| unreadable(&folder, reason))?;
            if is_hidden(&entry.file_name().to_string_lossy()) {
                continue;
            }
            let path = entry.path();
            match path.is_dir() {
                // Links are followed for files only: a link to a folder may lead back up.
                true if entry.path().is_symlink() => {}
                true => folders.push(path),
                false => files.push(file_split(&path)?),
            }
        }
    }
    Ok(())
}

pub(crate) fn is_hidden(name: &str) -> bool {
    // `_year=2024` is a partition folder, not bookkeeping.
    name.starts_with('.') || (name.starts_with('_') && !name.contains('='))
}

fn not_found(path: &Path) -> firesteel_common::Error {
    error!(PATH_NOT_FOUND, path = display(&path.to_string_lossy()))
}

fn unreadable(path: &Path, reason: impl ToString) -> firesteel_common::Error {
    error!(CANNOT_READ_FILE, path = display(&path.to_string_lossy()), reason = reason.to_string())
}

/// Fails when there is nothing from which to learn columns.
pub(crate) fn require_files(files: &[Split], format: &str) -> Result<()> {
    if files.is_empty() {
        bail!(UNABLE_TO_INFER_SCHEMA, format = format);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_common::conditions;

    fn names(root: &Path, pattern: &str) -> Vec<String> {
        let files = list(root.join(pattern).to_str().expect("UTF-8")).expect("files");
        let root = format!("{}/", root.to_str().expect("UTF-8"));
        files.iter().map(|file| file.location.strip_prefix(&root).unwrap_or(&file.location).to_owned()).collect()
    }

    #[test]
    fn paths_folders_and_patterns() {
        let folder = tempfile::tempdir().expect("folder");
        let root = folder.path();
        for name in ["a1", "a2", "b1", "in/c1", "in/deep/c2", "_SUCCESS", ".hidden", "in/_tmp/c3", "_p=1/d1"] {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("parent")).expect("folder");
            fs::write(path, name).expect("file");
        }
        assert_eq!(names(root, ""), ["_p=1/d1", "a1", "a2", "b1", "in/c1", "in/deep/c2"]);
        assert_eq!(names(root, "in"), ["in/c1", "in/deep/c2"]);
        assert_eq!(names(root, "a?"), ["a1", "a2"]);
        assert_eq!(names(root, "[ab]1"), ["a1", "b1"]);
        assert_eq!(names(root, "[^b]1"), ["a1"]);
        assert_eq!(names(root, "{a,in/c}1"), ["a1", "in/c1"]);
        assert_eq!(names(root, "{a{1,2},b*}"), ["a1", "a2", "b1"]);
        assert_eq!(names(root, "in/**/c*"), ["in/c1", "in/deep/c2"]);
        assert_eq!(names(root, "i*"), ["in/c1", "in/deep/c2"]);
        assert_eq!(names(root, "*"), ["_p=1/d1", "a1", "a2", "b1", "in/c1", "in/deep/c2"]);
        let uri = format!("file://{}", root.join("a1").display());
        assert_eq!(list(&uri).expect("file")[0].length, 2);
    }

    #[test]
    fn nothing_there() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["missing", "missing*", "{x"] {
            let path = folder.path().join(name);
            let error = list(path.to_str().expect("UTF-8")).expect_err("nothing");
            assert!(error.is(&conditions::PATH_NOT_FOUND));
            assert_eq!(error.parameters(), [("path", format!("file:{}", path.display()))]);
        }
        assert!(list(folder.path().to_str().expect("UTF-8")).expect("an empty folder").is_empty());
    }
}
