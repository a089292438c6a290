//! `percentile_approx`: a summary of Greenwald and Khanna per group, whose ranks are off by at most rows / accuracy.
//! Groups of few values are exact.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, ListArray};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{DataType, Field, Float64Type};
use firesteel_common::{Result, SqlType};
use firesteel_expr::aggregates::input::{Input, each_group};
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{Expr, ExprRef};
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices, Literal};

use super::{common, constants, lists, numbers};

const ACCURACY_DEFAULT: i64 = 10_000;

pub(super) fn percentile_approx() -> AggregateFunction {
    AggregateFunction {
        name: "percentile_approx",
        aliases: &["approx_percentile"],
        signature: Signature::Custom(operands),
        returns: |types| {
            Ok(match types[1] {
                SqlType::Array { .. } => SqlType::array(types[0].clone(), false),
                _ => types[0].clone(),
            })
        },
        // Values, how many ranks each stands for, how uncertain its rank is; parameters: accuracy, percentages.
        state_types: |_| {
            let [double, long] = [SqlType::Double, SqlType::BigInt].map(lists::list_type);
            Ok(vec![double.clone(), long.clone(), long, double])
        },
        accumulator: |types| {
            let several = matches!(types[1], SqlType::Array { .. });
            Ok(Box::new(Approximate { value: types[0].clone(), several, parameters: None, groups: Vec::new() }))
        },
        doc: Doc {
            usage: "percentile_approx(col, percentage [, accuracy]) - Returns the approximate percentile of the numeric or \
                    ansi interval column `col`: the smallest value in the ordered values such that no more than \
                    `percentage` of them is less than it or equal to it, at each percentage if there is an array of them. \
                    The relative error is 1.0/accuracy, 1/10000 by default.",
            since: "2.1.0",
            examples: &[
                (
                    "SELECT percentile_approx(col, array(0.5, 0.4, 0.1), 100) FROM VALUES (0), (1), (2), (10) AS tab(col)",
                    "[1,1,0]",
                ),
                ("SELECT percentile_approx(col, 0.5, 100) FROM VALUES (0), (6), (7), (9), (10) AS tab(col)", "7"),
            ],
        },
        ..common()
    }
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args.len() {
        2 => args.push(Expr::literal(Literal::bigint(ACCURACY_DEFAULT))),
        3 => {}
        other => return Err(errors::wrong_num_args(name, "[2, 3]", other)),
    }
    args[0] = numbers::operand(name, &args)?;
    if !(args[2].data_type().is_integral() || *args[2].data_type() == SqlType::Void) {
        return Err(errors::unexpected_input(name, &args, 2, "\"INTEGRAL\"".to_owned()));
    }
    let accuracy = constants::folded(name, &args, 2, "accuracy", &SqlType::BigInt)?;
    match accuracy.as_integer() {
        Some(1..=0x7fff_ffff) => {}
        other => {
            let shown = format!("{}L", other.unwrap_or_default());
            return Err(constants::out_of_range(name, &args, "accuracy", "(0, 2147483647]", shown));
        }
    }
    args[1] = constants::percentages(name, &args, 1)?;
    args[2] = Expr::literal(accuracy);
    Ok(args)
}

/// A value of the stream, the smallest rank it stands for counted from its predecessor, and how uncertain that is.
#[derive(Debug, Clone, Copy)]
struct Sample {
    value: f64,
    gap: i64,
    doubt: i64,
}

/// So many values are taken in before they are sorted into the samples.
const HEAD_MAX: usize = 10_000;

#[derive(Debug, Clone, Default)]
struct Summary {
    head: Vec<f64>,
    samples: Vec<Sample>,
    /// Values behind the samples.
    count: i64,
}

impl Summary {
    fn add(&mut self, value: f64, error: f64) {
        self.head.push(value);
        if self.head.len() >= HEAD_MAX {
            self.settle(error);
        }
    }

    /// Sorts the head into the samples.
    fn settle(&mut self, error: f64) {
        if self.head.is_empty() {
            return;
        }
        let mut head = std::mem::take(&mut self.head);
        head.sort_unstable_by(f64::total_cmp);
        let samples: Vec<_> = head.into_iter().map(|value| Sample { value, gap: 1, doubt: 0 }).collect();
        let count = samples.len() as i64;
        self.absorb(&samples, count);
        self.compress(error);
    }

    /// Puts in samples of other values. A sample's rank becomes as uncertain as its next neighbour among the others is.
    fn absorb(&mut self, others: &[Sample], count: i64) {
        let own = std::mem::take(&mut self.samples);
        self.count += count;
        self.samples.reserve(own.len() + others.len());
        let (mut left, mut right) = (own.as_slice(), others);
        let widened = |sample: Sample, others: &[Sample]| match others.first() {
            Some(next) => Sample { doubt: sample.doubt + next.gap + next.doubt - 1, ..sample },
            None => sample,
        };
        loop {
            let from_left = match (left.first(), right.first()) {
                (Some(l), Some(r)) => l.value.total_cmp(&r.value).is_le(),
                (Some(_), None) => true,
                (None, Some(_)) => false,
                (None, None) => return,
            };
            let (taken, rest) = if from_left { (&mut left, right) } else { (&mut right, left) };
            if let Some((sample, remaining)) = taken.split_first() {
                self.samples.push(widened(*sample, rest));
                *taken = remaining;
            }
        }
    }

    /// Neighbours become one as long as nobody's rank gets more uncertain than allowed. The least value stays.
    fn compress(&mut self, error: f64) {
        let allowed = (2.0 * error * self.count as f64).floor() as i64;
        let Some((first, rest)) = self.samples.split_first() else { return };
        let Some((last, rest)) = rest.split_last() else { return };
        let mut kept = Vec::with_capacity(self.samples.len());
        let mut head = *last;
        for sample in rest.iter().rev() {
            if sample.gap + head.gap + head.doubt < allowed {
                head.gap += sample.gap;
            } else {
                kept.push(head);
                head = *sample;
            }
        }
        kept.push(head);
        kept.push(*first);
        kept.reverse();
        self.samples = kept;
    }

    /// The value whose rank is nearest to the percentage's; there is at least one.
    fn value_at(&self, percentage: f64, error: f64) -> f64 {
        let last = self.samples.len() - 1;
        if percentage <= error {
            return self.samples[0].value;
        }
        if percentage >= 1.0 - error {
            return self.samples[last].value;
        }
        let rank = (percentage * self.count as f64).ceil();
        let tolerance = self.samples.iter().map(|sample| sample.gap + sample.doubt).max().unwrap_or(0) as f64 / 2.0;
        let mut least = 0;
        for sample in &self.samples {
            least += sample.gap;
            let greatest = (least + sample.doubt) as f64;
            if greatest - tolerance <= rank && rank <= least as f64 + tolerance {
                return sample.value;
            }
        }
        self.samples[last].value
    }

    fn memory_size(&self) -> usize {
        self.head.capacity() * size_of::<f64>() + self.samples.capacity() * size_of::<Sample>()
    }
}

#[derive(Debug, Clone)]
struct Parameters {
    accuracy: f64,
    percentages: Vec<f64>,
}

impl Parameters {
    fn error(&self) -> f64 {
        1.0 / self.accuracy
    }
}

struct Approximate {
    value: SqlType,
    several: bool,
    parameters: Option<Parameters>,
    groups: Vec<Summary>,
}

impl Approximate {
    fn read_parameters(&mut self, args: &[Column]) -> Result<()> {
        if self.parameters.is_some() {
            return Ok(());
        }
        if let (Some(percentages), Some(accuracy)) = (lists::first_row(&args[1]), lists::first_row(&args[2])) {
            let accuracy = arrow::compute::cast(&Column::Array(accuracy).flat()?, &DataType::Float64)?;
            let accuracy = accuracy.as_primitive::<Float64Type>().value(0);
            self.parameters = Some(Parameters { accuracy, percentages: lists::doubles(&percentages)? });
        }
        Ok(())
    }
}

impl Accumulator for Approximate {
    fn resize(&mut self, groups: usize) {
        self.groups.resize(groups, Summary::default());
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        self.read_parameters(args)?;
        let Some(error) = self.parameters.as_ref().map(Parameters::error) else { return Ok(()) };
        let input = Input::new(&numbers::to_doubles(&args[0], &self.value)?)?;
        input.each::<Float64Type>(groups, |group, value| self.groups[group].add(value, error));
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        each_group(groups, None, |group, row| {
            let parameters = lists::doubles_at(&states[3], row);
            let Some((accuracy, percentages)) = parameters.split_first() else { return };
            let parameters = self
                .parameters
                .get_or_insert_with(|| Parameters { accuracy: *accuracy, percentages: percentages.to_vec() });
            let (values, gaps) = (lists::doubles_at(&states[0], row), lists::longs_at(&states[1], row));
            let doubts = lists::longs_at(&states[2], row);
            let others: Vec<_> = values
                .into_iter()
                .zip(gaps.iter().zip(doubts))
                .map(|(value, (gap, doubt))| Sample { value, gap: *gap, doubt })
                .collect();
            let summary = &mut self.groups[group];
            summary.settle(parameters.error());
            summary.absorb(&others, gaps.iter().sum());
            summary.compress(parameters.error());
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let parameters = match &self.parameters {
            Some(parameters) => [&[parameters.accuracy], parameters.percentages.as_slice()].concat(),
            None => Vec::new(),
        };
        let error = self.parameters.as_ref().map_or(0.0, Parameters::error);
        self.groups.iter_mut().for_each(|group| group.settle(error));
        let groups = std::mem::take(&mut self.groups);
        let doubles: Vec<Vec<f64>> =
            groups.iter().map(|group| group.samples.iter().map(|sample| sample.value).collect()).collect();
        let longs = |field: fn(&Sample) -> i64| -> Vec<Vec<i64>> {
            groups.iter().map(|group| group.samples.iter().map(field).collect()).collect()
        };
        let (gaps, doubts) = (longs(|sample| sample.gap), longs(|sample| sample.doubt));
        Ok(vec![
            lists::double_lists(doubles.iter().map(Vec::as_slice))?,
            lists::long_lists(gaps.iter().map(Vec::as_slice))?,
            lists::long_lists(doubts.iter().map(Vec::as_slice))?,
            lists::double_lists(std::iter::repeat_n(parameters.as_slice(), groups.len()))?,
        ])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let parameters = self.parameters.clone().unwrap_or(Parameters { accuracy: 1.0, percentages: Vec::new() });
        let error = parameters.error();
        let mut groups = std::mem::take(&mut self.groups);
        groups.iter_mut().for_each(|group| group.settle(error));
        let nulls = NullBuffer::from_iter(groups.iter().map(|group| group.count > 0));
        let results = groups.iter().flat_map(|group| match (group.samples.is_empty(), self.several) {
            (true, true) => Vec::new(),
            (true, false) => vec![0.0],
            _ => parameters.percentages.iter().map(|percentage| group.value_at(*percentage, error)).collect(),
        });
        let results: Vec<f64> = results.collect();
        if !self.several {
            return numbers::from_doubles(Float64Array::new(results.into(), Some(nulls)), &self.value);
        }
        let values = numbers::from_doubles(results.into(), &self.value)?;
        let lengths = nulls.iter().map(|found| if found { parameters.percentages.len() } else { 0 });
        let field = Arc::new(Field::new("element", values.data_type().clone(), false));
        let offsets = OffsetBuffer::from_lengths(lengths);
        Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
    }

    fn memory_size(&self) -> usize {
        self.groups.iter().map(Summary::memory_size).sum::<usize>() + self.groups.capacity() * size_of::<Summary>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_stay_within_the_error() {
        let error = 0.001;
        let rows = 200_000;
        // Each value once, in an order far from sorted, over three summaries.
        let mut parts = vec![Summary::default(); 3];
        for at in 0..rows {
            parts[at % 3].add((at * 7919 % rows) as f64, error);
        }
        let mut whole = Summary::default();
        for mut part in parts {
            part.settle(error);
            whole.absorb(&part.samples, part.count);
            whole.compress(error);
        }
        assert_eq!(whole.count, rows as i64);
        assert!(whole.samples.len() < 10_000, "{}", whole.samples.len());
        for percent in 1..100 {
            let percentage = f64::from(percent) / 100.0;
            let off = (whole.value_at(percentage, error) - percentage * rows as f64).abs();
            assert!(off <= error * rows as f64 + 1.0, "{percent}: {off}");
        }
    }
}
