//! The build side's keys, and how a key finds its rows.
//!
//! ```text
//! dense integers:  key - min ──▶ slot: the row, or where its rows begin
//! anything else:   hash ──top bits──▶ directory: offset │ 16-bit tag ──▶ keys, those of one slot side by side ──▶ rows
//! ```
//! The directory is a histogram turned into offsets: a slot's keys end where the next one's begin. The tag is a tiny Bloom
//! filter over the slot's hashes: most keys without a partner end there. Equal keys lie side by side, so that what a
//! look-up finds is a range, and expanding it compares nothing.

use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::column::Column;

use crate::hash::{hash_bytes, hash_double_word, hash_word};
use crate::keys::layout::{BatchKeys, KeyLayout, view_bytes};
use crate::keys::store::ByteStore;
use crate::keys::words::{each_word, is_integer};
use crate::memory::Reservation;

/// A slot per value of the range, as long as there are at most so many per row, or so many at all.
const SLOTS_PER_ROW_MAX: u64 = 8;
const SLOTS_SMALL: u64 = 64 * 1024;

pub(super) struct JoinTable {
    layout: KeyLayout,
    /// By key: whether NULLs are among the held ones and find each other. Elsewhere a NULL has no partner.
    nulls_match: Vec<bool>,
    directory: Directory,
    /// Rows in the order of the keys; `None`: a position is a row.
    rows: Option<Vec<u32>>,
}

enum Directory {
    /// By `key - min`: the row + 1, or 0.
    Unique {
        min: i64,
        slots: Vec<u32>,
    },
    /// By `key - min`: where its rows begin; one more for the end.
    Dense {
        min: i64,
        starts: Vec<u32>,
    },
    Words(Hashed, Vec<u64>),
    DoubleWords(Hashed, Vec<u128>),
    Bytes(Hashed, ByteStore),
}

/// A probe row and the positions of its partners.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) probe: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl JoinTable {
    /// Of all rows; those with a NULL for a key whose NULLs do not match have no partner.
    pub(super) fn build(
        types: Vec<SqlType>,
        mut nulls_match: Vec<bool>,
        keys: &[Column],
        rows: usize,
        memory: &mut Reservation,
    ) -> Result<Self> {
        for (matches, key) in nulls_match.iter_mut().zip(keys) {
            *matches &= key.nulls_buffer().is_some();
        }
        let valid = valid_rows(keys, &nulls_match, rows);
        let layout = KeyLayout::for_join(types, &nulls_match)?;
        if let ([key], [data_type], [false]) = (keys, layout.types(), nulls_match.as_slice())
            && is_integer(data_type)
            && let Some((directory, rows)) = dense(key, &valid, memory)?
        {
            return Ok(Self { layout, nulls_match, directory, rows });
        }
        let batch = layout.encode(keys, rows)?;
        // Hashes and keys twice for a while, the directory, the rows.
        memory.grow(batch.memory_size() * 2 + valid.len() * 28 + 64)?;
        let (directory, rows) = match batch {
            BatchKeys::Word(words) => {
                let (hashed, order) = Hashed::new(&valid, |row| hash_word(words[row]), |a, b| words[a].cmp(&words[b]));
                (Directory::Words(hashed, order.iter().map(|row| words[*row as usize]).collect()), order)
            }
            BatchKeys::DoubleWord(words) => {
                let (hashed, order) =
                    Hashed::new(&valid, |row| hash_double_word(words[row]), |a, b| words[a].cmp(&words[b]));
                (Directory::DoubleWords(hashed, order.iter().map(|row| words[*row as usize]).collect()), order)
            }
            BatchKeys::Bytes(array) => {
                let bytes = view_bytes(&array)?;
                of_bytes(&valid, |row| bytes.get(row))
            }
            BatchKeys::Row(encoded) => of_bytes(&valid, |row| encoded.row(row).data()),
        };
        memory.shrink(valid.len() * 8);
        Ok(Self { layout, nulls_match, directory, rows: Some(rows) })
    }

    /// For each row of the key columns that has partners, where they are.
    pub(super) fn find(&self, keys: &[Column], rows: usize, found: &mut Vec<Found>) -> Result<()> {
        let valid = valid_rows(keys, &self.nulls_match, rows);
        match (&self.directory, &self.layout) {
            (Directory::Unique { min, slots }, _) => find_dense(&keys[0], &valid, *min, found, |at| {
                let row = *slots.get(at)?;
                (row > 0).then(|| (row - 1, row))
            }),
            (Directory::Dense { min, starts }, _) => find_dense(&keys[0], &valid, *min, found, |at| {
                let range = starts.get(at..at.checked_add(2)?)?;
                (range[0] < range[1]).then(|| (range[0], range[1]))
            }),
            (directory, layout) => {
                match (directory, layout.encode(keys, rows)?) {
                    (Directory::Words(hashed, held), BatchKeys::Word(words)) => {
                        hashed.find(&valid, found, |row| hash_word(words[row]), |at, row| held[at] == words[row]);
                    }
                    (Directory::DoubleWords(hashed, held), BatchKeys::DoubleWord(words)) => {
                        hashed.find(
                            &valid,
                            found,
                            |row| hash_double_word(words[row]),
                            |at, row| held[at] == words[row],
                        );
                    }
                    (Directory::Bytes(hashed, held), BatchKeys::Bytes(array)) => {
                        let bytes = view_bytes(&array)?;
                        hashed.find(
                            &valid,
                            found,
                            |row| hash_bytes(bytes.get(row)),
                            |at, row| held.get(at) == bytes.get(row),
                        );
                    }
                    (Directory::Bytes(hashed, held), BatchKeys::Row(encoded)) => {
                        let key = |row| encoded.row(row).data();
                        hashed.find(&valid, found, |row| hash_bytes(key(row)), |at, row| held.get(at) == key(row));
                    }
                    _ => return Err(internal!("keys in another form than their layout")),
                }
                Ok(())
            }
        }
    }

    /// The rows at these positions.
    pub(super) fn extend_rows(&self, start: u32, end: u32, rows: &mut Vec<u32>) {
        match &self.rows {
            Some(order) => rows.extend_from_slice(&order[start as usize..end as usize]),
            None => rows.extend(start..end),
        }
    }
}

/// Rows that may have partners: in which no key is NULL, but for those whose NULLs match.
enum ValidRows {
    All(usize),
    Some(Vec<u32>),
}

impl ValidRows {
    fn len(&self) -> usize {
        match self {
            ValidRows::All(rows) => *rows,
            ValidRows::Some(rows) => rows.len(),
        }
    }

    #[inline]
    fn for_each(&self, mut each: impl FnMut(usize)) {
        match self {
            ValidRows::All(rows) => (0..*rows).for_each(each),
            ValidRows::Some(rows) => rows.iter().for_each(|row| each(*row as usize)),
        }
    }
}

fn valid_rows(keys: &[Column], nulls_match: &[bool], rows: usize) -> ValidRows {
    let nulls = keys
        .iter()
        .zip(nulls_match)
        .filter(|(_, matches)| !**matches)
        .filter_map(|(key, _)| key.nulls_buffer())
        .reduce(|a, b| arrow::buffer::NullBuffer::union(Some(&a), Some(&b)).unwrap_or(a));
    match nulls {
        Some(nulls) => ValidRows::Some(nulls.valid_indices().map(|row| row as u32).collect()),
        None => ValidRows::All(rows),
    }
}

fn integers(key: &Column) -> Result<Vec<i64>> {
    let mut values = Vec::with_capacity(key.len());
    each_word(key, &mut |word| values.push(word as i64))?;
    Ok(values)
}

#[inline]
fn find_dense(
    key: &Column,
    valid: &ValidRows,
    min: i64,
    found: &mut Vec<Found>,
    look_up: impl Fn(usize) -> Option<(u32, u32)>,
) -> Result<()> {
    let keys = integers(key)?;
    valid.for_each(|row| {
        let at = usize::try_from(keys[row].wrapping_sub(min) as u64).unwrap_or(usize::MAX);
        if let Some((start, end)) = look_up(at) {
            found.push(Found { probe: row as u32, start, end });
        }
    });
    Ok(())
}

/// The direct array, when the keys lie close enough together.
fn dense(key: &Column, valid: &ValidRows, memory: &mut Reservation) -> Result<Option<(Directory, Option<Vec<u32>>)>> {
    let keys = integers(key)?;
    let (mut min, mut max) = (i64::MAX, i64::MIN);
    valid.for_each(|row| (min, max) = (min.min(keys[row]), max.max(keys[row])));
    if min > max {
        return Ok(Some((Directory::Unique { min: 0, slots: Vec::new() }, None)));
    }
    let span = max.abs_diff(min);
    if span >= SLOTS_SMALL.max(valid.len() as u64 * SLOTS_PER_ROW_MAX) {
        return Ok(None);
    }
    let slots = span as usize + 1;
    // Where memory is short, the rows decide what a table takes, not the range.
    if !memory.try_grow(slots * 4) {
        return Ok(None);
    }
    let place = |row: usize| keys[row].abs_diff(min) as usize;
    let (mut unique, mut is_unique) = (vec![0u32; slots], true);
    valid.for_each(|row| {
        is_unique &= unique[place(row)] == 0;
        unique[place(row)] = row as u32 + 1;
    });
    if is_unique {
        return Ok(Some((Directory::Unique { min, slots: unique }, None)));
    }
    drop(unique);
    memory.grow(valid.len() * 4)?;
    // Counts, shifted by one; then sums: where each value begins.
    let mut starts = vec![0u32; slots + 1];
    valid.for_each(|row| starts[place(row) + 1] += 1);
    (1..=slots).for_each(|slot| starts[slot] += starts[slot - 1]);
    let mut next = starts.clone();
    let mut rows = vec![0u32; valid.len()];
    valid.for_each(|row| {
        let to = &mut next[place(row)];
        rows[*to as usize] = row as u32;
        *to += 1;
    });
    Ok(Some((Directory::Dense { min, starts }, Some(rows))))
}

/// Entries are 48 bits of offset and 16 of tag; the last one is the end.
struct Hashed {
    entries: Vec<u64>,
    shift: u32,
}

impl Hashed {
    /// The directory over the valid rows, and their order: by slot, then by key.
    fn new(
        valid: &ValidRows,
        hash: impl Fn(usize) -> u64,
        compare: impl Fn(usize, usize) -> std::cmp::Ordering,
    ) -> (Self, Vec<u32>) {
        let bits = valid.len().max(2).next_power_of_two().trailing_zeros();
        let mut hashed = Self { entries: vec![0; (1 << bits) + 1], shift: 64 - bits };
        let mut hashes = Vec::with_capacity(valid.len());
        valid.for_each(|row| hashes.push((hash(row), row as u32)));
        // Counts, shifted by one; then sums; the tags beside them.
        let mut tags = vec![0u16; 1 << bits];
        for (hash, _) in &hashes {
            let slot = hashed.slot(*hash);
            hashed.entries[slot + 1] += 1;
            tags[slot] |= tag(*hash);
        }
        (1..hashed.entries.len()).for_each(|slot| hashed.entries[slot] += hashed.entries[slot - 1]);
        let mut order = vec![0u32; hashes.len()];
        let mut next = hashed.entries.clone();
        for (hash, row) in &hashes {
            let to = &mut next[hashed.slot(*hash)];
            order[*to as usize] = *row;
            *to += 1;
        }
        for slot in 0..tags.len() {
            let rows = &mut order[hashed.entries[slot] as usize..hashed.entries[slot + 1] as usize];
            if rows.len() > 2 {
                rows.sort_unstable_by(|a, b| compare(*a as usize, *b as usize));
            }
        }
        for (slot, entry) in hashed.entries.iter_mut().enumerate() {
            *entry = *entry << 16 | tags.get(slot).map_or(0, |tag| u64::from(*tag));
        }
        (hashed, order)
    }

    #[inline]
    fn slot(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    #[inline]
    fn find(
        &self,
        valid: &ValidRows,
        found: &mut Vec<Found>,
        hash: impl Fn(usize) -> u64,
        equal: impl Fn(usize, usize) -> bool,
    ) {
        valid.for_each(|row| {
            let hash = hash(row);
            let slot = self.slot(hash);
            let entry = self.entries[slot];
            if entry & u64::from(tag(hash)) == 0 {
                return;
            }
            let (first, end) = ((entry >> 16) as usize, (self.entries[slot + 1] >> 16) as usize);
            let Some(start) = (first..end).find(|at| equal(*at, row)) else { return };
            found.push(Found { probe: row as u32, start: start as u32, end: run_end(start, end, |at| equal(at, row)) });
        });
    }
}

/// Where the keys that are equal to the one at `start` end: mostly at once, else by halving, for a key may have any number
/// of rows.
#[inline]
fn run_end(start: usize, end: usize, equal: impl Fn(usize) -> bool) -> u32 {
    let (mut within, mut beyond) = (start, end);
    if start + 1 < end && !equal(start + 1) {
        beyond = start + 1;
    }
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        match equal(middle) {
            true => within = middle,
            false => beyond = middle,
        }
    }
    beyond as u32
}

/// One of 16 bits, by bits that have no part in the slot.
#[inline]
fn tag(hash: u64) -> u16 {
    1 << (hash & 15)
}

fn of_bytes<'a>(valid: &ValidRows, key: impl Fn(usize) -> &'a [u8]) -> (Directory, Vec<u32>) {
    let (hashed, order) = Hashed::new(valid, |row| hash_bytes(key(row)), |a, b| key(a).cmp(key(b)));
    let mut keys = ByteStore::default();
    order.iter().for_each(|row| keys.push(Some(key(*row as usize))));
    (Directory::Bytes(hashed, keys), order)
}
