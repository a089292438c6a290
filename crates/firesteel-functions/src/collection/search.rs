//! What is in an array: `array_contains`, `array_position`, `arrays_overlap`, `array_max`, `array_min`, `array_size`.

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::{BooleanArray, Int32Array, Int64Array, UInt32Array};
use firesteel_common::{Result, SqlType};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::{Doc, Kernel, KernelArgs, Nullability, Param, ScalarFunction, Signature};
use firesteel_expr::{Column, ExprRef};
use hashbrown::HashSet;

use super::lists::{Keys, Lists};
use super::operands::{array_and_value, element_of, two_arrays};

pub(super) const ARRAY_CONTAINS: ScalarFunction = ScalarFunction {
    name: "array_contains",
    signature: Signature::Custom(array_and_value),
    returns: |_| Ok(SqlType::Boolean),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(array_contains),
    doc: Doc {
        usage: "array_contains(array, value) - Returns true if the array contains the value; NULL if it may, for a NULL in it.",
        since: "1.5.0",
        examples: &[
            ("SELECT array_contains(array(1, 2, 3), 2)", "true"),
            ("SELECT array_contains(array(1, NULL), 2)", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn array_contains(args: &KernelArgs<'_>) -> Result<Column> {
    let search = Search::of(args)?;
    let row = |row: usize| {
        let (range, wanted) = search.row(row)?;
        if range.clone().any(|at| search.elements.value(at).as_ref() == Some(&wanted)) {
            return Some(true);
        }
        (!range.into_iter().any(|at| search.elements.is_null(at))).then_some(false)
    };
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<BooleanArray>())))
}

pub(super) const ARRAY_POSITION: ScalarFunction = ScalarFunction {
    name: "array_position",
    signature: Signature::Custom(array_and_value),
    returns: |_| Ok(SqlType::BigInt),
    kernel: Kernel::Batch(|args| {
        let search = Search::of(args)?;
        let row = |row: usize| {
            let (mut range, wanted) = search.row(row)?;
            let found = range.position(|at| search.elements.value(at).as_ref() == Some(&wanted));
            Some(found.map_or(0, |at| at as i64 + 1))
        };
        Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<Int64Array>())))
    }),
    doc: Doc {
        usage: "array_position(array, element) - Returns the (1-based) index of the first matching element of the array as \
                long, or 0 if no match is found.",
        since: "2.4.0",
        examples: &[
            ("SELECT array_position(array(312, 773, 708, 708), 708)", "3"),
            ("SELECT array_position(array(312, 773, 708, 708), 414)", "0"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

/// An array and a value per row.
struct Search {
    lists: Lists,
    elements: Keys,
    values: Keys,
}

impl Search {
    fn of(args: &KernelArgs<'_>) -> Result<Search> {
        let lists = Lists::of(args, 0)?;
        let elements = Keys::of(lists.elements())?;
        Ok(Search { lists, elements, values: Keys::of(&args.columns[1].flat_as(&args.types[1])?)? })
    }

    /// The elements' places and what to look for among them; `None` if either is NULL.
    fn row(&self, row: usize) -> Option<(std::ops::Range<usize>, arrow::row::Row<'_>)> {
        let wanted = self.values.value(row)?;
        self.lists.is_valid(row).then(|| (self.lists.range(row), wanted))
    }
}

pub(super) const ARRAYS_OVERLAP: ScalarFunction = ScalarFunction {
    name: "arrays_overlap",
    signature: Signature::Custom(two_arrays),
    returns: |_| Ok(SqlType::Boolean),
    nullability: Nullability::StrictAndMore,
    kernel: Kernel::Batch(arrays_overlap),
    doc: Doc {
        usage: "arrays_overlap(a1, a2) - Returns true if a1 contains at least a non-null element present also in a2. If the \
                arrays have no common element and they are both non-empty and either of them contains a null element null \
                is returned, false otherwise.",
        since: "2.4.0",
        examples: &[
            ("SELECT arrays_overlap(array(1, 2, 3), array(3, 4, 5))", "true"),
            ("SELECT arrays_overlap(array(1, 2, NULL), array(3))", "NULL"),
        ],
    },
    ..ScalarFunction::DEFAULT
};

fn arrays_overlap(args: &KernelArgs<'_>) -> Result<Column> {
    let (left, right) = (Lists::of(args, 0)?, Lists::of(args, 1)?);
    let (left_keys, right_keys) = (Keys::of(left.elements())?, Keys::of(right.elements())?);
    let row = |row: usize| {
        if !left.is_valid(row) || !right.is_valid(row) {
            return None;
        }
        let (l, r) = (left.range(row), right.range(row));
        let known: HashSet<_> = l.clone().filter_map(|at| left_keys.value(at)).collect();
        if r.clone().filter_map(|at| right_keys.value(at)).any(|key| known.contains(&key)) {
            return Some(true);
        }
        let has_null = known.len() < l.len() && l.clone().any(|at| left_keys.is_null(at))
            || r.clone().any(|at| right_keys.is_null(at));
        if has_null && !l.is_empty() && !r.is_empty() { None } else { Some(false) }
    };
    Ok(Column::Array(Arc::new((0..args.rows).map(row).collect::<BooleanArray>())))
}

const EXTREME: ScalarFunction = ScalarFunction {
    signature: Signature::Custom(orderable_elements),
    returns: |types| Ok(element_of(&types[0])),
    nullability: Nullability::StrictAndMore,
    ..ScalarFunction::DEFAULT
};

pub(super) const ARRAY_MAX: ScalarFunction = ScalarFunction {
    name: "array_max",
    kernel: Kernel::Batch(|args| extreme(args, Ordering::Greater)),
    doc: Doc {
        usage: "array_max(array) - Returns the maximum value in the array. NaN is greater than any non-NaN elements for \
                double/float type. NULL elements are skipped.",
        since: "2.4.0",
        examples: &[("SELECT array_max(array(1, 20, null, 3))", "20")],
    },
    ..EXTREME
};

pub(super) const ARRAY_MIN: ScalarFunction = ScalarFunction {
    name: "array_min",
    kernel: Kernel::Batch(|args| extreme(args, Ordering::Less)),
    doc: Doc {
        usage: "array_min(array) - Returns the minimum value in the array. NaN is greater than any non-NaN elements for \
                double/float type. NULL elements are skipped.",
        since: "2.4.0",
        examples: &[("SELECT array_min(array(1, 20, null, 3))", "1")],
    },
    ..EXTREME
};

/// One array whose elements have an order.
pub(super) fn orderable_elements(name: &'static str, args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    let args = firesteel_expr::coerce::signature::apply(name, Signature::OneOf(&[&[Param::AnyArray]]), args)?;
    match args[0].data_type() {
        SqlType::Array { element, .. } if !element.is_orderable() => Err(errors::not_orderable(name, &args, element)),
        _ => Ok(args),
    }
}

fn extreme(args: &KernelArgs<'_>, wanted: Ordering) -> Result<Column> {
    let lists = Lists::of(args, 0)?;
    let keys = Keys::of(lists.elements())?;
    let row = |row: usize| {
        let candidates = lists.range(row).filter(|at| lists.is_valid(row) && !keys.is_null(*at));
        let better = |best: usize, at: usize| if keys.get(at).cmp(&keys.get(best)) == wanted { at } else { best };
        candidates.reduce(better).map(|at| at as u32)
    };
    let places: UInt32Array = (0..args.rows).map(row).collect();
    Ok(Column::Array(arrow::compute::take(lists.elements(), &places, None)?))
}

pub(super) const ARRAY_SIZE: ScalarFunction = ScalarFunction {
    name: "array_size",
    signature: Signature::OneOf(&[&[Param::AnyArray]]),
    returns: |_| Ok(SqlType::Int),
    kernel: Kernel::Batch(|args| {
        let lists = Lists::of(args, 0)?;
        let sizes: Vec<i32> = (0..args.rows).map(|row| lists.list().value_length(row)).collect();
        Ok(Column::Array(Arc::new(Int32Array::new(sizes.into(), lists.nulls().cloned()))))
    }),
    doc: Doc {
        usage: "array_size(expr) - Returns the size of an array. The function returns null for null input.",
        since: "3.3.0",
        examples: &[("SELECT array_size(array('b', 'd', 'c', 'a'))", "4")],
    },
    ..ScalarFunction::DEFAULT
};
