use std::sync::Arc;

use arrow::array::*;
use arrow::datatypes::*;
use firesteel_common::types::DayTimeField;
use firesteel_common::{ColumnId, Error, Result, SqlType, conditions};
use proptest::prelude::*;

use crate::batch::Batch;
use crate::column::Column;
use crate::eval::{EvalContext, Evaluator, evaluate_constant};
use crate::expr::{Expr, ExprRef};
use crate::literal::Literal;
use crate::registry;

/// A call over columns: the expression, its value in canonical form.
fn call(name: &str, columns: &[(Column, SqlType)]) -> Result<(SqlType, ArrayRef)> {
    let ids: Vec<_> = (0..columns.len() as u32).map(ColumnId).collect();
    let args = ids.iter().zip(columns).map(|(id, (_, data_type))| Expr::column(*id, data_type.clone(), true)).collect();
    let expr = registry::call(name, args)?;
    let rows = columns[0].0.len();
    let batch = Batch::new(columns.iter().map(|(column, _)| column.clone()).collect(), rows);
    Ok((expr.data_type().clone(), evaluate(&expr, &ids, &batch)?))
}

fn evaluate(expr: &ExprRef, ids: &[ColumnId], batch: &Batch) -> Result<ArrayRef> {
    let context = Arc::new(EvalContext::default());
    let columns = Evaluator::new(std::slice::from_ref(expr), ids, &context)?.evaluate(batch)?;
    let array = columns[0].flat_as(expr.data_type())?;
    assert_eq!(array.data_type(), &expr.data_type().to_arrow(), "{expr}");
    Ok(array)
}

fn lit<T: Into<Value>>(value: T) -> ExprRef {
    let literal = match value.into() {
        Value::Int(value) => Literal::int(value),
        Value::Text(value) => Literal::string(value),
        Value::Bool(value) => Literal::boolean(value),
        Value::Double(value) => Literal::double(value),
        Value::Null => Literal::null(SqlType::Void),
    };
    Expr::literal(literal)
}

enum Value {
    Int(i32),
    Text(String),
    Bool(bool),
    Double(f64),
    Null,
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Value::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::Text(value.to_owned())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Double(value)
    }
}

fn null() -> ExprRef {
    lit(Value::Null)
}

fn decimal(unscaled: i128, precision: u8, scale: i8) -> ExprRef {
    Expr::literal(Literal::decimal(unscaled, precision, scale))
}

fn constant(expr: Result<ExprRef>) -> Result<String> {
    let literal = evaluate_constant(&expr?, &Arc::new(EvalContext::default()))?;
    Ok(literal.to_string())
}

fn value(name: &str, args: Vec<ExprRef>) -> String {
    constant(registry::call(name, args)).expect("a value")
}

fn failure(name: &str, args: Vec<ExprRef>) -> Error {
    constant(registry::call(name, args)).expect_err("an error")
}

// ---- Encodings ----

type Cells = Vec<Option<i64>>;

/// The same decimals in every encoding that has them.
fn encodings(cells: &Cells, precision: u8, scale: i8) -> Vec<Column> {
    let narrow = |cells: &[Option<i64>]| -> ArrayRef {
        let array = Decimal64Array::from(cells.to_vec());
        Arc::new(array.with_precision_and_scale(precision.min(18), scale).expect("digits"))
    };
    let wide: Decimal128Array = cells.iter().map(|cell| cell.map(i128::from)).collect();
    let wide = wide.with_precision_and_scale(precision, scale).expect("digits");
    let padded: Vec<_> = [Some(1), None].into_iter().chain(cells.iter().copied()).chain([Some(2)]).collect();
    let keys = Int32Array::from_iter_values(0..cells.len() as i32);
    let dictionary = DictionaryArray::<Int32Type>::new(keys, narrow(cells));
    let mut columns = vec![
        Column::Array(narrow(cells)),
        Column::Array(Arc::new(wide)),
        Column::Array(narrow(&padded).slice(2, cells.len())),
        Column::Array(Arc::new(dictionary)),
    ];
    if let Some(first) = cells.first()
        && cells.iter().all(|cell| cell == first)
    {
        columns.push(Column::constant(narrow(&cells[..1]), cells.len()));
    }
    columns
}

fn cells(precision: u32) -> impl Strategy<Value = Cells> {
    let limit = 10i64.pow(precision) - 1;
    let cell = prop_oneof![4 => (-limit..=limit).prop_map(Some), 1 => Just(None), 1 => Just(Some(0))];
    let wide = prop_oneof![3 => cell, 1 => (-99i64.min(limit)..=99.min(limit)).prop_map(Some)];
    prop_oneof![
        4 => proptest::collection::vec(wide.clone(), 0..12),
        1 => (wide, 1..5usize).prop_map(|(cell, rows)| vec![cell; rows]),
        1 => (1..5usize).prop_map(|rows| vec![None; rows]),
    ]
}

fn two_columns(p1: u32, p2: u32) -> impl Strategy<Value = (Cells, Cells)> {
    (cells(p1), cells(p2)).prop_map(|(mut left, mut right)| {
        let rows = left.len().min(right.len());
        left.truncate(rows);
        right.truncate(rows);
        (left, right)
    })
}

/// Half away from zero.
fn model_divide(numerator: i128, denominator: i128) -> i128 {
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    let away = rest.abs() * 2 >= denominator.abs();
    quotient + if away { numerator.signum() * denominator.signum() } else { 0 }
}

/// Checks an operation in all pairs of encodings against a model over unscaled values.
fn check_decimals(
    name: &str,
    (left, right): &(Cells, Cells),
    (p1, s1): (u8, i8),
    (p2, s2): (u8, i8),
    model: impl Fn(i128, i128) -> Option<i128>,
) {
    for l in encodings(left, p1, s1) {
        for r in encodings(right, p2, s2) {
            let columns = [(l.clone(), SqlType::decimal(p1, s1)), (r.clone(), SqlType::decimal(p2, s2))];
            let (_, result) = call(name, &columns).expect(name);
            let result: Vec<_> = result.as_primitive::<Decimal128Type>().iter().collect();
            let expected: Vec<_> =
                left.iter().zip(right).map(|(l, r)| l.zip(*r).and_then(|(l, r)| model(l.into(), r.into()))).collect();
            assert_eq!(result, expected, "{left:?} {name} {right:?} in {l:?} and {r:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn narrow_sums_and_products(columns in two_columns(6, 7)) {
        check_decimals("+", &columns, (6, 2), (7, 4), |l, r| Some(l * 100 + r));
        check_decimals("-", &columns, (6, 2), (7, 4), |l, r| Some(l * 100 - r));
        check_decimals("*", &columns, (6, 2), (7, 4), |l, r| Some(l * r));
    }

    /// Digits that do not prove the product narrow: values decide.
    #[test]
    fn wide_sums_and_products(columns in two_columns(15, 16)) {
        check_decimals("*", &columns, (15, 2), (16, 2), |l, r| Some(l * r));
        check_decimals("+", &columns, (15, 2), (16, 3), |l, r| Some(l * 10 + r));
        check_decimals("-", &columns, (18, 2), (18, 2), |l, r| Some(l - r));
    }

    #[test]
    fn quotients_and_remainders(columns in two_columns(9, 5)) {
        // decimal(9,2) / decimal(5,3) has scale max(6, 2 + 5 + 1) = 8.
        let scaled = 10i128.pow(8 - 2 + 3);
        check_decimals("try_divide", &columns, (9, 2), (5, 3), |l, r| (r != 0).then(|| model_divide(l * scaled, r)));
        check_decimals("try_mod", &columns, (9, 2), (5, 3), |l, r| (r != 0).then(|| (l * 10) % r));
    }

    #[test]
    fn decimal_comparisons(columns in two_columns(3, 3)) {
        for (name, holds) in COMPARISONS {
            for l in encodings(&columns.0, 9, 2) {
                for r in encodings(&columns.1, 12, 2) {
                    // Of one scale, whatever the digits: as the kernel meets them once both are cast.
                    let both = [(l.clone(), SqlType::decimal(12, 2)), (r, SqlType::decimal(12, 2))];
                    let (_, result) = call(name, &both).expect(name);
                    let result: Vec<_> = result.as_boolean().iter().collect();
                    let pairs = columns.0.iter().zip(&columns.1);
                    let expected: Vec<_> =
                        pairs.map(|(l, r)| l.zip(*r).map(|(l, r)| holds(l.cmp(&r)))).collect();
                    prop_assert_eq!(&result, &expected, "{}", name);
                }
            }
        }
    }

    #[test]
    fn float_comparisons(left in float(), right in float()) {
        // Spark's order: NaN equals itself and is the greatest, both zeros are one.
        let rank = |value: f64| (value.is_nan(), if value.is_nan() { 0.0 } else { value });
        let ordering = rank(left).partial_cmp(&rank(right)).expect("ordered");
        for (name, holds) in COMPARISONS {
            let array = |value: f64| Column::Array(Arc::new(Float64Array::from(vec![Some(value), None])));
            let constant = |value: f64| Column::constant(Arc::new(Float64Array::from(vec![value])), 2);
            for (l, r) in [(array(left), array(right)), (array(left), constant(right)), (constant(left), array(right))] {
                let (_, result) = call(name, &[(l, SqlType::Double), (r, SqlType::Double)]).expect(name);
                let result: Vec<_> = result.as_boolean().iter().collect();
                prop_assert_eq!(result, vec![Some(holds(ordering)), None]);
            }
        }
    }

    #[test]
    fn integer_arithmetic(left in any::<i32>(), right in prop_oneof![any::<i32>(), -2i32..=2]) {
        let column = |value| (Column::Array(Arc::new(Int32Array::from(vec![Some(value), None]))), SqlType::Int);
        let operands = [column(left), column(right)];
        for (name, tolerant, expected) in [
            ("+", "try_add", left.checked_add(right)),
            ("-", "try_subtract", left.checked_sub(right)),
            ("*", "try_multiply", left.checked_mul(right)),
            ("%", "try_mod", (right != 0).then(|| left.wrapping_rem(right))),
        ] {
            let (data_type, result) = call(tolerant, &operands).expect(tolerant);
            prop_assert_eq!(data_type, SqlType::Int);
            let result: Vec<_> = result.as_primitive::<Int32Type>().iter().collect();
            prop_assert_eq!(result, vec![expected, None]);
            prop_assert_eq!(call(name, &operands).is_ok(), expected.is_some());
        }
        let (_, quotient) = call("try_divide", &operands).expect("try_divide");
        let quotient: Vec<_> = quotient.as_primitive::<Float64Type>().iter().collect();
        prop_assert_eq!(quotient, vec![(right != 0).then(|| f64::from(left) / f64::from(right)), None]);
    }

    /// AND, OR, CASE and COALESCE against their definitions, with arguments that fail where they must not be looked at.
    #[test]
    fn three_valued_logic(left in truths(), right in truths()) {
        let rows = left.len().min(right.len());
        let column = |truths: &[Option<bool>]| {
            (Column::Array(Arc::new(BooleanArray::from(truths[..rows].to_vec()))), SqlType::Boolean)
        };
        let columns = [column(&left), column(&right)];
        for (name, decisive) in [("and", false), ("or", true)] {
            let (_, result) = call(name, &columns).expect(name);
            for row in 0..rows {
                let pair = [left[row], right[row]];
                let expected = match pair {
                    _ if pair.contains(&Some(decisive)) => Some(decisive),
                    _ if pair.contains(&None) => None,
                    _ => Some(!decisive),
                };
                let result = result.as_boolean();
                prop_assert_eq!(result.is_valid(row).then(|| result.value(row)), expected);
            }
        }
    }

    #[test]
    fn lists_of_literals(needles in proptest::collection::vec(proptest::option::of(-3i32..20), 0..20),
                         items in proptest::collection::vec(proptest::option::weighted(0.9, -3i32..20), 1..14)) {
        let column = Expr::column(ColumnId(0), SqlType::Int, true);
        let literal = |item: &Option<i32>| Expr::literal(item.map_or_else(|| Literal::null(SqlType::Int), Literal::int));
        let args = std::iter::once(column).chain(items.iter().map(literal)).collect();
        let expr = registry::call("in", args).expect("in");
        let array = Column::Array(Arc::new(Int32Array::from(needles.clone())));
        let result = evaluate(&expr, &[ColumnId(0)], &Batch::new(vec![array], needles.len())).expect("in");
        let result: Vec<_> = result.as_boolean().iter().collect();
        let expected: Vec<_> = needles.iter().map(|needle| match needle {
            None => None,
            needle if items.contains(needle) => Some(true),
            _ if items.contains(&None) => None,
            _ => Some(false),
        }).collect();
        prop_assert_eq!(result, expected);
    }

    #[test]
    fn extremes_skip_nulls(left in cells(4), right in cells(4)) {
        let rows = left.len().min(right.len());
        let (left, right) = (left[..rows].to_vec(), right[..rows].to_vec());
        let greatest: Vec<_> = left.iter().zip(&right).map(|(l, r)| (*l).max(*r).map(i128::from)).collect();
        for l in encodings(&left, 9, 2) {
            for r in encodings(&right, 9, 2) {
                let columns = [(l.clone(), SqlType::decimal(9, 2)), (r, SqlType::decimal(9, 2))];
                let (_, result) = call("greatest", &columns).expect("greatest");
                prop_assert_eq!(&result.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), &greatest);
                let (_, first) = call("coalesce", &columns).expect("coalesce");
                let expected: Vec<_> = left.iter().zip(&right).map(|(l, r)| (*l).or(*r).map(i128::from)).collect();
                prop_assert_eq!(&first.as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>(), &expected);
            }
        }
    }
}

type Holds = fn(std::cmp::Ordering) -> bool;

const COMPARISONS: [(&str, Holds); 6] = [
    ("=", |o| o.is_eq()),
    ("!=", |o| o.is_ne()),
    ("<", |o| o.is_lt()),
    ("<=", |o| o.is_le()),
    (">", |o| o.is_gt()),
    (">=", |o| o.is_ge()),
];

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![Just(f64::NAN), Just(-f64::NAN), Just(0.0), Just(-0.0), Just(f64::INFINITY), -2.0..2.0]
}

fn truths() -> impl Strategy<Value = Vec<Option<bool>>> {
    proptest::collection::vec(proptest::option::of(any::<bool>()), 0..40)
}

// ---- Spark's examples and rules ----

#[test]
fn documented_examples() {
    assert_eq!(value("pmod", vec![lit(-10), lit(3)]), "2");
    assert_eq!(value("%", vec![lit(2), decimal(18, 2, 1)]), "0.2");
    assert_eq!(value("/", vec![lit(3), lit(2)]), "1.5");
    assert_eq!(value("div", vec![lit(3), lit(2)]), "1");
    assert_eq!(value("try_divide", vec![lit(1), lit(0)]), "null");
    assert_eq!(value("nullif", vec![lit(2), lit(2)]), "null");
    assert_eq!(value("nvl2", vec![null(), lit(2), lit(1)]), "1");
    assert_eq!(value("<=>", vec![lit(true), null()]), "false");
    assert_eq!(value("<=>", vec![null(), null()]), "true");
    assert_eq!(value("and", vec![lit(false), null()]), "false");
    assert_eq!(value("and", vec![lit(true), null()]), "null");
    assert_eq!(value("coalesce", vec![null(), lit(1), null()]), "1");
    assert_eq!(value("in", vec![lit(1), lit(2), lit(3), lit(4)]), "false");
    assert_eq!(value("greatest", vec![lit(10), lit(9), lit(2), lit(4), lit(3)]), "10");
    assert_eq!(value("least", vec![lit(10), null(), lit(2)]), "2");
    assert_eq!(value("~", vec![lit(0)]), "-1");
    assert_eq!(value("shiftrightunsigned", vec![lit(-1), lit(28)]), "15");
    assert_eq!(value("concat", vec![lit("Spark"), lit("SQL")]), "SparkSQL");
    assert_eq!(value("nanvl", vec![lit(f64::NAN), lit(123.0)]), "123");
    assert_eq!(value("like", vec![lit("Spark"), lit("_park")]), "true");
    assert_eq!(value("ilike", vec![lit("Spark"), lit("_Park")]), "true");
    assert_eq!(value("like", vec![lit("%SystemDrive%/Users/John"), lit("/%SystemDrive/%//Users%"), lit("/")]), "true");
    assert_eq!(value("rlike", vec![lit(r"%SystemDrive%\Users\John"), lit(r"%SystemDrive%\\Users.*")]), "true");
    let case = vec![lit(false), lit(1), lit(true), decimal(20, 2, 1), decimal(12, 2, 1)];
    assert_eq!(value("when", case), "2.0");
    assert_eq!(value("when", vec![lit(false), lit(1)]), "null");
    assert_eq!(value("between", vec![lit(2), lit(1), lit(3)]), "true");
}

#[test]
fn result_types() {
    let column = |data_type| Expr::column(ColumnId(0), data_type, true);
    let of = |name: &str, args| registry::call(name, args).expect(name).data_type().clone();
    let price = || column(SqlType::decimal(15, 2));
    assert_eq!(of("-", vec![lit(1), price()]), SqlType::decimal(16, 2));
    assert_eq!(of("*", vec![price(), column(SqlType::decimal(16, 2))]), SqlType::decimal(32, 4));
    assert_eq!(of("/", vec![price(), price()]), SqlType::decimal(33, 18));
    assert_eq!(of("+", vec![column(SqlType::TinyInt), column(SqlType::TinyInt)]), SqlType::TinyInt);
    assert_eq!(of("+", vec![lit("1"), lit(1)]), SqlType::BigInt);
    assert_eq!(of("+", vec![lit("1"), price()]), SqlType::Double);
    assert_eq!(of("/", vec![column(SqlType::Int), column(SqlType::Int)]), SqlType::Double);
    let day = SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day);
    assert_eq!(of("-", vec![column(SqlType::Date), column(SqlType::Date)]), day);
    assert_eq!(of("+", vec![column(SqlType::Date), column(SqlType::DAY_TIME)]), SqlType::Timestamp);
    assert_eq!(of("-", vec![column(SqlType::Date), column(SqlType::YEAR_MONTH)]), SqlType::Date);
    assert_eq!(of("+", vec![lit(1), column(SqlType::Date)]), SqlType::Date);
    assert_eq!(of("*", vec![lit(2), column(SqlType::YEAR_MONTH)]), SqlType::YEAR_MONTH);
}

/// Where a type proves that nothing can go wrong, evaluation may be moved freely.
#[test]
fn who_can_fail() {
    let column = |data_type| Expr::column(ColumnId(0), data_type, true);
    let fails = |name: &str, args| registry::call(name, args).expect(name).can_fail();
    let price = || column(SqlType::decimal(15, 2));
    assert!(!fails("*", vec![price(), price()]));
    assert!(fails("*", vec![column(SqlType::decimal(38, 2)), price()]));
    assert!(fails("+", vec![column(SqlType::Int), lit(1)]));
    assert!(!fails("+", vec![column(SqlType::Double), lit(1.0)]));
    assert!(!fails("/", vec![column(SqlType::Double), lit(2.0)]));
    assert!(fails("/", vec![column(SqlType::Double), lit(0.0)]));
    assert!(!fails("=", vec![price(), price()]));
    assert!(!fails("like", vec![column(SqlType::STRING), lit("a%")]));
    assert!(fails("like", vec![column(SqlType::STRING), lit(r"a\")]));
}

#[test]
fn errors_have_sparks_conditions() {
    let overflow = failure("+", vec![lit(i32::MAX), lit(1)]);
    assert!(overflow.is(&conditions::ARITHMETIC_OVERFLOW));
    let alternative = " Use 'try_add' to tolerate overflow and return NULL instead.".to_owned();
    assert!(overflow.parameters().contains(&("alternative", alternative)));
    assert!(failure("/", vec![lit(1), lit(0)]).is(&conditions::DIVIDE_BY_ZERO));
    assert!(failure("%", vec![lit(7), lit(0)]).is(&conditions::REMAINDER_BY_ZERO));
    let large = || decimal(10i128.pow(38) - 1, 38, 0);
    assert!(failure("+", vec![large(), large()]).is(&conditions::NUMERIC_VALUE_OUT_OF_RANGE));
    assert_eq!(value("try_add", vec![large(), large()]), "null");
    assert!(failure("+", vec![lit("1"), lit("1")]).is(&conditions::DATATYPE_MISMATCH_BINARY_OP_WRONG_TYPE));
    assert!(failure("+", vec![lit(1), lit(true)]).is(&conditions::DATATYPE_MISMATCH_BINARY_OP_DIFF_TYPES));
    assert!(failure("in", vec![lit(1), lit(true)]).is(&conditions::DATATYPE_MISMATCH_DATA_DIFF_TYPES));
    assert!(failure("like", vec![lit("a"), lit(r"a\")]).is(&conditions::INVALID_LIKE_PATTERN_ESC_AT_THE_END));
    assert!(failure("=", vec![lit(1)]).is(&conditions::WRONG_NUM_ARGS));
}

/// Decimals of 38 digits, where the fraction is cut and rounded half up.
#[test]
fn cut_decimals_round_half_up() {
    let d = |unscaled: i128| decimal(unscaled, 38, 18);
    // 1.000000000000000005 * 1.1 = 1.1000000000000000055; decimal(38,18) * decimal(2,1) keeps scale 16.
    let product = registry::call("*", vec![d(1_000_000_000_000_000_005), decimal(11, 2, 1)]).expect("*");
    assert_eq!(product.data_type(), &SqlType::decimal(38, 16));
    assert_eq!(constant(Ok(product)).expect("product"), "1.1000000000000000");
    let rounded = registry::call("*", vec![d(1_000_000_000_000_000_050), decimal(10, 2, 1)]).expect("*");
    assert_eq!(constant(Ok(rounded)).expect("product"), "1.0000000000000001");
    assert_eq!(value("/", vec![decimal(1, 1, 0), decimal(3, 1, 0)]), "0.333333");
    assert_eq!(value("/", vec![decimal(-2, 1, 0), decimal(3, 1, 0)]), "-0.666667");
}

/// Errors hide behind what guards them.
#[test]
fn guarded_errors_do_not_arise() {
    let ids = [ColumnId(0)];
    let column = || Expr::column(ids[0], SqlType::Int, true);
    let batch = Batch::new(vec![Column::Array(Arc::new(Int32Array::from(vec![Some(0), Some(2), None])))], 3);
    let quotient = registry::call("div", vec![lit(10), column()]).expect("div");
    let not_zero = registry::call("!=", vec![column(), lit(0)]).expect("!=");
    let zero = registry::call("=", vec![column(), lit(0)]).expect("=");
    let positive = registry::call(">", vec![quotient.clone(), lit(1)]).expect(">");
    let run = |expr: Result<ExprRef>| evaluate(&expr.expect("expression"), &ids, &batch).expect("guarded");

    let both = run(registry::call("and", vec![not_zero.clone(), positive.clone()]));
    assert_eq!(both.as_boolean().iter().collect::<Vec<_>>(), [Some(false), Some(true), None]);
    let either = run(registry::call("or", vec![zero, positive]));
    assert_eq!(either.as_boolean().iter().collect::<Vec<_>>(), [Some(true), Some(true), None]);
    let case = run(registry::call("when", vec![not_zero.clone(), quotient.clone(), lit(-1)]));
    assert_eq!(case.as_primitive::<Int64Type>().values().as_ref(), &[-1, 5, -1]);
    let choice = run(registry::call("if", vec![not_zero, quotient.clone(), lit(-1)]));
    assert_eq!(choice.as_primitive::<Int64Type>().values().as_ref(), &[-1, 5, -1]);
    let first = run(registry::call("coalesce", vec![column(), quotient]));
    assert_eq!(first.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(0), Some(2), None]);
}

#[test]
fn dates_and_intervals() {
    let date = |days| Expr::literal(Literal::date(days));
    let months = |months| {
        Expr::literal(
            Literal::new(datafusion_common::ScalarValue::IntervalYearMonth(Some(months)), SqlType::YEAR_MONTH)
                .expect("months"),
        )
    };
    let micros = |micros, data_type| {
        Expr::literal(
            Literal::new(datafusion_common::ScalarValue::DurationMicrosecond(Some(micros)), data_type).expect("micros"),
        )
    };
    let days =
        |days: i64| micros(days * 86_400_000_000, SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day));
    // 1998-12-01 - INTERVAL 90 DAYS = 1998-09-02.
    assert_eq!(value("-", vec![date(10561), days(90)]), "1998-09-02");
    // 2016-08-31 + INTERVAL 1 MONTH = 2016-09-30.
    assert_eq!(value("+", vec![date(17044), months(1)]), "2016-09-30");
    assert_eq!(value("-", vec![date(17044), months(6)]), "2016-02-29");
    assert_eq!(value("+", vec![lit(1), date(0)]), "1970-01-02");
    let span = registry::call("-", vec![date(3), date(1)]).expect("-");
    assert_eq!(evaluate_constant(&span, &Arc::default()).expect("days").value().to_string(), "172800000000");
    let half = registry::call("/", vec![months(3), lit(2)]).expect("/");
    assert_eq!(
        evaluate_constant(&half, &Arc::default()).expect("months").value(),
        &datafusion_common::ScalarValue::IntervalYearMonth(Some(2))
    );
    assert!(failure("/", vec![months(2), lit(0)]).is(&conditions::INTERVAL_DIVIDED_BY_ZERO));
    assert_eq!(value("try_divide", vec![months(2), lit(0)]), "null");
}

#[test]
fn dictionaries_are_computed_by_entry() {
    let dictionary: DictionaryArray<Int32Type> = DictionaryArray::new(
        Int32Array::from(vec![Some(0), Some(1), None, Some(0)]),
        Arc::new(StringViewArray::from(vec!["PROMO TIN", "ECONOMY"])),
    );
    let column = Column::Array(Arc::new(dictionary));
    let input = Expr::column(ColumnId(0), SqlType::STRING, true);
    let batch = Batch::new(vec![column], 4);
    for (name, args) in [
        ("like", vec![input.clone(), lit("PROMO%")]),
        ("=", vec![input.clone(), lit("PROMO TIN")]),
        ("in", vec![input.clone(), lit("PROMO TIN"), lit("STANDARD")]),
    ] {
        let expr = registry::call(name, args).expect(name);
        let result = evaluate(&expr, &[ColumnId(0)], &batch).expect(name);
        assert_eq!(result.as_boolean().iter().collect::<Vec<_>>(), [Some(true), Some(false), None, Some(true)]);
    }
}

/// TPC-H's charge: price * (1 - discount) * (1 + tax) travels in 64 bits although its type has 38 digits or more.
#[test]
fn products_of_prices_stay_narrow() {
    let ids = [ColumnId(0), ColumnId(1)];
    let [price, discount] = ids.map(|id| Expr::column(id, SqlType::decimal(15, 2), false));
    let net = registry::call("*", vec![price, registry::call("-", vec![lit(1), discount]).expect("-")]).expect("*");
    assert_eq!(net.data_type(), &SqlType::decimal(32, 4));
    let column = |values: Vec<i64>| {
        let array = Decimal64Array::from(values).with_precision_and_scale(15, 2).expect("digits");
        Column::Array(Arc::new(array) as ArrayRef)
    };
    let batch = Batch::new(vec![column(vec![10_494_950, 100]), column(vec![5, 10])], 2);
    let context = Arc::new(EvalContext::default());
    let result = Evaluator::new(&[net], &ids, &context).expect("bound").evaluate(&batch).expect("net");
    assert!(matches!(result[0].arrow_type(), DataType::Decimal64(_, 4)), "{:?}", result[0].arrow_type());
    let flat = result[0].flat_as(&SqlType::decimal(32, 4)).expect("flat");
    assert_eq!(flat.as_primitive::<Decimal128Type>().values().as_ref(), &[10_494_950 * 95, 100 * 90]);
}
