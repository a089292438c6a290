//! `histogram_numeric`: at most so many pairs of a number and a weight; the two nearest become one when there are more
//! (Ben-Haim and Tom-Tov).

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray, StructArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Fields, Float64Type};
use firesteel_common::types::StructField;
use firesteel_common::{Result, SqlType};
use firesteel_expr::aggregates::input::{Input, each_group};
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};

use super::{common, constants, lists, numbers};

pub(super) fn histogram_numeric() -> AggregateFunction {
    AggregateFunction {
        name: "histogram_numeric",
        signature: Signature::Custom(operands),
        returns: |types| Ok(SqlType::array(SqlType::Struct(fields(&types[0])), true)),
        order_dependent: true,
        // Numbers and weights in turn; the number of bins.
        state_types: |_| Ok(vec![lists::list_type(SqlType::Double), SqlType::Double]),
        accumulator: |types| Ok(Box::new(Histograms { value: types[0].clone(), bins: None, groups: Vec::new() })),
        doc: Doc {
            usage: "histogram_numeric(expr, nb) - Computes a histogram on numeric `expr` using `nb` bins: an array of (x, y) \
                    pairs of the bins' centers and heights, of which the distances are not equal.",
            since: "3.3.0",
            examples: &[(
                "SELECT histogram_numeric(col, 5) FROM VALUES (0), (1), (2), (10) AS tab(col)",
                "[{\"x\":0,\"y\":1.0},{\"x\":1,\"y\":1.0},{\"x\":2,\"y\":1.0},{\"x\":10,\"y\":1.0}]",
            )],
        },
        ..common()
    }
}

fn fields(value: &SqlType) -> Arc<[StructField]> {
    let field = |name: &str, data_type| StructField { name: Arc::from(name), data_type, nullable: true };
    Arc::from([field("x", value.clone()), field("y", SqlType::Double)])
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() != 2 {
        return Err(errors::wrong_num_args(name, "2", args.len()));
    }
    args[0] = numbers::operand(name, &args)?;
    let bins = constants::folded(name, &args, 1, "nb", &SqlType::Int)?;
    let count = bins.as_integer().unwrap_or_default();
    if count < 2 {
        return Err(constants::out_of_range(name, &args, "nb", "[2, 2147483647]", count.to_string()));
    }
    args[1] = Expr::literal(bins);
    Ok(args)
}

/// Bins in the order of their centers, and the numbers by which the nearest are chosen when several are equally near.
#[derive(Debug, Clone)]
struct Histogram {
    bins: Vec<(f64, f64)>,
    random: JavaRandom,
}

impl Histogram {
    fn new() -> Self {
        Self { bins: Vec::new(), random: JavaRandom::new(31183) }
    }

    fn add(&mut self, value: f64, weight: f64, bins: usize) {
        let at = self.bins.partition_point(|(center, _)| *center < value);
        match self.bins.get_mut(at) {
            Some((center, height)) if *center == value => *height += weight,
            _ => {
                self.bins.insert(at, (value, weight));
                self.trim(bins);
            }
        }
    }

    fn trim(&mut self, bins: usize) {
        while self.bins.len() > bins {
            let nearest = self.nearest();
            let ((left, l), (right, r)) = (self.bins[nearest], self.bins.remove(nearest + 1));
            self.bins[nearest] = ((left * l + right * r) / (l + r), l + r);
        }
    }

    /// The first of the two bins that are nearest to each other.
    fn nearest(&mut self) -> usize {
        let (mut least, mut nearest, mut ties) = (f64::INFINITY, 0, 0.0);
        for (at, pair) in self.bins.windows(2).enumerate() {
            let gap = pair[1].0 - pair[0].0;
            if at == 0 || gap < least {
                (least, nearest, ties) = (gap, at, 1.0);
            } else if gap == least {
                ties += 1.0;
                if self.random.double() <= 1.0 / ties {
                    nearest = at;
                }
            }
        }
        nearest
    }
}

/// The generator of `java.util.Random`.
#[derive(Debug, Clone)]
struct JavaRandom(u64);

impl JavaRandom {
    const MULTIPLIER: u64 = 0x5_deec_e66d;
    const MASK: u64 = (1 << 48) - 1;

    fn new(seed: u64) -> Self {
        JavaRandom((seed ^ Self::MULTIPLIER) & Self::MASK)
    }

    fn bits(&mut self, bits: u32) -> u64 {
        self.0 = self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xb) & Self::MASK;
        self.0 >> (48 - bits)
    }

    fn double(&mut self) -> f64 {
        ((self.bits(26) << 27) + self.bits(27)) as f64 / (1u64 << 53) as f64
    }
}

struct Histograms {
    value: SqlType,
    bins: Option<usize>,
    groups: Vec<Histogram>,
}

impl Accumulator for Histograms {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Histogram::new());
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if let (None, Some(bins)) = (self.bins, lists::first_row(&args[1])) {
            let bins = arrow::compute::cast(&Column::Array(bins).flat()?, &DataType::Float64)?;
            self.bins = Some(bins.as_primitive::<Float64Type>().value(0) as usize);
        }
        let Some(bins) = self.bins else { return Ok(()) };
        let input = Input::new(&numbers::to_doubles(&args[0], &self.value)?)?;
        input.each::<Float64Type>(groups, |group, value| self.groups[group].add(value, 1.0, bins));
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        let bins = states[1].as_primitive::<Float64Type>();
        each_group(groups, bins.nulls(), |group, row| {
            let bins = bins.value(row) as usize;
            self.bins = Some(bins);
            for pair in lists::doubles_at(&states[0], row).as_chunks::<2>().0 {
                self.groups[group].add(pair[0], pair[1], bins);
            }
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let groups = std::mem::take(&mut self.groups);
        let bins: Float64Array = groups.iter().map(|_| self.bins.map(|bins| bins as f64)).collect();
        let pairs: Vec<Vec<f64>> = groups
            .iter()
            .map(|group| group.bins.iter().flat_map(|(center, height)| [*center, *height]).collect())
            .collect();
        Ok(vec![lists::double_lists(pairs.iter().map(Vec::as_slice))?, Arc::new(bins)])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let groups = std::mem::take(&mut self.groups);
        let bins = || groups.iter().flat_map(|group| &group.bins);
        let centers = bins().map(|(center, _)| *center).collect::<Vec<_>>();
        let centers = numbers::from_doubles(centers.into(), &self.value)?;
        let heights: Float64Array = bins().map(|(_, height)| *height).collect::<Vec<_>>().into();
        let fields: Fields = fields(&self.value)
            .iter()
            .map(|field| Field::new(field.name.as_ref(), field.data_type.to_arrow(), true))
            .collect();
        let pairs = StructArray::try_new(fields, vec![centers, Arc::new(heights)], None)?;
        let field = Arc::new(Field::new("element", pairs.data_type().clone(), true));
        let nulls = NullBuffer::from_iter(groups.iter().map(|group| !group.bins.is_empty()));
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(|group| group.bins.len()));
        Ok(Arc::new(ListArray::try_new(field, offsets, Arc::new(pairs), Some(nulls))?))
    }

    fn memory_size(&self) -> usize {
        self.groups.iter().map(|group| group.bins.capacity() * size_of::<(f64, f64)>()).sum()
    }
}
