//! Several rows of one: explode and its kin.
//!
//! ```text
//! rows ──arguments──▶ [made] how many rows each gives, and where their values are
//!                        └──▶ (input row, number) pairs, a batch's worth at a time ──gather──▶ output
//! ```

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, Int64Array, UInt32Array, new_null_array};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Int64Type};
use firesteel_common::{ColumnId, Result, SqlType, internal};
use firesteel_expr::batch::Batch;
use firesteel_expr::column::Column;
use firesteel_expr::eval::Evaluator;
use firesteel_plan::Schema;
use firesteel_plan::logical::Generator;
use firesteel_plan::physical::Generate;

use crate::contract::{Operator, OperatorFactory, WorkerId};
use crate::keys::canonical;
use crate::query::QueryContext;

pub struct GenerateFactory {
    plan: Generate,
    input: Vec<ColumnId>,
    /// Positions of the input's columns that come out.
    kept: Vec<usize>,
    query: Arc<QueryContext>,
}

impl GenerateFactory {
    /// `output` names the input's columns that come out, then the generator's.
    pub fn new(plan: &Generate, input: &Schema, output: &Schema, query: &Arc<QueryContext>) -> Result<Self> {
        let input = input.ids();
        let kept = output.columns.len().checked_sub(plan.columns.len());
        let kept = kept.ok_or_else(|| internal!("a generator of more columns than come out"))?;
        let position = |id: ColumnId| {
            let at = input.iter().position(|known| *known == id);
            at.ok_or_else(|| internal!("column {id} is not among the input's {input:?}"))
        };
        let kept = output.columns[..kept].iter().map(|column| position(column.id)).collect::<Result<_>>()?;
        Ok(Self { plan: plan.clone(), input, kept, query: Arc::clone(query) })
    }
}

impl OperatorFactory for GenerateFactory {
    fn open(&self, _worker: WorkerId) -> Result<Box<dyn Operator>> {
        Ok(Box::new(Machine {
            plan: self.plan.clone(),
            kept: self.kept.clone(),
            args: Evaluator::new(self.plan.generator.args(), &self.input, &self.query.eval)?,
            batch_rows: self.query.batch_rows.max(1),
            current: None,
        }))
    }
}

struct Machine {
    plan: Generate,
    kept: Vec<usize>,
    args: Evaluator,
    batch_rows: usize,
    current: Option<Current>,
}

/// An input batch that is not used up.
struct Current {
    batch: Batch,
    made: Made,
    /// The next pair.
    row: usize,
    number: u64,
}

/// What the generator makes of a batch.
enum Made {
    /// Row by row a range of `values`.
    Ranges {
        ranges: Ranges,
        values: Vec<ArrayRef>,
        position: bool,
    },
    /// `rows` of each, dealt out of the argument columns; the last of `cells` is one NULL.
    Stacked {
        rows: usize,
        width: usize,
        types: Vec<SqlType>,
        cells: Vec<ArrayRef>,
    },
    Replicated(Int64Array),
}

/// Where the values of each row begin and how many there are; a constant has one entry for all rows.
struct Ranges {
    entries: Vec<(u32, u32)>,
    constant: bool,
}

impl Ranges {
    fn of(offsets: &[i32], nulls: Option<&NullBuffer>, constant: bool) -> Self {
        let entry = |(row, pair): (usize, &[i32])| match nulls.is_some_and(|nulls| nulls.is_null(row)) {
            true => (0, 0),
            false => (pair[0] as u32, (pair[1] - pair[0]) as u32),
        };
        Self { entries: offsets.windows(2).enumerate().map(entry).collect(), constant }
    }

    fn get(&self, row: usize) -> (u32, u32) {
        self.entries[if self.constant { 0 } else { row }]
    }
}

/// Pairs of an input row and a number among those that it gives; no number where an outer generator has none.
#[derive(Default)]
struct Pairs {
    rows: Vec<u32>,
    numbers: Vec<Option<u32>>,
}

impl Made {
    fn of(generator: &Generator, args: Vec<Column>) -> Result<Made> {
        match (generator, args.as_slice()) {
            (Generator::Explode { position, .. }, [collection]) => {
                let (array, constant) = flat_or_one(collection)?;
                let (ranges, values) = entries(&array, constant)?;
                Ok(Made::Ranges { ranges, values, position: *position })
            }
            (Generator::Inline(_), [structs]) => {
                let (array, constant) = flat_or_one(structs)?;
                let (ranges, values) = entries(&array, constant)?;
                let [structs] = values.as_slice() else { return Err(internal!("inline over a map")) };
                Ok(Made::Ranges { ranges, values: fields(structs)?, position: false })
            }
            (Generator::Stack { rows, args: exprs }, cells) => {
                let types = exprs.iter().map(|expr| expr.data_type().clone()).collect::<Vec<_>>();
                let cells = cells.iter().zip(&types).map(|(cell, data_type)| canonical(cell, data_type));
                let cells = cells.collect::<Result<Vec<_>>>()?;
                Ok(Made::Stacked { rows: *rows, width: cells.len().div_ceil((*rows).max(1)), types, cells })
            }
            (Generator::Replicate(_), [number]) => {
                Ok(Made::Replicated(number.flat()?.as_primitive::<Int64Type>().clone()))
            }
            _ => Err(internal!("{} with {} arguments", generator.name(), args.len())),
        }
    }

    fn count(&self, row: usize) -> u64 {
        match self {
            Made::Ranges { ranges, .. } => u64::from(ranges.get(row).1),
            Made::Stacked { rows, .. } => *rows as u64,
            Made::Replicated(numbers) if numbers.is_null(row) => 0,
            Made::Replicated(numbers) => u64::try_from(numbers.value(row)).unwrap_or(0),
        }
    }

    /// The generator's column at `at`.
    fn gather(&self, at: usize, pairs: &Pairs) -> Result<Column> {
        match self {
            Made::Ranges { position: true, .. } if at == 0 => {
                let numbers = pairs.numbers.iter().map(|number| number.map(|number| number as i32));
                Ok(Column::Array(Arc::new(numbers.collect::<Int32Array>())))
            }
            Made::Ranges { ranges, values, position } => {
                let values = values.get(at - usize::from(*position));
                let values = values.ok_or_else(|| internal!("a generator without its column {at}"))?;
                let place = |(row, number): (&u32, &Option<u32>)| number.map(|n| ranges.get(*row as usize).0 + n);
                let places: UInt32Array = pairs.rows.iter().zip(&pairs.numbers).map(place).collect();
                Ok(Column::Array(arrow::compute::take(values, &places, None)?))
            }
            Made::Stacked { width, types, cells, .. } => stacked(at, *width, types, cells, pairs),
            Made::Replicated(_) => Err(internal!("a column of a generator that has none")),
        }
    }
}

/// The values one by one; of a constant only the one.
fn flat_or_one(column: &Column) -> Result<(ArrayRef, bool)> {
    match column {
        Column::Constant(array, _) => Ok((Column::Array(Arc::clone(array)).flat()?, true)),
        Column::Array(_) => Ok((column.flat()?, false)),
    }
}

/// The values of arrays; keys and values of maps.
fn entries(array: &ArrayRef, constant: bool) -> Result<(Ranges, Vec<ArrayRef>)> {
    match array.data_type() {
        DataType::List(_) => {
            let list = array.as_list::<i32>();
            Ok((Ranges::of(list.offsets(), list.nulls(), constant), vec![Arc::clone(list.values())]))
        }
        DataType::Map(..) => {
            let map = array.as_map();
            let ranges = Ranges::of(map.offsets(), map.nulls(), constant);
            Ok((ranges, vec![Arc::clone(map.keys()), Arc::clone(map.values())]))
        }
        other => Err(internal!("{other} has no entries")),
    }
}

/// The fields of structs, NULL where the struct is.
fn fields(structs: &ArrayRef) -> Result<Vec<ArrayRef>> {
    let structs = structs.as_struct();
    let Some(nulls) = structs.nulls() else { return Ok(structs.columns().to_vec()) };
    let mask = arrow::array::BooleanArray::new(!nulls.inner(), None);
    structs.columns().iter().map(|field| Ok(arrow::compute::nullif(field, &mask)?)).collect()
}

fn stacked(at: usize, width: usize, types: &[SqlType], cells: &[ArrayRef], pairs: &Pairs) -> Result<Column> {
    let data_type = types.get(at).ok_or_else(|| internal!("a stack without its column {at}"))?;
    let null = new_null_array(&data_type.to_arrow(), 1);
    let of_column: Vec<&dyn Array> = cells.iter().skip(at).step_by(width).map(|cell| cell.as_ref()).collect();
    let place = |(row, number): (&u32, &Option<u32>)| match number {
        Some(number) if (*number as usize) < of_column.len() => (*number as usize, *row as usize),
        _ => (of_column.len(), 0),
    };
    let places: Vec<_> = pairs.rows.iter().zip(&pairs.numbers).map(place).collect();
    let arrays: Vec<&dyn Array> = of_column.iter().copied().chain([null.as_ref()]).collect();
    Ok(Column::Array(arrow::compute::interleave(&arrays, &places)?))
}

impl Machine {
    /// At most a batch's worth of pairs.
    fn next_pairs(current: &mut Current, outer: bool, batch_rows: usize) -> Pairs {
        let mut pairs = Pairs::default();
        let rows = current.batch.rows();
        while current.row < rows && pairs.rows.len() < batch_rows {
            let count = current.made.count(current.row);
            if count == 0 && outer {
                pairs.rows.push(current.row as u32);
                pairs.numbers.push(None);
            }
            let room = (batch_rows - pairs.rows.len()) as u64;
            let until = count.min(current.number + room);
            pairs.rows.extend((current.number..until).map(|_| current.row as u32));
            pairs.numbers.extend((current.number..until).map(|number| Some(number as u32)));
            current.number = until;
            if until == count {
                (current.row, current.number) = (current.row + 1, 0);
            }
        }
        pairs
    }

    fn output(&self, current: &Current, pairs: &Pairs) -> Result<Batch> {
        let rows = UInt32Array::from(pairs.rows.clone());
        let kept = self.kept.iter().map(|at| current.batch.columns[*at].take(&rows));
        let made = self.plan.columns.iter().map(|at| current.made.gather(*at, pairs));
        let columns = kept.chain(made).collect::<Result<_>>()?;
        Ok(Batch::new(columns, rows.len()).with_morsel(current.batch.morsel))
    }
}

impl Operator for Machine {
    fn push(&mut self, input: Batch) -> Result<()> {
        let batch = input.compact()?;
        let made = Made::of(&self.plan.generator, self.args.evaluate(&batch)?)?;
        self.current = Some(Current { batch, made, row: 0, number: 0 });
        Ok(())
    }

    fn pull(&mut self) -> Result<Option<Batch>> {
        let Some(mut current) = self.current.take() else { return Ok(None) };
        let pairs = Self::next_pairs(&mut current, self.plan.outer, self.batch_rows);
        let output = self.output(&current, &pairs)?;
        if current.row < current.batch.rows() {
            self.current = Some(current);
        }
        Ok(Some(output))
    }
}
