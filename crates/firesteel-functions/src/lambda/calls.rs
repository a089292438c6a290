//! Which calls of a lambda there are to make: for each its row and the place of its element.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int32Array, UInt32Array};
use arrow::buffer::OffsetBuffer;
use firesteel_common::{Result, SqlType};
use firesteel_expr::coerce::errors;
use firesteel_expr::function::Arity;
use firesteel_expr::{CastMode, Column, Expr, ExprKind, ExprRef};

use crate::collection::lists::Lists;

pub(super) struct Calls {
    pub(super) of_rows: UInt32Array,
    places: UInt32Array,
    /// By row.
    lengths: Vec<usize>,
}

impl Calls {
    /// A call for each place of each row.
    pub(super) fn new(rows: usize, places_of: impl Fn(usize) -> Range<usize>) -> Calls {
        let (mut of_rows, mut places, mut lengths) = (Vec::new(), Vec::new(), Vec::with_capacity(rows));
        for row in 0..rows {
            let range = places_of(row);
            lengths.push(range.len());
            of_rows.extend(std::iter::repeat_n(row as u32, range.len()));
            places.extend(range.map(|at| at as u32));
        }
        Calls { of_rows: UInt32Array::from(of_rows), places: UInt32Array::from(places), lengths }
    }

    /// A call for each element of each row that is not NULL.
    pub(super) fn of_elements(lists: &Lists, rows: usize) -> Calls {
        Calls::new(rows, |row| if lists.is_valid(row) { lists.range(row) } else { 0..0 })
    }

    pub(super) fn len(&self) -> usize {
        self.of_rows.len()
    }

    /// The values at the places.
    pub(super) fn take(&self, values: &ArrayRef) -> Result<ArrayRef> {
        Ok(arrow::compute::take(values, &self.places, None)?)
    }

    /// How many calls of the row were before.
    pub(super) fn positions(&self) -> Column {
        let positions: Int32Array = self.lengths.iter().flat_map(|length| 0..*length as i32).collect();
        Column::Array(Arc::new(positions))
    }

    /// As many results per row as there were calls.
    pub(super) fn offsets(&self) -> OffsetBuffer<i32> {
        OffsetBuffer::from_lengths(self.lengths.iter().copied())
    }

    /// The places of the calls that `keeps` (by call) keeps, and how many there are in each row.
    pub(super) fn kept(&self, keeps: impl Fn(usize) -> bool) -> (UInt32Array, OffsetBuffer<i32>) {
        let (mut places, mut lengths, mut call) = (Vec::new(), Vec::with_capacity(self.lengths.len()), 0);
        for length in &self.lengths {
            let before = places.len();
            places.extend((call..call + length).filter(|at| keeps(*at)).map(|at| self.places.value(at)));
            lengths.push(places.len() - before);
            call += length;
        }
        (UInt32Array::from(places), OffsetBuffer::from_lengths(lengths))
    }
}

/// A lambda that takes so many parameters and must be there.
pub(super) const fn takes(usual: usize) -> Arity {
    Arity { usual, or: None, optional: false }
}

/// The lambda `args[at]`, returning `to`, which its body can be cast to.
pub(super) fn returning(lambda: &ExprRef, to: SqlType) -> ExprRef {
    match &lambda.kind {
        ExprKind::Lambda(parameters, body) => {
            Expr::lambda(Arc::clone(parameters), Expr::cast(Arc::clone(body), to, CastMode::Ansi))
        }
        _ => Arc::clone(lambda),
    }
}

/// For functions whose lambda `args[1]` says yes or no.
pub(super) fn check_predicate(name: &'static str, mut args: Vec<ExprRef>) -> Result<Vec<ExprRef>> {
    match args[1].data_type() {
        SqlType::Boolean => Ok(args),
        SqlType::Void => {
            args[1] = returning(&args[1], SqlType::Boolean);
            Ok(args)
        }
        _ => Err(errors::unexpected_input(name, &args, 1, SqlType::Boolean.quoted_sql())),
    }
}

/// The element type of an array argument and whether there may be NULLs.
pub(super) fn element(array: &ExprRef) -> (SqlType, bool) {
    match array.data_type() {
        SqlType::Array { element, contains_null } => (element.as_ref().clone(), *contains_null),
        _ => (SqlType::Void, true),
    }
}

/// Key and value of a map argument.
pub(super) fn entry(map: &ExprRef) -> [(SqlType, bool); 2] {
    match map.data_type() {
        SqlType::Map { key, value, value_contains_null } => {
            [(key.as_ref().clone(), false), (value.as_ref().clone(), *value_contains_null)]
        }
        _ => [(SqlType::Void, false), (SqlType::Void, true)],
    }
}
