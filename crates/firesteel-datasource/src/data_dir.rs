//! A folder as a database: every file in a known format, and every folder, is a table of its name.

use std::fs;

use firesteel_common::settings::Settings;
use firesteel_common::{Result, error};

use crate::remote::{self, Access};
use crate::rows::input::Compression;
use crate::{listing, registry};

/// Names and paths of the tables in a folder, sorted by name: `lineitem.parquet`, `lineitem.csv.gz` and `lineitem/` all are
/// `lineitem`; of several the first in the order of formats counts. Settings say how an object store is reached.
pub fn tables_in(folder: &str, settings: &Settings) -> Result<Vec<(String, String)>> {
    let mut tables = match remote::is_remote(folder) {
        true => remote_entries(folder, settings)?,
        false => local_entries(folder)?,
    };
    tables.sort_unstable();
    tables.dedup_by(|next, first| next.0 == first.0);
    Ok(tables.into_iter().map(|(name, _, path)| (name, path)).collect())
}

/// Name, how much it is preferred, and path.
type Entry = (String, usize, String);

/// Of a folder in an object store.
fn remote_entries(folder: &str, settings: &Settings) -> Result<Vec<Entry>> {
    let entries = remote::listing::entries(folder, &Access::of(settings))?;
    let table = |(name, path, is_folder): (String, String, bool)| {
        let (name, rank) = table_name(&name, is_folder)?;
        Some((name, rank, path))
    };
    Ok(entries.into_iter().filter_map(table).collect())
}

fn local_entries(folder: &str) -> Result<Vec<Entry>> {
    let unreadable = |reason: std::io::Error| match reason.kind() {
        std::io::ErrorKind::NotFound => error!(PATH_NOT_FOUND, path = listing::display(folder)),
        _ => error!(CANNOT_READ_FILE, path = listing::display(folder), reason = reason.to_string()),
    };
    let mut tables = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some((name, rank)) = name.and_then(|name| table_name(name, path.is_dir())) {
            tables.push((name, rank, path.to_string_lossy().into_owned()));
        }
    }
    Ok(tables)
}

/// The table that a file or folder stands for, if any, and how much it is preferred.
fn table_name(name: &str, is_folder: bool) -> Option<(String, usize)> {
    if listing::is_hidden(name) {
        return None;
    }
    if is_folder {
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
        let tables = tables_in(folder.path().to_str().expect("UTF-8"), &Settings::default()).expect("tables");
        let names: Vec<_> = tables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d"]);
        assert!(tables[1].1.ends_with("b.parquet"));
    }
}
