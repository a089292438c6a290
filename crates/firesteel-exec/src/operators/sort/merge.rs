//! From runs to one order: the runs are cut by keys into ranges, each of which is merged by itself.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::AcqRel};
use std::sync::{Arc, Mutex, PoisonError};

use firesteel_common::{Result, SqlType};

use super::output::{Place, Sorted};
use super::run::Run;
use crate::memory::Reservation;
use crate::pages::unify;
use crate::unit::{Units, unit};

/// About so many rows are merged by one unit.
const ROWS_AT_ONCE: usize = 64 * 1024;
/// Keys looked at per range that is wanted: more make the ranges more even.
const SAMPLES_PER_RANGE: usize = 16;

/// What the order of so many rows takes.
pub(super) fn order_bytes(rows: usize) -> usize {
    rows * size_of::<Place>()
}

/// Merges `runs` into `sorted`. `memory` holds [`order_bytes`].
pub(crate) fn finalize(
    mut runs: Vec<Run>,
    types: &[SqlType],
    sorted: &Arc<Sorted>,
    memory: Reservation,
) -> Result<Units> {
    unify(&mut runs.iter_mut().map(|run| &mut run.columns).collect::<Vec<_>>(), types)?;
    let rows: usize = runs.iter().map(Run::len).sum();
    let runs = Arc::new(runs);
    let ranges = cut(&runs, rows.div_ceil(ROWS_AT_ONCE));
    let merged = Arc::new(Merged {
        left: AtomicUsize::new(ranges.len()),
        places: Mutex::new(vec![Vec::new(); ranges.len()]),
        runs,
        memory: Mutex::new(Some(memory)),
        sorted: Arc::clone(sorted),
    });
    let one = |(at, ranges): (usize, Vec<Range<usize>>)| {
        let merged = Arc::clone(&merged);
        unit(move || {
            let places = merge(&merged.runs, ranges);
            merged.done(at, places);
            Ok(Vec::new())
        })
    };
    Ok(ranges.into_iter().enumerate().map(one).collect())
}

/// For each piece of the output, the range of each run that belongs to it.
fn cut(runs: &[Run], pieces: usize) -> Vec<Vec<Range<usize>>> {
    let rows: usize = runs.iter().map(Run::len).sum();
    let step = (rows / (pieces.max(1) * SAMPLES_PER_RANGE)).max(1);
    let mut samples: Vec<&[u8]> = match pieces {
        0 | 1 => Vec::new(),
        _ => runs.iter().flat_map(|run| (0..run.len()).step_by(step).map(|at| run.key(at))).collect(),
    };
    samples.sort_unstable();
    let splitters = (1..pieces).filter_map(|piece| samples.get(piece * samples.len() / pieces));
    let mut begin = vec![0; runs.len()];
    let mut cuts = Vec::with_capacity(pieces);
    let ends = splitters.map(|key| runs.iter().map(|run| run.rows_below(key)).collect::<Vec<_>>());
    for end in ends.chain([runs.iter().map(Run::len).collect()]) {
        cuts.push(begin.iter().zip(&end).map(|(begin, end)| *begin..*end).collect());
        begin = end;
    }
    cuts
}

struct Merged {
    left: AtomicUsize,
    places: Mutex<Vec<Vec<Place>>>,
    runs: Arc<Vec<Run>>,
    memory: Mutex<Option<Reservation>>,
    sorted: Arc<Sorted>,
}

impl Merged {
    fn done(&self, at: usize, places: Vec<Place>) {
        let mut all = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        all[at] = places;
        if self.left.fetch_sub(1, AcqRel) == 1 {
            let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.sorted.set(Arc::clone(&self.runs), std::mem::take(&mut *all), memory);
        }
    }
}

/// The next row of a run; the heap gives the greatest, so that the order is turned round.
struct Head<'a> {
    runs: &'a [Run],
    run: usize,
    rest: Range<usize>,
}

impl Ord for Head<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.runs[self.run].compare(self.rest.start, &self.runs[other.run], other.rest.start).reverse()
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head<'_> {}

/// The rows of these ranges of the runs, in order.
pub(super) fn merge(runs: &[Run], ranges: Vec<Range<usize>>) -> Vec<Place> {
    let mut places = Vec::with_capacity(ranges.iter().map(Range::len).sum());
    let heads = ranges.into_iter().enumerate().filter(|(_, rest)| !rest.is_empty());
    let mut heap: BinaryHeap<Head<'_>> = heads.map(|(run, rest)| Head { runs, run, rest }).collect();
    while heap.len() > 1 {
        let Some(mut head) = heap.peek_mut() else { break };
        places.push(Place::new(head.run, runs[head.run].row(head.rest.start)));
        head.rest.start += 1;
        if head.rest.is_empty() {
            std::collections::binary_heap::PeekMut::pop(head);
        }
    }
    for Head { run, rest, .. } in heap {
        places.extend(rest.map(|at| Place::new(run, runs[run].row(at))));
    }
    places
}
