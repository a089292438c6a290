//! The bytes of a file, decompressed as the end of its name says. Local ones are read where they are needed; remote ones
//! are on their way, and an input that has none yet says so.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};

use firesteel_catalog::Split;
use firesteel_common::{Result, error};
use firesteel_exec::memory::{MemoryPool, Reservation};

use crate::listing;
use crate::remote::pieces::Pieces;
use crate::remote::stream::ByteStream;
use crate::remote::{self, Access, Counters, RemoteFile, runtime};

pub(crate) type Bytes = Box<dyn Read + Send>;

pub(crate) struct Input {
    feed: Feed,
    consumed: Consumed,
}

enum Feed {
    Local(Bytes),
    Remote { stream: Box<ByteStream>, _reservation: Reservation },
}

/// How many bytes of a file have been taken in, before they were decompressed.
pub(crate) type Consumed = Arc<AtomicU64>;

impl Input {
    fn local(bytes: Bytes, consumed: Consumed) -> Self {
        Self { feed: Feed::Local(bytes), consumed }
    }

    /// Bytes that are at hand.
    #[cfg(test)]
    pub(crate) fn of_bytes(bytes: Vec<u8>) -> Self {
        Self::local(Box::new(io::Cursor::new(bytes)), Consumed::default())
    }

    /// Bytes of the file that were taken in so far, compressed as they are.
    pub(crate) fn consumed(&self) -> u64 {
        self.consumed.load(Relaxed)
    }

    /// `WouldBlock`: nothing has come yet. `Interrupted` is dealt with.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match &mut self.feed {
                Feed::Local(bytes) => bytes.read(buffer),
                Feed::Remote { stream, .. } => stream.read(buffer),
            };
            match read {
                Err(reason) if reason.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Ready when a read gives something, or the end.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        match &mut self.feed {
            Feed::Local(_) => Poll::Ready(Ok(())),
            Feed::Remote { stream, .. } => stream.poll_ready(cx),
        }
    }

    /// Blocks until then: for who plans.
    pub(crate) fn wait(&mut self) -> Result<()> {
        runtime::wait_for(|cx| self.poll_ready(cx))
    }
}

/// How a file is compressed, told by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
    Lz4,
    Bzip2,
    Deflate,
}

const SUFFIXES: &[(&str, Compression)] = &[
    ("gz", Compression::Gzip),
    ("gzip", Compression::Gzip),
    ("zst", Compression::Zstd),
    ("zstd", Compression::Zstd),
    ("lz4", Compression::Lz4),
    ("bz2", Compression::Bzip2),
    ("deflate", Compression::Deflate),
];

impl Compression {
    pub(crate) fn of(path: &str) -> Compression {
        let suffix = remote::without_query(path).rsplit_once('.').map_or("", |(_, suffix)| suffix);
        let known = SUFFIXES.iter().find(|(known, _)| known.eq_ignore_ascii_case(suffix));
        known.map_or(Compression::None, |(_, compression)| *compression)
    }

    /// A file's name without what says how it is compressed.
    pub(crate) fn strip(path: &str) -> &str {
        match (Self::of(path), path.rsplit_once('.')) {
            (Compression::None, _) | (_, None) => path,
            (_, Some((stem, _))) => stem,
        }
    }

    pub(crate) fn decoder(self, bytes: Bytes) -> io::Result<Bytes> {
        Ok(match self {
            Compression::None => bytes,
            Compression::Gzip => Box::new(flate2::read::MultiGzDecoder::new(bytes)),
            Compression::Zstd => Box::new(zstd::Decoder::new(bytes)?),
            Compression::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(bytes)),
            Compression::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(bytes)),
            // Hadoop's name for zlib.
            Compression::Deflate => Box::new(flate2::read::ZlibDecoder::new(bytes)),
        })
    }
}

/// A file from a byte on; compressed ones can only be read from their beginning. Remote bytes are requested from now on;
/// those of `range` surely, and what follows when it is read.
pub(crate) fn open(
    split: &Split,
    range: Range<u64>,
    access: &Arc<Access>,
    counters: Counters,
    mut reservation: Reservation,
) -> Result<Input> {
    check_compression(&split.location)?;
    if !remote::is_remote(&split.location) {
        return open_local(split, range.start);
    }
    let pieces = Pieces::of_range(RemoteFile::open(split, access)?, range, counters);
    reservation.grow(pieces.bytes_max())?;
    Ok(remote_input(split, pieces, reservation))
}

/// A file from its beginning, for who may stop soon.
pub(crate) fn open_sample(split: &Split, access: &Arc<Access>) -> Result<Input> {
    check_compression(&split.location)?;
    match remote::is_remote(&split.location) {
        true => {
            let pieces = Pieces::sample(RemoteFile::open(split, access)?);
            // Before there is a query there is no account.
            Ok(remote_input(split, pieces, MemoryPool::unlimited().reserve("schema inference")))
        }
        false => open_local(split, 0),
    }
}

fn remote_input(split: &Split, pieces: Pieces, reservation: Reservation) -> Input {
    let consumed = Consumed::default();
    let stream = ByteStream::new(&split.location, pieces, Compression::of(&split.location), Arc::clone(&consumed));
    Input { feed: Feed::Remote { stream: Box::new(stream), _reservation: reservation }, consumed }
}

fn check_compression(path: &str) -> Result<()> {
    let name = remote::without_query(path);
    match name.ends_with(".snappy") || name.ends_with(".xz") {
        true => Err(error!(UNSUPPORTED_FEATURE, feature = format!("reading {name}: compression of this kind"))),
        false => Ok(()),
    }
}

fn open_local(split: &Split, start: u64) -> Result<Input> {
    let path = split.location.as_ref();
    let unreadable = |reason: io::Error| error(path, &reason);
    let mut file = File::open(path).map_err(unreadable)?;
    if file.metadata().map_err(unreadable)?.len() != split.length {
        return Err(crate::parquet::unreadable(path, "it has changed since the query was planned"));
    }
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(unreadable)?;
    }
    let consumed = Consumed::default();
    let counted = Counted { bytes: file, consumed: Arc::clone(&consumed) };
    let bytes = Compression::of(path).decoder(Box::new(counted)).map_err(unreadable)?;
    Ok(Input::local(bytes, consumed))
}

struct Counted<R> {
    bytes: R,
    consumed: Consumed,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.consumed.fetch_add(read as u64, Relaxed);
        Ok(read)
    }
}

pub(crate) fn error(path: &str, reason: &io::Error) -> firesteel_common::Error {
    error!(CANNOT_READ_FILE, path = listing::display(path), reason = reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn compressed_files_are_read_through() {
        let folder = tempfile::tempdir().expect("folder");
        let text = "one\ntwo\n".repeat(1000);
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("written");
            listing::file_split(&path).expect("a split")
        };
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).expect("gzip");
        let mut lz4 = lz4_flex::frame::FrameEncoder::new(Vec::new());
        lz4.write_all(text.as_bytes()).expect("lz4");
        let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bzip2.write_all(text.as_bytes()).expect("bzip2");
        // Files put behind each other are one.
        let twice = gzip.finish().expect("gzip").repeat(2);
        let splits = [
            (write("a.csv", text.as_bytes()), 1),
            (write("a.csv.gz", &twice), 2),
            (write("a.csv.zst", &zstd::encode_all(text.as_bytes(), 1).expect("zstd")), 1),
            (write("a.csv.LZ4", &lz4.finish().expect("lz4")), 1),
            (write("a.csv.bz2", &bzip2.finish().expect("bzip2")), 1),
        ];
        for (split, times) in splits {
            let mut input = open_local(&split, 0).expect("open");
            let (mut read, mut buffer) = (Vec::new(), [0; 1000]);
            while let bytes @ 1.. = input.read(&mut buffer).expect("read") {
                read.extend_from_slice(&buffer[..bytes]);
            }
            assert_eq!(String::from_utf8(read).expect("text"), text.repeat(times), "{}", split.location);
            assert_eq!(input.consumed(), split.length, "{}", split.location);
        }
        assert_eq!(Compression::strip("a.csv.gz"), "a.csv");
    }
}
