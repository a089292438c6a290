//! A sorted run: columns as they came, keys, and the order of the rows.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{ArrayRef, UInt32Array};
use arrow::row::Rows;
use firesteel_common::{Result, SqlType};
use firesteel_expr::batch::Batch;

use super::keys::{KeyEncoder, prefix};
use crate::memory::Reservation;
use crate::pages::{Pages, array_bytes};

/// Rows that are not sorted yet.
pub(crate) struct RunBuilder {
    pages: Pages,
    keys: Rows,
    keys_accounted: usize,
}

impl RunBuilder {
    pub(crate) fn new(encoder: &KeyEncoder, types: Arc<[SqlType]>, memory: Reservation) -> Self {
        Self { pages: Pages::new(types, memory), keys: encoder.no_rows(), keys_accounted: 0 }
    }

    pub(crate) fn push(&mut self, encoder: &KeyEncoder, keys: &[ArrayRef], batch: Batch) -> Result<()> {
        self.pages.push(batch)?;
        encoder.append(&mut self.keys, keys)?;
        let grown = self.keys.size().saturating_sub(self.keys_accounted);
        self.keys_accounted += grown;
        self.pages.reservation().grow(grown)
    }

    /// Adds rows. False: they are in, but there is no memory for more.
    pub(crate) fn add(&mut self, encoder: &KeyEncoder, keys: &[ArrayRef], batch: Batch) -> Result<bool> {
        let granted = self.pages.add(batch)?;
        encoder.append(&mut self.keys, keys)?;
        let grown = self.keys.size().saturating_sub(self.keys_accounted);
        let granted = granted && self.pages.reservation().try_grow(grown);
        if granted {
            self.keys_accounted += grown;
        }
        Ok(granted)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.pages.bytes() + self.keys.size()
    }

    pub(crate) fn rows(&self) -> usize {
        self.pages.rows()
    }

    pub(crate) fn sort(self) -> Result<Run> {
        let order_bytes = self.pages.rows() * size_of::<(u64, u32)>();
        let (columns, mut memory) = self.pages.into_columns()?;
        memory.grow(order_bytes)?;
        Ok(sorted(columns, self.keys, memory))
    }

    /// Whether [`RunBuilder::sort`] would be granted its memory as things stand.
    pub(crate) fn can_sort(&mut self) -> bool {
        let bytes = self.pages.bytes() + self.pages.rows() * size_of::<(u64, u32)>();
        self.pages.reservation().could_grow(bytes)
    }

    /// The same for who was refused memory, and is about to put the rows on disk.
    pub(crate) fn sort_unasked(self) -> Result<Run> {
        let (columns, memory) = self.pages.into_columns_unasked()?;
        Ok(sorted(columns, self.keys, memory))
    }
}

fn sorted(columns: Vec<ArrayRef>, keys: Rows, memory: Reservation) -> Run {
    let mut order: Vec<(u64, u32)> =
        keys.iter().enumerate().map(|(row, key)| (prefix(key.data()), row as u32)).collect();
    order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| keys.row(a.1 as usize).cmp(&keys.row(b.1 as usize))));
    Run { columns, keys, order, _memory: memory }
}

pub(crate) struct Run {
    pub(crate) columns: Vec<ArrayRef>,
    keys: Rows,
    /// Prefix of the key, row.
    order: Vec<(u64, u32)>,
    _memory: Reservation,
}

impl Run {
    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    /// The row that is number `at` in the order.
    pub(crate) fn row(&self, at: usize) -> u32 {
        self.order[at].1
    }

    /// The key of a row, wherever it stands in the order.
    pub(crate) fn key_of_row(&self, row: u32) -> &[u8] {
        self.keys.row(row as usize).data()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.columns.iter().map(array_bytes).sum::<usize>() + self.keys.size()
    }

    pub(crate) fn key(&self, at: usize) -> &[u8] {
        self.keys.row(self.order[at].1 as usize).data()
    }

    /// Compares rows by their places in the orders of two runs.
    pub(crate) fn compare(&self, at: usize, other: &Run, other_at: usize) -> Ordering {
        let (a, b) = (self.order[at].0, other.order[other_at].0);
        a.cmp(&b).then_with(|| self.key(at).cmp(other.key(other_at)))
    }

    /// How many rows come before a key.
    pub(crate) fn rows_below(&self, key: &[u8]) -> usize {
        let start = prefix(key);
        self.order.partition_point(|(prefix, row)| {
            prefix.cmp(&start).then_with(|| self.keys.row(*row as usize).data().cmp(key)) == Ordering::Less
        })
    }

    /// The first `rows` rows of the order, with their keys, as a builder that can take more.
    pub(crate) fn head(self, rows: usize, encoder: &KeyEncoder, types: Arc<[SqlType]>) -> Result<RunBuilder> {
        let chosen = &self.order[..rows.min(self.order.len())];
        let mut keys = encoder.no_rows();
        chosen.iter().for_each(|(_, row)| keys.push(self.keys.row(*row as usize)));
        let positions = UInt32Array::from_iter_values(chosen.iter().map(|(_, row)| *row));
        let columns = self
            .columns
            .iter()
            .map(|column| Ok(firesteel_expr::column::Column::Array(arrow::compute::take(column, &positions, None)?)));
        let batch = Batch::new(columns.collect::<Result<_>>()?, positions.len());
        let mut memory = self._memory;
        memory.free();
        let mut pages = Pages::new(types, memory);
        pages.push(batch)?;
        let keys_accounted = keys.size();
        pages.reservation().grow(keys_accounted)?;
        Ok(RunBuilder { pages, keys, keys_accounted })
    }
}
