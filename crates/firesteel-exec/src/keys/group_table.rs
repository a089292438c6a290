//! Keys to numbers: the first key seen is 0, the next new one 1, and so on.
//!
//! ```text
//! key ──hash──▶ directory (open addressing: 16 bits of salt │ 48 bits of number + 1) ──▶ store: the key by number
//! ```

use arrow::array::{Array, ArrayRef};
use firesteel_common::{Result, SqlType, bail, internal};
use firesteel_expr::column::Column;

use super::codes::Codes;
use super::layout::{BatchKeys, KeyLayout, view_bytes};
use super::store::KeyStore;
use crate::hash::{hash_bytes, hash_double_word, hash_word};

const NULL_HASH: u64 = 0x452_821e_638d_0137;
/// A directory's length at first; always a power of two.
const SLOTS_MIN: usize = 256;

pub(crate) struct GroupTable {
    layout: KeyLayout,
    keys: KeyStore,
    directory: Directory,
    codes: Codes,
}

impl GroupTable {
    pub(crate) fn new(types: Vec<SqlType>) -> Result<Self> {
        let layout = KeyLayout::narrow(types)?;
        Ok(Self { keys: KeyStore::new(layout.form()), layout, directory: Directory::new(), codes: Codes::default() })
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// The number of each row's key; keys not seen before get the next ones.
    pub(crate) fn find_or_insert(&mut self, columns: &[Column], rows: usize, groups: &mut Vec<u32>) -> Result<()> {
        let Some(found) = self.codes.find(columns, self.layout.types(), rows)? else {
            return self.find_or_insert_values(columns, rows, groups);
        };
        let mut new = Vec::new();
        if let Some(rows) = &found.new {
            self.find_or_insert_values(&Column::take_all(columns, rows)?, rows.len(), &mut new)?;
        }
        self.codes.resolve(&found, &new, groups);
        Ok(())
    }

    fn find_or_insert_values(&mut self, columns: &[Column], rows: usize, groups: &mut Vec<u32>) -> Result<()> {
        if let Some(wider) = self.layout.widened_for(columns)? {
            self.move_to(wider)?;
        }
        let keys = self.layout.encode(columns, rows)?;
        groups.clear();
        groups.reserve(rows);
        self.insert(&keys, groups)?;
        if self.keys.len() >= u32::MAX as usize {
            bail!(STATEMENT_TOO_COMPLEX, reason = "one aggregation has more than 4 billion groups");
        }
        Ok(())
    }

    /// The same keys under the same numbers in another layout.
    fn move_to(&mut self, layout: KeyLayout) -> Result<()> {
        let columns: Vec<Column> = self.keys()?.into_iter().map(Column::Array).collect();
        let rows = self.len();
        self.keys = KeyStore::new(layout.form());
        self.directory = Directory::new();
        self.layout = layout;
        if rows > 0 {
            let keys = self.layout.encode(&columns, rows)?;
            self.insert(&keys, &mut Vec::with_capacity(rows))?;
        }
        Ok(())
    }

    fn insert(&mut self, batch: &BatchKeys, groups: &mut Vec<u32>) -> Result<()> {
        let directory = &mut self.directory;
        match (&mut self.keys, batch) {
            (KeyStore::Word(keys), BatchKeys::Word(batch)) => insert_words(directory, keys, batch, groups, hash_word),
            (KeyStore::DoubleWord(keys), BatchKeys::DoubleWord(batch)) => {
                insert_words(directory, keys, batch, groups, hash_double_word);
            }
            (KeyStore::Bytes(keys), BatchKeys::Bytes(array)) => {
                let (bytes, nulls) = (view_bytes(array)?, array.logical_nulls());
                for row in 0..array.len() {
                    let valid = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
                    let key = valid.then(|| bytes.get(row));
                    let hash = key.map_or(NULL_HASH, hash_bytes);
                    directory.reserve_one(keys.len());
                    groups.push(directory.find_or_insert(hash, |at| keys.equals(at, key)));
                    if groups.last().is_some_and(|group| *group as usize == keys.len()) {
                        keys.push(key);
                    }
                }
            }
            (KeyStore::Row(keys), BatchKeys::Row(rows)) => {
                for row in rows {
                    let key = row.data();
                    directory.reserve_one(keys.len());
                    groups.push(directory.find_or_insert(hash_bytes(key), |at| keys.get(at) == key));
                    if groups.last().is_some_and(|group| *group as usize == keys.len()) {
                        keys.push(Some(key));
                    }
                }
            }
            _ => return Err(internal!("keys in another form than their layout")),
        }
        Ok(())
    }

    /// The key columns of all groups, in the order of their numbers.
    pub(crate) fn keys(&self) -> Result<Vec<ArrayRef>> {
        self.keys.decode(&self.layout)
    }

    pub(crate) fn memory_size(&self) -> usize {
        self.keys.memory_size() + self.directory.memory_size() + self.codes.memory_size()
    }
}

#[inline]
pub(super) fn insert_words<W: Copy + Eq>(
    directory: &mut Directory,
    keys: &mut Vec<W>,
    batch: &[W],
    groups: &mut Vec<u32>,
    hash: impl Fn(W) -> u64,
) {
    // Rows of one group often come together.
    let mut last = None;
    for key in batch {
        let group = match last {
            Some((same, group)) if same == *key => group,
            _ => {
                directory.reserve_one(keys.len());
                let group = directory.find_or_insert(hash(*key), |at| keys[at] == *key);
                if group as usize == keys.len() {
                    keys.push(*key);
                }
                group
            }
        };
        last = Some((*key, group));
        groups.push(group);
    }
}

/// Open addressing with linear probing. It knows hashes only in part: to grow, it keeps them all aside.
pub(super) struct Directory {
    entries: Vec<u64>,
    /// By number.
    hashes: Vec<u64>,
}

impl Directory {
    pub(super) fn new() -> Self {
        Self { entries: vec![0; SLOTS_MIN], hashes: Vec::new() }
    }

    pub(super) fn memory_size(&self) -> usize {
        (self.entries.capacity() + self.hashes.capacity()) * 8
    }

    /// Room for one more than `used`, at most half of the slots taken.
    #[inline]
    fn reserve_one(&mut self, used: usize) {
        if (used + 1) * 2 > self.entries.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let slots = self.entries.len() * 4;
        self.entries.clear();
        self.entries.resize(slots, 0);
        for (number, hash) in self.hashes.iter().enumerate() {
            let mut slot = *hash as usize & (slots - 1);
            while self.entries[slot] != 0 {
                slot = (slot + 1) & (slots - 1);
            }
            self.entries[slot] = entry(*hash, number);
        }
    }

    /// The number of the key with this hash for which `equal` holds, else the next number.
    #[inline]
    fn find_or_insert(&mut self, hash: u64, equal: impl Fn(usize) -> bool) -> u32 {
        let mask = self.entries.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            let found = self.entries[slot];
            if found == 0 {
                let number = self.hashes.len();
                self.entries[slot] = entry(hash, number);
                self.hashes.push(hash);
                return number as u32;
            }
            let number = (found & NUMBER) as usize - 1;
            if found >> 48 == salt(hash) && equal(number) {
                return number as u32;
            }
            slot = (slot + 1) & mask;
        }
    }
}

const NUMBER: u64 = (1 << 48) - 1;

#[inline]
fn salt(hash: u64) -> u64 {
    hash >> 32 & 0xffff
}

#[inline]
fn entry(hash: u64, number: usize) -> u64 {
    salt(hash) << 48 | (number as u64 + 1)
}
