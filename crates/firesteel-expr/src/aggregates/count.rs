//! `count` of rows, or of rows in which no argument is NULL; `count_if`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use arrow::buffer::NullBuffer;
use firesteel_common::{Result, SqlType};

use super::average::merge_counts;
use super::input::{count_rows, each_group, run_up};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::column::Column;
use crate::function::{Doc, Param, Signature};

pub(super) fn count() -> AggregateFunction {
    AggregateFunction {
        name: "count",
        aliases: &[],
        signature: Signature::Variadic { fixed: &[], rest: Param::Any, min: 0 },
        returns: |_| Ok(SqlType::BigInt),
        nullable: false,
        order_dependent: false,
        ignores_duplicates: false,
        state_types: |_| Ok(vec![SqlType::BigInt]),
        accumulator: |_| Ok(Box::new(Count { counts: Vec::new(), add: count_valid })),
        doc: Doc {
            usage: "count(*) - Returns the total number of retrieved rows, including rows containing null.",
            since: "1.0.0",
            examples: &[
                ("SELECT count(*) FROM VALUES (NULL), (5), (5), (20) AS tab(col)", "4"),
                ("SELECT count(col) FROM VALUES (NULL), (5), (5), (20) AS tab(col)", "3"),
                ("SELECT count(DISTINCT col) FROM VALUES (NULL), (5), (5), (10) AS tab(col)", "2"),
            ],
        },
    }
}

pub(super) fn count_if() -> AggregateFunction {
    AggregateFunction {
        name: "count_if",
        signature: Signature::OneOf(&[&[Param::Boolean]]),
        accumulator: |_| Ok(Box::new(Count { counts: Vec::new(), add: count_true })),
        doc: Doc {
            usage: "count_if(expr) - Returns the number of `TRUE` values for the expression.",
            since: "3.0.0",
            examples: &[("SELECT count_if(col % 2 = 0) FROM VALUES (NULL), (0), (1), (2), (3) AS tab(col)", "2")],
        },
        ..count()
    }
}

/// Which rows count is all that differs.
struct Count {
    counts: Vec<i64>,
    add: fn(GroupIndices<'_>, &[Column], &mut [i64]) -> Result<()>,
}

fn count_valid(groups: GroupIndices<'_>, args: &[Column], counts: &mut [i64]) -> Result<()> {
    if args.iter().any(Column::is_constant_null) {
        return Ok(());
    }
    let nulls = args.iter().map(Column::nulls_buffer);
    let nulls = nulls.reduce(|a, b| NullBuffer::union(a.as_ref(), b.as_ref())).flatten();
    count_rows(groups, nulls.as_ref(), counts);
    Ok(())
}

fn count_true(groups: GroupIndices<'_>, args: &[Column], counts: &mut [i64]) -> Result<()> {
    let passed = crate::eval::true_mask(&args[0])?;
    let passed = NullBuffer::new(passed.values().clone());
    each_group(groups, Some(&passed), |group, _| counts[group] += 1);
    Ok(())
}

impl Accumulator for Count {
    fn resize(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        (self.add)(groups, args, &mut self.counts)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        merge_counts(groups, &states[0], &mut self.counts)
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.finish()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from(std::mem::take(&mut self.counts))))
    }

    fn running(&mut self, restarts: &[bool]) -> Result<bool> {
        run_up(&mut self.counts, restarts, |before, count| *count += before);
        Ok(true)
    }

    fn memory_size(&self) -> usize {
        self.counts.capacity() * size_of::<i64>()
    }
}
