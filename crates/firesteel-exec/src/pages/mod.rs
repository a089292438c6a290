//! Rows that are held: what joins build from, sorts order and aggregations give out.
//!
//! ```text
//! batches of any selection and encoding ──Pages (per worker, memory reserved)──▶ concat ──▶ one array per column
//! ```
//! A page is a batch without a selection whose encodings are plain, and whose strings keep no buffers alive that they
//! hardly use: a view array otherwise drags along the page of the file that it was read from.

mod gather;
mod ready;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, new_empty_array};
use arrow::datatypes::DataType;
use firesteel_common::{Error, Result, SqlType};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;

pub(crate) use gather::{gather, unify};
pub(crate) use ready::{ReadyBatches, ReadySource, Slices};

use crate::keys::canonical;
use crate::memory::Reservation;

/// Views whose buffers are this many times larger than what they show are copied.
const WASTE_MAX: usize = 2;

/// The rows of one worker.
pub(crate) struct Pages {
    types: Arc<[SqlType]>,
    batches: Vec<Batch>,
    rows: usize,
    bytes: usize,
    reservation: Reservation,
}

impl Pages {
    pub(crate) fn new(types: Arc<[SqlType]>, reservation: Reservation) -> Self {
        Self { types, batches: Vec::new(), rows: 0, bytes: 0, reservation }
    }

    /// Keeps a batch; fails when there is no memory for it.
    pub(crate) fn push(&mut self, batch: Batch) -> Result<()> {
        let bytes = self.take(batch)?;
        self.reservation.grow(bytes)
    }

    /// Keeps a batch. False: it is kept, but there is no memory for more.
    pub(crate) fn add(&mut self, batch: Batch) -> Result<bool> {
        let bytes = self.take(batch)?;
        Ok(self.reservation.try_grow(bytes))
    }

    /// Keeps a batch, and says how many bytes it has.
    fn take(&mut self, batch: Batch) -> Result<usize> {
        let batch = batch.compact()?;
        let rows = batch.rows();
        let columns = batch.columns.iter().zip(self.types.iter());
        let columns: Vec<Column> = columns.map(|(column, t)| page_column(column, t)).collect::<Result<_>>()?;
        let bytes = columns.iter().map(column_bytes).sum();
        self.bytes += bytes;
        self.rows += rows;
        self.batches.push(Batch::new(columns, rows).with_morsel(batch.morsel));
        Ok(bytes)
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn reservation(&mut self) -> &mut Reservation {
        &mut self.reservation
    }

    /// Column `at` of all pages, one array. Narrow decimals stay narrow when all are.
    pub(crate) fn concat_column(pages: &[Pages], at: usize, data_type: &SqlType) -> Result<ArrayRef> {
        let columns: Vec<&Column> =
            pages.iter().flat_map(|pages| &pages.batches).map(|batch| &batch.columns[at]).collect();
        concat(&columns, data_type)
    }

    /// What to say when these rows, which take `more` bytes besides, cannot get fewer.
    pub(crate) fn refusal(&self, more: usize) -> Error {
        self.reservation.refusal((self.bytes + more).saturating_sub(self.reservation.size()))
    }

    /// The rows as they are held.
    pub(crate) fn into_batches(self) -> (Vec<Batch>, Reservation) {
        (self.batches, self.reservation)
    }

    /// All columns of these pages and the memory they take.
    pub(crate) fn into_columns(mut self) -> Result<(Vec<ArrayRef>, Reservation)> {
        // Both the pages and their copy exist for a while.
        let before = self.reservation.size();
        self.reservation.grow(self.bytes)?;
        let (columns, mut memory) = self.into_columns_unasked()?;
        memory.resize(before)?;
        Ok((columns, memory))
    }

    /// The same for who was refused memory, and is about to put the rows on disk.
    pub(crate) fn into_columns_unasked(self) -> Result<(Vec<ArrayRef>, Reservation)> {
        let types = Arc::clone(&self.types);
        let pages = [self];
        let columns = types.iter().enumerate().map(|(at, t)| Self::concat_column(&pages, at, t));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let [pages] = pages;
        Ok((columns, pages.reservation))
    }
}

fn concat(columns: &[&Column], data_type: &SqlType) -> Result<ArrayRef> {
    let Some(first) = columns.first() else { return Ok(new_empty_array(&data_type.to_arrow())) };
    let alike = columns.iter().all(|column| column.arrow_type() == first.arrow_type() && !column.is_constant());
    let arrays = match alike {
        true => columns.iter().map(|column| Arc::clone(column.values())).collect(),
        false => columns.iter().map(|column| canonical(column, data_type)).collect::<Result<Vec<_>>>()?,
    };
    match arrays.as_slice() {
        [only] => Ok(Arc::clone(only)),
        arrays => Ok(arrow::compute::concat(&arrays.iter().map(|array| array.as_ref()).collect::<Vec<_>>())?),
    }
}

/// Constants and narrow decimals stay as they are, the rest becomes flat.
fn page_column(column: &Column, data_type: &SqlType) -> Result<Column> {
    let narrow = matches!(column.arrow_type(), DataType::Decimal64(..));
    match column {
        Column::Constant(..) => Ok(column.clone()),
        Column::Array(array) if narrow => Ok(Column::Array(Arc::clone(array))),
        Column::Array(_) => Ok(Column::Array(without_waste(canonical(column, data_type)?))),
    }
}

/// Views without buffers that they hardly use.
pub(crate) fn without_waste(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => {
            let views = array.as_string_view();
            let held: usize = views.data_buffers().iter().map(|buffer| buffer.len()).sum();
            if held <= WASTE_MAX * views.total_buffer_bytes_used() { array } else { Arc::new(views.gc()) }
        }
        DataType::BinaryView => {
            let views = array.as_binary_view();
            let held: usize = views.data_buffers().iter().map(|buffer| buffer.len()).sum();
            if held <= WASTE_MAX * views.total_buffer_bytes_used() { array } else { Arc::new(views.gc()) }
        }
        _ => array,
    }
}

/// Bytes of the rows shown, not of the buffers behind them.
pub(crate) fn array_bytes(array: &ArrayRef) -> usize {
    match array.data_type() {
        DataType::Utf8View => array.len() * 16 + array.as_string_view().total_buffer_bytes_used(),
        DataType::BinaryView => array.len() * 16 + array.as_binary_view().total_buffer_bytes_used(),
        _ => array.to_data().get_slice_memory_size().unwrap_or_else(|_| array.get_array_memory_size()),
    }
}

fn column_bytes(column: &Column) -> usize {
    array_bytes(column.values())
}
