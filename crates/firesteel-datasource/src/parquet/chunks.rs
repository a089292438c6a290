//! The bytes of column chunks, fetched before they are decoded: here those of local files.
//!
//! ```text
//! byte ranges ──join neighbours──▶ pieces ──positioned reads of ≤ 1 MiB──▶ Chunks, from which the decoder takes pages
//! ```
//! Buffers are used again by the next row group: fresh memory costs a page fault per 4 KiB.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::buf::Reader;
use bytes::{Buf, Bytes, BytesMut};
use firesteel_common::Result;
use firesteel_exec::memory::Reservation;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use super::unreadable;
use crate::remote::ranges::join;

/// One read call takes no longer than this much takes.
const READ_BYTES: usize = 1 << 20;
/// Chunks no farther apart are read as one.
const GAP_BYTES: u64 = 64 << 10;
/// More buffers than this are not kept for the next row group.
const FREE_BUFFERS: usize = 16;

/// Parts of a file, in memory.
#[derive(Clone)]
pub(super) struct Chunks {
    file_length: u64,
    /// By their start in the file.
    pieces: Arc<[(u64, Bytes)]>,
}

impl Chunks {
    /// Pieces by their start in a file of `file_length` bytes.
    pub(super) fn new(file_length: u64, mut pieces: Vec<(u64, Bytes)>) -> Self {
        pieces.sort_unstable_by_key(|(start, _)| *start);
        Self { file_length, pieces: pieces.into() }
    }

    /// How many were read.
    pub(super) fn bytes(&self) -> usize {
        self.pieces.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    fn get(&self, start: u64, length: Option<usize>) -> Result<Bytes, ParquetError> {
        let after = self.pieces.partition_point(|(from, _)| *from <= start);
        // Mostly the last one before: pieces that were fetched one after the other may overlap.
        let found = self.pieces[..after].iter().rev().find_map(|(from, bytes)| {
            let offset = usize::try_from(start - from).ok().filter(|offset| *offset <= bytes.len())?;
            let end = match length {
                Some(length) => offset.checked_add(length)?,
                // At the end of one piece another may go on.
                None => Some(bytes.len()).filter(|end| offset < *end)?,
            };
            (end <= bytes.len()).then(|| bytes.slice(offset..end))
        });
        found.ok_or_else(|| ParquetError::General(format!("a page at byte {start} lies outside of its column chunk")))
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.file_length
    }
}

impl ChunkReader for Chunks {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.get(start, None)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        self.get(start, Some(length))
    }
}

/// Fetches for one worker.
pub(super) struct Fetcher {
    reservation: Reservation,
    /// The file read last, by its number in the scan.
    open: Option<(usize, File)>,
    lent: Vec<Bytes>,
    free: Vec<BytesMut>,
}

impl Fetcher {
    pub(super) fn new(reservation: Reservation) -> Self {
        Self { reservation, open: None, lent: Vec::new(), free: Vec::new() }
    }

    /// Reads `ranges` of a file of `length` bytes.
    pub(super) fn fetch(&mut self, number: usize, path: &str, length: u64, ranges: Vec<Range<u64>>) -> Result<Chunks> {
        let ranges = join(ranges, GAP_BYTES);
        if ranges.iter().any(|range| range.end > length) {
            return Err(unreadable(path, "its footer points behind the end of the file"));
        }
        self.reservation.grow(ranges.iter().map(|range| (range.end - range.start) as usize).sum())?;
        let mut pieces = Vec::with_capacity(ranges.len());
        for range in ranges {
            let mut buffer = self.buffer((range.end - range.start) as usize);
            let file = self.file(number, path, length)?;
            for (at, part) in buffer.chunks_mut(READ_BYTES).enumerate() {
                let from = range.start + (at * READ_BYTES) as u64;
                file.read_exact_at(part, from).map_err(|reason| unreadable(path, reason))?;
            }
            let bytes = buffer.freeze();
            self.lent.push(bytes.clone());
            pieces.push((range.start, bytes));
        }
        Ok(Chunks::new(length, pieces))
    }

    /// Takes back what nobody looks at any more.
    pub(super) fn recycle(&mut self) {
        self.reservation.free();
        for bytes in self.lent.drain(..) {
            // Views of uncompressed pages may still point into it: then it lives on with them.
            if let Ok(buffer) = bytes.try_into_mut()
                && self.free.len() < FREE_BUFFERS
            {
                self.free.push(buffer);
            }
        }
    }

    fn file(&mut self, number: usize, path: &str, length: u64) -> Result<&File> {
        let file = match self.open.take() {
            Some((known, file)) if known == number => file,
            _ => {
                let file = File::open(path).map_err(|reason| unreadable(path, reason))?;
                let now = file.metadata().map_err(|reason| unreadable(path, reason))?.len();
                if now != length {
                    return Err(unreadable(path, "it has changed since the query was planned"));
                }
                file
            }
        };
        Ok(&self.open.insert((number, file)).1)
    }

    fn buffer(&mut self, length: usize) -> BytesMut {
        match self.free.iter().position(|buffer| buffer.capacity() >= length) {
            Some(at) => {
                let mut buffer = self.free.swap_remove(at);
                buffer.resize(length, 0);
                buffer
            }
            None => {
                self.free.pop();
                // Room to spare, so that the next row group's chunk fits too.
                let mut buffer = BytesMut::zeroed((length + length / 8).next_multiple_of(64 << 10));
                buffer.truncate(length);
                buffer
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_exec::memory::MemoryPool;
    use std::io::Write;

    #[test]
    fn pieces_may_overlap() {
        let piece = |range: Range<u8>| (u64::from(range.start), Bytes::from_iter(range));
        let chunks = Chunks::new(200, vec![piece(50..60), piece(0..110)]);
        for (start, length) in [(52, 8), (100, 10), (0, 110), (58, 4)] {
            assert_eq!(chunks.get_bytes(start, length).expect("bytes")[0], start as u8);
        }
        assert_eq!(chunks.get_read(60).expect("bytes").into_inner().len(), 50);
        assert!(chunks.get_bytes(105, 6).is_err());
    }

    #[test]
    fn neighbours_are_joined_and_bytes_come_from_their_place() {
        let far = 1 << 20;
        let content: Vec<u8> = (0..far + 100).map(|at| (at % 251) as u8).collect();
        let mut file = tempfile::NamedTempFile::new().expect("file");
        file.write_all(&content).expect("write");
        let path = file.path().to_str().expect("UTF-8");
        let pool = MemoryPool::unlimited();
        let mut fetcher = Fetcher::new(pool.reserve("test"));
        let length = content.len() as u64;
        let ranges = vec![far..far + 100, 0..10, 20..30];
        let chunks = fetcher.fetch(0, path, length, ranges).expect("chunks");
        assert_eq!((chunks.pieces.len(), pool.used()), (2, 130));
        for (start, length) in [(0, 10), (20, 10), (far as usize, 100), (far as usize + 7, 3)] {
            let bytes = chunks.get_bytes(start as u64, length).expect("bytes");
            assert_eq!(bytes.as_ref(), &content[start..start + length]);
        }
        assert!(chunks.get_bytes(40, 10).is_err());
        assert!(chunks.get_bytes(far + 90, 11).is_err());
        drop(chunks);
        fetcher.recycle();
        assert_eq!((fetcher.free.len(), pool.used()), (2, 0));
        let beyond = Vec::from([0..5, 0..length + 1]);
        assert!(fetcher.fetch(0, path, length, beyond).is_err());
    }
}
