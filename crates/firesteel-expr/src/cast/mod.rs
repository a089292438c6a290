//! CAST and TRY_CAST: a column of one type becomes a column of another, as Spark's ANSI mode converts it.
//!
//! - [`numeric`], [`decimal`]: numbers and booleans among each other.
//! - [`from_string`], [`to_string`]: text read and written; the number, date and interval syntaxes are functions of their own.
//! - [`datetime`], [`interval`]: calendars, zones and spans of time.
//! - [`nested`]: arrays, maps and structs, member by member.
//!
//! ANSI raises what cannot be converted, TRY gives NULL. Constants stay constants; a dictionary is converted by its
//! entries when no entry can fail.

use arrow::array::{AnyDictionaryArray, Array, ArrayRef, new_null_array};
use arrow::datatypes::DataType;
use firesteel_common::{Result, SqlType, internal};

use crate::column::{Column, small_dictionary};
use crate::eval::EvalContext;
use crate::expr::CastMode;

pub mod datetime;
pub mod decimal;
mod failure;
pub mod from_string;
pub mod interval;
pub mod nested;
pub mod numeric;
mod rules;
pub mod to_string;

pub use failure::value_sql;
pub use rules::{can_fail, can_give_null, is_allowed};

/// What a conversion is between, and under which rules.
#[derive(Clone, Copy)]
struct Cast<'a> {
    from: &'a SqlType,
    to: &'a SqlType,
    mode: CastMode,
    context: &'a EvalContext,
}

/// Converts a column.
pub fn cast(input: &Column, from: &SqlType, to: &SqlType, mode: CastMode, context: &EvalContext) -> Result<Column> {
    if from == to || (from.is_string() && to.is_string()) {
        return Ok(input.clone());
    }
    let rows = input.len();
    if matches!(from, SqlType::Void) || input.is_constant_null() {
        return Ok(Column::nulls(to, rows));
    }
    let cast = Cast { from, to, mode, context };
    match input {
        Column::Constant(one, _) => Ok(Column::Constant(cast.array(&plain(one)?)?, rows)),
        Column::Array(array) => match small_dictionary(array) {
            Some(dictionary) if !can_fail(from, to) => cast.dictionary(dictionary).map(Column::Array),
            _ => cast.array(&plain(array)?).map(Column::Array),
        },
    }
}

/// Without a dictionary; narrow decimals stay narrow.
fn plain(array: &ArrayRef) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Dictionary(..) => Column::Array(ArrayRef::clone(array)).flat(),
        _ => Ok(ArrayRef::clone(array)),
    }
}

impl<'a> Cast<'a> {
    /// The same conversion between other types: what members of nested values need.
    fn between(&self, from: &'a SqlType, to: &'a SqlType) -> Cast<'a> {
        Cast { from, to, ..*self }
    }

    fn dictionary(&self, dictionary: &dyn AnyDictionaryArray) -> Result<ArrayRef> {
        let entries = self.array(&plain(dictionary.values())?)?;
        Ok(dictionary.with_values(entries))
    }

    fn array(&self, array: &ArrayRef) -> Result<ArrayRef> {
        let (from, to) = (self.from, self.to);
        if from == to {
            return Ok(ArrayRef::clone(array));
        }
        match (from, to) {
            (SqlType::Void, _) => Ok(new_null_array(&to.to_arrow(), array.len())),
            _ if from.is_string() => from_string::cast(array, self),
            _ if to.is_string() => to_string::cast(array, self),
            _ if from.is_ansi_interval() || to.is_ansi_interval() => interval::cast(array, self),
            _ if is_clock(from) || is_clock(to) => datetime::cast(array, self),
            _ if from.is_decimal() || to.is_decimal() => decimal::cast(array, self),
            _ if from.is_nested() => nested::cast(array, self),
            _ => numeric::cast(array, self),
        }
    }

    /// Two types without a conversion: analysis rejects them before they come here.
    fn undefined(&self) -> firesteel_common::Error {
        internal!("no cast from {} to {}", self.from, self.to)
    }
}

fn is_clock(data_type: &SqlType) -> bool {
    data_type.is_datetime() || matches!(data_type, SqlType::Time(_))
}

#[cfg(test)]
mod tests;
