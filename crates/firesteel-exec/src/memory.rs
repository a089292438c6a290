//! Memory is asked for before it is used: one pool per process, a reservation per holder.
//!
//! ```text
//! limit (told, or of the cgroup, or of the machine) ──▶ MemoryPool ──reserve──▶ Reservation ──grow──▶ granted
//!                                                                                    └──▶ refused: spill, or the error
//! ```
//! Only execution reserves for now. A cache will reserve from the same pool, and the pool will then ask it to evict
//! before it refuses execution: the one place for that is [`MemoryPool::take`].

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use firesteel_common::{Error, Result, error};

/// How many holders the error of a refusal names.
const HOLDERS_NAMED: usize = 3;
/// One part in so many is kept from those who can do without.
const LEFT_TO_OTHERS: usize = 8;
/// Who holds less than one part in so many holds little.
const HOLDS_LITTLE: usize = 64;

/// The memory of this process that queries may hold.
pub struct MemoryPool {
    limit: usize,
    used: AtomicUsize,
    peak: AtomicUsize,
    // Locked when a reservation begins or ends, and to name the largest holders.
    holders: Mutex<Vec<Arc<Holder>>>,
}

struct Holder {
    name: Arc<str>,
    bytes: AtomicUsize,
}

impl MemoryPool {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0), peak: AtomicUsize::new(0), holders: Mutex::new(Vec::new()) })
    }

    pub fn unlimited() -> Arc<Self> {
        Self::new(usize::MAX)
    }

    /// Sized by what the machine or the cgroup has, less a share for what nobody asks for (batches in flight, code).
    pub fn of_this_machine() -> Arc<Self> {
        Self::new(available_memory().map_or(usize::MAX, |bytes| bytes / 5 * 4))
    }

    pub fn limit(&self) -> usize {
        self.limit
    }

    pub fn used(&self) -> usize {
        self.used.load(Relaxed)
    }

    /// What nobody holds.
    pub fn free(&self) -> usize {
        self.limit.saturating_sub(self.used())
    }

    /// The most that was held at once.
    pub fn peak(&self) -> usize {
        self.peak.load(Relaxed)
    }

    /// From now on [`MemoryPool::peak`] tells of what follows only.
    pub fn reset_peak(&self) {
        self.peak.store(self.used(), Relaxed);
    }

    /// How many reservations are alive.
    pub fn reservations(&self) -> usize {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// An empty reservation; `name` is what a person will read (`HashJoin build of query 7`).
    pub fn reserve(self: &Arc<Self>, name: impl Into<Arc<str>>) -> Reservation {
        let holder = Arc::new(Holder { name: name.into(), bytes: AtomicUsize::new(0) });
        self.holders.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&holder));
        Reservation { pool: Arc::clone(self), holder }
    }

    fn take(&self, bytes: usize, limit: usize) -> bool {
        let taken =
            self.used.try_update(Relaxed, Relaxed, |used| used.checked_add(bytes).filter(|used| *used <= limit));
        match taken {
            Ok(before) => {
                self.peak.fetch_max(before + bytes, Relaxed);
                true
            }
            Err(_) => false,
        }
    }

    fn give_back(&self, bytes: usize) {
        let before = self.used.fetch_sub(bytes, Relaxed);
        debug_assert!(before >= bytes, "more memory given back than taken");
    }

    fn refusal(&self, consumer: &str, requested: usize) -> Error {
        let mut holders: Vec<(Arc<str>, usize)> = {
            let holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
            holders.iter().map(|holder| (Arc::clone(&holder.name), holder.bytes.load(Relaxed))).collect()
        };
        holders.retain(|(_, bytes)| *bytes > 0);
        holders.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        let named: Vec<_> =
            holders.iter().take(HOLDERS_NAMED).map(|(name, bytes)| format!("{name} ({bytes} bytes)")).collect();
        let holders = if named.is_empty() { "none".to_owned() } else { named.join(", ") };
        error!(
            MEMORY_LIMIT_EXCEEDED,
            consumer = consumer,
            requested = requested.to_string(),
            available = self.free().to_string(),
            limit = self.limit.to_string(),
            holders = holders
        )
    }
}

/// What one holder has of the pool; given back when dropped.
pub struct Reservation {
    pool: Arc<MemoryPool>,
    holder: Arc<Holder>,
}

impl Reservation {
    pub fn size(&self) -> usize {
        self.holder.bytes.load(Relaxed)
    }

    /// Asks for more. For those who can do without, by spilling mostly: a part of the memory is left to those who cannot, and
    /// to those who hold little.
    #[must_use]
    pub fn try_grow(&mut self, bytes: usize) -> bool {
        match self.size().saturating_add(bytes) <= self.pool.limit / HOLDS_LITTLE {
            true => self.take(bytes, self.pool.limit),
            false => self.try_grow_leaving(bytes, LEFT_TO_OTHERS),
        }
    }

    /// Asks for more, if after that one part in `left_free` of the limit is free.
    #[must_use]
    pub fn try_grow_leaving(&mut self, bytes: usize, left_free: usize) -> bool {
        let limit = self.pool.limit;
        self.take(bytes, limit - limit / left_free.max(1))
    }

    fn take(&mut self, bytes: usize, limit: usize) -> bool {
        let granted = self.pool.take(bytes, limit);
        if granted {
            self.holder.bytes.fetch_add(bytes, Relaxed);
        }
        granted
    }

    /// Asks for more; a refusal is the query's error, which names the largest holders.
    pub fn grow(&mut self, bytes: usize) -> Result<()> {
        match self.take(bytes, self.pool.limit) {
            true => Ok(()),
            false => Err(self.pool.refusal(&self.holder.name, bytes)),
        }
    }

    /// Whether [`Reservation::try_grow`] would be granted as things stand: for those who ask again, piece by piece.
    pub fn could_grow(&mut self, bytes: usize) -> bool {
        let granted = self.try_grow(bytes);
        if granted {
            self.shrink(bytes);
        }
        granted
    }

    /// Grows or shrinks to a new size, if there is that much. For those who can spill.
    #[must_use]
    pub fn try_resize(&mut self, bytes: usize) -> bool {
        match bytes.checked_sub(self.size()) {
            Some(more) => self.try_grow(more),
            None => {
                self.shrink(self.size() - bytes);
                true
            }
        }
    }

    /// Grows or shrinks to a new size.
    pub fn resize(&mut self, bytes: usize) -> Result<()> {
        match bytes.checked_sub(self.size()) {
            Some(more) => self.grow(more),
            None => {
                self.shrink(self.size() - bytes);
                Ok(())
            }
        }
    }

    /// Gives back some, at most what is held.
    pub fn shrink(&mut self, bytes: usize) {
        let bytes = bytes.min(self.size());
        self.holder.bytes.fetch_sub(bytes, Relaxed);
        self.pool.give_back(bytes);
    }

    /// Gives back all.
    pub fn free(&mut self) {
        self.shrink(usize::MAX);
    }

    /// The refusal that `grow` would give: for those who tried, spilled, and tried again in vain.
    pub fn refusal(&self, bytes: usize) -> Error {
        self.pool.refusal(&self.holder.name, bytes)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.free();
        let mut holders = self.pool.holders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = holders.iter().position(|holder| Arc::ptr_eq(holder, &self.holder)) {
            holders.swap_remove(at);
        }
    }
}

/// The smaller of the machine's memory and the cgroup's limit; `None` where neither can be read.
pub fn available_memory() -> Option<usize> {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse_meminfo(&text));
    let cgroup = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|path| fs::read_to_string(path).ok())
        .and_then(|text| text.trim().parse::<usize>().ok());
    machine.into_iter().chain(cgroup).min()
}

fn parse_meminfo(text: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;
    use firesteel_common::conditions::MEMORY_LIMIT_EXCEEDED;

    #[test]
    fn a_refusal_names_the_largest_holders_and_takes_nothing() {
        let pool = MemoryPool::new(100);
        let mut small = pool.reserve("small");
        let mut large = pool.reserve("large");
        small.grow(10).expect("fits");
        large.grow(80).expect("fits");
        assert!(!small.try_grow(11));
        let refused = small.grow(11).expect_err("over the limit");
        assert!(refused.is(&MEMORY_LIMIT_EXCEEDED));
        assert!(refused.message().contains("large (80 bytes), small (10 bytes)"), "{refused}");
        assert_eq!((pool.used(), pool.peak(), pool.reservations()), (90, 90, 2));
        large.shrink(50);
        small.resize(60).expect("fits now");
        drop(large);
        assert_eq!((pool.used(), pool.reservations()), (60, 1));
        drop(small);
        assert_eq!((pool.used(), pool.reservations()), (0, 0));
        assert_eq!(pool.peak(), 90);
        pool.reset_peak();
        assert_eq!(pool.peak(), 0);
    }

    #[test]
    fn absurd_requests_are_refused() {
        let pool = MemoryPool::unlimited();
        let mut one = pool.reserve("one");
        one.grow(1).expect("fits");
        assert!(!one.try_grow(usize::MAX));
    }

    #[test]
    fn meminfo_is_read() {
        assert_eq!(parse_meminfo("MemTotal:       2048 kB\nMemFree: 1 kB\n"), Some(2048 * 1024));
        assert_eq!(parse_meminfo("garbage"), None);
    }
}
