//! A folder as a database: every Parquet file or folder in it is a table of its name.

use std::fs;
use std::path::Path;

use firesteel_common::{Result, error};

use crate::listing;

/// Names and paths of the tables in a folder, sorted by name: `lineitem.parquet` and `lineitem/` both are `lineitem`.
pub fn tables_in(folder: &str) -> Result<Vec<(String, String)>> {
    let unreadable = |reason: std::io::Error| match reason.kind() {
        std::io::ErrorKind::NotFound => error!(PATH_NOT_FOUND, path = listing::display(folder)),
        _ => error!(CANNOT_READ_FILE, path = listing::display(folder), reason = reason.to_string()),
    };
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(name) = table_name(&path) {
            tables.push((name, path.to_string_lossy().into_owned()));
        }
    }
    tables.sort_unstable();
    Ok(tables)
}

/// The table that a file or folder stands for, if any.
fn table_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str().filter(|name| !listing::is_hidden(name))?;
    match name.strip_suffix(".parquet") {
        Some(stem) if !stem.is_empty() => Some(stem.to_owned()),
        _ => path.is_dir().then(|| name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_tables() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["b.parquet", "notes.txt", "_x.parquet", ".parquet"] {
            fs::write(folder.path().join(name), "").expect("file");
        }
        fs::create_dir(folder.path().join("a")).expect("folder");
        let tables = tables_in(folder.path().to_str().expect("UTF-8")).expect("tables");
        let names: Vec<_> = tables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
    }
}
