//! A batch: columns of equal length, of which a selection may keep only some rows.

use arrow::array::{Array, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array};
use arrow::datatypes::{FieldRef, SchemaRef};
use firesteel_common::{Result, SqlType};

use crate::column::Column;

/// About how many rows a batch has; sources cut to it, operators that multiply rows return to it.
pub const BATCH_ROWS: usize = 8192;

/// The rows of a batch that count: strictly increasing positions.
#[derive(Debug, Clone)]
pub struct Selection(UInt32Array);

impl Selection {
    /// The positions where `mask` is true (NULL is not).
    pub fn from_mask(mask: &BooleanArray) -> Selection {
        let mask = match mask.nulls() {
            Some(nulls) => mask.values() & nulls.inner(),
            None => mask.values().clone(),
        };
        Selection(UInt32Array::from_iter_values(mask.set_indices().map(|at| at as u32)))
    }

    /// Positions that the caller knows to be strictly increasing.
    pub fn from_indices(indices: UInt32Array) -> Selection {
        debug_assert!(indices.values().windows(2).all(|pair| pair[0] < pair[1]));
        Selection(indices)
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn indices(&self) -> &UInt32Array {
        &self.0
    }

    /// Of the selected rows, those that `inner` (positions among the selected) selects.
    pub fn narrow(&self, inner: &Selection) -> Selection {
        let outer = self.0.values();
        Selection(UInt32Array::from_iter_values(inner.0.values().iter().map(|at| outer[*at as usize])))
    }
}

/// Rows in flight. Filters only set the selection; kernels see compacted columns.
#[derive(Debug, Clone)]
pub struct Batch {
    pub columns: Vec<Column>,
    /// Rows of each column, selected or not.
    physical_rows: usize,
    selection: Option<Selection>,
    /// Where this batch stands in its source's order; sinks that keep order sort by it.
    pub morsel: u64,
}

impl Batch {
    pub fn new(columns: Vec<Column>, rows: usize) -> Self {
        debug_assert!(columns.iter().all(|column| column.len() == rows), "columns of unequal length");
        Self { columns, physical_rows: rows, selection: None, morsel: 0 }
    }

    pub fn with_morsel(mut self, morsel: u64) -> Self {
        self.morsel = morsel;
        self
    }

    /// Rows that count.
    pub fn rows(&self) -> usize {
        self.selection.as_ref().map_or(self.physical_rows, Selection::len)
    }

    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// Length of the columns.
    pub fn physical_rows(&self) -> usize {
        self.physical_rows
    }

    pub fn selection(&self) -> Option<&Selection> {
        self.selection.as_ref()
    }

    /// Keeps only the rows of `selection`, given as positions in the columns.
    pub fn with_selection(mut self, selection: Selection) -> Self {
        self.selection = (selection.len() < self.physical_rows).then_some(selection);
        self
    }

    /// The same rows without a selection.
    pub fn compact(self) -> Result<Batch> {
        let Some(selection) = &self.selection else { return Ok(self) };
        let rows = selection.len();
        let columns = Column::take_all(&self.columns, selection.indices())?;
        Ok(Batch { columns, physical_rows: rows, selection: None, morsel: self.morsel })
    }

    /// One column's selected rows.
    pub fn compact_column(&self, at: usize) -> Result<Column> {
        match &self.selection {
            Some(selection) => self.columns[at].take(selection.indices()),
            None => Ok(self.columns[at].clone()),
        }
    }

    /// The first `rows` of the selected rows.
    pub fn head(self, rows: usize) -> Batch {
        self.slice(0, rows)
    }

    /// `rows` of the selected rows, from `offset`.
    pub fn slice(self, offset: usize, rows: usize) -> Batch {
        let offset = offset.min(self.rows());
        let rows = rows.min(self.rows() - offset);
        match self.selection {
            Some(selection) => Batch { selection: Some(Selection(selection.0.slice(offset, rows))), ..self },
            None => Batch {
                columns: self.columns.iter().map(|column| column.slice(offset, rows)).collect(),
                physical_rows: rows,
                selection: None,
                morsel: self.morsel,
            },
        }
    }

    /// Arrow's form, every column flat and canonical: for edges only.
    pub fn to_record_batch(&self, schema: SchemaRef) -> Result<RecordBatch> {
        let column = |(at, field): (usize, &FieldRef)| match SqlType::from_arrow(field.data_type()) {
            Some(data_type) => self.compact_column(at)?.flat_as(&data_type),
            None => self.compact_column(at)?.flat(),
        };
        let columns = schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows()));
        Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
    }

    pub fn from_record_batch(batch: &RecordBatch) -> Batch {
        let columns = batch.columns().iter().map(|array| Column::Array(std::sync::Arc::clone(array))).collect();
        Batch::new(columns, batch.num_rows())
    }

    pub fn memory_size(&self) -> usize {
        self.columns.iter().map(Column::memory_size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{AsArray, Int32Array};
    use arrow::datatypes::Int32Type;
    use std::sync::Arc;

    #[test]
    fn selections_nest_and_compact() {
        let column = Column::Array(Arc::new(Int32Array::from(vec![10, 11, 12, 13])));
        let mask = BooleanArray::from(vec![Some(true), None, Some(true), Some(true)]);
        let outer = Selection::from_mask(&mask);
        let inner = Selection::from_mask(&BooleanArray::from(vec![false, true, true]));
        let batch = Batch::new(vec![column], 4).with_selection(outer.narrow(&inner));
        assert_eq!((batch.rows(), batch.physical_rows()), (2, 4));
        let compact = batch.slice(1, 5).compact().expect("compact");
        let values = compact.columns[0].flat().expect("flat");
        assert_eq!(values.as_primitive::<Int32Type>().values().as_ref(), &[13]);
    }
}
