//! Rows kept by group: what aggregates hold that need all rows of a group at its end.
//!
//! ```text
//! batches of (group, columns) ──▶ pieces ──by_group──▶ columns with the rows of group 0, then 1, … and where each begins
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, StructArray, UInt32Array, new_empty_array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field};
use firesteel_common::{Result, SqlType, StructField, error};

use super::input::each_group;
use crate::aggregate::GroupIndices;
use crate::column::Column;

/// Rows of some columns, each of a group.
pub(super) struct Gathered {
    types: Vec<SqlType>,
    groups: usize,
    pieces: Vec<Piece>,
    bytes: usize,
}

struct Piece {
    groups: Vec<u32>,
    columns: Vec<ArrayRef>,
}

impl Gathered {
    pub(super) fn new(types: Vec<SqlType>) -> Self {
        Self { types, groups: 0, pieces: Vec::new(), bytes: 0 }
    }

    /// How the rows of a group travel: one list of structs.
    pub(super) fn state_type(types: &[SqlType]) -> SqlType {
        let field = |(at, data_type): (usize, &SqlType)| StructField {
            name: Arc::from(format!("c{at}")),
            data_type: data_type.clone(),
            nullable: true,
        };
        SqlType::array(SqlType::Struct(types.iter().enumerate().map(field).collect()), true)
    }

    pub(super) fn resize(&mut self, groups: usize) {
        self.groups = groups;
    }

    /// Adds the rows that `counts` lets count.
    pub(super) fn add(
        &mut self,
        groups: GroupIndices<'_>,
        columns: &[Column],
        counts: Option<&NullBuffer>,
    ) -> Result<()> {
        let mut of_rows = Vec::with_capacity(groups.rows());
        let mut rows = Vec::with_capacity(groups.rows());
        each_group(groups, counts, |group, row| {
            of_rows.push(group as u32);
            rows.push(row as u32);
        });
        if rows.is_empty() {
            return Ok(());
        }
        let rows = UInt32Array::from(rows);
        let flat = |(column, data_type): (&Column, &SqlType)| -> Result<ArrayRef> {
            Ok(compact(canonical(&column.take(&rows)?, data_type)?))
        };
        let columns = columns.iter().zip(&self.types).map(flat).collect::<Result<Vec<_>>>()?;
        self.push(Piece { groups: of_rows, columns });
        Ok(())
    }

    /// Adds the rows of states that [`Gathered::state`] made.
    pub(super) fn merge(&mut self, groups: GroupIndices<'_>, state: &ArrayRef) -> Result<()> {
        let lists = state.as_list::<i32>();
        let mut of_rows = Vec::new();
        each_group(groups, None, |group, row| {
            of_rows.extend(std::iter::repeat_n(group as u32, lists.value_length(row) as usize));
        });
        let (first, rows) = (lists.value_offsets()[0] as usize, of_rows.len());
        let columns = lists.values().as_struct().columns().iter().map(|column| column.slice(first, rows)).collect();
        self.push(Piece { groups: of_rows, columns });
        Ok(())
    }

    fn push(&mut self, piece: Piece) {
        let columns: usize = piece.columns.iter().map(|column| column.get_array_memory_size()).sum();
        self.bytes += columns + piece.groups.capacity() * size_of::<u32>();
        self.pieces.push(piece);
    }

    /// The state of every group.
    pub(super) fn state(&mut self) -> Result<ArrayRef> {
        let (columns, offsets) = self.by_group()?;
        let DataType::List(field) = Self::state_type(&self.types).to_arrow() else {
            return Err(firesteel_common::internal!("a state that is no list"));
        };
        let DataType::Struct(fields) = field.data_type() else {
            return Err(firesteel_common::internal!("a state without columns"));
        };
        let length = columns.first().map_or(0, |column| column.len());
        let rows = StructArray::try_new_with_length(fields.clone(), columns, None, length)?;
        Ok(Arc::new(ListArray::try_new(field, offsets, Arc::new(rows), None)?))
    }

    /// All rows, group after group, those of a group in the order in which they came; and where each group's begin. What
    /// was held is given up.
    pub(super) fn by_group(&mut self) -> Result<(Vec<ArrayRef>, OffsetBuffer<i32>)> {
        let pieces = std::mem::take(&mut self.pieces);
        self.bytes = 0;
        let rows: usize = pieces.iter().map(|piece| piece.groups.len()).sum();
        if i32::try_from(rows).is_err() {
            return Err(error!(
                COLLECTION_SIZE_LIMIT_EXCEEDED,
                numberOfElements = rows.to_string(),
                maxRoundedArrayLength = i32::MAX.to_string(),
                functionName = "`collect_list`"
            ));
        }
        let mut starts = vec![0_i32; self.groups + 1];
        for group in pieces.iter().flat_map(|piece| &piece.groups) {
            starts[*group as usize + 1] += 1;
        }
        for group in 0..self.groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut places = vec![(0, 0); rows];
        for (at, piece) in pieces.iter().enumerate() {
            for (row, group) in piece.groups.iter().enumerate() {
                let slot = &mut next[*group as usize];
                places[*slot as usize] = (at, row);
                *slot += 1;
            }
        }
        let column = |at: usize| -> Result<ArrayRef> {
            let columns: Vec<&dyn Array> = pieces.iter().map(|piece| piece.columns[at].as_ref()).collect();
            Ok(match columns.is_empty() {
                true => new_empty_array(&self.types[at].to_arrow()),
                false => arrow::compute::interleave(&columns, &places)?,
            })
        };
        let columns = (0..self.types.len()).map(column).collect::<Result<_>>()?;
        Ok((columns, OffsetBuffer::new(starts.into())))
    }

    pub(super) fn memory_size(&self) -> usize {
        self.bytes
    }
}

/// Flat, in the canonical form of the type.
pub(super) fn canonical(column: &Column, data_type: &SqlType) -> Result<ArrayRef> {
    let flat = column.flat_as(data_type)?;
    let wanted = data_type.to_arrow();
    Ok(if flat.data_type() == &wanted { flat } else { arrow::compute::cast(&flat, &wanted)? })
}

/// Views let go of the buffers that they were taken from.
fn compact(array: ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Utf8View => Arc::new(array.as_string_view().gc()),
        DataType::BinaryView => Arc::new(array.as_binary_view().gc()),
        _ => array,
    }
}

/// A list of each group's values, of which none is NULL.
pub(super) fn lists(element: &SqlType, values: ArrayRef, offsets: OffsetBuffer<i32>) -> Result<ArrayRef> {
    let field = Arc::new(Field::new("element", element.to_arrow(), false));
    Ok(Arc::new(ListArray::try_new(field, offsets, values, None)?))
}
