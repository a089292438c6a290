//! Where partitions and peers begin and end among ordered rows, and which rows a frame has.
//!
//! Positions count from 0 through all rows of all partitions at hand; a frame `[start, end)` lies within one partition.

use std::ops::Range;

use arrow::row::Rows;
use firesteel_common::Result;
use firesteel_expr::window::Bound;

use super::run::{Entry, Run, are_peers, order_key, same_partition};

pub(super) struct Layout<'r> {
    runs: &'r [Run],
    entries: &'r [Entry],
    /// Where partitions begin, and the number of rows.
    partitions: Vec<u32>,
}

/// The frame of every row.
pub(super) struct Frames {
    pub(super) start: Vec<u32>,
    pub(super) end: Vec<u32>,
}

impl Frames {
    pub(super) fn of(&self, row: usize) -> Range<usize> {
        let (start, end) = (self.start[row] as usize, self.end[row] as usize);
        start..end.max(start)
    }

    pub(super) fn rows(&self) -> usize {
        self.start.len()
    }
}

impl<'r> Layout<'r> {
    pub(super) fn new(runs: &'r [Run], entries: &'r [Entry]) -> Self {
        let begins = |at: &usize| *at == 0 || !same_partition(runs, &entries[*at - 1], &entries[*at]);
        let mut partitions: Vec<u32> = (0..entries.len()).filter(begins).map(|at| at as u32).collect();
        partitions.push(entries.len() as u32);
        Self { runs, entries, partitions }
    }

    pub(super) fn rows(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn partitions(&self) -> impl Iterator<Item = Range<usize>> {
        self.partitions.windows(2).map(|pair| pair[0] as usize..pair[1] as usize)
    }

    pub(super) fn partition_count(&self) -> usize {
        self.partitions.len() - 1
    }

    /// The number of each row's partition.
    pub(super) fn partition_numbers(&self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(self.rows());
        for (number, partition) in self.partitions().enumerate() {
            numbers.resize(partition.end, number as u32);
        }
        numbers
    }

    /// Groups of rows that tie, within a partition.
    pub(super) fn peers(&self, partition: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let mut start = partition.start;
        std::iter::from_fn(move || {
            if start >= partition.end {
                return None;
            }
            let first = &self.entries[start];
            let tie = |at: &usize| are_peers(self.runs, first, &self.entries[*at]);
            let end = (start + 1..partition.end).find(|at| !tie(at)).unwrap_or(partition.end);
            let peers = start..end;
            start = end;
            Some(peers)
        })
    }

    /// `start` and `end` are the values of the frame's bounds, encoded as the order key is, where it has some.
    pub(super) fn frames(&self, frame: &firesteel_expr::window::Frame, values: BoundValues) -> Result<Frames> {
        Ok(Frames {
            start: self.edges(&frame.start, values.start.as_ref(), true),
            end: self.edges(&frame.end, values.end.as_ref(), false),
        })
    }

    fn edges(&self, bound: &Bound, values: Option<&Rows>, is_start: bool) -> Vec<u32> {
        let mut edges = vec![0; self.rows()];
        for partition in self.partitions() {
            let slots = &mut edges[partition.clone()];
            match (bound, values) {
                (Bound::Rows(offset), _) => {
                    // An end lies behind its row.
                    let offset = offset.saturating_add(i64::from(!is_start));
                    let within = |at: usize| {
                        let edge = (at as i64).saturating_add(offset);
                        edge.clamp(partition.start as i64, partition.end as i64) as u32
                    };
                    slots.iter_mut().zip(partition.clone()).for_each(|(slot, at)| *slot = within(at));
                }
                (Bound::Peers, _) => {
                    for peers in self.peers(partition.clone()) {
                        let edge = if is_start { peers.start } else { peers.end };
                        edges[peers].fill(edge as u32);
                    }
                }
                (Bound::Value(_), Some(values)) => self.reach(partition, values, is_start, slots),
                _ => slots.fill(if is_start { partition.start } else { partition.end } as u32),
            }
        }
        edges
    }

    /// The first row that reaches the bound of each row, or the first behind it. Bounds grow with the rows.
    fn reach(&self, partition: Range<usize>, bounds: &Rows, is_start: bool, slots: &mut [u32]) {
        let mut at = partition.start;
        for (slot, row) in slots.iter_mut().zip(partition.clone()) {
            let bound = bounds.row(row);
            let before = |at: usize| {
                let key = order_key(self.runs, &self.entries[at]);
                if is_start { key < bound.data() } else { key <= bound.data() }
            };
            while at < partition.end && before(at) {
                at += 1;
            }
            *slot = at as u32;
        }
    }
}

/// Of bounds that are values: per row, encoded as the order key is.
#[derive(Default)]
pub(super) struct BoundValues {
    pub(super) start: Option<Rows>,
    pub(super) end: Option<Rows>,
}
