//! One value per group of any type, picked from the rows of batches. The values are kept in small arrays of their own; what
//! they were picked from is let go.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array, new_empty_array, new_null_array};
use firesteel_common::{Result, SqlType};

use crate::column::Column;

/// More pieces than this are put together.
const PIECES_MAX: usize = 32;

/// A place in the pieces; `None` while a group has no value (which a NULL is).
type Place = Option<(u32, u32)>;

/// For a batch: [`Picked::set`] for the rows wanted, then [`Picked::take_from`] the column that has them.
#[derive(Debug)]
pub struct Picked {
    data_type: SqlType,
    pieces: Vec<ArrayRef>,
    places: Vec<Place>,
    /// Rows of the current batch, which will be the next piece.
    rows: Vec<u32>,
}

impl Picked {
    pub fn new(data_type: &SqlType) -> Self {
        Self { data_type: data_type.clone(), pieces: Vec::new(), places: Vec::new(), rows: Vec::new() }
    }

    pub fn resize(&mut self, groups: usize) {
        self.places.resize(groups, None);
    }

    pub fn is_set(&self, group: usize) -> bool {
        self.places[group].is_some()
    }

    /// Whether each group has a value.
    pub fn set_groups(&self) -> impl Iterator<Item = bool> {
        self.places.iter().map(Option::is_some)
    }

    /// The group's value is that of a row of the batch.
    pub fn set(&mut self, group: usize, row: usize) {
        let piece = self.pieces.len() as u32;
        match &mut self.places[group] {
            // Picked from this batch before: the row takes the other one's place.
            Some((at, slot)) if *at == piece => self.rows[*slot as usize] = row as u32,
            place => {
                *place = Some((piece, self.rows.len() as u32));
                self.rows.push(row as u32);
            }
        }
    }

    /// The batch's values.
    pub fn take_from(&mut self, column: &Column) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let rows = UInt32Array::from(std::mem::take(&mut self.rows));
        self.pieces.push(compact(column.take(&rows)?.flat()?));
        if self.pieces.len() > PIECES_MAX {
            let whole = self.gather()?;
            self.pieces = vec![whole];
            for (group, place) in self.places.iter_mut().enumerate() {
                *place = place.map(|_| (0, group as u32));
            }
        }
        Ok(())
    }

    /// One value per group.
    fn gather(&self) -> Result<ArrayRef> {
        let empty = new_null_array(&self.canonical(), 1);
        let mut pieces: Vec<&dyn Array> = self.pieces.iter().map(AsRef::as_ref).collect();
        pieces.push(empty.as_ref());
        let none = (self.pieces.len(), 0);
        let places: Vec<_> = self
            .places
            .iter()
            .map(|place| place.map_or(none, |(piece, slot)| (piece as usize, slot as usize)))
            .collect();
        if places.is_empty() {
            return Ok(new_empty_array(&self.canonical()));
        }
        Ok(arrow::compute::interleave(&pieces, &places)?)
    }

    fn canonical(&self) -> arrow::datatypes::DataType {
        match self.pieces.first() {
            Some(piece) => piece.data_type().clone(),
            None => self.data_type.to_arrow(),
        }
    }

    /// One value per group, NULL where none was set; all is forgotten.
    pub fn finish(&mut self) -> Result<ArrayRef> {
        let values = self.gather()?;
        self.pieces.clear();
        self.places.clear();
        let wanted = self.data_type.to_arrow();
        match values.data_type() == &wanted {
            true => Ok(values),
            // A narrow decimal of fewer digits than its type.
            false => Ok(arrow::compute::cast(&values, &wanted)?),
        }
    }

    pub fn memory_size(&self) -> usize {
        let pieces: usize = self.pieces.iter().map(|piece| piece.get_array_memory_size()).sum();
        pieces + self.places.capacity() * size_of::<Place>()
    }
}

/// Views let go of the buffers that they were taken from.
fn compact(array: ArrayRef) -> ArrayRef {
    if let Some(texts) = array.as_string_view_opt() {
        return Arc::new(texts.gc());
    }
    array
}
