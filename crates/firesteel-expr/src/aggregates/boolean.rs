//! `bool_and` and `bool_or` over the rows that are not NULL.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray};
use arrow::buffer::BooleanBuffer;
use firesteel_common::{Result, SqlType};

use super::input::{Input, each_group, take_validity};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn bool_and() -> AggregateFunction {
    AggregateFunction {
        name: "bool_and",
        aliases: &["every"],
        signature: Signature::OneOf(&[&[Param::Boolean]]),
        returns: |_| Ok(SqlType::Boolean),
        nullable: true,
        order_dependent: false,
        ignores_duplicates: true,
        state_types: |_| Ok(vec![SqlType::Boolean]),
        accumulator: |_| Ok(Box::new(Fold::new(false))),
        doc: Doc {
            usage: "bool_and(expr) - Returns true if all values of `expr` are true.",
            since: "3.0.0",
            examples: &[
                ("SELECT bool_and(col) FROM VALUES (true), (true), (true) AS tab(col)", "true"),
                ("SELECT bool_and(col) FROM VALUES (true), (false), (true) AS tab(col)", "false"),
            ],
        },
    }
}

pub(super) fn bool_or() -> AggregateFunction {
    AggregateFunction {
        name: "bool_or",
        aliases: &["any", "some"],
        accumulator: |_| Ok(Box::new(Fold::new(true))),
        doc: Doc {
            usage: "bool_or(expr) - Returns true if at least one value of `expr` is true.",
            since: "3.0.0",
            examples: &[
                ("SELECT bool_or(col) FROM VALUES (true), (false), (false) AS tab(col)", "true"),
                ("SELECT bool_or(col) FROM VALUES (false), (false), (NULL) AS tab(col)", "false"),
            ],
        },
        ..bool_and()
    }
}

/// Any value equal to `decisive` decides a group.
struct Fold {
    decisive: bool,
    decided: Vec<bool>,
    seen: Vec<bool>,
}

impl Fold {
    fn new(decisive: bool) -> Self {
        Self { decisive, decided: Vec::new(), seen: Vec::new() }
    }

    fn add(&mut self, groups: GroupIndices<'_>, column: &Column) -> Result<()> {
        let input = Input::new(column)?;
        let values = input.array.as_boolean();
        each_group(groups, column.nulls_buffer().as_ref(), |group, row| {
            self.seen[group] = true;
            self.decided[group] |= values.value(input.at(row)) == self.decisive;
        });
        Ok(())
    }
}

impl Accumulator for Fold {
    fn resize(&mut self, groups: usize) {
        self.decided.resize(groups, false);
        self.seen.resize(groups, false);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.add(groups, &args[0])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.add(groups, &Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let decided = std::mem::take(&mut self.decided);
        let values: BooleanBuffer = decided.into_iter().map(|decided| decided == self.decisive).collect();
        Ok(Arc::new(BooleanArray::new(values, take_validity(&mut self.seen))))
    }

    fn memory_size(&self) -> usize {
        self.decided.capacity() + self.seen.capacity()
    }
}
