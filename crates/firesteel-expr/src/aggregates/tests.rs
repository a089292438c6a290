//! Every aggregate against a naive model: over every encoding, and merged from two halves.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Decimal64Array, Decimal128Array, DictionaryArray, Float64Array, Int32Array, Int64Array,
    StringViewArray, UInt32Array,
};
use arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int64Type};
use datafusion_common::ScalarValue;
use firesteel_common::{SqlType, conditions};

use super::*;
use crate::aggregate::GroupIndices;
use crate::column::Column;

fn find(name: &str) -> AggregateFunction {
    all().into_iter().find(|f| f.name == name || f.aliases.contains(&name)).expect("a function")
}

/// The result by group, computed at once and by merging the states of the two halves of the rows.
fn aggregate(name: &str, types: &[SqlType], groups: &[u32], count: usize, args: &[Column]) -> ArrayRef {
    let function = find(name);
    let make = || {
        let mut accumulator = (function.accumulator)(types).expect("an accumulator");
        accumulator.resize(count);
        accumulator
    };
    let mut whole = make();
    whole.update(GroupIndices::Each(groups), args).expect("update");
    let whole = whole.finish().expect("finish");
    assert_eq!(whole.data_type(), &(function.returns)(types).expect("a type").to_arrow());

    let half = groups.len() / 2;
    let mut total = make();
    let identity: Vec<u32> = (0..count as u32).collect();
    for (from, rows) in [(0, half), (half, groups.len() - half)] {
        let mut part = make();
        let slices: Vec<_> = args.iter().map(|arg| arg.slice(from, rows)).collect();
        part.update(GroupIndices::Each(&groups[from..from + rows]), &slices).expect("update");
        let states = part.state().expect("state");
        let state_types: Vec<_> = (function.state_types)(types).expect("types").iter().map(SqlType::to_arrow).collect();
        assert_eq!(states.iter().map(|s| s.data_type().clone()).collect::<Vec<_>>(), state_types, "{name}");
        total.merge(GroupIndices::Each(&identity), &states).expect("merge");
    }
    let merged = total.finish().expect("finish");
    for at in 0..count {
        let (a, b) = (scalar(&whole, at), scalar(&merged, at));
        match (&a, &b) {
            (ScalarValue::Float64(Some(a)), ScalarValue::Float64(Some(b))) if !a.is_nan() => {
                assert!((a - b).abs() < 1e-9)
            }
            _ => assert_eq!(a, b, "{name} merged"),
        }
    }
    if count == 1 {
        let mut single = make();
        single.update(GroupIndices::Single { rows: groups.len() }, args).expect("update");
        assert_eq!(&single.finish().expect("finish"), &whole, "{name} as one group");
    }
    whole
}

fn scalar(array: &ArrayRef, at: usize) -> ScalarValue {
    ScalarValue::try_from_array(array, at).expect("a scalar")
}

fn column(array: impl arrow::array::Array + 'static) -> Column {
    Column::Array(Arc::new(array))
}

/// The same values as array, dictionary, slice of a larger array and (when they are all the same) constant.
fn encodings(array: ArrayRef) -> Vec<Column> {
    let rows = array.len();
    let keys = Int32Array::from_iter_values(0..rows as i32);
    let dictionary = DictionaryArray::new(keys, Arc::clone(&array));
    let twice = arrow::compute::concat(&[&array, &array]).expect("concat");
    vec![Column::Array(array), column(dictionary), Column::Array(twice.slice(rows, rows))]
}

#[test]
fn sums_count_and_extremes_of_integers() {
    let values = [Some(5i64), None, Some(-7), Some(100), None, Some(3)];
    let groups = [0u32, 0, 1, 0, 2, 1];
    for arg in encodings(Arc::new(Int64Array::from(values.to_vec()))) {
        let args = [arg];
        let run = |name: &str| aggregate(name, &[SqlType::BigInt], &groups, 4, &args);
        let longs = |array: ArrayRef| array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
        assert_eq!(longs(run("sum")), [Some(105), Some(-4), None, None]);
        assert_eq!(longs(run("count")), [Some(2), Some(2), Some(0), Some(0)]);
        assert_eq!(longs(run("min")), [Some(5), Some(-7), None, None]);
        assert_eq!(longs(run("max")), [Some(100), Some(3), None, None]);
        assert_eq!(longs(run("first")), [Some(5), Some(-7), None, None]);
        assert_eq!(longs(run("last")), [Some(100), Some(3), None, None]);
        let averages = run("avg");
        assert_eq!(
            averages.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
            [Some(52.5), Some(-2.0), None, None]
        );
    }
}

#[test]
fn one_group_takes_the_fast_paths() {
    let values: Vec<i64> = (0..5000).map(|i| (i * 7919 % 1000 - 500) * 1_000_000_007_000).collect();
    let expected: i64 = values.iter().sum();
    let groups = vec![0u32; values.len()];
    let sum = aggregate("sum", &[SqlType::BigInt], &groups, 1, &[column(Int64Array::from(values.clone()))]);
    assert_eq!(sum.as_primitive::<Int64Type>().value(0), expected);
    let max = aggregate("max", &[SqlType::BigInt], &groups, 1, &[column(Int64Array::from(values.clone()))]);
    assert_eq!(max.as_primitive::<Int64Type>().value(0), *values.iter().max().expect("some"));
    let doubles: Vec<f64> = values.iter().map(|v| (*v / 1_000_000_007_000) as f64).collect();
    let mut single = (find("sum").accumulator)(&[SqlType::Double]).expect("accumulator");
    single.resize(1);
    single.update(GroupIndices::Single { rows: 5000 }, &[column(Float64Array::from(doubles.clone()))]).expect("update");
    assert_eq!(single.finish().expect("sum").as_primitive::<Float64Type>().value(0), doubles.iter().sum::<f64>());
}

#[test]
fn decimals_in_either_width() {
    let unscaled = vec![Some(150), Some(25), None, Some(-100)];
    let groups = [0, 0, 0, 1];
    let logical = SqlType::decimal(32, 2);
    let narrow = Decimal64Array::from(unscaled.clone()).with_precision_and_scale(18, 2).expect("narrow");
    let wide = Decimal128Array::from(unscaled.iter().map(|v| v.map(i128::from)).collect::<Vec<_>>());
    let wide = wide.with_precision_and_scale(32, 2).expect("wide");
    for arg in [column(narrow), column(wide)] {
        let args = [arg];
        let run = |name: &str| {
            let array = aggregate(name, std::slice::from_ref(&logical), &groups, 3, &args);
            array.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>()
        };
        assert_eq!(run("sum"), [Some(175), Some(-100), None]);
        // 1.75 / 2 at scale 6.
        assert_eq!(run("avg"), [Some(875_000), Some(-1_000_000), None]);
        assert_eq!(run("min"), [Some(25), Some(-100), None]);
        assert_eq!(run("max"), [Some(150), Some(-100), None]);
    }
    let returns = |name: &str, argument: SqlType| (find(name).returns)(&[argument]).expect("a type");
    assert_eq!(returns("sum", SqlType::decimal(12, 2)), SqlType::decimal(22, 2));
    assert_eq!(returns("avg", SqlType::decimal(12, 2)), SqlType::decimal(16, 6));
    assert_eq!(returns("avg", SqlType::decimal(38, 37)), SqlType::decimal(38, 38));
}

#[test]
fn overflow_raises() {
    let sum = |argument: SqlType, array: ArrayRef| {
        let mut accumulator = (find("sum").accumulator)(&[argument]).expect("accumulator");
        accumulator.resize(1);
        accumulator.update(GroupIndices::Single { rows: array.len() }, &[Column::Array(array)])?;
        accumulator.finish()
    };
    let longs = Arc::new(Int64Array::from(vec![i64::MAX, 1]));
    assert!(sum(SqlType::BigInt, longs).expect_err("overflow").is(&conditions::ARITHMETIC_OVERFLOW));
    let fits = Arc::new(Int64Array::from(vec![i64::MAX, 1, -1]));
    assert!(sum(SqlType::BigInt, fits).is_ok());
    let nines = 10i128.pow(38) - 1;
    let decimals = Decimal128Array::from(vec![nines, 1]).with_precision_and_scale(38, 0).expect("decimal");
    assert!(
        sum(SqlType::decimal(38, 0), Arc::new(decimals)).expect_err("overflow").is(&conditions::ARITHMETIC_OVERFLOW)
    );
}

#[test]
fn constants_count_without_being_expanded() {
    let one = Column::constant(Arc::new(Int32Array::from(vec![1])), 4);
    let null = Column::nulls(&SqlType::Int, 4);
    let groups = [0, 1, 1, 1];
    let run = |name: &str, args: &[Column]| {
        let types = vec![SqlType::Int; args.len()];
        aggregate(name, &types, &groups, 2, args).as_primitive::<Int64Type>().iter().collect::<Vec<_>>()
    };
    assert_eq!(run("count", &[]), [Some(1), Some(3)]);
    assert_eq!(run("count", std::slice::from_ref(&one)), [Some(1), Some(3)]);
    assert_eq!(run("count", std::slice::from_ref(&null)), [Some(0), Some(0)]);
    assert_eq!(run("sum", std::slice::from_ref(&one)), [Some(1), Some(3)]);
    assert_eq!(run("sum", &[null]), [None, None]);
    let some = column(Int32Array::from(vec![Some(1), None, Some(2), Some(3)]));
    assert_eq!(run("count", &[one, some]), [Some(1), Some(2)]);
}

#[test]
fn nan_is_the_greatest_number() {
    let values = column(Float64Array::from(vec![f64::NAN, 1.0, f64::NAN, f64::INFINITY]));
    let groups = [0, 0, 1, 0];
    let run = |name: &str| {
        let array = aggregate(name, &[SqlType::Double], &groups, 3, std::slice::from_ref(&values));
        let doubles = array.as_primitive::<Float64Type>();
        doubles.iter().map(|value| value.map(|value| value.to_string())).collect::<Vec<_>>()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(run("min"), [some("1"), some("NaN"), None]);
    assert_eq!(run("max"), [some("NaN"), some("NaN"), None]);
}

#[test]
fn text_and_nested_extremes() {
    let texts = column(StringViewArray::from(vec![Some("b"), Some("a longer text than twelve"), None, Some("c")]));
    let groups = [0, 0, 1, 0];
    let run = |name: &str| aggregate(name, &[SqlType::STRING], &groups, 2, std::slice::from_ref(&texts));
    assert_eq!(run("min").as_string_view().iter().collect::<Vec<_>>(), [Some("a longer text than twelve"), None]);
    assert_eq!(run("max").as_string_view().iter().collect::<Vec<_>>(), [Some("c"), None]);
    let booleans = column(arrow::array::BooleanArray::from(vec![Some(true), Some(false), None, Some(true)]));
    let run = |name: &str| {
        let array = aggregate(name, &[SqlType::Boolean], &groups, 2, std::slice::from_ref(&booleans));
        array.as_boolean().iter().collect::<Vec<_>>()
    };
    assert_eq!(run("min"), [Some(false), None]);
    assert_eq!(run("bool_and"), [Some(false), None]);
    assert_eq!(run("some"), [Some(true), None]);
}

#[test]
fn first_skips_nulls_when_told() {
    let values = column(Int64Array::from(vec![None, Some(5), Some(20), None]));
    let skip = Column::constant(Arc::new(arrow::array::BooleanArray::from(vec![true])), 4);
    let types = [SqlType::BigInt, SqlType::Boolean];
    let longs = |array: ArrayRef| array.as_primitive::<Int64Type>().iter().collect::<Vec<_>>();
    assert_eq!(longs(aggregate("first", &types[..1], &[0; 4], 1, std::slice::from_ref(&values))), [None]);
    assert_eq!(longs(aggregate("first", &types, &[0; 4], 1, &[values.clone(), skip.clone()])), [Some(5)]);
    assert_eq!(longs(aggregate("last", &types, &[0; 4], 1, &[values.clone(), skip])), [Some(20)]);
    assert_eq!(longs(aggregate("last", &types[..1], &[0; 4], 1, &[values])), [None]);
    let mut first = (find("last").accumulator)(&[SqlType::BigInt]).expect("accumulator");
    first.resize(2);
    for batch in 0..100 {
        let values = column(Int64Array::from(vec![batch]));
        first.update(GroupIndices::Each(&[(batch % 2) as u32]), &[values]).expect("update");
    }
    assert_eq!(longs(first.finish().expect("finish")), [Some(98), Some(99)]);
}

#[test]
fn moments() {
    let values = column(Float64Array::from(vec![1.0, 2.0, 3.0, 8.0]));
    let run = |name: &str| {
        let array = aggregate(name, &[SqlType::Double], &[0, 0, 0, 1], 3, std::slice::from_ref(&values));
        array.as_primitive::<Float64Type>().iter().collect::<Vec<_>>()
    };
    assert_eq!(run("stddev"), [Some(1.0), None, None]);
    assert_eq!(run("variance"), [Some(1.0), None, None]);
    assert_eq!(run("stddev_pop"), [Some(0.816496580927726), Some(0.0), None]);
    assert_eq!(run("var_pop"), [Some(0.6666666666666666), Some(0.0), None]);
    let pairs = [column(Float64Array::from(vec![3.0, 3.0, 6.0])), column(Float64Array::from(vec![2.0, 3.0, 4.0]))];
    let corr = aggregate("corr", &[SqlType::Double, SqlType::Double], &[0; 3], 1, &pairs);
    assert!((corr.as_primitive::<Float64Type>().value(0) - 0.8660254037844387).abs() < 1e-12);
}

#[test]
fn taken_rows_do_not_disturb() {
    let column = Column::constant(Arc::new(Int64Array::from(vec![2])), 10);
    let taken = column.take(&UInt32Array::from(vec![1, 5])).expect("take");
    let sum = aggregate("sum", &[SqlType::BigInt], &[0, 0], 1, &[taken]);
    assert_eq!(sum.data_type(), &DataType::Int64);
    assert_eq!(sum.as_primitive::<Int64Type>().value(0), 4);
}
