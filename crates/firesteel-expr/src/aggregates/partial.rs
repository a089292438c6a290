//! Aggregation in two steps: states as values that travel, and what is made of them.
//!
//! ```text
//! rows ──update──▶ accumulator ──state──▶ struct per group      (partial)
//! structs ──merge──▶ accumulator ──finish──▶ value per group    (merging)
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StructArray};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, StructField, internal};

use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;

/// The type of a function's states.
pub(crate) fn state_struct(function: &AggregateFunction, args: &[SqlType]) -> Result<SqlType> {
    let fields = (function.state_types)(args)?.into_iter().enumerate();
    let field = |(at, data_type)| StructField { name: Arc::from(format!("state{at}")), data_type, nullable: true };
    Ok(SqlType::Struct(fields.map(field).collect()))
}

/// Gives the states in the place of the values.
pub(crate) fn partial(inner: Box<dyn Accumulator>) -> Box<dyn Accumulator> {
    Box::new(Partial(inner))
}

struct Partial(Box<dyn Accumulator>);

impl Accumulator for Partial {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.0.update(groups, args)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.0.merge(groups, states)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        self.0.state()
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let states = self.0.state()?;
        let field = |(at, state): (usize, &ArrayRef)| {
            arrow::datatypes::Field::new(format!("state{at}"), state.data_type().clone(), true)
        };
        let fields = states.iter().enumerate().map(field).collect();
        Ok(Arc::new(StructArray::try_new(fields, states, None)?))
    }

    fn memory_size(&self) -> usize {
        self.0.memory_size()
    }
}

/// Takes states in the place of rows.
pub(crate) fn merging(inner: Box<dyn Accumulator>) -> Box<dyn Accumulator> {
    Box::new(Merging(inner))
}

struct Merging(Box<dyn Accumulator>);

impl Accumulator for Merging {
    fn resize(&mut self, groups: usize) {
        self.0.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        let states = match args {
            [states] => states.flat()?,
            _ => return Err(internal!("{} columns of states", args.len())),
        };
        match states.data_type() {
            DataType::Struct(_) => self.0.merge(groups, states.as_struct().columns()),
            other => Err(internal!("states of type {other}")),
        }
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.0.merge(groups, states)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        self.0.state()
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.0.finish()
    }

    fn memory_size(&self) -> usize {
        self.0.memory_size()
    }
}
