//! Row groups of remote files: their bytes come while others are decoded.
//!
//! ```text
//! claimed, in order:   being decoded │ ahead, ahead, …           at most so many, so many bytes, and what memory allows
//! columns of each:     what the first pass needs now │ the rest when the first pass has rows that pass
//! ```
//! What is fetched first is what the decoder would read first by what is known now; if it turns out otherwise when the row
//! group's turn comes, what is missing is fetched then.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use firesteel_common::Result;
use firesteel_exec::memory::Reservation;

use super::chunks::Chunks;
use super::guarded;
use super::scan::{ParquetScan, Unit};
use super::worker::byte_ranges;
use crate::remote::Counters;
use crate::remote::ranges::{GAP_BYTES, Ranges, join};

/// How far one worker looks ahead.
const UNITS: usize = 4;
const BYTES: usize = 32 << 20;

/// A claimed row group and what is there of it.
pub(super) struct Held {
    pub(super) unit: Unit,
    /// Positions of the scan's columns that are here or coming.
    columns: Vec<usize>,
    /// What was asked for: more than the columns where they lie close to each other.
    asked: Vec<Range<u64>>,
    coming: Vec<Ranges>,
    pieces: Vec<(u64, Bytes)>,
    /// None until something is fetched.
    reservation: Option<Reservation>,
}

/// The row groups that one worker has claimed and not decoded.
pub(super) struct Ahead {
    scan: Arc<ParquetScan>,
    units: VecDeque<Held>,
}

impl Ahead {
    pub(super) fn new(scan: &Arc<ParquetScan>) -> Self {
        Self { scan: Arc::clone(scan), units: VecDeque::new() }
    }

    /// The next row group to decode.
    pub(super) fn next(&mut self) -> Result<Option<Held>> {
        while let Some(held) = self.units.pop_front() {
            // A join may have learned something since it was claimed.
            if self.scan.is_worth_reading(&held.unit)? {
                return Ok(Some(held));
            }
        }
        Ok(self.scan.claim()?.map(Held::new))
    }

    /// Begins to fetch what the row group at hand needs; what was fetched ahead makes room if memory is short.
    pub(super) fn want(&mut self, held: &mut Held, columns: &[usize]) -> Result<()> {
        if !held.start(&self.scan, columns, false)? {
            self.units.iter_mut().for_each(|ahead| *ahead = Held::new(ahead.unit));
            held.start(&self.scan, columns, true)?;
        }
        Ok(())
    }

    /// Claims and fetches more, `first` being the columns to begin with.
    pub(super) fn fill(&mut self, first: impl Fn(&Unit) -> Vec<usize>) -> Result<()> {
        while self.units.len() < UNITS && self.bytes() < BYTES {
            // The last row groups are left to whoever has nothing to do.
            if self.scan.unclaimed() < self.scan.query.workers * (self.units.len() + 1) {
                break;
            }
            let Some(unit) = self.scan.claim()? else { break };
            let mut held = Held::new(unit);
            let granted = !held.is_remote(&self.scan) || held.start(&self.scan, &first(&unit), false)?;
            self.units.push_back(held);
            if !granted {
                break;
            }
        }
        Ok(())
    }

    fn bytes(&self) -> usize {
        self.units.iter().flat_map(|held| &held.reservation).map(Reservation::size).sum()
    }
}

impl Held {
    fn new(unit: Unit) -> Self {
        Self { unit, columns: Vec::new(), asked: Vec::new(), coming: Vec::new(), pieces: Vec::new(), reservation: None }
    }

    pub(super) fn is_remote(&self, scan: &ParquetScan) -> bool {
        scan.files[self.unit.file].footer.remote.is_some()
    }

    /// Begins to fetch what is missing of the columns. False: memory is short; an error if it must be.
    fn start(&mut self, scan: &ParquetScan, columns: &[usize], must: bool) -> Result<bool> {
        let file = &scan.files[self.unit.file];
        let Some(remote) = &file.footer.remote else { return Ok(true) };
        let missing: Vec<usize> = columns.iter().copied().filter(|at| !self.columns.contains(at)).collect();
        let roots = missing.iter().filter_map(|at| file.columns[*at]);
        let path = &file.footer.path;
        let group = self.unit.group;
        let mut ranges = guarded(path, || Ok::<_, firesteel_common::Error>(byte_ranges(file, group, roots)))?;
        if ranges.iter().any(|range| range.end > file.length) {
            return Err(super::unreadable(path, "its footer points behind the end of the file"));
        }
        ranges.retain(|range| !self.asked.iter().any(|asked| asked.start <= range.start && range.end <= asked.end));
        let ranges = join(ranges, GAP_BYTES);
        let bytes = ranges.iter().map(|range| (range.end - range.start) as usize).sum();
        let reservation = self.reservation.get_or_insert_with(|| scan.reservation());
        match must {
            true => reservation.grow(bytes)?,
            false if !reservation.try_grow(bytes) => return Ok(false),
            false => {}
        }
        if bytes > 0 {
            self.asked.extend(ranges.iter().cloned());
            self.coming.push(Ranges::start(remote, ranges, &Counters::of(&scan.metrics)));
        }
        self.columns.extend(missing);
        Ok(true)
    }

    /// Ready when all that is wanted is here.
    pub(super) fn poll_here(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        while let Some(ranges) = self.coming.last_mut() {
            match ranges.poll(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(pieces)) => {
                    self.pieces.extend(pieces);
                    self.coming.pop();
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn chunks(&self, scan: &ParquetScan) -> Chunks {
        Chunks::new(scan.files[self.unit.file].length, self.pieces.clone())
    }
}
