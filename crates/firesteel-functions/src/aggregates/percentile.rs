//! `percentile`, `median`, and what `percentile_cont` and `percentile_disc` are computed by: exact, over all values.
//!
//! Rows are kept as they come, group number beside value; groups are sorted out at the end.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DurationMicrosecondArray, Float64Array, IntervalYearMonthArray, ListArray,
};
use arrow::buffer::{NullBuffer, OffsetBuffer};
use arrow::datatypes::{
    ArrowPrimitiveType, DurationMicrosecondType, Field, Float64Type, Int64Type, IntervalYearMonthType,
};
use firesteel_common::{Result, SqlType, bail};
use firesteel_expr::aggregates::input::{Input, each_group};
use firesteel_expr::coerce::errors;
use firesteel_expr::expr::{CastMode, Expr, ExprRef};
use firesteel_expr::function::{Doc, Signature};
use firesteel_expr::{Accumulator, AggregateFunction, Column, GroupIndices};

use super::{common, constants, lists};

pub(super) fn percentile() -> AggregateFunction {
    AggregateFunction {
        name: "percentile",
        signature: Signature::Custom(operands),
        returns: |types| Ok(returns(&types[0], &types[1])),
        state_types: |_| Ok(state_types()),
        accumulator: |types| {
            let several = matches!(types[1], SqlType::Array { .. });
            Ok(Box::new(Percentiles::new(&types[0], several, Parameter::Argument, Way::default())))
        },
        doc: Doc {
            usage: "percentile(col, percentage [, frequency]) - Returns the exact percentile value of numeric or ANSI \
                    interval column `col` at the given percentage, between 0.0 and 1.0, or at each of an array of them. \
                    The value of frequency should be a positive integral.",
            since: "2.1.0",
            examples: &[
                ("SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col)", "3.0"),
                ("SELECT percentile(col, array(0.25, 0.75)) FROM VALUES (0), (10) AS tab(col)", "[2.5,7.5]"),
                (
                    "SELECT percentile(col, 0.5) FROM VALUES (INTERVAL '0' MONTH), (INTERVAL '10' MONTH) AS tab(col)",
                    "0-5",
                ),
            ],
        },
        ..common()
    }
}

pub(super) fn median() -> AggregateFunction {
    AggregateFunction {
        name: "median",
        signature: Signature::Custom(|name, mut args| match args.len() {
            1 => {
                args[0] = value_operand(name, &args)?;
                Ok(args)
            }
            other => Err(errors::wrong_num_args(name, "1", other)),
        }),
        returns: |types| Ok(returns(&types[0], &SqlType::Double)),
        accumulator: |types| Ok(Box::new(Percentiles::new(&types[0], false, Parameter::Half, Way::default()))),
        doc: Doc {
            usage: "median(col) - Returns the median of numeric or ANSI interval column `col`.",
            since: "3.4.0",
            examples: &[
                ("SELECT median(col) FROM VALUES (0), (10) AS tab(col)", "5.0"),
                ("SELECT median(col) FROM VALUES (INTERVAL '0' MONTH), (INTERVAL '10' MONTH) AS tab(col)", "0-5"),
            ],
        },
        ..percentile()
    }
}

/// What `percentile_cont(p) WITHIN GROUP (ORDER BY v)` is called with: the value, the percentage, whether descending.
pub(super) fn percentile_cont() -> AggregateFunction {
    AggregateFunction {
        name: "percentile_cont",
        signature: Signature::Custom(ordered_operands),
        accumulator: |types| Ok(ordered(types, false)),
        doc: Doc {
            usage: "percentile_cont(percentage) WITHIN GROUP (ORDER BY col) - Return a percentile value based on a \
                    continuous distribution of numeric or ANSI interval column `col` at the given `percentage` (or array \
                    of them) with value range in [0.0, 1.0].",
            since: "4.0.0",
            examples: &[
                ("SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)", "2.5"),
                (
                    "SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (INTERVAL '0' MONTH), \
                     (INTERVAL '10' MONTH) AS tab(col)",
                    "0-2",
                ),
            ],
        },
        ..percentile()
    }
}

pub(super) fn percentile_disc() -> AggregateFunction {
    AggregateFunction {
        name: "percentile_disc",
        accumulator: |types| Ok(ordered(types, true)),
        doc: Doc {
            usage: "percentile_disc(percentage) WITHIN GROUP (ORDER BY col) - Return a percentile value based on a discrete \
                    distribution of numeric or ANSI interval column `col` at the given `percentage` (or array of them) \
                    with value range in [0.0, 1.0].",
            since: "4.0.0",
            examples: &[(
                "SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (0), (10) AS tab(col)",
                "0.0",
            )],
        },
        ..percentile_cont()
    }
}

fn ordered_operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if args.len() != 3 {
        return Err(errors::wrong_num_args(name, "3", args.len()));
    }
    (args[0], args[1]) = (value_operand(name, &args)?, constants::percentages(name, &args, 1)?);
    Ok(args)
}

fn ordered(types: &[SqlType], discrete: bool) -> Box<dyn Accumulator> {
    let several = matches!(types[1], SqlType::Array { .. });
    let way = Way { discrete, descending: false };
    Box::new(Percentiles::new(&types[0], several, Parameter::Ordered, way))
}

/// The value as DOUBLE or as an interval.
fn value_operand(name: &'static str, args: &[ExprRef]) -> Result<ExprRef> {
    let value = args[0].clone();
    match value.data_type() {
        interval if interval.is_ansi_interval() => Ok(value),
        number if number.is_numeric() || number.is_string() || *number == SqlType::Void => {
            Ok(Expr::cast(value, SqlType::Double, CastMode::Ansi))
        }
        _ => {
            let required = "((\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\") or \"TIME\")";
            Err(errors::unexpected_input(name, args, 0, required.to_owned()))
        }
    }
}

fn operands(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    if !(2..=3).contains(&args.len()) {
        return Err(errors::wrong_num_args(name, "[2, 3]", args.len()));
    }
    let value = value_operand(name, &args)?;
    let percentages = constants::percentages(name, &args, 1)?;
    if let Some(frequency) = args.get(2) {
        if !(frequency.data_type().is_integral() || *frequency.data_type() == SqlType::Void) {
            return Err(errors::unexpected_input(name, &args, 2, "\"INTEGRAL\"".to_owned()));
        }
        args[2] = Expr::cast(frequency.clone(), SqlType::BigInt, CastMode::Ansi);
    }
    (args[0], args[1]) = (value, percentages);
    Ok(args)
}

fn returns(value: &SqlType, percentage: &SqlType) -> SqlType {
    let one = match value {
        SqlType::YearMonthInterval(..) => SqlType::YEAR_MONTH,
        SqlType::DayTimeInterval(..) => SqlType::DAY_TIME,
        _ => SqlType::Double,
    };
    match percentage {
        SqlType::Array { .. } => SqlType::array(one, false),
        _ => one,
    }
}

/// Values, how often each counts (nothing: once), 1 for a descending order and the percentages.
fn state_types() -> Vec<SqlType> {
    vec![lists::list_type(SqlType::Double), lists::list_type(SqlType::BigInt), lists::list_type(SqlType::Double)]
}

/// Where the percentage comes from.
#[derive(Clone, Copy, PartialEq)]
enum Parameter {
    Half,
    /// The second argument; a third says how often a row counts.
    Argument,
    /// The second argument; the third says whether the order is descending.
    Ordered,
}

/// Which values are between two others.
#[derive(Clone, Copy, Default)]
struct Way {
    /// The first value that reaches the percentage, in place of one in between.
    discrete: bool,
    descending: bool,
}

struct Percentiles {
    value: SqlType,
    several: bool,
    parameter: Parameter,
    way: Way,
    percentages: Option<Vec<f64>>,
    count: usize,
    groups: Vec<u32>,
    values: Vec<f64>,
    /// By row; empty as long as each counts once.
    weights: Vec<i64>,
}

impl Percentiles {
    fn new(value: &SqlType, several: bool, parameter: Parameter, way: Way) -> Self {
        Self {
            value: value.clone(),
            several,
            parameter,
            way,
            percentages: (parameter == Parameter::Half).then(|| vec![0.5]),
            count: 0,
            groups: Vec::new(),
            values: Vec::new(),
            weights: Vec::new(),
        }
    }

    fn add<T: ArrowPrimitiveType>(&mut self, groups: GroupIndices<'_>, input: &Input, to: impl Fn(T::Native) -> f64) {
        input.each::<T>(groups, |group, value| {
            self.groups.push(group as u32);
            self.values.push(to(value));
        });
    }

    /// Each row counts as often as the column says.
    fn add_weighted(
        &mut self,
        groups: GroupIndices<'_>,
        values: &[f64],
        nulls: Option<&NullBuffer>,
        by: &Column,
    ) -> Result<()> {
        let weights = by.flat()?;
        let weights = weights.as_primitive::<Int64Type>();
        self.weights.resize(self.values.len(), 1);
        let mut negative = None;
        each_group(groups, nulls, |group, row| {
            let weight = if weights.is_valid(row) { weights.value(row) } else { 0 };
            if weight < 0 {
                negative = Some(weight);
            }
            if weight > 0 {
                self.groups.push(group as u32);
                self.values.push(values[row]);
                self.weights.push(weight);
            }
        });
        if let Some(weight) = negative {
            bail!(
                NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION,
                frequencyExpression = "\"frequency\"",
                negativeValue = format!("{weight}L")
            );
        }
        Ok(())
    }

    /// The rows of each group, one after the other: where each begins, and values with weights.
    fn sorted_out(&self) -> (Vec<usize>, Vec<(f64, i64)>) {
        let mut starts = vec![0; self.count + 1];
        self.groups.iter().for_each(|group| starts[*group as usize + 1] += 1);
        for group in 0..self.count {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut rows = vec![(0.0, 1); self.values.len()];
        for (row, group) in self.groups.iter().enumerate() {
            let at = &mut next[*group as usize];
            rows[*at] = (self.values[row], self.weights.get(row).copied().unwrap_or(1));
            *at += 1;
        }
        (starts, rows)
    }

    fn clear(&mut self) {
        (self.count, self.groups, self.values, self.weights) = (0, Vec::new(), Vec::new(), Vec::new());
    }
}

impl Accumulator for Percentiles {
    fn resize(&mut self, groups: usize) {
        self.count = groups;
    }

    fn update(&mut self, groups: GroupIndices<'_>, args: &[Column]) -> Result<()> {
        if self.percentages.is_none()
            && let Some(one) = args.get(1).and_then(lists::first_row)
        {
            self.percentages = Some(lists::doubles(&one)?);
            if self.parameter == Parameter::Ordered {
                self.way.descending = firesteel_expr::eval::true_mask(&args[2].slice(0, 1))?.value(0);
            }
        }
        if self.parameter == Parameter::Argument
            && let Some(weights) = args.get(2)
        {
            let flat = arrow::compute::cast(&args[0].flat()?, &arrow::datatypes::DataType::Float64)?;
            let values = flat.as_primitive::<Float64Type>();
            return self.add_weighted(groups, values.values(), values.nulls(), weights);
        }
        if !self.weights.is_empty() {
            self.weights.resize(self.values.len() + groups.rows(), 1);
        }
        let input = Input::new(&args[0])?;
        match self.value {
            SqlType::YearMonthInterval(..) => self.add::<IntervalYearMonthType>(groups, &input, f64::from),
            SqlType::DayTimeInterval(..) => self.add::<DurationMicrosecondType>(groups, &input, |micros| micros as f64),
            _ => self.add::<Float64Type>(groups, &input, |value| value),
        }
        if !self.weights.is_empty() {
            self.weights.resize(self.values.len(), 1);
        }
        Ok(())
    }

    fn merge(&mut self, groups: GroupIndices<'_>, states: &[ArrayRef]) -> Result<()> {
        each_group(groups, None, |group, row| {
            let (values, weights) = (lists::doubles_at(&states[0], row), lists::longs_at(&states[1], row));
            if !weights.is_empty() {
                self.weights.resize(self.values.len(), 1);
                self.weights.extend(&weights);
            }
            self.groups.extend(std::iter::repeat_n(group as u32, values.len()));
            self.values.extend(values);
            if !self.weights.is_empty() {
                self.weights.resize(self.values.len(), 1);
            }
            if let (None, Some((descending, percentages))) =
                (&self.percentages, lists::doubles_at(&states[2], row).split_first())
            {
                self.way.descending = *descending == 1.0;
                self.percentages = Some(percentages.to_vec());
            }
        });
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ArrayRef>> {
        let (starts, rows) = self.sorted_out();
        let lengths = || starts.windows(2).map(|pair| pair[1] - pair[0]);
        let values: Vec<f64> = rows.iter().map(|(value, _)| *value).collect();
        let values = lists::list_of(Arc::new(Float64Array::from(values)), lengths(), false)?;
        let weighted = !self.weights.is_empty();
        let weights: Vec<i64> = rows.iter().filter(|_| weighted).map(|(_, weight)| *weight).collect();
        let weights: ArrayRef = Arc::new(arrow::array::Int64Array::from(weights));
        let weights = lists::list_of(weights, lengths().map(|length| if weighted { length } else { 0 }), false)?;
        let parameters = match &self.percentages {
            Some(percentages) => [&[f64::from(u8::from(self.way.descending))], percentages.as_slice()].concat(),
            None => Vec::new(),
        };
        let percentages = lists::double_lists(std::iter::repeat_n(parameters.as_slice(), self.count))?;
        self.clear();
        Ok(vec![values, weights, percentages])
    }

    fn finish(&mut self) -> Result<ArrayRef> {
        let (starts, mut rows) = self.sorted_out();
        let percentages = self.percentages.clone().unwrap_or_default();
        let mut results = Vec::with_capacity(self.count * percentages.len());
        let mut found = Vec::with_capacity(self.count);
        for group in starts.windows(2) {
            let rows = &mut rows[group[0]..group[1]];
            rows.sort_unstable_by(|a, b| order(a.0, b.0));
            if self.way.descending {
                rows.reverse();
            }
            found.push(!rows.is_empty());
            match rows.is_empty() {
                true if self.several => {}
                true => results.push(0.0),
                false => results.extend(self.way.of_sorted(rows, &percentages)),
            }
        }
        self.clear();
        let nulls = NullBuffer::from(found);
        if !self.several {
            return Ok(of_type(results, Some(nulls), &self.value));
        }
        let lengths = nulls.iter().map(|found| if found { percentages.len() } else { 0 });
        let values = of_type(results, None, &self.value);
        let field = Arc::new(Field::new("element", values.data_type().clone(), false));
        let offsets = OffsetBuffer::from_lengths(lengths);
        Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
    }

    fn memory_size(&self) -> usize {
        self.groups.capacity() * size_of::<u32>()
            + (self.values.capacity() + self.weights.capacity()) * size_of::<f64>()
    }
}

/// NaN is the greatest number.
fn order(a: f64, b: f64) -> std::cmp::Ordering {
    a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
}

/// Whole months or microseconds, cut.
fn of_type(values: Vec<f64>, nulls: Option<NullBuffer>, value: &SqlType) -> ArrayRef {
    match value {
        SqlType::YearMonthInterval(..) => {
            Arc::new(IntervalYearMonthArray::new(values.into_iter().map(|months| months as i32).collect(), nulls))
        }
        SqlType::DayTimeInterval(..) => {
            Arc::new(DurationMicrosecondArray::new(values.into_iter().map(|micros| micros as i64).collect(), nulls))
        }
        _ => Arc::new(Float64Array::new(values.into(), nulls)),
    }
}

impl Way {
    /// One result per percentage; there is at least one row.
    fn of_sorted(self, rows: &[(f64, i64)], percentages: &[f64]) -> Vec<f64> {
        let mut upto = Vec::with_capacity(rows.len());
        let mut total = 0i64;
        for (_, weight) in rows {
            total = total.saturating_add(*weight);
            upto.push(total);
        }
        // The value at a 0-based position.
        let value_at = |position: i64| rows[upto.partition_point(|upto| *upto <= position).min(rows.len() - 1)].0;
        let one = |percentage: &f64| {
            if self.discrete {
                return value_at((percentage * total as f64).ceil() as i64 - 1);
            }
            let position = percentage * (total - 1) as f64;
            let (lower, upper) = (position.floor(), position.ceil());
            let (low, high) = (value_at(lower as i64), value_at(upper as i64));
            if lower == upper || low == high {
                return low;
            }
            (upper - position) * low + (position - lower) * high
        };
        percentages.iter().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(way: Way, values: &[f64], percentage: f64) -> f64 {
        let rows: Vec<_> = values.iter().map(|value| (*value, 1)).collect();
        way.of_sorted(&rows, &[percentage])[0]
    }

    #[test]
    fn between_values_or_one_of_them() {
        let values = [0.0, 10.0, 10.0, 10.0, 20.0, 20.0, 20.0, 25.0, 30.0, 30.0, 40.0, 60.0];
        let discrete = Way { discrete: true, descending: false };
        assert_eq!(of(Way::default(), &[0.0, 10.0], 0.3), 3.0);
        assert_eq!(of(Way::default(), &values, 0.25), 10.0);
        assert_eq!(of(discrete, &values, 0.25), 10.0);
        assert_eq!(of(discrete, &values, 0.0), 0.0);
        assert_eq!(of(discrete, &values, 1.0), 60.0);
    }

    #[test]
    fn weights_repeat_values() {
        assert_eq!(Way::default().of_sorted(&[(0.0, 1), (10.0, 3)], &[0.5, 0.0]), [10.0, 0.0]);
    }
}
