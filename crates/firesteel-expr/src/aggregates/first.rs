//! `first`, `last` and `any_value`.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray};
use arrow::buffer::NullBuffer;
use firesteel_common::{Result, SqlType};

use super::input::{Input, each_group};
use super::picked::Picked;
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

struct Chosen {
    last: bool,
    picked: Picked,
}

impl Chosen {
    fn new(data_type: &SqlType, last: bool) -> Self {
        Self { last, picked: Picked::new(data_type) }
    }

    /// Chooses among the rows that `counts` lets count.
    fn add(&mut self, groups: GroupIndices<'_>, column: &Column, counts: Option<&NullBuffer>) -> Result<()> {
        let (picked, last) = (&mut self.picked, self.last);
        each_group(groups, counts, |group, row| {
            if last || !picked.is_set(group) {
                picked.set(group, row);
            }
        });
        self.picked.take_from(column)
    }
}

impl Accumulator for Chosen {
    fn resize(&mut self, groups: usize) {
        self.picked.resize(groups);
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
        let chosen: BooleanArray = self.picked.set_groups().map(Some).collect();
        Ok(vec![self.picked.finish()?, Arc::new(chosen)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.picked.finish()
    }

    fn memory_size(&self) -> usize {
        self.picked.memory_size()
    }
}
