//! `collect_list` and `collect_set`: a group's values that are not NULL, in the order in which they came.

use arrow::array::{Array, ArrayRef};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::row::{RowConverter, SortField};
use firesteel_common::{Result, SqlType, bail};
use hashbrown::HashSet;

use super::gathered::{Gathered, canonical, lists};
use crate::aggregate::{Accumulator, AggregateFunction, GroupIndices};
use crate::coerce::errors;
use crate::column::Column;
use crate::expr::ExprRef;
use crate::function::{Doc, Param, Signature};
use crate::operators::comparison::normalize_floats;

pub(super) fn functions() -> Vec<AggregateFunction> {
    vec![list(), set()]
}

fn list() -> AggregateFunction {
    AggregateFunction {
        name: "collect_list",
        aliases: &["array_agg"],
        signature: Signature::OneOf(&[&[Param::Any]]),
        returns: |types| Ok(SqlType::array(types[0].clone(), false)),
        nullable: false,
        order_dependent: true,
        ignores_duplicates: false,
        state_types: |types| Ok(vec![Gathered::state_type(types)]),
        accumulator: |types| Ok(Box::new(Collect { element: types[0].clone(), rows: Gathered::new(types.to_vec()) })),
        doc: Doc {
            usage: "collect_list(expr) - Collects and returns a list of non-unique elements.",
            since: "2.0.0",
            examples: &[("SELECT collect_list(col) FROM VALUES (1), (2), (1) AS tab(col)", "[1,2,1]")],
        },
    }
}

fn set() -> AggregateFunction {
    AggregateFunction {
        name: "collect_set",
        aliases: &[],
        signature: Signature::Custom(set_operand),
        ignores_duplicates: true,
        accumulator: |types| {
            let converter = RowConverter::new(vec![SortField::new(types[0].to_arrow())])?;
            let list = Collect { element: types[0].clone(), rows: Gathered::new(types.to_vec()) };
            Ok(Box::new(CollectSet { list, converter, known: HashSet::new(), bytes: 0 }))
        },
        doc: Doc {
            usage: "collect_set(expr) - Collects and returns a set of unique elements.",
            since: "2.0.0",
            examples: &[("SELECT collect_set(col) FROM VALUES (1), (2), (1) AS tab(col)", "[1,2]")],
        },
        ..list()
    }
}

/// Maps cannot be told apart.
fn set_operand(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let [arg] = args.as_slice() else { return Err(errors::wrong_num_args(name, "1", args.len())) };
    if has_map(arg.data_type()) {
        bail!(
            DATATYPE_MISMATCH_UNSUPPORTED_INPUT_TYPE,
            sqlExpr = errors::call_text(name, &args),
            functionName = "`collect_set`",
            dataType = "\"MAP\" or \"COLLATED STRING\""
        );
    }
    Ok(args)
}

fn has_map(data_type: &SqlType) -> bool {
    match data_type {
        SqlType::Map { .. } => true,
        SqlType::Array { element, .. } => has_map(element),
        SqlType::Struct(fields) => fields.iter().any(|field| has_map(&field.data_type)),
        _ => false,
    }
}

struct Collect {
    element: SqlType,
    rows: Gathered,
}

impl Accumulator for Collect {
    fn resize(&mut self, groups: usize) {
        self.rows.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        match args[0].is_constant_null() {
            true => Ok(()),
            false => self.rows.add(groups, &args[..1], args[0].nulls_buffer().as_ref()),
        }
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        self.rows.merge(groups, &states[0])
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.rows.state()?])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let (mut columns, offsets) = self.rows.by_group()?;
        lists(&self.element, columns.swap_remove(0), offsets)
    }

    fn memory_size(&self) -> usize {
        self.rows.memory_size()
    }
}

/// As a list, of which each value is added to its group once.
struct CollectSet {
    list: Collect,
    converter: RowConverter,
    /// The group's number, then the value's bytes.
    known: HashSet<Box<[u8]>>,
    bytes: usize,
}

impl CollectSet {
    /// Of the rows that count, those whose value is new to their group.
    fn new_rows(&mut self, groups: GroupIndices<'_>, values: &ArrayRef) -> Result<NullBuffer> {
        let keys = self.converter.convert_columns(&[normalize_floats(values)?])?;
        let group = |row: usize| match groups {
            GroupIndices::Single { .. } => 0,
            GroupIndices::Each(groups) => groups[row],
        };
        let is_new = |row: usize| {
            if values.is_null(row) {
                return false;
            }
            let key: Vec<u8> = [group(row).to_le_bytes().as_slice(), keys.row(row).as_ref()].concat();
            self.bytes += key.len() + size_of::<Box<[u8]>>();
            self.known.insert(key.into_boxed_slice())
        };
        Ok(NullBuffer::new(BooleanBuffer::collect_bool(values.len(), is_new)))
    }

    fn add(&mut self, groups: GroupIndices<'_>, values: ArrayRef) -> Result<()> {
        let new = self.new_rows(groups, &values)?;
        self.list.rows.add(groups, &[Column::Array(values)], Some(&new))
    }
}

impl Accumulator for CollectSet {
    fn resize(&mut self, groups: usize) {
        self.list.resize(groups);
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        match args[0].is_constant_null() {
            true => Ok(()),
            false => self.add(groups, canonical(&args[0], &self.list.element)?),
        }
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let mut flat = Gathered::new(vec![self.list.element.clone()]);
        flat.resize(groups.rows());
        let rows: Vec<u32> = (0..groups.rows() as u32).collect();
        flat.merge(GroupIndices::Each(&rows), &states[0])?;
        let (mut columns, offsets) = flat.by_group()?;
        let of_rows: Vec<u32> = match groups {
            GroupIndices::Single { .. } => vec![0; columns[0].len()],
            GroupIndices::Each(groups) => {
                let lengths = offsets.windows(2).map(|bounds| (bounds[1] - bounds[0]) as usize);
                groups.iter().zip(lengths).flat_map(|(group, length)| std::iter::repeat_n(*group, length)).collect()
            }
        };
        self.add(GroupIndices::Each(&of_rows), columns.swap_remove(0))
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        self.known.clear();
        self.list.state()
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        self.known.clear();
        self.list.finish()
    }

    fn memory_size(&self) -> usize {
        self.list.memory_size() + self.bytes
    }
}
