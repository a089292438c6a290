//! `mode`: the most frequent value of a group; of several the least. (Spark takes any of them unless told `deterministic`.)

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, ListArray, UInt32Array};
use arrow::datatypes::{DataType, Int64Type};
use arrow::row::{RowConverter, SortField};
use firesteel_common::{Result, SqlType, error};
use firesteel_expr::aggregates::input::each_group;
use firesteel_expr::coerce::errors;
use firesteel_expr::eval::true_mask;
use firesteel_expr::expr::ExprRef;
use firesteel_expr::function::{Doc, Param, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};
use hashbrown::HashMap;

use super::{common, lists};

pub(super) fn mode() -> AggregateFunction {
    AggregateFunction {
        name: "mode",
        signature: Signature::Custom(operands),
        returns: |types| Ok(types[0].clone()),
        // Values, how often each occurs, whether the greatest of several is wanted.
        state_types: |types| {
            Ok(vec![SqlType::array(types[0].clone(), true), lists::list_type(SqlType::BigInt), SqlType::Boolean])
        },
        accumulator: |types| Ok(Box::new(Mode::new(&types[0])?)),
        doc: Doc {
            usage: "mode(col[, deterministic]) - Returns the most frequent value for the values within `col`, of several \
                    the least. NULL values are ignored.",
            since: "3.4.0",
            examples: &[
                ("SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)", "10"),
                ("SELECT mode(col) FROM VALUES (0), (10), (10), (null), (null), (null) AS tab(col)", "10"),
                ("SELECT mode(col, true) FROM VALUES (-10), (0), (10) AS tab(col)", "-10"),
            ],
        },
        ..common()
    }
}

/// What `mode() WITHIN GROUP (ORDER BY v)` is called with: the value, and whether descending.
pub(super) fn mode_within_group() -> AggregateFunction {
    AggregateFunction {
        name: "mode_within_group",
        signature: Signature::OneOf(&[&[Param::Any, Param::Boolean]]),
        doc: Doc {
            usage: "mode() WITHIN GROUP (ORDER BY col) - Returns the most frequent value for the values within `col`, of \
                    several the first in the order. NULL values are ignored.",
            since: "4.0.0",
            examples: &[
                ("SELECT mode() WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10), (10), (20), (20) AS tab(col)", "10"),
                (
                    "SELECT mode() WITHIN GROUP (ORDER BY col DESC) FROM VALUES (0), (10), (10), (20), (20) AS tab(col)",
                    "20",
                ),
            ],
        },
        ..mode()
    }
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let deterministic = match args.len() {
        1 => return Ok(args),
        2 => &args[1],
        other => return Err(errors::wrong_num_args(name, "[1, 2]", other)),
    };
    if !deterministic.is_foldable() {
        return Err(error!(
            NON_FOLDABLE_ARGUMENT,
            funcName = format!("`{name}`"),
            paramName = "`deterministic`",
            paramType = "\"BOOLEAN\""
        ));
    }
    if *deterministic.data_type() == SqlType::Void {
        return Err(error!(DATATYPE_MISMATCH_UNEXPECTED_NULL, sqlExpr = "\"NULL\"", exprName = "`deterministic`"));
    }
    if *deterministic.data_type() != SqlType::Boolean {
        return Err(error!(
            UNEXPECTED_INPUT_TYPE,
            functionName = format!("`{name}`"),
            paramIndex = "second",
            requiredType = "\"BOOLEAN\"",
            inputSql = format!("\"{}\"", errors::sql_text(deterministic)),
            inputType = deterministic.data_type().quoted_sql()
        ));
    }
    // It is always: the flag changes nothing.
    args.truncate(1);
    Ok(args)
}

/// How often each value occurs in each group; values in Arrow's row form, which also compares them.
struct Mode {
    data_type: SqlType,
    converter: Option<RowConverter>,
    counts: HashMap<(u32, Box<[u8]>), i64>,
    groups: usize,
    bytes: usize,
    /// Whether the greatest of several is wanted, once a row has said so.
    descending: Option<bool>,
}

impl Mode {
    fn new(data_type: &SqlType) -> Result<Self> {
        let converter = match data_type {
            SqlType::Void => None,
            _ => Some(RowConverter::new(vec![SortField::new(row_type(data_type))])?),
        };
        Ok(Self {
            data_type: data_type.clone(),
            converter,
            counts: HashMap::new(),
            groups: 0,
            bytes: 0,
            descending: None,
        })
    }

    fn count(&mut self, group: usize, value: &[u8], times: i64) {
        let counts = &mut self.counts;
        match counts.get_mut(&(group as u32, Box::from(value)) as &(u32, Box<[u8]>)) {
            Some(count) => *count += times,
            None => {
                self.bytes += value.len() + size_of::<((u32, Box<[u8]>), i64)>();
                counts.insert((group as u32, Box::from(value)), times);
            }
        }
    }

    /// Values back from their row form.
    fn values<'a>(&self, rows: impl Iterator<Item = &'a [u8]>) -> Result<ArrayRef> {
        let wanted = self.data_type.to_arrow();
        let Some(converter) = &self.converter else { return Ok(arrow::array::new_empty_array(&wanted)) };
        let parser = converter.parser();
        let values = converter.convert_rows(rows.map(|row| parser.parse(row)))?.swap_remove(0);
        if let DataType::Map(entries, sorted) = &wanted {
            let data =
                values.to_data().into_builder().data_type(DataType::Map(Arc::clone(entries), *sorted)).build()?;
            return Ok(arrow::array::make_array(data));
        }
        Ok(values)
    }
}

/// Maps compare as lists of their entries here.
fn row_type(data_type: &SqlType) -> DataType {
    match data_type.to_arrow() {
        DataType::Map(entries, _) => DataType::List(entries),
        other => other,
    }
}

fn row_form(array: ArrayRef) -> ArrayRef {
    match array.as_map_opt() {
        Some(map) => Arc::new(ListArray::from(map.clone())),
        None => array,
    }
}

impl Accumulator for Mode {
    fn resize(&mut self, groups: usize) {
        self.groups = groups;
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if let (None, Some(flag)) = (self.descending, args.get(1).filter(|flag| !flag.is_empty())) {
            self.descending = Some(true_mask(&flag.slice(0, 1))?.value(0));
        }
        let Some(converter) = &self.converter else { return Ok(()) };
        let nulls = args[0].nulls_buffer();
        let rows = converter.convert_columns(&[row_form(args[0].flat_as(&self.data_type)?)])?;
        each_group(groups, nulls.as_ref(), |group, row| self.count(group, rows.row(row).as_ref(), 1));
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let Some(converter) = &self.converter else { return Ok(()) };
        let (values, counts) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        self.descending = self.descending.or(states[2].as_boolean().iter().flatten().next());
        let rows = converter.convert_columns(&[row_form(Arc::clone(values.values()))])?;
        let times = counts.values().as_primitive::<Int64Type>();
        each_group(groups, None, |group, row| {
            let (from, to) = (values.value_offsets()[row] as usize, values.value_offsets()[row + 1] as usize);
            let first = counts.value_offsets()[row] as usize;
            for at in from..to {
                self.count(group, rows.row(at).as_ref(), times.value(first + at - from));
            }
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let mut entries: Vec<_> = std::mem::take(&mut self.counts).into_iter().collect();
        entries.sort_unstable();
        let mut lengths = vec![0; self.groups];
        entries.iter().for_each(|((group, _), _)| lengths[*group as usize] += 1);
        let values = self.values(entries.iter().map(|((_, value), _)| value.as_ref()))?;
        let counts = Int64Array::from_iter_values(entries.iter().map(|(_, count)| *count));
        (self.groups, self.bytes) = (0, 0);
        Ok(vec![
            lists::list_of(values, lengths.iter().copied(), true)?,
            lists::list_of(Arc::new(counts), lengths.iter().copied(), false)?,
            Arc::new(BooleanArray::from(vec![self.descending; lengths.len()])),
        ])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let mut best: Vec<Option<(i64, Box<[u8]>)>> = vec![None; self.groups];
        for ((group, value), count) in std::mem::take(&mut self.counts) {
            let best = &mut best[group as usize];
            let comes_first = |known: &[u8]| match self.descending {
                Some(true) => *value > *known,
                _ => *value < *known,
            };
            let better = |(most, known): &(i64, Box<[u8]>)| count > *most || (count == *most && comes_first(known));
            let better = best.as_ref().is_none_or(better);
            if better {
                *best = Some((count, value));
            }
        }
        let values = self.values(best.iter().flatten().map(|(_, value)| value.as_ref()))?;
        if self.data_type == SqlType::Void {
            return Ok(arrow::array::new_null_array(&DataType::Null, std::mem::take(&mut self.groups)));
        }
        let mut next = 0;
        let places: UInt32Array = best
            .iter()
            .map(|best| {
                best.as_ref().map(|_| {
                    next += 1;
                    next - 1
                })
            })
            .collect();
        (self.groups, self.bytes) = (0, 0);
        Ok(arrow::compute::take(&values, &places, None)?)
    }

    fn memory_size(&self) -> usize {
        self.bytes
    }
}
