//! Parts of an object, fetched at the same time.
//!
//! ```text
//! ranges ──join what is less than 1 MiB apart──▶ pieces ──cut into requests of ≤ 8 MiB──▶ all at once ──▶ pieces, whole again
//! ```
//! A request costs a round trip, and one connection gives some ten MiB per second: neither many small ones are good nor
//! few large ones.

use std::collections::VecDeque;
use std::ops::Range;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use firesteel_common::Result;

use super::runtime::Task;
use super::{Counters, RemoteFile};

/// Ranges no farther apart are fetched as one.
pub(crate) const GAP_BYTES: u64 = 1 << 20;
/// What one request asks for at most.
const REQUEST_BYTES: u64 = 8 << 20;

/// Ranges on their way. Dropping them gives them up.
pub(crate) struct Ranges {
    pieces: Vec<Piece>,
}

struct Piece {
    start: u64,
    coming: VecDeque<Task<Bytes>>,
    here: Vec<Bytes>,
}

impl Ranges {
    /// Begins to fetch ranges that are [joined](join) and lie within the file.
    pub(crate) fn start(file: &RemoteFile, ranges: Vec<Range<u64>>, counters: &Counters) -> Self {
        let piece = |range: Range<u64>| {
            let starts = (range.start..range.end).step_by(REQUEST_BYTES as usize);
            let coming = starts.map(|start| file.fetch(start..(start + REQUEST_BYTES).min(range.end), counters));
            Piece { start: range.start, coming: coming.collect(), here: Vec::new() }
        };
        Self { pieces: ranges.into_iter().map(piece).collect() }
    }

    /// The pieces by their start in the file, once all are here.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Vec<(u64, Bytes)>>> {
        for piece in &mut self.pieces {
            while let Some(task) = piece.coming.front_mut() {
                match task.poll_result(cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                    Poll::Ready(Ok(bytes)) => {
                        piece.here.push(bytes);
                        piece.coming.pop_front();
                    }
                }
            }
        }
        Poll::Ready(Ok(self.pieces.drain(..).map(|piece| (piece.start, whole(piece.here))).collect()))
    }
}

fn whole(mut parts: Vec<Bytes>) -> Bytes {
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    let mut all = BytesMut::with_capacity(parts.iter().map(Bytes::len).sum());
    parts.iter().for_each(|part| all.extend_from_slice(part));
    all.freeze()
}

/// Sorted, and joined where they overlap or lie no farther apart than `gap`; empty ones are gone.
pub(crate) fn join(mut ranges: Vec<Range<u64>>, gap: u64) -> Vec<Range<u64>> {
    ranges.retain(|range| range.start < range.end);
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(gap) => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_joined_and_parts_put_together() {
        let mib = 1 << 20;
        let ranges = vec![9 * mib..10 * mib, 0..10, 100..mib, 5..20, 7..7];
        assert_eq!(join(ranges.clone(), mib), [0..mib, 9 * mib..10 * mib]);
        assert_eq!(join(ranges.clone(), 0), [0..20, 100..mib, 9 * mib..10 * mib]);
        assert_eq!(whole(vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")]), "abc");
    }
}
