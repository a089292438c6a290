//! What files say of themselves, read once per process.
//!
//! ```text
//! (path, length, time of change) ──▶ footer: row groups, schema to decode into, columns, bounds of their values
//! ```
//! A file that changed has another key; footers not used for long make room.

use std::fs::File;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use firesteel_catalog::Split;
use firesteel_common::Result;
use hashbrown::HashMap;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader};

use super::bounds;
use super::distinct::{self, Sample};
use super::guarded;
use super::schema::{FileColumn, decode_schema, file_columns};
use crate::prune::Bounds;

/// How much memory footers may take before the oldest go.
const CACHE_BYTES: usize = 256 << 20;

/// A file's metadata, as the engine needs it.
pub(crate) struct Footer {
    pub(crate) path: Arc<str>,
    /// For the decoder: metadata and the schema to decode into.
    pub(crate) reader: ArrowReaderMetadata,
    pub(crate) columns: Vec<FileColumn>,
    bounds: Vec<OnceLock<Option<Bounds>>>,
    samples: OnceLock<Vec<Vec<Sample>>>,
}

impl Footer {
    pub(crate) fn metadata(&self) -> &ParquetMetaData {
        self.reader.metadata()
    }

    pub(crate) fn rows(&self) -> u64 {
        self.metadata().row_groups().iter().map(|group| group.num_rows().max(0) as u64).sum()
    }

    /// The position of a column: an exact match of the name, else one that differs in case only.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column.name.as_ref() == name);
        exact.or_else(|| self.columns.iter().position(|c| firesteel_common::names::same_name(&c.name, name)))
    }

    /// Smallest and largest values per row group, in the canonical form of the file's type; `None` when nothing is known.
    pub(crate) fn bounds(&self, column: usize) -> Option<&Bounds> {
        let cell = self.bounds.get(column)?;
        // Statistics that cannot be read are no reason to fail: they only would have helped.
        cell.get_or_init(|| guarded(&self.path, || bounds::of_column(self, column)).ok().flatten()).as_ref()
    }
}

impl Footer {
    /// What dictionaries say of a column's values; reads their headers at the first call.
    pub(super) fn samples(&self, column: usize) -> &[Sample] {
        let samples = self.samples.get_or_init(|| distinct::samples(self));
        samples.get(column).map_or(&[], Vec::as_slice)
    }
}

/// The footer of a file.
pub(crate) fn footer(split: &Split) -> Result<Arc<Footer>> {
    let key = (Arc::clone(&split.location), split.length, split.modified);
    let cached = lock().get(&key);
    if let Some(footer) = cached {
        return Ok(footer);
    }
    // Read without the lock: two may read the same footer at once, which does no harm.
    let footer = Arc::new(guarded(&split.location, || read(split))?);
    lock().insert(key, &footer);
    Ok(footer)
}

fn read(split: &Split) -> Result<Footer, super::DecodeError> {
    let file = File::open(split.location.as_ref())?;
    // Counts of pages by encoding tell how far a dictionary went.
    let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Skip)
        .with_metadata_options(Some(options))
        .parse_and_finish(&file)?;
    let parquet = metadata.file_metadata().schema_descr_ptr();
    let schema = decode_schema(&parquet)?;
    let columns = file_columns(&schema, &parquet)?;
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let reader = ArrowReaderMetadata::try_new(Arc::new(metadata), options)?;
    let bounds = columns.iter().map(|_| OnceLock::new()).collect();
    Ok(Footer { path: Arc::clone(&split.location), reader, columns, bounds, samples: OnceLock::new() })
}

type Key = (Arc<str>, u64, i64);

#[derive(Default)]
struct Cache {
    footers: HashMap<Key, Entry>,
    bytes: usize,
    /// Counts uses, so that the oldest is known.
    clock: u64,
}

struct Entry {
    footer: Arc<Footer>,
    bytes: usize,
    used: u64,
}

fn lock() -> std::sync::MutexGuard<'static, Cache> {
    static CACHE: LazyLock<Mutex<Cache>> = LazyLock::new(Mutex::default);
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    fn get(&mut self, key: &Key) -> Option<Arc<Footer>> {
        self.clock += 1;
        let entry = self.footers.get_mut(key)?;
        entry.used = self.clock;
        Some(Arc::clone(&entry.footer))
    }

    fn insert(&mut self, key: Key, footer: &Arc<Footer>) {
        // Bounds come later; they take less than the metadata that they are made from.
        let bytes = 2 * footer.metadata().memory_size();
        self.clock += 1;
        let entry = Entry { footer: Arc::clone(footer), bytes, used: self.clock };
        if let Some(before) = self.footers.insert(key, entry) {
            self.bytes -= before.bytes;
        }
        self.bytes += bytes;
        if self.bytes > CACHE_BYTES {
            self.evict();
        }
    }

    /// Drops the half that was not used for longest, so that this is rare.
    fn evict(&mut self) {
        let mut uses: Vec<u64> = self.footers.values().map(|entry| entry.used).collect();
        uses.sort_unstable();
        let Some(middle) = uses.get(uses.len() / 2).copied() else { return };
        self.footers.retain(|_, entry| entry.used > middle);
        self.bytes = self.footers.values().map(|entry| entry.bytes).sum();
    }
}
