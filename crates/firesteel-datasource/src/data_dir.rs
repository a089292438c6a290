//! A folder as a database: every file in a known format, and every folder, is a table of its name.

use std::fs;
use std::path::Path;

use firesteel_common::{Result, error};

use crate::rows::input::Compression;
use crate::{listing, registry};

/// Names and paths of the tables in a folder, sorted by name: `lineitem.parquet`, `lineitem.csv.gz` and `lineitem/` all are
/// `lineitem`; of several the first in the order of formats counts.
pub fn tables_in(folder: &str) -> Result<Vec<(String, String)>> {
    let unreadable = |reason: std::io::Error| match reason.kind() {
        std::io::ErrorKind::NotFound => error!(PATH_NOT_FOUND, path = listing::display(folder)),
        _ => error!(CANNOT_READ_FILE, path = listing::display(folder), reason = reason.to_string()),
    };
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some((name, rank)) = table_name(&path) {
            tables.push((name, rank, path.to_string_lossy().into_owned()));
        }
    }
    tables.sort_unstable();
    tables.dedup_by(|next, first| next.0 == first.0);
    Ok(tables.into_iter().map(|(name, _, path)| (name, path)).collect())
}

/// The table that a file or folder stands for, if any, and how much it is preferred.
fn table_name(path: &Path) -> Option<(String, usize)> {
    let name = path.file_name()?.to_str().filter(|name| !listing::is_hidden(name))?;
    if path.is_dir() {
        return Some((Compression::strip(name).strip_suffix(".parquet").unwrap_or(name).to_owned(), 0));
    }
    let format = registry::format_of_file(name)?;
    let (stem, _) = Compression::strip(name).rsplit_once('.')?;
    let rank = 1 + registry::format_names().position(|known| known == format.name)?;
    (!stem.is_empty()).then(|| (stem.to_owned(), rank))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_folders_are_tables() {
        let folder = tempfile::tempdir().expect("folder");
        for name in ["b.parquet", "b.csv", "c.csv.gz", "d.ndjson", "notes.md", "_x.parquet", ".parquet"] {
            fs::write(folder.path().join(name), "").expect("file");
        }
        fs::create_dir(folder.path().join("a")).expect("folder");
        let tables = tables_in(folder.path().to_str().expect("UTF-8")).expect("tables");
        let names: Vec<_> = tables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        assert!(tables[1].1.ends_with("b.parquet"));
    }
}
