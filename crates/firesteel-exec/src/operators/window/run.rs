//! Rows sorted by the hash of their partition, then by order: partitions lie together, and a range of hashes has whole
//! partitions only.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::compute::take;
use arrow::row::Rows;
use firesteel_common::{ColumnId, Error, Result, SqlType};
use firesteel_expr::ExprRef;
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::EvalContext;
use firesteel_plan::logical::SortKey;

use super::spill::Loose;
use crate::hash::hash_columns;
use crate::memory::Reservation;
use crate::operators::sort::keys::{KeyEncoder, prefix};
use crate::pages::{Pages, array_bytes};

/// One worker's keys; None where there are none.
pub(super) struct Keys {
    partition: Option<KeyEncoder>,
    partition_types: Vec<SqlType>,
    order: Option<KeyEncoder>,
}

impl Keys {
    pub(super) fn new(
        partition_by: &[ExprRef],
        order_by: &[SortKey],
        input: &[ColumnId],
        context: &Arc<EvalContext>,
    ) -> Result<Self> {
        let equal_nulls = |key: &ExprRef| SortKey { expr: Arc::clone(key), descending: false, nulls_first: true };
        let partition_keys: Vec<_> = partition_by.iter().map(equal_nulls).collect();
        let encoder = |keys: &[SortKey]| match keys {
            [] => Ok(None),
            keys => KeyEncoder::new(keys, input, context).map(Some),
        };
        Ok(Self {
            partition: encoder(&partition_keys)?,
            partition_types: partition_by.iter().map(|key| key.data_type().clone()).collect(),
            order: encoder(order_by)?,
        })
    }
}

impl Keys {
    /// The columns that rows are partitioned by, and their types.
    pub(super) fn partition_columns(&mut self, batch: &Batch) -> Result<(Vec<Column>, &[SqlType])> {
        let columns = match &mut self.partition {
            Some(encoder) => encoder.evaluate(batch)?,
            None => Vec::new(),
        };
        Ok((columns.into_iter().map(Column::Array).collect(), &self.partition_types))
    }
}

/// Rows that are not sorted yet.
pub(super) struct RunBuilder {
    pages: Pages,
    hashes: Vec<u64>,
    partition_keys: Option<Rows>,
    order_keys: Option<Rows>,
    accounted: usize,
}

impl RunBuilder {
    pub(super) fn new(keys: &Keys, types: Arc<[SqlType]>, memory: Reservation) -> Self {
        Self {
            pages: Pages::new(types, memory),
            hashes: Vec::new(),
            partition_keys: keys.partition.as_ref().map(KeyEncoder::no_rows),
            order_keys: keys.order.as_ref().map(KeyEncoder::no_rows),
            accounted: 0,
        }
    }

    /// Adds rows. False: they are in, but there is no memory for more.
    pub(super) fn add(&mut self, keys: &mut Keys, batch: Batch) -> Result<bool> {
        let rows = batch.rows();
        match (&mut keys.partition, &mut self.partition_keys) {
            (Some(encoder), Some(encoded)) => {
                let columns = encoder.evaluate(&batch)?;
                encoder.append(encoded, &columns)?;
                let columns: Vec<_> = columns.into_iter().map(Column::Array).collect();
                let mut hashes = Vec::new();
                hash_columns(&columns.iter().zip(&keys.partition_types).collect::<Vec<_>>(), rows, &mut hashes)?;
                // The highest bits say which exchange partition this is: all rows here may have the same.
                self.hashes.extend(hashes.into_iter().map(|hash| hash.rotate_left(8)));
            }
            _ => self.hashes.resize(self.hashes.len() + rows, 0),
        }
        if let (Some(encoder), Some(encoded)) = (&mut keys.order, &mut self.order_keys) {
            let columns = encoder.evaluate(&batch)?;
            encoder.append(encoded, &columns)?;
        }
        let granted = self.pages.add(batch)?;
        let grown = self.encoded_bytes().saturating_sub(self.accounted);
        let granted = granted && self.pages.reservation().try_grow(grown);
        if granted {
            self.accounted += grown;
        }
        Ok(granted)
    }

    pub(super) fn bytes(&self) -> usize {
        self.pages.bytes() + self.encoded_bytes()
    }

    fn encoded_bytes(&self) -> usize {
        let encoded = [&self.partition_keys, &self.order_keys].into_iter().flatten().map(Rows::size).sum::<usize>();
        encoded + self.hashes.len() * 8
    }

    /// What to say when the rows cannot get fewer.
    pub(super) fn refusal(&self) -> Error {
        self.pages.refusal(self.encoded_bytes())
    }

    /// The rows as they came, for who was refused memory: columns, their length, and what accounts for them.
    pub(super) fn into_columns_unasked(self) -> Result<(Vec<ArrayRef>, usize, Reservation)> {
        let rows = self.pages.rows();
        let (columns, memory) = self.pages.into_columns_unasked()?;
        Ok((columns, rows, memory))
    }

    /// The rows as they came, on their way to disk.
    pub(super) fn into_loose(self) -> Result<Loose> {
        let (columns, memory) = self.pages.into_columns_unasked()?;
        let hashes = self.hashes.into_iter().map(|hash| hash.rotate_right(8)).collect();
        Ok(Loose { columns, hashes, _memory: memory })
    }

    pub(super) fn rows(&self) -> usize {
        self.pages.rows()
    }

    /// Whether [`RunBuilder::sort`] would be granted its memory as things stand.
    pub(super) fn can_sort(&mut self) -> bool {
        let bytes = self.pages.bytes() + self.hashes.len() * size_of::<Entry>();
        self.pages.reservation().could_grow(bytes)
    }

    pub(super) fn sort(self) -> Result<Run> {
        let (columns, mut memory) = self.pages.into_columns()?;
        memory.grow(self.hashes.len() * size_of::<Entry>())?;
        let order_prefix = |row: usize| self.order_keys.as_ref().map_or(0, |keys| prefix(keys.row(row).data()));
        let entry =
            |(row, hash): (usize, &u64)| Entry { hash: *hash, order: order_prefix(row), run: 0, row: row as u32 };
        let mut entries: Vec<Entry> = self.hashes.iter().enumerate().map(entry).collect();
        let mut run = Run {
            columns,
            partition_keys: self.partition_keys,
            order_keys: self.order_keys,
            entries: Vec::new(),
            _memory: memory,
        };
        sort(&mut entries, std::slice::from_ref(&run));
        run.entries = entries;
        Ok(run)
    }
}

/// A row on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// Of the partition keys.
    pub(super) hash: u64,
    /// The first bytes of the order keys.
    order: u64,
    pub(super) run: u32,
    pub(super) row: u32,
}

pub(super) struct Run {
    pub(super) columns: Vec<ArrayRef>,
    partition_keys: Option<Rows>,
    order_keys: Option<Rows>,
    /// In order.
    pub(super) entries: Vec<Entry>,
    _memory: Reservation,
}

impl Run {
    /// The rows, on their way to disk.
    pub(super) fn into_loose(self) -> Loose {
        let mut hashes = vec![0; self.entries.len()];
        for entry in &self.entries {
            hashes[entry.row as usize] = entry.hash.rotate_right(8);
        }
        Loose { columns: self.columns, hashes, _memory: self._memory }
    }

    pub(super) fn bytes(&self) -> usize {
        self.columns.iter().map(array_bytes).sum()
    }

    /// The rows that these entries of it name, and the memory that accounts for all.
    pub(super) fn only(self, entries: &[Entry]) -> Result<(Batch, Reservation)> {
        let rows = UInt32Array::from_iter_values(entries.iter().map(|entry| entry.row));
        let taken = self.columns.iter().map(|column| Ok(Column::Array(take(column, &rows, None)?)));
        Ok((Batch::new(taken.collect::<Result<_>>()?, entries.len()), self._memory))
    }

    /// The entries whose hashes begin with `bucket`, in `bits` bits, as entries of run number `number`.
    pub(super) fn bucket(&self, bucket: u64, bits: u32, number: u32) -> impl Iterator<Item = Entry> {
        let bucket_of = |entry: &Entry| entry.hash.checked_shr(64 - bits).unwrap_or(0);
        let start = self.entries.partition_point(|entry| bucket_of(entry) < bucket);
        let end = self.entries.partition_point(|entry| bucket_of(entry) <= bucket);
        self.entries[start..end].iter().map(move |entry| Entry { run: number, ..*entry })
    }
}

fn partition_key<'r>(runs: &'r [Run], entry: &Entry) -> &'r [u8] {
    let keys = runs[entry.run as usize].partition_keys.as_ref();
    keys.map_or(&[], |keys| keys.row(entry.row as usize).data())
}

pub(super) fn order_key<'r>(runs: &'r [Run], entry: &Entry) -> &'r [u8] {
    let keys = runs[entry.run as usize].order_keys.as_ref();
    keys.map_or(&[], |keys| keys.row(entry.row as usize).data())
}

pub(super) fn same_partition(runs: &[Run], a: &Entry, b: &Entry) -> bool {
    a.hash == b.hash && partition_key(runs, a) == partition_key(runs, b)
}

/// Of the same partition: whether neither comes before the other.
pub(super) fn are_peers(runs: &[Run], a: &Entry, b: &Entry) -> bool {
    a.order == b.order && order_key(runs, a) == order_key(runs, b)
}

fn by_order(runs: &[Run], a: &Entry, b: &Entry) -> Ordering {
    a.order.cmp(&b.order).then_with(|| order_key(runs, a).cmp(order_key(runs, b)))
}

/// By partition, then by order. What lies in order already, as merged runs do, costs little; rows that tie stay as they
/// came.
pub(super) fn sort(entries: &mut [Entry], runs: &[Run]) {
    entries.sort_by(|a, b| a.hash.cmp(&b.hash).then_with(|| by_order(runs, a, b)));
    // Different partitions of one hash are interleaved now; there are hardly ever any.
    let mut rest = entries;
    while let Some(first) = rest.first() {
        let hash = first.hash;
        let length = rest.partition_point(|entry| entry.hash <= hash);
        let (same_hash, after) = rest.split_at_mut(length);
        if same_hash.windows(2).any(|pair| !same_partition(runs, &pair[0], &pair[1])) {
            same_hash
                .sort_by(|a, b| partition_key(runs, a).cmp(partition_key(runs, b)).then_with(|| by_order(runs, a, b)));
        }
        rest = after;
    }
}
