//! Which row groups a filter cannot match, by their smallest and largest values.
//!
//! ```text
//! conjunct (column op literal, IN, IS NULL, AND and OR of these) ──▶ Test ──bounds of a group──▶ may some row pass?
//! ```
//! Anything not understood may match. Answers lean on comparison of values of one type: bounds and literals are both in
//! the type's canonical form.

use std::cmp::Ordering;

use arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion_common::ScalarValue;
use firesteel_common::types::Collation;
use firesteel_common::{ColumnId, SqlType};
use firesteel_expr::{Expr, ExprKind, ExprRef};

/// What is known of a column's values, one entry per row group.
#[derive(Debug, Clone)]
pub(crate) struct Bounds {
    /// No value is smaller; NULL where nothing is known.
    pub(crate) min: ArrayRef,
    pub(crate) max: ArrayRef,
    /// How many values are NULL, where that is known.
    pub(crate) nulls: UInt64Array,
}

/// One column of one row group.
pub(crate) struct GroupBounds<'a> {
    pub(crate) bounds: &'a Bounds,
    pub(crate) group: usize,
    pub(crate) rows: u64,
}

impl GroupBounds<'_> {
    fn min(&self) -> Option<ScalarValue> {
        scalar(&self.bounds.min, self.group)
    }

    fn max(&self) -> Option<ScalarValue> {
        scalar(&self.bounds.max, self.group)
    }

    fn nulls(&self) -> Option<u64> {
        self.bounds.nulls.is_valid(self.group).then(|| self.bounds.nulls.value(self.group))
    }

    fn all_null(&self) -> bool {
        self.nulls() == Some(self.rows)
    }
}

fn scalar(values: &ArrayRef, at: usize) -> Option<ScalarValue> {
    if values.is_null(at) {
        return None;
    }
    ScalarValue::try_from_array(values, at).ok()
}

/// A filter as far as bounds can answer it.
#[derive(Debug, PartialEq)]
pub(crate) enum Test {
    /// Of the ordering of a column's value against the literal: passes if it is one of these.
    Compare {
        column: ColumnId,
        passes: Passes,
        value: ScalarValue,
    },
    IsNull(ColumnId),
    IsNotNull(ColumnId),
    /// Never TRUE.
    Never,
    All(Vec<Test>),
    Any(Vec<Test>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Passes {
    less: bool,
    equal: bool,
    greater: bool,
}

impl Passes {
    fn of(name: &str) -> Option<Passes> {
        let (less, equal, greater) = match name {
            "=" | "==" => (false, true, false),
            "<" => (true, false, false),
            "<=" => (true, true, false),
            ">" => (false, false, true),
            ">=" => (false, true, true),
            _ => return None,
        };
        Some(Passes { less, equal, greater })
    }

    fn flipped(self) -> Passes {
        Passes { less: self.greater, greater: self.less, ..self }
    }
}

impl Test {
    /// What bounds can say of a filter; `None` when nothing.
    pub(crate) fn of(expr: &Expr) -> Option<Test> {
        let ExprKind::Call(function, args) = &expr.kind else {
            return expr.as_literal().filter(|literal| literal.as_boolean() != Some(true)).map(|_| Test::Never);
        };
        match (function.name, args.as_slice()) {
            // One test that is understood is enough for AND; OR needs all.
            ("and", args) => Some(Test::All(args.iter().filter_map(|arg| Test::of(arg)).collect())),
            ("or", args) => args.iter().map(|arg| Test::of(arg)).collect::<Option<_>>().map(Test::Any),
            ("isnull", [arg]) => arg.as_column().map(Test::IsNull),
            ("isnotnull", [arg]) => arg.as_column().map(Test::IsNotNull),
            ("in", [value, choices @ ..]) => {
                let equal = Passes::of("=")?;
                choices.iter().map(|choice| compare(value, choice, equal)).collect::<Option<_>>().map(Test::Any)
            }
            (name, [left, right]) => {
                let passes = Passes::of(name)?;
                compare(left, right, passes).or_else(|| compare(right, left, passes.flipped()))
            }
            _ => None,
        }
    }

    /// Whether some row of the group may pass. `bounds` answers for the columns of which something is known.
    pub(crate) fn may_match<'a>(&self, bounds: &impl Fn(ColumnId) -> Option<GroupBounds<'a>>) -> bool {
        match self {
            Test::Never => false,
            Test::All(tests) => tests.iter().all(|test| test.may_match(bounds)),
            Test::Any(tests) => tests.iter().any(|test| test.may_match(bounds)),
            Test::IsNull(column) => bounds(*column).is_none_or(|group| group.nulls() != Some(0)),
            Test::IsNotNull(column) => bounds(*column).is_none_or(|group| !group.all_null()),
            Test::Compare { column, passes, value } => match bounds(*column) {
                Some(group) => !group.all_null() && may_compare(&group, *passes, value),
                None => true,
            },
        }
    }
}

fn compare(column: &ExprRef, literal: &ExprRef, passes: Passes) -> Option<Test> {
    let (id, literal) = (column.as_column()?, literal.as_literal()?);
    if literal.is_null() {
        return Some(Test::Never);
    }
    if matches!(column.data_type(), SqlType::String(collation) if *collation != Collation::UTF8_BINARY) {
        return None;
    }
    Some(Test::Compare { column: id, passes, value: literal.value().clone() })
}

fn may_compare(group: &GroupBounds<'_>, passes: Passes, value: &ScalarValue) -> bool {
    // NaN is larger than every number, yet writers leave it out of the bounds.
    let (value_is_nan, may_hold_nan) = match value {
        ScalarValue::Float32(Some(value)) => (value.is_nan(), true),
        ScalarValue::Float64(Some(value)) => (value.is_nan(), true),
        _ => (false, false),
    };
    if value_is_nan || (may_hold_nan && passes.greater) {
        return true;
    }
    let below = group.min().and_then(|min| ordering(&min, value)).is_none_or(|min| match min {
        Ordering::Less => true,
        Ordering::Equal => passes.equal || passes.greater,
        Ordering::Greater => passes.greater,
    });
    let above = group.max().and_then(|max| ordering(&max, value)).is_none_or(|max| match max {
        Ordering::Greater => true,
        Ordering::Equal => passes.equal || passes.less,
        Ordering::Less => passes.less,
    });
    below && above
}

/// `None` when the two are of different types.
fn ordering(bound: &ScalarValue, value: &ScalarValue) -> Option<Ordering> {
    match (bound, value) {
        // 0.0 and -0.0 are one value, which a total order would not know.
        (ScalarValue::Float32(Some(bound)), ScalarValue::Float32(Some(value))) => bound.partial_cmp(value),
        (ScalarValue::Float64(Some(bound)), ScalarValue::Float64(Some(value))) => bound.partial_cmp(value),
        _ => bound.partial_cmp(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, Int32Array};
    use std::sync::Arc;

    const COLUMN: ColumnId = ColumnId(0);

    fn test(name: &str, value: ScalarValue) -> Test {
        Test::Compare { column: COLUMN, passes: Passes::of(name).expect("an operator"), value }
    }

    fn groups_matched(test: &Test, bounds: &Bounds) -> Vec<usize> {
        let matches = |group| test.may_match(&|_| Some(GroupBounds { bounds, group, rows: 10 }));
        (0..bounds.min.len()).filter(|group| matches(*group)).collect()
    }

    #[test]
    fn comparisons_against_bounds() {
        // 1 to 5; 5 to 9; nothing known; all NULL.
        let bounds = Bounds {
            min: Arc::new(Int32Array::from(vec![Some(1), Some(5), None, None])),
            max: Arc::new(Int32Array::from(vec![Some(5), Some(9), None, None])),
            nulls: UInt64Array::from(vec![Some(0), Some(1), None, Some(10)]),
        };
        let int = |value| ScalarValue::Int32(Some(value));
        assert_eq!(groups_matched(&test("=", int(5)), &bounds), [0, 1, 2]);
        assert_eq!(groups_matched(&test("=", int(4)), &bounds), [0, 2]);
        assert_eq!(groups_matched(&test("<", int(1)), &bounds), [2]);
        assert_eq!(groups_matched(&test("<=", int(1)), &bounds), [0, 2]);
        assert_eq!(groups_matched(&test(">", int(5)), &bounds), [1, 2]);
        assert_eq!(groups_matched(&test(">=", int(5)), &bounds), [0, 1, 2]);
        assert_eq!(groups_matched(&Test::IsNull(COLUMN), &bounds), [1, 2, 3]);
        assert_eq!(groups_matched(&Test::IsNotNull(COLUMN), &bounds), [0, 1, 2]);
        assert_eq!(groups_matched(&Test::Any(vec![test("<", int(2)), test(">", int(8))]), &bounds), [0, 1, 2]);
        assert_eq!(groups_matched(&Test::All(vec![test(">", int(2)), test(">", int(8))]), &bounds), [1, 2]);
        // A literal of another type says nothing.
        assert_eq!(groups_matched(&test("=", ScalarValue::Int64(Some(4))), &bounds), [0, 1, 2]);
    }

    #[test]
    fn nan_is_larger_than_the_bounds_say() {
        let bounds = Bounds {
            min: Arc::new(Float64Array::from(vec![-0.0])),
            max: Arc::new(Float64Array::from(vec![1.0])),
            nulls: UInt64Array::from(vec![0]),
        };
        let double = |value| ScalarValue::Float64(Some(value));
        assert_eq!(groups_matched(&test(">", double(5.0)), &bounds), [0]);
        assert_eq!(groups_matched(&test("=", double(f64::NAN)), &bounds), [0]);
        assert!(groups_matched(&test("=", double(5.0)), &bounds).is_empty());
        assert!(groups_matched(&test("<", double(0.0)), &bounds).is_empty());
        assert_eq!(groups_matched(&test("<=", double(0.0)), &bounds), [0]);
    }
}
