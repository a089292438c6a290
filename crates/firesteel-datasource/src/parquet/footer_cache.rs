//! What files say of themselves, read once per process.
//!
//! ```text
//! (path, length, time of change, etag) ──▶ footer: row groups, schema to decode into, columns, bounds of their values
//! ```
//! A file that changed has another key; footers not used for long make room. From object stores a footer comes by one request
//! for the file's end, which is guessed to hold it.

use std::fs::File;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};

use firesteel_catalog::Split;
use firesteel_common::Result;
use hashbrown::HashMap;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;

use super::bounds;
use super::chunks::Chunks;
use super::distinct::{self, Sample};
use super::schema::{FileColumn, decode_schema, file_columns};
use super::{guarded, unreadable};
use crate::prune::Bounds;
use crate::remote::runtime::{self, Task};
use crate::remote::{self, Access, Counters, RemoteFile};

/// How much memory footers may take before the oldest go.
const CACHE_BYTES: usize = 256 << 20;

/// What is fetched of the end of a remote file, in the hope that the footer is in it.
const TAIL_BYTES: u64 = 64 << 10;
/// The footer's length and the magic number.
const END_BYTES: u64 = 8;

/// A file's metadata, as the engine needs it.
pub(crate) struct Footer {
    pub(crate) path: Arc<str>,
    /// Where its bytes are, if not on this machine.
    pub(super) remote: Option<RemoteFile>,
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

/// The footers of files, in their order. Remote ones are fetched at the same time; blocks.
pub(crate) fn footers(splits: &[Split], access: &Arc<Access>) -> Result<Vec<Arc<Footer>>> {
    let coming = splits.iter().map(|split| Coming::start(split, access, &Counters::default()));
    let coming = coming.collect::<Result<Vec<_>>>()?;
    coming.into_iter().map(Coming::wait).collect()
}

fn key_of(split: &Split) -> Key {
    (Arc::clone(&split.location), split.length, split.modified, split.etag.clone())
}

/// The footer of a file if no store must be asked for it: a local one, or one that is known.
pub(crate) fn footer_at_hand(split: &Split) -> Result<Option<Arc<Footer>>> {
    let cached = lock().get(&key_of(split));
    if cached.is_some() {
        return Ok(cached);
    }
    if remote::is_remote(&split.location) {
        return Ok(None);
    }
    let file = || File::open(split.location.as_ref()).map_err(|reason| unreadable(&split.location, reason));
    decoded(split, None, &file()?).map(Some)
}

/// Decodes without the lock: two may decode the same footer at once, which does no harm.
fn decoded(split: &Split, remote: Option<RemoteFile>, file: &impl ChunkReader) -> Result<Arc<Footer>> {
    let footer = Arc::new(guarded(&split.location, || read(split, remote, file))?);
    lock().insert(key_of(split), &footer);
    Ok(footer)
}

/// A footer that may be on its way.
pub(super) enum Coming {
    Here(Arc<Footer>),
    Fetching(Box<Fetching>),
}

pub(super) struct Fetching {
    split: Split,
    file: RemoteFile,
    end: Task<Chunks>,
}

impl Coming {
    pub(super) fn start(split: &Split, access: &Arc<Access>, counters: &Counters) -> Result<Self> {
        if let Some(footer) = footer_at_hand(split)? {
            return Ok(Coming::Here(footer));
        }
        if split.length < END_BYTES {
            return Err(unreadable(&split.location, "it is too short for a Parquet file"));
        }
        let file = RemoteFile::open(split, access)?;
        let end = runtime::spawn(fetch_end(Arc::clone(&split.location), file.clone(), counters.clone()));
        Ok(Coming::Fetching(Box::new(Fetching { split: split.clone(), file, end })))
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Arc<Footer>>> {
        let fetching = match self {
            Coming::Here(footer) => return Poll::Ready(Ok(Arc::clone(footer))),
            Coming::Fetching(fetching) => fetching,
        };
        let Poll::Ready(end) = fetching.end.poll_result(cx) else { return Poll::Pending };
        let footer = decoded(&fetching.split, Some(fetching.file.clone()), &end?)?;
        *self = Coming::Here(Arc::clone(&footer));
        Poll::Ready(Ok(footer))
    }

    /// Blocks.
    fn wait(mut self) -> Result<Arc<Footer>> {
        runtime::wait_for(|cx| self.poll(cx))
    }
}

/// The end of a file from where its footer begins.
async fn fetch_end(path: Arc<str>, file: RemoteFile, counters: Counters) -> Result<Chunks> {
    let length = file.length();
    let mut start = length.saturating_sub(TAIL_BYTES);
    let mut end = file.fetch(start..length, &counters).await?;
    let not_parquet = || unreadable(&path, "it does not end as Parquet files do");
    let last = end.len().checked_sub(END_BYTES as usize).map(|at| &end[at..]).ok_or_else(not_parquet)?;
    let footer = last[..4].try_into().map(u32::from_le_bytes).map_err(|_| not_parquet())?;
    let needed = u64::from(footer) + END_BYTES;
    if &last[4..] != b"PAR1" || needed > length {
        return Err(not_parquet());
    }
    if needed > end.len() as u64 {
        start = length - needed;
        end = file.fetch(start..length, &counters).await?;
    }
    Ok(Chunks::new(length, vec![(start, end)]))
}

fn read(split: &Split, remote: Option<RemoteFile>, file: &impl ChunkReader) -> Result<Footer, super::DecodeError> {
    // Counts of pages by encoding tell how far a dictionary went.
    let options = ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false);
    let metadata = ParquetMetaDataReader::new()
        .with_page_index_policy(PageIndexPolicy::Skip)
        .with_metadata_options(Some(options))
        .parse_and_finish(file)?;
    let parquet = metadata.file_metadata().schema_descr_ptr();
    let schema = decode_schema(&parquet)?;
    let columns = file_columns(&schema, &parquet)?;
    let options = ArrowReaderOptions::new().with_schema(Arc::new(schema));
    let reader = ArrowReaderMetadata::try_new(Arc::new(metadata), options)?;
    let bounds = columns.iter().map(|_| OnceLock::new()).collect();
    Ok(Footer { path: Arc::clone(&split.location), remote, reader, columns, bounds, samples: OnceLock::new() })
}

type Key = (Arc<str>, u64, i64, Option<Arc<str>>);

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
