//! What each operator did, counted while it runs: EXPLAIN ANALYZE and every adaptive rule live on it.
//!
//! ```text
//! driver, per batch ──▶ Tally (plain numbers of one worker) ──once per slice──▶ OperatorMetrics (atomics, all workers)
//! ```

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The number of a physical operator within its query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperatorId(pub u32);

/// The metrics of a query's operators, by [`OperatorId`].
#[derive(Default)]
pub struct MetricsSet {
    // Locked when pipelines are built and when they are shown.
    operators: Mutex<Vec<Arc<OperatorMetrics>>>,
}

impl MetricsSet {
    /// The counters of an operator, shared by all its workers and by all machines that do its work.
    pub fn operator(&self, id: OperatorId) -> Arc<OperatorMetrics> {
        let mut operators = self.operators.lock().unwrap_or_else(PoisonError::into_inner);
        let at = id.0 as usize;
        if at >= operators.len() {
            operators.resize_with(at + 1, Arc::default);
        }
        Arc::clone(&operators[at])
    }

    /// All operators so far, in the order of their ids.
    pub fn snapshot(&self) -> Vec<MetricsSnapshot> {
        let operators = self.operators.lock().unwrap_or_else(PoisonError::into_inner);
        operators.iter().map(|metrics| metrics.snapshot()).collect()
    }
}

/// How far a query's scans have come: what a progress bar shows. Each scan counts what it knows beforehand: rows where files
/// say how many they have, else bytes of files. Those that know neither count nothing.
#[derive(Debug, Default)]
pub struct ScanProgress {
    pub rows: Amount,
    pub bytes: Amount,
}

/// So much of so much.
#[derive(Debug, Default)]
pub struct Amount {
    total: AtomicU64,
    done: AtomicU64,
}

impl Amount {
    /// A scan that will look at so much begins.
    pub fn expect(&self, amount: u64) {
        self.total.fetch_add(amount, Relaxed);
    }

    /// So much of what was expected was read, or turned out not to be needed.
    pub fn advance(&self, amount: u64) {
        self.done.fetch_add(amount, Relaxed);
    }

    /// What the scans begun so far look at. Grows when another one begins.
    pub fn total(&self) -> u64 {
        self.total.load(Relaxed)
    }

    /// How much of it is done with.
    pub fn done(&self) -> u64 {
        self.done.load(Relaxed).min(self.total())
    }
}

/// Counters of one operator. The driver counts rows, batches and time; bytes, memory and spill only the operator knows.
#[derive(Debug, Default)]
pub struct OperatorMetrics {
    rows_in: AtomicU64,
    rows_out: AtomicU64,
    batches_out: AtomicU64,
    nanos: AtomicU64,
    bytes: AtomicU64,
    memory_peak: AtomicU64,
    spill_bytes: AtomicU64,
    files_pruned: AtomicU64,
    groups_pruned: AtomicU64,
    requests: AtomicU64,
    retries: AtomicU64,
}

impl OperatorMetrics {
    /// Files that a scan did not have to open.
    pub fn add_files_pruned(&self, files: usize) {
        self.files_pruned.fetch_add(files as u64, Relaxed);
    }

    /// Row groups that a scan did not have to read, in files that it opened.
    pub fn add_groups_pruned(&self, groups: usize) {
        self.groups_pruned.fetch_add(groups as u64, Relaxed);
    }

    /// Bytes read by a scan, written by a writer or sent by an exchange.
    pub fn add_bytes(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Requests of a scan to an object store, failed ones among them.
    pub fn add_requests(&self, requests: usize) {
        self.requests.fetch_add(requests as u64, Relaxed);
    }

    /// Requests that were sent again.
    pub fn add_retries(&self, retries: usize) {
        self.retries.fetch_add(retries as u64, Relaxed);
    }

    pub fn add_spilled(&self, bytes: usize) {
        self.spill_bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Reports what is held now; the most is kept.
    pub fn report_memory(&self, bytes: usize) {
        self.memory_peak.fetch_max(bytes as u64, Relaxed);
    }

    pub(crate) fn add(&self, tally: &Tally) {
        self.rows_in.fetch_add(tally.rows_in, Relaxed);
        self.rows_out.fetch_add(tally.rows_out, Relaxed);
        self.batches_out.fetch_add(tally.batches_out, Relaxed);
        self.nanos.fetch_add(tally.time.as_nanos() as u64, Relaxed);
    }

    pub fn snapshot(&self) -> MetricsSnapshot {
        MetricsSnapshot {
            rows_in: self.rows_in.load(Relaxed),
            rows_out: self.rows_out.load(Relaxed),
            batches_out: self.batches_out.load(Relaxed),
            time: Duration::from_nanos(self.nanos.load(Relaxed)),
            bytes: self.bytes.load(Relaxed),
            memory_peak: self.memory_peak.load(Relaxed),
            spill_bytes: self.spill_bytes.load(Relaxed),
            files_pruned: self.files_pruned.load(Relaxed),
            groups_pruned: self.groups_pruned.load(Relaxed),
            requests: self.requests.load(Relaxed),
            retries: self.retries.load(Relaxed),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MetricsSnapshot {
    pub rows_in: u64,
    pub rows_out: u64,
    pub batches_out: u64,
    /// Of all workers together.
    pub time: Duration,
    pub bytes: u64,
    pub memory_peak: u64,
    pub spill_bytes: u64,
    pub files_pruned: u64,
    pub groups_pruned: u64,
    /// Requests to object stores.
    pub requests: u64,
    pub retries: u64,
}

impl MetricsSnapshot {
    /// The share of its input that a filter let through; `None` without input.
    pub fn pass_rate(&self) -> Option<f64> {
        (self.rows_in > 0).then(|| self.rows_out as f64 / self.rows_in as f64)
    }
}

/// What one worker counted since it last reported.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) rows_in: u64,
    pub(crate) rows_out: u64,
    pub(crate) batches_out: u64,
    pub(crate) time: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_never_exceeds_its_total() {
        let progress = Amount::default();
        assert_eq!((progress.done(), progress.total()), (0, 0));
        progress.expect(10);
        progress.advance(4);
        progress.expect(5);
        assert_eq!((progress.done(), progress.total()), (4, 15));
        progress.advance(20);
        assert_eq!((progress.done(), progress.total()), (15, 15));
    }

    #[test]
    fn workers_share_an_operators_counters() {
        let set = MetricsSet::default();
        let tally = Tally { rows_in: 8, rows_out: 2, batches_out: 1, time: Duration::from_nanos(5) };
        set.operator(OperatorId(2)).add(&tally);
        set.operator(OperatorId(2)).add(&tally);
        set.operator(OperatorId(2)).report_memory(10);
        set.operator(OperatorId(2)).report_memory(7);
        let shown = set.snapshot();
        assert_eq!(shown.len(), 3);
        assert_eq!((shown[2].rows_in, shown[2].memory_peak, shown[2].time.as_nanos()), (16, 10, 10));
        assert_eq!(shown[2].pass_rate(), Some(0.25));
        assert_eq!(shown[0].pass_rate(), None);
    }
}
