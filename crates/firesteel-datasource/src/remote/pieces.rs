//! An object from some byte on, piece by piece, the next ones fetched while one is used.
//!
//! ```text
//! start ──────────────────────────▶ end, and a little more           end of the object
//!   piece   piece   piece (ahead)     the rest of the last record, when asked for
//! ```

use std::collections::VecDeque;
use std::ops::Range;
use std::task::{Context, Poll};

use bytes::Bytes;
use firesteel_common::Result;

use super::runtime::Task;
use super::{Counters, RemoteFile};

/// The largest piece.
const PIECE_BYTES: u64 = 4 << 20;
/// The first piece for who may need a small part only; each further one is twice as long.
const SAMPLE_BYTES: u64 = 256 << 10;
/// How many pieces are under way at once.
const AHEAD: usize = 3;
/// What is fetched behind the end at once: mostly it holds the rest of the last record.
const BEHIND_BYTES: u64 = 64 << 10;

pub(crate) struct Pieces {
    file: RemoteFile,
    counters: Counters,
    /// All that is read surely.
    bytes: u64,
    /// Where the next request begins.
    next: u64,
    /// Up to here pieces are fetched ahead.
    end: u64,
    piece_bytes: u64,
    ahead: usize,
    coming: VecDeque<Task<Bytes>>,
}

impl Pieces {
    /// All that will surely be read: `range`, and beyond its end what a record that begins in it may need.
    pub(crate) fn of_range(file: RemoteFile, range: Range<u64>, counters: Counters) -> Self {
        let end = range.end.saturating_add(BEHIND_BYTES).min(file.length());
        let mut pieces = Self {
            file,
            counters,
            bytes: end.saturating_sub(range.start),
            next: range.start,
            end,
            piece_bytes: PIECE_BYTES,
            ahead: AHEAD,
            coming: VecDeque::new(),
        };
        pieces.fill();
        pieces
    }

    /// From the beginning, for who may stop soon.
    pub(crate) fn sample(file: RemoteFile) -> Self {
        let end = file.length();
        let counters = Counters::default();
        let mut pieces = Self {
            file,
            counters,
            bytes: end,
            next: 0,
            end,
            piece_bytes: SAMPLE_BYTES,
            ahead: 1,
            coming: VecDeque::new(),
        };
        pieces.fill();
        pieces
    }

    /// What is held at most.
    pub(crate) fn bytes_max(&self) -> usize {
        self.bytes.min((self.ahead as u64 + 1) * PIECE_BYTES) as usize
    }

    fn fill(&mut self) {
        while self.coming.len() < self.ahead && self.next < self.end {
            let end = (self.next + self.piece_bytes).min(self.end);
            self.coming.push_back(self.file.fetch(self.next..end, &self.counters));
            self.next = end;
            self.piece_bytes = (self.piece_bytes * 2).min(PIECE_BYTES);
        }
    }

    /// The next piece; `None` at the end of the object.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>>> {
        if self.coming.is_empty() {
            // Behind the end, for a long record.
            self.end = (self.end + BEHIND_BYTES).min(self.file.length());
            self.fill();
        }
        let Some(task) = self.coming.front_mut() else { return Poll::Ready(Ok(None)) };
        match task.poll_result(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(result) => {
                self.coming.pop_front();
                self.fill();
                Poll::Ready(result.map(Some))
            }
        }
    }
}
