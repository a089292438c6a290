//! What functions over arrays are made of: elements beside the rows they belong to, elements as comparable bytes, and
//! new arrays put together from places in old ones.
//!
//! ```text
//! [[1,2],NULL,[3]] = elements 1 2 3, ranges 0..2 · 2..3 ──a function──▶ places (source, element), a range per row
//!                                                        ──interleave──▶ the new elements, copied once
//! ```

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, new_empty_array, new_null_array};
use arrow::buffer::{BooleanBuffer, NullBuffer, OffsetBuffer};
use arrow::datatypes::DataType;
use arrow::row::{Row, RowConverter, Rows, SortField};
use firesteel_common::{Result, SqlType, error, internal};
use firesteel_expr::Column;
use firesteel_expr::function::KernelArgs;
use firesteel_expr::operators::comparison::normalize_floats;

/// An argument's arrays.
pub(crate) struct Lists(ListArray);

impl Lists {
    pub(crate) fn of(args: &KernelArgs<'_>, at: usize) -> Result<Lists> {
        Lists::new(&args.columns[at])
    }

    pub(crate) fn new(column: &Column) -> Result<Lists> {
        let flat = column.flat()?;
        let list = flat.as_list_opt::<i32>().ok_or_else(|| internal!("{} is no list", flat.data_type()))?;
        Ok(Lists(list.clone()))
    }

    /// All elements; those of row `r` are at `range(r)`.
    pub(crate) fn elements(&self) -> &ArrayRef {
        self.0.values()
    }

    pub(crate) fn range(&self, row: usize) -> Range<usize> {
        let offsets = self.0.value_offsets();
        offsets[row] as usize..offsets[row + 1] as usize
    }

    pub(crate) fn is_valid(&self, row: usize) -> bool {
        self.0.is_valid(row)
    }

    pub(crate) fn nulls(&self) -> Option<&NullBuffer> {
        self.0.nulls()
    }

    pub(crate) fn list(&self) -> &ListArray {
        &self.0
    }
}

/// Values as bytes: equal bytes for equal values (NaN is itself, -0.0 is 0.0), in the order of the values, NULL first.
pub(crate) struct Keys {
    rows: Rows,
    nulls: Option<NullBuffer>,
}

impl Keys {
    pub(crate) fn of(values: &ArrayRef) -> Result<Keys> {
        let converter = RowConverter::new(vec![SortField::new(values.data_type().clone())])?;
        let rows = converter.convert_columns(&[normalize_floats(values)?])?;
        Ok(Keys { rows, nulls: values.logical_nulls() })
    }

    pub(crate) fn get(&self, at: usize) -> Row<'_> {
        self.rows.row(at)
    }

    pub(crate) fn is_null(&self, at: usize) -> bool {
        self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(at))
    }

    /// The key, unless the value is NULL.
    pub(crate) fn value(&self, at: usize) -> Option<Row<'_>> {
        (!self.is_null(at)).then(|| self.get(at))
    }
}

/// New arrays, row by row, from elements of the sources.
pub(crate) struct ListWriter {
    element: SqlType,
    sources: Vec<ArrayRef>,
    places: Vec<(usize, usize)>,
    ends: Vec<usize>,
    valid: Vec<bool>,
}

impl ListWriter {
    /// The place of a NULL.
    const NULL: (usize, usize) = (0, 0);

    /// For a function that gives arrays.
    pub(crate) fn new(return_type: &SqlType, sources: &[&ArrayRef]) -> Result<ListWriter> {
        let SqlType::Array { element, .. } = return_type else { return Err(internal!("{return_type} is no array")) };
        let null = new_null_array(&element.to_arrow(), 1);
        let sources = std::iter::once(null).chain(sources.iter().map(|source| Arc::clone(source))).collect();
        let element = element.as_ref().clone();
        Ok(ListWriter { element, sources, places: Vec::new(), ends: Vec::new(), valid: Vec::new() })
    }

    /// Adds an element to the row that is being written.
    pub(crate) fn push(&mut self, source: usize, at: usize) {
        self.places.push((source + 1, at));
    }

    pub(crate) fn push_null(&mut self) {
        self.places.push(Self::NULL);
    }

    pub(crate) fn extend(&mut self, source: usize, range: Range<usize>) {
        self.places.extend(range.map(|at| (source + 1, at)));
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.ends.push(self.places.len());
        self.valid.push(true);
    }

    /// The row is NULL.
    pub(crate) fn end_null(&mut self) {
        self.ends.push(self.places.len());
        self.valid.push(false);
    }

    /// Fails when the rows have more elements together than a list can.
    pub(crate) fn check_size(&self, name: &str) -> Result<()> {
        check_size(name, self.places.len())
    }

    pub(crate) fn finish(self, args: &KernelArgs<'_>) -> Result<Column> {
        let sources: Vec<&dyn Array> = self.sources.iter().map(AsRef::as_ref).collect();
        let elements = match (self.places.is_empty(), &self.element) {
            (true, element) => new_empty_array(&element.to_arrow()),
            (false, SqlType::Void) => new_null_array(&DataType::Null, self.places.len()),
            (false, _) => arrow::compute::interleave(&sources, &self.places)?,
        };
        let lengths = std::iter::once(&0).chain(&self.ends).zip(&self.ends).map(|(start, end)| end - start);
        let nulls = self.valid.contains(&false).then(|| NullBuffer::from(self.valid));
        list_column(args.return_type, elements, OffsetBuffer::from_lengths(lengths), nulls)
    }
}

/// Fails for more elements than a list can have.
pub(crate) fn check_size(name: &str, elements: usize) -> Result<()> {
    match i32::try_from(elements) {
        Ok(_) => Ok(()),
        Err(_) => Err(error!(
            COLLECTION_SIZE_LIMIT_EXCEEDED,
            numberOfElements = elements.to_string(),
            maxRoundedArrayLength = (i32::MAX - 15).to_string(),
            functionName = format!("`{name}`")
        )),
    }
}

/// Lists in the canonical form of the type.
pub(crate) fn list_column(
    data_type: &SqlType,
    elements: ArrayRef,
    offsets: OffsetBuffer<i32>,
    nulls: Option<NullBuffer>,
) -> Result<Column> {
    let DataType::List(field) = data_type.to_arrow() else { return Err(internal!("{data_type} is no array")) };
    Ok(Column::Array(Arc::new(ListArray::try_new(field, offsets, elements, nulls)?)))
}

/// The rows of which all these lists are valid.
pub(crate) fn valid_in_all(lists: &[Lists], rows: usize) -> BooleanBuffer {
    let nulls = lists.iter().fold(None, |nulls, list| NullBuffer::union(nulls.as_ref(), list.nulls()));
    nulls.map_or_else(|| BooleanBuffer::new_set(rows), NullBuffer::into_inner)
}
