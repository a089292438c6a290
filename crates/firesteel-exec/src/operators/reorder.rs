//! Puts batches that several workers produce back in the order of their morsels.
//!
//! ```text
//! worker 0 at morsel 3: 3          held: 4 → […], 5 → […]
//! worker 1 at morsel 5: 4, 5       lowest morsel begun by a worker = 3: what is below or equal may go
//! ```
//! A morsel belongs to one worker, and a worker's morsels only grow. So whatever is not above the lowest morsel that a
//! worker has begun can have nothing before it that is still to come. A worker that has begun none holds all others back.

use std::collections::{BTreeMap, VecDeque};

use firesteel_expr::batch::Batch;

#[derive(Default)]
pub(crate) struct Reorder {
    /// By worker: the morsel that it has begun, `None` before the first; ended workers are taken out.
    begun: Vec<(usize, Option<u64>)>,
    workers: usize,
    held: BTreeMap<u64, VecDeque<Batch>>,
    batches_held: usize,
}

impl Reorder {
    /// A worker's key.
    pub(crate) fn add_worker(&mut self) -> usize {
        self.workers += 1;
        self.begun.push((self.workers, None));
        self.workers
    }

    pub(crate) fn begin(&mut self, worker: usize, morsel: u64) {
        if let Some((_, begun)) = self.begun.iter_mut().find(|(key, _)| *key == worker) {
            *begun = Some(morsel);
        }
    }

    pub(crate) fn end(&mut self, worker: usize) {
        self.begun.retain(|(key, _)| *key != worker);
    }

    pub(crate) fn hold(&mut self, batch: Batch) {
        self.held.entry(batch.morsel).or_default().push_back(batch);
        self.batches_held += 1;
    }

    /// How many batches wait for others.
    pub(crate) fn held(&self) -> usize {
        self.batches_held
    }

    /// Whether others may be waiting for this worker: it must never be made to wait for them.
    pub(crate) fn is_behind(&self, worker: usize) -> bool {
        let lowest = self.begun.iter().map(|(_, begun)| *begun).min();
        let mine = self.begun.iter().find(|(key, _)| *key == worker).map(|(_, begun)| *begun);
        mine == lowest
    }

    /// The next batch that has nothing before it.
    pub(crate) fn pop(&mut self) -> Option<Batch> {
        let mut first = self.held.first_entry()?;
        let free = match self.begun.iter().map(|(_, begun)| *begun).min() {
            Some(lowest) => lowest.is_some_and(|lowest| *first.key() <= lowest),
            None => true,
        };
        if !free {
            return None;
        }
        let batch = first.get_mut().pop_front();
        if first.get().is_empty() {
            first.remove();
        }
        self.batches_held -= usize::from(batch.is_some());
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(morsel: u64, rows: usize) -> Batch {
        Batch::new(Vec::new(), rows).with_morsel(morsel)
    }

    fn pop_all(reorder: &mut Reorder) -> Vec<(u64, usize)> {
        std::iter::from_fn(|| reorder.pop()).map(|batch| (batch.morsel, batch.rows())).collect()
    }

    #[test]
    fn batches_wait_for_lower_morsels() {
        let mut reorder = Reorder::default();
        let (a, b) = (reorder.add_worker(), reorder.add_worker());
        reorder.begin(a, 1);
        reorder.hold(batch(1, 7));
        assert!(pop_all(&mut reorder).is_empty(), "b may have claimed morsel 0");
        assert!(reorder.is_behind(b) && !reorder.is_behind(a));
        reorder.begin(b, 0);
        reorder.hold(batch(0, 5));
        reorder.hold(batch(0, 6));
        assert_eq!(pop_all(&mut reorder), [(0, 5), (0, 6)]);
        reorder.begin(b, 2);
        reorder.hold(batch(2, 8));
        reorder.hold(batch(1, 9));
        assert_eq!(pop_all(&mut reorder), [(1, 7), (1, 9)]);
        reorder.end(a);
        assert_eq!(pop_all(&mut reorder), [(2, 8)]);
        reorder.hold(batch(4, 1));
        assert_eq!(reorder.held(), 1);
        reorder.end(b);
        assert_eq!(pop_all(&mut reorder), [(4, 1)]);
        assert_eq!(reorder.held(), 0);
    }
}
