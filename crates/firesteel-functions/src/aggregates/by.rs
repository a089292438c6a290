//! `max_by` and `min_by`: the value beside the greatest or least of another column; with a third argument the values beside
//! so many of them. Rows without something to order by do not count; of equal ones the last wins.
//!
//! What is ordered by is kept in Arrow's row form: bytes that compare like the values.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BinaryViewArray, Int32Array, ListArray, UInt32Array};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{Field, Int32Type};
use arrow::row::{RowConverter, Rows, SortField};
use firesteel_common::{Result, SqlType, internal};
use firesteel_expr::aggregates::input::{Input, each_group};
use firesteel_expr::aggregates::picked::Picked;
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};

use super::{common, constants, lists};

/// As many values as may be asked for.
const COUNT_MAX: i64 = 100_000;

pub(super) fn max_by() -> AggregateFunction {
    AggregateFunction {
        name: "max_by",
        signature: Signature::Custom(operands),
        returns: |types| {
            Ok(match types.len() {
                3 => SqlType::array(types[0].clone(), true),
                _ => types[0].clone(),
            })
        },
        state_types: |types| {
            Ok(match types.len() {
                3 => vec![SqlType::array(types[0].clone(), true), lists::list_type(SqlType::Binary), SqlType::Int],
                _ => vec![types[0].clone(), SqlType::Binary],
            })
        },
        accumulator: |types| accumulator(types, Ordering::Greater),
        doc: Doc {
            usage: "max_by(x, y[, k]) - Returns the value of `x` associated with the maximum value of `y`; with `k` an array \
                    of the values associated with the `k` greatest values of `y`.",
            since: "3.0.0",
            examples: &[
                ("SELECT max_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)", "b"),
                ("SELECT max_by(x, y, 2) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)", "[\"b\",\"c\"]"),
            ],
        },
        ..common()
    }
}

pub(super) fn min_by() -> AggregateFunction {
    AggregateFunction {
        name: "min_by",
        accumulator: |types| accumulator(types, Ordering::Less),
        doc: Doc {
            usage: "min_by(x, y[, k]) - Returns the value of `x` associated with the minimum value of `y`; with `k` an array \
                    of the values associated with the `k` least values of `y`.",
            since: "3.0.0",
            examples: &[
                ("SELECT min_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)", "a"),
                ("SELECT min_by(x, y, 2) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)", "[\"a\",\"c\"]"),
            ],
        },
        ..max_by()
    }
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    let ordering = args[1].data_type();
    if !ordering.is_orderable() {
        return Err(errors::not_orderable(name, &args, ordering));
    }
    if args.len() == 3 {
        if !(args[2].data_type().is_integral() || *args[2].data_type() == SqlType::Void) {
            return Err(errors::unexpected_input(name, &args, 2, "\"INTEGRAL\"".to_owned()));
        }
        let count = constants::folded(name, &args, 2, "k", &SqlType::Int)?;
        let value = count.as_integer().unwrap_or_default();
        if !(1..=COUNT_MAX).contains(&value) {
            let range = format!("[1, {COUNT_MAX}]");
            return Err(constants::out_of_range(name, &args, "`k`", &range, value.to_string()));
        }
        args[2] = Expr::literal(count);
    }
    Ok(args)
}

fn accumulator(types: &[SqlType], wanted: Ordering) -> Result<Box<dyn Accumulator>> {
    let order = Order::new(&types[1], wanted)?;
    Ok(match types.len() {
        3 => Box::new(Several { order, value: types[0].clone(), count: None, groups: Vec::new(), bag: Bag::default() }),
        _ => Box::new(One { order, best: Vec::new(), picked: Picked::new(&types[0]) }),
    })
}

/// Which of two values is wanted.
struct Order {
    wanted: Ordering,
    converter: RowConverter,
}

impl Order {
    fn new(data_type: &SqlType, wanted: Ordering) -> Result<Self> {
        let data_type = if *data_type == SqlType::Void { &SqlType::Int } else { data_type };
        Ok(Self { wanted, converter: RowConverter::new(vec![SortField::new(data_type.to_arrow())])? })
    }

    fn keys(&self, input: &Input) -> Result<Rows> {
        Ok(self.converter.convert_columns(&[Arc::clone(&input.array)])?)
    }

    /// A later value wins over an equal one.
    fn is_better(&self, new: &[u8], old: &[u8]) -> bool {
        new.cmp(old) != self.wanted.reverse()
    }
}

/// The best key of each group and the value beside it.
struct One {
    order: Order,
    best: Vec<Option<Box<[u8]>>>,
    picked: Picked,
}

impl One {
    fn consider(&mut self, group: usize, row: usize, key: &[u8]) {
        let best = &mut self.best[group];
        if best.as_deref().is_none_or(|best| self.order.is_better(key, best)) {
            *best = Some(Box::from(key));
            self.picked.set(group, row);
        }
    }
}

impl Accumulator for One {
    fn resize(&mut self, groups: usize) {
        self.best.resize(groups, None);
        self.picked.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if args[1].is_constant_null() {
            return Ok(());
        }
        let input = Input::new(&Column::flat(&args[1]).map(Column::Array)?)?;
        let keys = self.order.keys(&input)?;
        each_group(groups, args[1].nulls_buffer().as_ref(), |group, row| {
            self.consider(group, row, keys.row(row).as_ref());
        });
        self.picked.take_from(&args[0])
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let keys = states[1].as_binary_view();
        each_group(groups, keys.nulls(), |group, row| self.consider(group, row, keys.value(row)));
        self.picked.take_from(&Column::Array(Arc::clone(&states[0])))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let keys: BinaryViewArray = self.best.iter().map(|best| best.as_deref()).collect();
        Ok(vec![self.finish()?, Arc::new(keys)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.best.clear();
        self.picked.finish()
    }

    fn memory_size(&self) -> usize {
        let keys: usize = self.best.iter().flatten().map(|key| key.len()).sum();
        keys + self.best.capacity() * size_of::<Option<Box<[u8]>>>() + self.picked.memory_size()
    }
}

/// Values of rows that were taken in, piece by piece.
#[derive(Default)]
struct Bag {
    pieces: Vec<ArrayRef>,
    size: usize,
}

/// So many values are kept beyond those that are wanted before the bag is cleared up.
const BAG_SPARE: usize = 65_536;

/// The best keys of each group, best first, with the places of the values beside them in the bag.
struct Several {
    order: Order,
    value: SqlType,
    count: Option<usize>,
    groups: Vec<Vec<(Box<[u8]>, u32)>>,
    bag: Bag,
}

impl Several {
    fn consider(&mut self, group: usize, key: &[u8], place: u32) {
        let Some(count) = self.count else { return };
        let (kept, order) = (&mut self.groups[group], &self.order);
        if kept.len() >= count && kept.last().is_some_and(|(worst, _)| !order.is_better(key, worst)) {
            return;
        }
        let at = kept.partition_point(|(known, _)| !order.is_better(key, known));
        kept.insert(at, (Box::from(key), place));
        kept.truncate(count);
    }

    /// The values that are still wanted, in the order of the groups.
    fn wanted(&self) -> Result<ArrayRef> {
        let places = self.groups.iter().flatten().map(|(_, place)| *place);
        let places = UInt32Array::from_iter_values(places);
        let pieces: Vec<&dyn Array> = self.bag.pieces.iter().map(AsRef::as_ref).collect();
        if pieces.is_empty() {
            return Ok(arrow::array::new_empty_array(&self.value.to_arrow()));
        }
        Ok(arrow::compute::take(&arrow::compute::concat(&pieces)?, &places, None)?)
    }

    /// Lets go of values that nobody wants any more.
    fn clear_up(&mut self) -> Result<()> {
        let wanted: usize = self.groups.iter().map(Vec::len).sum();
        if self.bag.size < 2 * wanted + BAG_SPARE {
            return Ok(());
        }
        let values = self.wanted()?;
        for (place, kept) in self.groups.iter_mut().flatten().enumerate() {
            kept.1 = place as u32;
        }
        self.bag = Bag { size: values.len(), pieces: vec![values] };
        Ok(())
    }

    fn add(&mut self, values: ArrayRef) -> Result<()> {
        self.bag.size += values.len();
        self.bag.pieces.push(values);
        self.clear_up()
    }
}

impl Accumulator for Several {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Vec::new());
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if let (None, Some(count)) = (self.count, lists::first_row(&args[2])) {
            self.count = Some(Column::Array(count).flat()?.as_primitive::<Int32Type>().value(0) as usize);
        }
        if args[1].is_constant_null() {
            return Ok(());
        }
        let input = Input::new(&Column::flat(&args[1]).map(Column::Array)?)?;
        let keys = self.order.keys(&input)?;
        let base = self.bag.size as u32;
        each_group(groups, args[1].nulls_buffer().as_ref(), |group, row| {
            self.consider(group, keys.row(row).as_ref(), base + row as u32);
        });
        self.add(args[0].flat_as(&self.value)?)
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let counts = states[2].as_primitive::<Int32Type>();
        if let (None, Some(count)) = (self.count, counts.iter().flatten().next()) {
            self.count = Some(count as usize);
        }
        let (values, keys) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        let all_keys = keys.values().as_binary_view();
        let base = self.bag.size;
        each_group(groups, None, |group, row| {
            let (from, to) = (keys.value_offsets()[row] as usize, keys.value_offsets()[row + 1] as usize);
            let value = values.value_offsets()[row] as usize;
            for at in from..to {
                self.consider(group, all_keys.value(at), (base + value + at - from) as u32);
            }
        });
        self.add(Arc::clone(values.values()))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let count = self.count.map(|count| count as i32);
        let counts: Int32Array = std::iter::repeat_n(count, self.groups.len()).collect();
        let keys: BinaryViewArray = self.groups.iter().flatten().map(|(key, _)| Some(key)).collect();
        let keys = lists::list_of(Arc::new(keys), self.groups.iter().map(Vec::len), false)?;
        Ok(vec![self.finish()?, keys, Arc::new(counts)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let values = self.wanted()?;
        let groups = std::mem::take(&mut self.groups);
        self.bag = Bag::default();
        if values.len() != groups.iter().map(Vec::len).sum::<usize>() {
            return Err(internal!("values beside keys got lost"));
        }
        let nulls = NullBuffer::from_iter(groups.iter().map(|kept| !kept.is_empty()));
        let field = Arc::new(Field::new("element", values.data_type().clone(), true));
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
        Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
    }

    fn memory_size(&self) -> usize {
        let keys: usize = self.groups.iter().flatten().map(|(key, _)| key.len() + size_of::<(Box<[u8]>, u32)>()).sum();
        let values: usize = self.bag.pieces.iter().map(|piece| piece.get_array_memory_size()).sum();
        keys + values
    }
}
