//! The bytes of an object as something to read, which says when it has nothing yet instead of waiting.
//!
//! ```text
//! pieces ──────────────────────────────────────────────────────────────▶ read
//! pieces ──task──▶ channel ──decompressor on a thread of its own──▶ channel ──▶ read
//! ```
//! Decompressors cannot stop in the middle and say so: they get a thread that may wait, outside of the CPU pool.

use std::future::poll_fn;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use firesteel_common::{Error, Result};
use tokio::sync::mpsc::{self, Receiver};

use super::pieces::Pieces;
use super::runtime::{self, Task};
use crate::rows::input::{self, Compression, Consumed};

/// Pieces between the network and a decompressor, and decompressed ones behind it.
const PIECES_WAITING: usize = 1;
const BUFFERS_WAITING: usize = 8;
const BUFFER_BYTES: usize = 256 << 10;

pub(crate) struct ByteStream {
    feed: Feed,
    /// What came and was not read yet.
    now: Bytes,
    ended: bool,
}

enum Feed {
    Plain(Pieces, Consumed),
    Decompressed { buffers: Receiver<Result<Bytes>>, _feeder: Task<()>, _decompressor: Task<()> },
}

impl ByteStream {
    /// `consumed` counts what comes, compressed as it is.
    pub(crate) fn new(path: &str, pieces: Pieces, compression: Compression, consumed: Consumed) -> Self {
        let feed = match compression {
            Compression::None => Feed::Plain(pieces, consumed),
            _ => decompressed(path.to_owned(), pieces, compression, consumed),
        };
        Self { feed, now: Bytes::new(), ended: false }
    }

    /// Ready when a read gives something, or the end.
    pub(crate) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while self.now.is_empty() && !self.ended {
            let next = match &mut self.feed {
                Feed::Plain(pieces, consumed) => pieces.poll_next(cx).map_ok(|piece| counted(piece, consumed)),
                Feed::Decompressed { buffers, .. } => buffers.poll_recv(cx).map(Option::transpose),
            };
            match next {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(Some(bytes))) => self.now = bytes,
                Poll::Ready(Ok(None)) => self.ended = true,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Read for ByteStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.now.is_empty() && !self.ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        let bytes = buffer.len().min(self.now.len());
        self.now.copy_to_slice(&mut buffer[..bytes]);
        Ok(bytes)
    }
}

/// An error on its way through a decompressor, which knows those of IO only.
type Failure = Arc<Mutex<Option<Error>>>;

fn counted(piece: Option<Bytes>, consumed: &Consumed) -> Option<Bytes> {
    consumed.fetch_add(piece.as_ref().map_or(0, Bytes::len) as u64, Relaxed);
    piece
}

fn decompressed(path: String, mut pieces: Pieces, compression: Compression, consumed: Consumed) -> Feed {
    let (to_decompressor, compressed) = mpsc::channel(PIECES_WAITING);
    let (to_reader, buffers) = mpsc::channel(BUFFERS_WAITING);
    let feeder = runtime::spawn(async move {
        loop {
            let piece = poll_fn(|cx| pieces.poll_next(cx)).await.map(|piece| counted(piece, &consumed)).transpose();
            let Some(piece) = piece else { return Ok(()) };
            let failed = piece.is_err();
            if to_decompressor.send(piece).await.is_err() || failed {
                return Ok(());
            }
        }
    });
    let decompressor = runtime::spawn_blocking(move || {
        let failure = Failure::default();
        let compressed = Compressed { pieces: compressed, now: Bytes::new(), failure: Arc::clone(&failure) };
        let send = |buffer| to_reader.blocking_send(buffer).is_ok();
        if let Err(reason) = decompress(compression, compressed, &send) {
            let failure = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
            send(Err(failure.unwrap_or_else(|| input::error(&path, &reason))));
        }
        Ok(())
    });
    Feed::Decompressed { buffers, _feeder: feeder, _decompressor: decompressor }
}

/// Until the end, or until nobody wants more.
fn decompress(
    compression: Compression,
    compressed: Compressed,
    send: &dyn Fn(Result<Bytes>) -> bool,
) -> io::Result<()> {
    let mut decoder = compression.decoder(Box::new(compressed))?;
    loop {
        let mut buffer = BytesMut::zeroed(BUFFER_BYTES);
        let read = match decoder.read(&mut buffer) {
            Err(reason) if reason.kind() == ErrorKind::Interrupted => continue,
            read => read?,
        };
        buffer.truncate(read);
        if read == 0 || !send(Ok(buffer.freeze())) {
            return Ok(());
        }
    }
}

/// What a decompressor reads. Waits for the network.
struct Compressed {
    pieces: Receiver<Result<Bytes>>,
    now: Bytes,
    failure: Failure,
}

impl Read for Compressed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.now.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.now = piece,
                None => return Ok(0),
                Some(Err(error)) => {
                    *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    return Err(io::Error::other("the next piece could not be fetched"));
                }
            }
        }
        let bytes = buffer.len().min(self.now.len());
        self.now.copy_to_slice(&mut buffer[..bytes]);
        Ok(bytes)
    }
}
