//! Paths, a format and options become a table: what `csv.`…``, `'x.json'`, `read_files(…)` and USING all come down to.
//!
//! ```text
//! paths ──listing──▶ files ──names or contents──▶ format ──folders k=v──▶ partition columns ──the format's `open`──▶ table
//! ```

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use firesteel_catalog::{Split, Table, TableColumn};
use firesteel_common::names::same_name;
use firesteel_common::settings::Settings;
use firesteel_common::{Result, bail, error};

use crate::listing::{self, Listed};
use crate::options::FileOptions;
use crate::partitions;
use crate::registry::{self, FileRequest, Format};
use crate::remote::{self, Access, Counters, RemoteFile};

/// Files as somebody names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileSource {
    /// `csv`, `json`, `parquet`, `text`; `None`: the files' names tell.
    pub format: Option<String>,
    /// Files, folders, patterns, `-` for standard input.
    pub paths: Vec<String>,
    /// Spark's, and `path`.
    pub options: FileOptions,
    /// What the files hold, where that is not to be learned from them; may name partition columns, too.
    pub schema: Option<Vec<TableColumn>>,
    /// Whether to look at the files for what options do not say (separator, header, types). Spark's defaults otherwise.
    pub sniff: bool,
}

impl FileSource {
    /// A path and nothing else: its format and all about it is found out.
    pub fn of_path(path: &str) -> Self {
        Self { paths: vec![path.to_owned()], sniff: true, ..Self::default() }
    }

    /// A path in a format, with Spark's defaults.
    pub fn of_format(format: &str, path: &str) -> Self {
        Self { format: Some(format.to_owned()), paths: vec![path.to_owned()], ..Self::default() }
    }

    /// The table. Looks at the files, and learns columns from them unless there is a schema. Blocks.
    pub fn open(&self) -> Result<Arc<dyn Table>> {
        self.open_in(&Settings::default())
    }

    /// The same with settings that say how object stores are reached.
    pub fn open_in(&self, settings: &Settings) -> Result<Arc<dyn Table>> {
        let access = Access::of(settings);
        let mut options = self.options.clone();
        let path = options.remove("path");
        let named = match &self.format {
            Some(name) => Some(registry::format(name).ok_or_else(|| error!(DATA_SOURCE_NOT_FOUND, provider = name))?),
            None => None,
        };
        let mut splits = Vec::new();
        let mut found = Vec::new();
        for path in self.paths.iter().chain(&path) {
            for Listed { base, files } in listing::list_from(path, self.sniff, &access)? {
                let base = options.get("basePath").map_or(Ok(base), listing::absolute_text)?;
                splits.extend(files.iter().cloned());
                found.push((base, files));
            }
        }
        if let Some(pattern) = options.get("pathGlobFilter") {
            listing::keep_matching(&mut splits, pattern)?;
        }
        let format = match (named, splits.first()) {
            (Some(format), _) => Some(format),
            (None, Some(file)) => format_of(file, &access)?,
            (None, None) => None,
        };
        let Some(format) = format else {
            return Err(self.unknown_format(&splits));
        };
        let infer_types = options.flag("partitionColumnTypeInference", true)?;
        let mut partitions = match options.flag("recursiveFileLookup", false)? {
            true => Vec::new(),
            false => partitions_of(&found, infer_types)?,
        };
        let schema = self.schema.clone().map(|given| without_partitions(given, &mut partitions));
        if splits.is_empty() && schema.is_none() {
            bail!(UNABLE_TO_INFER_SCHEMA, format = format.name.to_uppercase());
        }
        if splits.iter().any(|split| remote::is_remote(&split.location)) {
            let (key, value) = access.option();
            options.set(key, value);
        }
        (format.open)(FileRequest { splits, partitions, options, schema, sniff: self.sniff, access })
    }

    fn unknown_format(&self, splits: &[Split]) -> firesteel_common::Error {
        match splits.first() {
            Some(file) => error!(
                CANNOT_READ_FILE,
                path = listing::display(&file.location),
                reason = "its name does not tell its format; name it, as in csv.`path`"
            ),
            None => error!(UNABLE_TO_INFER_SCHEMA, format = "Parquet"),
        }
    }
}

/// Partition columns of each path's files; they must be the same for all.
fn partitions_of(found: &[(String, Vec<Split>)], infer_types: bool) -> Result<Vec<TableColumn>> {
    match found {
        [(base, files)] => partitions::discover(base, files, infer_types),
        [(base, _), others @ ..] if others.iter().all(|(other, _)| other == base) => {
            let files: Vec<Split> = found.iter().flat_map(|(_, files)| files.iter().cloned()).collect();
            partitions::discover(base, &files, infer_types)
        }
        _ => {
            let columns = |(base, files): &(String, Vec<Split>)| partitions::discover(base, files, infer_types);
            let mut all = found.iter().map(columns).collect::<Result<Vec<_>>>()?;
            all.dedup();
            // Paths that are arranged in different ways are one table of files only.
            Ok(if all.len() == 1 { all.swap_remove(0) } else { Vec::new() })
        }
    }
}

/// A schema that was given says the types of partition columns, too.
fn without_partitions(given: Vec<TableColumn>, partitions: &mut [TableColumn]) -> Vec<TableColumn> {
    for partition in partitions.iter_mut() {
        if let Some(column) = given.iter().find(|column| same_name(&column.name, &partition.name)) {
            partition.data_type = column.data_type.clone();
        }
    }
    let is_partition = |column: &TableColumn| partitions.iter().any(|other| same_name(&other.name, &column.name));
    // Files promise nothing about NULLs.
    let nullable = |column: TableColumn| TableColumn { nullable: true, ..column };
    given.into_iter().filter(|column| !is_partition(column)).map(nullable).collect()
}

/// By name; else Parquet's mark, and for what comes through a pipe the first character.
fn format_of(file: &Split, access: &Arc<Access>) -> Result<Option<&'static Format>> {
    if let Some(format) = registry::format_of_file(&file.location) {
        return Ok(Some(format));
    }
    let front = front(file, access)?;
    if front.starts_with(b"PAR1") {
        return Ok(registry::format("parquet"));
    }
    let piped = crate::stdin::is_spooled(&file.location);
    let first = front.iter().find(|byte| !byte.is_ascii_whitespace());
    Ok(piped.then(|| registry::format(if matches!(first, Some(b'{' | b'[')) { "json" } else { "csv" })).flatten())
}

/// The first bytes; none of a local file that cannot be read, which whoever reads on will say better.
fn front(file: &Split, access: &Arc<Access>) -> Result<Vec<u8>> {
    const BYTES: u64 = 64;
    if remote::is_remote(&file.location) {
        let range = 0..file.length.min(BYTES);
        return match range.is_empty() {
            true => Ok(Vec::new()),
            false => Ok(RemoteFile::open(file, access)?.fetch(range, &Counters::default()).wait()?.to_vec()),
        };
    }
    let mut front = Vec::new();
    let read = File::open(file.location.as_ref()).and_then(|file| file.take(BYTES).read_to_end(&mut front));
    Ok(read.map_or_else(|_| Vec::new(), |_| front))
}
