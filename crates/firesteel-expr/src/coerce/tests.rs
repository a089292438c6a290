use std::sync::Arc;

use firesteel_common::types::{DayTimeField, YearMonthField};
use firesteel_common::{ColumnId, SqlType, conditions};
use proptest::prelude::*;

use super::decimal::{self, Digits};
use super::signature::apply;
use super::*;
use crate::expr::{Expr, ExprRef};
use crate::function::{Param, Signature};
use crate::literal::Literal;

fn decimal_type(precision: u8, scale: i8) -> SqlType {
    SqlType::decimal(precision, scale)
}

fn column(data_type: SqlType) -> ExprRef {
    Expr::column(ColumnId(1), data_type, true)
}

#[test]
fn numbers_follow_the_precedence_list_and_skip_float() {
    let common = |l, r| common_type(&l, &r);
    assert_eq!(common(SqlType::TinyInt, SqlType::BigInt), Some(SqlType::BigInt));
    assert_eq!(common(SqlType::BigInt, SqlType::Float), Some(SqlType::Double));
    assert_eq!(common(decimal_type(10, 2), SqlType::Float), Some(SqlType::Double));
    assert_eq!(common(SqlType::Float, SqlType::Float), Some(SqlType::Float));
    assert_eq!(common(SqlType::Int, decimal_type(12, 2)), Some(decimal_type(12, 2)));
    assert_eq!(common(SqlType::Int, decimal_type(11, 2)), Some(decimal_type(12, 2)));
    assert_eq!(common(SqlType::Int, SqlType::Boolean), None);
}

#[test]
fn strings_give_way() {
    let with = |other: SqlType| common_type(&SqlType::STRING, &other);
    assert_eq!(with(SqlType::Int), Some(SqlType::BigInt));
    assert_eq!(with(decimal_type(10, 2)), Some(SqlType::Double));
    assert_eq!(with(SqlType::Date), Some(SqlType::Date));
    assert_eq!(with(SqlType::Timestamp), Some(SqlType::Timestamp));
    assert_eq!(with(SqlType::Boolean), Some(SqlType::Boolean));
    assert_eq!(with(SqlType::DAY_TIME), None);
    assert_eq!(with(SqlType::array(SqlType::Int, true)), None);
    assert_eq!(with(SqlType::Void), Some(SqlType::STRING));
}

#[test]
fn datetimes_intervals_and_nested_types() {
    assert_eq!(common_type(&SqlType::Date, &SqlType::TimestampNtz), Some(SqlType::TimestampNtz));
    assert_eq!(common_type(&SqlType::TimestampNtz, &SqlType::Timestamp), Some(SqlType::Timestamp));
    assert_eq!(
        common_type(
            &SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Day),
            &SqlType::DayTimeInterval(DayTimeField::Hour, DayTimeField::Minute)
        ),
        Some(SqlType::DayTimeInterval(DayTimeField::Day, DayTimeField::Minute))
    );
    let year = SqlType::YearMonthInterval(YearMonthField::Year, YearMonthField::Year);
    assert_eq!(common_type(&year, &SqlType::YEAR_MONTH), Some(SqlType::YEAR_MONTH));
    assert_eq!(common_type(&year, &SqlType::DAY_TIME), None);
    assert_eq!(
        common_type(&SqlType::array(SqlType::Int, false), &SqlType::array(SqlType::BigInt, false)),
        Some(SqlType::array(SqlType::BigInt, false))
    );
    assert_eq!(
        common_type(&SqlType::array(SqlType::Void, true), &SqlType::array(SqlType::Int, false)),
        Some(SqlType::array(SqlType::Int, true))
    );
}

#[test]
fn decimal_digits_are_those_of_the_documentation() {
    let d = |precision, scale| Digits { precision, scale };
    assert_eq!(decimal::add(d(15, 2), d(15, 2)).adjusted(), decimal_type(16, 2));
    assert_eq!(decimal::multiply(d(15, 2), d(16, 2)).adjusted(), decimal_type(32, 4));
    assert_eq!(decimal::multiply(d(38, 18), d(1, 0)).adjusted(), decimal_type(38, 16));
    assert_eq!(decimal::multiply(d(38, 18), d(10, 0)).adjusted(), decimal_type(38, 7));
    assert_eq!(decimal::divide(d(15, 2), d(15, 2)).adjusted(), decimal_type(33, 18));
    assert_eq!(decimal::remainder(d(10, 2), d(5, 3)).adjusted(), decimal_type(5, 3));
    // The documentation's example of a set operation past 38 digits: decimal(48,20) becomes decimal(38,10).
    assert_eq!(decimal::widen(d(36, 8), d(32, 20)), decimal_type(38, 10));
    assert_eq!(decimal_of_integral(&SqlType::BigInt), Some(decimal_type(20, 0)));
}

#[test]
fn integer_literals_beside_decimals_take_their_own_digits() {
    let one = Expr::literal(Literal::int(1));
    let (left, right) = arithmetic_operands(&one, &column(decimal_type(15, 2))).expect("operands");
    assert_eq!((left.data_type(), right.data_type()), (&decimal_type(1, 0), &decimal_type(15, 2)));
    let (left, _) = arithmetic_operands(&column(SqlType::Int), &column(decimal_type(15, 2))).expect("operands");
    assert_eq!(left.data_type(), &decimal_type(10, 0));
    let (left, right) = comparison_operands(&column(decimal_type(15, 2)), &column(decimal_type(4, 3))).expect("same");
    assert_eq!((left.data_type(), right.data_type()), (&decimal_type(16, 3), &decimal_type(16, 3)));
}

#[test]
fn arguments_are_cast_by_store_assignment() {
    let as_param = |given, param| implicit_type(&given, param);
    assert_eq!(as_param(SqlType::BigInt, Param::Int), Some(SqlType::Int));
    assert_eq!(as_param(SqlType::STRING, Param::Numeric), Some(SqlType::Double));
    assert_eq!(as_param(SqlType::Int, Param::String), Some(SqlType::STRING));
    assert_eq!(as_param(SqlType::Int, Param::Decimal), Some(decimal_type(10, 0)));
    assert_eq!(as_param(SqlType::Double, Param::Integral), None);
    assert_eq!(as_param(SqlType::Boolean, Param::Int), None);
    assert_eq!(as_param(SqlType::Int, Param::Date), None);
    assert_eq!(as_param(SqlType::STRING, Param::Date), Some(SqlType::Date));
    assert_eq!(as_param(SqlType::array(SqlType::Int, true), Param::String), None);
    assert_eq!(as_param(SqlType::Void, Param::Boolean), Some(SqlType::Boolean));
}

#[test]
fn a_signature_prefers_the_fewest_casts_and_reports_the_furthest_misfit() {
    let lists: &'static [&'static [Param]] = &[&[Param::String, Param::Int], &[Param::Binary, Param::Int]];
    let signature = Signature::OneOf(lists);
    let args = apply("left", signature, vec![column(SqlType::Binary), column(SqlType::BigInt)]).expect("fits");
    assert_eq!((args[0].data_type(), args[1].data_type()), (&SqlType::Binary, &SqlType::Int));

    let error = apply("left", signature, vec![column(SqlType::STRING), column(SqlType::Boolean)]).expect_err("boolean");
    assert!(error.is(&conditions::DATATYPE_MISMATCH_UNEXPECTED_INPUT_TYPE));
    let expected = [
        ("sqlExpr", "\"left(#1, #1)\""),
        ("paramIndex", "second"),
        ("requiredType", "\"INT\""),
        ("inputSql", "\"#1\""),
        ("inputType", "\"BOOLEAN\""),
    ];
    let actual: Vec<_> = error.parameters().iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(actual, expected);

    let error = apply("left", signature, vec![column(SqlType::STRING)]).expect_err("one argument");
    assert!(error.is(&conditions::WRONG_NUM_ARGS));
    assert!(error.parameters().contains(&("expectedNum", "2".to_owned())));
}

#[test]
fn common_parameters_meet_in_one_type() {
    let signature = Signature::Variadic { fixed: &[], rest: Param::CommonOrderable, min: 2 };
    let args = apply("greatest", signature, vec![column(SqlType::Int), column(SqlType::Double)]).expect("numbers");
    assert!(args.iter().all(|arg| arg.data_type() == &SqlType::Double));
    let error = apply("greatest", signature, vec![column(SqlType::Int)]).expect_err("one argument");
    assert!(error.parameters().contains(&("expectedNum", "> 1".to_owned())));
    let error = apply("greatest", signature, vec![column(SqlType::Int), column(SqlType::Date)]).expect_err("mixed");
    assert!(error.parameters().contains(&("dataType", "(\"INT\" or \"DATE\")".to_owned())));
}

fn any_type() -> impl Strategy<Value = SqlType> {
    let simple = prop_oneof![
        Just(SqlType::Void),
        Just(SqlType::Boolean),
        Just(SqlType::TinyInt),
        Just(SqlType::SmallInt),
        Just(SqlType::Int),
        Just(SqlType::BigInt),
        Just(SqlType::Float),
        Just(SqlType::Double),
        (1u8..=38).prop_flat_map(|p| (Just(p), 0..=p as i8)).prop_map(|(p, s)| SqlType::decimal(p, s)),
        Just(SqlType::STRING),
        Just(SqlType::Binary),
        Just(SqlType::Date),
        Just(SqlType::Timestamp),
        Just(SqlType::TimestampNtz),
        Just(SqlType::YEAR_MONTH),
        Just(SqlType::DAY_TIME),
        Just(SqlType::CalendarInterval),
    ];
    simple.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), any::<bool>()).prop_map(|(element, null)| SqlType::array(element, null)),
            (inner.clone(), inner, any::<bool>()).prop_map(|(key, value, null)| SqlType::Map {
                key: Arc::new(key),
                value: Arc::new(value),
                value_contains_null: null
            }),
        ]
    })
}

proptest! {
    #[test]
    fn common_types_are_symmetric_and_stable(left in any_type(), right in any_type()) {
        let common = common_type(&left, &right);
        prop_assert_eq!(&common, &common_type(&right, &left));
        prop_assert_eq!(common_type(&left, &left), Some(left.clone()));
        if let Some(common) = common {
            prop_assert_eq!(common_type(&common, &common), Some(common.clone()));
        }
    }

    #[test]
    fn arithmetic_digits_stay_in_bounds(p1 in 1i32..=38, p2 in 1i32..=38, f1 in 0.0..=1.0, f2 in 0.0..=1.0) {
        let left = Digits { precision: p1, scale: (f64::from(p1) * f1) as i32 };
        let right = Digits { precision: p2, scale: (f64::from(p2) * f2) as i32 };
        for digits in [decimal::add(left, right), decimal::multiply(left, right), decimal::divide(left, right)] {
            let SqlType::Decimal { precision, scale } = digits.adjusted() else { panic!("a decimal") };
            prop_assert!(precision <= 38 && scale >= 0 && scale as u8 <= precision);
            // Cutting takes from the fraction only, and not below six digits.
            prop_assert!(digits.fits() || i32::from(scale) >= digits.scale.min(6));
        }
    }
}
