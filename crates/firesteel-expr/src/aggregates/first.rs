//! `first`, `last` and `any_value`. The values chosen are kept in small arrays of their own; what they were chosen from is
//! let go.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt32Array, new_empty_array, new_null_array};
use arrow::buffer::NullBuffer;
use firesteel_common::{Result, SqlType};

use super::input::{Input, each_group};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn first() -> AggregateFunction {
    AggregateFunction {
        name: "first",
        aliases: &["first_value"],
        signature: Signature::OneOf(&[&[Param::Any], &[Param::Any, Param::Boolean]]),
        returns: |types| Ok(types[0].clone()),
        nullable: true,
        order_dependent: true,
        ignores_duplicates: true,
        state_types: |types| Ok(vec![types[0].clone(), SqlType::Boolean]),
        accumulator: |types| Ok(Box::new(Chosen::new(&types[0], false))),
        doc: Doc {
            usage: "first(expr[, isIgnoreNull]) - Returns the first value of `expr` for a group of rows. \
                    If `isIgnoreNull` is true, returns only non-null values.",
            since: "2.0.0",
            examples: &[
                ("SELECT first(col) FROM VALUES (10), (5), (20) AS tab(col)", "10"),
                ("SELECT first(col) FROM VALUES (NULL), (5), (20) AS tab(col)", "NULL"),
                ("SELECT first(col, true) FROM VALUES (NULL), (5), (20) AS tab(col)", "5"),
            ],
        },
    }
}

pub(super) fn last() -> AggregateFunction {
    AggregateFunction {
        name: "last",
        aliases: &["last_value"],
        accumulator: |types| Ok(Box::new(Chosen::new(&types[0], true))),
        doc: Doc {
            usage: "last(expr[, isIgnoreNull]) - Returns the last value of `expr` for a group of rows. \
                    If `isIgnoreNull` is true, returns only non-null values.",
            since: "2.0.0",
            examples: &[
                ("SELECT last(col) FROM VALUES (10), (5), (20) AS tab(col)", "20"),
                ("SELECT last(col) FROM VALUES (10), (5), (NULL) AS tab(col)", "NULL"),
                ("SELECT last(col, true) FROM VALUES (10), (5), (NULL) AS tab(col)", "5"),
            ],
        },
        ..first()
    }
}

pub(super) fn any_value() -> AggregateFunction {
    AggregateFunction {
        name: "any_value",
        aliases: &[],
        order_dependent: false,
        doc: Doc {
            usage: "any_value(expr[, isIgnoreNull]) - Returns some value of `expr` for a group of rows. \
                    If `isIgnoreNull` is true, returns only non-null values.",
            since: "3.4.0",
            examples: &[
                ("SELECT any_value(col) FROM VALUES (10), (5), (20) AS tab(col)", "10"),
                ("SELECT any_value(col, true) FROM VALUES (NULL), (5), (20) AS tab(col)", "5"),
            ],
        },
        ..first()
    }
}

/// More pieces than this are put together.
const PIECES_MAX: usize = 32;

/// A place in the pieces; `None` while a group has no value (which a NULL is).
type Place = Option<(u32, u32)>;

struct Chosen {
    data_type: SqlType,
    last: bool,
    pieces: Vec<ArrayRef>,
    places: Vec<Place>,
}

impl Chosen {
    fn new(data_type: &SqlType, last: bool) -> Self {
        Self { data_type: data_type.clone(), last, pieces: Vec::new(), places: Vec::new() }
    }

    /// Chooses among the rows that `counts` lets count.
    fn add(&mut self, groups: GroupIndices<'_>, column: &Column, counts: Option<&NullBuffer>) -> Result<()> {
        let piece = self.pieces.len() as u32;
        let mut picked: Vec<u32> = Vec::new();
        let (places, last) = (&mut self.places, self.last);
        each_group(groups, counts, |group, row| match &mut places[group] {
            // Chosen in this batch already: the later row takes its place.
            Some((at, slot)) if last && *at == piece => picked[*slot as usize] = row as u32,
            Some(_) if !last => {}
            place => {
                *place = Some((piece, picked.len() as u32));
                picked.push(row as u32);
            }
        });
        if picked.is_empty() {
            return Ok(());
        }
        let picked = column.take(&UInt32Array::from(picked))?.flat()?;
        self.pieces.push(compact(picked));
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
}

/// Views let go of the buffers that they were taken from.
fn compact(array: ArrayRef) -> ArrayRef {
    if let Some(texts) = array.as_string_view_opt() {
        return Arc::new(texts.gc());
    }
    array
}

impl Accumulator for Chosen {
    fn resize(&mut self, groups: usize) {
        self.places.resize(groups, None);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let ignores_nulls = match args.get(1) {
            Some(flag) if !flag.is_empty() => crate::eval::true_mask(&flag.slice(0, 1))?.value(0),
            _ => false,
        };
        let nulls = if ignores_nulls { args[0].nulls_buffer() } else { None };
        self.add(groups, &args[0], nulls.as_ref())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let chosen = Input::new(&Column::Array(Arc::clone(&states[1])))?;
        let chosen = NullBuffer::new(chosen.array.as_boolean().values().clone());
        self.add(groups, &Column::Array(Arc::clone(&states[0])), Some(&chosen))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let chosen: BooleanArray = self.places.iter().map(|place| Some(place.is_some())).collect();
        let values = self.finish()?;
        Ok(vec![values, Arc::new(chosen)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
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

    fn memory_size(&self) -> usize {
        let pieces: usize = self.pieces.iter().map(|piece| piece.get_array_memory_size()).sum();
        pieces + self.places.capacity() * size_of::<Place>()
    }
}
